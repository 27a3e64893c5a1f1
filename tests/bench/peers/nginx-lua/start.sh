#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Runs in the foreground. env: PORT NSRC TIMEOUT_MS MOCK_PORT KEY ISSUER AUDIENCE JWT_CACHE RUN_DIR
set -eu
here=$(cd "$(dirname "$0")" && pwd)
modules=/usr/lib/nginx/modules
lua=/usr/lib/$(uname -m)-linux-gnu/lua/5.1

mkdir -p "$RUN_DIR"
: >"$RUN_DIR/upstreams"
: >"$RUN_DIR/locations"
i=0
while [ "$i" -lt "$NSRC" ]; do
    cat >>"$RUN_DIR/upstreams" <<END
upstream s$i { server 127.0.0.1:$((MOCK_PORT + i)); keepalive 2000; keepalive_requests 100000000; }
END
    cat >>"$RUN_DIR/locations" <<END
location = /up/$i {
    internal;
    proxy_pass http://s$i/s;
    proxy_http_version 1.1;
    proxy_pass_request_headers off;
    proxy_set_header Connection '';
    proxy_set_header Content-Type application/json;
    proxy_set_header X-Request-Id \$request_id;
    proxy_read_timeout ${TIMEOUT_MS}ms;
    proxy_connect_timeout ${TIMEOUT_MS}ms;
    proxy_buffers 16 64k;
    proxy_buffer_size 16k;
    proxy_busy_buffers_size 128k;
}
END
    i=$((i + 1))
done
sed -e "s|@PORT@|$PORT|;s|@NSRC@|$NSRC|;s|@DIR@|$RUN_DIR|g;s|@LUADIR@|$here|;s|@KEY@|$KEY|" \
    -e "s|@CACHE@|${JWT_CACHE:-false}|;s|@MODULES@|$modules|;s|@LUACPATH@|$lua|" \
    -e "s|@ISSUER@|$ISSUER|;s|@AUDIENCE@|$AUDIENCE|" "$here/nginx.conf.in" >"$RUN_DIR/nginx.conf"
exec /usr/sbin/nginx -c "$RUN_DIR/nginx.conf" -p "$RUN_DIR"
