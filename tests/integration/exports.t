#!/bin/sh
# An overview taken away: exports_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/exports_test.mjs"
