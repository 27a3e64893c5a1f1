/* SPDX-License-Identifier: MIT */
/* The access record in the SQLite file of record/store: one node's chain. */
#include "record/log_store.h"

#include "base/die.h"
#include "record/sqlite.h"
#include "record/store_file.h"

#include <stdio.h>
#include <stdlib.h>

/* X(name, SQL): the statements that are prepared once. */
#define ROW_COLUMNS "seq, coalesce(time_ms, 0), receipt, subject, actor, body, leaf"
#define STATEMENTS(X)                                                                              \
    X(BEGIN, "BEGIN IMMEDIATE")                                                                    \
    X(COMMIT, "COMMIT")                                                                            \
    X(ADD, "INSERT INTO log (seq, time_ms, receipt, subject, actor, body, leaf)"                   \
           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")                                                 \
    X(KEEP, "INSERT INTO log_tree (level, place, hash) VALUES (?1, ?2, ?3)")                       \
    X(SIGN, "INSERT OR IGNORE INTO log_checkpoint (size, text, kid, signature)"                    \
            " VALUES (?1, ?2, ?3, ?4)")                                                            \
    X(PRUNE, "UPDATE log SET time_ms = NULL, receipt = NULL, subject = NULL, actor = NULL,"        \
             " body = NULL WHERE seq >= (SELECT pruned FROM log_chain) AND seq < ?1")              \
    X(PRUNED, "UPDATE log_chain SET pruned = max(pruned, ?1)")                                     \
    X(COUNT, "INSERT INTO report (month, municipality, source, what, counted)"                     \
             " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE"                                  \
             " SET counted = counted + excluded.counted")                                          \
    X(FORGET, "DELETE FROM report WHERE month < ?1")                                               \
    X(COUNTS, "SELECT municipality, source, what, counted FROM report WHERE month = ?1"            \
              " ORDER BY municipality, source, what")                                              \
    X(FIRST, "SELECT pruned FROM log_chain")                                                       \
    X(SIZE, "SELECT coalesce(max(seq) + 1, 0) FROM log")                                           \
    X(LEAF, "SELECT leaf FROM log WHERE seq = ?1")                                                 \
    X(NODE, "SELECT hash FROM log_tree WHERE level = ?1 AND place = ?2")                           \
    X(ROWS, "SELECT " ROW_COLUMNS " FROM log WHERE seq >= ?1 ORDER BY seq")                        \
    X(RECEIPT, "SELECT " ROW_COLUMNS " FROM log WHERE receipt = ?1 ORDER BY seq")                  \
    X(SUBJECT, "SELECT " ROW_COLUMNS " FROM log WHERE subject = ?1 AND receipt < ?2"               \
               " ORDER BY receipt DESC, seq DESC")                                                 \
    X(ACTOR, "SELECT " ROW_COLUMNS " FROM log WHERE actor = ?1 AND receipt < ?2"                   \
             " ORDER BY receipt DESC, seq DESC")                                                   \
    X(CHECKPOINTS, "SELECT size, text, kid, signature FROM log_checkpoint WHERE size >= ?1"        \
                   " ORDER BY size")                                                               \
    X(NEWEST, "SELECT size, text, kid, signature FROM log_checkpoint ORDER BY size DESC LIMIT 1")

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

struct log_sqlite {
    struct log_store store; /* first */
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    char node[LOG_NODE_MAX + 1];
    char why[LOG_TEXT_MAX];
};

static struct log_sqlite *of(const struct log_store *store)
{
    return (struct log_sqlite *)(uintptr_t)store;
}

/* ---- statements ---- */

static bool fail(struct log_sqlite *log)
{
    snprintf(log->why, sizeof log->why, "%s (%d)", sqlite3_errmsg(log->db),
             sqlite3_extended_errcode(log->db));
    return false;
}

static void bind_hash(sqlite3_stmt *statement, int at, const struct chain_hash *hash)
{
    sqlite3_bind_blob(statement, at, hash->bytes, CHAIN_HASH, SQLITE_STATIC);
}

static bool end(struct log_sqlite *log, sqlite3_stmt *statement, bool is_well)
{
    if (!is_well)
        fail(log);
    is_well = sqlite3_reset(statement) == SQLITE_OK && is_well;
    sqlite3_clear_bindings(statement);
    return is_well;
}

/* Runs a statement that gives no row. */
static bool run(struct log_sqlite *log, enum statement which)
{
    sqlite3_stmt *statement = log->statements[which];
    return end(log, statement, sqlite3_step(statement) == SQLITE_DONE);
}

static bool hash_of(sqlite3_stmt *statement, int column, struct chain_hash *hash)
{
    const void *at = sqlite3_column_blob(statement, column);
    if (!at || sqlite3_column_bytes(statement, column) != CHAIN_HASH)
        return false;
    memcpy(hash->bytes, at, CHAIN_HASH);
    return true;
}

/* One row of ROW_COLUMNS after the other. */
static bool each_row(struct log_sqlite *log, enum statement which, log_row_fn *each, void *ctx)
{
    sqlite3_stmt *statement = log->statements[which];
    bool goes_on = true, is_whole = true;
    int step = SQLITE_DONE;
    while (goes_on && is_whole && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        struct log_row row = {
            .seq = (uint64_t)sqlite3_column_int64(statement, 0),
            .node = str_of(log->node),
            .time_ms = sqlite3_column_int64(statement, 1),
            .receipt = sqlite_text(statement, 2),
            .subject = sqlite_text(statement, 3),
            .actor = sqlite_text(statement, 4),
            .body = sqlite_text(statement, 5),
        };
        is_whole = hash_of(statement, 6, &row.leaf);
        goes_on = is_whole && each(ctx, &row);
    }
    return end(log, statement, is_whole && (step == SQLITE_DONE || step == SQLITE_ROW));
}

/* ---- writing ---- */

static bool log_begin(struct log_store *store)
{
    return run(of(store), S_BEGIN);
}

static bool log_commit(struct log_store *store)
{
    return run(of(store), S_COMMIT);
}

static bool log_add(struct log_store *store, const struct log_row *row)
{
    struct log_sqlite *log = of(store);
    sqlite3_stmt *add = log->statements[S_ADD];
    sqlite3_bind_int64(add, 1, (int64_t)row->seq);
    sqlite3_bind_int64(add, 2, row->time_ms);
    sqlite_bind_text(add, 3, row->receipt);
    sqlite_bind_text(add, 4, row->subject);
    sqlite_bind_text(add, 5, row->actor);
    sqlite_bind_text(add, 6, row->body);
    bind_hash(add, 7, &row->leaf);
    return run(log, S_ADD);
}

static bool log_keep(struct log_store *store, unsigned level, uint64_t index,
                     const struct chain_hash *hash)
{
    struct log_sqlite *log = of(store);
    sqlite3_stmt *keep = log->statements[S_KEEP];
    sqlite3_bind_int64(keep, 1, level);
    sqlite3_bind_int64(keep, 2, (int64_t)index);
    bind_hash(keep, 3, hash);
    return run(log, S_KEEP);
}

static bool log_sign(struct log_store *store, const struct log_checkpoint *checkpoint)
{
    struct log_sqlite *log = of(store);
    sqlite3_stmt *sign = log->statements[S_SIGN];
    sqlite3_bind_int64(sign, 1, (int64_t)checkpoint->size);
    sqlite_bind_text(sign, 2, checkpoint->text);
    sqlite_bind_text(sign, 3, checkpoint->kid);
    sqlite_bind_text(sign, 4, checkpoint->signature);
    return run(log, S_SIGN);
}

static bool log_prune(struct log_store *store, uint64_t before)
{
    struct log_sqlite *log = of(store);
    sqlite3_bind_int64(log->statements[S_PRUNE], 1, (int64_t)before);
    sqlite3_bind_int64(log->statements[S_PRUNED], 1, (int64_t)before);
    return run(log, S_PRUNE) && run(log, S_PRUNED);
}

static bool log_count(struct log_store *store, const struct report_cell *cells, size_t count)
{
    struct log_sqlite *log = of(store);
    sqlite3_stmt *add = log->statements[S_COUNT];
    bool is_well = true;
    for (size_t i = 0; i < count && is_well; i++) {
        sqlite3_bind_int(add, 1, cells[i].month);
        sqlite_bind_text(add, 2, cells[i].municipality);
        sqlite_bind_text(add, 3, cells[i].source);
        sqlite3_bind_int64(add, 4, cells[i].what);
        sqlite3_bind_int64(add, 5, (int64_t)cells[i].count);
        is_well = run(log, S_COUNT);
    }
    return is_well;
}

static bool log_forget_counts(struct log_store *store, int month)
{
    sqlite3_bind_int(of(store)->statements[S_FORGET], 1, month);
    return run(of(store), S_FORGET);
}

/* ---- reading ---- */

static bool log_nodes(struct log_store *store, log_node_fn *each, void *ctx)
{
    struct log_sqlite *log = of(store);
    if (log->node[0])
        each(ctx, str_of(log->node));
    return true;
}

/* The first column of the one row. */
static bool number_of(struct log_sqlite *log, enum statement which, uint64_t *number)
{
    sqlite3_stmt *statement = log->statements[which];
    int step = sqlite3_step(statement);
    *number = step == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(statement, 0) : 0;
    return end(log, statement, step == SQLITE_ROW || step == SQLITE_DONE);
}

static bool log_size(struct log_store *store, struct str node, uint64_t *size)
{
    *size = 0;
    return !str_equal(node, str_of(of(store)->node)) || number_of(of(store), S_SIZE, size);
}

static bool log_pruned(struct log_store *store, struct str node, uint64_t *first)
{
    *first = 0;
    return !str_equal(node, str_of(of(store)->node)) || number_of(of(store), S_FIRST, first);
}

static bool log_hash(struct log_store *store, struct str node, unsigned level, uint64_t index,
                     struct chain_hash *hash)
{
    struct log_sqlite *log = of(store);
    sqlite3_stmt *statement = log->statements[level == 0 ? S_LEAF : S_NODE];
    if (!str_equal(node, str_of(log->node)))
        return false;
    sqlite3_bind_int64(statement, 1, level == 0 ? (int64_t)index : (int64_t)level);
    if (level > 0)
        sqlite3_bind_int64(statement, 2, (int64_t)index);
    return end(log, statement,
               sqlite3_step(statement) == SQLITE_ROW && hash_of(statement, 0, hash));
}

static bool log_rows(struct log_store *store, struct str node, uint64_t from, log_row_fn *each,
                     void *ctx)
{
    struct log_sqlite *log = of(store);
    if (!str_equal(node, str_of(log->node)))
        return true;
    sqlite3_bind_int64(log->statements[S_ROWS], 1, (int64_t)from);
    return each_row(log, S_ROWS, each, ctx);
}

static bool log_receipt(struct log_store *store, struct str receipt, log_row_fn *each, void *ctx)
{
    struct log_sqlite *log = of(store);
    sqlite_bind_text(log->statements[S_RECEIPT], 1, receipt);
    return each_row(log, S_RECEIPT, each, ctx);
}

static bool log_person(struct log_store *store, struct str pseudonym, bool is_actor,
                       struct str before, log_row_fn *each, void *ctx)
{
    struct log_sqlite *log = of(store);
    enum statement which = is_actor ? S_ACTOR : S_SUBJECT;
    sqlite_bind_text(log->statements[which], 1, pseudonym);
    sqlite_bind_text(log->statements[which], 2,
                     before.at ? before : STR("~")); /* behind any receipt */
    return each_row(log, which, each, ctx);
}

static bool each_checkpoint(struct log_sqlite *log, enum statement which, log_checkpoint_fn *each,
                            void *ctx)
{
    sqlite3_stmt *statement = log->statements[which];
    bool goes_on = true;
    int step = SQLITE_DONE;
    while (goes_on && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        struct log_checkpoint checkpoint = {
            .size = (uint64_t)sqlite3_column_int64(statement, 0),
            .text = sqlite_text(statement, 1),
            .kid = sqlite_text(statement, 2),
            .signature = sqlite_text(statement, 3),
        };
        goes_on = each(ctx, &checkpoint);
    }
    return end(log, statement, step == SQLITE_DONE || step == SQLITE_ROW);
}

static bool log_checkpoints(struct log_store *store, struct str node, uint64_t from,
                            log_checkpoint_fn *each, void *ctx)
{
    struct log_sqlite *log = of(store);
    if (!str_equal(node, str_of(log->node)))
        return true;
    sqlite3_bind_int64(log->statements[S_CHECKPOINTS], 1, (int64_t)from);
    return each_checkpoint(log, S_CHECKPOINTS, each, ctx);
}

static bool log_newest(struct log_store *store, struct str node, log_checkpoint_fn *each, void *ctx)
{
    struct log_sqlite *log = of(store);
    return !str_equal(node, str_of(log->node)) || each_checkpoint(log, S_NEWEST, each, ctx);
}

static bool log_counts(struct log_store *store, int month, log_count_fn *each, void *ctx)
{
    struct log_sqlite *log = of(store);
    sqlite3_stmt *statement = log->statements[S_COUNTS];
    bool goes_on = true;
    int step = SQLITE_DONE;
    sqlite3_bind_int(statement, 1, month);
    while (goes_on && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        const struct report_cell cell = {
            .month = month,
            .municipality = sqlite_text(statement, 0),
            .source = sqlite_text(statement, 1),
            .what = (unsigned)sqlite3_column_int(statement, 2),
            .count = (uint64_t)sqlite3_column_int64(statement, 3),
        };
        goes_on = each(ctx, &cell);
    }
    return end(log, statement, step == SQLITE_DONE || step == SQLITE_ROW);
}

static bool log_backup(struct log_store *store, const char *path, const char **why)
{
    struct log_sqlite *log = of(store);
    sqlite3_stmt *vacuum = NULL;
    bool is_well = sqlite3_prepare_v2(log->db, "VACUUM INTO ?1", -1, &vacuum, NULL) == SQLITE_OK &&
                   sqlite3_bind_text(vacuum, 1, path, -1, SQLITE_STATIC) == SQLITE_OK &&
                   sqlite3_step(vacuum) == SQLITE_DONE;
    if (!is_well)
        fail(log);
    sqlite3_finalize(vacuum);
    *why = is_well ? NULL : log->why;
    return is_well;
}

static const char *log_why(const struct log_store *store)
{
    return of(store)->why;
}

/* ---- opening ---- */

static void log_close(struct log_store *store)
{
    struct log_sqlite *log = of(store);
    for (int i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(log->statements[i]);
    sqlite3_close(log->db); /* rolls back what was begun */
    free(log);
}

static const struct log_store_kind kind = {
    .close = log_close,
    .begin = log_begin,
    .add = log_add,
    .keep = log_keep,
    .sign = log_sign,
    .prune = log_prune,
    .count = log_count,
    .forget_counts = log_forget_counts,
    .commit = log_commit,
    .nodes = log_nodes,
    .size = log_size,
    .pruned = log_pruned,
    .hash = log_hash,
    .rows = log_rows,
    .receipt = log_receipt,
    .person = log_person,
    .checkpoints = log_checkpoints,
    .newest = log_newest,
    .counts = log_counts,
    .backup = log_backup,
    .why = log_why,
};

/* Whose chain the file holds; a new file becomes the writer's. */
static const char *take_node(struct log_sqlite *log, struct str wanted)
{
    sqlite3_stmt *statement = NULL;
    bool is_well = sqlite3_prepare_v2(log->db, "SELECT node FROM log_chain", -1, &statement,
                                      NULL) == SQLITE_OK;
    int step = is_well ? sqlite3_step(statement) : SQLITE_ERROR;
    struct str node = step == SQLITE_ROW ? sqlite_text(statement, 0) : STR_NONE;
    snprintf(log->node, sizeof log->node, "%.*s", STR_ARG(node));
    sqlite3_finalize(statement);
    if (step != SQLITE_ROW && step != SQLITE_DONE)
        return "cannot be read";
    if (!wanted.at || str_equal(wanted, str_of(log->node)))
        return NULL;
    if (log->node[0])
        return "holds the access record of another node: see record.node";
    is_well = sqlite3_prepare_v2(log->db, "INSERT INTO log_chain (one, node) VALUES (1, ?1)", -1,
                                 &statement, NULL) == SQLITE_OK;
    if (is_well)
        sqlite_bind_text(statement, 1, wanted);
    is_well = is_well && sqlite3_step(statement) == SQLITE_DONE;
    sqlite3_finalize(statement);
    snprintf(log->node, sizeof log->node, "%.*s", STR_ARG(wanted));
    return is_well ? NULL : "cannot be written";
}

struct log_store *log_sqlite_open(const struct log_store_spec *spec, const char **why)
{
    struct log_sqlite *log = die_calloc(1, sizeof *log);
    log->store.kind = &kind;
    log->db = store_file_open(spec->sqlite, spec->is_unchecked, why);
    /* What is pruned is gone from the file as well. Pseudonyms fall anywhere in their index: its
     * pages are kept at hand (16 MB). */
    if (log->db && sqlite3_exec(log->db, "PRAGMA secure_delete = ON; PRAGMA cache_size = -16384",
                                NULL, NULL, NULL) != SQLITE_OK)
        *why = "cannot be read";
    for (int i = 0; log->db && !*why && i < STATEMENT_COUNT; i++)
        if (sqlite3_prepare_v3(log->db, sources[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &log->statements[i], NULL) != SQLITE_OK)
            *why = "does not hold what its version says";
    if (!*why)
        *why = take_node(log, spec->node);
    if (!*why)
        return &log->store;
    log_close(&log->store);
    return NULL;
}
