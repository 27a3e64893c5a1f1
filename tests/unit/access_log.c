/* SPDX-License-Identifier: MIT */
/* label: threads */
#include "record/access_log.h"

#include "tests/tap.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GIVE_UP_MS = 20000 };

static char folder[] = "/tmp/access-log-XXXXXX", path[64];

/* ---- the file ---- */

static struct str file_bytes(void)
{
    static _Thread_local char bytes[1 << 20];
    FILE *file = fopen(path, "rb");
    size_t len = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    if (file)
        fclose(file);
    return str_make(bytes, len);
}

static void write_file(struct str bytes)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes.at, 1, bytes.len, file) != bytes.len || fclose(file) != 0)
        exit(EXIT_FAILURE);
}

static struct access_log *open_log(void)
{
    const char *why = NULL;
    struct access_log *log = access_log_open(path, &why);
    ok(log != NULL, "opened%s%s", why ? ": " : "", why ? why : "");
    return log;
}

/* ---- one who waits for records ---- */

struct waiter {
    struct loop *loop;
    struct access_append *slot;
    int told, durable;
    int wanted;          /* told so often, the loop stops */
    struct str expected; /* must stand in the file when it is told */
    int missing;
    struct timer gives_up;
};

static void on_told(void *ctx, bool is_durable)
{
    struct waiter *waiter = ctx;
    waiter->told++;
    waiter->durable += is_durable;
    waiter->missing += is_durable && str_find(file_bytes(), waiter->expected) == file_bytes().len;
    if (waiter->told == waiter->wanted)
        loop_stop(waiter->loop);
}

static void stop_loop(void *ctx)
{
    loop_stop(ctx);
}

/* False: not told so often within a time in which everything is told. */
static bool wait_for(struct waiter *waiter, int more)
{
    waiter->wanted = waiter->told + more;
    timer_start(waiter->loop, &waiter->gives_up,
                instant_after_ms(loop_now(waiter->loop), GIVE_UP_MS), stop_loop, waiter->loop);
    loop_run(waiter->loop);
    timer_cancel(waiter->loop, &waiter->gives_up);
    return waiter->told == waiter->wanted;
}

static void append(struct access_log *log, struct waiter *waiter, struct str line)
{
    waiter->expected = line;
    access_log_append(log, waiter->loop, line, &waiter->slot, on_told, waiter);
}

/* ---- the tests ---- */

static void tells_when_a_line_is_durable(void)
{
    struct access_log *log = open_log();
    struct waiter waiter = {.loop = loop_new()};
    struct stat stat;

    append(log, &waiter, STR("{\"n\":1}\n"));
    ok(waiter.slot != NULL && waiter.told == 0, "not from inside the call");
    ok(wait_for(&waiter, 1), "told");
    is_int(waiter.durable, 1, "durable");
    is_int(waiter.missing, 0, "and in the file when that is told");
    ok(!waiter.slot, "the slot is empty");
    access_log_note(log, STR("{\"n\":2}\n"));
    access_log_close(&log);
    ok(!log, "closed");
    struct str bytes = file_bytes();
    is_bytes(bytes.at, bytes.len, "{\"n\":1}\n{\"n\":2}\n", 16, "in order, and a note is kept");
    ok(lstat(path, &stat) == 0 && (stat.st_mode & 0777) == 0600, "nobody else may read it");

    log = open_log();
    append(log, &waiter, STR("{\"n\":3}\n"));
    ok(wait_for(&waiter, 1), "told");
    access_log_close(&log);
    bytes = file_bytes();
    is_bytes(bytes.at, bytes.len, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n", 24,
             "opened again, appended to");
    access_log_close(&log);
    loop_free(&waiter.loop);
}

static void forgets_who_cancels(void)
{
    unlink(path);
    struct access_log *log = open_log();
    struct waiter gone = {.loop = loop_new()}, stays = {.loop = gone.loop};

    append(log, &gone, STR("{\"gone\":1}\n"));
    access_log_cancel(&gone.slot);
    ok(!gone.slot, "cancelled");
    access_log_cancel(&gone.slot);
    append(log, &stays, STR("{\"stays\":1}\n"));
    ok(wait_for(&stays, 1), "told");
    is_int(gone.told, 0, "who has cancelled is not told");
    access_log_close(&log);
    ok(str_find(file_bytes(), STR("gone")) < file_bytes().len, "its line is written all the same");
    loop_free(&gone.loop);
}

static void cuts_a_torn_line(void)
{
    static char long_line[100000];
    memset(long_line, 'x', sizeof long_line);
    static const struct {
        const char *name, *before, *after;
    } examples[] = {
        {"nothing", "", "new\n"},
        {"whole lines", "a\nb\n", "a\nb\nnew\n"},
        {"half a line behind whole ones", "a\nb\n{\"ev", "a\nb\nnew\n"},
        {"half a line alone", "{\"ev", "new\n"},
        {"an empty line", "a\n\n", "a\n\nnew\n"},
        {"half a line of one byte", "a\nb", "a\nnew\n"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        write_file(str_of(examples[i].before));
        struct access_log *log = open_log();
        access_log_note(log, STR("new\n"));
        access_log_close(&log);
        struct str bytes = file_bytes();
        is_bytes(bytes.at, bytes.len, examples[i].after, strlen(examples[i].after), "%s",
                 examples[i].name);
    }
    write_file(str_make(long_line, sizeof long_line));
    struct access_log *log = open_log();
    access_log_close(&log);
    is_int((int)file_bytes().len, 0, "a long torn line");
}

static void refuses_what_it_cannot_open(void)
{
    const char *why = NULL;
    char nowhere[128];
    snprintf(nowhere, sizeof nowhere, "%s/nowhere/log", folder);
    ok(!access_log_open(nowhere, &why) && why, "no such folder: %s", why ? why : "");
    why = NULL;
    ok(!access_log_open(folder, &why) && why, "a folder: %s", why ? why : "");
}

static void set_size_limit(rlim_t bytes)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0)
        exit(EXIT_FAILURE);
    limit.rlim_cur = bytes;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        exit(EXIT_FAILURE);
}

/* The disk is full in the middle of a line: no half line stays, and what comes after it is whole.
 */
static void survives_a_full_disk(void)
{
    write_file(STR("0123456789\n"));
    struct access_log *log = open_log();
    struct waiter waiter = {.loop = loop_new()};

    ok(access_log_is_well(log), "well");
    set_size_limit(15);
    append(log, &waiter, STR("{\"does\":\"not fit\"}\n"));
    ok(wait_for(&waiter, 1), "told");
    is_int(waiter.durable, 0, "a line that does not fit is not durable");
    ok(!access_log_is_well(log), "unwell");
    struct str bytes = file_bytes();
    is_bytes(bytes.at, bytes.len, "0123456789\n", 11, "no half line stays");

    set_size_limit(RLIM_INFINITY);
    append(log, &waiter, STR("{\"fits\":1}\n"));
    ok(wait_for(&waiter, 1), "told");
    is_int(waiter.durable, 1, "there is room again: durable");
    ok(access_log_is_well(log), "well again");
    access_log_close(&log);
    ok(str_ends_with(file_bytes(), STR("{\"fits\":1}\n")) &&
           str_starts_with(file_bytes(), STR("0123456789\n")),
       "and all lines are whole");
    loop_free(&waiter.loop);
}

/* Without anybody asking, it notices that it is well again: else no request would ever be taken. */
static void recovers_by_itself(void)
{
    write_file(STR("0123456789\n"));
    struct access_log *log = open_log();
    struct waiter waiter = {.loop = loop_new()};
    set_size_limit(12);
    append(log, &waiter, STR("{\"does\":\"not fit\"}\n"));
    ok(wait_for(&waiter, 1), "told");
    ok(!access_log_is_well(log), "unwell");
    set_size_limit(RLIM_INFINITY);
    instant deadline = instant_after_ms(clock_instant(), GIVE_UP_MS);
    while (!access_log_is_well(log) && clock_instant() < deadline)
        usleep(10000);
    ok(access_log_is_well(log), "well again by itself");
    access_log_close(&log);
    ok(str_ends_with(file_bytes(), STR("\n")), "and its last line is whole");
    loop_free(&waiter.loop);
}

/* Nobody waits for a note, and nobody else may come who would have it written. */
static void writes_a_note_that_is_alone(void)
{
    write_file(STR(""));
    struct access_log *log = open_log();
    access_log_note(log, STR("{\"note\":1}\n"));
    instant deadline = instant_after_ms(clock_instant(), GIVE_UP_MS);
    while (file_bytes().len == 0 && clock_instant() < deadline)
        usleep(10000);
    struct str bytes = file_bytes();
    is_bytes(bytes.at, bytes.len, "{\"note\":1}\n", 11, "a note alone is written while it is open");
    access_log_close(&log);
}

/* Many threads, many lines: each is whole, each is told of once, each thread's own are in order. */
enum { THREADS = 4, LINES = 500 };
static struct access_log *shared;

static void *write_many(void *ctx)
{
    struct waiter *waiter = ctx;
    waiter->loop = loop_new();
    for (int i = 0; i < LINES; i++) {
        char line[64];
        snprintf(line, sizeof line, "{\"thread\":\"%p\",\"n\":%d}\n", ctx, i);
        if (i % 3 == 0)
            access_log_note(shared, str_of(line));
        access_log_append(shared, waiter->loop, str_of(line), &waiter->slot, on_told, waiter);
        waiter->expected = STR("thread");
        if (i % 5 == 4) {
            access_log_cancel(&waiter->slot);
            continue;
        }
        if (!wait_for(waiter, 1))
            break;
    }
    return NULL;
}

static void holds_between_threads(void)
{
    struct waiter waiters[THREADS] = {0};
    pthread_t threads[THREADS];
    int durable = 0, lines = 0, wrong = 0;

    unlink(path);
    shared = open_log();
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, write_many, &waiters[i]);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        durable += waiters[i].durable;
    }
    access_log_close(&shared);
    for (int i = 0; i < THREADS;
         i++) { /* what was cancelled is told to the loop, and freed there */
        loop_post(waiters[i].loop, stop_loop, waiters[i].loop);
        loop_run(waiters[i].loop);
        loop_free(&waiters[i].loop);
    }
    is_int(durable, THREADS * LINES * 4 / 5, "each that waited was told once");
    for (struct str rest = file_bytes(); rest.len > 0; lines++) {
        struct str line = str_split(&rest, '\n');
        wrong += !str_starts_with(line, STR("{\"thread\":\"0x")) || !str_ends_with(line, STR("}"));
    }
    is_int(lines, THREADS * (LINES + (LINES + 2) / 3), "every line");
    is_int(wrong, 0, "is whole");
}

int main(void)
{
    signal(SIGXFSZ, SIG_IGN);
    if (!mkdtemp(folder))
        return EXIT_FAILURE;
    snprintf(path, sizeof path, "%s/access.log", folder);
    tells_when_a_line_is_durable();
    forgets_who_cancels();
    cuts_a_torn_line();
    refuses_what_it_cannot_open();
    survives_a_full_disk();
    recovers_by_itself();
    writes_a_note_that_is_alone();
    holds_between_threads();
    unlink(path);
    rmdir(folder);
    return done_testing();
}
