/* SPDX-License-Identifier: MIT */
/* classification: KLE, the municipalities' subjects (32.24.04) with the groups above them (32.24,
 * 32) and the facets of what is done (G01, Ø30): number, title and when it holds, from
 * policies/kle.json or from the Klassifikation service. Immutable once made; a look-up costs a
 * fraction of a microsecond and allocates nothing. The list is KL's copyright and comes from the
 * operator. */
#ifndef POLICY_CLASSIFICATION_H
#define POLICY_CLASSIFICATION_H

#include "policy/document.h"

enum {
    CLASSIFICATION_ENTRIES_MAX = 20000,
    CLASSIFICATION_INTERVALS_MAX = 32, /* of one number */
    CLASSIFICATION_NUMBER_MAX = 8,     /* bytes: "32.24.04" */
    CLASSIFICATION_TITLE_MAX = 1200,   /* bytes: 300 characters at the service */
    CLASSIFICATION_DIGEST = 17         /* with the terminating NUL */
};

/* A number with the title that it has from one day until before another. */
struct classification_entry {
    struct str number;    /* "32.24.04", "Ø30" */
    struct str title;     /* Danish, as KL writes it */
    struct date from, to; /* from inclusive, to exclusive; absent: open */
    /* private to classification.c */
    uint64_t key;
    size_t place; /* in the list as it came */
};

/* Zeroed memory is the empty table. */
struct classification {
    struct str edition;                         /* "2026-4"; STR_NONE: not said */
    char digest[CLASSIFICATION_DIGEST];         /* 16 hex digits of the SHA-256 over all entries */
    const struct classification_entry *entries; /* sorted by number, then by `from` */
    size_t count;
    /* private to classification.c */
    const uint64_t *keys;
};

/* policies/kle.json: {"edition": …, "numbers": [{"number": …, "title": …, "from": …, "to": …}]}.
 * Intervals of one number must not overlap. */
void classification_parse(struct node root, struct classification *table, struct arena *arena,
                          struct faults *faults);

/* The table of entries from elsewhere, which are sorted in place and must live as long as it does.
 * What is not a number, has no title or too long a one, holds never, or overlaps the interval
 * before it of the same number is left out. Returns how many were; the table is empty when the
 * arena is full. */
size_t classification_make(struct classification *table, struct str edition,
                           struct classification_entry *entries, size_t count, struct arena *arena);

/* What `over` says, and what `base` says of the numbers that `over` does not know. Texts are
 * copied. The edition is base's. False: the arena is full, or there are too many entries. */
bool classification_overlay(struct classification *table, const struct classification *base,
                            const struct classification *over, struct arena *arena)
    __attribute__((warn_unused_result));

/* The entry of this exact number on that day; NULL: it does not hold then, or never. */
const struct classification_entry *classification_find(const struct classification *table,
                                                       struct str number, struct date date);

/* What a number is on a day. */
enum classification_standing {
    CLASSIFICATION_VALID,
    CLASSIFICATION_EXPIRED, /* it held before, and no more */
    CLASSIFICATION_FUTURE,  /* it will hold later */
    CLASSIFICATION_UNKNOWN  /* no entry has this number */
};
/* *entry: the one that holds, else the last that did, else the first that will; NULL: unknown. */
enum classification_standing classification_standing(const struct classification *table,
                                                     struct str number, struct date date,
                                                     const struct classification_entry **entry);

/* What the numbers of three parts are that begin so ("32.24.", "32."): VALID when any is, else
 * EXPIRED, FUTURE or UNKNOWN, as the first of these that any is. */
enum classification_standing classification_standing_below(const struct classification *table,
                                                           struct str prefix, struct date date);

/* "32.24.04", "32.24", "32", "G01", "G": two-digit parts, or a capital (also Æ, Ø, Å). */
bool classification_is_number(struct str text);

#endif
