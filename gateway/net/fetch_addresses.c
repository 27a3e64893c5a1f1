/* SPDX-License-Identifier: MIT */
#include "net/fetch_addresses.h"

#include <stdlib.h>

#include "base/die.h"

/* Up to and with the second colon; STR_NONE without one. An IPv6 address never stands here: it
 * needs no resolver. */
static struct str name_of(struct str text)
{
    size_t host = str_find_byte(text, ':');
    size_t port = str_find_byte(str_skip(text, host + 1), ':');
    return host + 1 + port < text.len ? str_head(text, host + 1 + port + 1) : STR_NONE;
}

static struct fetch_address *find(const struct fetch_addresses *addresses, struct str name)
{
    struct fetch_address *known = addresses->first;
    while (known && !str_equal_nocase(str_make(known->text, known->name_len), name))
        known = known->next;
    return known;
}

void fetch_addresses_set(struct fetch_addresses *addresses, struct str text)
{
    struct str name = name_of(text);
    if (!name.at)
        return;
    struct fetch_address *known = find(addresses, name);
    if (!known) {
        known = die_calloc(1, sizeof *known);
        known->next = addresses->first;
        addresses->first = known;
    }
    free(known->text);
    known->text = die_malloc(text.len + 1);
    memcpy(known->text, text.at, text.len);
    known->text[text.len] = '\0';
    known->name_len = name.len;
    addresses->version++;
}

const char *fetch_addresses_find(const struct fetch_addresses *addresses, struct str name)
{
    const struct fetch_address *known = find(addresses, name);
    return known ? known->text : NULL;
}

void fetch_addresses_clear(struct fetch_addresses *addresses)
{
    struct fetch_address *next;
    for (struct fetch_address *known = addresses->first; known; known = next) {
        next = known->next;
        free(known->text);
        free(known);
    }
    *addresses = (struct fetch_addresses){NULL, 0};
}
