/* SPDX-License-Identifier: MIT */
/* fetch_server: a target's server as its URL says: where it is, and where it may be. */
#ifndef NET_FETCH_SERVER_H
#define NET_FETCH_SERVER_H

#include "net/address.h"
#include "net/fetch.h"
#include "net/fetch_addresses.h"

struct sockaddr;
struct sockaddr_storage;

/* What all transfers to one target have in common. */
struct fetch_server {
    /* the pool's */
    struct loop *loop;
    const struct fetch_pool_settings *settings;
    const struct fetch_addresses *addresses; /* what resolvers have found */
    size_t *connections;                     /* counts them */
    /* the target's */
    char *host;      /* of the URL, without brackets; NULL: the URL is none that we ask */
    char *name;      /* "host:port:", as the addresses found for it begin */
    char *authority; /* as the URL spells it, for Host */
    uint16_t port;
    bool is_plain;    /* http:// */
    bool is_anywhere; /* no ranges are configured */
    struct address_ranges ranges;
    bool is_public_only;
    struct address_ranges exceptions; /* … but for these */
};

/* Fills in what is the target's; the pool's is there already. */
void fetch_server_init(struct fetch_server *server, const struct fetch_target *target);
void fetch_server_clear(struct fetch_server *server);

/* Is any address of it known? */
bool fetch_server_is_found(const struct fetch_server *server);
/* The n-th address that is known now; false: there are no more. */
bool fetch_server_address(const struct fetch_server *server, size_t n,
                          struct sockaddr_storage *address) __attribute__((warn_unused_result));
/* May it be there? */
bool fetch_server_allows(const struct fetch_server *server, const struct sockaddr *address);

#endif
