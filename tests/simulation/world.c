/* SPDX-License-Identifier: MIT */
#include "world.h"

#include "base/die.h"
#include "fake_adapter.h"
#include "identity/citizen_make.h"
#include "serve/lookup.h"
#include "trace.h"

#include <assert.h>
#include <stdlib.h>

enum { TURNS_MAX = 20000, FIRST_DAY = 20000, FIRST_MINUTE = 642 };
enum { EXPLAIN_MAX = 4, EXPLAIN_BYTES_MAX = 65536 };

static const struct pseudonym_key pseudonym_key = {"0123456789abcdef0123456789abcdef", 32};
static struct handle_maker *handles; /* one for all schedules: it remembers nothing */
static struct arena *scratch;
static struct counters *counters;

void check_no_number(struct str text, const char *where)
{
    for (unsigned i = 0; i < CITIZENS; i++)
        if (str_find(text, citizen_digits(i)) < text.len)
            fault("a personal number stands in %s", where);
}

unsigned world_find_receipt(const struct world *world, struct str receipt)
{
    unsigned request = 0;
    while (request < world->script->request_count &&
           (!receipt.at || !str_equal(receipt, str_of(world->seen[request].receipt))))
        request++;
    return request < world->script->request_count ? request : REQUESTS_MAX;
}

/* ---- the configuration ---- */

static struct text both(struct str text)
{
    return (struct text){{text, text}};
}

static void make_texts(struct texts *texts)
{
    for (int i = 0; i < OUTCOME_COUNT; i++)
        texts->outcome[i] = both(STR("{source} at {time}"));
    for (int i = 0; i < ITEM_STATUS_COUNT; i++)
        texts->status[i] = both(STR("a status"));
    for (int i = 0; i < ITEM_KIND_COUNT; i++)
        texts->kind[i] = texts->untitled[i] = both(STR("a kind"));
    for (int i = 0; i < ATTENTION_TYPE_COUNT; i++)
        texts->attention[i] = both(STR("Do it at {authority}"));
    texts->awaiting_citizen = both(STR("It waits for you"));
    texts->nothing_shown = both(STR("nothing to see"));
    texts->declaration = both(STR("Not exhaustive."));
}

static void make_routes(struct world *world)
{
    const struct script *script = world->script;
    struct snapshot *snapshot = &world->snapshot;

    snapshot->routes = arena_calloc(world->arena, SOURCES_MAX, sizeof *snapshot->routes);
    snapshot->route_count = script->source_count;
    for (unsigned i = 0; i < script->source_count; i++) {
        const struct script_source *source = &script->sources[i];
        struct str id = source_id(i);
        snapshot->routes[i] = (struct route){
            .source = {.id = id,
                       .name = both(id),
                       .authority = source_authority(i),
                       .adapter = &fake_adapter,
                       .path = arena_format(world->arena, "/%.*s", STR_ARG(id)),
                       .kinds = (1u << ITEM_KIND_COUNT) - 1,
                       .per_municipality = source->is_municipal},
            .position = i,
            .rules = {.connect_ms = source->connect_ms,
                      .first_byte_ms = source->first_byte_ms,
                      .silence_ms = 500,
                      .total_ms = source->total_ms},
            .in_flight_max = source->in_flight_max,
            .level = source->level,
            .enabled = source->is_enabled,
        };
    }
}

static void make_policies(struct world *world)
{
    static struct municipality municipalities[MUNICIPALITIES];
    struct snapshot *snapshot = &world->snapshot;
    struct str *agreed = arena_calloc(world->arena, SOURCES_MAX, sizeof *agreed);
    struct agreement *agreement = ARENA_NEW(world->arena, struct agreement);

    for (unsigned i = 0; i < MUNICIPALITIES; i++) {
        struct authority authority = municipality_authority(i);
        municipalities[i] = (struct municipality){authority.code, authority.cvr, authority.name};
    }
    snapshot->municipalities =
        (struct municipalities){.at = municipalities, .count = MUNICIPALITIES};
    struct portal *portal = ARENA_NEW(world->arena, struct portal);

    *agreement = (struct agreement){
        .portal = STR("portal"), .sources = agreed, .kinds = ITEM_KIND_BIT(ITEM_KIND_COUNT) - 1};
    *portal =
        (struct portal){.id = agreement->portal, .agreements = agreement, .agreement_count = 1};
    for (unsigned i = 0; i < world->script->source_count; i++)
        if (world->script->sources[i].is_agreed)
            agreed[agreement->source_count++] = source_id(i);
    snapshot->agreements = (struct agreements){portal, 1, agreement, 1};
}

static void make_snapshot(struct world *world)
{
    const struct script *script = world->script;
    struct snapshot *snapshot = &world->snapshot;
    struct settings *settings = &snapshot->settings;

    *snapshot = (struct snapshot){.revision = "0123456789abcdef", .references = 1};
#define X(section, name, standard, least, most, help) settings->section##_##name = (standard);
    SETTINGS(X)
#undef X
    settings->gateway_id = STR("https://gateway.example");
    settings->time_soft_ms = script->soft_ms;
    settings->time_hard_ms = script->hard_ms;
    settings->time_heartbeat_ms = script->heartbeat_ms;
    settings->limits_pages_max = script->pages_max;
    settings->limits_items_max = script->items_max;
    settings->limits_output_max = script->output_max;
    settings->limits_request_memory_max = script->memory_max;
    make_texts(&snapshot->texts);
    make_routes(world);
    make_policies(world);
}

/* ---- the worker ---- */

static bool sign(void *ctx, struct str bytes, unsigned char signature[64])
{
    (void)ctx, (void)bytes;
    memset(signature, 7, 64);
    return true;
}

static void draw_bytes(void *ctx, unsigned char *bytes, size_t len)
{
    struct chance *chance = ctx;
    for (size_t i = 0; i < len; i++)
        bytes[i] = (unsigned char)chance_next(chance);
}

/* What is remembered beyond the process is what the model says is off. */
static void on_switched_off(void *ctx, struct str id, struct str cvr)
{
    const struct world *world = ctx;
    unsigned source = 0;
    while (source < SOURCES_MAX - 1 && !str_equal(id, source_id(source)))
        source++;
    const struct model_off *off = &world->off[source];
    bool is_right = cvr.at ? off->own && str_equal(cvr, source_authority(source).cvr) : off->whole;
    for (unsigned i = 0; i < MUNICIPALITIES; i++)
        is_right = is_right || (cvr.at && off->municipality[i] &&
                                str_equal(cvr, municipality_authority(i).cvr));
    if (!is_right)
        fault("%.*s \"%.*s\" is told to be off", STR_ARG(id), STR_ARG(cvr));
}

static struct handle_maker *make_handles(void)
{
    char key[129];
    const char *why = NULL;
    memset(key, 'a', 64);
    memset(key + 64, '5', 64);
    key[128] = '\0';
    struct handle_maker *maker = handle_maker_new(str_of(key), &why);
    if (!maker)
        die("%s", why);
    return maker;
}

static void make_worker(struct world *world)
{
    struct worker *worker = &world->worker;

    if (!handles) {
        handles = make_handles();
        scratch = arena_new(64 * 1024 * 1024);
        counters = counters_new();
    }
    world->shared.health = health_new();
    world->shared.explain = explain_new(EXPLAIN_MAX, EXPLAIN_BYTES_MAX);
    world->shared.access_log = fake_log(world);
    world->shared.pseudonym_key = pseudonym_key;
    worker->shared = &world->shared;
    worker->loop = world->loop;
    worker->scratch = scratch;
    worker->counters = counters;
    worker->snapshot = &world->snapshot;
    uuid_source_init_with(&worker->uuids, draw_bytes, &world->chance);
    worker->env = (struct fanout_env){
        .loop = world->loop,
        .pool = fake_pool(world),
        .health = world->shared.health,
        .uuids = &worker->uuids,
        .handles = handles,
        .scratch = scratch,
        .sign = sign,
        .assertion_kid = STR("kid"),
        .switched_off = on_switched_off,
        .switched_ctx = world,
        .pairwise_key = str_make((const char *)pseudonym_key.bytes, pseudonym_key.len),
    };
}

struct arena *worker_take_arena(struct worker *worker)
{
    struct world *world = (struct world *)worker->env.pool;
    world->arenas_out++;
    return arena_new((size_t)worker->snapshot->settings.limits_request_memory_max);
}

void worker_give_arena(struct worker *worker, struct arena *arena)
{
    struct world *world = (struct world *)worker->env.pool;
    world->arenas_out--;
    arena_free(&arena);
}

/* ---- a request begins ---- */

static bool fill_spec(struct world *world, unsigned number, struct lookup_spec *spec)
{
    const struct script_request *request = &world->script->requests[number];
    struct sighting *seen = &world->seen[number];
    struct arena *arena = spec->arena;
    struct citizen_facts facts = {.name = STR("Prøve Testesen"),
                                  .portal = STR("portal"),
                                  .issuer = STR("https://broker.example"),
                                  .level = request->level};

    if (!cpr_parse(citizen_digits(request->citizen), &facts.subject))
        die("not a number");
    uuid_make(&world->worker.uuids, loop_wall(world->loop), seen->receipt);
    spec->citizen = citizen_make(arena, &facts);
    spec->receipt = arena_copy(arena, str_of(seen->receipt));
    spec->traceparent =
        arena_format(arena, "00-%032u-0123456789abcdef-01", number); /* fake_fetch reads it */
    spec->language = request->language;
    spec->format = request->format;
    spec->kind = request->kind;
    spec->wait_ms = request->wait_ms;
    spec->soft_ms = world->script->soft_ms;
    spec->hard_ms = world->script->hard_ms;
    if (request->kind == QUESTION_DETAIL) {
        struct script_item item = {.number = request->detail_number};
        spec->item_id = item_id(&item, request->citizen, arena);
    }
    return spec->citizen && !arena_is_full(arena);
}

static bool make_plan(struct world *world, unsigned number, struct lookup_spec *spec)
{
    const struct script_request *request = &world->script->requests[number];
    const struct snapshot *snapshot = &world->snapshot;
    struct health_values health[SOURCES_MAX];
    struct str codes[MUNICIPALITIES];
    size_t count = 0;

    for (unsigned i = 0; i < snapshot->route_count; i++) {
        const struct route *route = &snapshot->routes[i];
        health_read(health_entry(world->shared.health, route->source.id), &route->rules,
                    route->in_flight_max > 0 ? route->in_flight_max
                                             : snapshot->settings.limits_source_in_flight_max,
                    loop_now(world->loop), &health[i]);
    }
    for (unsigned i = 0; i < MUNICIPALITIES; i++)
        if (request->has_municipality[i])
            codes[count++] = municipality_authority(i).code;
    struct plan_request wanted = {.snapshot = snapshot,
                                  .portal = snapshot->agreements.portals,
                                  .citizen = spec->citizen,
                                  .municipalities = codes,
                                  .municipality_count = count,
                                  .health = health,
                                  .only_source = request->kind == QUESTION_DETAIL
                                                     ? source_id(request->detail_source)
                                                     : STR_NONE,
                                  .now = loop_wall(world->loop)};
    return plan_make(spec->arena, &wanted, &spec->plan);
}

/* The rows are those of the design, in its order. */
static void check_plan(const struct sighting *seen, const struct plan *plan)
{
    if (plan->count != seen->model.count) {
        fault("%zu rows are planned, not %zu", plan->count, seen->model.count);
        return;
    }
    for (size_t i = 0; i < plan->count; i++) {
        const struct model_row *want = &seen->model.rows[i];
        struct authority authority = want->has_municipality
                                         ? municipality_authority(want->municipality)
                                         : source_authority(want->source);
        if (!str_equal(plan->rows[i].route->source.id, source_id(want->source)) ||
            !str_equal(plan_row_authority(&plan->rows[i]).cvr, authority.cvr) ||
            (plan->rows[i].skip != want->skip &&
             !(want->skip == OUTCOME_BUSY && plan->rows[i].skip == OUTCOME_PENDING)))
            fault("row %zu is planned as %s, not %s", i, outcome_name(plan->rows[i].skip).at,
                  outcome_name(want->skip).at);
    }
}

static void start_request(void *ctx)
{
    struct sighting *seen = ctx;
    struct world *world = seen->exchange.world;
    unsigned number = seen->exchange.request;
    struct lookup_spec spec = {.arena = worker_take_arena(&world->worker),
                               .portal = world->snapshot.agreements.portals};

    seen->is_started = true;
    seen->started = loop_now(world->loop);
    trace("request %u begins", number);
    model_make(world->script, number, world->off, world->in_flight, seen->started,
               loop_wall(world->loop), &seen->model);
    door_open(world, number);
    if (!fill_spec(world, number, &spec) || !make_plan(world, number, &spec)) {
        /* What serve/overview does then: no look-up begins. */
        struct problem problem = problem_make(PROBLEM_INTERNAL, "out of working memory");
        http_reply_problem(&seen->exchange, &problem, spec.language, str_of(seen->receipt), NULL,
                           0);
        worker_give_arena(&world->worker, spec.arena);
        return;
    }
    check_plan(seen, &spec.plan);
    lookup_start(&world->worker, &seen->exchange, &spec);
}

/* ---- the play ---- */

/* What holds after every turn. */
static void check_turn(const struct world *world)
{
    for (unsigned i = 0; i < world->script->request_count; i++) {
        const struct sighting *seen = &world->seen[i];
        bool is_over = seen->exchange.state == DOOR_REPLIED || seen->exchange.state == DOOR_GONE;
        if (seen->is_started && is_over && seen->fetches > 0)
            fault("request %u is over and %u calls are under way", i, seen->fetches);
        if (seen->is_started && !is_over && loop_now(world->loop) > seen->model.hard &&
            loop_now(world->loop) > virtual_tick(world->script->tick_us, seen->model.hard))
            fault("request %u lives after the hard deadline", i);
    }
}

static void check_end(struct world *world)
{
    if (virtual_loop_timers(world->loop) > 0 || virtual_loop_deferred(world->loop) > 0)
        fault("%zu timers and %zu deferred calls are left", virtual_loop_timers(world->loop),
              virtual_loop_deferred(world->loop));
    if (world->worker.lookups != 0 || world->arenas_out != 0 || world->snapshot.references != 1)
        fault("left: %zu look-ups, %u arenas, %d references", world->worker.lookups,
              world->arenas_out, world->snapshot.references - 1);
    for (unsigned i = 0; i < world->script->source_count; i++) {
        int64_t claimed = health_in_flight(health_entry(world->shared.health, source_id(i)));
        if (claimed != 0 || world->in_flight[i] != 0)
            fault("%s: %lld claims and %u calls are left", source_id(i).at, (long long)claimed,
                  world->in_flight[i]);
    }
    for (unsigned i = 0; i < world->script->request_count; i++) {
        const struct sighting *seen = &world->seen[i];
        if (seen->exchange.state != DOOR_REPLIED && seen->exchange.state != DOOR_GONE)
            fault("request %u never ended", i);
        if (!seen->is_recorded && !world->script->is_tight)
            fault("request %u: no outcome is recorded", i);
    }
}

bool world_play(struct world *world, const struct script *script)
{
    int turns = 0;

    *world = (struct world){.script = script, .chance = {script->seed ^ 0x5eed}};
    struct wall start = {((int64_t)FIRST_DAY * 1440 + FIRST_MINUTE) * 60000, true};
    start.unix_ms += (int64_t)(script->seed % 3000) * 86400000;
    world->today = wall_date(start);
    world->loop = virtual_loop_new(script->tick_us, start, script->seed ^ 0x10af);
    world->arena = arena_new(1 << 20);
    make_snapshot(world);
    make_worker(world);
    for (unsigned i = 0; i < script->request_count; i++) {
        struct sighting *seen = &world->seen[i];
        seen->exchange.world = world;
        seen->exchange.request = i;
        outside_start(world->loop, &seen->starts, script->requests[i].starts_us, start_request,
                      seen);
    }
    while (!trace_fault() && virtual_loop_turn(world->loop)) {
        check_turn(world);
        if (++turns > TURNS_MAX)
            fault("no end after %d turns", turns);
    }
    if (!trace_fault())
        check_end(world);
    return !trace_fault();
}

void world_end(struct world *world)
{
    for (unsigned i = 0; i < world->script->request_count; i++)
        door_close(&world->seen[i].exchange);
    health_free(&world->shared.health);
    explain_free(&world->shared.explain);
    arena_free(&world->arena);
    virtual_loop_free(&world->loop);
}
