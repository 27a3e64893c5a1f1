#!/bin/sh
# The sandbox by itself: tests/integration/sandbox_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/sandbox_test.mjs"
