/* SPDX-License-Identifier: MIT */
/* export_item: an item as its own JSON says it, read back for the forms of an export. So an export
 * cannot say what the overview does not, and nothing else has to be kept for it meanwhile. Pure. */
#ifndef OVERVIEW_EXPORT_ITEM_H
#define OVERVIEW_EXPORT_ITEM_H

#include "adapters/item.h"

/* A step of a case's history, in words. */
struct export_step {
    struct str text;
    struct wall from;
    struct export_step *next;
};

struct export_item {
    struct item item;  /* what the JSON tells of it; the rest is absent */
    struct str handle; /* names the item */
    struct str source; /* id */
    struct str unit;   /* of the authority, by name; STR_NONE */
    struct str status; /* in words; STR_NONE: it has none */
    struct str basis;  /* whose word the expected decision is, in words; STR_NONE */
    struct export_step *steps;
};

/* `json`: what output_item wrote. Strings are borrowed from it or lie in the arena. False: it is
 * not such an item, or the arena is full. */
bool export_item_read(struct str json, struct arena *arena, struct export_item *item)
    __attribute__((warn_unused_result));

#endif
