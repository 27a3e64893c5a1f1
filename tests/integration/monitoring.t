#!/bin/sh
# conf/monitoring against promtool and the running gateway: monitoring_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/monitoring_test.mjs"
