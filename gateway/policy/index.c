/* SPDX-License-Identifier: MIT */
#include "policy/index.h"

struct index_entry {
    struct str name; /* STR_NONE: free */
    uint32_t number;
};

void index_init(struct index *index, size_t count, struct arena *arena)
{
    size_t size = 8;

    while (size < 2 * count)
        size *= 2;
    index->entries = arena_calloc(arena, size, sizeof *index->entries);
    index->mask = size - 1;
}

/* Where the name stands, or would: at most half the places are taken. */
static struct index_entry *place_of(const struct index *index, struct str name)
{
    size_t at = str_hash(name) & index->mask;

    while (index->entries[at].name.at && !str_equal(index->entries[at].name, name))
        at = (at + 1) & index->mask;
    return &index->entries[at];
}

uint32_t index_add(struct index *index, struct str name, uint32_t number)
{
    struct index_entry *entry = index->entries && name.at ? place_of(index, name) : NULL;

    if (!entry)
        return INDEX_NONE;
    if (entry->name.at)
        return entry->number;
    *entry = (struct index_entry){name, number};
    return INDEX_NONE;
}

uint32_t index_find(const struct index *index, struct str name)
{
    const struct index_entry *entry = index->entries && name.at ? place_of(index, name) : NULL;

    return entry && entry->name.at ? entry->number : INDEX_NONE;
}
