/* SPDX-License-Identifier: MIT */
#include "net/fetch.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "base/die.h"
#include "net/fetch_addresses.h"
#include "net/fetch_transfer.h"

enum { SPARES_MAX = 256 }; /* handles kept per target */

/* A fetch is in exactly one of these; fetch_settle alone leads to ENDED. */
enum phase {
    SPARE,     /* in peer->spares: its handle keeps its options for the next fetch */
    WAITING,   /* in peer->waiting: for the end of this turn, or for room */
    RUNNING,   /* libcurl works on it */
    ENDED,     /* in pool->ended: to be delivered */
    DELIVERED, /* `done` is being called */
};

TAILQ_HEAD(fetches, fetch);
TAILQ_HEAD(peers, peer);

struct fetch {
    TAILQ_ENTRY(fetch) link;
    enum phase phase;
    struct peer *peer;
    struct fetch_transfer transfer;
    bool is_attached; /* to the peer's multi handle */
    const struct fetch_target *target;
    struct fetch **slot;
    fetch_done_fn *done;
    void *ctx;
    instant connected_by, first_byte_by, done_by;
    unsigned silence_ms;
    struct timer timer;
    enum fetch_status status;
    const char *why;
    unsigned turn; /* of the pool, when it ended */
};

/* A target as the pool knows it. It has a multi handle of its own: so its connections, its TLS and
 * its address cache can never serve another target, whatever libcurl thinks is equal. */
struct peer {
    TAILQ_ENTRY(peer) link, stirred_link;
    struct fetch_pool *pool;
    uint64_t identity;
    CURLM *multi;
    struct fetch_server server;
    struct curl_slist resolve; /* what the multi handle's address cache was last told */
    unsigned resolve_version;  /* of the pool's addresses, then */
    struct fetches waiting, spares;
    unsigned running, spare_count, live;
    bool is_stirred;
    bool is_due;      /* libcurl wants to be called */
    bool is_unwanted; /* dropped by fetch_pool_keep; goes with its last fetch */
    struct timer timer;
    bool has_timeout; /* libcurl has just said when it wants to be called */
    long timeout_ms;
};

struct fetch_pool {
    struct loop *loop;
    struct fetch_pool_settings settings;
    struct fetch_sockets *sockets;
    struct peers peers, stirred;
    struct fetches ended;
    struct deferred turning;
    unsigned turn;
    size_t live; /* fetches that their owners know of */
    struct fetch_addresses addresses;
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
    if (fetch->is_attached)
        curl_multi_remove_handle(fetch->peer->multi, fetch->transfer.easy);
    fetch->is_attached = false;
}

/* Out of the line, or off libcurl's hands. */
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
    fetch->turn = pool->turn;
    TAILQ_INSERT_TAIL(&pool->ended, fetch, link);
    loop_defer(pool->loop, &pool->turning, on_turn, pool);
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

static void peer_after(struct peer *peer);

static void on_deadline(void *ctx)
{
    struct fetch *fetch = ctx;
    struct peer *peer = fetch->peer;
    enum fetch_status late;
    if (fetch_deadline(fetch, &late) > loop_now(peer->pool->loop)) {
        fetch_watch(fetch);
        return;
    }
    fetch_detach(fetch);
    fetch_settle(fetch, late, "the deadline passed");
    peer_after(peer);
}

/* Tells the address cache, which all transfers of the peer share, what the resolver has found. */
static void peer_resolve(struct peer *peer, CURL *easy)
{
    const struct fetch_addresses *addresses = &peer->pool->addresses;
    if (peer->resolve_version == addresses->version)
        return;
    peer->resolve_version = addresses->version;
    const char *text = fetch_addresses_find(addresses, str_of(peer->server.name));
    if (!text)
        return;
    free(peer->resolve.data);
    peer->resolve.data = die_strdup(text);
    curl_easy_setopt(easy, CURLOPT_RESOLVE, &peer->resolve);
}

static void fetch_begin(struct fetch *fetch)
{
    struct peer *peer = fetch->peer;
    struct fetch_pool *pool = peer->pool;
    CURL *easy = fetch->transfer.easy;
    bool is_full = fetch_sockets_count(pool->sockets) > pool->settings.connections_max;
    peer_resolve(peer, easy);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, (long)fetch->target->no_reuse);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, (long)(fetch->target->no_reuse || is_full));
    TAILQ_REMOVE(&peer->waiting, fetch, link);
    fetch->phase = RUNNING;
    peer->running++;
    fetch->is_attached = curl_multi_add_handle(peer->multi, easy) == CURLM_OK;
    if (!fetch->is_attached)
        fetch_settle(fetch, FETCH_UNREACHABLE, "no memory for the transfer");
}

/* --- peers: where libcurl works ------------------------------------------------------------------
 */

static int on_curl_timer(CURLM *multi, long timeout_ms, void *ctx)
{
    (void)multi;
    struct peer *peer = ctx;
    peer->has_timeout = true;
    peer->timeout_ms = timeout_ms;
    return 0;
}

/* The easy handle that comes with it may be one of libcurl's own: never used. */
static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *assigned)
{
    (void)easy, (void)assigned;
    struct peer *peer = ctx;
    bool is_removed = what == CURL_POLL_REMOVE;
    fetch_sockets_watch(peer->pool->sockets, fd, peer, !is_removed && (what & CURL_POLL_IN),
                        !is_removed && (what & CURL_POLL_OUT));
    return 0;
}

static void on_peer_timer(void *ctx)
{
    struct peer *peer = ctx;
    peer->is_due = true;
    peer_stir(peer);
}

/* After every call that lets libcurl work: acts on what it noted. */
static void peer_after(struct peer *peer)
{
    struct loop *loop = peer->pool->loop;
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(peer->multi, &left))) {
        struct fetch *fetch;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&fetch);
        enum fetch_status status = fetch_transfer_judge(&fetch->transfer, code);
        fetch_settle(fetch, status, status == FETCH_OK ? "" : fetch->transfer.why);
    }
    if (!peer->has_timeout)
        return;
    peer->has_timeout = false;
    timer_cancel(loop, &peer->timer);
    if (peer->timeout_ms == 0)
        on_peer_timer(peer);
    else if (peer->timeout_ms > 0)
        timer_start(loop, &peer->timer, instant_after_ms(loop_now(loop), peer->timeout_ms),
                    on_peer_timer, peer);
}

static void on_ready(void *owner, int fd, bool readable, bool writable)
{
    struct peer *peer = owner;
    int running;
    curl_multi_socket_action(peer->multi, fd,
                             (readable ? CURL_CSELECT_IN : 0) | (writable ? CURL_CSELECT_OUT : 0),
                             &running);
    peer_after(peer);
}

static bool peer_has_room(const struct peer *peer, const struct fetch *fetch)
{
    unsigned most = fetch->target->connections_max;
    return most == 0 || peer->running < most;
}

static void peer_turn(struct peer *peer)
{
    struct fetch *fetch;
    int running;
    while ((fetch = TAILQ_FIRST(&peer->waiting)) && peer_has_room(peer, fetch)) {
        fetch_begin(fetch);
        peer->is_due = true;
    }
    if (!peer->is_due)
        return;
    peer->is_due = false;
    curl_multi_socket_action(peer->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    peer_after(peer);
}

static CURLM *multi_new(struct peer *peer, unsigned connections_max)
{
    CURLM *multi = curl_multi_init();
    if (!multi)
        die("no memory for a target");
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, peer);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, peer);
    /* Without it libcurl keeps four connections per transfer now under way, and closes the rest. */
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)connections_max);
    curl_multi_setopt(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, 100L);
    return multi;
}

static struct peer *peer_new(struct fetch_pool *pool, const struct fetch_target *target)
{
    struct peer *peer = die_calloc(1, sizeof *peer);
    peer->pool = pool;
    peer->identity = target->identity;
    peer->server = (struct fetch_server){
        .loop = pool->loop,
        .sockets = pool->sockets,
        .owner = peer,
        .settings = &pool->settings,
    };
    fetch_server_init(&peer->server, target);
    peer->multi = multi_new(peer, pool->settings.connections_max);
    TAILQ_INIT(&peer->waiting);
    TAILQ_INIT(&peer->spares);
    TAILQ_INSERT_TAIL(&pool->peers, peer, link);
    return peer;
}

static void fetch_free(struct fetch *fetch)
{
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
    curl_multi_cleanup(peer->multi);
    timer_cancel(pool->loop, &peer->timer);
    if (peer->is_stirred)
        TAILQ_REMOVE(&pool->stirred, peer, stirred_link);
    TAILQ_REMOVE(&pool->peers, peer, link);
    fetch_server_clear(&peer->server);
    free(peer->resolve.data);
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

static struct fetch *peer_take(struct peer *peer, const struct fetch_target *target)
{
    struct fetch *fetch = TAILQ_FIRST(&peer->spares);
    if (fetch) {
        TAILQ_REMOVE(&peer->spares, fetch, link);
        peer->spare_count--;
    } else {
        fetch = die_calloc(1, sizeof *fetch);
        fetch->peer = peer;
        fetch_transfer_init(&fetch->transfer, &peer->server, target, fetch);
    }
    peer->is_unwanted = false;
    peer->live++;
    peer->pool->live++;
    return fetch;
}

/* Takes a fetch back that nobody knows of any more. */
static void peer_give(struct peer *peer, struct fetch *fetch)
{
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
    else
        peer_after(peer);
}

/* --- the pool ------------------------------------------------------------------------------------
 */

/* A fetch that ended stays attached until it has been delivered: only so long can libcurl say which
 * connection it was. */
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
        .why = fetch->why,
    };
    fetch->phase = DELIVERED;
    *fetch->slot = NULL;
    pool->delivered = fetch;
    fetch->done(fetch->ctx, &result);
    pool->delivered = NULL;
    peer_give(fetch->peer, fetch);
}

/* First what ended is delivered, so that a connection can be distrusted before another fetch takes
 * it; then what waits is begun. By the end of a turn all sockets that were ready in it have been
 * served, hence an idle connection on which somebody spoke is severed already. */
static void on_turn(void *ctx)
{
    struct fetch_pool *pool = ctx;
    struct fetch *fetch;
    unsigned turn = ++pool->turn; /* what ends from here on waits for the next */
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

static void global_init(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        die("libcurl does not start");
}

struct fetch_pool *fetch_pool_new(struct loop *loop, const struct fetch_pool_settings *settings)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, global_init);
    struct fetch_pool *pool = die_calloc(1, sizeof *pool);
    pool->loop = loop;
    pool->settings = *settings;
    pool->sockets = fetch_sockets_new(loop, on_ready);
    TAILQ_INIT(&pool->peers);
    TAILQ_INIT(&pool->stirred);
    TAILQ_INIT(&pool->ended);
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
    fetch_sockets_free(&pool->sockets);
    free(pool);
}

void fetch_pool_resolve(struct fetch_pool *pool, struct str resolve)
{
    fetch_addresses_set(&pool->addresses, resolve);
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
    struct fetch *fetch = peer_take(peer, spec->target);
    fetch->target = spec->target;
    fetch->slot = slot;
    fetch->done = done;
    fetch->ctx = ctx;
    fetch->connected_by = spec->connected_by;
    fetch->first_byte_by = spec->first_byte_by;
    fetch->done_by = spec->done_by;
    fetch->silence_ms = spec->silence_ms;
    *slot = fetch;
    fetch->phase = WAITING;
    TAILQ_INSERT_TAIL(&peer->waiting, fetch, link);
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
    curl_socket_t fd = CURL_SOCKET_BAD;
    if (pool->delivered->is_attached)
        curl_easy_getinfo(pool->delivered->transfer.easy, CURLINFO_ACTIVESOCKET, &fd);
    if (fd != CURL_SOCKET_BAD)
        fetch_sockets_sever(pool->sockets, fd);
}
