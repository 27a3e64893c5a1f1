/* SPDX-License-Identifier: MIT */
#include "serve/overview.h"

#include "serve/consent_check.h"
#include "serve/lookup.h"
#include "serve/mandate_check.h"
#include "serve/session.h"

#include <openssl/rand.h>

enum { BACKGROUND_RETRY_S = 10 };

/* A look-up that is being prepared: everything refuses through it. */
struct opening {
    struct worker *worker;
    struct http_exchange *exchange;
    struct lookup_spec spec;
    struct query query;
    bool is_background;              /* gives way first */
    struct str certificate;          /* of the portal's connection */
    struct str act_for;              /* a mandate's handle; STR_NONE: the citizen's own */
    struct str consent;              /* a service's token; STR_NONE: a person asks */
    struct str handle;               /* of an item */
    const struct coverage *coverage; /* of the mandate acted under, or the consent */
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

/* What a service may read by consent. Whatever else begins a look-up takes logins alone. */
static bool is_for_services(struct str path)
{
    return str_equal(path, STR("/v1/overview")) || str_starts_with(path, STR("/v1/items/"));
}

/* A person, through a portal; or a service, of whom more is known when its consent was looked up.
 */
static bool read_asker(struct opening *opening, const struct http_request *request,
                       struct problem *problem)
{
    struct lookup_spec *spec = &opening->spec;
    struct str token = session_token(request);

    if (consent_token_is(token) && is_for_services(request->head->path)) {
        opening->consent = arena_copy(spec->arena, token);
        *problem = problem_make(PROBLEM_INTERNAL, "out of working memory");
        return opening->consent.at != NULL;
    }
    spec->citizen = session_citizen(opening->worker, request, spec->arena, spec->receipt, problem);
    return spec->citizen && session_portal(opening->worker, spec->citizen, opening->certificate,
                                           &spec->portal, problem);
}

/* Act-For names a mandate. An empty one is no one's own overview, so it is passed on and refused.
 */
static bool read_act_for(struct opening *opening, const struct http_head *head,
                         struct problem *problem)
{
    bool twice = false;
    struct str field = http_field_find(head, STR("Act-For"), &twice);

    if (twice) {
        *problem = problem_make(PROBLEM_BAD_PARAMETER,
                                "Act-For: one mandate at a time: never two persons in one answer");
        return false;
    }
    if (field.at && opening->consent.at) {
        *problem = problem_make(PROBLEM_BAD_PARAMETER,
                                "Act-For: a consent is about the one who gave it, and nobody else");
        return false;
    }
    opening->act_for = arena_copy(opening->spec.arena, field);
    if (opening->act_for.at || !field.at)
        return true;
    *problem = problem_make(PROBLEM_INTERNAL, "out of working memory");
    return false;
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
                        const struct http_request *request, struct http_exchange *exchange,
                        bool is_export)
{
    const struct http_head *head = request->head;
    struct problem problem;
    unsigned char random[8];

    *opening = (struct opening){.worker = worker, .exchange = exchange};
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

    opening->certificate = arena_copy(spec->arena, request->client_certificate);
    if (!read_asker(opening, request, &problem) || !read_act_for(opening, head, &problem) ||
        !query_parse(head, worker->snapshot, is_export, spec->arena, &opening->query, &problem))
        return refuse(opening, &problem);
    if (!opening->consent.at && !use_portal(opening))
        return false;
    spec->is_export = is_export;
    if (RAND_bytes(random, sizeof random) == 1)
        spec->traceparent = query_traceparent(head, random, spec->arena);
    return true;
}

static bool make_plan(struct opening *opening, struct str only_source)
{
    struct worker *worker = opening->worker;
    const struct snapshot *snapshot = worker->snapshot;
    struct arena *arena = opening->spec.arena;
    struct plan_request request = {
        .snapshot = snapshot,
        .citizen = opening->spec.citizen,
        .portal = opening->spec.portal,
        .municipalities = opening->query.municipalities,
        .municipality_count = opening->query.municipality_count,
        .is_narrow = true,
        .only_source = only_source,
        .coverage = opening->coverage,
        .receipt = opening->spec.receipt,
        .has_shadows = opening->spec.kind == QUESTION_LIST && !only_source.at,
        .now = loop_wall(worker->loop),
    };
    size_t count = plan_scope(&request);
    struct health_values *health = arena_calloc(arena, count + 1, sizeof *health);
    for (size_t i = 0; health && i < count; i++) {
        const struct route *route = plan_scope_route(&request, i);
        health_read(health_entry(worker->shared->health, route->source.id), &route->rules,
                    route->in_flight_max > 0 ? route->in_flight_max
                                             : snapshot->settings.limits_source_in_flight_max,
                    loop_now(worker->loop), &health[i]);
    }
    request.health = health;
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
        if (row->skip != OUTCOME_LEVEL && row->skip != OUTCOME_NOT_AGREED &&
            row->skip != OUTCOME_NOT_COVERED)
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

/* A handle names "source" or "source/municipality" beside the item's id. */
static bool open_handle(struct opening *opening, struct str *source)
{
    struct str municipality;
    struct query *query = &opening->query;

    if (!handle_open(opening->worker->env.handles, opening->spec.arena,
                     citizen_subject(opening->spec.citizen), opening->handle, &municipality,
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

/* It is known whose data are asked for: the plan, and the look-up. */
static void go_on(struct opening *opening)
{
    struct str source = opening->query.source;

    if (opening->spec.kind == QUESTION_DETAIL && !open_handle(opening, &source)) {
        struct problem problem = problem_make(PROBLEM_NOT_FOUND, "the handle is damaged, or it "
                                                                 "was given to somebody else");
        refuse(opening, &problem);
        return;
    }
    /* A service cannot log the citizen in anew: it is told of each source. */
    if (make_plan(opening, source) && (opening->consent.at || check_level(opening)))
        lookup_start(opening->worker, opening->exchange, &opening->spec);
}

/* The source of the mandate has spoken. Meanwhile there may be another configuration. */
static void on_acting(void *ctx, const struct acting *acting)
{
    struct opening *opening = ctx;
    struct problem problem = acting->problem;

    if (!acting->citizen && problem.kind == PROBLEM_LEVEL) {
        struct http_field challenge = session_level_challenge(opening->spec.arena, acting->level);
        refuse_with(opening, &problem, &challenge, 1);
        return;
    }
    if (!acting->citizen || !session_portal(opening->worker, acting->citizen, opening->certificate,
                                            &opening->spec.portal, &problem)) {
        refuse(opening, &problem);
        return;
    }
    opening->spec.citizen = acting->citizen;
    opening->coverage = acting->coverage;
    go_on(opening);
}

/* The store has said whether the consent is in force. */
static void on_consented(void *ctx, const struct consented *consented)
{
    struct opening *opening = ctx;

    if (!consented->citizen) {
        refuse(opening, &consented->problem);
        return;
    }
    opening->spec.citizen = consented->citizen;
    opening->spec.portal = consented->portal;
    opening->coverage = consented->coverage;
    if (use_portal(opening))
        go_on(opening);
}

static void check_consent(struct opening *kept)
{
    const struct consent_check_spec spec = {.worker = kept->worker,
                                            .arena = kept->spec.arena,
                                            .token = kept->consent,
                                            .certificate = kept->certificate,
                                            .receipt = kept->spec.receipt};
    consent_check_start(&spec, kept->exchange, on_consented, kept);
}

static void check_mandate(struct opening *kept)
{
    struct mandate_check_spec spec = {.worker = kept->worker,
                                      .arena = kept->spec.arena,
                                      .actor = kept->spec.citizen,
                                      .handle = kept->act_for,
                                      .receipt = kept->spec.receipt,
                                      .traceparent = kept->spec.traceparent};
    mandate_check_start(&spec, kept->exchange, on_acting, kept);
}

/* For oneself at once; for another when it has been asked whether one may. */
static void begin(struct opening *opening)
{
    if (!opening->act_for.at && !opening->consent.at) {
        go_on(opening);
        return;
    }
    struct opening *kept = ARENA_NEW(opening->spec.arena, struct opening);
    if (!kept) {
        struct problem problem = problem_make(PROBLEM_INTERNAL, "out of working memory");
        refuse(opening, &problem);
        return;
    }
    opening->spec.began = loop_now(opening->worker->loop);
    *kept = *opening;
    (kept->consent.at ? check_consent : check_mandate)(kept);
}

void overview_get(struct worker *worker, const struct http_request *request,
                  struct http_exchange *exchange)
{
    struct opening opening;
    if (!open_lookup(&opening, worker, request, exchange, false))
        return;
    if (!format_choose(query_list(request->head, STR("Accept"), opening.spec.arena),
                       &opening.spec.format)) {
        struct problem problem = problem_make(PROBLEM_NOT_ACCEPTABLE, "Accept names no form that "
                                                                      "an overview has");
        refuse(&opening, &problem);
        return;
    }
    opening.spec.kind = QUESTION_LIST;
    begin(&opening);
}

void item_get(struct worker *worker, const struct http_request *request,
              struct http_exchange *exchange)
{
    struct opening opening;
    if (!open_lookup(&opening, worker, request, exchange, false))
        return;
    opening.spec.kind = QUESTION_DETAIL;
    opening.spec.format = FORMAT_JSON;
    opening.handle =
        arena_copy(opening.spec.arena, str_skip(request->head->path, sizeof "/v1/items/" - 1));
    begin(&opening);
}

/* `format` decides, since a link cannot say Accept; else Accept. */
static bool choose_form(struct opening *opening, const struct http_head *head)
{
    struct str types[EXPORT_FORM_COUNT];
    struct str accept = query_list(head, STR("Accept"), opening->spec.arena);
    struct problem problem;
    size_t chosen;

    if (opening->query.format.at) {
        if (export_form_parse(opening->query.format, &opening->spec.form))
            return true;
        problem = problem_make(PROBLEM_BAD_PARAMETER, "format: expected json, html, csv or ics");
        return refuse(opening, &problem);
    }
    for (unsigned i = 0; i < EXPORT_FORM_COUNT; i++)
        types[i] = export_form_type((enum export_form)i);
    bool is_found = accept_choose(accept, types, EXPORT_FORM_COUNT, &chosen);
    opening->spec.form = (enum export_form)chosen;
    if (is_found)
        return true;
    problem = problem_make(PROBLEM_NOT_ACCEPTABLE,
                           "Accept names no form that an export has; format= takes json, html, "
                           "csv or ics");
    return refuse(opening, &problem);
}

/* Who finds a browser that somebody left open must not carry everything away. */
static bool check_login(struct opening *opening)
{
    struct worker *worker = opening->worker;
    int64_t max_age_s = worker->snapshot->settings.export_login_max_age_s;

    if (session_is_fresh(opening->spec.citizen, loop_wall(worker->loop), max_age_s))
        return true;
    struct problem problem = problem_make(
        PROBLEM_LOGIN_TOO_OLD, "an export needs a login that is at most %lld seconds old",
        (long long)max_age_s);
    struct http_field challenge = session_age_challenge(opening->spec.arena, max_age_s);
    refuse_with(opening, &problem, &challenge, 1);
    return false;
}

void export_get(struct worker *worker, const struct http_request *request,
                struct http_exchange *exchange)
{
    struct opening opening;
    if (!open_lookup(&opening, worker, request, exchange, true) ||
        !choose_form(&opening, request->head) || !check_login(&opening))
        return;
    opening.spec.kind = QUESTION_LIST;
    opening.spec.format = FORMAT_JSON;
    begin(&opening);
}
