/* SPDX-License-Identifier: MIT */
#include "serve/worker.h"

#include "base/die.h"
#include "serve/route.h"

#include <stdlib.h>

enum { SCRATCH_MAX = 64 * 1024 * 1024, SWEEP_MS = 1000, LAG_EVERY_MS = 250 };

static void drop_issuers(struct worker *worker)
{
    for (size_t i = 0; worker->snapshot && i < worker->snapshot->profile_count; i++)
        key_set_unref(&worker->issuers[i].keys);
    free(worker->issuers);
    worker->issuers = NULL;
}

void worker_use_snapshot(struct worker *worker, struct snapshot *snapshot)
{
    struct snapshot *old = worker->snapshot;
    struct token_issuer *issuers = die_calloc(snapshot->profile_count + 1, sizeof *issuers);

    /* Keys stay with the issuer they belong to. */
    for (size_t i = 0; i < snapshot->profile_count; i++) {
        issuers[i].profile = &snapshot->profiles[i];
        for (size_t j = 0; old && j < old->profile_count; j++)
            if (worker->issuers[j].keys &&
                str_equal(old->profiles[j].issuer, snapshot->profiles[i].issuer))
                issuers[i].keys = key_set_ref(worker->issuers[j].keys);
    }
    drop_issuers(worker);
    worker->issuers = issuers;
    worker->snapshot = snapshot_ref(snapshot);
    worker->epoch++;

    size_t count = 0;
    uint64_t *kept = die_calloc(snapshot->route_count + snapshot->mandate_service_count +
                                    snapshot->authorities.count + 1,
                                sizeof *kept);
    for (size_t i = 0; i < snapshot->route_count; i++)
        kept[count++] = snapshot->routes[i].target.identity;
    for (size_t i = 0; i < snapshot->mandate_service_count; i++)
        kept[count++] = snapshot->mandate_services[i].target.identity;
    for (size_t i = 0; i < snapshot->authorities.count; i++)
        if (snapshot->authorities.at[i].corrections)
            kept[count++] = snapshot->authorities.at[i].corrections->target.identity;
    fetch_pool_keep(worker->pool, kept, count);
    free(kept);
    if (old)
        snapshot_unref(&old);
}

void worker_use_keys(struct worker *worker, size_t issuer, struct key_set *keys)
{
    if (issuer >= worker->snapshot->profile_count)
        return;
    key_set_unref(&worker->issuers[issuer].keys);
    worker->issuers[issuer].keys = keys ? key_set_ref(keys) : NULL;
    worker->epoch++;
}

/* The control thread starts after the workers are made, so who listens is looked up when it
 * happens. */
static void tell_switched_off(void *ctx, struct str source, struct str cvr)
{
    struct shared *shared = ctx;
    shared->switched_off(shared->switched_ctx, source, cvr);
}

/* What stands in this thread's own memory, for whoever reads the metrics. */
static void note_gauges(struct worker *worker)
{
    struct counters *counters = worker->counters;
    if (!worker->server)
        return; /* the process ends: the loop only empties its queue */
    struct http_counters door = http_server_counters(worker->server);
    counter_set(&counters->overviews, worker->lookups);
    counter_set(&counters->token_entries, token_cache_count(worker->tokens));
    counter_set(&counters->connections, door.open);
    counter_set(&counters->accepted, door.accepted);
    counter_set(&counters->refused, door.refused);
    counter_set(&counters->departed, door.departed);
    counter_set(&counters->timed_out, door.timed_out);
    counter_set(&counters->malformed, door.malformed);
}

static void on_lag(void *ctx)
{
    struct worker *worker = ctx;
    instant now = clock_instant(); /* not the turn's: what the turn did before counts */
    counters_take_lag(worker->counters, now - worker->lag.due);
    timer_start(worker->loop, &worker->lag, instant_after_ms(now, LAG_EVERY_MS), on_lag, worker);
}

/* Aged claims leave memory within a second, whether or not anybody asks for them. */
static void sweep_tokens(void *ctx)
{
    struct worker *worker = ctx;
    instant now = loop_now(worker->loop);
    token_cache_sweep(worker->tokens, now);
    note_gauges(worker);
    timer_start(worker->loop, &worker->sweep, instant_after_ms(now, SWEEP_MS), sweep_tokens,
                worker);
}

struct fanout_env shared_env(struct shared *shared, struct loop *loop, struct fetch_pool *pool,
                             struct uuid_source *uuids, struct arena *scratch)
{
    const char *why = NULL;
    struct fanout_env env = {
        .loop = loop,
        .pool = pool,
        .health = shared->health,
        .uuids = uuids,
        .handles = handle_maker_new(shared->handle_key, &why),
        .scratch = scratch,
        .sign = assertion_signer_sign,
        .sign_ctx = shared->signer,
        .assertion_kid = assertion_signer_kid(shared->signer),
        .certificate = shared->certificate[0] ? str_of(shared->certificate) : STR_NONE,
        .pairwise_key =
            str_make((const char *)shared->pseudonym_key.bytes, shared->pseudonym_key.len),
        .switched_off = tell_switched_off,
        .switched_ctx = shared,
    };
    if (!env.handles)
        die("the handle key: %s", why); /* the daemon has checked it before */
    return env;
}

struct worker *worker_new(struct shared *shared, struct snapshot *snapshot)
{
    const struct settings *settings = &snapshot->settings;
    struct worker *worker = die_calloc(1, sizeof *worker);
    const char *why = NULL;

    worker->shared = shared;
    worker->loop = loop_new();
    struct fetch_pool_settings pool = {
        .connections_max = (unsigned)settings->fetch_connections_max,
        .connection_idle_s = (unsigned)settings->fetch_connection_idle_s,
        .connection_life_s = (unsigned)settings->fetch_connection_life_s,
        .header_bytes_max = (size_t)settings->fetch_answer_header_max,
        .header_lines_max = (unsigned)settings->fetch_answer_lines_max,
    };
    worker->pool = fetch_pool_new(worker->loop, &pool);
    worker->server = http_server_new(worker->loop, &settings->door, route_request, worker);
    worker->tokens = token_cache_new((size_t)settings->limits_token_cache_entries);
    if (shared->consent_keys.at)
        worker->consents = consent_sealer_new(shared->consent_keys, &why);
    if (why)
        die("the keys of consents: %s", why); /* the daemon has checked them before */
    worker->scratch = arena_new(SCRATCH_MAX);
    worker->counters = counters_new();
    uuid_source_init(&worker->uuids);
    worker->env = shared_env(shared, worker->loop, worker->pool, &worker->uuids, worker->scratch);
    worker->env.misses = shared->misses;
    worker->env.arenas = &worker->arenas;
    worker_use_snapshot(worker, snapshot);
    sweep_tokens(worker);
    timer_start(worker->loop, &worker->lag, instant_after_ms(loop_now(worker->loop), LAG_EVERY_MS),
                on_lag, worker);
    return worker;
}

void worker_free(struct worker **slot)
{
    struct worker *worker = *slot;
    if (!worker)
        return;
    timer_cancel(worker->loop, &worker->sweep);
    timer_cancel(worker->loop, &worker->lag);
    http_server_free(&worker->server);
    fetch_pool_free(&worker->pool);
    arena_pool_clear(&worker->arenas);
    arena_free(&worker->scratch);
    handle_maker_free(&worker->env.handles);
    token_cache_free(&worker->tokens);
    consent_sealer_free(&worker->consents);
    drop_issuers(worker);
    snapshot_unref(&worker->snapshot);
    counters_free(&worker->counters);
    loop_free(&worker->loop);
    free(worker);
    *slot = NULL;
}

struct arena *worker_take_arena(struct worker *worker)
{
    return arena_pool_take(&worker->arenas,
                           (size_t)worker->snapshot->settings.limits_request_memory_max);
}

void worker_give_arena(struct worker *worker, struct arena *arena)
{
    arena_pool_give(&worker->arenas, &arena);
}
