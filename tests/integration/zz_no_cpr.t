#!/bin/sh
# No personal number in any log, nor in the repository: zz_no_cpr_test.mjs. The last test of a run.
here=$(cd "$(dirname "$0")" && pwd)
exec "${OVERBLIK_NODE:-node}" --test-reporter="$here/../tap_reporter.mjs" "$here/zz_no_cpr_test.mjs"
