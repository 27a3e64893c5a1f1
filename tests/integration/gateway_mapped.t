#!/bin/sh
# An authority that joined by a manifest, asked over the wire: gateway_mapped_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/gateway_mapped_test.mjs"
