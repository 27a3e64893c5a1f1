#!/bin/sh
# overblik source new and preview: source_commands_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/source_commands_test.mjs"
