#!/bin/sh
# No record, no answer: gateway_record_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/gateway_record_test.mjs"
