/* SPDX-License-Identifier: MIT */
/* label: threads */
/* The store: what was said to be kept is there after the process has been killed, what is damaged
 * is refused and left alone. */
#include "record/store.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/die.h"
#include "tests/tap.h"

static char folder[] = "/tmp/store-XXXXXX";
static char path[64];

static void forget(void)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char file[80];
        snprintf(file, sizeof file, "%s%s", path, ends[i]);
        unlink(file);
    }
}

static struct store *open_store(const char *what)
{
    const char *why = NULL;
    struct store *store = store_open(path, &why);
    ok(store, "%s: %s", what, why ? why : "opened");
    return store;
}

static void describe(void *ctx, const struct store_switch *row)
{
    struct buf *out = ctx;
    buf_format(out, "%.*s/%.*s %s %.*s [%.*s|%.*s] %lld %.*s: %.*s @%lld\n", STR_ARG(row->source),
               STR_ARG(row->authority), row->cause == SWITCH_FOREIGN ? "foreign" : "operator",
               STR_ARG(row->mode), STR_ARG(row->message.in[LANGUAGE_DA]),
               STR_ARG(row->message.in[LANGUAGE_EN]),
               row->until.known ? (long long)row->until.unix_ms : -1, STR_ARG(row->who),
               STR_ARG(row->why), (long long)row->since.unix_ms);
}

static void is_stored(struct store *store, const char *want, const char *what)
{
    struct buf out;
    buf_init(&out, 65536);
    ok(store_switches_each(store, describe, &out), "%s: read", what);
    is_bytes(buf_str(&out).at, out.len, want, strlen(want), "%s", what);
    buf_clear(&out);
}

static struct store_switch foreign(const char *source, const char *authority)
{
    return (struct store_switch){.source = str_of(source),
                                 .authority = str_of(authority),
                                 .cause = SWITCH_FOREIGN,
                                 .who = STR("gateway"),
                                 .why = STR("names another citizen"),
                                 .since = {1000, true}};
}

static void keeps_and_forgets(void)
{
    struct store *store = open_store("a new file");
    struct stat stat_of_file;
    ok(stat(path, &stat_of_file) == 0 && (stat_of_file.st_mode & 077) == 0, "nobody else's");
    is_stored(store, "", "empty");
    struct store_switch row = foreign("atp", ""), other = foreign("index", "64942212");
    struct store_switch closed = {.source = STR("atp"),
                                  .authority = STR(""),
                                  .cause = SWITCH_OPERATOR,
                                  .mode = STR("maintenance"),
                                  .message.in = {STR("Vi er væk 'lige' nu"), STR("Away")},
                                  .until = {5000, true},
                                  .who = STR("uid 1000"),
                                  .why = STR("upgrade"),
                                  .since = {2000, true}};
    ok(store_switch_put(store, &other) && store_switch_put(store, &row) &&
           store_switch_put(store, &closed),
       "three rows");
    row.since.unix_ms = 3000;
    ok(store_switch_put(store, &row), "one of them again");
    store_close(&store);

    store = open_store("again");
    is_stored(store,
              "atp/ foreign  [|] -1 gateway: names another citizen @3000\n"
              "atp/ operator maintenance [Vi er væk 'lige' nu|Away] 5000 uid 1000: upgrade @2000\n"
              "index/64942212 foreign  [|] -1 gateway: names another citizen @1000\n",
              "what was put");
    ok(store_switch_remove(store, STR("index"), STR("11111111"), SWITCH_FOREIGN), "none to remove");
    ok(store_switch_remove(store, STR("atp"), STR(""), SWITCH_FOREIGN), "one of one cause");
    is_stored(store,
              "atp/ operator maintenance [Vi er væk 'lige' nu|Away] 5000 uid 1000: upgrade @2000\n"
              "index/64942212 foreign  [|] -1 gateway: names another citizen @1000\n",
              "the other cause stays");
    ok(store_switch_remove(store, STR("index"), STR_NONE, SWITCH_FOREIGN) &&
           store_switch_remove(store, STR("atp"), STR_NONE, SWITCH_OPERATOR),
       "of all authorities");
    is_stored(store, "", "nothing left");
    store_close(&store);
    forget();
}

/* The child writes until it is killed and tells of each row that was kept. */
static void survives_kills(void)
{
    int lost = 0, kept = 0;
    for (int round = 0; round < 20; round++) {
        int told[2];
        forget();
        if (pipe(told) < 0)
            die("no pipe");
        pid_t child = fork();
        if (child == 0) {
            const char *why;
            struct store *store = store_open(path, &why);
            if (!store)
                _exit(1);
            for (unsigned i = 0;; i++) {
                char source[32];
                snprintf(source, sizeof source, "s%u", i);
                struct store_switch row = foreign(source, "");
                if (!store_switch_put(store, &row) || write(told[1], "k", 1) != 1)
                    _exit(1);
            }
        }
        close(told[1]);
        char byte;
        int count = 0;
        while (count < 3 * round + 1 && read(told[0], &byte, 1) == 1)
            count++;
        kill(child, SIGKILL);
        while (read(told[0], &byte, 1) == 1)
            count++;
        close(told[0]);
        waitpid(child, NULL, 0);
        const char *why = NULL;
        struct store *store = store_open(path, &why);
        struct buf out;
        buf_init(&out, (size_t)16 * 1024 * 1024);
        if (!store || !store_switches_each(store, describe, &out)) {
            lost++;
            continue;
        }
        int rows = 0;
        for (size_t i = 0; i < out.len; i++)
            rows += out.at[i] == '\n';
        lost += rows < count;
        kept += count;
        buf_clear(&out);
        store_close(&store);
    }
    is_int(lost, 0, "kill -9, twenty times: every row that was said to be kept is there");
    ok(kept > 20, "%d rows were", kept);
    forget();
}

static void write_file(const char *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
        die("cannot write");
    close(fd);
}

static void refuses(const char *want, const char *what)
{
    const char *why = NULL;
    struct stat before, after;
    stat(path, &before);
    struct store *store = store_open(path, &why);
    ok(!store, "%s is refused", what);
    ok(why && strstr(why, want), "%s: %s", what, why ? why : "no reason");
    ok(stat(path, &after) == 0 && after.st_size == before.st_size, "%s is left as it is", what);
    store_close(&store);
}

static void refuses_what_is_none(void)
{
    char page[8192];
    memset(page, 'x', sizeof page);
    write_file(page, sizeof page);
    refuses("damaged", "a file that is no store");
    forget();

    struct store *store = open_store("a store");
    for (int i = 0; i < 300; i++) {
        char source[32];
        snprintf(source, sizeof source, "source.%d", i);
        struct store_switch row = foreign(source, "");
        if (!store_switch_put(store, &row))
            ok(false, "row %d", i);
    }
    store_close(&store);
    int fd = open(path, O_RDWR);
    ok(pwrite(fd, page, 4096, 4096) == 4096, "its second page is overwritten");
    close(fd);
    refuses("damaged", "a damaged store");
    forget();

    sqlite3 *db;
    ok(sqlite3_open(path, &db) == SQLITE_OK &&
           sqlite3_exec(db, "PRAGMA user_version = 1000", NULL, NULL, NULL) == SQLITE_OK,
       "a store of the year 3000");
    sqlite3_close(db);
    refuses("newer", "it");
    forget();

    const char *why = NULL;
    ok(!store_open("/nowhere/at/all.db", &why) && why, "no folder: %s", why);
}

enum { THREADS = 4, ROWS = 50 };

static void *put_rows(void *ctx)
{
    static atomic_int next;
    struct store *store = ctx;
    int thread = next++;
    intptr_t kept = 0;
    for (int i = 0; i < ROWS; i++) {
        char source[32];
        snprintf(source, sizeof source, "t%d.%d", thread, i);
        struct store_switch row = foreign(source, "");
        kept += store_switch_put(store, &row);
    }
    return (void *)kept;
}

static void serves_threads(void)
{
    struct store *store = open_store("for threads");
    pthread_t threads[THREADS];
    intptr_t kept = 0;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, put_rows, store);
    for (int i = 0; i < THREADS; i++) {
        void *some;
        pthread_join(threads[i], &some);
        kept += (intptr_t)some;
    }
    struct buf out;
    buf_init(&out, (size_t)1024 * 1024);
    ok(store_switches_each(store, describe, &out), "read");
    int rows = 0;
    for (size_t i = 0; i < out.len; i++)
        rows += out.at[i] == '\n';
    is_int(kept, (intptr_t)THREADS * ROWS, "all were kept");
    is_int(rows, THREADS * ROWS, "and are there");
    buf_clear(&out);
    store_close(&store);
    forget();
}

int main(void)
{
    if (!mkdtemp(folder))
        die("no folder");
    snprintf(path, sizeof path, "%s/overblik.db", folder);
    keeps_and_forgets();
    survives_kills();
    refuses_what_is_none();
    serves_threads();
    rmdir(folder);
    return done_testing();
}
