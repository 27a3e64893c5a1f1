/* SPDX-License-Identifier: MIT */
/* fetch_addresses: what a resolver has found, one text for each host and port:
 * "host:port:addr[,addr]". A version tells whether there is news since one looked. */
#ifndef NET_FETCH_ADDRESSES_H
#define NET_FETCH_ADDRESSES_H

#include "base/str.h"

struct fetch_address {
    struct fetch_address *next;
    char *text;
    size_t name_len; /* of "host:port:" */
};

/* Zeroed memory is empty. */
struct fetch_addresses {
    struct fetch_address *first;
    unsigned version;
};

/* Copies; replaces what was known of the same host and port. A text without both is passed over. */
void fetch_addresses_set(struct fetch_addresses *addresses, struct str text);
/* The text for `name`, "host:port:"; NULL: not known. Borrowed until the next set. */
const char *fetch_addresses_find(const struct fetch_addresses *addresses, struct str name);
void fetch_addresses_clear(struct fetch_addresses *addresses);

#endif
