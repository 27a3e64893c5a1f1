#!/bin/sh
# overblik policy: test, diff and replay, and the examples of docs/policies.md: policies_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/policies_test.mjs"
