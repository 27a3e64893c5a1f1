/* SPDX-License-Identifier: MIT */
#include "joining/planned.h"

#include "identity/citizen_make.h"

const struct cpr planned_nobody = {"6101700000"};

static const struct portal *find_portal(const struct agreements *list, struct str name)
{
    const struct portal *portal = NULL;

    for (size_t i = 0; i < list->portal_count; i++)
        if (str_equal(list->portals[i].id, name))
            return &list->portals[i];
    for (size_t i = 0; i < list->portal_count && !portal; i++)
        for (size_t j = 0; j < list->portals[i].client_count; j++)
            if (str_equal(list->portals[i].clients[j], name))
                portal = &list->portals[i];
    return portal;
}

bool planned_make(struct arena *arena, const struct planned_for *planned, struct plan *plan)
{
    const struct portal *portal = find_portal(&planned->snapshot->agreements, planned->portal);
    const struct citizen *citizen =
        citizen_make_test(arena, &planned_nobody, STR("nobody"), planned->portal, planned->level);

    *plan = (struct plan){0};
    if (!portal)
        return true;
    if (!citizen)
        return false;
    const struct plan_request request = {.snapshot = planned->snapshot,
                                         .citizen = citizen,
                                         .portal = portal,
                                         .municipalities = planned->municipalities,
                                         .municipality_count = planned->municipality_count,
                                         .health = planned->health,
                                         .coverage = planned->coverage,
                                         .now = planned->now};
    return plan_make(arena, &request, plan);
}

const struct coverage *planned_coverage(struct arena *arena, const struct snapshot *snapshot,
                                        const struct str *privileges, size_t privilege_count,
                                        const struct str *kle, size_t kle_count)
{
    const struct privilege_group group = {.represented = planned_nobody,
                                          .privileges = privileges,
                                          .privilege_count = privilege_count,
                                          .kle = kle,
                                          .kle_count = kle_count};
    struct coverage *coverage = ARENA_NEW(arena, struct coverage);
    return coverage && coverage_make(arena, &snapshot->mandates, &group, 1, coverage) ? coverage
                                                                                      : NULL;
}

struct str planned_name(struct arena *arena, const struct plan_row *row)
{
    if (!row->municipality)
        return row->route->source.id;
    return arena_format(arena, "%.*s/%.*s", STR_ARG(row->route->source.id),
                        STR_ARG(row->municipality->code));
}

struct str planned_state(const struct plan_row *row)
{
    return row->skip == OUTCOME_PENDING ? STR("asked") : outcome_name(row->skip);
}
