#!/bin/sh
# The login broker by itself: tests/integration/broker_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/broker_test.mjs"
