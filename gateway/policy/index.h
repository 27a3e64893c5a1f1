/* SPDX-License-Identifier: MIT */
/* index: numbers found by a name: which route has this id. Made once, for a number of names that is
 * known; lies in an arena. Zeroed memory is the empty index. Pure. */
#ifndef POLICY_INDEX_H
#define POLICY_INDEX_H

#include "base/arena.h"

#include <stdint.h>

#define INDEX_NONE UINT32_MAX

struct index {
    struct index_entry *entries;
    size_t mask;
};

/* Room for `count` names. Where the arena is full the index stays empty. */
void index_init(struct index *index, size_t count, struct arena *arena);
/* Borrows the name. The number that stood there before and stays, or INDEX_NONE. */
uint32_t index_add(struct index *index, struct str name, uint32_t number);
uint32_t index_find(const struct index *index, struct str name);

#endif
