#!/bin/sh
# Consents at two gateways on one PostgreSQL: consents_postgres_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/consents_postgres_test.mjs"
