#!/bin/sh
# The classification of a running gateway: tests/integration/classification_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/classification_test.mjs"
