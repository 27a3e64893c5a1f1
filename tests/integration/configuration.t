#!/bin/sh
# The shared table of good and bad configuration files, and the schemas: configuration_test.mjs.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/configuration_test.mjs"
