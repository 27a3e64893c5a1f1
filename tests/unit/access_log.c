/* SPDX-License-Identifier: MIT */
/* label: threads */
#include "record/access_log.h"

#include "tests/record_log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { GIVE_UP_MS = 20000 };

static struct access_log *open_log(void)
{
    const struct access_log_spec spec = record_spec();
    return record_open(&spec);
}

/* ---- one who waits for records ---- */

struct waiter {
    struct loop *loop;
    struct access_append *slot;
    int told, durable;
    int wanted;          /* told so often, the loop stops */
    struct str expected; /* must stand in the record when it is told; STR_NONE: not looked for */
    int missing;
    struct timer gives_up;
};

static void on_told(void *ctx, bool is_durable)
{
    struct waiter *waiter = ctx;
    waiter->told++;
    waiter->durable += is_durable;
    waiter->missing += is_durable && waiter->expected.at && !record_holds(waiter->expected);
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
    struct stat file;

    append(log, &waiter, STR("{\"n\":1}\n"));
    ok(waiter.slot != NULL && waiter.told == 0, "not from inside the call");
    ok(wait_for(&waiter, 1), "told");
    is_int(waiter.durable, 1, "durable");
    is_int(waiter.missing, 0, "and in the file when that is told");
    ok(!waiter.slot, "the slot is empty");
    access_log_note(log, STR("{\"n\":2}\n"));
    access_log_close(&log);
    ok(!log, "closed");
    record_is("{\"n\":1}\n{\"n\":2}\n", "in order, and a note is kept");
    ok(lstat(record_path, &file) == 0 && (file.st_mode & 0777) == 0600, "nobody else may read it");

    log = open_log();
    append(log, &waiter, STR("{\"n\":3}"));
    ok(wait_for(&waiter, 1), "told");
    access_log_close(&log);
    record_is("{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n", "opened again, appended to");
    access_log_close(&log);
    loop_free(&waiter.loop);
}

static void forgets_who_cancels(void)
{
    record_forget();
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
    ok(record_holds(STR("gone")), "its line is written all the same");
    loop_free(&gone.loop);
}

/* A fault of ours must not stop the record, nor be taken for something durable. */
static void refuses_a_line_that_is_no_record(void)
{
    record_forget();
    struct access_log *log = open_log();
    struct waiter waiter = {.loop = loop_new()};
    append(log, &waiter, STR("half a line"));
    ok(wait_for(&waiter, 1), "told");
    is_int(waiter.durable, 0, "what is no object is not durable");
    append(log, &waiter, STR("{\"n\":1}\n"));
    ok(wait_for(&waiter, 1), "told");
    is_int(waiter.durable, 1, "and the next is");
    access_log_close(&log);
    record_is("{\"n\":1}\n", "the record holds that alone");
    loop_free(&waiter.loop);
}

static void is_refused(const char *file, struct str node, const char *want)
{
    char why[ACCESS_WHY_MAX] = "";
    struct access_log_spec spec = record_spec();
    spec.store.sqlite = file;
    spec.store.node = node;
    struct access_log *log = access_log_open(&spec, why);
    ok(!log, "refused: %s", want);
    ok(str_find(str_of(why), str_of(want)) < strlen(why), "says \"%s\"", why);
}

static void refuses_what_it_cannot_open(void)
{
    char nowhere[128];
    snprintf(nowhere, sizeof nowhere, "%s/nowhere/log", record_folder);
    is_refused(nowhere, NODE, "cannot be opened for writing");
    is_refused(record_folder, NODE, "cannot be opened");
    is_refused(record_path, STR("another"), "another node");
    record_tamper("UPDATE log SET body = replace(body, '\"n\":1', '\"n\":2')");
    is_refused(record_path, NODE, "damaged at record 0");
    record_forget();
    FILE *file = fopen(record_path, "w");
    fputs("This is no SQLite file, and it is long enough to be looked at as one.", file);
    fclose(file);
    is_refused(record_path, NODE, "is damaged, or no store");
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

/* The disk is full: nothing of the record stays half, and what comes after it is whole. */
static void survives_a_full_disk(void)
{
    record_forget();
    struct access_log *log = open_log();
    struct waiter waiter = {.loop = loop_new()};

    append(log, &waiter, STR("{\"n\":1}\n"));
    ok(wait_for(&waiter, 1) && waiter.durable == 1, "durable");
    ok(access_log_is_well(log), "well");
    set_size_limit(0);
    append(log, &waiter, STR("{\"does\":\"not fit\"}\n"));
    bool is_told = wait_for(&waiter, 1);
    bool is_well = access_log_is_well(log);
    set_size_limit(RLIM_INFINITY);
    ok(is_told, "told");
    is_int(waiter.durable, 1, "a line that does not fit is not durable");
    ok(!is_well, "unwell");

    append(log, &waiter, STR("{\"fits\":1}\n"));
    ok(wait_for(&waiter, 1), "told");
    is_int(waiter.durable, 2, "there is room again: durable");
    ok(access_log_is_well(log), "well again");
    access_log_close(&log);
    struct log_report report;
    ok(record_check(&report), "and the chain is whole: %s", report.what);
    ok(!record_holds(STR("not fit")), "without what did not fit");
    loop_free(&waiter.loop);
}

/* Without anybody asking, it notices that it is well again: else no request would ever be taken. */
static void recovers_by_itself(void)
{
    record_forget();
    struct access_log *log = open_log();
    struct waiter waiter = {.loop = loop_new()};
    set_size_limit(0);
    append(log, &waiter, STR("{\"does\":\"not fit\"}\n"));
    bool is_told = wait_for(&waiter, 1), is_well = access_log_is_well(log);
    set_size_limit(RLIM_INFINITY);
    ok(is_told, "told");
    ok(!is_well, "unwell");
    instant deadline = instant_after_ms(clock_instant(), GIVE_UP_MS);
    while (!access_log_is_well(log) && clock_instant() < deadline)
        usleep(10000);
    ok(access_log_is_well(log), "well again by itself");
    access_log_close(&log);
    struct log_report report;
    ok(record_check(&report), "and the chain is whole: %s", report.what);
    loop_free(&waiter.loop);
}

/* Nobody waits for a note, and nobody else may come who would have it written. */
static void writes_a_note_that_is_alone(void)
{
    record_forget();
    struct access_log *log = open_log();
    access_log_note(log, STR("{\"note\":1}\n"));
    instant deadline = instant_after_ms(clock_instant(), GIVE_UP_MS);
    while (!record_holds(STR("note")) && clock_instant() < deadline)
        usleep(10000);
    record_is("{\"note\":1}\n", "a note alone is written while it is open");
    ok(access_log_queued(log) == 0, "and no longer queued");
    access_log_close(&log);
}

static int look_at(const char *file)
{
    sqlite3 *db = NULL;
    bool is_read = sqlite3_open(file, &db) == SQLITE_OK &&
                   sqlite3_exec(db, "SELECT count(*) FROM log", NULL, NULL, NULL) == SQLITE_OK;
    sqlite3_close(db);
    return is_read ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* A second connection that is opened and closed again must leave the first one's locks: else
 * another process that closes the file takes it for its own alone and deletes the log beside it. */
static void keeps_its_locks(void)
{
    record_forget();
    struct access_log *log = open_log();
    const char *why = NULL;
    const struct log_store_spec spec = {.sqlite = record_path};
    struct log_store *second = log_store_open(&spec, &why);
    access_log_note(log, STR("{\"n\":1}"));
    instant deadline = instant_after_ms(clock_instant(), GIVE_UP_MS);
    while (access_log_queued(log) > 0 && clock_instant() < deadline)
        usleep(1000);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) { /* anew: a forked SQLite believes that it holds its parent's locks */
        execl("/proc/self/exe", "access_log", record_path, (char *)NULL);
        _exit(1);
    }
    int status = -1;
    ok(waitpid(child, &status, 0) == child && status == 0, "another process has looked");
    char wal[80];
    struct stat beside;
    snprintf(wal, sizeof wal, "%s-wal", record_path);
    ok(stat(wal, &beside) == 0 && beside.st_size > 0, "the log beside it is still there");
    log_store_close(&second);
    access_log_close(&log);
}

/* A command appends while the gateway runs. */
static void shares_the_chain_with_another(void)
{
    struct log_report report;
    record_forget();
    struct access_log *one = open_log(), *other = open_log();
    struct waiter waiter = {.loop = loop_new()};
    for (int i = 0; i < 600; i++) {
        append(i % 3 ? one : other, &waiter, STR("{\"n\":1}"));
        waiter.expected = STR_NONE;
        if (!wait_for(&waiter, 1))
            break;
    }
    is_int(waiter.durable, 600, "each is durable at the first try");
    access_log_close(&one);
    access_log_close(&other);
    ok(record_check(&report), "one chain: %s", report.what);
    is_int((long long)report.size, 600, "of all");
    loop_free(&waiter.loop);
}

/* ---- checkpoints ---- */

static void wait_for_notes(struct access_log *log)
{
    instant deadline = instant_after_ms(clock_instant(), GIVE_UP_MS);
    while (access_log_queued(log) > 0 && clock_instant() < deadline)
        usleep(1000);
}

static void signs_by_number_by_time_and_at_the_end(void)
{
    struct log_report report;
    struct access_log_spec spec = record_spec();
    record_forget();
    spec.checkpoint_records = 10;
    struct access_log *log = record_open(&spec);
    for (int i = 0; i < 25; i++) {
        access_log_note(log, STR("{\"n\":1}"));
        if (i == 11)
            wait_for_notes(log);
    }
    wait_for_notes(log);
    ok(record_check(&report), "right: %s", report.what);
    is_int((long long)report.size, 25, "25 records");
    ok(report.signed_size >= 20, "signed by number: %llu", (unsigned long long)report.signed_size);
    access_log_note(log, STR("{\"n\":2}"));
    access_log_close(&log);
    ok(record_check(&report), "right: %s", report.what);
    is_int((long long)report.signed_size, 26, "at the end all of it is signed");

    spec.checkpoint_ms = 30;
    log = record_open(&spec);
    access_log_note(log, STR("{\"n\":3}"));
    instant deadline = instant_after_ms(clock_instant(), GIVE_UP_MS);
    while (record_check(&report) && report.signed_size < 27 && clock_instant() < deadline)
        usleep(1000);
    is_int((long long)report.signed_size, 27, "signed by time, though nothing more comes");
    access_log_close(&log);
}

/* ---- retention ---- */

static void add_aged(struct access_log *log, int count, int64_t days)
{
    char line[160], time[WALL_TEXT];
    struct wall then = {clock_wall().unix_ms - days * 24 * 3600 * 1000, true};
    for (int i = 0; i < count; i++) {
        snprintf(line, sizeof line,
                 "{\"event\":\"intent\",\"receipt\":\"r%d\",\"time\":\"%.*s\",\"subject\":\"s\"}",
                 i, STR_ARG(wall_format(then, time)));
        access_log_note(log, str_of(line));
    }
}

static bool wait_until_pruned(uint64_t count, struct log_report *report)
{
    instant deadline = instant_after_ms(clock_instant(), GIVE_UP_MS);
    while (record_check(report) && report->pruned < count && clock_instant() < deadline)
        usleep(5000);
    return !report->has_fault && report->pruned == count;
}

static void deletes_what_is_too_old(void)
{
    struct log_report report;
    struct access_log_spec spec = record_spec();
    record_forget();
    struct access_log *log = record_open(&spec);
    add_aged(log, 2500, 40); /* more than two steps */
    add_aged(log, 5, 20);
    add_aged(log, 1, 0);
    access_log_close(&log);

    spec.keep_days = 30;
    log = record_open(&spec);
    ok(wait_until_pruned(2500, &report), "the oldest are gone: %s", report.what);
    access_log_close(&log);
    ok(record_check(&report), "and what is left is proven: %s", report.what);
    is_int((long long)report.size, 2509, "with a record of each of three steps");
    is_int((long long)report.signed_size, 2509, "signed");
    record_tamper("CREATE TABLE seen AS SELECT count(*) AS n FROM log WHERE seq < 2500 AND"
                  " (body IS NOT NULL OR receipt IS NOT NULL OR subject IS NOT NULL)");
    record_tamper("INSERT INTO log_checkpoint SELECT -1, 1 / (n = 0), '', '' FROM seen;"
                  "DELETE FROM log_checkpoint WHERE size = -1 AND text = '1'");
    ok(record_check(&report), "nothing of them is left but their hashes");
    log = record_open(&spec);
    access_log_close(&log);
    ok(record_check(&report) && report.pruned == 2500, "opened again, nothing more goes");
}

/* Started anew while the clock is years ahead, and with records that say so: what goes is what
 * would have gone within the week. */
static void forgets_slowly(void)
{
    struct log_report report;
    struct access_log_spec spec = record_spec();
    record_forget();
    struct access_log *log = record_open(&spec);
    add_aged(log, 1200, 400); /* more than a step */
    add_aged(log, 5, 394);
    add_aged(log, 5, 392);
    add_aged(log, 1, 0);
    access_log_close(&log);
    spec.keep_days = 30;
    log = record_open(&spec);
    ok(wait_until_pruned(1205, &report), "a week of them is gone: %s", report.what);
    access_log_note(log, STR("{\"n\":1}"));
    wait_for_notes(log);
    access_log_close(&log);
    ok(record_check(&report), "right: %s", report.what);
    is_int((long long)report.pruned, 1205, "and no more in this hour");
}

/* The store's column of times is not under the hashes, so it decides nothing. */
static void forgets_by_what_records_say(void)
{
    struct log_report report;
    struct access_log_spec spec = record_spec();
    record_forget();
    struct access_log *log = record_open(&spec);
    add_aged(log, 5, 10);
    add_aged(log, 400, 1); /* more than is checked at the start */
    access_log_close(&log);
    record_tamper("UPDATE log SET time_ms = 1 WHERE seq < 5");
    spec.keep_days = 30;
    log = record_open(&spec);
    access_log_note(log, STR("{\"n\":1}"));
    wait_for_notes(log);
    access_log_close(&log);
    ok(!record_check(&report) && report.bad == 0, "the column is told: %s", report.what);
    is_int((long long)report.pruned, 0, "and nothing was deleted");
}

/* A clock that jumps ahead must not make the record forget. */
static void does_not_trust_a_clock_ahead(void)
{
    struct log_report report;
    struct access_log_spec spec = record_spec();
    record_forget();
    struct access_log *log = record_open(&spec);
    add_aged(log, 5, 4000); /* as the clock's jump of 3980 days would have it */
    add_aged(log, 5, 3980);
    access_log_close(&log);
    spec.keep_days = 30;
    log = record_open(&spec);
    access_log_note(log, STR("{\"n\":1}"));
    wait_for_notes(log);
    usleep(20000);
    access_log_close(&log);
    ok(record_check(&report), "right: %s", report.what);
    is_int((long long)report.pruned, 0, "nothing is as old as the record itself does not know");
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
        waiter->expected = STR_NONE;
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

    record_forget();
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
    struct buf all;
    record_read(&all);
    for (struct str rest = buf_str(&all); rest.len > 0; lines++) {
        struct str line = str_split(&rest, '\n');
        wrong += !str_starts_with(line, STR("{\"thread\":\"0x")) || !str_ends_with(line, STR("}"));
    }
    is_int(lines, THREADS * (LINES + (LINES + 2) / 3), "every line");
    is_int(wrong, 0, "is whole");
    buf_clear(&all);
    struct log_report report;
    ok(record_check(&report), "and so is the chain: %s", report.what);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return look_at(argv[1]);
    record_start();
    tells_when_a_line_is_durable();
    forgets_who_cancels();
    refuses_a_line_that_is_no_record();
    refuses_what_it_cannot_open();
    survives_a_full_disk();
    recovers_by_itself();
    writes_a_note_that_is_alone();
    keeps_its_locks();
    shares_the_chain_with_another();
    signs_by_number_by_time_and_at_the_end();
    deletes_what_is_too_old();
    forgets_slowly();
    forgets_by_what_records_say();
    does_not_trust_a_clock_ahead();
    holds_between_threads();
    record_end();
    return done_testing();
}
