#!/bin/sh
# Sources that their owners register: self_service_sources_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/self_service_sources_test.mjs"
