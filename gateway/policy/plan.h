/* SPDX-License-Identifier: MIT */
/* plan: citizen × portal × configuration × health become rows: whom to ask and with what patience,
 * or why not. Data, made without calling anybody; it can be printed. For the indexes a row is
 * source × municipality. */
#ifndef POLICY_PLAN_H
#define POLICY_PLAN_H

#include "policy/breaker.h"
#include "policy/snapshot.h"

struct plan_row {
    const struct route *route;
    const struct municipality *municipality; /* NULL unless the source is asked per municipality */
    const struct rules *rules;               /* NULL: the route's */
    enum outcome skip;                       /* OUTCOME_PENDING: ask; else why it is not asked */
    unsigned would_skip; /* RULE_BITs of rules that are only watched and would have skipped it */
    const char *rule;    /* which rule of ours skips it: constant; NULL: none */
    struct wall until;   /* of a CLOSED row: when it opens again; unknown: not said */
    const struct text *message;    /* of an operator, for people; NULL: none */
    unsigned retry_after_s;        /* of a skipped row: ask again then; 0: unknown */
    const struct str *authorities; /* whom the source may answer for */
    size_t authority_count;
    const struct contact *contacts;  /* of the authority: its card's, else the source's */
    const struct portal *portal;     /* whose agreements, in force on this day, */
    struct date day;                 /* decide what of the answer may be shown */
    const struct coverage *coverage; /* of the mandate; NULL: the citizen's own overview */
};

struct plan {
    struct plan_row *rows; /* those that are shown, then the shadows */
    size_t count, shadow_count;
    size_t left_out; /* sources without a row, since the portal has no agreement about them */
};

struct plan_request {
    const struct snapshot *snapshot;
    const struct citizen *citizen;
    const struct portal *portal;      /* who asks: portal_find */
    const struct str *municipalities; /* codes; checked by plan_municipality */
    size_t municipality_count;
    bool is_narrow; /* leave out sources that no agreement of the portal names, whenever it is in
                     * force: there may be thousands */
    const struct health_values *health; /* one per route of the scope; NULL: all well */
    struct str only_source;             /* one source alone (a detail, a retry); STR_NONE: all */
    struct str receipt;                 /* decides whom a canary sings for */
    bool has_shadows;                   /* sources that are only compared are asked too */
    const struct coverage *coverage;    /* what the mandate opens; NULL: acting for nobody */
    struct wall now;
};

/* The routes that a plan is made of, in plan order: all; with is_narrow the one asked for by name,
 * or those that the portal's agreements name. */
size_t plan_scope(const struct plan_request *request);
const struct route *plan_scope_route(const struct plan_request *request, size_t i);

/* False: arena full. */
bool plan_make(struct arena *arena, const struct plan_request *request, struct plan *plan)
    __attribute__((warn_unused_result));

/* May the portal see an item of this kind and authority? */
bool plan_row_agrees(const struct plan_row *row, enum item_kind kind,
                     const struct authority *authority);

const struct rules *plan_row_rules(const struct plan_row *row);
enum level plan_row_level(const struct plan_row *row); /* least level of login */
/* Does the mandate, if there is one, open an item of this kind, authority and subject number? */
bool plan_row_covers(const struct plan_row *row, enum item_kind kind,
                     const struct authority *authority, struct str kle);

/* The authority a row speaks of: the municipality, or the source's own. */
struct authority plan_row_authority(const struct plan_row *row);

#endif
