/* SPDX-License-Identifier: MIT */
/* municipality: official four-digit codes, CVR number and name of the municipalities that can be
 * asked, from policies/municipalities.json. */
#ifndef POLICY_MUNICIPALITY_H
#define POLICY_MUNICIPALITY_H

#include "policy/document.h"

enum { MUNICIPALITIES_MAX = 1000 };

struct municipality {
    struct str code; /* "0710" */
    struct str cvr;  /* STR_NONE: no public source for it found yet; then it cannot be asked */
    struct str name; /* "Favrskov Kommune" */
};

struct municipalities {
    struct municipality *at; /* sorted by code */
    size_t count;
};
void municipalities_parse(struct node root, struct municipalities *list, struct arena *arena,
                          struct faults *faults);
const struct municipality *municipality_find(const struct municipalities *list, struct str code);
const struct municipality *municipality_find_cvr(const struct municipalities *list, struct str cvr);

#endif
