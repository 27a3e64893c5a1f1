/* SPDX-License-Identifier: MIT */
/* resolve: names to addresses off the request path (a hanging DNS look-up inside libcurl stops the
 * whole loop). The main loop keeps the names of all targets fresh; workers read the latest set. */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include "net/loop.h"

struct resolver;
typedef void resolve_fn(void *ctx, struct str host, uint16_t port, struct str resolve);

/* `changed(ctx, …, "host:port:addr[,addr]")` is called from the loop whenever the addresses of a
 * name have become known or different. Literal addresses never ask anybody. */
struct resolver *resolver_new(struct loop *loop, unsigned refresh_s, resolve_fn *changed, void *ctx);
void resolver_free(struct resolver **resolver);
void resolver_watch(struct resolver *resolver, struct str host, uint16_t port);

#endif
