#!/bin/sh
# Consents of citizens to services: consents_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/consents_test.mjs"
