#!/bin/sh
# Several gateways on one PostgreSQL: gateway_postgres_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/gateway_postgres_test.mjs"
