#!/bin/sh
# The reference portal in a browser: portal_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/portal_test.mjs"
