/* SPDX-License-Identifier: MIT */
/* fetch_sockets: the descriptors libcurl works on, watched by the loop. A connection stays watched
 * while it lies idle: that saves two system calls for each request, and it shows at once when an
 * idle connection becomes readable. There is nothing to say on an idle connection: whoever speaks
 * there closes it or sends an answer nobody waits for, which would pass for the answer to the next
 * question. Such a connection is severed. */
#ifndef NET_FETCH_SOCKETS_H
#define NET_FETCH_SOCKETS_H

#include "net/loop.h"

struct fetch_sockets;
typedef void fetch_ready_fn(void *owner, int fd, bool readable, bool writable);

struct fetch_sockets *fetch_sockets_new(struct loop *loop, fetch_ready_fn *ready);
void fetch_sockets_free(struct fetch_sockets **sockets);

/* A connection begins; `ready(owner, …)` will be called for it while it is watched. */
void fetch_sockets_open(struct fetch_sockets *sockets, int fd, void *owner);
/* To be called before the descriptor is closed: its number returns at once. */
void fetch_sockets_close(struct fetch_sockets *sockets, int fd);

/* What libcurl waits for on a descriptor; neither: nothing, it lies idle. A descriptor that was
 * never opened here (the resolver's pipe) is forgotten when nothing is waited for. */
void fetch_sockets_watch(struct fetch_sockets *sockets, int fd, void *owner, bool readable,
                         bool writable);

/* Makes the connection useless at once, bytes that have come included; libcurl finds it dead. */
void fetch_sockets_sever(struct fetch_sockets *sockets, int fd);

size_t fetch_sockets_count(const struct fetch_sockets *sockets); /* connections open */

#endif
