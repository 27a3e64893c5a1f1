#!/bin/sh
# The gateway's threads against each other, for the thread sanitizer: threads_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/threads_test.mjs"
