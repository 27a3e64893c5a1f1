#!/bin/sh
# One overview in four formats: gateway_formats_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/gateway_formats_test.mjs"
