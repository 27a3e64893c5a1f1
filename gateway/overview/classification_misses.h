/* SPDX-License-Identifier: MIT */
/* classification_misses: which numbers and units of shown items have no name here, and how often:
 * what an operator lacks in kle.json and units.json. Bounded, without personal data, for the whole
 * process; each is logged when it is met first. Thread-safe. */
#ifndef OVERVIEW_CLASSIFICATION_MISSES_H
#define OVERVIEW_CLASSIFICATION_MISSES_H

#include "policy/snapshot.h"

enum { MISSES_MAX = 256, MISS_KEY = 37 }; /* keys remembered; bytes of one with its NUL */

/* X(enumerator, name) */
#define MISS_KINDS(X)                                                                              \
    X(MISS_NUMBER, "number") /* "32.24.04" */                                                      \
    X(MISS_FACET, "facet")   /* "G01" */                                                           \
    X(MISS_UNIT, "unit")     /* a UUID */

enum miss_kind {
#define X(kind, name) kind,
    MISS_KINDS(X)
#undef X
        MISS_KIND_COUNT
};
struct str miss_kind_name(enum miss_kind kind);

struct classification_miss {
    enum miss_kind kind;
    char key[MISS_KEY];
    uint64_t count;
};

struct classification_misses;
struct classification_misses *classification_misses_new(void);
void classification_misses_free(struct classification_misses **misses);

/* Counts what this snapshot has no name for. Where it has no names at all (no list of numbers, no
 * units) nothing is missed. */
void classification_misses_note(struct classification_misses *misses,
                                const struct snapshot *snapshot, const struct item *item);

/* A copy of the most frequent ones, most frequent first, at most `max`; returns how many. */
size_t classification_misses_read(struct classification_misses *misses,
                                  struct classification_miss *list, size_t max);
/* Items whose number, facet or unit found no room in the list, or is malformed. */
uint64_t classification_misses_others(struct classification_misses *misses, enum miss_kind kind);
/* Forgets all: other lists are in force now. */
void classification_misses_clear(struct classification_misses *misses);

#endif
