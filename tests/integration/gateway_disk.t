#!/bin/sh
# A disk that is full or read-only: gateway_disk_test.mjs, in a mount namespace of its own, which ends with it.
here=$(cd "$(dirname "$0")" && pwd)
if ! unshare --mount --propagation private mount -t tmpfs -o size=64k tmpfs /mnt 2>/dev/null; then
    echo "1..0 # SKIP mounting a small disk needs root and mount namespaces"
    exit 0
fi
exec unshare --mount --propagation private "${OVERBLIK_NODE:-node}" \
    --test-reporter="$here/../tap_reporter.mjs" "$here/gateway_disk_test.mjs"
