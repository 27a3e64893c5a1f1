/* SPDX-License-Identifier: MIT */
#include "record/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "record/sqlite.h"
#include "record/store_file.h"

enum { BUSY_MS = 2000, CHECK_WHOLE_MAX_MB = 64 };

/* What each version added to the one before; user_version counts those that were applied. */
static const char *const migrations[] = {
    "CREATE TABLE switch ("
    "  source TEXT NOT NULL,"
    "  authority TEXT NOT NULL,"
    "  cause INTEGER NOT NULL CHECK (cause IN (0, 1)),"
    "  mode TEXT NOT NULL,"
    "  message_da TEXT, message_en TEXT,"
    "  until_ms INTEGER,"
    "  who TEXT NOT NULL, why TEXT NOT NULL,"
    "  since_ms INTEGER NOT NULL,"
    "  PRIMARY KEY (source, authority, cause)"
    ") STRICT, WITHOUT ROWID",
    /* The access record: one chain, of one node. body NULL: pruned; its leaf stays. tree: inner
     * nodes of the chain that are kept (record/chain.h). */
    "CREATE TABLE log_chain (one INTEGER PRIMARY KEY CHECK (one = 1), node TEXT NOT NULL,"
    "  pruned INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE log (seq INTEGER PRIMARY KEY, time_ms INTEGER, receipt TEXT, subject TEXT,"
    "  actor TEXT, body TEXT, leaf BLOB NOT NULL CHECK (length(leaf) = 32)) STRICT;"
    "CREATE INDEX log_receipt ON log (receipt) WHERE receipt IS NOT NULL;"
    "CREATE INDEX log_subject ON log (subject, receipt) WHERE subject IS NOT NULL;"
    "CREATE INDEX log_actor ON log (actor, receipt) WHERE actor IS NOT NULL;"
    "CREATE TABLE log_tree (level INTEGER NOT NULL, place INTEGER NOT NULL,"
    "  hash BLOB NOT NULL CHECK (length(hash) = 32), PRIMARY KEY (level, place))"
    "  STRICT, WITHOUT ROWID;"
    "CREATE TABLE log_checkpoint (size INTEGER PRIMARY KEY, text TEXT NOT NULL,"
    "  kid TEXT NOT NULL, signature TEXT NOT NULL) STRICT",
    /* What the records add up to in monthly reports: record/report_tally.h. */
    "CREATE TABLE report (month INTEGER NOT NULL, municipality TEXT NOT NULL,"
    "  source TEXT NOT NULL, what INTEGER NOT NULL, counted INTEGER NOT NULL,"
    "  PRIMARY KEY (month, municipality, source, what)) STRICT, WITHOUT ROWID",
    /* Consents of citizens: record/consent_sqlite. */
    "CREATE TABLE consent (id TEXT PRIMARY KEY, subject TEXT NOT NULL, service TEXT NOT NULL,"
    "  kinds TEXT NOT NULL, sources TEXT NOT NULL, level TEXT NOT NULL, given_ms INTEGER NOT NULL,"
    "  until_ms INTEGER NOT NULL, withdrawn_ms INTEGER, used_ms INTEGER) STRICT, WITHOUT ROWID;"
    "CREATE INDEX consent_subject ON consent (subject, id);"
    "CREATE INDEX consent_end ON consent (min(until_ms, coalesce(withdrawn_ms, until_ms)))",
};
enum { VERSION = sizeof migrations / sizeof *migrations };

struct store {
    sqlite3 *db;
    sqlite3_stmt *put, *remove, *remove_all, *list;
};

static const char put_sql[] =
    "INSERT OR REPLACE INTO switch (source, authority, cause, mode, message_da, message_en,"
    " until_ms, who, why, since_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
static const char remove_sql[] =
    "DELETE FROM switch WHERE source = ?1 AND authority = ?2 AND cause = ?3";
static const char remove_all_sql[] = "DELETE FROM switch WHERE source = ?1 AND cause = ?3";
static const char list_sql[] =
    "SELECT source, authority, cause, mode, message_da, message_en, until_ms, who, why, since_ms"
    " FROM switch ORDER BY source, authority, cause";

/* ---- opening ---- */

/* The first column of the first row; "": there is none. */
static bool first_text(sqlite3 *db, const char *sql, char *out, size_t size)
{
    sqlite3_stmt *statement = NULL;
    bool is_read = sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK;
    int step = is_read ? sqlite3_step(statement) : SQLITE_ERROR;
    const unsigned char *text = step == SQLITE_ROW ? sqlite3_column_text(statement, 0) : NULL;
    snprintf(out, size, "%s", text ? (const char *)text : "");
    sqlite3_finalize(statement);
    return step == SQLITE_ROW || step == SQLITE_DONE;
}

static bool run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* All of it or nothing: a crash leaves the version before. */
static bool migrate(sqlite3 *db, long version)
{
    char sql[64];
    if (version == VERSION)
        return true;
    if (!run(db, "BEGIN IMMEDIATE"))
        return false;
    bool is_well = true;
    for (long i = version; i < VERSION && is_well; i++)
        is_well = run(db, migrations[i]);
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", VERSION);
    is_well = is_well && run(db, sql) && run(db, "COMMIT");
    if (!is_well)
        run(db, "ROLLBACK");
    return is_well;
}

/* A large file is mostly the access record, which has proofs of its own and would take minutes. */
static bool is_sound(sqlite3 *db)
{
    char pages[32], page[32], text[64];
    if (!first_text(db, "PRAGMA page_count", pages, sizeof pages) ||
        !first_text(db, "PRAGMA page_size", page, sizeof page))
        return false;
    double megabytes = strtod(pages, NULL) * strtod(page, NULL) / (1024 * 1024);
    const char *check =
        megabytes <= CHECK_WHOLE_MAX_MB ? "PRAGMA quick_check(1)" : "PRAGMA quick_check('switch')";
    return first_text(db, check, text, sizeof text) && strcmp(text, "ok") == 0;
}

/* NULL: it is as we need it. */
static const char *prepare_file(sqlite3 *db, bool is_unchecked)
{
    char text[64];
    sqlite3_busy_timeout(db, BUSY_MS);
    if (!is_unchecked && !is_sound(db))
        return "is damaged, or no store: put a copy in its place, or move it away to begin anew";
    if (!first_text(db, "PRAGMA journal_mode = WAL", text, sizeof text) ||
        strcmp(text, "wal") != 0 || !run(db, "PRAGMA synchronous = FULL"))
        return "cannot be written";
    if (!first_text(db, "PRAGMA user_version", text, sizeof text))
        return "cannot be read";
    long version = strtol(text, NULL, 10);
    if (version > VERSION)
        return "was made by a newer version of this program";
    return migrate(db, version) ? NULL : "cannot be written";
}

static bool prepare(sqlite3 *db, const char *sql, sqlite3_stmt **statement)
{
    return sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) == SQLITE_OK;
}

/* First by us, so that it is nobody else's to read; the files beside it inherit the mode. A file
 * that is there is not opened, since closing it again would drop every lock that this process holds
 * on it (POSIX), and with them what keeps other processes from deleting the log beside it. */
static bool make_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0 || (errno == EEXIST && access(path, R_OK | W_OK) == 0);
}

sqlite3 *store_file_open(const char *path, bool is_unchecked, const char **why)
{
    sqlite3 *db = NULL;
    *why = NULL;
    if (!make_file(path))
        *why = "cannot be opened for writing";
    else if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, NULL) !=
             SQLITE_OK)
        *why = "cannot be opened";
    else
        *why = prepare_file(db, is_unchecked);
    if (*why) {
        sqlite3_close(db);
        db = NULL;
    }
    return db;
}

struct store *store_open(const char *path, const char **why)
{
    struct store *store = die_calloc(1, sizeof *store);
    store->db = store_file_open(path, false, why);
    if (store->db && (!prepare(store->db, put_sql, &store->put) ||
                      !prepare(store->db, remove_sql, &store->remove) ||
                      !prepare(store->db, remove_all_sql, &store->remove_all) ||
                      !prepare(store->db, list_sql, &store->list)))
        *why = "does not hold what its version says";
    if (*why)
        store_close(&store);
    return store;
}

void store_close(struct store **slot)
{
    struct store *store = *slot;
    if (!store)
        return;
    sqlite3_finalize(store->put);
    sqlite3_finalize(store->remove);
    sqlite3_finalize(store->remove_all);
    sqlite3_finalize(store->list);
    sqlite3_close(store->db);
    free(store);
    *slot = NULL;
}

/* ---- switches ---- */

static void bind_needed(sqlite3_stmt *statement, int at, struct str text)
{
    sqlite_bind_text(statement, at, text.at ? text : STR(""));
}

/* A statement is one thread's from its first value to its reset. */
static void take(struct store *store)
{
    sqlite3_mutex_enter(sqlite3_db_mutex(store->db));
}

static bool give(struct store *store, sqlite3_stmt *statement, bool is_well)
{
    is_well = sqlite3_reset(statement) == SQLITE_OK && is_well;
    sqlite3_clear_bindings(statement);
    sqlite3_mutex_leave(sqlite3_db_mutex(store->db));
    return is_well;
}

bool store_switch_put(struct store *store, const struct store_switch *row)
{
    sqlite3_stmt *put = store->put;
    take(store);
    bind_needed(put, 1, row->source);
    bind_needed(put, 2, row->authority);
    sqlite3_bind_int(put, 3, (int)row->cause);
    bind_needed(put, 4, row->mode);
    sqlite_bind_text(put, 5, row->message.in[LANGUAGE_DA]);
    sqlite_bind_text(put, 6, row->message.in[LANGUAGE_EN]);
    sqlite_bind_wall(put, 7, row->until);
    bind_needed(put, 8, row->who);
    bind_needed(put, 9, row->why);
    sqlite3_bind_int64(put, 10, row->since.unix_ms);
    return give(store, put, sqlite3_step(put) == SQLITE_DONE);
}

bool store_switch_remove(struct store *store, struct str source, struct str authority,
                         enum store_switch_cause cause)
{
    sqlite3_stmt *statement = authority.at ? store->remove : store->remove_all;
    take(store);
    bind_needed(statement, 1, source);
    if (authority.at)
        sqlite_bind_text(statement, 2, authority);
    sqlite3_bind_int(statement, 3, (int)cause);
    return give(store, statement, sqlite3_step(statement) == SQLITE_DONE);
}

bool store_switches_each(struct store *store, store_switch_fn *each, void *ctx)
{
    sqlite3_stmt *list = store->list;
    int step;
    take(store);
    while ((step = sqlite3_step(list)) == SQLITE_ROW) {
        const struct store_switch row = {
            .source = sqlite_text(list, 0),
            .authority = sqlite_text(list, 1),
            .cause =
                sqlite3_column_int(list, 2) == SWITCH_FOREIGN ? SWITCH_FOREIGN : SWITCH_OPERATOR,
            .mode = sqlite_text(list, 3),
            .message
                .in = {[LANGUAGE_DA] = sqlite_text(list, 4), [LANGUAGE_EN] = sqlite_text(list, 5)},
            .until = sqlite_wall(list, 6),
            .who = sqlite_text(list, 7),
            .why = sqlite_text(list, 8),
            .since = sqlite_wall(list, 9),
        };
        each(ctx, &row);
    }
    return give(store, list, step == SQLITE_DONE);
}
