/* SPDX-License-Identifier: MIT */
/* kle: the municipalities' subject numbers (KLE, `32.24.04` and the facet `G01`), patterns of them,
 * and a table that finds by number what stands under a pattern: a hash table with at most eight
 * probes per look-up, however many patterns it holds. Pure.
 *
 * Patterns: `*`, `32.*`, `32.24.*`, `32.24.04`; each may name a facet behind a slash,
 * `32.24.04/G01` or `32.24.04/Ø30`. The longest number wins; of two equally long ones the one with
 * a facet. */
#ifndef POLICY_KLE_H
#define POLICY_KLE_H

#include "base/arena.h"

/* A number or a pattern of numbers. */
struct kle {
    uint8_t depth;    /* pairs of digits that count: 0 ("*" or none at all) to 3 */
    uint8_t pairs[3]; /* of them */
    uint32_t facet;   /* 0: none */
};

/* A case's number and facet. What is missing or no KLE is left out: such a case is found by "*"
 * alone. Half a number ("32.24") is none. */
struct kle kle_of(struct str number, struct str facet);
#define KLE_PATTERN_EXPECTED                                                                          \
    "expected a subject number or pattern such as \"32.24.04\", \"32.24.*\", \"32.*\" or \"*\", and " \
    "perhaps a facet: \"32.24.04/G01\""
/* False: not a pattern. */
bool kle_pattern_parse(struct str text, struct kle *pattern) __attribute__((warn_unused_result));
bool kle_equal(struct kle a, struct kle b);
/* Is every number that `narrow` finds found by `wide`? */
bool kle_covers(struct kle wide, struct kle narrow);

/* From patterns to values. Zeroed memory is the empty table. */
struct kle_table {
    struct kle_slot *slots;
    size_t mask;      /* slots - 1 */
    unsigned lengths; /* which lengths of pattern occur: spares probes */
};

/* Room for `count` patterns. False: arena full. */
bool kle_table_init(struct kle_table *table, struct arena *arena, size_t count)
    __attribute__((warn_unused_result));
/* The place of a pattern's value, NULL when it is new. At most `count` different patterns. */
void **kle_table_at(struct kle_table *table, struct kle pattern);

/* What stands under the patterns that a number fits, the most specific first:
 *     struct kle_walk walk = kle_walk_start(&table, kle_of(item->kle, item->facet));
 *     for (void *value; (value = kle_walk_next(&walk));) */
struct kle_walk {
    const struct kle_table *table;
    struct kle kle;
    unsigned length; /* of the patterns to look among next */
};
struct kle_walk kle_walk_start(const struct kle_table *table, struct kle kle);
void *kle_walk_next(struct kle_walk *walk);

#endif
