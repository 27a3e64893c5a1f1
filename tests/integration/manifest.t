#!/bin/sh
# What manifests say, and what operators say of the same sources: manifest_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/manifest_test.mjs"
