/* SPDX-License-Identifier: MIT */
/* routing: how each source is reached and when we stop waiting: conf/sources/<id>.json, one file a
 * source. Plan order is the order of `position`, then of ids. */
#ifndef POLICY_ROUTING_H
#define POLICY_ROUTING_H

#include "adapters/adapter.h"
#include "net/fetch.h"
#include "policy/rules.h"
#include "policy/settings.h"

enum { ROUTE_ID_MAX = 64 };

struct route {
    struct source source; /* what adapters and output see of it */
    struct fetch_target target;
    int64_t position;
    struct rules rules;    /* for portals that have none of their own */
    int64_t in_flight_max; /* the owner's declared maximum; 0: the general setting */
    enum level level;      /* least level of login */
    bool enabled;
    struct probe {
        struct str citizen; /* STR_NONE: nobody probes it */
        int64_t every_s;
    } probe;
    struct contact *contacts; /* of the authority, for when it fails and for "this is wrong" */
};

/* "url", "tls", "addresses" and "no_reuse" of whatever is asked over TLS; a path that is asked for.
 */
void route_target_parse(struct node root, const struct settings *settings, struct str base,
                        struct fetch_target *target, struct faults *faults);
struct str route_path_parse(struct node node, bool is_needed, struct faults *faults);

/* Parses one file of conf/sources into *route, whose rules are `standard` where it says nothing.
 * Checks: total + margin <= hard, first byte + margin
 * <= soft, https (http only with insecure_sources), a known adapter, both languages. `base` is the
 * folder that relative file names are resolved against. */
bool route_parse(struct node root, const struct settings *settings, struct str base,
                 const struct rules *standard, struct arena *arena, struct route *route,
                 struct faults *faults);
/* The order of the timers, against the deadlines of a portal or of all. `where`: the place of a
 * fault when it is not a timer of `root`. */
void rules_check_timers(struct node root, const struct settings *settings, int64_t soft_ms,
                        int64_t hard_ms, const struct rules *rules, struct str source,
                        struct faults *faults);

#endif
