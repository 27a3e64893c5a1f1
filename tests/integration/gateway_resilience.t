#!/bin/sh
# Sources that fail for a while, and the rules that meet it: gateway_resilience_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/gateway_resilience_test.mjs"
