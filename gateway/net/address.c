/* SPDX-License-Identifier: MIT */
#include "net/address.h"

#include <arpa/inet.h>
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

static bool range_holds(const struct address_range *range, const uint8_t bytes[16])
{
    unsigned whole = range->bits / 8, rest = range->bits % 8;
    if (range->is_v4 != is_mapped(bytes) || memcmp(range->bytes, bytes, whole) != 0)
        return false;
    return rest == 0 || (range->bytes[whole] ^ bytes[whole]) >> (8 - rest) == 0;
}

bool address_is_within(const struct sockaddr *address, const struct address_ranges *ranges)
{
    uint8_t bytes[16];
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)address;
        memcpy(bytes, mapped, sizeof mapped);
        memcpy(bytes + sizeof mapped, &v4->sin_addr, 4);
    } else if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)address;
        memcpy(bytes, &v6->sin6_addr, sizeof bytes);
    } else {
        return false;
    }
    for (size_t i = 0; i < ranges->count; i++)
        if (range_holds(&ranges->at[i], bytes))
            return true;
    return false;
}

bool address_is_literal(struct str host)
{
    uint8_t bytes[16];
    unsigned bits;
    return address_parse(host, bytes, &bits);
}
