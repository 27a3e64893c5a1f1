/* SPDX-License-Identifier: MIT */
/* resolve: names to addresses off the request path (a hanging DNS look-up inside libcurl stops the
 * whole loop). The main loop keeps the names of all targets fresh; workers read the latest set.
 *
 * getaddrinfo in one thread of its own, so that /etc/hosts, nsswitch.conf and search domains hold
 * as for every other program of the machine. A look-up that hangs delays the others and nothing
 * else: what was found before stays. */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include "net/loop.h"

struct resolver;
typedef void resolve_fn(void *ctx, struct str host, uint16_t port, struct str resolve);

/* `changed(ctx, …, "host:port:addr[,addr]")` is called from the loop whenever the addresses of a
 * name have become known or different; another order of the same is no difference. */
struct resolver *resolver_new(struct loop *loop, unsigned refresh_s, resolve_fn *changed,
                              void *ctx);
/* Returns at once, also while a look-up hangs. */
void resolver_free(struct resolver **resolver);
/* Looks the name up now and every refresh_s (at first, and while it fails, more often). A literal
 * address, also in brackets, needs no look-up and no word; a name that is watched already is not
 * watched twice. */
void resolver_watch(struct resolver *resolver, struct str host, uint16_t port);

#endif
