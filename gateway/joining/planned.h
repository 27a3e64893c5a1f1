/* SPDX-License-Identifier: MIT */
/* planned: what a configuration would ask for somebody who asks through this portal at this level,
 * without asking anybody: the plan of a citizen who does not exist, and its rows by name. Pure. */
#ifndef JOINING_PLANNED_H
#define JOINING_PLANNED_H

#include "policy/plan.h"

struct planned_for {
    const struct snapshot *snapshot;
    struct str portal; /* its id, or the client id of its tokens */
    enum level level;
    const struct str *municipalities; /* codes */
    size_t municipality_count;
    const struct health_values *health; /* one per route, in plan order; NULL: all well */
    const struct coverage *coverage;    /* of the mandate acted under; NULL: for oneself */
    struct wall now;
};

/* Nobody's number: its day is 61, so it is a replacement number. */
extern const struct cpr planned_nobody;

/* What a mandate with these privileges opens, within these subjects (none: any): URNs and patterns,
 * borrowed. NULL: arena full, or the rules open more than can be kept. */
const struct coverage *planned_coverage(struct arena *arena, const struct snapshot *snapshot,
                                        const struct str *privileges, size_t privilege_count,
                                        const struct str *kle, size_t kle_count);

/* A portal that nobody knows has an empty plan. False: arena full. */
bool planned_make(struct arena *arena, const struct planned_for *planned, struct plan *plan)
    __attribute__((warn_unused_result));

/* "atp.pension", "kommuner.sager/0710". STR_NONE: arena full. */
struct str planned_name(struct arena *arena, const struct plan_row *row);
/* "asked", or why not: the name of the outcome. */
struct str planned_state(const struct plan_row *row);

#endif
