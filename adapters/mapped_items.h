/* SPDX-License-Identifier: MIT */
/* mapped_items: the items that the rules of a mapping make of an answer that has been read. */
#ifndef ADAPTERS_MAPPED_ITEMS_H
#define ADAPTERS_MAPPED_ITEMS_H

#include "adapters/mapped_reading.h"

/* All items, each followed by those that belong to it, in the answer's order. Items that name their
 * citizen set parsed->subject, to somebody else if any of them does. False: in->fault says why. */
bool mapped_items_make(struct mapped_reading *in, const struct question *question, size_t items_max,
                       struct parsed *parsed) __attribute__((warn_unused_result));

/* One value that is no item's into the field of that type at `at`. False: in->fault says why. */
bool mapped_field_set(struct mapped_reading *in, const struct question *question,
                      const struct field_type *type, const struct mapping_value *rule, void *at)
    __attribute__((warn_unused_result));

#endif
