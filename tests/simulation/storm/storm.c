/* SPDX-License-Identifier: MIT */
/* Plays storms; see storm.h.
 *
 *   storm             OVERBLIK_STORMS of them (50,000), from OVERBLIK_SEED (1) on
 *   storm --seed N    this one, with everything that happens */
#include "storm.h"

#include "base/die.h"
#include "base/log.h"
#include "identity/citizen_make.h"
#include "tests/tap.h"

#include <stdlib.h>

enum { STORMS = 50000, TURNS_MAX = 100000, STORM_MS = 120000, CALM_MS = 700000, WORDS_MAX = 40 };

static struct arena *scratch;

struct str storm_source_id(unsigned source)
{
    static const struct str ids[SOURCES_MAX] = {STR_INIT("a.sager"), STR_INIT("b.ydelser"),
                                                STR_INIT("c.pension")};
    return ids[source];
}

/* ---- an adapter: "2 list" asks for the second page; "ok" is an answer, all else is none ---- */

static bool build(struct arena *arena, const struct question *question, struct ask *ask)
{
    (void)arena;
    ask->path = question->source->path;
    return buf_format(ask->body, "%s list", question->cursor.at ? question->cursor.at : "1");
}

static enum outcome parse(struct arena *arena, const struct question *question,
                          const struct answer *answer, struct parsed *parsed,
                          struct answer_fault *fault)
{
    uint64_t page = 1;
    (void)arena;
    fault->why = "not an answer";
    if (answer->http_status == 503)
        return OUTCOME_BUSY;
    if (answer->http_status == 403)
        return OUTCOME_REFUSED;
    if (!str_equal(answer->body, STR("ok")))
        return OUTCOME_INVALID;
    if (question->cursor.at && !str_to_u64(question->cursor, PAGES_MAX, &page))
        return OUTCOME_INVALID;
    if (str_hash(question->request_id) % 5 == 0 && page < PAGES_MAX)
        parsed->cursor = page == 1 ? STR("2") : STR("3");
    return OUTCOME_EMPTY;
}

const struct adapter storm_adapter = {.name = STR_INIT("storm"), .build = build, .parse = parse};

/* ---- the configuration ---- */

static enum rule_mode draw_mode(struct chance *chance)
{
    return chance_percent(chance, 70) ? RULE_ENFORCE : (enum rule_mode)chance_pick(chance, 3);
}

static void draw_windows(struct storm *storm, struct rules *rules)
{
    struct window *window = ARENA_NEW(storm->arena, struct window);
    int from = 12 * 60 + (int)chance_between(&storm->chance, 0, 2);
    *window = (struct window){.days = 0x7f, .from = from, .to = from + 1};
    rules->windows.closed = (struct windows){window, 1};
    rules->windows.mode = draw_mode(&storm->chance);
}

static void draw_rules(struct storm *storm, struct rules *rules)
{
    struct chance *chance = &storm->chance;
    rules->connect_ms = chance_between(chance, 50, 300);
    rules->first_byte_ms = chance_between(chance, rules->connect_ms, 1400);
    rules->total_ms = chance_between(chance, rules->first_byte_ms, 1500);
    rules->breaker.mode = draw_mode(chance);
    rules->breaker.failures = chance_between(chance, 2, 6);
    rules->breaker.calls_min = chance_between(chance, 3, 10);
    rules->breaker.open_ms = chance_between(chance, 1000, 6000);
    rules->breaker.open_max_ms = chance_between(chance, rules->breaker.open_ms, 60000);
    rules->breaker.trials = chance_between(chance, 0, 3);
    rules->limit.mode = draw_mode(chance);
    rules->is_optional = chance_percent(chance, 20);
    if (chance_percent(chance, 30))
        draw_windows(storm, rules);
    if (chance_percent(chance, 15))
        rules->canary.percent = chance_between(chance, 0, 100);
}

/* What budgets have counted is counted on after a reload: their rules are drawn once. */
static void draw_budgets(struct storm *storm, struct rules *rules)
{
    struct chance *chance = &storm->chance;
    rules->retry.mode = draw_mode(chance);
    rules->retry.percent = chance_between(chance, 0, 50);
    rules->retry.per_s = chance_between(chance, 0, 1);
    rules->hedge.mode = draw_mode(chance);
    rules->hedge.is_allowed = chance_percent(chance, 60);
    rules->hedge.percent = chance_between(chance, 2, 50);
    rules->hedge.after_ms = chance_percent(chance, 60) ? chance_between(chance, 1, 300) : 0;
}

static void make_version(struct storm *storm, struct snapshot *snapshot)
{
    struct settings *settings = &snapshot->settings;
    struct agreement *agreement = ARENA_NEW(storm->arena, struct agreement);
    struct portal *portal = ARENA_NEW(storm->arena, struct portal);
    struct str *all = ARENA_NEW(storm->arena, struct str);

    *all = STR("*");
    *agreement = (struct agreement){.portal = STR("portal"),
                                    .sources = all,
                                    .source_count = 1,
                                    .kinds = ITEM_KIND_BIT(ITEM_KIND_COUNT) - 1};
    *portal =
        (struct portal){.id = agreement->portal, .agreements = agreement, .agreement_count = 1};
    *snapshot = (struct snapshot){.revision = "0123456789abcdef",
                                  .references = 1,
                                  .route_count = storm->source_count,
                                  .agreements = {portal, 1, agreement, 1}};
#define X(section, name, standard, least, most, help) settings->section##_##name = (standard);
    SETTINGS(X)
#undef X
    settings->gateway_id = STR("https://gateway.example");
    snapshot->routes = arena_calloc(storm->arena, SOURCES_MAX, sizeof *snapshot->routes);
    for (unsigned i = 0; i < storm->source_count; i++) {
        struct str id = storm_source_id(i);
        struct route *route = &snapshot->routes[i];
        *route = (struct route){
            .source = {.id = id,
                       .kinds = ITEM_KIND_BIT(ITEM_KIND_COUNT) - 1,
                       .adapter = &storm_adapter,
                       .path = arena_format(storm->arena, "/%.*s", STR_ARG(id)),
                       .authority = {.cvr = STR("30000001"), .name = STR("Styrelsen")}},
            .rules =
                storm->versions == snapshot ? rules_standard() : storm->versions[0].routes[i].rules,
            .in_flight_max =
                chance_percent(&storm->chance, 70) ? 1000 : chance_between(&storm->chance, 1, 4),
            .enabled = true,
        };
        if (storm->versions == snapshot)
            draw_budgets(storm, &route->rules);
        draw_rules(storm, &route->rules);
    }
}

static void draw_storm(struct storm *storm)
{
    struct chance *chance = &storm->chance;
    storm->source_count = 1 + chance_pick(chance, SOURCES_MAX);
    storm->request_count = 8 + chance_pick(chance, REQUESTS_MAX - CHECKUPS - 7);
    for (unsigned v = 0; v < VERSIONS; v++)
        make_version(storm, &storm->versions[v]);
    for (unsigned i = 0; i < storm->source_count; i++) {
        instant ends = 0;
        for (size_t p = 0; p < PHASES; p++) {
            ends += chance_between(chance, 0, STORM_MS / PHASES) * INSTANT_PER_MS;
            storm->sources[i].phase_ends[p] = ends;
            storm->sources[i].phases[p] = (enum illness)chance_pick(chance, ILLNESSES);
        }
        storm->sources[i].health = health_entry(storm->health, storm_source_id(i));
    }
}

/* ---- a request ---- */

static void on_part(void *ctx, const struct part *part)
{
    struct storm_request *request = ctx;
    struct storm_row *row = &request->rows[part->position];
    struct storm_tally *tally = request->storm->tally;
    if (request->is_gone || request->has_ended || row->is_told)
        fault("request %u is told of a row twice, or too late", request->number);
    row->is_told = true;
    tally->rows[part->outcome]++;
    tally->limited += part->rule && strcmp(part->rule, "limit") == 0;
    tally->cuts += part->rule && strcmp(part->rule, "deadline") == 0;
    if (row->live > 0)
        fault("request %u: a row is settled and %u calls are under way", request->number,
              row->live);
    if (part->retries + part->hedges != row->repeats)
        fault("%u retries and %u hedges are told of %u", part->retries, part->hedges, row->repeats);
    for (unsigned i = 0; i < part->timeline_count; i++) {
        const struct fetch_times *times = &part->timeline[i].times;
        if (!part->timeline[i].is_over || times->started > times->ended ||
            times->started < part->started || times->ended > part->settled)
            fault("request %u: the timeline is wrong", request->number);
    }
}

static void on_end(void *ctx)
{
    struct storm_request *request = ctx;
    if (request->is_gone || request->has_ended)
        fault("request %u ends twice, or after it was cancelled", request->number);
    for (size_t i = 0; i < request->plan.count; i++)
        if (request->plan.rows[i].skip == OUTCOME_PENDING && !request->rows[i].is_told)
            fault("request %u ends before row %zu", request->number, i);
    request->has_ended = true;
    fanout_clear(&request->fanout);
    arena_free(&request->arena);
}

static void on_leave(void *ctx)
{
    struct storm_request *request = ctx;
    if (request->has_ended)
        return;
    trace("request %u leaves", request->number);
    request->is_gone = true;
    request->storm->tally->departed++;
    fanout_cancel(&request->fanout);
    arena_free(&request->arena);
}

static const struct citizen *make_citizen(struct arena *arena)
{
    const struct citizen_facts facts = {.subject = {"6101709995"},
                                        .name = STR("Anna"),
                                        .portal = STR("portal"),
                                        .issuer = STR("https://broker.example"),
                                        .level = LEVEL_HIGH};
    return citizen_make(arena, &facts);
}

static bool make_plan(struct storm_request *request, const struct citizen *citizen)
{
    struct storm *storm = request->storm;
    const struct snapshot *snapshot = request->snapshot;
    struct health_values health[SOURCES_MAX];
    instant now = loop_now(storm->loop);
    for (unsigned i = 0; i < storm->source_count; i++)
        health_read(storm->sources[i].health, &snapshot->routes[i].rules,
                    snapshot->routes[i].in_flight_max, now, &health[i]);
    struct plan_request wanted = {.snapshot = snapshot,
                                  .citizen = citizen,
                                  .portal = snapshot->agreements.portals,
                                  .health = health,
                                  .receipt = str_of(request->receipt),
                                  .now = loop_wall(storm->loop)};
    return plan_make(request->arena, &wanted, &request->plan);
}

static void on_start(void *ctx)
{
    struct storm_request *request = ctx;
    struct storm *storm = request->storm;
    instant now = loop_now(storm->loop);

    request->snapshot = &storm->versions[storm->version];
    request->arena = arena_new(1 << 20);
    request->deadline = instant_after_ms(now, request->wait_ms);
    uuid_make(&storm->uuids, loop_wall(storm->loop), request->receipt);
    const struct citizen *citizen = make_citizen(request->arena);
    if (!citizen || !make_plan(request, citizen))
        die("no memory");
    for (size_t i = 0; i < request->plan.count; i++) {
        if (request->plan.rows[i].skip != OUTCOME_PENDING)
            storm->tally->rows[request->plan.rows[i].skip]++;
        storm->tally->observed += request->plan.rows[i].would_skip != 0;
    }
    struct fanout_spec spec = {
        .snapshot = request->snapshot,
        .plan = &request->plan,
        .citizen = citizen,
        .receipt = str_of(request->receipt),
        .traceparent =
            arena_format(request->arena, "00-%032u-0123456789abcdef-01", request->number),
        .kind = QUESTION_LIST,
        .deadline = request->deadline,
        .arena = request->arena,
    };
    trace("request %u begins", request->number);
    if (!fanout_start(&storm->env, &spec, &request->fanout, on_part, on_end, request))
        die("no memory");
    if (request->stays_ms >= 0)
        outside_start(storm->loop, &request->leaves, instant_after_ms(now, request->stays_ms),
                      on_leave, request);
}

/* In the calm after the storm everybody is patient. */
static void draw_request(struct storm *storm, unsigned number, instant starts)
{
    struct chance *chance = &storm->chance;
    struct storm_request *request = &storm->requests[number];
    bool is_checkup = number >= storm->request_count;
    *request = (struct storm_request){.storm = storm, .number = number};
    request->wait_ms =
        is_checkup || chance_percent(chance, 70) ? 8000 : chance_between(chance, 1, 1600);
    request->stays_ms =
        is_checkup || chance_percent(chance, 85) ? -1 : chance_between(chance, 0, 1500);
    outside_start(storm->loop, &request->starts, starts, on_start, request);
}

/* ---- the whole ---- */

static void on_reload(void *ctx)
{
    struct storm *storm = ctx;
    storm->version = (storm->version + 1) % VERSIONS;
    storm->tally->reloads++;
    trace("reloaded");
}

/* Each call under way holds a place, and nobody else does. */
static void check_turn(struct storm *storm)
{
    for (unsigned i = 0; i < storm->source_count; i++) {
        int64_t claimed = health_in_flight(storm->sources[i].health);
        if (claimed != storm->sources[i].live)
            fault("%s: %lld places for %u calls", storm_source_id(i).at, (long long)claimed,
                  storm->sources[i].live);
    }
    storm_watch_trips(storm);
}

static void note_recovered(void *ctx, const struct health_report *report)
{
    struct storm *storm = ctx;
    const struct snapshot *snapshot = &storm->versions[storm->version];
    const struct route *route = snapshot_route(snapshot, report->source);
    const struct rules *rules = &route->rules;
    storm->tally->recoveries += report->trips > 0 && report->breaker == BREAKER_CLOSED;
    /* A few trials a visit: the last visits find it closed, if anybody came. */
    if (rules->breaker.mode != RULE_OFF && rules->canary.percent == 100 &&
        report->breaker != BREAKER_CLOSED)
        fault("%.*s is well and its breaker %s", STR_ARG(report->source),
              breaker_state_name(report->breaker).at);
}

static void check_end(struct storm *storm)
{
    if (virtual_loop_timers(storm->loop) > 0 || virtual_loop_deferred(storm->loop) > 0)
        fault("%zu timers and %zu deferred calls are left", virtual_loop_timers(storm->loop),
              virtual_loop_deferred(storm->loop));
    for (unsigned i = 0; i < storm->request_count + CHECKUPS; i++)
        if (!storm->requests[i].has_ended && !storm->requests[i].is_gone)
            fault("request %u never ended", i);
    health_each(storm->health, note_recovered, storm);
}

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

static void begin(struct storm *storm, uint64_t seed, struct storm_tally *tally)
{
    static const int64_t ticks_us[] = {1, 1000, 10000};
    static const char key[] = "0123456789abcdef0123456789abcdef";
    *storm = (struct storm){.seed = seed, .chance = {seed ^ 0x570f}, .tally = tally};
    /* Noon in Denmark, in winter. */
    struct wall start = {(INT64_C(20100) * 1440 + 11 * 60) * 60000, true};
    storm->loop = virtual_loop_new(ticks_us[chance_pick(&storm->chance, 3)], start, seed);
    storm->arena = arena_new(1 << 20);
    storm->health = health_new();
    uuid_source_init_with(&storm->uuids, draw_bytes, &storm->chance);
    storm->env = (struct fanout_env){.loop = storm->loop,
                                     .pool = (struct fetch_pool *)storm,
                                     .health = storm->health,
                                     .uuids = &storm->uuids,
                                     .scratch = scratch,
                                     .sign = sign,
                                     .assertion_kid = STR("kid"),
                                     .pairwise_key = str_make(key, 32)};
    draw_storm(storm);
    bool is_burst = chance_percent(&storm->chance, 30);
    instant at = 0;
    for (unsigned i = 0; i < storm->request_count; i++) {
        at += instant_after_ms(
            0, chance_between(&storm->chance, 0, is_burst ? 50 : 2 * STORM_MS / REQUESTS_MAX));
        draw_request(storm, i, at);
    }
    storm->calm = instant_after_ms(0, STORM_MS) > at ? instant_after_ms(0, STORM_MS) : at;
    for (unsigned i = 0; i < VERSIONS; i++)
        if (chance_percent(&storm->chance, 50))
            outside_start(storm->loop, &storm->reloads[i],
                          chance_between(&storm->chance, 0, storm->calm), on_reload, storm);
    for (unsigned i = 0; i < CHECKUPS; i++)
        draw_request(storm, storm->request_count + i,
                     storm->calm + instant_after_ms(0, CALM_MS * (INT64_C(1) + i)));
}

static bool play(struct storm *storm, uint64_t seed, struct storm_tally *tally, bool is_printed)
{
    int turns = 0;
    trace_begin(is_printed);
    begin(storm, seed, tally);
    while (!trace_fault() && virtual_loop_turn(storm->loop)) {
        check_turn(storm);
        if (++turns > TURNS_MAX)
            fault("no end after %d turns", turns);
    }
    if (!trace_fault())
        check_end(storm);
    if (trace_fault())
        return false; /* what is left is left, for a debugger */
    health_free(&storm->health);
    arena_free(&storm->arena);
    virtual_loop_free(&storm->loop);
    return true;
}

/* A storm in which something never happened has not tried it. */
static void check_variety(const struct storm_tally *tally)
{
    static const enum outcome seen[] = {OUTCOME_EMPTY,   OUTCOME_LATE, OUTCOME_FAILED,
                                        OUTCOME_INVALID, OUTCOME_OPEN, OUTCOME_CLOSED,
                                        OUTCOME_REFUSED, OUTCOME_BUSY, OUTCOME_NOT_NEEDED};
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        ok(tally->rows[seen[i]] > 0, "%llu rows ended as %s",
           (unsigned long long)tally->rows[seen[i]], outcome_name(seen[i]).at);
    const struct {
        uint64_t count;
        const char *what;
    } counts[] = {{tally->trips, "trips"},
                  {tally->second_trips, "second trips"},
                  {tally->recoveries, "sources recovered"},
                  {tally->retries, "retries"},
                  {tally->hedges, "hedges"},
                  {tally->hedges_won, "hedges that were first"},
                  {tally->reloads, "reloads"},
                  {tally->cuts, "cut by a deadline of ours"},
                  {tally->departed, "clients left"},
                  {tally->observed, "rows that a rule would have skipped"},
                  {tally->limited, "rows above the limit"}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        ok(counts[i].count > 0, "%llu %s", (unsigned long long)counts[i].count, counts[i].what);
}

static uint64_t number_of_environment(const char *name, uint64_t standard)
{
    const char *text = getenv(name);
    uint64_t number = standard;
    if (text && !str_to_u64(str_of(text), UINT64_MAX, &number))
        die("%s: expected a number", name);
    return number;
}

int main(int argc, char **argv)
{
    static struct storm storm;
    static struct storm_tally tally;
    uint64_t count = number_of_environment("OVERBLIK_STORMS", STORMS);
    uint64_t first = number_of_environment("OVERBLIK_SEED", 1), seed = first, wanted = 0;
    bool is_one = argc == 3 && strcmp(argv[1], "--seed") == 0 &&
                  str_to_u64(str_of(argv[2]), UINT64_MAX, &wanted);
    bool is_good = true;

    if (argc != 1 && !is_one)
        die("usage: storm [--seed N]");
    if (!log_open("/dev/null", "storm", LOG_ERROR))
        die("no /dev/null");
    scratch = arena_new((size_t)64 * 1024 * 1024);
    if (is_one) {
        first = seed = wanted;
        count = 1;
    }
    for (; is_good && seed < first + count; seed++)
        is_good = play(&storm, seed, &tally, is_one);
    ok(is_good, "%llu storms from seed %llu, %llu calls", (unsigned long long)(seed - first),
       (unsigned long long)first, (unsigned long long)tally.calls);
    if (!is_good)
        printf("# seed %llu: %s\n# replay: storm --seed %llu\n", (unsigned long long)seed - 1,
               trace_fault(), (unsigned long long)seed - 1);
    if (is_good && count >= STORMS / 10)
        check_variety(&tally);
    arena_free(&scratch);
    return done_testing();
}
