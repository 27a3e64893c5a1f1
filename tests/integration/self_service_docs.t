#!/bin/sh
# docs/self-service.md as it is written: self_service_docs_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/self_service_docs_test.mjs"
