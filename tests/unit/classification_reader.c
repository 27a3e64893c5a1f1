/* SPDX-License-Identifier: MIT */
/* When Klassifikation is read, believed and kept, in virtual time: this program has its own
 * net/loop and net/fetch, of which the linker therefore takes nothing else. The answers are the
 * sandbox's. */
#include "serve/classification_reader.h"

#include "adapters/sandbox/data.h"
#include "adapters/sandbox/klassifikation_service.h"
#include "adapters/soap.h"
#include "base/log.h"
#include "tests/tap.h"

enum { TIMERS_MAX = 4, MS = 1000, S = 1000 * MS, REFRESH_S = 100, RETRY_S = 7 };
enum {
    CALLS = 5 /* of one reading: each facet's page, the empty one behind it, and the classes */
};

/* --- a loop whose time is ours ------------------------------------------------------------------
 */

struct loop {
    instant now;
    struct timer *timers[TIMERS_MAX];
};

instant loop_now(const struct loop *loop)
{
    return loop->now;
}

struct wall loop_wall(const struct loop *loop)
{
    return wall_of_unix(1795258800 + loop->now / S);
}

void timer_start(struct loop *loop, struct timer *timer, instant due, loop_fn *done, void *ctx)
{
    size_t at = timer->position;
    for (size_t i = 1; !at && i < TIMERS_MAX; i++)
        if (!loop->timers[i])
            at = i;
    if (!at)
        abort();
    *timer = (struct timer){.due = due, .position = at, .done = done, .ctx = ctx};
    loop->timers[at] = timer;
}

void timer_cancel(struct loop *loop, struct timer *timer)
{
    if (timer->position)
        loop->timers[timer->position] = NULL;
    timer->position = 0;
}

/* --- a service that answers as told -------------------------------------------------------------
 */

struct fetch {
    struct fetch_pool *pool;
    struct fetch_spec spec;
    struct fetch **slot;
    fetch_done_fn *done;
    void *ctx;
    char action[128];
};

struct fetch_pool {
    struct loop *loop;
    struct fetch fetch; /* one at a time */
    bool is_under_way, holds;
    int calls, distrusted;
    /* the next faults: the call (from 1) that fails, and how */
    int failing_call;
    enum fetch_status status;
    int http_status;
    enum sandbox_bend bend;
    const char *page; /* how many ids the service gives at most; NULL: as many as are wanted */
    bool is_endless;  /* every page is full of new ids */
    unsigned given;
};

static struct sandbox_data data;

uint64_t fetch_target_identity(const struct fetch_target *target)
{
    return str_hash(target->url);
}

struct str fetch_status_code(enum fetch_status status)
{
    return status == FETCH_OK ? STR("ok") : STR("cut");
}

void fetch_distrust(struct fetch_pool *pool)
{
    pool->distrusted++;
}

void fetch_start(struct fetch_pool *pool, const struct fetch_spec *spec, struct fetch **slot,
                 fetch_done_fn *done, void *ctx)
{
    if (pool->is_under_way || *slot)
        abort();
    pool->is_under_way = true;
    pool->fetch =
        (struct fetch){.pool = pool, .spec = *spec, .slot = slot, .done = done, .ctx = ctx};
    for (size_t i = 0; i < spec->header_count; i++)
        if (str_starts_with(spec->headers[i], STR("SOAPAction: \"")))
            snprintf(pool->fetch.action, sizeof pool->fetch.action, "%.*s",
                     (int)spec->headers[i].len - 14, spec->headers[i].at + 13);
    *slot = &pool->fetch;
}

void fetch_cancel(struct fetch **slot)
{
    if (*slot)
        (*slot)->pool->is_under_way = false;
    *slot = NULL;
}

/* Of the service: the body with `from` replaced once. */
static struct str replace(struct arena *arena, struct str body, const char *from, const char *to)
{
    size_t at = str_find(body, str_of(from));
    return at == body.len ? body
                          : arena_format(arena, "%.*s%s%.*s", (int)at, body.at, to,
                                         STR_ARG(str_skip(body, at + strlen(from))));
}

static void answer_endless(struct fetch_pool *pool, struct str body, struct buf *out)
{
    struct str id = str_head(str_skip(body, str_find(body, STR("<rh:TransactionUUID>")) + 20), 36);
    soap_open(out, id);
    buf_format(out, "<klasse:SoegOutput><sd:StandardRetur><sd:StatusKode>20</sd:StatusKode>"
                    "</sd:StandardRetur><sd:IdListe>");
    for (int i = 0; i < 500; i++)
        buf_format(out,
                   "<sd:UUIDIdentifikator>c1a55e00-0000-4000-8000-%012u</sd:UUIDIdentifikator>",
                   ++pool->given);
    buf_format(out, "</sd:IdListe></klasse:SoegOutput>");
    soap_close(out);
}

/* Answers what is under way; false: nothing is. */
static bool answer(struct fetch_pool *pool)
{
    struct fetch fetch = pool->fetch;
    if (!pool->is_under_way || pool->holds)
        return false;
    pool->is_under_way = false;
    bool fails = ++pool->calls == pool->failing_call;
    struct arena *arena = arena_new(4u << 20);
    struct buf body;
    buf_init(&body, 32u << 20);
    struct sandbox_request request = {
        .soap_action = str_of(fetch.action), .body = fetch.spec.body, .now = loop_wall(pool->loop)};
    struct sandbox_reply reply = {.status = 200, .content_type = "text/xml", .body = &body};
    if (pool->page)
        request.body = replace(arena, request.body, ">500</sd:Maks", pool->page);
    if (pool->is_endless)
        answer_endless(pool, request.body, &body);
    else
        klassifikation_services[0].answer(&data, &request, fails ? pool->bend : BEND_NONE, arena,
                                          &reply);
    struct fetch_result result = {
        .status = fails ? pool->status : FETCH_OK,
        .http_status = fails && pool->http_status ? pool->http_status : reply.status,
        .content_type = str_of(reply.content_type),
        .body = buf_str(&body),
        .why = "why",
    };
    *fetch.slot = NULL;
    fetch.done(fetch.ctx, &result);
    buf_clear(&body);
    arena_free(&arena);
    return true;
}

/* --- a world ------------------------------------------------------------------------------------
 */

struct world {
    struct loop loop;
    struct fetch_pool pool;
    struct classification_reader *reader;
    int changes;
};

static const struct str facets[] = {STR_INIT("fa5e7000-0000-4000-8000-000000000001"),
                                    STR_INIT("fa5e7000-0000-4000-8000-000000000002")};

/* A configuration that nobody frees: one reference is ours. */
static struct snapshot snapshot_of(const char *url, size_t facet_count)
{
    return (struct snapshot){.settings = {.gateway_id = STR("https://overblik.example")},
                             .classification_source = {.target = {.url = str_of(url)},
                                                       .path = STR("/klassifikation/klasse/7"),
                                                       .facets = facets,
                                                       .facet_count = facet_count,
                                                       .refresh_s = REFRESH_S,
                                                       .retry_s = RETRY_S,
                                                       .timeout_ms = 1000},
                             .references = 1};
}

static bool sign(void *ctx, struct str bytes, unsigned char signature[64])
{
    (void)ctx, (void)bytes;
    memset(signature, 7, 64);
    return true;
}

static void on_changed(void *ctx)
{
    struct world *world = ctx;
    world->changes++;
}

static void world_open(struct world *world, struct snapshot *snapshot)
{
    *world = (struct world){.loop = {.now = 77 * S}, .pool = {.status = FETCH_OK}};
    world->pool.loop = &world->loop;
    struct classification_reader_env env = {.loop = &world->loop,
                                            .pool = &world->pool,
                                            .sign = sign,
                                            .kid = STR("kid"),
                                            .changed = on_changed,
                                            .ctx = world};
    world->reader = classification_reader_new(&env);
    classification_reader_use(world->reader, snapshot);
}

static void world_close(struct world *world)
{
    classification_reader_free(&world->reader);
    for (size_t i = 0; i < TIMERS_MAX; i++)
        if (world->loop.timers[i])
            ok(false, "a timer is left behind");
    ok(!world->pool.is_under_way, "nothing is left behind");
}

static void advance(struct world *world, int64_t seconds)
{
    instant until = world->loop.now + seconds * S;
    for (;;) {
        struct timer *first = NULL;
        if (answer(&world->pool))
            continue;
        for (size_t i = 1; i < TIMERS_MAX; i++)
            if (world->loop.timers[i] && world->loop.timers[i]->due <= until &&
                (!first || world->loop.timers[i]->due < first->due))
                first = world->loop.timers[i];
        if (!first)
            break;
        world->loop.now = first->due;
        timer_cancel(&world->loop, first);
        first->done(first->ctx);
    }
    world->loop.now = until;
}

static int count_of(const struct world *world)
{
    const struct classification *table = classification_reader_table(world->reader);
    return table ? (int)table->count : 0;
}

/* --- tests --------------------------------------------------------------------------------------
 */

static void reads_at_once_and_again(void)
{
    struct snapshot snapshot = snapshot_of("https://k.example", 2);
    struct date today = {2026, 11, 21}, before = {2025, 6, 30};
    struct world world;
    world_open(&world, &snapshot);
    ok(!classification_reader_table(world.reader), "nothing is known before");
    is_int(world.changes, 0, "nor told from inside");
    advance(&world, 0);
    is_int(world.pool.calls, CALLS, "one reading");
    is_int(count_of(&world), 24, "its numbers");
    is_int(world.changes, 1, "are told");
    const struct classification *table = classification_reader_table(world.reader);
    const struct classification_entry *entry = classification_find(table, STR("99.90.01"), today);
    ok(entry && str_equal(entry->title, STR("Prøveemne (kun i Klassifikation)")), "a title");
    ok(!classification_find(table, STR("99.32.02"), today) &&
           classification_find(table, STR("99.32.02"), before),
       "one that has expired");
    ok(!classification_find(table, STR("99.90.02"), today), "none that is deleted");
    advance(&world, REFRESH_S - 1);
    is_int(world.pool.calls, CALLS, "then it waits");
    advance(&world, 1);
    is_int(world.pool.calls, 2 * CALLS, "and reads again");
    is_int(world.changes, 1, "what is the same is not told");
    world_close(&world);

    world_open(&world, &snapshot);
    world.pool.page = ">7</sd:Maks";
    advance(&world, 0);
    is_int(count_of(&world), 24, "a service of small pages gives all of them too");
    ok(world.pool.calls > CALLS, "in more questions");
    world_close(&world);
}

static void believes_all_or_nothing(void)
{
    static const struct {
        const char *name;
        enum fetch_status status;
        int http_status;
        enum sandbox_bend bend;
        bool is_distrusted;
    } faults[] = {
        {"a cut", FETCH_CUT, 0, BEND_NONE, false},
        {"503", FETCH_OK, 503, BEND_NONE, false},
        {"a SOAP fault", FETCH_OK, 0, BEND_ERROR, false},
        {"another request's answer", FETCH_OK, 0, BEND_WRONG_ECHO, true},
        {"too much", FETCH_OK, 0, BEND_MANY, true},
    };
    struct snapshot snapshot = snapshot_of("https://k.example", 2);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        for (int call = 1; call <= CALLS; call++) {
            struct world world;
            world_open(&world, &snapshot);
            world.pool.status = faults[i].status;
            world.pool.http_status = faults[i].http_status;
            world.pool.bend = faults[i].bend;
            world.pool.failing_call = call;
            advance(&world, RETRY_S - 1);
            ok(world.pool.calls == call && count_of(&world) == 0 && world.changes == 0,
               "%s, call %d: the reading ends there, and nothing of it is believed", faults[i].name,
               call);
            is_int(world.pool.distrusted, faults[i].is_distrusted, "its connection is kept or not");
            advance(&world, 1);
            ok(count_of(&world) == 24 && world.changes == 1, "it is tried again");

            world.pool.calls = 0; /* and once more, when there is something to lose */
            advance(&world, REFRESH_S);
            ok(world.pool.calls == call && count_of(&world) == 24 && world.changes == 1,
               "what was read before stays");
            world_close(&world);
        }
}

static void ends_what_has_no_end(void)
{
    struct snapshot snapshot = snapshot_of("https://k.example", 2);
    struct world world;
    world_open(&world, &snapshot);
    world.pool.is_endless = true;
    advance(&world, RETRY_S - 1);
    is_int(world.pool.calls, CLASSIFICATION_ENTRIES_MAX / 500 + 1, "ids without end have one");
    is_int(count_of(&world), 0, "and are nothing");
    world_close(&world);

    world_open(&world, &snapshot);
    world.pool.bend = BEND_LOOPING_PAGES;
    world.pool.failing_call = 2;
    advance(&world, RETRY_S - 1);
    is_int(world.pool.calls, 2, "so have pages that begin anew");
    world_close(&world);
}

static void follows_the_configuration(void)
{
    struct snapshot first = snapshot_of("https://k.example", 2),
                    same = snapshot_of("https://k.example", 2),
                    fewer = snapshot_of("https://k.example", 1),
                    elsewhere = snapshot_of("https://l.example", 2), none = {.references = 1};
    struct world world;
    world_open(&world, &first);
    advance(&world, 0);
    classification_reader_use(world.reader, &same);
    is_int(count_of(&world), 24, "the same place: what was read stays");
    is_int(first.references, 1, "the old configuration is let go");
    is_int(same.references, 2, "the new one held");
    advance(&world, 0);
    ok(world.pool.calls == 2 * CALLS && world.changes == 1, "it is read at once");
    classification_reader_use(world.reader, &fewer);
    is_int(count_of(&world), 0, "other facets: it is forgotten");
    advance(&world, 0);
    ok(count_of(&world) == 22 && world.changes == 2, "and read anew");

    world.pool.holds = true; /* a question is under way */
    classification_reader_use(world.reader, &elsewhere);
    classification_reader_use(world.reader, &none);
    world.pool.holds = false;
    int calls = world.pool.calls;
    advance(&world, 10 * REFRESH_S);
    ok(world.pool.calls == calls && count_of(&world) == 0, "nowhere: nothing is asked any more");
    world_close(&world);
    is_int(none.references, 1, "nothing is held at the end");

    world_open(&world, &first);
    world_close(&world); /* with a question under way */
    is_int(world.changes, 0, "nothing is told after the end");
}

int main(void)
{
    const char *root = getenv("OVERBLIK_ROOT");
    char folder[4096], why[DATA_WHY_MAX] = "";
    snprintf(folder, sizeof folder, "%s/adapters/sandbox", root ? root : ".");
    data.citizens = sandbox_citizens_load(folder, why);
    data.holdings = sandbox_holdings_load(folder, STR("klassifikation"), why);
    ok(log_open(NULL, "test", LOG_ERROR), "failures are not what this is about");
    if (!ok(data.citizens && data.holdings, "the sandbox's data %s", why))
        return done_testing();
    reads_at_once_and_again();
    believes_all_or_nothing();
    ends_what_has_no_end();
    follows_the_configuration();
    json_decref((json_t *)data.citizens);
    json_decref((json_t *)data.holdings);
    return done_testing();
}
