#!/bin/sh
# Clocks that jump: gateway_clock_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/gateway_clock_test.mjs"
