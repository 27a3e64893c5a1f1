/* SPDX-License-Identifier: MIT */
#include "net/fetch.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "base/die.h"
#include "net/fetch_addresses.h"
#include "net/fetch_http1.h"
#include "net/fetch_http2.h"

enum { SPARES_MAX = 256 }; /* handles kept per target */

/* A fetch is in exactly one of these; fetch_settle alone leads to ENDED. */
enum phase {
    SPARE,     /* in peer->spares, for the next fetch */
    WAITING,   /* in peer->waiting: for the end of this turn, or for room */
    RUNNING,   /* carried by HTTP/1.1 or 2 */
    ENDED,     /* in pool->ended: to be delivered */
    DELIVERED, /* `done` is being called */
};

TAILQ_HEAD(fetches, fetch);
TAILQ_HEAD(peers, peer);

struct fetch {
    TAILQ_ENTRY(fetch) link, came_link;
    enum phase phase;
    struct peer *peer;
    struct fetch_transfer transfer;
    const struct fetch_target *target;
    struct fetch **slot;
    fetch_part_fn *part; /* NULL: nobody asks for it */
    fetch_done_fn *done;
    void *ctx;
    size_t told;   /* bytes of the body, by `part` */
    bool has_come; /* in pool->came: there is more to tell */
    instant connected_by, first_byte_by, done_by;
    unsigned silence_ms;
    struct timer timer;
    instant started, ended_at;
    enum fetch_status status;
    const char *why;
    unsigned turn; /* of the pool, when it ended */
};

/* A target as the pool knows it, with connections of its own. */
struct peer {
    TAILQ_ENTRY(peer) link, stirred_link;
    struct fetch_pool *pool;
    uint64_t identity;
    struct fetch_server server;
    struct http1 *http1;
    struct http2 *http2; /* NULL: it has not asked for it */
    struct fetches waiting, spares;
    unsigned running, spare_count, live;
    bool is_found; /* an address of it */
    bool is_stirred;
    bool is_unwanted; /* dropped by fetch_pool_keep; goes with its last fetch */
};

struct fetch_pool {
    struct loop *loop;
    struct fetch_pool_settings settings;
    struct peers peers, stirred;
    struct fetches ended, came;
    struct deferred turning;
    unsigned turn;
    size_t live; /* fetches that their owners know of */
    struct fetch_addresses addresses;
    size_t connections; /* open now */
    struct fetch *delivered;
};

static void on_turn(void *ctx);

static void peer_stir(struct peer *peer)
{
    struct fetch_pool *pool = peer->pool;
    if (!peer->is_stirred)
        TAILQ_INSERT_TAIL(&pool->stirred, peer, stirred_link);
    peer->is_stirred = true;
    loop_defer(pool->loop, &pool->turning, on_turn, pool);
}

/* --- one fetch -----------------------------------------------------------------------------------
 */

static void fetch_detach(struct fetch *fetch)
{
    http1_leave(&fetch->transfer);
    http2_leave(&fetch->transfer);
}

/* Out of the line, or off the hands of who carries it. */
static void fetch_leave(struct fetch *fetch)
{
    struct peer *peer = fetch->peer;
    assert(fetch->phase == WAITING || fetch->phase == RUNNING);
    if (fetch->phase == WAITING)
        TAILQ_REMOVE(&peer->waiting, fetch, link);
    else
        peer->running--;
    timer_cancel(peer->pool->loop, &fetch->timer);
    if (!TAILQ_EMPTY(&peer->waiting))
        peer_stir(peer);
}

static void fetch_settle(struct fetch *fetch, enum fetch_status status, const char *why)
{
    struct fetch_pool *pool = fetch->peer->pool;
    fetch_leave(fetch);
    fetch->phase = ENDED;
    fetch->status = status;
    fetch->why = why;
    fetch->ended_at = loop_now(pool->loop);
    fetch->turn = pool->turn;
    TAILQ_INSERT_TAIL(&pool->ended, fetch, link);
    loop_defer(pool->loop, &pool->turning, on_turn, pool);
}

/* A piece of its body has come. */
static void on_came(void *owner)
{
    struct fetch *fetch = owner;
    struct fetch_pool *pool = fetch->peer->pool;
    if (!fetch->has_come)
        TAILQ_INSERT_TAIL(&pool->came, fetch, came_link);
    fetch->has_come = true;
    loop_defer(pool->loop, &pool->turning, on_turn, pool);
}

static void fetch_forget_part(struct fetch *fetch)
{
    if (fetch->has_come)
        TAILQ_REMOVE(&fetch->peer->pool->came, fetch, came_link);
    fetch->has_come = false;
}

/* The next instant that matters, and what it means to reach it. */
static instant fetch_deadline(const struct fetch *fetch, enum fetch_status *late)
{
    const struct fetch_transfer *transfer = &fetch->transfer;
    instant stage = INSTANT_NEVER;
    if (!transfer->began) {
        bool is_connecting = !transfer->connected && fetch->connected_by <= fetch->first_byte_by;
        stage = is_connecting ? fetch->connected_by : fetch->first_byte_by;
        *late = is_connecting ? FETCH_CONNECT_LATE : FETCH_FIRST_BYTE_LATE;
    } else if (fetch->silence_ms) {
        stage = instant_after_ms(transfer->last_byte, fetch->silence_ms);
        *late = FETCH_SILENT;
    }
    if (stage < fetch->done_by)
        return stage;
    *late = FETCH_LATE;
    return fetch->done_by;
}

static void on_deadline(void *ctx);

/* The timer is not touched when a byte comes or a stage is reached: it rings for what was the next
 * deadline and is set anew. A silence that can begin only later is met in time by ringing once
 * within each silence_ms. */
static void fetch_watch(struct fetch *fetch)
{
    struct loop *loop = fetch->peer->pool->loop;
    enum fetch_status late;
    instant ring = fetch_deadline(fetch, &late);
    if (!fetch->transfer.began && fetch->silence_ms)
        ring = instant_min(ring, instant_after_ms(loop_now(loop), fetch->silence_ms));
    timer_start(loop, &fetch->timer, ring, on_deadline, fetch);
}

static void on_deadline(void *ctx)
{
    struct fetch *fetch = ctx;
    enum fetch_status late;
    if (fetch_deadline(fetch, &late) > loop_now(fetch->peer->pool->loop)) {
        fetch_watch(fetch);
        return;
    }
    bool is_found = fetch->peer->is_found;
    fetch_detach(fetch);
    fetch_settle(fetch, late, is_found ? "the deadline passed" : "no address of it is known yet");
}

static void fetch_begin(struct fetch *fetch)
{
    struct peer *peer = fetch->peer;
    struct fetch_pool *pool = peer->pool;
    const struct fetch_target *target = fetch->target;
    bool keep = !target->no_reuse && pool->connections <= pool->settings.connections_max;
    TAILQ_REMOVE(&peer->waiting, fetch, link);
    fetch->phase = RUNNING;
    peer->running++;
    if (peer->http2)
        http2_start(peer->http2, target, &fetch->transfer, keep);
    else
        http1_start(peer->http1, target, &fetch->transfer, keep);
}

static void on_ended(void *owner, enum fetch_status status, const char *why)
{
    fetch_settle(owner, status, why);
}

/* It goes back to the head of the line, and libcurl will carry it. */
static void on_speaks_h2(void *owner)
{
    struct fetch *fetch = owner;
    struct peer *peer = fetch->peer;
    if (!peer->http2)
        peer->http2 = http2_new(&peer->server, on_ended);
    fetch->phase = WAITING;
    peer->running--;
    TAILQ_INSERT_HEAD(&peer->waiting, fetch, link);
    peer_stir(peer);
}

/* --- peers ---------------------------------------------------------------------------------------
 */

/* Until an address is known its fetches wait, while their deadlines run. */
static bool peer_takes(struct peer *peer, const struct fetch *fetch)
{
    unsigned most = fetch->target->connections_max;
    peer->is_found = peer->is_found || fetch_server_is_found(&peer->server);
    return peer->is_found && (most == 0 || peer->running < most);
}

static void peer_turn(struct peer *peer)
{
    struct fetch *fetch;
    while ((fetch = TAILQ_FIRST(&peer->waiting)) && peer_takes(peer, fetch))
        fetch_begin(fetch);
}

static struct peer *peer_new(struct fetch_pool *pool, const struct fetch_target *target)
{
    static const struct http1_user user = {on_ended, on_speaks_h2};
    struct peer *peer = die_calloc(1, sizeof *peer);
    peer->pool = pool;
    peer->identity = target->identity;
    peer->server = (struct fetch_server){
        .loop = pool->loop,
        .settings = &pool->settings,
        .addresses = &pool->addresses,
        .connections = &pool->connections,
    };
    fetch_server_init(&peer->server, target);
    peer->http1 = http1_new(&peer->server, &user);
    TAILQ_INIT(&peer->waiting);
    TAILQ_INIT(&peer->spares);
    TAILQ_INSERT_TAIL(&pool->peers, peer, link);
    return peer;
}

static void fetch_free(struct fetch *fetch)
{
    http2_forget(&fetch->transfer);
    fetch_transfer_clear(&fetch->transfer);
    free(fetch);
}

static void peer_free(struct peer *peer)
{
    struct fetch_pool *pool = peer->pool;
    struct fetch *fetch;
    assert(peer->live == 0 && TAILQ_EMPTY(&peer->waiting));
    while ((fetch = TAILQ_FIRST(&peer->spares))) {
        TAILQ_REMOVE(&peer->spares, fetch, link);
        fetch_free(fetch);
    }
    http1_free(&peer->http1);
    http2_free(&peer->http2);
    if (peer->is_stirred)
        TAILQ_REMOVE(&pool->stirred, peer, stirred_link);
    TAILQ_REMOVE(&pool->peers, peer, link);
    fetch_server_clear(&peer->server);
    free(peer);
}

static struct peer *peer_find(struct fetch_pool *pool, const struct fetch_target *target)
{
    struct peer *peer;
    TAILQ_FOREACH(peer, &pool->peers, link)
    if (peer->identity == target->identity)
        return peer;
    return peer_new(pool, target);
}

static struct fetch *peer_take(struct peer *peer)
{
    struct fetch *fetch = TAILQ_FIRST(&peer->spares);
    if (fetch) {
        TAILQ_REMOVE(&peer->spares, fetch, link);
        peer->spare_count--;
    } else {
        fetch = die_calloc(1, sizeof *fetch);
        fetch->peer = peer;
        fetch_transfer_init(&fetch->transfer, &peer->server, fetch);
    }
    peer->is_unwanted = false;
    peer->live++;
    peer->pool->live++;
    return fetch;
}

/* Takes a fetch back that nobody knows of any more. */
static void peer_give(struct peer *peer, struct fetch *fetch)
{
    fetch_forget_part(fetch);
    fetch_detach(fetch);
    fetch_transfer_wipe(&fetch->transfer);
    fetch->phase = SPARE;
    peer->live--;
    peer->pool->live--;
    if (peer->spare_count < SPARES_MAX) {
        TAILQ_INSERT_HEAD(&peer->spares, fetch, link); /* the warmest first */
        peer->spare_count++;
    } else {
        fetch_free(fetch);
    }
    if (peer->is_unwanted && peer->live == 0)
        peer_free(peer);
}

/* --- the pool ------------------------------------------------------------------------------------
 */

struct fetch_times fetch_progress(const struct fetch *fetch)
{
    const struct fetch_transfer *transfer = &fetch->transfer;
    return (struct fetch_times){.started = fetch->started,
                                .connected = transfer->connected_at,
                                .first_byte = transfer->first_byte_at,
                                .ended = fetch->ended_at,
                                .bytes = transfer->bytes,
                                .reused = transfer->connected && !transfer->opened};
}

/* A fetch that ended keeps its connection until it has been delivered: only so long can it be
 * distrusted. */
static void fetch_deliver(struct fetch *fetch)
{
    struct fetch_pool *pool = fetch->peer->pool;
    struct fetch_transfer *transfer = &fetch->transfer;
    bool is_whole = fetch->status == FETCH_OK && transfer->head.is_framed;
    struct fetch_result result = {
        .status = fetch->status,
        .http_status = transfer->head.status,
        .body = is_whole ? buf_str(&transfer->body) : STR(""),
        .content_type = fetch_field_str(&transfer->head.content_type),
        .request_id = fetch_field_str(&transfer->head.request_id),
        .retry_after_s = fetch_retry_after_s(&transfer->head.retry_after, loop_wall(pool->loop)),
        .reused = transfer->connected && !transfer->opened,
        .began = transfer->began,
        .times = fetch_progress(fetch),
        .why = fetch->why,
    };
    fetch->phase = DELIVERED;
    *fetch->slot = NULL;
    pool->delivered = fetch;
    fetch->done(fetch->ctx, &result);
    pool->delivered = NULL;
    peer_give(fetch->peer, fetch);
}

/* What is told may cancel the fetch: nothing of it is touched afterwards. */
static void fetch_tell(struct fetch *fetch)
{
    const struct fetch_transfer *transfer = &fetch->transfer;
    struct str part = str_skip(buf_str(&transfer->body), fetch->told);
    fetch_forget_part(fetch);
    fetch->told = transfer->body.len;
    fetch->part(fetch->ctx, transfer->head.status, part);
}

/* First parts are told, those of what ended among them. Then what ended is delivered, so that a
 * connection can be distrusted before another fetch takes it; then what waits is begun. By the end
 * of a turn all sockets that were ready in it have been served, hence an idle connection on which
 * somebody spoke is severed already. */
static void on_turn(void *ctx)
{
    struct fetch_pool *pool = ctx;
    struct fetch *fetch;
    unsigned turn = ++pool->turn; /* what ends from here on waits for the next */
    while ((fetch = TAILQ_FIRST(&pool->came)))
        fetch_tell(fetch);
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it loses sight of what TAILQ_REMOVE took out */
    while ((fetch = TAILQ_FIRST(&pool->ended)) && fetch->turn != turn) {
        TAILQ_REMOVE(&pool->ended, fetch, link);
        fetch_deliver(fetch);
    }
    struct peer *last = TAILQ_LAST(&pool->stirred, peers), *peer = NULL;
    while (peer != last) {
        peer = TAILQ_FIRST(&pool->stirred);
        TAILQ_REMOVE(&pool->stirred, peer, stirred_link);
        peer->is_stirred = false;
        peer_turn(peer);
    }
    if (!TAILQ_EMPTY(&pool->ended) || !TAILQ_EMPTY(&pool->stirred))
        loop_defer(pool->loop, &pool->turning, on_turn, pool);
}

struct fetch_pool *fetch_pool_new(struct loop *loop, const struct fetch_pool_settings *settings)
{
    struct fetch_pool *pool = die_calloc(1, sizeof *pool);
    pool->loop = loop;
    pool->settings = *settings;
    TAILQ_INIT(&pool->peers);
    TAILQ_INIT(&pool->stirred);
    TAILQ_INIT(&pool->ended);
    TAILQ_INIT(&pool->came);
    return pool;
}

void fetch_pool_free(struct fetch_pool **slot)
{
    struct fetch_pool *pool = *slot;
    struct peer *peer;
    if (!pool)
        return;
    assert(pool->live == 0);
    *slot = NULL;
    while ((peer = TAILQ_FIRST(&pool->peers)))
        peer_free(peer);
    fetch_addresses_clear(&pool->addresses);
    loop_defer_cancel(pool->loop, &pool->turning);
    free(pool);
}

void fetch_pool_resolve(struct fetch_pool *pool, struct str resolve)
{
    struct peer *peer;
    fetch_addresses_set(&pool->addresses, resolve);
    TAILQ_FOREACH(peer, &pool->peers, link)
    if (!TAILQ_EMPTY(&peer->waiting))
        peer_stir(peer);
}

static bool is_among(uint64_t identity, const uint64_t *kept, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (kept[i] == identity)
            return true;
    return false;
}

void fetch_pool_keep(struct fetch_pool *pool, const uint64_t *kept, size_t count)
{
    struct peer *next;
    for (struct peer *peer = TAILQ_FIRST(&pool->peers); peer; peer = next) {
        next = TAILQ_NEXT(peer, link);
        peer->is_unwanted = !is_among(peer->identity, kept, count);
        if (peer->is_unwanted && peer->live == 0)
            peer_free(peer);
    }
}

void fetch_start(struct fetch_pool *pool, const struct fetch_spec *spec, struct fetch **slot,
                 fetch_done_fn *done, void *ctx)
{
    assert(!*slot);
    struct peer *peer = peer_find(pool, spec->target);
    struct fetch *fetch = peer_take(peer);
    fetch->target = spec->target;
    fetch->slot = slot;
    fetch->part = spec->part;
    fetch->done = done;
    fetch->ctx = ctx;
    fetch->told = 0;
    fetch->started = loop_now(pool->loop);
    fetch->ended_at = INSTANT_NEVER;
    fetch->connected_by = spec->connected_by;
    fetch->first_byte_by = spec->first_byte_by;
    fetch->done_by = spec->done_by;
    fetch->silence_ms = spec->silence_ms;
    *slot = fetch;
    fetch->phase = WAITING;
    TAILQ_INSERT_TAIL(&peer->waiting, fetch, link);
    fetch->transfer.came = spec->part ? on_came : NULL;
    if (!fetch_transfer_ask(&fetch->transfer, spec)) {
        fetch_settle(fetch, FETCH_PROTOCOL, "the question cannot be said in HTTP");
    } else if (spec->done_by <= loop_now(pool->loop)) {
        fetch_settle(fetch, FETCH_LATE, "the deadline had passed");
    } else {
        fetch_watch(fetch);
        peer_stir(peer);
    }
}

void fetch_cancel(struct fetch **slot)
{
    struct fetch *fetch = *slot;
    if (!fetch)
        return;
    *slot = NULL;
    if (fetch->phase == ENDED)
        TAILQ_REMOVE(&fetch->peer->pool->ended, fetch, link);
    else
        fetch_leave(fetch);
    peer_give(fetch->peer, fetch);
}

void fetch_distrust(struct fetch_pool *pool)
{
    assert(pool->delivered);
    http1_distrust(&pool->delivered->transfer);
    http2_distrust(&pool->delivered->transfer);
}
