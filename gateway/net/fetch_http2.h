/* SPDX-License-Identifier: MIT */
/* fetch_http2: HTTP/2 towards one target, by libcurl, for servers that choose it by ALPN. Nobody
 * else knows libcurl, but for its parser of URLs in net/fetch_server. Strict options in, notes out.
 * What libcurl calls only notes what came and refuses what must not come; nobody else is called
 * from there.
 *
 * A target has a multi handle of its own: so its connections, its TLS and its address cache can
 * never serve another target, whatever libcurl thinks is equal (docs/decisions/0020). */
#ifndef NET_FETCH_HTTP2_H
#define NET_FETCH_HTTP2_H

#include "net/fetch_transfer.h"

struct http2;

/* Each start is told of once, later, from the loop or from inside start. */
struct http2 *http2_new(const struct fetch_server *server, fetch_ended_fn *ended);
void http2_free(struct http2 **http2); /* no transfer may be under way */

/* As of fetch_http1.h. */
void http2_start(struct http2 *http2, const struct fetch_target *target,
                 struct fetch_transfer *transfer, bool keep);
void http2_leave(struct fetch_transfer *transfer);
void http2_distrust(struct fetch_transfer *transfer);
/* Forgets the handle that libcurl keeps for a transfer that is freed. */
void http2_forget(struct fetch_transfer *transfer);

#endif
