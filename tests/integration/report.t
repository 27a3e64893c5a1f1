#!/bin/sh
# Monthly reports, counted on the client's side as well: report_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/report_test.mjs"
