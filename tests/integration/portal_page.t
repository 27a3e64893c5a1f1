#!/bin/sh
# The page that tells a portal's developer the first call: portal_page_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/portal_page_test.mjs"
