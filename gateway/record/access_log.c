/* SPDX-License-Identifier: MIT */
#include "record/access_log.h"

#include "base/die.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/writer.h"
#include "record/checkpoint.h"
#include "record/log_check.h"
#include "record/log_entry.h"
#include "record/report_count.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BATCH_MAX = 512, PROBE_EVERY_MS = 1000, PROBE_DOUBLINGS = 3, RECORD_MAX = 4 * 1024 * 1024 };

/* Deletion goes in small steps, so that no record waits long behind one. */
enum { PRUNE_STEP = 1000, PRUNE_PAUSE_MS = 50, PRUNE_EVERY_MS = 3600 * 1000 };
#define DAY_MS        ((int64_t)24 * 3600 * 1000)
/* In an hour no more than this goes, from the oldest record on: of a clock that was wrong by years
 * the record loses what would have gone in a week anyway, and somebody has the time to see it. */
#define PRUNE_SPAN_MS (7 * DAY_MS)

/* How long the writer lets company come together before it writes and syncs. Somebody waits for an
 * append, but hardly ever for it alone: the sources are asked meanwhile. Nobody waits for a note.
 */
enum { APPENDS_GATHER_MS = 3, NOTES_GATHER_MS = 100 };

/* Made by a worker, written by the writer, told of and freed by the worker again. */
struct access_append {
    struct access_append *next;
    struct loop *loop;
    struct access_append **slot; /* the worker's; NULL: cancelled. Touched by the worker alone */
    access_done_fn *done;        /* NULL: nobody waits */
    void *ctx;
    bool is_durable;
    size_t len;
    char line[];
};

struct access_log {
    struct access_log_spec spec; /* its texts are the next three */
    char *path, *node, *postgres;

    /* the writer's own */
    struct log_store *store;        /* NULL: a call failed; it is opened anew */
    struct chain_frontier frontier; /* of what is committed */
    struct chain_hash previous;     /* the newest leaf */
    uint64_t signed_size;           /* by the newest checkpoint */
    instant sign_due, prune_due;    /* INSTANT_NEVER: nothing to do */
    int64_t prune_until_ms;         /* records of this run are older; 0: it has not begun */
    unsigned refusals;              /* of the store to be opened, one after the other */
    int64_t newest_ms;              /* the newest record's time when the store was opened first, */
    instant opened;                 /* and when that was */
    struct arena *arena;
    struct buf body, line;
    struct report_count *count; /* what the transaction adds to the monthly reports */

    pthread_t writer;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct access_append *first, **last; /* waiting; under the lock, as the next two */
    bool is_waited_for;                  /* one of them is more than a note */
    bool is_closing;
    atomic_bool is_well;
    atomic_size_t queued; /* handed in and not written yet */
};

/* ---- the writer's thread ---- */

static void tell(void *ctx)
{
    struct access_append *append = ctx;
    if (append->slot) {
        *append->slot = NULL;
        append->done(append->ctx, append->is_durable);
    }
    free(append);
}

/* ---- the chain ---- */

static bool read_hash(void *ctx, unsigned level, uint64_t index, struct chain_hash *hash)
{
    struct access_log *log = ctx;
    return log_store_hash(log->store, log->spec.store.node, level, index, hash);
}

static bool take_signed_size(void *ctx, const struct log_checkpoint *checkpoint)
{
    *(uint64_t *)ctx = checkpoint->size;
    return false;
}

/* Where the committed chain ends. */
static bool read_head(struct access_log *log)
{
    struct str node = log->spec.store.node;
    const struct chain_reader reader = {read_hash, log};
    uint64_t size = 0;
    log->previous = (struct chain_hash){0};
    log->signed_size = 0;
    if (!log_store_size(log->store, node, &size) ||
        !chain_frontier_read(&reader, size, &log->frontier) ||
        (size > 0 && !read_hash(log, 0, size - 1, &log->previous)) ||
        !log_store_newest(log->store, node, take_signed_size, &log->signed_size))
        return false;
    log->sign_due = size > log->signed_size ? clock_instant() : INSTANT_NEVER;
    return true;
}

/* What is under way in one transaction. */
struct transaction {
    struct access_log *log;
    struct chain_frontier frontier;
    struct chain_hash previous;
    bool is_well;
};

static void keep_hash(void *ctx, unsigned level, uint64_t index, const struct chain_hash *hash)
{
    struct transaction *work = ctx;
    work->is_well = work->is_well && log_store_keep(work->log->store, level, index, hash);
}

/* False: this line is no record; the transaction goes on. */
static bool add_line(struct transaction *work, struct str line)
{
    struct access_log *log = work->log;
    struct log_row row;
    arena_reset(log->arena);
    if (!log_entry_make(line, log->spec.store.node, work->frontier.size, &work->previous,
                        log->arena, &log->body, &row)) {
        log_error(STR_NONE, "event=access-log-refused len=%zu action=\"report this fault\"",
                  line.len);
        return false;
    }
    work->is_well =
        work->is_well && log_store_add(log->store, &row) && report_count_take(log->count, line);
    chain_add(&work->frontier, &row.leaf, keep_hash, work);
    work->previous = row.leaf;
    return true;
}

/* Begins a transaction, in a store that is opened anew when it has to be. From here on nobody else
 * appends; a command may have done so since the last one. */
static bool begin(struct access_log *log, struct transaction *work)
{
    const char *why = NULL;
    struct log_store_spec spec = log->spec.store;
    uint64_t size = 0;
    spec.is_unchecked = true;
    bool is_new = !log->store;
    if (is_new) {
        log->store = log_store_open(&spec, &why);
        log->refusals = log->store ? 0 : log->refusals + 1;
    }
    if (!log->store || !log_store_begin(log->store) ||
        !log_store_size(log->store, spec.node, &size) ||
        ((is_new || size != log->frontier.size) && !read_head(log)))
        return false;
    report_count_begin(log->count);
    *work = (struct transaction){log, log->frontier, log->previous, true};
    return true;
}

static bool take_other(void *ctx, const struct log_checkpoint *checkpoint)
{
    struct buf *others = ctx;
    struct checkpoint_head head;
    if (checkpoint_parse(checkpoint->text, &head))
        checkpoint_add_other(others, &head.own);
    return false; /* what was tampered with is left out: the check tells of it */
}

static bool read_other(void *ctx, struct str node)
{
    struct transaction *work = ctx;
    struct access_log *log = work->log;
    if (!str_equal(node, log->spec.store.node))
        work->is_well = work->is_well && log_store_newest(log->store, node, take_other, &log->line);
    return work->is_well;
}

/* The heads that other nodes have signed so far, in log->line. */
static bool read_others(struct transaction *work)
{
    buf_reset(&work->log->line);
    return work->is_well && log_store_nodes(work->log->store, read_other, work) && work->is_well;
}

static void sign(struct transaction *work)
{
    struct access_log *log = work->log;
    struct checkpoint checkpoint;
    const struct chain_head head = {log->spec.store.node, work->frontier.size,
                                    chain_root(&work->frontier)};
    work->is_well =
        read_others(work) &&
        checkpoint_make(log->spec.signer, &head, buf_str(&log->line), clock_wall(), &checkpoint);
    if (!work->is_well)
        return;
    const struct log_checkpoint row = {work->frontier.size, str_of(checkpoint.text),
                                       str_of(checkpoint.kid), str_of(checkpoint.signature)};
    work->is_well = log_store_sign(log->store, &row);
}

static void tell_signed(struct access_log *log)
{
    struct chain_hash root = chain_root(&log->frontier);
    char hex[2 * CHAIN_HASH + 1];
    hex_encode(root.bytes, CHAIN_HASH, hex);
    /* Kept elsewhere, this line is what nobody here can rewrite. */
    log_info(STR_NONE, "event=checkpoint node=%.*s records=%" PRIu64 " root=%s",
             STR_ARG(log->spec.store.node), log->frontier.size, hex);
}

/* Ends a transaction that began; `is_last`: sign what there is. */
static bool commit(struct transaction *work, bool is_last)
{
    struct access_log *log = work->log;
    uint64_t unsigned_count = work->frontier.size - log->signed_size;
    instant now = clock_instant();
    bool is_due = unsigned_count > 0 && (is_last || now >= log->sign_due ||
                                         unsigned_count >= (uint64_t)log->spec.checkpoint_records);
    if (is_due)
        sign(work);
    if (!work->is_well || !report_count_write(log->count, log->store) ||
        !log_store_commit(log->store))
        return false;
    log->frontier = work->frontier;
    log->previous = work->previous;
    if (is_due) {
        log->signed_size = log->frontier.size;
        tell_signed(log);
    }
    if (log->frontier.size == log->signed_size)
        log->sign_due = INSTANT_NEVER;
    else if (log->sign_due == INSTANT_NEVER)
        log->sign_due = instant_after_ms(now, log->spec.checkpoint_ms);
    return true;
}

/* What was begun is rolled back, and the store is not trusted before it has been opened anew. */
static void set_well(struct access_log *log, bool is_well)
{
    if (!is_well) {
        bool was_well = atomic_exchange(&log->is_well, false);
        if (was_well)
            log_error(STR_NONE,
                      "event=access-log-failed why=\"%s\" action=\"requests get 503; check the "
                      "disk\"",
                      log->store ? log_store_why(log->store) : "the store cannot be opened");
        log_store_close(&log->store);
    } else if (!atomic_exchange(&log->is_well, true)) {
        log_warn(STR_NONE, "event=access-log-well-again");
    }
}

/* ---- batches ---- */

static struct str line_of(const struct access_append *append)
{
    return str_make(append->line, append->len);
}

/* All or nothing. */
static void write_batch(struct access_log *log, struct access_append *batch)
{
    struct transaction work;
    size_t count = 0;
    bool is_well = begin(log, &work);
    for (struct access_append *append = batch; append && is_well; append = append->next)
        is_well = report_count_look_up(log->count, line_of(append), log->store);
    for (struct access_append *append = batch; append; append = append->next, count++)
        append->is_durable = is_well && add_line(&work, line_of(append));
    is_well = is_well && commit(&work, false);
    for (struct access_append *append = batch; append && !is_well; append = append->next)
        report_count_lost(log->count, line_of(append));
    set_well(log, is_well);
    atomic_fetch_sub_explicit(&log->queued, count, memory_order_relaxed);
    while (batch) {
        struct access_append *append = batch;
        batch = append->next;
        append->is_durable = append->is_durable && is_well;
        if (append->done)
            loop_post(append->loop, tell, append);
        else
            free(append);
    }
}

/* A checkpoint over what came since the last one. */
static void write_checkpoint(struct access_log *log, bool is_last)
{
    struct transaction work;
    set_well(log, begin(log, &work) && commit(&work, is_last));
}

/* ---- retention ---- */

/* Which time counts as now: no clock that jumps ahead makes the record forget. It follows the
 * newest record that was there at the start, and the time that has passed since. */
static int64_t retention_now(const struct access_log *log)
{
    int64_t wall = clock_wall().unix_ms;
    int64_t passed = (clock_instant() - log->opened) / INSTANT_PER_MS;
    int64_t lived = log->newest_ms + passed + DAY_MS;
    return log->newest_ms > 0 && lived < wall ? lived : wall;
}

struct too_old {
    struct access_log *log;
    int64_t limit_ms;
    uint64_t end; /* behind the last that is */
    size_t count;
};

/* The time that a record itself says: the store's column is not under its hash. False: none. */
static bool read_time(struct access_log *log, const struct log_row *row, int64_t *time_ms)
{
    struct log_row said = {0};
    arena_reset(log->arena);
    *time_ms = row->body.at && log_entry_read(row->body, log->arena, &said) ? said.time_ms : 0;
    return *time_ms > 0;
}

static bool is_too_old(void *ctx, const struct log_row *row)
{
    struct too_old *old = ctx;
    struct access_log *log = old->log;
    int64_t time_ms = 0;
    if (old->count == PRUNE_STEP)
        return false;
    if (read_time(log, row, &time_ms)) { /* one without goes with those before it */
        if (log->prune_until_ms == 0)
            log->prune_until_ms = time_ms + PRUNE_SPAN_MS;
        if (log->prune_until_ms < old->limit_ms)
            old->limit_ms = log->prune_until_ms;
        if (time_ms >= old->limit_ms)
            return false;
    }
    old->end = row->seq + 1;
    old->count++;
    return true;
}

static struct str pruning_line(struct access_log *log, const struct too_old *old)
{
    struct writer w;
    buf_reset(&log->line);
    writer_init(&w, &log->line);
    writer_object(&w);
    writer_member_str(&w, "event", STR("pruned"));
    writer_name(&w, "time");
    writer_wall(&w, clock_wall());
    writer_member_int(&w, "pruned_before", (int64_t)old->end);
    writer_name(&w, "older_than");
    writer_wall(&w, (struct wall){old->limit_ms, true});
    writer_object_end(&w);
    return buf_str(&log->line);
}

/* Finds what is too old among the records; when they are kept for ever, nothing. */
static bool find_old(struct access_log *log, struct too_old *old)
{
    struct str node = log->spec.store.node;
    uint64_t first = 0;
    return log->spec.keep_days == 0 || (log_store_pruned(log->store, node, &first) &&
                                        log_store_rows(log->store, node, first, is_too_old, old));
}

static bool forget_counts(struct access_log *log)
{
    int now = report_month((struct wall){retention_now(log), true});
    return log->spec.report_months == 0 ||
           log_store_forget_counts(log->store,
                                   report_month_later(now, -(int)log->spec.report_months));
}

/* One step; it leaves when the next is due. */
static void prune(struct access_log *log)
{
    struct transaction work;
    struct too_old old = {.log = log,
                          .limit_ms = retention_now(log) - log->spec.keep_days * DAY_MS};
    bool is_well = begin(log, &work) && find_old(log, &old);
    if (is_well && old.count > 0)
        is_well = log_store_prune(log->store, old.end) && add_line(&work, pruning_line(log, &old));
    is_well = is_well && forget_counts(log);
    set_well(log, is_well && commit(&work, false));
    if (is_well && old.count > 0)
        log_info(STR_NONE, "event=access-log-pruned records=%zu", old.count);
    if (old.count < PRUNE_STEP)
        log->prune_until_ms = 0;
    log->prune_due = instant_after_ms(clock_instant(),
                                      old.count == PRUNE_STEP ? PRUNE_PAUSE_MS : PRUNE_EVERY_MS);
}

/* ---- the thread ---- */

static struct access_append *make_append(struct str line)
{
    struct access_append *append = die_calloc(1, sizeof *append + line.len);
    memcpy(append->line, line.at, line.len);
    append->len = line.len;
    return append;
}

/* Takes up to BATCH_MAX lines off the queue; under the lock. */
static struct access_append *take_batch(struct access_log *log)
{
    struct access_append *batch = log->first, *last = batch;
    for (int i = 1; i < BATCH_MAX && last && last->next; i++)
        last = last->next;
    if (!last)
        return NULL;
    log->first = last->next;
    if (!log->first) {
        log->last = &log->first;
        log->is_waited_for = false;
    }
    last->next = NULL;
    return batch;
}

static struct timespec after_ms(int ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    return until;
}

/* When there is something to do though nothing comes in. */
static instant next_due(const struct access_log *log)
{
    unsigned doublings = log->refusals < PROBE_DOUBLINGS ? log->refusals : PROBE_DOUBLINGS;
    instant probe = instant_after_ms(clock_instant(), (int64_t)PROBE_EVERY_MS << doublings);
    return atomic_load(&log->is_well) ? instant_min(log->sign_due, log->prune_due) : probe;
}

/* Sleeps until there is something to write; for a note alone, a while longer. Under the lock. */
static void wait_for_work(struct access_log *log)
{
    instant due = next_due(log);
    struct timespec until = after_ms(
        due == INSTANT_NEVER ? PRUNE_EVERY_MS : (int)instant_left_ms(clock_instant(), due));
    int late = 0;
    while (!log->first && !log->is_closing && late == 0)
        late = pthread_cond_timedwait(&log->wake, &log->lock, &until);

    struct timespec notes = after_ms(NOTES_GATHER_MS);
    late = 0;
    while (log->first && !log->is_waited_for && !log->is_closing && late == 0)
        late = pthread_cond_timedwait(&log->wake, &log->lock, &notes);
}

/* Tries whether it is well again: else no request would ever be taken. */
static void probe(struct access_log *log)
{
    struct transaction work;
    struct writer w;
    buf_reset(&log->line);
    writer_init(&w, &log->line);
    writer_object(&w);
    writer_member_str(&w, "event", STR("probe"));
    writer_name(&w, "time");
    writer_wall(&w, clock_wall());
    writer_object_end(&w);
    set_well(log,
             begin(log, &work) && add_line(&work, buf_str(&log->line)) && commit(&work, false));
}

/* What is due though nothing came in. */
static void keep_house(struct access_log *log)
{
    instant now = clock_instant();
    if (!atomic_load(&log->is_well))
        probe(log);
    else if (now >= log->sign_due)
        write_checkpoint(log, false);
    else if (now >= log->prune_due)
        prune(log);
}

static void *writer_main(void *ctx)
{
    const struct timespec gather = {.tv_nsec = APPENDS_GATHER_MS * 1000000L};
    struct access_log *log = ctx;
    pthread_mutex_lock(&log->lock);
    while (log->first || !log->is_closing) {
        wait_for_work(log);
        struct access_append *batch = take_batch(log);
        bool is_closing = log->is_closing;
        pthread_mutex_unlock(&log->lock);
        if (batch) {
            write_batch(log, batch);
            nanosleep(&gather, NULL); /* the first after a silence is written at once */
        }
        /* Under a steady load nothing is ever idle. */
        if (!is_closing && (!batch || clock_instant() >= log->prune_due))
            keep_house(log);
        pthread_mutex_lock(&log->lock);
    }
    pthread_mutex_unlock(&log->lock);
    if (atomic_load(&log->is_well) && log->frontier.size > log->signed_size)
        write_checkpoint(log, true);
    return NULL;
}

/* ---- opening and closing ---- */

static bool take_time(void *ctx, const struct log_row *row)
{
    struct access_log *log = ctx;
    read_time(log, row, &log->newest_ms);
    return false;
}

static bool open_store(struct access_log *log, char why[ACCESS_WHY_MAX])
{
    struct log_report report;
    const char *reason = NULL;
    struct str node = log->spec.store.node;
    log->store = log_store_open(&log->spec.store, &reason);
    if (!log->store) {
        snprintf(why, ACCESS_WHY_MAX, "%s", reason);
        return false;
    }
    if (!log_check_end(log->store, node, NULL, &report)) {
        snprintf(why, ACCESS_WHY_MAX,
                 "the access record is damaged at record %" PRIu64
                 ": %s. overblik log verify tells more; put a backup in its place, or move it away "
                 "to begin anew",
                 report.bad, report.what);
        return false;
    }
    if (!read_head(log) ||
        (log->frontier.size > 0 &&
         !log_store_rows(log->store, node, log->frontier.size - 1, take_time, log))) {
        snprintf(why, ACCESS_WHY_MAX, "cannot be read: %s", log_store_why(log->store));
        return false;
    }
    return true;
}

static void release(struct access_log **slot)
{
    struct access_log *log = *slot;
    log_store_close(&log->store);
    arena_free(&log->arena);
    buf_clear(&log->body);
    buf_clear(&log->line);
    report_count_free(&log->count);
    free(log->path);
    free(log->node);
    free(log->postgres);
    free(log);
    *slot = NULL;
}

struct access_log *access_log_open(const struct access_log_spec *spec, char why[ACCESS_WHY_MAX])
{
    struct access_log *log = die_calloc(1, sizeof *log);
    log->spec = *spec;
    log->path = die_strdup(spec->store.sqlite);
    log->spec.store.sqlite = log->path;
    log->postgres = spec->store.postgres ? die_strdup(spec->store.postgres) : NULL;
    log->spec.store.postgres = log->postgres;
    log->node = die_calloc(1, spec->store.node.len + 1);
    memcpy(log->node, spec->store.node.at, spec->store.node.len);
    log->spec.store.node = str_of(log->node);
    log->last = &log->first;
    log->arena = arena_new(RECORD_MAX);
    buf_init(&log->body, RECORD_MAX);
    buf_init(&log->line, RECORD_MAX);
    log->count = report_count_new();
    log->opened = clock_instant();
    if (!open_store(log, why)) {
        release(&log);
        return NULL;
    }
    bool forgets = spec->keep_days > 0 || spec->report_months > 0;
    log->prune_due = forgets ? log->opened : INSTANT_NEVER;
    atomic_store(&log->is_well, true);
    pthread_mutex_init(&log->lock, NULL);
    pthread_condattr_t by_monotonic;
    pthread_condattr_init(&by_monotonic);
    pthread_condattr_setclock(&by_monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&log->wake, &by_monotonic);
    pthread_condattr_destroy(&by_monotonic);
    if (pthread_create(&log->writer, NULL, writer_main, log) != 0)
        die("cannot start the access log's writer");
    return log;
}

void access_log_close(struct access_log **slot)
{
    struct access_log *log = *slot;
    if (!log)
        return;
    pthread_mutex_lock(&log->lock);
    log->is_closing = true;
    pthread_cond_signal(&log->wake);
    pthread_mutex_unlock(&log->lock);
    pthread_join(log->writer, NULL);
    pthread_cond_destroy(&log->wake);
    pthread_mutex_destroy(&log->lock);
    release(slot);
}

bool access_log_is_well(struct access_log *log)
{
    return atomic_load(&log->is_well);
}

size_t access_log_queued(struct access_log *log)
{
    return atomic_load_explicit(&log->queued, memory_order_relaxed);
}

/* ---- a worker's side ---- */

static void enqueue(struct access_log *log, struct access_append *append)
{
    atomic_fetch_add_explicit(&log->queued, 1, memory_order_relaxed);
    pthread_mutex_lock(&log->lock);
    bool is_news = !log->first || (append->done && !log->is_waited_for);
    *log->last = append;
    log->last = &append->next;
    log->is_waited_for = log->is_waited_for || append->done;
    if (is_news)
        pthread_cond_signal(&log->wake);
    pthread_mutex_unlock(&log->lock);
}

void access_log_append(struct access_log *log, struct loop *loop, struct str line,
                       struct access_append **slot, access_done_fn *done, void *ctx)
{
    struct access_append *append = make_append(line);
    append->loop = loop;
    append->slot = slot;
    append->done = done;
    append->ctx = ctx;
    *slot = append;
    enqueue(log, append);
}

void access_log_cancel(struct access_append **slot)
{
    if (*slot)
        (*slot)->slot = NULL;
    *slot = NULL;
}

void access_log_note(struct access_log *log, struct str line)
{
    enqueue(log, make_append(line));
}
