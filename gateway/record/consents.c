/* SPDX-License-Identifier: MIT */
#include "record/consents.h"

#include "base/arena.h"
#include "base/die.h"
#include "base/log.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { ANSWER_MAX = 8 * 1024 * 1024, PRUNE_EVERY_S = 3600, RETRY_MS = 1000 };
#define DAY_MS ((int64_t)24 * 3600 * 1000)

/* Made by a worker, filled by the thread, told of and freed by the worker again. */
struct consent_query {
    struct consent_query *next;
    struct loop *loop;
    struct consent_query **slot; /* the worker's; NULL: cancelled. Touched by the worker alone */
    consent_answer_fn *done;
    void *ctx;

    struct consent_ask ask; /* its texts are copies in the arena */
    struct consent given;
    struct arena *arena;
    struct consent *rows;
    size_t room; /* of rows */
    struct consent_answer answer;
    bool is_answered;
};

struct consents {
    char *path, *postgres;
    struct log_store_spec spec;
    int64_t keep_days;
    struct wall started; /* and when that was by the other clock: */
    instant began;
    struct consent_store *store; /* NULL: opened at a query, */
    instant retry_due;           /* but not before: who waits must not wait for all who try */
    instant prune_due;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct consent_query *first, **last; /* waiting; under the lock, as the next two */
    size_t count;
    bool is_stopping;
};

/* ---- copies ---- */

/* False: arena full. */
static bool copy(struct arena *arena, const struct consent *from, struct consent *to)
{
    struct str *sources = arena_calloc(arena, from->source_count + 1, sizeof *sources);
    *to = *from;
    to->id = arena_copy(arena, from->id);
    to->subject = arena_copy(arena, from->subject);
    to->service = arena_copy(arena, from->service);
    to->sources = sources;
    for (size_t i = 0; sources && i < from->source_count; i++)
        sources[i] = arena_copy(arena, from->sources[i]);
    return !arena_is_full(arena);
}

/* ---- the thread ---- */

static void tell(void *ctx)
{
    struct consent_query *query = ctx;
    if (query->slot) {
        *query->slot = NULL;
        query->done(query->ctx, query->is_answered ? &query->answer : NULL);
    }
    arena_free(&query->arena);
    free(query);
}

static bool take_row(void *ctx, const struct consent *row)
{
    enum { FIRST_ROWS = 16 };
    struct consent_query *query = ctx;
    if (query->answer.count == query->room) {
        size_t room = query->room ? 2 * query->room : FIRST_ROWS;
        struct consent *rows = arena_calloc(query->arena, room, sizeof *rows);
        if (!rows)
            return false;
        if (query->room > 0)
            memcpy(rows, query->rows, query->room * sizeof *rows);
        query->rows = rows;
        query->room = room;
    }
    return copy(query->arena, row, &query->rows[query->answer.count++]);
}

static bool ask_store(struct consent_store *store, struct consent_query *query)
{
    const struct consent_ask *ask = &query->ask;
    bool is_well = false;
    switch (ask->question) {
    case CONSENT_LIST:
        is_well = consent_store_list(store, ask->subject, take_row, query);
        break;
    case CONSENT_FIND:
    case CONSENT_USE:
        is_well = consent_store_find(store, ask->id, take_row, query);
        break;
    case CONSENT_GIVE:
        is_well = consent_store_add(store, ask->given, ask->most, ask->now, &query->answer.is_kept);
        break;
    case CONSENT_WITHDRAW:
        is_well = consent_store_withdraw(store, ask->id, ask->now);
        break;
    }
    query->answer.list = query->rows;
    return is_well && !arena_is_full(query->arena);
}

/* The store is opened anew after each failure. */
static bool has_store(struct consents *consents)
{
    const char *why = NULL;
    if (consents->store)
        return true;
    if (clock_instant() < consents->retry_due)
        return false;
    consents->store = consent_store_open(&consents->spec, &why);
    if (consents->store)
        return true;
    log_error(STR_NONE, "event=consents-unreachable why=\"%s\"", why);
    consents->retry_due = instant_after_ms(clock_instant(), RETRY_MS);
    return false;
}

static void lose_store(struct consents *consents)
{
    log_error(STR_NONE, "event=consents-unreachable why=\"%s\"",
              consent_store_why(consents->store));
    consent_store_close(&consents->store);
}

static void answer(struct consents *consents, struct consent_query *query)
{
    query->is_answered = has_store(consents) && ask_store(consents->store, query);
    if (!query->is_answered && consents->store)
        lose_store(consents);
}

/* The citizen sees when it was used, to the minute: a write for each use would cost more than the
 * use. */
static bool is_use_due(const struct consent_query *query)
{
    const struct consent *consent = query->answer.count > 0 ? &query->rows[0] : NULL;
    return query->is_answered && query->ask.question == CONSENT_USE && consent &&
           consent_state(consent, query->ask.now) == CONSENT_ACTIVE &&
           (!consent->used.known ||
            query->ask.now.unix_ms - consent->used.unix_ms >= CONSENT_USED_MS);
}

static void note_use(struct consents *consents, struct str id, struct wall now)
{
    if (!consent_store_use(consents->store, id, now))
        lose_store(consents);
}

/* No clock that jumps ahead while we run makes the store forget. */
static struct wall retention_limit(const struct consents *consents)
{
    int64_t wall = clock_wall().unix_ms;
    int64_t passed = (clock_instant() - consents->began) / INSTANT_PER_MS;
    int64_t lived = consents->started.unix_ms + passed + DAY_MS;
    int64_t now = lived < wall ? lived : wall;
    return (struct wall){now - consents->keep_days * DAY_MS, true};
}

static void prune(struct consents *consents)
{
    size_t count = 0;
    consents->prune_due = instant_after_ms(clock_instant(), PRUNE_EVERY_S * 1000);
    if (!has_store(consents))
        return;
    if (!consent_store_prune(consents->store, retention_limit(consents), &count))
        lose_store(consents);
    else if (count > 0)
        log_info(STR_NONE, "event=consents-deleted count=%zu", count);
}

/* Until there is something to do; under the lock. */
static void wait_for_work(struct consents *consents)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += instant_left_ms(clock_instant(), consents->prune_due) / 1000 + 1;
    int late = 0;
    while (!consents->first && !consents->is_stopping && late == 0)
        late = pthread_cond_timedwait(&consents->wake, &consents->lock, &until);
}

/* NULL: none waits. Under the lock. */
static struct consent_query *take(struct consents *consents)
{
    struct consent_query *query = consents->first;
    if (!query)
        return NULL;
    consents->first = query->next;
    if (!consents->first)
        consents->last = &consents->first;
    consents->count--;
    return query;
}

/* The worker is told first, and frees the query: what is needed afterwards is copied. */
static void serve(struct consents *consents, struct consent_query *query)
{
    char id[UUID_TEXT] = "";
    answer(consents, query);
    bool is_due = is_use_due(query) && query->ask.id.len < sizeof id;
    struct wall now = query->ask.now;
    if (is_due)
        memcpy(id, query->ask.id.at, query->ask.id.len);
    loop_post(query->loop, tell, query);
    if (is_due)
        note_use(consents, str_of(id), now);
}

static void *consents_main(void *ctx)
{
    struct consents *consents = ctx;
    pthread_mutex_lock(&consents->lock);
    for (;;) {
        wait_for_work(consents);
        struct consent_query *query = take(consents);
        bool is_stopping = consents->is_stopping;
        if (!query && is_stopping)
            break;
        pthread_mutex_unlock(&consents->lock);
        if (query && is_stopping)
            loop_post(query->loop, tell, query);
        else if (query)
            serve(consents, query);
        if (!is_stopping && clock_instant() >= consents->prune_due)
            prune(consents);
        pthread_mutex_lock(&consents->lock);
    }
    pthread_mutex_unlock(&consents->lock);
    return NULL;
}

/* ---- starting and stopping ---- */

struct consents *consents_start(const struct log_store_spec *store, int64_t keep_days)
{
    struct consents *consents = die_calloc(1, sizeof *consents);
    pthread_condattr_t by_monotonic;
    consents->path = die_strdup(store->sqlite);
    consents->postgres = store->postgres ? die_strdup(store->postgres) : NULL;
    consents->spec =
        (struct log_store_spec){.sqlite = consents->path, .postgres = consents->postgres};
    consents->keep_days = keep_days;
    consents->started = clock_wall();
    consents->began = consents->prune_due = clock_instant();
    consents->last = &consents->first;
    pthread_mutex_init(&consents->lock, NULL);
    pthread_condattr_init(&by_monotonic);
    pthread_condattr_setclock(&by_monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&consents->wake, &by_monotonic);
    pthread_condattr_destroy(&by_monotonic);
    if (pthread_create(&consents->thread, NULL, consents_main, consents) != 0)
        die("cannot start the thread of consents");
    return consents;
}

void consents_stop(struct consents **slot)
{
    struct consents *consents = *slot;
    if (!consents)
        return;
    pthread_mutex_lock(&consents->lock);
    consents->is_stopping = true;
    pthread_cond_signal(&consents->wake);
    pthread_mutex_unlock(&consents->lock);
    pthread_join(consents->thread, NULL);
    consent_store_close(&consents->store);
    pthread_cond_destroy(&consents->wake);
    pthread_mutex_destroy(&consents->lock);
    free(consents->path);
    free(consents->postgres);
    free(consents);
    *slot = NULL;
}

/* ---- a worker's side ---- */

static struct consent_query *make_query(const struct consent_ask *ask)
{
    struct consent_query *query = die_calloc(1, sizeof *query);
    query->arena = arena_new(ANSWER_MAX);
    query->ask = *ask;
    query->ask.subject = arena_copy(query->arena, ask->subject);
    query->ask.id = arena_copy(query->arena, ask->id);
    if (ask->given && !copy(query->arena, ask->given, &query->given))
        die("a consent does not fit into its own memory");
    query->ask.given = ask->given ? &query->given : NULL;
    return query;
}

bool consent_query_start(struct consents *consents, struct loop *loop,
                         const struct consent_ask *ask, struct consent_query **slot,
                         consent_answer_fn *done, void *ctx)
{
    pthread_mutex_lock(&consents->lock);
    bool has_room = consents->count < CONSENT_QUERIES_MAX;
    consents->count += has_room;
    pthread_mutex_unlock(&consents->lock);
    if (!has_room)
        return false;
    struct consent_query *query = make_query(ask);
    query->loop = loop;
    query->slot = slot;
    query->done = done;
    query->ctx = ctx;
    *slot = query;
    pthread_mutex_lock(&consents->lock);
    *consents->last = query;
    consents->last = &query->next;
    pthread_cond_signal(&consents->wake);
    pthread_mutex_unlock(&consents->lock);
    return true;
}

void consent_query_cancel(struct consent_query **slot)
{
    if (*slot)
        (*slot)->slot = NULL;
    *slot = NULL;
}
