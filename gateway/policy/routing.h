/* SPDX-License-Identifier: MIT */
/* routing: how each source is reached and when we stop waiting, as its manifest says it
 * (conf/sources/<id>.json, docs/manifest.md) and the operator has tuned it (policies/routing.json).
 * Plan order is the order of `position`, then of ids. */
#ifndef POLICY_ROUTING_H
#define POLICY_ROUTING_H

#include "adapters/adapter.h"
#include "adapters/borgervendt.h"
#include "net/fetch.h"
#include "policy/owner.h"
#include "policy/registration.h"
#include "policy/rules.h"
#include "policy/settings.h"
#include "policy/test_citizen.h"

enum { ROUTE_ID_MAX = 64 };

/* Of a manifest that its owner has handed in. */
struct route_registration {
    enum registration_state state;
    int64_t version;
    bool is_new;                     /* it was never in force */
    struct str owner;                /* the CVR number that the certificate was of */
    struct registration_terms terms; /* when approved */
};

struct route {
    struct source source; /* what adapters and output see of it */
    struct owner owner;
    struct fetch_target target;
    int64_t position;
    struct rules rules;    /* for portals that have none of their own */
    int64_t in_flight_max; /* the owner's declared maximum; 0: the general setting */
    enum level level;      /* least level of login */
    bool enabled;          /* it may be asked: it is not switched off, and has an endpoint here */
    const struct route_registration *registration; /* NULL: an operator's own file */
    bool is_elsewhere; /* its manifest has no endpoint for our environment */
    struct probe {
        struct str citizen; /* STR_NONE: nobody probes it */
        int64_t every_s;
    } probe;
    struct test_citizens test_citizens; /* its own: for probes, previews and conformance */
};

/* At most ROUTE_ID_MAX of a-z, 0-9, ".", "-", "_". */
bool route_id_is_valid(struct str id);
/* May people see it? Not one that is switched off by its configuration, nor a shadow. */
bool route_is_shown(const struct route *route);

/* What a manifest is read against. */
struct route_reading {
    const struct settings *settings;
    struct str base; /* the folder that relative file names are resolved against */
    const struct rules *standard;
    const struct test_citizens *test_citizens;     /* those of no source */
    const struct route_registration *registration; /* NULL: an operator's own file */
};
/* Parses a manifest into *route, whose rules are the standard where it says nothing. Checks: total
 * + margin <= hard, first byte + margin <= soft, https (http only with insecure_sources), a known
 * dialect, both languages, a test citizen for its probe. */
bool route_parse(struct node root, const struct route_reading *reading, struct arena *arena,
                 struct route *route, struct faults *faults);
/* Is it asked for test citizens, and shown to nobody? */
bool route_is_observed(const struct route *route);
/* Has its approval's day come? */
bool route_has_begun(const struct route *route, struct date day);
/* Does the approval hold for a municipality of this code? */
bool route_is_for(const struct route *route, struct str code);
/* … and for subjects of this number? */
bool route_opens(const struct route *route, struct str kle, struct str facet);
/* What an operator may say of a source as well as its manifest, beside the rules: "enabled",
 * "position", "in_flight_max" and "probe". What is absent at `node` stays as it is. */
enum { ROUTE_OPERATED = 4 };
extern const char *const route_operated[ROUTE_OPERATED];
void route_operate(struct node node, const struct route_reading *reading, struct route *route,
                   struct faults *faults);
/* The test citizen of this id: the source's own, else one of all. NULL: there is none. */
const struct test_citizen *route_test_citizen(const struct route *route,
                                              const struct test_citizens *all, struct str id);
/* The order of the timers, against the deadlines of a portal or of all. `where`: the place of a
 * fault when it is not a timer of `root`. */
void rules_check_timers(struct node root, const struct settings *settings, int64_t soft_ms,
                        int64_t hard_ms, const struct rules *rules, struct str source,
                        struct faults *faults);

#endif
