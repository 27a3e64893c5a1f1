#!/bin/sh
# What happens at the ceilings: gateway_limits_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/gateway_limits_test.mjs"
