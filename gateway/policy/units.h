/* SPDX-License-Identifier: MIT */
/* units: what the municipalities' organisation units are called, by UUID, from policies/units.json
 * [D]: an index names the responsible unit of a case by its UUID alone. Never a person's name. */
#ifndef POLICY_UNITS_H
#define POLICY_UNITS_H

#include "policy/document.h"

enum { UNITS_MAX = 20000, UNIT_NAME_MAX = 200 };

struct unit {
    struct str uuid; /* in lower case */
    struct str name; /* "Ydelsescenter Favrskov" */
};

/* Zeroed memory is the empty table. */
struct units {
    struct unit *at; /* sorted by uuid */
    size_t count;
};
/* {"units": [{"uuid": …, "name": …}]} */
void units_parse(struct node root, struct units *units, struct arena *arena, struct faults *faults);
/* `uuid` in lower case; STR_NONE: it has no name here. */
struct str units_name(const struct units *units, struct str uuid);

#endif
