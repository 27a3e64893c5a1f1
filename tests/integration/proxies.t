#!/bin/sh
# The door behind foreign clients and proxies: tests/integration/proxies_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/proxies_test.mjs"
