#!/bin/sh
# What an authority shows, by its own rules: gateway_exposure_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/gateway_exposure_test.mjs"
