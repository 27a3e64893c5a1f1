#!/bin/sh
# Every fault of the sandbox, in every format: gateway_faults_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/gateway_faults_test.mjs"
