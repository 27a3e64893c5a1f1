/* SPDX-License-Identifier: MIT */
/* The registry in the SQLite file of record/store, over a connection of its own. */
#include "record/registry.h"

#include "base/die.h"
#include "record/sqlite.h"
#include "record/store_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUSY_MS = 2000 };

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS registry (kind TEXT NOT NULL, name TEXT NOT NULL,"
    "  version INTEGER NOT NULL, owner TEXT NOT NULL, bytes TEXT NOT NULL, report TEXT, terms TEXT,"
    "  state TEXT NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL, at_ms INTEGER NOT NULL,"
    "  PRIMARY KEY (kind, name, version)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS registry_step (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL,"
    "  name TEXT NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL, who TEXT NOT NULL,"
    "  why TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;"
    "CREATE INDEX IF NOT EXISTS registry_step_of ON registry_step (kind, name, seq)";

/* X(name, SQL) */
#define STATEMENTS(X)                                                                              \
    X(EACH, "SELECT kind, name, version, owner, CASE WHEN ?4 THEN bytes END,"                      \
            " CASE WHEN ?5 THEN report END, terms, state, who, why, at_ms FROM registry"           \
            " WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR name = ?2)"                       \
            " AND (?3 IS NULL OR owner = ?3) ORDER BY kind, name, version")                        \
    X(HISTORY, "SELECT s.kind, s.name, s.version, r.owner, NULL, NULL, NULL, s.state, s.who,"      \
               " s.why, s.at_ms FROM registry_step s JOIN registry r"                              \
               " ON r.kind = s.kind AND r.name = s.name AND r.version = s.version"                 \
               " WHERE s.kind = ?1 AND s.name = ?2 ORDER BY s.seq")                                \
    X(REVISION, "SELECT coalesce(max(seq), 0) FROM registry_step")                                 \
    X(ADD, "INSERT INTO registry (kind, name, version, owner, bytes, report, terms, state, who,"   \
           " why, at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")                   \
    X(SET, "UPDATE registry SET report = coalesce(?6, report), terms = coalesce(?7, terms),"       \
           " state = ?8, who = ?9, why = ?10, at_ms = ?11"                                         \
           " WHERE kind = ?1 AND name = ?2 AND version = ?3")                                      \
    X(STEP, "INSERT INTO registry_step (kind, name, version, state, who, why, at_ms)"              \
            " VALUES (?1, ?2, ?3, ?8, ?9, ?10, ?11)")

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

struct registry_sqlite {
    struct registry registry; /* first */
    sqlite3 *db;              /* NULL: there is no store yet, which is empty */
    sqlite3_stmt *statements[STATEMENT_COUNT];
};

static struct registry_sqlite *of(struct registry *registry)
{
    return (struct registry_sqlite *)(uintptr_t)registry;
}

static bool fail(struct registry_sqlite *self)
{
    snprintf(self->registry.why, sizeof self->registry.why, "%s (%d)", sqlite3_errmsg(self->db),
             sqlite3_extended_errcode(self->db));
    return false;
}

static bool run(struct registry_sqlite *self, const char *sql)
{
    return sqlite3_exec(self->db, sql, NULL, NULL, NULL) == SQLITE_OK || fail(self);
}

static bool end(struct registry_sqlite *self, sqlite3_stmt *statement, bool is_well)
{
    if (!is_well)
        fail(self);
    is_well = sqlite3_reset(statement) == SQLITE_OK && is_well;
    sqlite3_clear_bindings(statement);
    return is_well;
}

/* ---- reading ---- */

/* False: a row is not one that this program writes. */
static bool take_row(sqlite3_stmt *statement, struct registry_version *version)
{
    *version = (struct registry_version){.name = sqlite_text(statement, 1),
                                         .version = sqlite3_column_int64(statement, 2),
                                         .owner = sqlite_text(statement, 3),
                                         .bytes = sqlite_text(statement, 4),
                                         .report = sqlite_text(statement, 5),
                                         .terms = sqlite_text(statement, 6),
                                         .who = sqlite_text(statement, 8),
                                         .why = sqlite_text(statement, 9),
                                         .at_ms = sqlite3_column_int64(statement, 10)};
    return registration_kind_parse(sqlite_text(statement, 0), &version->kind) &&
           registration_state_parse(sqlite_text(statement, 7), &version->state);
}

static bool read_rows(struct registry_sqlite *self, sqlite3_stmt *statement, unsigned states,
                      registry_version_fn *each, void *ctx)
{
    int step = SQLITE_ROW;
    bool goes_on = true, is_right = true;
    while (goes_on && is_right && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        struct registry_version version;
        is_right = take_row(statement, &version);
        if (is_right && (states == 0 || (states & REGISTRATION_BIT(version.state))))
            goes_on = each(ctx, &version);
    }
    bool is_well = end(self, statement, step == SQLITE_ROW || step == SQLITE_DONE);
    if (!is_right)
        snprintf(self->registry.why, sizeof self->registry.why, "a row of a newer version");
    return is_well && is_right;
}

static bool registry_sqlite_each(struct registry *registry, const struct registry_ask *ask,
                                 registry_version_fn *each, void *ctx)
{
    struct registry_sqlite *self = of(registry);
    sqlite3_stmt *statement = self->statements[S_EACH];
    if (!self->db)
        return true;
    sqlite_bind_text(statement, 1, ask->has_kind ? registration_kind_name(ask->kind) : STR_NONE);
    sqlite_bind_text(statement, 2, ask->name);
    sqlite_bind_text(statement, 3, ask->owner);
    sqlite3_bind_int(statement, 4, ask->with_bytes);
    sqlite3_bind_int(statement, 5, ask->with_report);
    return read_rows(self, statement, ask->states, each, ctx);
}

static bool registry_sqlite_history(struct registry *registry, enum registration_kind kind,
                                    struct str name, registry_version_fn *each, void *ctx)
{
    struct registry_sqlite *self = of(registry);
    sqlite3_stmt *statement = self->statements[S_HISTORY];
    if (!self->db)
        return true;
    sqlite_bind_text(statement, 1, registration_kind_name(kind));
    sqlite_bind_text(statement, 2, name);
    return read_rows(self, statement, 0, each, ctx);
}

static bool registry_sqlite_revision(struct registry *registry, int64_t *revision)
{
    struct registry_sqlite *self = of(registry);
    sqlite3_stmt *statement = self->statements[S_REVISION];
    *revision = 0;
    if (!self->db)
        return true;
    bool is_read = sqlite3_step(statement) == SQLITE_ROW;
    if (is_read)
        *revision = sqlite3_column_int64(statement, 0);
    return end(self, statement, is_read);
}

/* ---- writing ---- */

static bool write_with(struct registry_sqlite *self, enum statement which,
                       const struct registry_version *change)
{
    sqlite3_stmt *statement = self->statements[which];
    const struct str texts[] = {change->report, change->terms,
                                registration_state_name(change->state), change->who, change->why};
    sqlite_bind_text(statement, 1, registration_kind_name(change->kind));
    sqlite_bind_text(statement, 2, change->name);
    sqlite3_bind_int64(statement, 3, change->version);
    if (which == S_ADD) {
        sqlite_bind_text(statement, 4, change->owner);
        sqlite_bind_text(statement, 5, change->bytes);
    }
    for (int i = which == S_STEP ? 2 : 0; i < 5; i++)
        sqlite_bind_text(statement, 6 + i, texts[i]);
    sqlite3_bind_int64(statement, 11, change->at_ms);
    return end(self, statement, sqlite3_step(statement) == SQLITE_DONE);
}

static bool write_all(struct registry_sqlite *self, const struct registry_version *changes,
                      size_t count)
{
    bool is_well = true;
    for (size_t i = 0; is_well && i < count; i++)
        is_well = write_with(self, changes[i].bytes.at ? S_ADD : S_SET, &changes[i]) &&
                  sqlite3_changes(self->db) == 1 && write_with(self, S_STEP, &changes[i]);
    return is_well;
}

static bool registry_sqlite_change(struct registry *registry, int64_t revision,
                                   const struct registry_version *changes, size_t count,
                                   bool *is_current)
{
    struct registry_sqlite *self = of(registry);
    int64_t now = 0;
    *is_current = false;
    if (!self->db || !run(self, "BEGIN IMMEDIATE"))
        return false;
    bool is_well = registry_sqlite_revision(registry, &now);
    *is_current = is_well && now == revision;
    is_well = is_well && (!*is_current || write_all(self, changes, count));
    if (is_well && run(self, *is_current ? "COMMIT" : "ROLLBACK"))
        return true;
    sqlite3_exec(self->db, "ROLLBACK", NULL, NULL, NULL);
    return false;
}

/* ---- opening ---- */

static void registry_sqlite_close(struct registry *registry)
{
    struct registry_sqlite *self = of(registry);
    for (int i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(self->statements[i]);
    sqlite3_close(self->db);
    free(self);
}

static const struct registry_kind kind = {
    .close = registry_sqlite_close,
    .each = registry_sqlite_each,
    .history = registry_sqlite_history,
    .revision = registry_sqlite_revision,
    .change = registry_sqlite_change,
};

static bool has_tables(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    bool is_there = sqlite3_prepare_v2(db, "SELECT 1 FROM registry_step LIMIT 1", -1, &statement,
                                       NULL) == SQLITE_OK;
    sqlite3_finalize(statement);
    return is_there;
}

/* A reader makes nothing: no file, or a file without our tables, is an empty registry. */
static bool open_reading(struct registry_sqlite *self, const char *path, const char **why)
{
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return true;
    if (sqlite3_open_v2(path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, NULL) !=
            SQLITE_OK ||
        sqlite3_busy_timeout(self->db, BUSY_MS) != SQLITE_OK ||
        sqlite3_exec(self->db, "SELECT 1 FROM sqlite_schema LIMIT 1", NULL, NULL, NULL) !=
            SQLITE_OK) {
        *why = "cannot be read";
        return false;
    }
    if (!has_tables(self->db)) {
        sqlite3_close(self->db);
        self->db = NULL;
    }
    return true;
}

static bool open_writing(struct registry_sqlite *self, const char *path, const char **why)
{
    self->db = store_file_open(path, true, why);
    if (!self->db)
        return false;
    *why = "cannot be written";
    return run(self, "BEGIN IMMEDIATE") && run(self, schema) && run(self, "COMMIT");
}

static bool prepare(struct registry_sqlite *self, const char **why)
{
    *why = "does not hold what its version says";
    for (int i = 0; self->db && i < STATEMENT_COUNT; i++)
        if (sqlite3_prepare_v3(self->db, sources[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &self->statements[i], NULL) != SQLITE_OK)
            return false;
    return true;
}

struct registry *registry_sqlite_open(const struct registry_spec *spec, char why[REGISTRY_WHY_MAX])
{
    struct registry_sqlite *self = die_calloc(1, sizeof *self);
    const char *reason = NULL;
    self->registry.kind = &kind;
    if ((spec->is_reading ? open_reading : open_writing)(self, spec->sqlite, &reason) &&
        prepare(self, &reason))
        return &self->registry;
    snprintf(why, REGISTRY_WHY_MAX, "%.300s: %s", spec->sqlite, reason);
    registry_sqlite_close(&self->registry);
    return NULL;
}
