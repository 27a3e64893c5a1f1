/* SPDX-License-Identifier: MIT */
/* Consents in the SQLite file of record/store. */
#include "record/consent_store.h"

#include "base/die.h"
#include "record/sqlite.h"
#include "record/store_file.h"

#include <stdio.h>
#include <stdlib.h>

/* X(name, SQL): the statements that are prepared once. */
#define COLUMNS                                                                                    \
    "id, subject, service, kinds, sources, level, given_ms, until_ms, withdrawn_ms, used_ms"
#define STATEMENTS(X)                                                                              \
    X(ADD, "INSERT INTO consent (" COLUMNS ") SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL, NULL"   \
           " WHERE (SELECT count(*) FROM consent WHERE subject = ?2 AND withdrawn_ms IS NULL"      \
           " AND until_ms > ?9) < ?10")                                                            \
    X(WITHDRAW, "UPDATE consent SET withdrawn_ms = ?2 WHERE id = ?1 AND withdrawn_ms IS NULL")     \
    X(USE, "UPDATE consent SET used_ms = ?2 WHERE id = ?1")                                        \
    X(PRUNE, "DELETE FROM consent WHERE min(until_ms, coalesce(withdrawn_ms, until_ms)) < ?1")     \
    X(FIND, "SELECT " COLUMNS " FROM consent WHERE id = ?1")                                       \
    X(LIST, "SELECT " COLUMNS " FROM consent WHERE subject = ?1 ORDER BY id DESC")

enum statement {
#define X(name, sql) S_##name,
    STATEMENTS(X)
#undef X
        STATEMENT_COUNT
};
static const char *const sources[] = {
#define X(name, sql) [S_##name] = sql,
    STATEMENTS(X)
#undef X
};

struct consent_sqlite {
    struct consent_store store; /* first */
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    char why[LOG_TEXT_MAX];
};

static struct consent_sqlite *of(const struct consent_store *store)
{
    return (struct consent_sqlite *)(uintptr_t)store;
}

static bool end(struct consent_sqlite *self, sqlite3_stmt *statement, bool is_well)
{
    if (!is_well)
        snprintf(self->why, sizeof self->why, "%s (%d)", sqlite3_errmsg(self->db),
                 sqlite3_extended_errcode(self->db));
    is_well = sqlite3_reset(statement) == SQLITE_OK && is_well;
    sqlite3_clear_bindings(statement);
    return is_well;
}

/* Runs a statement that gives no row, in a transaction of its own. */
static bool run(struct consent_sqlite *self, enum statement which)
{
    sqlite3_stmt *statement = self->statements[which];
    return end(self, statement, sqlite3_step(statement) == SQLITE_DONE);
}

static bool add(struct consent_store *store, const struct consent *consent, size_t most,
                struct wall now, bool *is_kept)
{
    struct consent_sqlite *self = of(store);
    sqlite3_stmt *statement = self->statements[S_ADD];
    char kinds[CONSENT_KINDS_TEXT], scope[CONSENT_SOURCES_TEXT];
    sqlite_bind_text(statement, 1, consent->id);
    sqlite_bind_text(statement, 2, consent->subject);
    sqlite_bind_text(statement, 3, consent->service);
    sqlite_bind_text(statement, 4, consent_kinds_text(consent->kinds, kinds));
    sqlite_bind_text(statement, 5, consent_sources_text(consent, scope));
    sqlite_bind_text(statement, 6, level_name(consent->level));
    sqlite_bind_wall(statement, 7, consent->given);
    sqlite_bind_wall(statement, 8, consent->until);
    sqlite_bind_wall(statement, 9, now);
    sqlite3_bind_int64(statement, 10, (int64_t)most);
    bool is_well = run(self, S_ADD);
    *is_kept = is_well && sqlite3_changes(self->db) == 1;
    return is_well;
}

static bool withdraw(struct consent_store *store, struct str id, struct wall now)
{
    struct consent_sqlite *self = of(store);
    sqlite_bind_text(self->statements[S_WITHDRAW], 1, id);
    sqlite_bind_wall(self->statements[S_WITHDRAW], 2, now);
    return run(self, S_WITHDRAW);
}

static bool use(struct consent_store *store, struct str id, struct wall now)
{
    struct consent_sqlite *self = of(store);
    sqlite_bind_text(self->statements[S_USE], 1, id);
    sqlite_bind_wall(self->statements[S_USE], 2, now);
    return run(self, S_USE);
}

static bool prune(struct consent_store *store, struct wall before, size_t *count)
{
    struct consent_sqlite *self = of(store);
    sqlite_bind_wall(self->statements[S_PRUNE], 1, before);
    bool is_well = run(self, S_PRUNE);
    *count = is_well ? (size_t)sqlite3_changes(self->db) : 0;
    return is_well;
}

static bool each_row(struct consent_sqlite *self, enum statement which, struct str key,
                     consent_row_fn *each, void *ctx)
{
    sqlite3_stmt *statement = self->statements[which];
    bool goes_on = true, is_whole = true;
    int step = SQLITE_DONE;
    sqlite_bind_text(statement, 1, key);
    while (goes_on && is_whole && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        struct str scope[CONSENT_SOURCES_MAX];
        struct consent row = {
            .id = sqlite_text(statement, 0),
            .subject = sqlite_text(statement, 1),
            .service = sqlite_text(statement, 2),
            .level = level_parse(sqlite_text(statement, 5)),
            .given = sqlite_wall(statement, 6),
            .until = sqlite_wall(statement, 7),
            .withdrawn = sqlite_wall(statement, 8),
            .used = sqlite_wall(statement, 9),
        };
        is_whole =
            consent_scope_parse(sqlite_text(statement, 3), sqlite_text(statement, 4), scope, &row);
        goes_on = is_whole && each(ctx, &row);
    }
    return end(self, statement, is_whole && (step == SQLITE_DONE || step == SQLITE_ROW));
}

static bool find(struct consent_store *store, struct str id, consent_row_fn *each, void *ctx)
{
    return each_row(of(store), S_FIND, id, each, ctx);
}

static bool list(struct consent_store *store, struct str subject, consent_row_fn *each, void *ctx)
{
    return each_row(of(store), S_LIST, subject, each, ctx);
}

static const char *why_of(const struct consent_store *store)
{
    return of(store)->why;
}

static void close_store(struct consent_store *store)
{
    struct consent_sqlite *self = of(store);
    for (int i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(self->statements[i]);
    sqlite3_close(self->db);
    free(self);
}

static const struct consent_store_kind kind = {
    .close = close_store,
    .why = why_of,
    .add = add,
    .withdraw = withdraw,
    .use = use,
    .prune = prune,
    .find = find,
    .list = list,
};

struct consent_store *consent_sqlite_open(const struct log_store_spec *spec, const char **why)
{
    struct consent_sqlite *self = die_calloc(1, sizeof *self);
    self->store.kind = &kind;
    self->db = store_file_open(spec->sqlite, true, why); /* record/store has had it checked */
    /* What is deleted is gone from the file as well. */
    if (self->db &&
        sqlite3_exec(self->db, "PRAGMA secure_delete = ON", NULL, NULL, NULL) != SQLITE_OK)
        *why = "cannot be read";
    for (int i = 0; self->db && !*why && i < STATEMENT_COUNT; i++)
        if (sqlite3_prepare_v3(self->db, sources[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &self->statements[i], NULL) != SQLITE_OK)
            *why = "does not hold what its version says";
    if (!*why)
        return &self->store;
    close_store(&self->store);
    return NULL;
}
