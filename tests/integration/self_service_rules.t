#!/bin/sh
# A municipality's own rules: self_service_rules_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/self_service_rules_test.mjs"
