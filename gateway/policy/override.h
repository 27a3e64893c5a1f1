/* SPDX-License-Identifier: MIT */
/* override: policies/routing.json: the rules for all sources, for one, and for one portal. */
#ifndef POLICY_OVERRIDE_H
#define POLICY_OVERRIDE_H

#include "policy/routing.h"

enum { OVERRIDE_PORTALS_MAX = 1000 };

struct portal_rules {
    struct str portal; /* its id */
    int64_t soft_ms, hard_ms;
    bool is_background;  /* what it asks for gives way first */
    struct rules *rules; /* one per route, in plan order */
};
struct overrides {
    struct portal_rules *at;
    size_t count;
};

/* The member "default", over the standard. An absent root gives the standard. */
struct rules override_standard(struct node root, struct faults *faults);
/* What "sources" says beside the rules, into the routes, before these are put in plan order. */
void overrides_operate(struct node root, const struct route_reading *reading, struct route *routes,
                       size_t route_count, struct faults *faults);
/* The rules of "sources", into the routes, and "portals". */
void overrides_parse(struct node root, const struct settings *settings, struct route *routes,
                     size_t route_count, struct overrides *overrides, struct faults *faults);
/* NULL: the portal has no rules of its own. */
const struct portal_rules *override_find(const struct overrides *overrides, struct str portal);

#endif
