#!/bin/sh
# docs/adapters.md, tried as it is written: adapters_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/adapters_test.mjs"
