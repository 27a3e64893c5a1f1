/* SPDX-License-Identifier: MIT */
#include "policy/plan.h"

const struct rules *plan_row_rules(const struct plan_row *row)
{
    return row->rules ? row->rules : &row->route->rules;
}

enum level plan_row_level(const struct plan_row *row)
{
    enum level level = plan_row_rules(row)->level;
    return level > row->route->level ? level : row->route->level;
}

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

bool plan_row_covers(const struct plan_row *row, enum item_kind kind,
                     const struct authority *authority, struct str kle)
{
    return !row->coverage ||
           coverage_has(row->coverage, row->route->source.id, kind, authority, kle);
}

static const char by_mandate[] = "mandate";

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

/* A rule that would skip the row: it does, or it is only noted. */
static enum outcome judge(struct plan_row *row, enum rule_mode mode, enum rule_kind kind,
                          enum outcome outcome)
{
    if (mode == RULE_ENFORCE)
        return skip_by(row, outcome, rule_kind_name(kind));
    if (mode == RULE_OBSERVE)
        row->would_skip |= RULE_BIT(kind);
    return OUTCOME_PENDING;
}

static enum outcome timetable_skip(struct plan_row *row, const struct rules *rules, struct wall now)
{
    const struct text *message;
    struct wall until = WALL_NONE;
    const char *rule;

    if (!rules_close(rules, now, &until, &message, &rule))
        return OUTCOME_PENDING;
    if (message) { /* maintenance, which is no rule to be watched */
        row->until = until;
        row->message = message;
        return skip_by(row, OUTCOME_CLOSED, rule);
    }
    enum outcome skip = judge(row, rules->windows.mode, RULE_WINDOW, OUTCOME_CLOSED);
    if (skip != OUTCOME_PENDING)
        row->until = until;
    return skip;
}

static enum outcome health_skip(struct plan_row *row, const struct rules *rules,
                                const struct health_values *health, struct wall now)
{
    enum outcome skip = mode_skip(row, health, now);
    if (skip != OUTCOME_PENDING)
        return skip;
    if (health_is_off(health, plan_row_authority(row).cvr))
        return skip_by(row, OUTCOME_OPEN, "foreign");
    if (health->is_open) {
        skip = judge(row, rules->breaker.mode, RULE_BREAKER, OUTCOME_OPEN);
        if (skip != OUTCOME_PENDING) {
            row->retry_after_s = health->open_s;
            return skip;
        }
    }
    return health->is_full ? skip_by(row, OUTCOME_BUSY, "in-flight") : OUTCOME_PENDING;
}

/* One plan being made. */
struct making {
    const struct plan_request *request;
    struct arena *arena;
    struct plan *plan;
    struct date day;
};

/* What the rows of one source have in common. */
struct planned {
    const struct route *route;
    const struct rules *rules;
    const struct health_values *health;
};

/* Is there an agreement about this authority (NULL: any) on something that the source holds? */
static bool is_agreed(const struct making *making, const struct planned *source,
                      const struct authority *authority)
{
    return portal_kinds(making->request->portal, source->route->source.id, authority, making->day) &
           source->route->source.kinds;
}

/* Does the mandate open something of this authority (NULL: any) that the source holds? */
static bool is_covered(const struct making *making, const struct route *route,
                       const struct authority *authority)
{
    const struct coverage *coverage = making->request->coverage;

    return !coverage || coverage_kinds(coverage, route->source.id, authority) & route->source.kinds;
}

/* Has the operator's approval begun, and is it for one of the citizen's municipalities? */
static bool is_begun(const struct making *making, const struct route *route)
{
    const struct plan_request *request = making->request;
    bool is_for = route_is_for(route, STR_NONE);

    for (size_t i = 0; !is_for && i < request->municipality_count; i++)
        is_for = route_is_for(route, request->municipalities[i]);
    return is_for && route_has_begun(route, making->day);
}

/* Why the source is not asked whatever the municipality; PENDING: ask. */
static enum outcome source_skip(const struct making *making, const struct planned *source)
{
    const struct plan_request *request = making->request;
    const struct plan_row row = {.route = source->route, .rules = source->rules};
    unsigned kinds = source->rules->kinds;

    if (!is_agreed(making, source, NULL))
        return OUTCOME_NOT_AGREED;
    if (!is_covered(making, source->route, NULL))
        return OUTCOME_NOT_COVERED;
    if (kinds != 0 && (kinds & source->route->source.kinds) == 0)
        return OUTCOME_NOT_NEEDED;
    if (citizen_level(request->citizen) < plan_row_level(&row))
        return OUTCOME_LEVEL;
    if (source->route->registration && !is_begun(making, source->route))
        return OUTCOME_NOT_SHOWN;
    if (source->route->source.per_municipality && request->municipality_count == 0)
        return OUTCOME_MUNICIPALITY;
    return OUTCOME_PENDING;
}

/* Why a municipality is not asked. What it shows is its own decision, so it comes first. */
static enum outcome municipality_skip(const struct making *making, const struct planned *source,
                                      const struct municipality *municipality)
{
    const struct municipalities *list = &making->request->snapshot->municipalities;
    struct authority authority = {municipality->cvr, municipality->code, municipality->name};

    if (!is_agreed(making, source, &authority))
        return OUTCOME_NOT_AGREED;
    if (!is_covered(making, source->route, &authority))
        return OUTCOME_NOT_COVERED;
    if (!municipality_shows(list, municipality, source->route->source.id, making->day) ||
        !route_is_for(source->route, municipality->code))
        return OUTCOME_NOT_SHOWN;
    return municipality->cvr.at ? OUTCOME_PENDING : OUTCOME_MUNICIPALITY; /* asked by CVR number */
}

/* Why the row is not asked now; PENDING: ask. */
static enum outcome row_skip(struct plan_row *row, const struct plan_request *request,
                             const struct health_values *health)
{
    const struct rules *rules = plan_row_rules(row);

    /* Who asks for this source by name, or for one item of it, means it. */
    if (!request->only_source.at && !rules_choose(rules, request->receipt, row->route->source.id)) {
        enum outcome skip = judge(row, rules->canary.mode, RULE_CANARY, OUTCOME_NOT_NEEDED);
        if (skip != OUTCOME_PENDING)
            return skip;
    }
    enum outcome skip = timetable_skip(row, rules, request->now);
    if (skip != OUTCOME_PENDING || !health)
        return skip;
    return health_skip(row, rules, health, request->now);
}

/* Those of the authorities that the mandate opens; when it opens none, the source is not asked. */
static void keep_covered(const struct making *making, struct plan_row *row, struct str *list)
{
    size_t kept = 0;

    for (size_t i = 0; i < row->authority_count; i++) {
        struct authority authority = {.cvr = list[i], .code = list[i]};
        if (is_covered(making, row->route, &authority))
            list[kept++] = list[i];
    }
    if (row->authority_count > 0 && kept == 0 && row->skip == OUTCOME_PENDING)
        row->skip = skip_by(row, OUTCOME_NOT_COVERED, by_mandate);
    row->authority_count = kept;
}

/* The index answers for the municipality that is asked for; other sources for those that the
 * agreements name, else for all that they answer for. False: arena full. */
static bool set_authorities(const struct making *making, struct plan_row *row)
{
    const struct portal *portal = making->request->portal;
    const struct source *source = &row->route->source;
    const struct owner *owner = &row->route->owner;
    bool is_own = owner->answers_for_count == 0; /* itself alone */
    const struct str *own = is_own ? &source->authority.cvr : owner->answers_for;
    size_t own_count = is_own ? source->authority.cvr.at != NULL : owner->answers_for_count;
    size_t most = portal_authorities_max(portal) + own_count;

    if (source->per_municipality) {
        row->authorities = row->municipality ? &row->municipality->cvr : NULL;
        row->authority_count = row->municipality && row->municipality->cvr.at;
        return true;
    }
    struct str *list = arena_calloc(making->arena, most, sizeof *list);
    row->authorities = list;
    if (list)
        row->authority_count =
            portal_authorities(portal, source->id, own, own_count, making->day, list, most);
    if (list && making->request->coverage)
        keep_covered(making, row, list);
    return list;
}

static bool add_row(const struct making *making, const struct planned *source,
                    const struct municipality *municipality, enum outcome skip)
{
    struct plan *plan = making->plan;
    struct plan_row *row = &plan->rows[plan->count + plan->shadow_count];

    *row = (struct plan_row){.route = source->route,
                             .rules = source->rules,
                             .municipality = municipality,
                             .skip = skip,
                             .portal = making->request->portal,
                             .day = making->day,
                             .rule = skip == OUTCOME_NOT_COVERED ? by_mandate : NULL,
                             .coverage = making->request->coverage};
    struct authority authority = plan_row_authority(row);
    const struct authority_card *card =
        authorities_find(&making->request->snapshot->authorities, &authority);
    if (!card)
        card = authorities_find(&making->request->snapshot->authorities,
                                &source->route->owner.authority);
    row->contacts = card ? card->contacts : NULL;
    if (skip == OUTCOME_PENDING)
        row->skip = row_skip(row, making->request, source->health);
    bool fits = set_authorities(making, row);
    if (!source->rules->shadow_of.at)
        plan->count++;
    else if (row->skip == OUTCOME_PENDING)
        plan->shadow_count++; /* else nothing is lost, and nobody is told */
    return fits;
}

static bool is_first(const struct str *codes, size_t position)
{
    for (size_t i = 0; i < position; i++)
        if (str_equal(codes[i], codes[position]))
            return false;
    return true;
}

static bool add_route(const struct making *making, const struct planned *source)
{
    const struct plan_request *request = making->request;
    enum outcome skip = source_skip(making, source);
    bool fits = true;

    if (skip != OUTCOME_PENDING || !source->route->source.per_municipality)
        return add_row(making, source, NULL, skip);
    for (size_t i = 0; fits && i < request->municipality_count; i++) {
        if (!is_first(request->municipalities, i))
            continue;
        const struct municipality *municipality =
            municipality_find(&request->snapshot->municipalities, request->municipalities[i]);
        fits = add_row(making, source, municipality,
                       municipality ? municipality_skip(making, source, municipality)
                                    : OUTCOME_MUNICIPALITY);
    }
    return fits;
}

size_t plan_scope(const struct plan_request *request)
{
    if (request->is_narrow && request->only_source.at)
        return snapshot_route(request->snapshot, request->only_source) != NULL;
    return request->is_narrow && request->portal->routes ? request->portal->route_count
                                                         : request->snapshot->route_count;
}

const struct route *plan_scope_route(const struct plan_request *request, size_t i)
{
    const struct snapshot *snapshot = request->snapshot;

    if (request->is_narrow && request->only_source.at)
        return snapshot_route(snapshot, request->only_source);
    return &snapshot
                ->routes[request->is_narrow && request->portal->routes ? request->portal->routes[i]
                                                                       : i];
}

static bool add_routes(const struct making *making, bool is_shadow)
{
    const struct plan_request *request = making->request;
    const struct snapshot *snapshot = request->snapshot;
    const struct portal_rules *own = override_find(&snapshot->overrides, request->portal->id);
    size_t count = plan_scope(request);
    bool fits = true;

    for (size_t i = 0; fits && i < count; i++) {
        const struct route *route = plan_scope_route(request, i);
        struct planned source = {.route = route,
                                 .rules =
                                     own ? &own->rules[route - snapshot->routes] : &route->rules,
                                 .health = request->health ? &request->health[i] : NULL};

        if (!route->enabled || (source.rules->shadow_of.at != NULL) != is_shadow)
            continue;
        if (request->only_source.at && !str_equal(request->only_source, route->source.id))
            continue;
        fits = add_route(making, &source);
    }
    return fits;
}

bool plan_make(struct arena *arena, const struct plan_request *request, struct plan *plan)
{
    struct making making = {request, arena, plan, wall_date(request->now)};
    size_t most = request->municipality_count > 0 ? request->municipality_count : 1;
    size_t count = plan_scope(request);

    *plan = (struct plan){0};
    if (request->is_narrow && !request->only_source.at)
        plan->left_out = request->portal->left_out;
    if (count > 0 && most > SIZE_MAX / count)
        return false;
    plan->rows = arena_calloc(arena, count * most + 1, sizeof *plan->rows);
    if (!plan->rows)
        return false;
    if (add_routes(&making, false) && (!request->has_shadows || add_routes(&making, true)))
        return true;
    *plan = (struct plan){0};
    return false;
}
