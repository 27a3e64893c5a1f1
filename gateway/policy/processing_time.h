/* SPDX-License-Identifier: MIT */
/* processing_time: how long municipalities say that a kind of case takes, per municipality and KLE,
 * from policies/processing_times.json. It tells when a decision may be expected of an open case of
 * which the source says nothing: the published time, not a promise. Pure. */
#ifndef POLICY_PROCESSING_TIME_H
#define POLICY_PROCESSING_TIME_H

#include "adapters/item.h"
#include "policy/document.h"
#include "policy/kle.h"
#include "policy/municipality.h"

enum { PROCESSING_TIMES_MAX = 20000, PROCESSING_DAYS_MAX = 3650, PROCESSING_WEEKS_MAX = 520 };

struct processing_time {
    int days;  /* days after the case's creation; 0: told in weeks */
    int weeks; /* of five working days, Monday to Friday; holidays are not left out [D] */
};

/* Zeroed memory is the empty table. */
struct processing_times {
    struct processing_town *at; /* sorted by code */
    size_t count;
};
/* Municipalities are checked when the list is not empty. */
void processing_times_parse(struct node root, const struct municipalities *municipalities,
                            struct processing_times *times, struct arena *arena,
                            struct faults *faults);

/* The published time of a municipality (by code) for a number; NULL: none. */
const struct processing_time *processing_time_find(const struct processing_times *times,
                                                   struct str code, struct kle kle);
/* The last day of the time, when it begins on `from`. */
struct date processing_time_end(const struct processing_time *time, struct date from);

/* Fills in when a decision may be expected, and that this is the published time: of a case that is
 * known to be open and when it was created, where the source says nothing. */
void processing_time_apply(const struct processing_times *times, struct str code,
                           struct item *item);

#endif
