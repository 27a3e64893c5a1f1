#!/bin/sh
# docs/examples, and the sandbox's playground, as they stand: examples_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/examples_test.mjs"
