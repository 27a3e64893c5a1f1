#!/bin/sh
# What a citizen sees, through the whole product: gateway_overview_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/gateway_overview_test.mjs"
