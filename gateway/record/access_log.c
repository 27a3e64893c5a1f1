/* SPDX-License-Identifier: MIT */
#include "record/access_log.h"

#include "base/die.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { BATCH_MAX = 512, PROBE_EVERY_MS = 1000 };

/* How long the writer lets company come together before it writes and syncs. Somebody waits for an
 * append, but hardly ever for it alone: the sources are asked meanwhile. Nobody waits for a note.
 */
enum { APPENDS_GATHER_MS = 2, NOTES_GATHER_MS = 100 };

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
    int fd;
    off_t end; /* behind the last durable line: where a torn write is cut off */
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

static bool write_all(struct access_log *log, struct iovec *parts, int count)
{
    off_t at = log->end;
    while (count > 0) {
        ssize_t wrote = pwritev(log->fd, parts, count, at);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        at += wrote;
        while (count > 0 && (size_t)wrote >= parts->iov_len) {
            wrote -= (ssize_t)parts->iov_len;
            parts++;
            count--;
        }
        if (count > 0) {
            parts->iov_base = (char *)parts->iov_base + wrote;
            parts->iov_len -= (size_t)wrote;
        }
    }
    if (fdatasync(log->fd) != 0)
        return false;
    log->end = at;
    return true;
}

/* All or nothing: a failed batch is cut off again so that no line stands there half. */
static void write_batch(struct access_log *log, struct access_append *batch)
{
    struct iovec parts[BATCH_MAX];
    int count = 0;
    for (struct access_append *append = batch; append; append = append->next)
        parts[count++] = (struct iovec){append->line, append->len};

    bool is_durable = write_all(log, parts, count);
    if (!is_durable) {
        int why = errno;
        if (ftruncate(log->fd, log->end) != 0)
            log_error(STR_NONE, "event=access-log-torn errno=%d", errno);
        if (atomic_exchange(&log->is_well, false))
            log_error(
                STR_NONE,
                "event=access-log-failed errno=%d action=\"requests get 503; check the disk\"",
                why);
    } else if (!atomic_exchange(&log->is_well, true)) {
        log_warn(STR_NONE, "event=access-log-well-again");
    }
    atomic_fetch_sub_explicit(&log->queued, (size_t)count, memory_order_relaxed);
    while (batch) {
        struct access_append *append = batch;
        batch = append->next;
        append->is_durable = is_durable;
        if (append->done)
            loop_post(append->loop, tell, append);
        else
            free(append);
    }
}

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

/* Sleeps until there is something to write; for a note alone, a while longer. Under the lock. */
static void wait_for_work(struct access_log *log)
{
    struct timespec probe = after_ms(PROBE_EVERY_MS);
    int late = 0;
    while (!log->first && !log->is_closing && late == 0)
        late = atomic_load(&log->is_well) ? pthread_cond_wait(&log->wake, &log->lock)
                                          : pthread_cond_timedwait(&log->wake, &log->lock, &probe);

    struct timespec notes = after_ms(NOTES_GATHER_MS);
    late = 0;
    while (log->first && !log->is_waited_for && !log->is_closing && late == 0)
        late = pthread_cond_timedwait(&log->wake, &log->lock, &notes);
}

static void *writer_main(void *ctx)
{
    const struct timespec gather = {.tv_nsec = APPENDS_GATHER_MS * 1000000L};
    struct access_log *log = ctx;
    pthread_mutex_lock(&log->lock);
    for (;;) {
        if (!log->first && log->is_closing)
            break;
        wait_for_work(log);
        struct access_append *batch = take_batch(log);
        bool is_probe = !batch && !atomic_load(&log->is_well) && !log->is_closing;
        if (is_probe)
            batch = make_append(STR("{\"event\":\"probe\"}\n"));
        if (is_probe)
            atomic_fetch_add_explicit(&log->queued, 1, memory_order_relaxed);
        if (!batch)
            continue;
        pthread_mutex_unlock(&log->lock);
        write_batch(log, batch);
        nanosleep(&gather, NULL); /* the first after a silence is written at once */
        pthread_mutex_lock(&log->lock);
    }
    pthread_mutex_unlock(&log->lock);
    return NULL;
}

/* ---- opening and closing ---- */

/* A crash can leave half a line at the end: its request was never answered, so it is cut off. */
static bool cut_torn_line(int fd, off_t *end)
{
    struct stat stat;
    if (fstat(fd, &stat) != 0)
        return false;
    off_t at = stat.st_size;
    char byte = '\n';
    while (at > 0) {
        if (pread(fd, &byte, 1, at - 1) != 1)
            return false;
        if (byte == '\n')
            break;
        at--;
    }
    *end = at;
    return at == stat.st_size || ftruncate(fd, at) == 0;
}

struct access_log *access_log_open(const char *path, const char **why)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    off_t end = 0;
    if (fd < 0) {
        *why = strerror(errno);
        return NULL;
    }
    if (!cut_torn_line(fd, &end)) {
        *why = strerror(errno);
        close(fd);
        return NULL;
    }
    struct access_log *log = die_calloc(1, sizeof *log);
    log->fd = fd;
    log->end = end;
    log->last = &log->first;
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
    close(log->fd);
    free(log);
    *slot = NULL;
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
