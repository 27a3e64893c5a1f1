/* SPDX-License-Identifier: MIT */
#include "policy/plan.h"

struct authority plan_row_authority(const struct plan_row *row)
{
    if (row->municipality)
        return (struct authority){row->municipality->cvr, row->municipality->code,
                                  row->municipality->name};
    return row->route->source.authority;
}

bool plan_row_agrees(const struct plan_row *row, enum item_kind kind,
                     const struct authority *authority)
{
    return portal_kinds(row->portal, row->route->source.id, authority, row->day) &
           ITEM_KIND_BIT(kind);
}

/* One plan being made. */
struct making {
    const struct plan_request *request;
    struct arena *arena;
    struct plan *plan;
    struct date day;
};

/* Is there an agreement about this authority (NULL: any) on something that the source holds? */
static bool is_agreed(const struct making *making, const struct route *route,
                      const struct authority *authority)
{
    return portal_kinds(making->request->portal, route->source.id, authority, making->day) &
           route->source.kinds;
}

/* Why the source is not asked whatever the municipality; PENDING: ask. */
static enum outcome source_skip(const struct making *making, const struct route *route)
{
    const struct plan_request *request = making->request;

    if (!is_agreed(making, route, NULL))
        return OUTCOME_NOT_AGREED;
    if (citizen_level(request->citizen) < route->level)
        return OUTCOME_LEVEL;
    if (route->source.per_municipality && request->municipality_count == 0)
        return OUTCOME_MUNICIPALITY;
    return OUTCOME_PENDING;
}

/* Why a municipality is not asked. What it shows is its own decision, so it comes first. */
static enum outcome municipality_skip(const struct making *making, const struct route *route,
                                      const struct municipality *municipality)
{
    const struct municipalities *list = &making->request->snapshot->municipalities;
    struct authority authority = {municipality->cvr, municipality->code, municipality->name};

    if (!is_agreed(making, route, &authority))
        return OUTCOME_NOT_AGREED;
    if (!municipality_shows(list, municipality, route->source.id, making->day))
        return OUTCOME_NOT_SHOWN;
    return municipality->cvr.at ? OUTCOME_PENDING : OUTCOME_MUNICIPALITY; /* asked by CVR number */
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

static enum outcome health_skip(struct plan_row *row, const struct health_values *health,
                                struct wall now)
{
    if (!health)
        return OUTCOME_PENDING;
    enum outcome skip = mode_skip(row, health, now);
    if (skip != OUTCOME_PENDING)
        return skip;
    if (health_is_off(health, plan_row_authority(row).cvr))
        return skip_by(row, OUTCOME_OPEN, "foreign");
    return health->is_full ? skip_by(row, OUTCOME_BUSY, "in-flight") : OUTCOME_PENDING;
}

/* The index answers for the municipality that is asked for; other sources for those that the
 * agreements name, else for themselves. False: arena full. */
static bool set_authorities(const struct making *making, struct plan_row *row)
{
    const struct portal *portal = making->request->portal;
    const struct source *source = &row->route->source;
    size_t most = portal_authorities_max(portal);

    if (source->per_municipality) {
        row->authorities = row->municipality ? &row->municipality->cvr : NULL;
        row->authority_count = row->municipality && row->municipality->cvr.at;
        return true;
    }
    struct str *list = arena_calloc(making->arena, most, sizeof *list);
    row->authorities = list;
    if (list)
        row->authority_count =
            portal_authorities(portal, source->id, source->authority.cvr, making->day, list, most);
    return list;
}

static bool add_row(const struct making *making, const struct route *route,
                    const struct municipality *municipality, enum outcome skip,
                    const struct health_values *health)
{
    struct plan_row *row = &making->plan->rows[making->plan->count++];

    *row = (struct plan_row){.route = route,
                             .municipality = municipality,
                             .skip = skip,
                             .portal = making->request->portal,
                             .day = making->day};
    struct authority authority = plan_row_authority(row);
    const struct authority_card *card =
        authorities_find(&making->request->snapshot->authorities, &authority);
    row->contacts = card ? card->contacts : route->contacts;
    if (skip == OUTCOME_PENDING)
        row->skip = health_skip(row, health, making->request->now);
    return set_authorities(making, row);
}

static bool is_first(const struct str *codes, size_t position)
{
    for (size_t i = 0; i < position; i++)
        if (str_equal(codes[i], codes[position]))
            return false;
    return true;
}

static bool add_municipalities(const struct making *making, const struct route *route,
                               const struct health_values *health)
{
    const struct plan_request *request = making->request;
    bool fits = true;

    for (size_t i = 0; fits && i < request->municipality_count; i++) {
        if (!is_first(request->municipalities, i))
            continue;
        const struct municipality *municipality =
            municipality_find(&request->snapshot->municipalities, request->municipalities[i]);
        fits = add_row(making, route, municipality,
                       municipality ? municipality_skip(making, route, municipality)
                                    : OUTCOME_MUNICIPALITY,
                       health);
    }
    return fits;
}

static bool add_route(const struct making *making, const struct route *route,
                      const struct health_values *health)
{
    enum outcome skip = source_skip(making, route);

    if (skip == OUTCOME_PENDING && route->source.per_municipality)
        return add_municipalities(making, route, health);
    return add_row(making, route, NULL, skip, health);
}

bool plan_make(struct arena *arena, const struct plan_request *request, struct plan *plan)
{
    const struct snapshot *snapshot = request->snapshot;
    size_t most = request->municipality_count > 0 ? request->municipality_count : 1;

    struct making making = {request, arena, plan, wall_date(request->now)};
    bool fits = true;

    *plan = (struct plan){0};
    if (snapshot->route_count > 0 && most > SIZE_MAX / snapshot->route_count)
        return false;
    plan->rows = arena_calloc(arena, snapshot->route_count * most + 1, sizeof *plan->rows);
    if (!plan->rows)
        return false;
    for (size_t i = 0; fits && i < snapshot->route_count; i++) {
        const struct route *route = &snapshot->routes[i];
        const struct health_values *health = request->health ? &request->health[i] : NULL;

        if (!route->enabled)
            continue;
        if (request->only_source.at && !str_equal(request->only_source, route->source.id))
            continue;
        fits = add_route(&making, route, health);
    }
    if (!fits)
        *plan = (struct plan){0};
    return fits;
}
