#!/bin/sh
# What owners hand in, at two gateways on one database: self_service_nodes_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/self_service_nodes_test.mjs"
