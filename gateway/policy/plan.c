/* SPDX-License-Identifier: MIT */
#include "policy/plan.h"

struct authority plan_row_authority(const struct plan_row *row)
{
    if (row->municipality)
        return (struct authority){row->municipality->cvr, row->municipality->code,
                                  row->municipality->name};
    return row->route->source.authority;
}

/* Why the source is not asked whatever the municipality; PENDING: ask. */
static enum outcome source_skip(const struct plan_request *request, const struct route *route,
                                const struct agreement *agreement)
{
    if (!agreement)
        return OUTCOME_NOT_AGREED;
    if (citizen_level(request->citizen) < route->level)
        return OUTCOME_LEVEL;
    if (route->source.per_municipality && request->municipality_count == 0)
        return OUTCOME_MUNICIPALITY;
    return OUTCOME_PENDING;
}

static enum outcome skip_by(struct plan_row *row, enum outcome outcome, const char *rule)
{
    row->rule = rule;
    return outcome;
}

/* What an operator has decided; PENDING: nothing. */
static enum outcome mode_skip(struct plan_row *row, const struct health_values *health,
                              struct wall now)
{
    enum source_mode mode = health_mode(health, now);
    if (mode == MODE_ON)
        return OUTCOME_PENDING;
    row->until = health->mode_until;
    row->message = health->mode_message;
    return skip_by(row, mode == MODE_MAINTENANCE ? OUTCOME_CLOSED : OUTCOME_OPEN,
                   source_mode_name(mode).at);
}

static enum outcome row_skip(struct plan_row *row, const struct health_values *health,
                             struct wall now)
{
    struct str cvr = plan_row_authority(row).cvr;

    if (row->municipality && !cvr.at)
        return OUTCOME_MUNICIPALITY; /* the index is asked by CVR number */
    if (!health)
        return OUTCOME_PENDING;
    enum outcome skip = mode_skip(row, health, now);
    if (skip != OUTCOME_PENDING)
        return skip;
    if (health_is_off(health, cvr))
        return skip_by(row, OUTCOME_OPEN, "foreign");
    return health->is_full ? skip_by(row, OUTCOME_BUSY, "in-flight") : OUTCOME_PENDING;
}

/* Whom the source may answer for: those the agreement names, else itself. */
static void set_authorities(struct plan_row *row, const struct agreement *agreement)
{
    const struct str *own =
        row->municipality ? &row->municipality->cvr : &row->route->source.authority.cvr;

    if (agreement && agreement->authority_count > 0) {
        row->authorities = agreement->authorities;
        row->authority_count = agreement->authority_count;
    } else if (own->at) {
        row->authorities = own;
        row->authority_count = 1;
    }
}

static struct plan_row *add_row(struct plan *plan, const struct route *route,
                                const struct municipality *municipality, enum outcome skip,
                                const struct agreement *agreement)
{
    struct plan_row *row = &plan->rows[plan->count++];

    *row = (struct plan_row){.route = route, .municipality = municipality, .skip = skip};
    set_authorities(row, agreement);
    return row;
}

static bool is_first(const struct str *codes, size_t position)
{
    for (size_t i = 0; i < position; i++)
        if (str_equal(codes[i], codes[position]))
            return false;
    return true;
}

static void add_municipalities(struct plan *plan, const struct plan_request *request,
                               const struct route *route, const struct health_values *health,
                               const struct agreement *agreement)
{
    for (size_t i = 0; i < request->municipality_count; i++) {
        if (!is_first(request->municipalities, i))
            continue;
        const struct municipality *municipality =
            municipality_find(&request->snapshot->municipalities, request->municipalities[i]);
        struct plan_row *row = add_row(plan, route, municipality, OUTCOME_MUNICIPALITY, agreement);

        if (municipality)
            row->skip = row_skip(row, health, request->now);
    }
}

static void add_route(struct plan *plan, const struct plan_request *request,
                      const struct route *route, const struct health_values *health)
{
    const struct agreement *agreement = agreement_find(
        &request->snapshot->agreements, citizen_portal(request->citizen), route->source.id);
    enum outcome skip = source_skip(request, route, agreement);

    if (skip == OUTCOME_PENDING && route->source.per_municipality) {
        add_municipalities(plan, request, route, health, agreement);
        return;
    }
    struct plan_row *row = add_row(plan, route, NULL, skip, agreement);
    if (skip == OUTCOME_PENDING)
        row->skip = row_skip(row, health, request->now);
}

bool plan_make(struct arena *arena, const struct plan_request *request, struct plan *plan)
{
    const struct snapshot *snapshot = request->snapshot;
    size_t most = request->municipality_count > 0 ? request->municipality_count : 1;

    *plan = (struct plan){0};
    if (snapshot->route_count > 0 && most > SIZE_MAX / snapshot->route_count)
        return false;
    plan->rows = arena_calloc(arena, snapshot->route_count * most + 1, sizeof *plan->rows);
    if (!plan->rows)
        return false;
    for (size_t i = 0; i < snapshot->route_count; i++) {
        const struct route *route = &snapshot->routes[i];
        const struct health_values *health = request->health ? &request->health[i] : NULL;

        if (!route->enabled)
            continue;
        if (request->only_source.at && !str_equal(request->only_source, route->source.id))
            continue;
        add_route(plan, request, route, health);
    }
    return true;
}
