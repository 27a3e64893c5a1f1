/* SPDX-License-Identifier: MIT */
/* quality: how good the data are that an authority's systems send, per KLE number and sending
 * system: what is shown, what is withheld and why, and what lacks a number, a title, a status or a
 * history. Cases and benefits count; nothing about a person is kept. Bounded: combinations beyond
 * QUALITY_ROWS_MAX are counted together. */
#ifndef OVERVIEW_QUALITY_H
#define OVERVIEW_QUALITY_H

#include "base/writer.h"
#include "policy/exposure.h"

enum { QUALITY_ROWS_MAX = 2000, QUALITY_TEXT_MAX = 200 };

struct quality_row {
    struct str kle, system; /* STR_NONE: not told */
    size_t items, shown, withheld[EXPOSURE_VERDICT_COUNT];
    size_t cases; /* of the items; only they have a history */
    size_t without_kle, without_title, without_status, without_history;
};

struct quality {
    struct arena *arena; /* borrowed: of the rows' texts */
    struct quality_row *rows;
    size_t count;
    struct quality_row others; /* beyond the ceiling */
    uint16_t *slots;           /* private: a hash table of positions in `rows`, from 1 */
};

/* Empty, in the arena, which must outlive it. False: arena full. */
bool quality_init(struct quality *quality, struct arena *arena) __attribute__((warn_unused_result));
/* Counts an item as it was judged. */
void quality_count(struct quality *quality, const struct item *item,
                   const struct exposure_finding *finding);
/* An array of objects, by KLE number and system, what lacks them first; needs room in the arena. */
void quality_write(struct quality *quality, struct writer *w);

#endif
