#!/bin/sh
# The programs as they are shipped: smoke_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/smoke_test.mjs"
