#!/bin/sh
# Who saw what, and proof of it: gateway_access_log_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/gateway_access_log_test.mjs"
