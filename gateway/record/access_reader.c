/* SPDX-License-Identifier: MIT */
#include "record/access_reader.h"

#include "base/arena.h"
#include "base/die.h"
#include "base/log.h"

#include <pthread.h>
#include <stdlib.h>

/* Made by a worker, filled by the reader, told of and freed by the worker again. */
struct access_query {
    struct access_query *next;
    struct loop *loop;
    struct access_query **slot;    /* the worker's; NULL: cancelled. Touched by the worker alone */
    access_report_fn *report_done; /* of a report, and nothing of the rest */
    struct report *report;
    void *ctx;
    bool is_read;

    access_log_page_fn *page_done; /* of a page of the whole record; NULL: of one person's */
    struct log_page_ask page_ask;
    struct log_page whole_page;

    access_page_fn *done;
    struct access_ask ask; /* its texts and pseudonyms are copies in the arena */
    struct pseudonym_set persons;
    struct arena *arena;
    struct access_view *entries;
    struct access_page page;
    size_t passed; /* entries that fit, so far */
    bool is_full, is_wrong;
};

struct access_reader {
    char *path, *postgres;
    struct log_store_spec spec;
    struct log_store *store; /* NULL: opened at the next query */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct access_query *first, **last; /* waiting; under the lock, as the next two */
    size_t count;
    bool is_stopping;
};

/* ---- the reader's thread ---- */

static void tell(void *ctx)
{
    struct access_query *query = ctx;
    if (query->slot) {
        *query->slot = NULL;
        if (query->report_done) {
            query->report_done(query->ctx, query->is_read ? query->report : NULL);
            query->report = query->is_read ? NULL : query->report;
        } else if (query->page_done) {
            query->page_done(query->ctx, query->is_read ? &query->whole_page : NULL);
        } else {
            query->done(query->ctx, query->is_read ? &query->page : NULL);
        }
    }
    report_free(&query->report);
    snapshot_unref(&query->page_ask.snapshot);
    buf_clear(&query->whole_page.entries);
    arena_free(&query->arena);
    free(query);
}

static bool is_event(struct str body, struct str member)
{
    return body.at && str_find(body, member) < body.len;
}

/* Does it belong to the time and kind that is asked for? */
static bool fits(const struct access_query *query, const struct log_row *row)
{
    const struct access_ask *ask = &query->ask;
    return is_event(row->body, STR("\"event\":\"intent\"")) &&
           (!ask->from.known || row->time_ms >= ask->from.unix_ms) &&
           (!ask->to.known || row->time_ms < ask->to.unix_ms);
}

static bool take_intent(void *ctx, const struct log_row *row)
{
    struct access_query *query = ctx;
    if (!fits(query, row))
        return true;
    size_t place = query->passed++;
    if (place >= query->ask.skip && query->page.count < query->ask.limit) {
        struct str body = arena_copy(query->arena, row->body);
        query->is_wrong =
            query->is_wrong ||
            !access_view_intent(body, query->arena, &query->entries[query->page.count++]);
    } else if (place >= query->ask.skip) {
        query->page.has_more = true;
    }
    query->is_full = query->page.has_more && !query->ask.is_counted;
    return !query->is_full && query->passed < ACCESS_TOTAL_MAX;
}

struct outcome_search {
    struct access_query *query;
    struct access_view *entry;
};

static bool take_outcome(void *ctx, const struct log_row *row)
{
    struct outcome_search *search = ctx;
    if (!is_event(row->body, STR("\"event\":\"outcome\"")))
        return true;
    struct str body = arena_copy(search->query->arena, row->body);
    search->query->is_wrong =
        search->query->is_wrong || !access_view_outcome(body, search->query->arena, search->entry);
    return false;
}

static bool read_page(struct log_store *store, struct access_query *query)
{
    const struct pseudonym_set *persons = query->ask.persons;
    for (size_t i = 0; i < persons->count && !query->is_full; i++)
        if (!log_store_person(store, str_of(persons->at[i]), false, query->ask.before, take_intent,
                              query))
            return false;
    for (size_t i = 0; i < query->page.count; i++) {
        struct outcome_search search = {query, &query->entries[i]};
        if (!log_store_receipt(store, query->entries[i].receipt, take_outcome, &search))
            return false;
    }
    query->page.entries = query->entries;
    query->page.total = query->passed;
    return !query->is_wrong && !arena_is_full(query->arena);
}

static bool read_report(struct log_store *store, struct access_query *query)
{
    return log_store_counts(store, query->report->month, report_take, query->report) &&
           !query->report->is_full;
}

static bool read_whole_page(struct log_store *store, struct access_query *query)
{
    return log_page_read(store, &query->page_ask, &query->whole_page);
}

static void answer(struct access_reader *reader, struct access_query *query)
{
    const char *why = NULL;
    if (!reader->store)
        reader->store = log_store_open(&reader->spec, &why);
    query->is_read = reader->store && (query->report      ? read_report
                                       : query->page_done ? read_whole_page
                                                          : read_page)(reader->store, query);
    if (!query->is_read) {
        log_error(STR_NONE, "event=access-log-unreadable why=\"%s\"",
                  reader->store ? "a record is not as expected, or too much" : why);
        log_store_close(&reader->store);
    }
}

static void *reader_main(void *ctx)
{
    struct access_reader *reader = ctx;
    pthread_mutex_lock(&reader->lock);
    for (;;) {
        while (!reader->first && !reader->is_stopping)
            pthread_cond_wait(&reader->wake, &reader->lock);
        struct access_query *query = reader->first;
        if (!query)
            break;
        reader->first = query->next;
        if (!reader->first)
            reader->last = &reader->first;
        reader->count--;
        bool is_wanted = !reader->is_stopping;
        pthread_mutex_unlock(&reader->lock);
        if (is_wanted)
            answer(reader, query);
        loop_post(query->loop, tell, query);
        pthread_mutex_lock(&reader->lock);
    }
    pthread_mutex_unlock(&reader->lock);
    return NULL;
}

/* ---- starting and stopping ---- */

struct access_reader *access_reader_start(const struct log_store_spec *store)
{
    struct access_reader *reader = die_calloc(1, sizeof *reader);
    reader->spec = *store;
    reader->path = die_strdup(store->sqlite);
    reader->spec.sqlite = reader->path;
    reader->postgres = store->postgres ? die_strdup(store->postgres) : NULL;
    reader->spec.postgres = reader->postgres;
    reader->spec.node = STR_NONE; /* it only reads */
    reader->last = &reader->first;
    pthread_mutex_init(&reader->lock, NULL);
    pthread_cond_init(&reader->wake, NULL);
    if (pthread_create(&reader->thread, NULL, reader_main, reader) != 0)
        die("cannot start the access log's reader");
    return reader;
}

void access_reader_stop(struct access_reader **slot)
{
    struct access_reader *reader = *slot;
    if (!reader)
        return;
    pthread_mutex_lock(&reader->lock);
    reader->is_stopping = true;
    pthread_cond_signal(&reader->wake);
    pthread_mutex_unlock(&reader->lock);
    pthread_join(reader->thread, NULL);
    log_store_close(&reader->store);
    pthread_cond_destroy(&reader->wake);
    pthread_mutex_destroy(&reader->lock);
    free(reader->path);
    free(reader->postgres);
    free(reader);
    *slot = NULL;
}

/* ---- a worker's side ---- */

static struct access_query *make_query(const struct access_ask *ask)
{
    struct access_query *query = die_calloc(1, sizeof *query);
    query->arena = arena_new(ACCESS_PAGE_MAX);
    query->ask = *ask;
    query->ask.limit = ask->limit < ACCESS_ENTRIES_MAX ? ask->limit : ACCESS_ENTRIES_MAX;
    query->ask.before = arena_copy(query->arena, ask->before);
    query->entries = arena_calloc(query->arena, query->ask.limit + 1, sizeof *query->entries);
    query->persons.count = ask->persons->count;
    query->persons.at =
        arena_calloc(query->arena, ask->persons->count + 1, sizeof *query->persons.at);
    if (!query->entries || !query->persons.at)
        die("an access query does not fit into its own memory");
    memcpy(query->persons.at, ask->persons->at, ask->persons->count * sizeof *query->persons.at);
    query->ask.persons = &query->persons;
    return query;
}

/* False: too many wait already. */
static bool take_place(struct access_reader *reader)
{
    pthread_mutex_lock(&reader->lock);
    bool has_room = reader->count < ACCESS_QUERIES_MAX;
    reader->count += has_room;
    pthread_mutex_unlock(&reader->lock);
    return has_room;
}

static void enqueue(struct access_reader *reader, struct access_query *query, struct loop *loop,
                    struct access_query **slot, void *ctx)
{
    query->loop = loop;
    query->slot = slot;
    query->ctx = ctx;
    *slot = query;
    pthread_mutex_lock(&reader->lock);
    *reader->last = query;
    reader->last = &query->next;
    pthread_cond_signal(&reader->wake);
    pthread_mutex_unlock(&reader->lock);
}

bool access_query_start(struct access_reader *reader, struct loop *loop,
                        const struct access_ask *ask, struct access_query **slot,
                        access_page_fn *done, void *ctx)
{
    if (!take_place(reader))
        return false;
    struct access_query *query = make_query(ask);
    query->done = done;
    enqueue(reader, query, loop, slot, ctx);
    return true;
}

bool access_page_start(struct access_reader *reader, struct loop *loop,
                       const struct log_page_ask *ask, struct access_query **slot,
                       access_log_page_fn *done, void *ctx)
{
    if (!take_place(reader))
        return false;
    struct access_query *query = die_calloc(1, sizeof *query);
    query->page_ask = *ask;
    query->page_ask.snapshot = snapshot_ref(ask->snapshot);
    query->page_done = done;
    enqueue(reader, query, loop, slot, ctx);
    return true;
}

bool access_report_start(struct access_reader *reader, struct loop *loop, struct report *report,
                         struct access_query **slot, access_report_fn *done, void *ctx)
{
    if (!take_place(reader)) {
        report_free(&report);
        return false;
    }
    struct access_query *query = die_calloc(1, sizeof *query);
    query->report = report;
    query->report_done = done;
    enqueue(reader, query, loop, slot, ctx);
    return true;
}

void access_query_cancel(struct access_query **slot)
{
    if (*slot)
        (*slot)->slot = NULL;
    *slot = NULL;
}
