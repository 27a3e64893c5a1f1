/* SPDX-License-Identifier: MIT */
/* clients: how many connections each client address holds. An IPv6 client is its /64, since that
 * is what one subscriber is given. */
#ifndef NET_CLIENTS_H
#define NET_CLIENTS_H

#include <netinet/in.h>

#include "base/str.h"

struct clients;
struct client; /* one address's count; lives as long as it is not zero */

struct clients *clients_new(void);
void clients_free(struct clients **clients); /* every client must have been dropped */

/* Counts one more; NULL: the client holds `max` already. */
struct client *client_take(struct clients *clients, const struct sockaddr *from, size_t max)
    __attribute__((warn_unused_result));
void client_drop(struct clients *clients, struct client **client);

/* "192.0.2.1", "2001:db8::1": without port; "" of a Unix socket. Returns `text` as a str. */
struct str client_format(const struct sockaddr *from, char text[INET6_ADDRSTRLEN]);

#endif
