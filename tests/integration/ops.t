#!/bin/sh
# The operators' page in Chromium: ops_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/ops_test.mjs"
