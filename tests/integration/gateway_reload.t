#!/bin/sh
# Reloads beside busy connections: gateway_reload_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/gateway_reload_test.mjs"
