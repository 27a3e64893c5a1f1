/* SPDX-License-Identifier: MIT */
/* address: which IP addresses a target may have. Pure. An IPv4 address is the same whether it
 * comes as such or mapped into IPv6 (::ffff:127.0.0.1), so that no spelling slips past a range. */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include "base/str.h"

struct sockaddr;

enum { ADDRESS_RANGES_MAX = 32 };

struct address_range {
    uint8_t bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
    unsigned bits;     /* of the prefix, counted in 128 */
    bool is_v4;
};

struct address_ranges {
    struct address_range at[ADDRESS_RANGES_MAX];
    size_t count;
};

/* "127.0.0.0/8,::1/128,10.1.2.3". False, and no range at all, when any of it is wrong. */
bool address_ranges_parse(struct str text, struct address_ranges *ranges)
    __attribute__((warn_unused_result));

bool address_is_within(const struct sockaddr *address, const struct address_ranges *ranges);

/* Is it one of the open internet's? Not one that leads into a machine, its network or its cloud:
 * loopback, link-local, private, shared (RFC 6598), multicast, reserved, for documentation, a
 * cloud's metadata; nor an IPv6 address that holds such an IPv4 address (mapped, NAT64, 6to4). The
 * IANA special-purpose address registries (RFC 6890). */
bool address_is_public(const struct sockaddr *address);

/* Of a URL's host, with or without brackets: false when it is an address in figures, in any
 * spelling that a resolver takes, that is neither public nor within the ranges. A name is true. */
bool address_is_reachable(struct str host, const struct address_ranges *ranges);

/* The address is written out in figures: "127.0.0.1", "::1"; a URL's brackets are not part of it.
 */
bool address_is_literal(struct str host);

#endif
