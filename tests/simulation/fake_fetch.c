/* SPDX-License-Identifier: MIT */
/* The second implementation of net/fetch.h: authorities that answer as the script says. */
#include "base/die.h"
#include "fake_adapter.h"
#include "policy/settings.h"
#include "trace.h"
#include "world.h"

#include <assert.h>
#include <stdlib.h>

struct fetch {
    struct world *world;
    struct fetch **slot;
    fetch_done_fn *done;
    void *ctx;
    struct outside ends;
    struct fetch_times times; /* as they will be */
    enum fetch_status status;
    unsigned request, source, municipality;
    uint64_t page;
    struct str body; /* the gateway's: it must stay as it is until the end */
    uint64_t body_hash;
    bool is_distrusted;
};

struct fetch_pool *fake_pool(struct world *world)
{
    return (struct fetch_pool *)world;
}

static struct world *world_of(struct fetch_pool *pool)
{
    return (struct world *)pool;
}

/* ---- a question comes in ---- */

static struct str header(const struct fetch_spec *spec, struct str name)
{
    for (size_t i = 0; i < spec->header_count; i++) {
        struct str value = spec->headers[i];
        if (str_equal(str_split(&value, ':'), name))
            return str_trim(value);
    }
    return STR_NONE;
}

static unsigned find_source(const struct fetch_spec *spec)
{
    unsigned source = 0;
    while (source < SOURCES_MAX && !str_equal(str_skip(spec->path, 1), source_id(source)))
        source++;
    return source;
}

static unsigned find_municipality(struct str code)
{
    unsigned municipality = 0;
    while (municipality < MUNICIPALITIES &&
           !str_equal(code, municipality_authority(municipality).code))
        municipality++;
    return municipality;
}

/* The trace context names the request, see world.c. */
static unsigned find_request(const struct fetch_spec *spec)
{
    struct str parent = header(spec, STR("traceparent"));
    return parent.len == 55 ? (unsigned)(parent.at[34] - '0') : REQUESTS_MAX;
}

/* Each question has an id of its own, also the next page's: an answer proves itself by it. */
static void check_request_id(struct world *world, struct str id)
{
    uint64_t hash = str_hash(id);
    for (size_t i = 0; i < world->request_id_count; i++)
        if (world->request_ids[i] == hash)
            fault("a request id is sent twice");
    if (world->request_id_count < REQUEST_IDS_MAX)
        world->request_ids[world->request_id_count++] = hash;
}

static void check_question(const struct fetch *fetch, const struct fetch_spec *spec,
                           const struct asked *asked)
{
    struct world *world = fetch->world;
    struct sighting *seen = &world->seen[fetch->request];
    const struct script_request *request = &world->script->requests[fetch->request];
    int64_t left_ms = instant_left_ms(loop_now(world->loop), spec->done_by);
    uint64_t told_ms = 0;

    if (!str_equal(asked->cpr, citizen_digits(request->citizen)))
        fault("request %u asked for another citizen", fetch->request);
    if (!str_equal(header(spec, STR("X-Request-Id")), asked->request_id))
        fault("X-Request-Id is not the question's");
    if (!str_starts_with(header(spec, STR("Authorization")), STR("Bearer ")))
        fault("a question without our token");
    if (!str_to_u64(header(spec, STR("Overblik-Time-Left-Ms")), INT64_MAX, &told_ms) ||
        (int64_t)told_ms != left_ms)
        fault("told %lld ms left, not %lld", (long long)told_ms, (long long)left_ms);
    if (spec->done_by > seen->model.deadline)
        fault("a call may last beyond the deadline");
    if (seen->exchange.state == DOOR_REPLIED || seen->exchange.state == DOOR_GONE)
        fault("request %u is over and asks", fetch->request);
    bool *was_asked = &seen->asked[fetch->source][fetch->municipality][fetch->page];
    if (*was_asked)
        fault("request %u asked %s twice for page %u", fetch->request, source_id(fetch->source).at,
              (unsigned)fetch->page);
    *was_asked = true;
    check_request_id(world, asked->request_id);
    check_no_number(spec->path, "a path");
    for (size_t i = 0; i < spec->header_count; i++)
        check_no_number(spec->headers[i], "a header");
}

/* A deadline that is missed ends the fetch, if no other was missed before. */
static void meet(instant comes, instant by, enum fetch_status missed, instant *ends,
                 enum fetch_status *status)
{
    if (comes <= by || by >= *ends)
        return;
    *ends = by;
    *status = missed;
}

/* When it ends and how, by the deadlines that the gateway gave. */
static instant find_end(const struct fetch_spec *spec, const struct script_page *page, instant now,
                        enum fetch_status *status)
{
    instant ends = now + page->done_us;
    *status = page->end;
    if (page->is_deaf)
        return ends;
    meet(now + page->connect_us, spec->connected_by, FETCH_CONNECT_LATE, &ends, status);
    meet(now + page->first_byte_us, spec->first_byte_by, FETCH_FIRST_BYTE_LATE, &ends, status);
    meet(ends, spec->done_by, FETCH_LATE, &ends, status);
    return ends > now ? ends : now;
}

/* ---- an answer goes out ---- */

/* Off, from now on, for requests that come after. */
static void note_foreign(const struct fetch *fetch, const struct model_row *row)
{
    struct model_off *off = &fetch->world->off[fetch->source];
    if (model_switches_off(fetch->world->script, row, (unsigned)fetch->page, off))
        trace("request %u %s: foreign", fetch->request, source_id(fetch->source).at);
}

static void deliver(struct fetch *fetch, struct fetch_result *result)
{
    struct world *world = fetch->world;
    fetch_done_fn *done = fetch->done;
    void *ctx = fetch->ctx;

    world->in_flight[fetch->source]--;
    world->seen[fetch->request].fetches--;
    *fetch->slot = NULL;
    world->inside = fetch;
    done(ctx, result);
    world->inside = NULL;
}

/* What has happened by now of what will. */
struct fetch_times fetch_progress(const struct fetch *fetch)
{
    struct fetch_times times = fetch->times;
    instant now = loop_now(fetch->world->loop);
    instant *const instants[] = {&times.connected, &times.first_byte, &times.ended};
    for (size_t i = 0; i < sizeof instants / sizeof *instants; i++)
        if (*instants[i] > now)
            *instants[i] = INSTANT_NEVER;
    times.bytes = times.first_byte == INSTANT_NEVER ? 0 : 1;
    return times;
}

static void on_end(void *ctx)
{
    struct fetch *fetch = ctx;
    struct world *world = fetch->world;
    const struct script *script = world->script;
    const struct script_page *page = &script->requests[fetch->request]
                                          .rows[fetch->source][fetch->municipality]
                                          .pages[fetch->page];
    const struct model_row *row =
        model_find_row(&world->seen[fetch->request].model, fetch->source, fetch->municipality);
    struct fetch_result result = {.status = fetch->status, .times = fetch_progress(fetch)};
    struct asked asked = {0};
    struct buf body;

    if (str_hash(fetch->body) != fetch->body_hash || !asked_parse(fetch->body, &asked))
        fault("the question's bytes changed while it was under way");
    trace("request %u %s/%u page %u: %s", fetch->request, source_id(fetch->source).at,
          fetch->municipality, (unsigned)fetch->page, fetch_status_code(fetch->status).at);
    buf_init(&body, 1 << 24);
    if (fetch->status == FETCH_OK) {
        authority_answer(script, fetch->request, fetch->source, fetch->municipality, &asked,
                         world->today, &body);
        result.http_status = page->http_status;
        result.retry_after_s = page->retry_after_s;
        result.content_type = STR("text/plain");
        result.request_id = page->manner == MANNER_ECHOES_HEAD  ? asked.request_id
                            : page->manner == MANNER_WRONG_HEAD ? STR("another-request")
                                                                : STR("");
        result.body = buf_str(&body);
        if (row)
            note_foreign(fetch, row);
    }
    char request_id[64];
    if (result.request_id.len > 0 && result.request_id.len < sizeof request_id) {
        memcpy(request_id, result.request_id.at,
               result.request_id.len); /* ours, not a borrowed one */
        result.request_id.at = request_id;
    }
    deliver(fetch, &result);
    if (fetch->status == FETCH_OK && row &&
        model_must_distrust(script, row, (unsigned)fetch->page) != fetch->is_distrusted)
        fault("request %u %s page %u: distrusted %d", fetch->request, source_id(fetch->source).at,
              (unsigned)fetch->page, fetch->is_distrusted);
    buf_clear(&body);
    free(fetch);
}

/* ---- net/fetch.h ---- */

void fetch_start(struct fetch_pool *pool, const struct fetch_spec *spec, struct fetch **slot,
                 fetch_done_fn *done, void *ctx)
{
    struct world *world = world_of(pool);
    struct fetch *fetch = die_calloc(1, sizeof *fetch);
    struct asked asked;

    assert(!*slot);
    *fetch = (struct fetch){.world = world,
                            .slot = slot,
                            .done = done,
                            .ctx = ctx,
                            .request = find_request(spec),
                            .source = find_source(spec),
                            .body = spec->body,
                            .body_hash = str_hash(spec->body)};
    *slot = fetch;
    if (fetch->source >= world->script->source_count ||
        fetch->request >= world->script->request_count || !asked_parse(spec->body, &asked))
        die("a question that nobody can have asked");
    if (world->script->sources[fetch->source].is_municipal)
        fetch->municipality = find_municipality(asked.municipality);
    assert(fetch->municipality < MUNICIPALITIES);
    fetch->page = asked.page;

    const struct script_row *row =
        &world->script->requests[fetch->request].rows[fetch->source][fetch->municipality];
    if (fetch->page >= row->page_count)
        die("a page that nobody offered");
    check_question(fetch, spec, &asked);
    world->in_flight[fetch->source]++;
    world->seen[fetch->request].fetches++;
    trace("request %u asks %s/%u page %u", fetch->request, source_id(fetch->source).at,
          fetch->municipality, (unsigned)fetch->page);
    instant now = loop_now(world->loop);
    const struct script_page *page = &row->pages[fetch->page];
    instant end = find_end(spec, page, now, &fetch->status);
    fetch->times = (struct fetch_times){.started = now,
                                        .connected = now + page->connect_us,
                                        .first_byte = now + page->first_byte_us,
                                        .ended = end};
    outside_start(world->loop, &fetch->ends, end, on_end, fetch);
}

void fetch_cancel(struct fetch **slot)
{
    struct fetch *fetch = *slot;
    if (!fetch)
        return;
    *slot = NULL;
    trace("request %u cancels %s/%u", fetch->request, source_id(fetch->source).at,
          fetch->municipality);
    outside_cancel(fetch->world->loop, &fetch->ends);
    fetch->world->in_flight[fetch->source]--;
    fetch->world->seen[fetch->request].fetches--;
    free(fetch);
}

void fetch_distrust(struct fetch_pool *pool)
{
    struct world *world = world_of(pool);
    if (!world->inside)
        fault("distrust outside done");
    else
        world->inside->is_distrusted = true;
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

/* ---- the rest of the header, which configuration reads and nobody calls here ---- */

uint64_t fetch_target_identity(const struct fetch_target *target)
{
    return str_hash(target->url);
}

struct fetch_pool *fetch_pool_new(struct loop *loop, const struct fetch_pool_settings *settings)
{
    (void)loop, (void)settings;
    die("the simulation makes its own pool");
}

void fetch_pool_free(struct fetch_pool **pool)
{
    (void)pool;
    die("the simulation frees its own pool");
}

void fetch_pool_keep(struct fetch_pool *pool, const uint64_t *kept, size_t count)
{
    (void)pool, (void)kept, (void)count;
    die("a simulation has one configuration");
}

void fetch_pool_resolve(struct fetch_pool *pool, struct str resolve)
{
    (void)pool, (void)resolve;
    die("a simulation has no names to look up");
}
