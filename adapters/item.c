/* SPDX-License-Identifier: MIT */
#include "adapters/item.h"

#include <assert.h>

#include "base/writer.h"

static const struct {
    struct str name, model;
} kinds[ITEM_KIND_COUNT] = {
#define X(kind, name, model) [kind] = {STR_INIT(name), STR_INIT(model)},
    ITEM_KINDS(X)
#undef X
};

static const struct str status_codes[ITEM_STATUS_COUNT] = {
#define X(status, code) [status] = STR_INIT(code),
    ITEM_STATUSES(X)
#undef X
};

struct str item_kind_name(enum item_kind kind)
{
    assert(kind < ITEM_KIND_COUNT);
    return kinds[kind].name;
}

struct str item_kind_model(enum item_kind kind)
{
    assert(kind < ITEM_KIND_COUNT);
    return kinds[kind].model;
}

void item_kinds_write(struct writer *w, unsigned bits)
{
    writer_array(w);
    for (unsigned i = 0; i < ITEM_KIND_COUNT; i++)
        if (bits & ITEM_KIND_BIT(i))
            writer_str(w, kinds[i].name);
    writer_array_end(w);
}

bool item_kind_parse(struct str name, enum item_kind *kind)
{
    for (unsigned i = 0; i < ITEM_KIND_COUNT; i++) {
        if (str_equal(name, kinds[i].name)) {
            *kind = (enum item_kind)i;
            return true;
        }
    }
    return false;
}

struct str item_status_code(enum item_status status)
{
    assert(status < ITEM_STATUS_COUNT);
    return status_codes[status];
}

static int decimal_at(struct str decimals, size_t i)
{
    return decimals.at && i < decimals.len ? decimals.at[i] - '0' : 0;
}

bool money_parse(struct str s, struct money *money)
{
    enum { KRONER_DIGITS_MAX = 15 };
    bool is_negative = s.len > 0 && s.at[0] == '-';
    struct str decimals = str_skip(s, is_negative);
    struct str kroner = str_split(&decimals, '.');
    int64_t oere = 0;

    if (!str_is_digits(kroner) || kroner.len > KRONER_DIGITS_MAX ||
        (decimals.at && !str_is_digits(decimals)))
        return false;
    for (size_t i = 0; i < kroner.len; i++)
        oere = oere * 10 + (kroner.at[i] - '0');
    for (size_t i = 0; i < 2; i++)
        oere = oere * 10 + decimal_at(decimals, i);
    if (decimal_at(decimals, 2) >= 5)
        oere++;
    *money = (struct money){is_negative ? -oere : oere, true};
    return true;
}

bool item_own(struct item *item, const struct item *by, struct arena *arena)
{
    struct item_owner *owner = ARENA_NEW(arena, struct item_owner);

    if (!owner)
        return false;
    *owner = (struct item_owner){by, item->owners};
    item->owners = owner;
    return true;
}

void item_list_init(struct item_list *list)
{
    *list = (struct item_list){.first = NULL, .end = &list->first, .count = 0};
}

struct item *item_list_add(struct item_list *list, struct arena *arena, size_t max)
{
    struct item *item = list->count < max ? ARENA_NEW(arena, struct item) : NULL;

    if (!item)
        return NULL;
    *list->end = item;
    list->end = &item->next;
    list->count++;
    return item;
}
