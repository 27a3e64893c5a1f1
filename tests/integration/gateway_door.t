#!/bin/sh
# What strangers may do at the gateway's doors: gateway_door_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/gateway_door_test.mjs"
