#!/bin/sh
# From the login page to the overview, with a real OpenID provider: login_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/login_test.mjs"
