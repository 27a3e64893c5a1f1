#!/bin/sh
# Who may be asked for whom: gateway_agreements_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/gateway_agreements_test.mjs"
