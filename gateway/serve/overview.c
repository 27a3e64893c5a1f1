/* SPDX-License-Identifier: MIT */
#include "serve/overview.h"

#include "serve/lookup.h"
#include "serve/session.h"

#include <openssl/rand.h>

enum { BACKGROUND_RETRY_S = 10 };

/* A look-up that is being prepared: everything refuses through it. */
struct opening {
    struct worker *worker;
    const struct http_request *request;
    struct http_exchange *exchange;
    struct lookup_spec spec;
    struct query query;
    bool is_background; /* gives way first */
};

static void refuse_with(struct opening *opening, const struct problem *problem,
                        const struct http_field *fields, size_t count)
{
    if (problem->kind == PROBLEM_UNAVAILABLE)
        counter_add(&opening->worker->counters->overviews_shed, 1);
    http_reply_problem(opening->exchange, problem, opening->spec.language, opening->spec.receipt,
                       fields, count);
    worker_give_arena(opening->worker, opening->spec.arena);
}

static bool refuse(struct opening *opening, const struct problem *problem)
{
    struct http_field challenge = session_challenge();
    refuse_with(opening, problem, &challenge, problem->kind == PROBLEM_UNAUTHORIZED ? 1 : 0);
    return false;
}

/* May another look-up begin? Fail closed: no record, no answer. */
static bool admit(struct opening *opening)
{
    struct worker *worker = opening->worker;
    const struct settings *settings = &worker->snapshot->settings;
    bool is_background = opening->is_background;
    int64_t most = settings->limits_overviews_max;
    if (is_background && settings->limits_background_max < most)
        most = settings->limits_background_max;
    struct problem problem;
    if (!access_log_is_well(worker->shared->access_log)) {
        problem = problem_make(PROBLEM_UNAVAILABLE, "the access record cannot be written now");
    } else if (worker->lookups >= (size_t)most) {
        problem = problem_make(PROBLEM_UNAVAILABLE, "too many overviews are under way");
        worker->shed[is_background]++;
    } else {
        return true;
    }
    problem.retry_after_s = is_background ? BACKGROUND_RETRY_S : 1;
    return refuse(opening, &problem);
}

/* The portal's own deadlines and class. False: it was refused. */
static bool use_portal(struct opening *opening)
{
    const struct snapshot *snapshot = opening->worker->snapshot;
    struct lookup_spec *spec = &opening->spec;
    const struct portal_rules *portal = override_find(&snapshot->overrides, spec->portal->id);
    spec->soft_ms = portal ? portal->soft_ms : snapshot->settings.time_soft_ms;
    spec->hard_ms = portal ? portal->hard_ms : snapshot->settings.time_hard_ms;
    spec->wait_ms = opening->query.wait_ms < spec->hard_ms ? opening->query.wait_ms : spec->hard_ms;
    if (opening->is_background || !portal || !portal->is_background)
        return true;
    opening->is_background = true;
    return admit(opening);
}

/* What both resources need: a receipt, a language, a citizen, a query. False: it was refused. */
static bool open_lookup(struct opening *opening, struct worker *worker,
                        const struct http_request *request, struct http_exchange *exchange)
{
    const struct http_head *head = request->head;
    struct problem problem;
    unsigned char random[8];

    *opening = (struct opening){.worker = worker, .request = request, .exchange = exchange};
    struct lookup_spec *spec = &opening->spec;
    spec->arena = worker_take_arena(worker);
    spec->language = language_choose(query_list(head, STR("Accept-Language"), spec->arena));
    char *receipt = arena_alloc(spec->arena, UUID_TEXT);
    if (!receipt) {
        problem = problem_make(PROBLEM_INTERNAL, "out of working memory");
        return refuse(opening, &problem);
    }
    uuid_make(&worker->uuids, loop_wall(worker->loop), receipt);
    spec->receipt = str_make(receipt, UUID_TEXT - 1);
    opening->is_background =
        str_equal(query_list(head, STR("Overblik-Priority"), spec->arena), STR("background"));
    if (!admit(opening))
        return false;

    spec->citizen = session_citizen(worker, request, spec->arena, spec->receipt, &problem);
    if (!spec->citizen)
        return refuse(opening, &problem);
    if (!session_portal(worker, spec->citizen, request->client_certificate, &spec->portal,
                        &problem))
        return refuse(opening, &problem);
    if (!query_parse(head, worker->snapshot, spec->arena, &opening->query, &problem))
        return refuse(opening, &problem);
    if (!use_portal(opening))
        return false;
    if (RAND_bytes(random, sizeof random) == 1)
        spec->traceparent = query_traceparent(head, random, spec->arena);
    return true;
}

static bool make_plan(struct opening *opening, struct str only_source)
{
    struct worker *worker = opening->worker;
    const struct snapshot *snapshot = worker->snapshot;
    struct arena *arena = opening->spec.arena;
    struct health_values *health = arena_calloc(arena, snapshot->route_count + 1, sizeof *health);

    for (size_t i = 0; health && i < snapshot->route_count; i++) {
        const struct route *route = &snapshot->routes[i];
        health_read(health_entry(worker->shared->health, route->source.id), &route->rules,
                    route->in_flight_max > 0 ? route->in_flight_max
                                             : snapshot->settings.limits_source_in_flight_max,
                    loop_now(worker->loop), &health[i]);
    }
    struct plan_request request = {
        .snapshot = snapshot,
        .citizen = opening->spec.citizen,
        .portal = opening->spec.portal,
        .municipalities = opening->query.municipalities,
        .municipality_count = opening->query.municipality_count,
        .health = health,
        .only_source = only_source,
        .receipt = opening->spec.receipt,
        .has_shadows = opening->spec.kind == QUESTION_LIST && !only_source.at,
        .now = loop_wall(worker->loop),
    };
    if (health && plan_make(arena, &request, &opening->spec.plan))
        return true;
    struct problem problem = problem_make(PROBLEM_INTERNAL, "out of working memory");
    return refuse(opening, &problem);
}

/* A login that is too weak for every source that may be asked is sent back for a better one. */
static bool check_level(struct opening *opening)
{
    const struct plan *plan = &opening->spec.plan;
    enum level needed = LEVEL_NONE;
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_row *row = &plan->rows[i];
        if (row->skip != OUTCOME_LEVEL && row->skip != OUTCOME_NOT_AGREED)
            return true;
        enum level level = plan_row_level(row);
        if (row->skip == OUTCOME_LEVEL && (needed == LEVEL_NONE || level < needed))
            needed = level;
    }
    if (needed == LEVEL_NONE)
        return true;
    struct problem problem = problem_make(PROBLEM_LEVEL, "no source may be asked at the level of "
                                                         "this login");
    struct http_field challenge = session_level_challenge(opening->spec.arena, needed);
    refuse_with(opening, &problem, &challenge, 1);
    return false;
}

void overview_get(struct worker *worker, const struct http_request *request,
                  struct http_exchange *exchange)
{
    struct opening opening;
    if (!open_lookup(&opening, worker, request, exchange))
        return;
    if (!format_choose(query_list(request->head, STR("Accept"), opening.spec.arena),
                       &opening.spec.format)) {
        struct problem problem = problem_make(PROBLEM_NOT_ACCEPTABLE, "Accept names no form that "
                                                                      "an overview has");
        refuse(&opening, &problem);
        return;
    }
    opening.spec.kind = QUESTION_LIST;
    if (make_plan(&opening, opening.query.source) && check_level(&opening))
        lookup_start(worker, exchange, &opening.spec);
}

/* A handle names "source" or "source/municipality" beside the item's id. */
static bool open_handle(struct opening *opening, struct str *source)
{
    struct str handle = str_skip(opening->request->head->path, sizeof "/v1/items/" - 1);
    struct str municipality;
    struct query *query = &opening->query;

    if (!handle_open(opening->worker->env.handles, opening->spec.arena,
                     citizen_subject(opening->spec.citizen), handle, &municipality,
                     &opening->spec.item_id))
        return false;
    *source = str_split(&municipality, '/');
    query->municipality_count = 0;
    if (municipality.at) {
        query->municipalities = arena_calloc(opening->spec.arena, 1, sizeof(struct str));
        if (!query->municipalities)
            return false;
        query->municipalities[query->municipality_count++] = municipality;
    }
    return snapshot_route(opening->worker->snapshot, *source) != NULL;
}

void item_get(struct worker *worker, const struct http_request *request,
              struct http_exchange *exchange)
{
    struct opening opening;
    struct str source = STR_NONE;
    if (!open_lookup(&opening, worker, request, exchange))
        return;
    opening.spec.kind = QUESTION_DETAIL;
    opening.spec.format = FORMAT_JSON;
    if (!open_handle(&opening, &source)) {
        struct problem problem = problem_make(PROBLEM_NOT_FOUND, "the handle is damaged, or it "
                                                                 "was given to somebody else");
        refuse(&opening, &problem);
        return;
    }
    if (make_plan(&opening, source) && check_level(&opening))
        lookup_start(worker, exchange, &opening.spec);
}
