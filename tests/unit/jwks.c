/* SPDX-License-Identifier: MIT */
/* When keys are fetched, kept and given up, in virtual time: this program has its own net/loop and
 * net/fetch, of which the linker therefore takes nothing else. The real ones: jwks_fetch.c. */
#include "identity/jwks.h"

#include "base/log.h"
#include "tests/tap.h"
#include "tests/tokens.h"

#define BROKER    "https://broker.example/op"
#define DISCOVERY "{\"issuer\":\"" BROKER "\",\"jwks_uri\":\"https://keys.example/jwks?v=1\"}"

/* --- a loop whose time is ours ------------------------------------------------------------------
 */

enum { TIMERS_MAX = 16, MS = 1000, S = 1000 * MS };

struct loop {
    instant now;
    struct timer *timers[TIMERS_MAX];
};

instant loop_now(const struct loop *loop)
{
    return loop->now;
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

static struct timer *earliest(const struct loop *loop, instant until)
{
    struct timer *first = NULL;
    for (size_t i = 1; i < TIMERS_MAX; i++)
        if (loop->timers[i] && loop->timers[i]->due <= until &&
            (!first || loop->timers[i]->due < first->due))
            first = loop->timers[i];
    return first;
}

/* --- an issuer that answers as told -------------------------------------------------------------
 */

struct fetch {
    bool used;
    char url[4096];
    struct fetch_spec spec;
    struct fetch **slot;
    fetch_done_fn *done;
    void *ctx;
};

struct fetch_pool {
    struct loop *loop;
    struct fetch fetches[4];
    bool holds;               /* answers later */
    enum fetch_status status; /* of every answer */
    int http_status;
    struct str discovery, keys; /* the bodies */
    int discoveries, key_fetches, at_once, most_at_once;
    instant last_start, least_pause;
};

uint64_t fetch_target_identity(const struct fetch_target *target)
{
    return str_hash(target->url);
}

struct str fetch_status_code(enum fetch_status status)
{
    return status == FETCH_OK ? STR("ok") : STR("unreachable");
}

void fetch_start(struct fetch_pool *pool, const struct fetch_spec *spec, struct fetch **slot,
                 fetch_done_fn *done, void *ctx)
{
    struct fetch *fetch = pool->fetches;
    while (fetch->used)
        fetch++; /* the sanitizer tells when there are too many */
    *fetch = (struct fetch){true, "", *spec, slot, done, ctx};
    snprintf(fetch->url, sizeof fetch->url, "%.*s%.*s", STR_ARG(spec->target->url),
             STR_ARG(spec->path));
    *slot = fetch;
    if (++pool->at_once > pool->most_at_once)
        pool->most_at_once = pool->at_once;
}

void fetch_cancel(struct fetch **slot)
{
    if (*slot)
        (*slot)->used = false;
    *slot = NULL;
}

static bool is_discovery(const struct fetch *fetch)
{
    return strstr(fetch->url, ".well-known");
}

static bool answer(struct fetch_pool *pool)
{
    struct fetch *fetch = pool->fetches;
    while (fetch < pool->fetches + 4 && !fetch->used)
        fetch++;
    if (pool->holds || fetch == pool->fetches + 4)
        return false;
    bool first = is_discovery(fetch);
    ++*(first ? &pool->discoveries : &pool->key_fetches);
    if (first) {
        instant pause = pool->loop->now - pool->last_start;
        pool->least_pause = pause < pool->least_pause ? pause : pool->least_pause;
        pool->last_start = pool->loop->now;
    }
    struct fetch_result result = {
        .status = pool->status,
        .http_status = pool->status == FETCH_OK ? pool->http_status : 0,
        .body = pool->status == FETCH_OK ? (first ? pool->discovery : pool->keys) : STR(""),
    };
    fetch->used = false;
    *fetch->slot = NULL;
    pool->at_once--;
    fetch->done(fetch->ctx, &result);
    return true;
}

/* --- a world: one issuer, its keys here and there -----------------------------------------------
 */

struct world {
    struct loop loop;
    struct fetch_pool pool;
    struct jwks *jwks;
    struct key_set *keys; /* what was told last */
    int changes;
};

static void on_changed(void *ctx, size_t index, struct key_set *keys)
{
    struct world *world = ctx;
    is_int((long long)index, 0, "told of the issuer");
    key_set_unref(&world->keys);
    world->keys = key_set_ref(keys);
    world->changes++;
}

static void advance(struct world *world, int64_t ms)
{
    instant until = world->loop.now + ms * MS;
    for (;;) {
        if (answer(&world->pool))
            continue;
        struct timer *timer = earliest(&world->loop, until);
        if (!timer)
            break;
        world->loop.now = timer->due > world->loop.now ? timer->due : world->loop.now;
        timer_cancel(&world->loop, timer);
        timer->done(timer->ctx);
    }
    world->loop.now = until;
}

static const struct jwks_settings settings = {
    .refresh_s = 300, .stale_max_s = 3600, .retry_s = 15, .timeout_ms = 2000};
static const struct token_profile profile = {.name = STR_INIT("demo"), .issuer = STR_INIT(BROKER)};

static struct buf texts[3]; /* sets with the keys "a"; "b"; and another "a" */

static void world_open_as(struct world *world, const struct token_profile *as,
                          const struct jwks_settings *with)
{
    *world = (struct world){
        .loop = {.now = 77 * S},
        .pool = {.status = FETCH_OK,
                 .http_status = 200,
                 .discovery = STR(DISCOVERY),
                 .keys = buf_str(&texts[0]),
                 .last_start = -1000 * S,
                 .least_pause = 1000 * S},
    };
    world->pool.loop = &world->loop;
    world->jwks = jwks_new(&world->loop, &world->pool, with, as, 1, on_changed, world);
}

static void world_open(struct world *world)
{
    world_open_as(world, &profile, &settings);
}

static void world_close(struct world *world)
{
    jwks_free(&world->jwks);
    ok(!earliest(&world->loop, INSTANT_NEVER), "no timer is left");
    for (int i = 0; i < 4; i++)
        if (world->pool.fetches[i].used)
            ok(false, "a fetch is left");
    key_set_unref(&world->keys);
}

static bool has(const struct world *world, const char *kid)
{
    return world->keys && key_set_find(world->keys, str_of(kid));
}

/* --- what is promised ---------------------------------------------------------------------------
 */

static void loads_by_discovery(void)
{
    struct world world;
    world_open(&world);
    ok(!jwks_is_loaded(world.jwks), "nothing at first");
    world.pool.holds = true;
    advance(&world, 0);
    const struct fetch *fetch = &world.pool.fetches[0];
    is_str(fetch->url, BROKER "/.well-known/openid-configuration", "asks for the document");
    ok(!fetch->spec.body.at, "by GET");
    is_int(fetch->spec.done_by - world.loop.now, 2 * S, "for two seconds at most");
    ok(fetch->spec.connected_by <= fetch->spec.done_by &&
           fetch->spec.first_byte_by <= fetch->spec.done_by,
       "and every stage of it");
    is_int((long long)fetch->spec.answer_max, 256 * 1024, "and for 256 kB");
    ok(!fetch->spec.target->insecure, "over TLS");
    world.pool.holds = false;
    answer(&world.pool);
    is_str(world.pool.fetches[0].url, "https://keys.example/jwks?v=1", "then for the keys");
    ok(!jwks_is_loaded(world.jwks), "not loaded before they are there");
    answer(&world.pool);
    ok(jwks_is_loaded(world.jwks) && has(&world, "a"), "loaded");
    is_int(world.changes, 1, "and told once");
    world_close(&world);
}

static void loads_without_discovery(void)
{
    struct world world;
    struct token_profile direct = profile;
    direct.jwks_uri = STR("https://keys.example");
    world_open_as(&world, &direct, &settings);
    world.pool.holds = true;
    advance(&world, 0);
    is_str(world.pool.fetches[0].url, "https://keys.example/", "asks for the keys at once");
    world.pool.holds = false;
    advance(&world, 1000);
    ok(has(&world, "a"), "and has them");
    is_int(world.pool.discoveries, 0, "no document was asked for");
    world_close(&world);

    struct token_profile elsewhere = profile;
    elsewhere.discovery = STR("https://elsewhere.example/.well-known/x");
    world_open_as(&world, &elsewhere, &settings);
    world.pool.holds = true;
    advance(&world, 0);
    is_str(world.pool.fetches[0].url, "https://elsewhere.example/.well-known/x",
           "a document of another address");
    world_close(&world);

    struct token_profile slash = profile;
    slash.issuer = STR("https://broker.example/");
    world_open_as(&world, &slash, &settings);
    world.pool.holds = true;
    advance(&world, 0);
    is_str(world.pool.fetches[0].url, "https://broker.example/.well-known/openid-configuration",
           "one slash only");
    world_close(&world);
}

static void refreshes_before_it_is_needed(void)
{
    struct world world;
    world_open(&world);
    advance(&world, 1000);
    advance(&world, 298 * 1000);
    is_int(world.pool.key_fetches, 1, "no fetch within 300 s");
    advance(&world, 1000);
    is_int(world.pool.key_fetches, 2, "one after them");
    is_int(world.changes, 1, "the same keys are no news");
    world.pool.keys = buf_str(&texts[1]);
    advance(&world, 300 * 1000);
    ok(has(&world, "b") && !has(&world, "a"), "a rotation is seen, the withdrawn key is gone");
    is_int(world.changes, 2, "and told");
    struct key_set *before = key_set_ref(world.keys);
    world.pool.keys = buf_str(&texts[0]);
    advance(&world, 300 * 1000);
    world.pool.keys = buf_str(&texts[2]);
    advance(&world, 300 * 1000);
    ok(has(&world, "a"), "another key of a known kid");
    is_int(world.changes, 4, "is noticed");
    ok(key_set_find(before, STR("b")), "who holds an old set keeps it");
    key_set_unref(&before);
    world_close(&world);
}

static void asks_for_unknown_kids_within_limits(void)
{
    struct world world;
    world_open(&world);
    advance(&world, 100 * 1000);
    world.pool.holds = true;
    jwks_want(world.jwks, 0);
    is_int(world.pool.at_once, 0, "never from inside");
    for (int i = 0; i < 1000; i++) {
        jwks_want(world.jwks, 0);
        advance(&world, 0);
    }
    is_int(world.pool.most_at_once, 1, "a thousand unknown kids: one fetch");
    world.pool.holds = false;
    advance(&world, 0);
    is_int(world.pool.key_fetches, 2, "which is answered");
    advance(&world, 200 * 1000);
    is_int(world.pool.key_fetches, 2, "for all of them");
    jwks_want(world.jwks, 0);
    advance(&world, 0);
    is_int(world.pool.key_fetches, 3, "later, another is asked at once");
    for (int i = 0; i < 14999; i++) {
        jwks_want(world.jwks, 0);
        advance(&world, 1);
    }
    is_int(world.pool.key_fetches, 3, "no other within 15 s");
    advance(&world, 1);
    is_int(world.pool.key_fetches, 4, "then one");

    world.pool.keys = buf_str(&texts[1]); /* rotates while the flood goes on */
    for (int i = 0; i < 15000 && !has(&world, "b"); i++) {
        jwks_want(world.jwks, 0);
        advance(&world, 1);
    }
    ok(has(&world, "b"), "a flood does not stop a rotation");
    int until_now = world.pool.key_fetches;
    for (int i = 0; i < 600 * 1000; i += 7) {
        jwks_want(world.jwks, 0);
        advance(&world, 7);
    }
    ok(world.pool.key_fetches - until_now <= 40, "ten minutes of flood: %d fetches",
       world.pool.key_fetches - until_now);
    ok(world.pool.least_pause >= 15 * S, "never two within 15 s");
    advance(&world, 300 * 1000);
    int calm = world.pool.key_fetches;
    advance(&world, 299 * 1000);
    ok(world.pool.key_fetches - calm <= 1, "and then it is calm again");
    world_close(&world);
}

static void keeps_the_last_good_set(void)
{
    static const struct {
        const char *name;
        enum fetch_status status;
        int http_status;
        struct str discovery, keys; /* keys absent: good ones, which must not be taken */
    } rows[] = {
        {"unreachable", FETCH_UNREACHABLE, 0, STR_INIT(""), {NULL, 0}},
        {"404", FETCH_OK, 404, STR_INIT(DISCOVERY), {NULL, 0}},
        {"500", FETCH_OK, 500, STR_INIT(DISCOVERY), {NULL, 0}},
        {"a redirect", FETCH_OK, 302, STR_INIT(DISCOVERY), {NULL, 0}},
        {"204", FETCH_OK, 204, STR_INIT(DISCOVERY), {NULL, 0}},
        {"a document of HTML", FETCH_OK, 200, STR_INIT("<html>"), {NULL, 0}},
        {"a document of another issuer",
         FETCH_OK,
         200,
         STR_INIT("{\"issuer\":\"https://evil.example\",\"jwks_uri\":\"https://keys.example/x\"}"),
         {NULL, 0}},
        {"a document of nobody",
         FETCH_OK,
         200,
         STR_INIT("{\"jwks_uri\":\"https://keys.example/x\"}"),
         {NULL, 0}},
        {"a document of two issuers",
         FETCH_OK,
         200,
         STR_INIT("{\"issuer\":\"" BROKER "\",\"issuer\":\"" BROKER
                  "\",\"jwks_uri\":\"https://keys.example/x\"}"),
         {NULL, 0}},
        {"a document without keys",
         FETCH_OK,
         200,
         STR_INIT("{\"issuer\":\"" BROKER "\"}"),
         {NULL, 0}},
        {"keys over http",
         FETCH_OK,
         200,
         STR_INIT("{\"issuer\":\"" BROKER "\",\"jwks_uri\":\"http://keys.example/x\"}"),
         {NULL, 0}},
        {"keys in a file",
         FETCH_OK,
         200,
         STR_INIT("{\"issuer\":\"" BROKER "\",\"jwks_uri\":\"file:///etc/passwd\"}"),
         {NULL, 0}},
        {"keys behind a login",
         FETCH_OK,
         200,
         STR_INIT("{\"issuer\":\"" BROKER "\",\"jwks_uri\":\"https://a@keys.example/x\"}"),
         {NULL, 0}},
        {"keys nowhere",
         FETCH_OK,
         200,
         STR_INIT("{\"issuer\":\"" BROKER "\",\"jwks_uri\":\"https:///x\"}"),
         {NULL, 0}},
        {"keys at a host with a query",
         FETCH_OK,
         200,
         STR_INIT("{\"issuer\":\"" BROKER "\",\"jwks_uri\":\"https://keys.example?x\"}"),
         {NULL, 0}},
        {"keys behind a line feed",
         FETCH_OK,
         200,
         STR_INIT("{\"issuer\":\"" BROKER "\",\"jwks_uri\":\"https://keys.example/\\nx\"}"),
         {NULL, 0}},
        {"no keys", FETCH_OK, 200, STR_INIT(DISCOVERY), STR_INIT("{\"keys\":[]}")},
        {"keys of HTML", FETCH_OK, 200, STR_INIT(DISCOVERY), STR_INIT("<html>")},
        {"an empty answer", FETCH_OK, 200, STR_INIT(""), {NULL, 0}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct world world;
        world_open(&world);
        advance(&world, 1000);
        world.pool.status = rows[i].status;
        world.pool.http_status = rows[i].http_status;
        world.pool.discovery = rows[i].discovery;
        world.pool.keys = rows[i].keys.at ? rows[i].keys : buf_str(&texts[1]);
        advance(&world, 299 * 1000 + 3000 * 1000);
        int tries = world.pool.discoveries;
        ok(tries > 150 && tries < 250, "%s: tried %d times in 50 minutes", rows[i].name, tries);
        ok(jwks_is_loaded(world.jwks) && has(&world, "a"), "the last good set is kept");
        ok(world.pool.least_pause >= 15 * S, "with 15 s between two tries");
        is_int(world.changes, 1, "nothing is told");

        world.pool.status = FETCH_OK; /* and it comes back */
        world.pool.http_status = 200;
        world.pool.discovery = STR(DISCOVERY);
        world.pool.keys = buf_str(&texts[1]);
        advance(&world, 15 * 1000);
        ok(has(&world, "b"), "a new set is taken within 15 s of its return");
        world_close(&world);
    }
}

static void gives_up_in_time(void)
{
    struct world world;
    world_open(&world);
    advance(&world, 301 * 1000); /* loaded at 0 and at 300 s */
    world.pool.status = FETCH_UNREACHABLE;
    advance(&world, 3598 * 1000);
    ok(has(&world, "a"), "kept for 3599 s after the last good fetch");
    advance(&world, 1000);
    ok(!world.keys && !jwks_is_loaded(world.jwks), "given up after 3600 s: fail closed");
    is_int(world.changes, 2, "and told");
    advance(&world, 7200 * 1000);
    is_int(world.changes, 2, "once");
    world.pool.status = FETCH_OK;
    advance(&world, 15 * 1000);
    ok(has(&world, "a") && jwks_is_loaded(world.jwks), "the same text is good again");
    is_int(world.changes, 3, "and told");
    world_close(&world);
}

static void never_loads_what_never_came(void)
{
    struct world world;
    world_open(&world);
    world.pool.status = FETCH_UNREACHABLE;
    advance(&world, 10000 * 1000);
    ok(!jwks_is_loaded(world.jwks) && world.changes == 0, "no keys, no news");
    world_close(&world);
}

static void takes_http_only_when_told(void)
{
    struct token_profile plain = profile;
    struct jwks_settings insecure = settings;
    struct world world;
    plain.jwks_uri = STR("http://127.0.0.1:8080/jwks");
    world_open_as(&world, &plain, &settings);
    advance(&world, 100 * 1000);
    is_int(world.pool.key_fetches, 0, "no question over http");
    world_close(&world);

    insecure.insecure = true;
    world_open_as(&world, &plain, &insecure);
    world.pool.holds = true;
    advance(&world, 0);
    ok(world.pool.fetches[0].spec.target->insecure, "but where it is allowed");
    world.pool.holds = false;
    advance(&world, 0);
    ok(has(&world, "a"), "and its keys are taken");
    world_close(&world);

    world_open_as(&world, &profile, &insecure);
    world.pool.holds = true;
    advance(&world, 0);
    ok(!world.pool.fetches[0].spec.target->insecure, "https stays https");
    world_close(&world);
}

/* A new configuration, which knows the same broker. */
static struct jwks *reconfigure(struct world *world, const struct token_profile *as,
                                const struct jwks_settings *with)
{
    struct jwks *old = world->jwks;
    world->jwks = jwks_new(&world->loop, &world->pool, with, as, 1, on_changed, world);
    jwks_adopt(world->jwks, old);
    jwks_free(&old);
    return world->jwks;
}

static void survives_a_new_configuration(void)
{
    struct token_profile elsewhere = profile, others[] = {profile, profile, profile};
    struct jwks_settings shorter = settings;
    struct world world;
    others[0].ca_file = STR("other.pem");
    others[1].jwks_uri = STR("https://keys.example/other");
    others[2].discovery = STR("https://elsewhere.example/document");
    elsewhere.name = STR("another name");

    world_open(&world);
    advance(&world, 1000);
    world.pool.status = FETCH_UNREACHABLE;
    ok(jwks_is_loaded(reconfigure(&world, &elsewhere, &settings)), "loaded from the beginning");
    ok(jwks_keys(world.jwks, 0) == world.keys, "with the set that was there");
    advance(&world, 3598 * 1000);
    ok(has(&world, "a"), "which is good for 3599 s after its fetch");
    ok(jwks_is_loaded(reconfigure(&world, &profile, &settings)), "through one more configuration");
    advance(&world, 1000);
    ok(!world.keys && !jwks_keys(world.jwks, 0), "and no longer");
    is_int(world.changes, 2, "which is told");
    ok(!jwks_is_loaded(reconfigure(&world, &profile, &settings)), "nothing comes of nothing");
    world_close(&world);

    world_open(&world);
    advance(&world, 1000);
    shorter.stale_max_s = 60;
    shorter.refresh_s = 30;
    world.pool.status = FETCH_UNREACHABLE;
    reconfigure(&world, &profile, &shorter);
    advance(&world, 60 * 1000);
    ok(!world.keys, "a shorter patience counts for it too");
    world_close(&world);

    world_open(&world);
    advance(&world, 1000);
    reconfigure(&world, &profile, &settings);
    advance(&world, 1000);
    is_int(world.pool.key_fetches, 2, "the new configuration asks at once");
    is_int(world.changes, 1, "and the same keys are no news");
    world_close(&world);

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        world_open(&world);
        advance(&world, 1000);
        world.pool.status = FETCH_UNREACHABLE;
        ok(!jwks_is_loaded(reconfigure(&world, &others[i], &settings)),
           "an issuer that is trusted otherwise begins anew");
        world_close(&world);
    }
}

static void ends_at_any_time(void)
{
    struct world world;
    world_open(&world);
    world_close(&world); /* before the first fetch */
    ok(!world.jwks, "freed");
    world_open(&world);
    world.pool.holds = true;
    advance(&world, 0);
    world_close(&world); /* within a fetch */
    jwks_free(&world.jwks);
}

int main(void)
{
    ok(log_open("/dev/null", "jwks", LOG_ERROR), "thousands of faults need not be read");
    struct test_key a = test_key_new("a", ALGORITHM_ES256, 0);
    struct test_key b = test_key_new("b", ALGORITHM_ES256, 0);
    struct test_key other = test_key_new("a", ALGORITHM_ES256, 0);
    test_jwks(&a, 1, &texts[0]);
    test_jwks(&b, 1, &texts[1]);
    test_jwks(&other, 1, &texts[2]);

    loads_by_discovery();
    loads_without_discovery();
    refreshes_before_it_is_needed();
    asks_for_unknown_kids_within_limits();
    keeps_the_last_good_set();
    gives_up_in_time();
    never_loads_what_never_came();
    takes_http_only_when_told();
    survives_a_new_configuration();
    ends_at_any_time();

    for (int i = 0; i < 3; i++)
        buf_clear(&texts[i]);
    test_key_free(&a);
    test_key_free(&b);
    test_key_free(&other);
    return done_testing();
}
