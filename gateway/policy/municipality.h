/* SPDX-License-Identifier: MIT */
/* municipality: official four-digit codes, CVR number and name of the municipalities that can be
 * asked, and from which date each shows what an index holds of it: pilots first, then the rest
 * (policies/municipalities.json). */
#ifndef POLICY_MUNICIPALITY_H
#define POLICY_MUNICIPALITY_H

#include "policy/document.h"

enum { MUNICIPALITIES_MAX = 1000 };

struct municipality {
    struct str code; /* "0710" */
    struct str cvr;  /* STR_NONE: no public source for it found yet; then it cannot be asked */
    struct str name; /* "Favrskov Kommune" */
};

/* From this date these municipalities show what this source holds. */
struct rollout {
    struct str source;
    struct date from;
    const struct str *codes; /* none: all that no other row of the source names */
    size_t code_count;
};

struct municipalities {
    struct municipality *at; /* sorted by code */
    size_t count;
    struct rollout *rollouts;
    size_t rollout_count;
};
void municipalities_parse(struct node root, struct municipalities *list, struct arena *arena,
                          struct faults *faults);
const struct municipality *municipality_find(const struct municipalities *list, struct str code);
/* Does it show what this source holds on this day? A source that no rollout names is shown by all.
 */
bool municipality_shows(const struct municipalities *list, const struct municipality *municipality,
                        struct str source, struct date day);
const struct municipality *municipality_find_cvr(const struct municipalities *list, struct str cvr);

#endif
