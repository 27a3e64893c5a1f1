/* SPDX-License-Identifier: MIT */
/* worker: one thread: its loop, its door, its calls to the sources, its cache of tokens. Nothing of
 * it is shared but what `struct shared` names; a new configuration or key set comes in through the
 * loop and is taken between two requests. */
#ifndef SERVE_WORKER_H
#define SERVE_WORKER_H

#include "identity/consent_token.h"
#include "identity/token_cache.h"
#include "net/http.h"
#include "overview/fanout.h"
#include "record/access_log.h"
#include "record/access_reader.h"
#include "record/consents.h"
#include "record/explain.h"
#include "record/pseudonym.h"
#include "record/store.h"
#include "serve/counters.h"
#include "serve/registrar.h"

#include <stdatomic.h>

/* What all workers use: each is safe to use from any thread, or constant. */
struct shared {
    struct health *health;
    struct access_log *access_log;
    struct classification_misses *misses;
    struct explain *explain;
    struct assertion_signer *signer;
    char certificate[44]; /* x5t#S256 of our client certificate; "": none */
    struct pseudonym_key pseudonym_key;
    struct str handle_key;   /* hex */
    struct str consent_keys; /* hex, a line each; STR_NONE: no service reads by consent */
    struct store *store;     /* what outlives the process */
    struct access_reader *access_reader;
    struct registrar *registrar; /* of what owners have handed in */
    struct trials *trials;       /* of their conformance; NULL: no sources are taken from them */
    struct consents *consents;
    void (*want_keys)(void *ctx, size_t issuer); /* an unknown kid was seen; thread-safe */
    void *want_keys_ctx;
    void (*switched_off)(void *ctx, struct str source, struct str cvr); /* thread-safe */
    void *switched_ctx;
    /* Has the configuration read again; the report with this ticket or a later one tells. */
    uint64_t (*want_reload)(void *ctx); /* thread-safe */
    void *want_reload_ctx;
    _Atomic uint64_t reloads_wanted;
    uint16_t tls_port, plain_port; /* where the door listens; 0: it does not */
    atomic_bool is_draining;
    atomic_bool has_keys; /* a usable key set for every issuer */
};

/* What fan-outs on this loop share, misses not counted. env.handles is the caller's to free. */
struct fanout_env shared_env(struct shared *shared, struct loop *loop, struct fetch_pool *pool,
                             struct uuid_source *uuids, struct arena *scratch);

struct worker {
    struct shared *shared;
    struct loop *loop;
    struct http_server *server;
    struct fetch_pool *pool;
    struct token_cache *tokens;
    struct consent_sealer *consents; /* NULL: no service reads by consent */
    struct uuid_source uuids;
    struct arena *scratch;
    struct fanout_env env;

    struct snapshot *snapshot;    /* the newest; a request holds its own reference */
    struct token_issuer *issuers; /* one per profile of the snapshot */
    uint64_t epoch;               /* counts changes of snapshot and keys */

    struct arena *idle_arenas[64]; /* for the next requests */
    size_t idle_arena_count;
    struct timer sweep; /* of the token cache */
    struct timer lag;   /* measures how late the loop is */
    struct counters *counters;
    size_t lookups;           /* under way */
    _Atomic uint64_t shed[2]; /* refused at the door: interactive, of the background */
};

/* On the calling thread, before the loop runs. Takes its own reference of the snapshot. */
struct worker *worker_new(struct shared *shared, struct snapshot *snapshot);
/* After the loop has stopped. */
void worker_free(struct worker **worker);

/* From the worker's own loop (see loop_post): */
void worker_use_snapshot(struct worker *worker, struct snapshot *snapshot); /* takes a reference */
void worker_use_keys(struct worker *worker, size_t issuer, struct key_set *keys); /* likewise */

/* Memory for one request. */
struct arena *worker_take_arena(struct worker *worker);
void worker_give_arena(struct worker *worker, struct arena *arena);

#endif
