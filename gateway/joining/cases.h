/* SPDX-License-Identifier: MIT */
/* cases: examples of what a configuration is to do, run against one: whom it asks for somebody
 * (plan) and what it shows of what an authority holds (exposure). `overblik policy test` reads
 * them; docs/policies.md has the format. Pure. */
#ifndef JOINING_CASES_H
#define JOINING_CASES_H

#include "policy/snapshot.h"

enum { CASES_MAX = 10000 };

struct case_result {
    struct str name;
    struct str where;     /* "cases.json:12:5" */
    struct str complaint; /* what came instead; STR_NONE: as it was to be */
};
struct case_results {
    struct case_result *at;
    size_t count, failed;
};

/* What cases are run with. */
struct case_context {
    const struct snapshot *snapshot;
    struct wall now; /* of the cases that name no time */
    struct arena *arena;
};

/* Runs them all; cases that say nothing, or name what does not exist, are faults. */
void cases_run(struct node root, const struct case_context *context, struct case_results *results,
               struct faults *faults);

/* One case of each kind: its complaint. */
struct str plan_case_run(struct node node, const struct case_context *context,
                         struct faults *faults);
struct str exposure_case_run(struct node node, const struct case_context *context,
                             struct faults *faults);

/* What both kinds read. */
struct wall case_time(struct node node, struct wall standard, struct faults *faults);
const struct municipality *case_municipality(struct node node, const struct snapshot *snapshot,
                                             struct faults *faults);
/* The position of a text among `names`; SIZE_MAX with a fault that names the nearest. `what` is
 * said before the hint: "is no source". STR_NONE is not looked up. */
size_t case_choice(struct node node, const struct str *names, size_t count, const char *what,
                   struct faults *faults);

#endif
