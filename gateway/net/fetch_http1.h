/* SPDX-License-Identifier: MIT */
/* fetch_http1: HTTP/1.1 towards one target: connections that stay open, each with one transfer at a
 * time. It is ours since libcurl prints a request byte by byte, which with a token in the header
 * costs more than all else about a fetch (docs/decisions/0023).
 *
 * A connection stays watched while it lies idle: that saves two system calls a request, and whoever
 * speaks there shows at once. There is nothing to say on an idle connection: it is closed, since an
 * answer that nobody waits for would pass for the answer to the next question.
 *
 * A question that went over a used connection, which then ended without a byte of an answer, is
 * asked once more, over a new one: the server had closed it meanwhile. */
#ifndef NET_FETCH_HTTP1_H
#define NET_FETCH_HTTP1_H

#include "net/fetch_transfer.h"

struct http1;

/* One of these is told for each start, once, from the loop or from inside start. */
struct http1_user {
    fetch_ended_fn *ended;
    void (*speaks_h2)(void *owner); /* the server would rather have HTTP/2 */
};

struct http1 *http1_new(const struct fetch_server *server, const struct http1_user *user);
void http1_free(struct http1 **http1); /* no transfer may be under way */

/* `keep`: its connection may serve others after it. A target with no_reuse gets a new one. */
void http1_start(struct http1 *http1, const struct fetch_target *target,
                 struct fetch_transfer *transfer, bool keep);
/* Gives its connection back when the answer was whole, closes it else; has it none: no-op. */
void http1_leave(struct fetch_transfer *transfer);
/* An ended transfer's connection will not be used again. */
void http1_distrust(struct fetch_transfer *transfer);

#endif
