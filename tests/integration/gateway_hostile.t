#!/bin/sh
# Answers bent on the way, through the whole gateway: gateway_hostile_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/gateway_hostile_test.mjs"
