#!/bin/sh
# Sources tried case by case: tests/integration/conformance_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/conformance_test.mjs"
