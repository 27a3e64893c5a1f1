#!/bin/sh
# SPDX-License-Identifier: MIT
#
# GATEWAY=https://… TOKEN=… [CA=ca.pem] docs/examples/overview.sh [MUNICIPALITY]
#
# An overview with curl: as it lands, and then the sources that failed once more, each alone. The token
# goes through a pipe, so that no list of processes shows it.
set -eu

ask() {
    printf 'header = "Authorization: Bearer %s"\n' "$TOKEN" |
        curl --silent --show-error --no-buffer --fail-with-body --max-time 30 ${CA:+--cacert "$CA"} \
            --header 'Accept-Language: en' --config - "$@"
}

overview="$GATEWAY/v1/overview"
municipality=${1:+municipality=$1}
records=$(mktemp)
trap 'rm -f "$records"' EXIT

# One record a line. The last one is "done"; a stream that ends without it was cut short.
ask --header 'Accept: application/x-ndjson' "$overview?$municipality" | tee "$records"
tail -n 1 "$records" | grep -q '^{"record":"done"' || { echo "the stream was cut short" >&2; exit 1; }

# "retry_after" is null where trying again at once may help.
sed -n 's/^{"record":"source","source":{"id":"\([^"]*\)".*"state":"\(late\|failed\)".*/\1/p' "$records" |
    sort -u | while read -r source; do
        ask "$overview?source=$source&$municipality" || echo "$source did not answer this time either" >&2
    done
