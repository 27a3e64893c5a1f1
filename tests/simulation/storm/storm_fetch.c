/* SPDX-License-Identifier: MIT */
/* The third implementation of net/fetch.h: sources that are well or ill, and a watch on what they
 * are asked and when. */
#include "base/die.h"
#include "storm.h"

#include <assert.h>
#include <stdlib.h>

struct fetch {
    struct storm *storm;
    struct storm_request *request;
    unsigned source;
    struct fetch **slot;
    fetch_done_fn *done;
    void *ctx;
    struct outside ends;
    struct fetch_times times;
    enum fetch_status status;
    int http_status;
    bool has_body, is_ours; /* a deadline of the overview cut it */
    bool is_hedge;
    char request_id[UUID_TEXT];
    struct str body;
};

static const char *const illness_bodies[] = {"ok", "garbage"};

/* ---- what the source does ---- */

static enum illness illness_now(const struct storm_source *source, instant now)
{
    for (size_t i = 0; i < PHASES; i++)
        if (now < source->phase_ends[i])
            return source->phases[i];
    return WELL;
}

static void answer_at(struct fetch *fetch, struct chance *chance, int64_t least_us, int64_t most_us)
{
    instant now = fetch->times.started;
    fetch->times.connected = now + chance_between(chance, 1, 3000);
    fetch->times.first_byte = fetch->times.connected + chance_between(chance, least_us, most_us);
    fetch->times.ended = fetch->times.first_byte + chance_between(chance, 0, 20000);
    fetch->status = FETCH_OK;
    fetch->http_status = 200;
    fetch->has_body = true;
}

static void draw(struct fetch *fetch, enum illness illness)
{
    struct chance *chance = &fetch->storm->chance;
    instant never = fetch->times.started + instant_after_ms(0, 3600000);
    answer_at(fetch, chance, 500, 60000);
    if (illness == HALF && chance_percent(chance, 50))
        illness = (enum illness)(DOWN + (int)chance_pick(chance, HALF - DOWN));
    switch (illness) {
    case DOWN:
        fetch->status = FETCH_UNREACHABLE;
        fetch->times.connected = fetch->times.first_byte = INSTANT_NEVER;
        break;
    case HANGS:
        if (chance_percent(chance, 30))
            fetch->times.connected = never;
        fetch->times.first_byte = fetch->times.ended = never;
        break;
    case SLOW:
        answer_at(fetch, chance, 100000, 2500000);
        break;
    case BUSY:
        fetch->http_status = 503;
        fetch->has_body = chance_percent(chance, 50);
        break;
    case GARBLED:
        fetch->has_body = false;
        break;
    case REFUSES:
        fetch->http_status = 403;
        break;
    case HALF:
    case WELL:
    case ILLNESSES:
        if (fetch->times.started < fetch->storm->calm && chance_percent(chance, 3))
            fetch->status = FETCH_CUT;
        break;
    }
}

static void meet(struct fetch *fetch, instant comes, instant by, enum fetch_status missed)
{
    if (comes <= by || by >= fetch->times.ended)
        return;
    fetch->times.ended = by;
    fetch->status = missed;
    fetch->is_ours = by >= fetch->request->deadline;
}

/* ---- what must never be ---- */

struct fetch_times fetch_progress(const struct fetch *fetch)
{
    struct fetch_times times = fetch->times;
    instant now = loop_now(fetch->storm->loop);
    instant *const instants[] = {&times.connected, &times.first_byte, &times.ended};
    for (size_t i = 0; i < sizeof instants / sizeof *instants; i++)
        if (*instants[i] > now)
            *instants[i] = INSTANT_NEVER;
    times.bytes = times.first_byte == INSTANT_NEVER ? 0 : 1;
    return times;
}

static void remember(struct storm_source *source, instant now, enum storm_call kind)
{
    if (source->fetch_count == FETCHES_MAX)
        die("more calls than are remembered");
    source->fetches[source->fetch_count].at = now;
    source->fetches[source->fetch_count++].kind = kind;
}

static unsigned count_fetches(const struct storm_source *source, const struct budget_rule *rule,
                              instant now, enum storm_call kind)
{
    instant width = rule->window_s * 1000 * INSTANT_PER_MS / BUDGET_BUCKETS;
    int64_t number = now / width;
    unsigned count = 0;
    for (size_t i = 0; i < source->fetch_count; i++) {
        bool is_recent = source->fetches[i].at / width > number - BUDGET_BUCKETS;
        count += is_recent && source->fetches[i].kind == kind;
    }
    return count;
}

static void check_budget(const struct storm_source *source, const struct budget_rule *rule,
                         instant now, enum storm_call kind)
{
    unsigned calls = count_fetches(source, rule, now, CALL);
    unsigned spent = count_fetches(source, rule, now, kind);
    if (spent >
        (uint64_t)calls * (uint64_t)rule->percent / 100 + (uint64_t)(rule->per_s * rule->window_s))
        fault("%u extra calls beside %u", spent, calls);
}

static void check_repeat(struct fetch *fetch, const struct rules *rules, struct storm_row *row)
{
    struct storm_source *source = &fetch->storm->sources[fetch->source];
    instant now = fetch->times.started;
    fetch->is_hedge = row->live > 0;
    if (row->has_begun || (row->first && fetch_progress(row->first).first_byte != INSTANT_NEVER))
        fault("asked again after a first byte");
    if (row->repeats++ > 0)
        fault("asked a third time");
    remember(source, now, fetch->is_hedge ? HEDGE : RETRY);
    if (fetch->is_hedge) {
        const struct budget_rule budget = {.percent = rules->hedge.percent,
                                           .window_s = rules->hedge.window_s};
        if (!rules->hedge.is_allowed || rules->hedge.mode != RULE_ENFORCE)
            fault("a hedge that nobody allowed");
        if (now - row->asked < 50 * INSTANT_PER_MS)
            fault("a hedge after %lld us", (long long)(now - row->asked));
        check_budget(source, &budget, now, HEDGE);
        fetch->storm->tally->hedges++;
    } else {
        if (rules->retry.mode != RULE_ENFORCE)
            fault("a retry that nobody wants");
        check_budget(source, &rules->retry, now, RETRY);
        fetch->storm->tally->retries++;
    }
}

struct look {
    unsigned source;
    struct health_report report;
};

static void take_report(void *ctx, const struct health_report *report)
{
    struct look *look = ctx;
    if (str_equal(report->source, storm_source_id(look->source)))
        look->report = *report;
}

static void check_call(struct fetch *fetch, const struct rules *rules, const struct route *route)
{
    struct storm *storm = fetch->storm;
    struct look look = {.source = fetch->source};
    struct wall until;
    health_each(storm->health, take_report, &look);
    if (rules->breaker.mode == RULE_ENFORCE && look.report.breaker == BREAKER_OPEN)
        fault("%s is asked while its breaker is open", storm_source_id(fetch->source).at);
    if (rules->windows.mode == RULE_ENFORCE &&
        windows_are_closed(&rules->windows.closed, loop_wall(storm->loop), &until))
        fault("%s is asked while it is closed", storm_source_id(fetch->source).at);
    if (health_in_flight(storm->sources[fetch->source].health) > route->in_flight_max)
        fault("more calls in flight than its owner allows");
}

void storm_watch_trips(struct storm *storm)
{
    for (unsigned i = 0; i < storm->source_count; i++) {
        struct look look = {.source = i};
        health_each(storm->health, take_report, &look);
        struct storm_source *source = &storm->sources[i];
        if (look.report.trips != source->trips && !storm->may_trip)
            fault("%s tripped although nothing of its own failed", storm_source_id(i).at);
        if (look.report.trips > source->trips) {
            storm->tally->trips++;
            storm->tally->second_trips += look.report.trips == 2;
        }
        source->trips = look.report.trips;
    }
}

/* ---- net/fetch.h ---- */

static struct str header(const struct fetch_spec *spec, struct str name)
{
    for (size_t i = 0; i < spec->header_count; i++) {
        struct str value = spec->headers[i];
        if (str_equal(str_split(&value, ':'), name))
            return str_trim(value);
    }
    return STR_NONE;
}

static void find(struct fetch *fetch, const struct fetch_spec *spec, unsigned *page)
{
    struct str parent = header(spec, STR("traceparent")), body = spec->body;
    uint64_t request = 0, asked = 0;
    while (!str_equal(str_skip(spec->path, 1), storm_source_id(fetch->source)))
        fetch->source++;
    if (!str_to_u64(str_make(parent.at + 3, 32), REQUESTS_MAX - 1, &request) ||
        !str_to_u64(str_split(&body, ' '), PAGES_MAX, &asked))
        die("a question that nobody can have asked");
    fetch->request = &fetch->storm->requests[request];
    *page = (unsigned)asked;
    snprintf(fetch->request_id, sizeof fetch->request_id, "%.*s",
             STR_ARG(header(spec, STR("X-Request-Id"))));
}

static void leave(struct fetch *fetch)
{
    struct storm_row *row = &fetch->request->rows[fetch->source];
    if (row->first == fetch)
        row->first = NULL;
    fetch->storm->sources[fetch->source].live--;
    row->live--;
}

/* Is this the source's own failure? By the words of the decision, not by the code. */
static bool is_own_failure(const struct fetch *fetch)
{
    if (fetch->status != FETCH_OK)
        return !fetch->is_ours;
    return fetch->http_status == 503 || (fetch->http_status == 200 && !fetch->has_body);
}

static void on_end(void *ctx)
{
    struct fetch *fetch = ctx;
    struct storm *storm = fetch->storm;
    struct storm_row *row = &fetch->request->rows[fetch->source];
    struct fetch_result result = {.status = fetch->status, .times = fetch_progress(fetch)};
    result.times.ended = loop_now(storm->loop);
    result.began = result.times.first_byte != INSTANT_NEVER;
    if (fetch->status == FETCH_UNREACHABLE)
        result.began = false;
    if (fetch->status == FETCH_OK) {
        result.http_status = fetch->http_status;
        result.content_type = STR("text/plain");
        result.request_id = str_of(fetch->request_id);
        result.body = fetch->has_body             ? str_of(illness_bodies[0])
                      : fetch->http_status == 503 ? STR("")
                                                  : str_of(illness_bodies[1]);
    } else {
        result.body = STR("");
    }
    bool is_empty_503 = result.http_status == 503 && result.body.len == 0;
    row->has_begun = row->has_begun || (result.began && !is_empty_503);
    trace("request %u %s: %s %d", fetch->request->number, storm_source_id(fetch->source).at,
          fetch_status_code(fetch->status).at, result.http_status);
    if (row->live == 2 && fetch->is_hedge && fetch->status == FETCH_OK)
        storm->tally->hedges_won++;
    leave(fetch);
    storm_watch_trips(storm);
    storm->may_trip = is_own_failure(fetch);
    *fetch->slot = NULL;
    fetch->done(fetch->ctx, &result);
    storm_watch_trips(storm);
    storm->may_trip = false;
    free(fetch);
}

void fetch_start(struct fetch_pool *pool, const struct fetch_spec *spec, struct fetch **slot,
                 fetch_done_fn *done, void *ctx)
{
    struct storm *storm = (struct storm *)pool;
    struct fetch *fetch = die_calloc(1, sizeof *fetch);
    instant now = loop_now(storm->loop);
    unsigned page;

    assert(!*slot);
    *fetch = (struct fetch){.storm = storm, .slot = slot, .done = done, .ctx = ctx};
    fetch->times.started = now;
    find(fetch, spec, &page);
    *slot = fetch;
    struct storm_request *request = fetch->request;
    struct storm_row *row = &request->rows[fetch->source];
    struct storm_source *source = &storm->sources[fetch->source];
    const struct route *route = &request->snapshot->routes[fetch->source];

    if (request->is_gone || request->has_ended || row->is_told)
        fault("request %u is over and asks", request->number);
    if (spec->done_by > request->deadline)
        fault("a call may last beyond the deadline");
    draw(fetch, illness_now(source, now));
    meet(fetch, fetch->times.connected, spec->connected_by, FETCH_CONNECT_LATE);
    meet(fetch, fetch->times.first_byte, spec->first_byte_by, FETCH_FIRST_BYTE_LATE);
    meet(fetch, fetch->times.ended, spec->done_by, FETCH_LATE);
    if (fetch->times.first_byte > fetch->times.ended)
        fetch->times.first_byte = INSTANT_NEVER;
    trace("request %u asks %s page %u", request->number, storm_source_id(fetch->source).at, page);
    if (row->page == page) {
        check_repeat(fetch, &route->rules, row);
    } else {
        if (row->page == 0) { /* the budgets count rows, not pages */
            remember(source, now, CALL);
            check_call(fetch, &route->rules, route);
        }
        row->page = page;
        row->has_begun = false;
        row->asked = now;
        row->first = fetch;
    }
    source->live++;
    row->live++;
    storm->tally->calls++;
    outside_start(storm->loop, &fetch->ends, fetch->times.ended, on_end, fetch);
}

void fetch_cancel(struct fetch **slot)
{
    struct fetch *fetch = *slot;
    if (!fetch)
        return;
    *slot = NULL;
    trace("request %u cancels %s", fetch->request->number, storm_source_id(fetch->source).at);
    outside_cancel(fetch->storm->loop, &fetch->ends);
    leave(fetch);
    free(fetch);
}

void fetch_distrust(struct fetch_pool *pool)
{
    (void)pool;
}

struct str fetch_status_code(enum fetch_status status)
{
    static const struct str codes[] = {
#define X(name, code) [name] = STR_INIT(code),
        FETCH_STATUSES(X)
#undef X
    };
    return codes[status];
}

uint64_t fetch_target_identity(const struct fetch_target *target)
{
    return str_hash(target->url);
}
