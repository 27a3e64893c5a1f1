#!/bin/sh
# The document of the public API against the running gateway: openapi_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/openapi_test.mjs"
