/* SPDX-License-Identifier: MIT */
/* merge: parts become one verdict: what is twice, what is to do, what the numbers are, and whether
 * the overview is complete. Pure; the result does not depend on the order of arrival. */
#ifndef OVERVIEW_MERGE_H
#define OVERVIEW_MERGE_H

#include "overview/part.h"

/* The same thing told by two sources: the later in plan order is dropped. */
struct duplicate {
    size_t dropped_row, dropped_item; /* indexes into parts and their `shown` */
    size_t kept_row, kept_item;
};

struct merged {
    size_t asked, answered;
    bool complete;                /* every source that is required is there */
    bool is_whole;                /* and those that are not */
    size_t open_cases;            /* without duplicates */
    int64_t awaiting_you;         /* -1: unknown */
    struct duplicate *duplicates; /* ordered by dropped row and item */
    size_t duplicate_count;
    struct attention **attention; /* ordered; without duplicates */
    size_t attention_count;
    int status; /* HTTP status of the whole document */
};

/* False: arena full. */
bool merge_parts(struct arena *arena, const struct part *parts, size_t count, struct merged *merged)
    __attribute__((warn_unused_result));
/* Is this item dropped as a duplicate? */
bool merged_drops(const struct merged *merged, size_t row, size_t item);

#endif
