#!/bin/sh
# docs/source-contract.yaml against what the gateway asks and the sandbox answers:
# tests/integration/source_contract.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/source_contract.mjs"
