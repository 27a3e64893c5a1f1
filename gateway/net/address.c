/* SPDX-License-Identifier: MIT */
#include "net/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static bool is_mapped(const uint8_t bytes[16])
{
    return memcmp(bytes, mapped, sizeof mapped) == 0;
}

/* *bits: how many bits an address of the family that was written has. */
static bool address_parse(struct str text, uint8_t bytes[16], unsigned *bits)
{
    char terminated[INET6_ADDRSTRLEN];
    if (text.len == 0 || text.len >= sizeof terminated || memchr(text.at, '\0', text.len))
        return false;
    memcpy(terminated, text.at, text.len);
    terminated[text.len] = '\0';
    *bits = 128;
    if (inet_pton(AF_INET6, terminated, bytes) == 1)
        return true;
    *bits = 32;
    memcpy(bytes, mapped, sizeof mapped);
    return inet_pton(AF_INET, terminated, bytes + sizeof mapped) == 1;
}

static bool range_parse(struct str text, struct address_range *range)
{
    unsigned bits;
    struct str rest = text;
    struct str address = str_trim(str_split(&rest, '/'));
    uint64_t prefix;
    if (!address_parse(address, range->bytes, &bits))
        return false;
    if (!rest.at)
        prefix = bits;
    else if (!str_to_u64(str_trim(rest), bits, &prefix))
        return false;
    range->bits = 128 - bits + (unsigned)prefix;
    range->is_v4 = range->bits >= 96 && is_mapped(range->bytes);
    return true;
}

bool address_ranges_parse(struct str text, struct address_ranges *ranges)
{
    ranges->count = 0;
    for (struct str rest = text; rest.at;) {
        struct str part = str_split(&rest, ',');
        if (ranges->count == ADDRESS_RANGES_MAX || !range_parse(part, &ranges->at[ranges->count])) {
            ranges->count = 0;
            return false;
        }
        ranges->count++;
    }
    return ranges->count > 0;
}

static bool starts_with(const uint8_t *bytes, const uint8_t *prefix, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;
    return memcmp(bytes, prefix, whole) == 0 &&
           (rest == 0 || (bytes[whole] ^ prefix[whole]) >> (8 - rest) == 0);
}

static bool range_holds(const struct address_range *range, const uint8_t bytes[16])
{
    return range->is_v4 == is_mapped(bytes) && starts_with(bytes, range->bytes, range->bits);
}

/* The address in 16 bytes; false: of another family. */
static bool take_bytes(const struct sockaddr *address, uint8_t bytes[16])
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)address;
        memcpy(bytes, mapped, sizeof mapped);
        memcpy(bytes + sizeof mapped, &v4->sin_addr, 4);
        return true;
    }
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)address;
        memcpy(bytes, &v6->sin6_addr, 16);
        return true;
    }
    return false;
}

bool address_is_within(const struct sockaddr *address, const struct address_ranges *ranges)
{
    uint8_t bytes[16];
    if (!take_bytes(address, bytes))
        return false;
    for (size_t i = 0; i < ranges->count; i++)
        if (range_holds(&ranges->at[i], bytes))
            return true;
    return false;
}

/* ---- the open internet ---- */

/* Of IPv4, what is not. */
static const struct {
    uint8_t bytes[4];
    unsigned bits;
} reserved_v4[] = {
    {{0, 0, 0, 0}, 8},        /* "this network" */
    {{10, 0, 0, 0}, 8},       /* private */
    {{100, 64, 0, 0}, 10},    /* shared with a provider; in one cloud, metadata */
    {{127, 0, 0, 0}, 8},      /* loopback */
    {{168, 63, 129, 16}, 32}, /* one cloud's metadata, in the midst of the internet */
    {{169, 254, 0, 0}, 16},   /* link-local; in most clouds, metadata */
    {{172, 16, 0, 0}, 12},    /* private */
    {{192, 0, 0, 0}, 24},     /* the IETF's; in one cloud, metadata */
    {{192, 0, 2, 0}, 24},     /* documentation */
    {{192, 88, 99, 0}, 24},   /* relays of 6to4, which are no more */
    {{192, 168, 0, 0}, 16},   /* private */
    {{198, 18, 0, 0}, 15},    /* benchmarks */
    {{198, 51, 100, 0}, 24},  /* documentation */
    {{203, 0, 113, 0}, 24},   /* documentation */
    {{224, 0, 0, 0}, 4},      /* multicast */
    {{240, 0, 0, 0}, 4},      /* reserved, and broadcast */
};

/* Of IPv6, what is not within 2000::/3, where the open internet is. */
static const struct {
    uint8_t bytes[4];
    unsigned bits;
} reserved_v6[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23}, /* the IETF's: Teredo, ORCHID, benchmarks */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x3f, 0xff, 0x00, 0x00}, 20}, /* documentation */
};

static bool is_public_v4(const uint8_t bytes[4])
{
    for (size_t i = 0; i < sizeof reserved_v4 / sizeof *reserved_v4; i++)
        if (starts_with(bytes, reserved_v4[i].bytes, reserved_v4[i].bits))
            return false;
    return true;
}

static bool is_public_v6(const uint8_t bytes[16])
{
    static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b}, sixtofour[2] = {0x20, 0x02};
    if (memcmp(bytes, nat64, sizeof nat64) == 0)
        return is_public_v4(bytes + sizeof nat64);
    if (bytes[0] >> 5 != 1) /* 2000::/3 */
        return false;
    if (memcmp(bytes, sixtofour, sizeof sixtofour) == 0)
        return is_public_v4(bytes + sizeof sixtofour);
    for (size_t i = 0; i < sizeof reserved_v6 / sizeof *reserved_v6; i++)
        if (starts_with(bytes, reserved_v6[i].bytes, reserved_v6[i].bits))
            return false;
    return true;
}

bool address_is_public(const struct sockaddr *address)
{
    uint8_t bytes[16];
    if (!take_bytes(address, bytes))
        return false;
    return is_mapped(bytes) ? is_public_v4(bytes + sizeof mapped) : is_public_v6(bytes);
}

bool address_is_literal(struct str host)
{
    uint8_t bytes[16];
    unsigned bits;
    return address_parse(host, bytes, &bits);
}

bool address_is_reachable(struct str host, const struct address_ranges *ranges)
{
    static const struct addrinfo figures = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
    char terminated[NI_MAXHOST];
    struct addrinfo *found = NULL;
    bool is_reachable = true;
    if (str_starts_with(host, STR("[")) && str_ends_with(host, STR("]")))
        host = str_make(host.at + 1, host.len - 2);
    if (host.len == 0 || host.len >= sizeof terminated || memchr(host.at, '\0', host.len))
        return false;
    memcpy(terminated, host.at, host.len);
    terminated[host.len] = '\0';
    if (getaddrinfo(terminated, NULL, &figures, &found) != 0)
        return true; /* a name */
    for (const struct addrinfo *at = found; at; at = at->ai_next)
        is_reachable &= address_is_public(at->ai_addr) || address_is_within(at->ai_addr, ranges);
    freeaddrinfo(found);
    return is_reachable;
}
