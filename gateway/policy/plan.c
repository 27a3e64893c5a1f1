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

/* Why the row is not asked; PENDING: ask. */
static enum outcome row_skip(struct plan_row *row, const struct plan_request *request,
                             const struct health_values *health)
{
    const struct rules *rules = plan_row_rules(row);

    if (row->municipality && !plan_row_authority(row).cvr.at)
        return OUTCOME_MUNICIPALITY; /* the index is asked by CVR number */
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

/* What the rows of one source have in common. */
struct planned {
    const struct plan_request *request;
    const struct route *route;
    const struct rules *rules;
    const struct health_values *health;
    const struct agreement *agreement;
};

/* Why the source is not asked whatever the municipality; PENDING: ask. */
static enum outcome source_skip(const struct planned *source)
{
    const struct plan_row row = {.route = source->route, .rules = source->rules};
    unsigned kinds = source->rules->kinds;

    if (!source->agreement)
        return OUTCOME_NOT_AGREED;
    if (kinds != 0 && (kinds & source->route->source.kinds) == 0)
        return OUTCOME_NOT_NEEDED;
    if (citizen_level(source->request->citizen) < plan_row_level(&row))
        return OUTCOME_LEVEL;
    if (source->route->source.per_municipality && source->request->municipality_count == 0)
        return OUTCOME_MUNICIPALITY;
    return OUTCOME_PENDING;
}

static struct plan_row *add_row(struct plan *plan, const struct planned *source,
                                const struct municipality *municipality, enum outcome skip)
{
    struct plan_row *row = &plan->rows[plan->count + plan->shadow_count];

    *row = (struct plan_row){
        .route = source->route, .rules = source->rules, .municipality = municipality, .skip = skip};
    set_authorities(row, source->agreement);
    if (skip == OUTCOME_PENDING)
        row->skip = row_skip(row, source->request, source->health);
    if (!source->rules->shadow_of.at)
        plan->count++;
    else if (row->skip == OUTCOME_PENDING)
        plan->shadow_count++; /* else nothing is lost, and nobody is told */
    return row;
}

static bool is_first(const struct str *codes, size_t position)
{
    for (size_t i = 0; i < position; i++)
        if (str_equal(codes[i], codes[position]))
            return false;
    return true;
}

static void add_route(struct plan *plan, const struct planned *source)
{
    const struct plan_request *request = source->request;
    enum outcome skip = source_skip(source);

    if (skip != OUTCOME_PENDING || !source->route->source.per_municipality) {
        add_row(plan, source, NULL, skip);
        return;
    }
    for (size_t i = 0; i < request->municipality_count; i++) {
        if (!is_first(request->municipalities, i))
            continue;
        const struct municipality *municipality =
            municipality_find(&request->snapshot->municipalities, request->municipalities[i]);
        add_row(plan, source, municipality, municipality ? OUTCOME_PENDING : OUTCOME_MUNICIPALITY);
    }
}

static void add_routes(struct plan *plan, const struct plan_request *request, bool is_shadow)
{
    const struct snapshot *snapshot = request->snapshot;
    struct str portal = citizen_portal(request->citizen);
    const struct portal_rules *own = override_find(&snapshot->overrides, portal);

    for (size_t i = 0; i < snapshot->route_count; i++) {
        const struct route *route = &snapshot->routes[i];
        const struct rules *rules = own ? &own->rules[i] : &route->rules;

        if (!route->enabled || (rules->shadow_of.at != NULL) != is_shadow)
            continue;
        if (request->only_source.at && !str_equal(request->only_source, route->source.id))
            continue;
        struct planned source = {
            .request = request,
            .route = route,
            .rules = rules,
            .health = request->health ? &request->health[i] : NULL,
            .agreement = agreement_find(&snapshot->agreements, portal, route->source.id)};
        add_route(plan, &source);
    }
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
    add_routes(plan, request, false);
    if (request->has_shadows)
        add_routes(plan, request, true);
    return true;
}
