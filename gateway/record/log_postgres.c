/* SPDX-License-Identifier: MIT */
/* The access record in PostgreSQL: several nodes on one database, a chain each. A batch goes out as
 * one pipeline and costs one turn; its commit is the server's, on its disk. */
#include "record/log_store.h"

#include "base/die.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/writer.h"
#include "record/postgres.h"

#include <stdio.h>
#include <stdlib.h>

enum { SEEK_ROWS = 500, COUNTS_TEXT_MAX = 64 * 1024 * 1024 };

/* X(name, SQL): prepared once a connection. */
#define ROW_COLUMNS "node, seq, coalesce(time_ms, 0), receipt, subject, actor, body, leaf"
#define PAGE        " LIMIT 500"
#define STATEMENTS(X)                                                                              \
    X(TAKE, "INSERT INTO overblik.chain (node) SELECT $1 WHERE"                                    \
            " (SELECT count(*) FROM overblik.chain) < 256 ON CONFLICT DO NOTHING")                 \
    X(LOCK, "SELECT 1 FROM overblik.chain WHERE node = $1 FOR UPDATE")                             \
    X(ADD, "INSERT INTO overblik.log (node, seq, time_ms, receipt, subject, actor, body, leaf)"    \
           " VALUES ($1, $2::bigint, $3::bigint, $4, $5, $6, $7, $8::bytea)")                      \
    X(KEEP, "INSERT INTO overblik.tree (node, level, place, hash)"                                 \
            " VALUES ($1, $2::int, $3::bigint, $4::bytea)")                                        \
    X(SIGN, "INSERT INTO overblik.checkpoint (node, size, text, kid, signature)"                   \
            " VALUES ($1, $2::bigint, $3, $4, $5) ON CONFLICT DO NOTHING")                         \
    X(PRUNE, "UPDATE overblik.log SET time_ms = NULL, receipt = NULL, subject = NULL,"             \
             " actor = NULL, body = NULL WHERE node = $1 AND seq < $2::bigint AND seq >="          \
             " (SELECT pruned FROM overblik.chain WHERE node = $1)")                               \
    X(PRUNED, "UPDATE overblik.chain SET pruned = greatest(pruned, $2::bigint) WHERE node = $1")   \
    X(COUNT, "INSERT INTO overblik.report AS old (node, month, municipality, source, what,"        \
             " counted) SELECT $1, c.month, c.municipality, c.source, c.what, c.counted"           \
             " FROM jsonb_to_recordset($2::jsonb) AS c (month int, municipality text,"             \
             " source text, what int, counted bigint)"                                             \
             " ON CONFLICT (node, month, municipality, source, what)"                              \
             " DO UPDATE SET counted = old.counted + excluded.counted")                            \
    X(FORGET, "DELETE FROM overblik.report WHERE node = $1 AND month < $2::int")                   \
    X(COUNTS, "SELECT municipality, source, what, sum(counted)::bigint FROM overblik.report"       \
              " WHERE month = $1::int GROUP BY 1, 2, 3 ORDER BY 1, 2, 3")                          \
    X(NODES, "SELECT node FROM overblik.chain ORDER BY node")                                      \
    X(SIZE, "SELECT coalesce(max(seq) + 1, 0) FROM overblik.log WHERE node = $1")                  \
    X(FIRST, "SELECT pruned FROM overblik.chain WHERE node = $1")                                  \
    X(LEAF, "SELECT leaf FROM overblik.log WHERE node = $1 AND seq = $2::bigint")                  \
    X(NODE, "SELECT hash FROM overblik.tree WHERE node = $1 AND level = $2::int"                   \
            " AND place = $3::bigint")                                                             \
    X(ROWS, "SELECT " ROW_COLUMNS " FROM overblik.log WHERE node = $1 AND seq >= $2::bigint"       \
            " ORDER BY seq" PAGE)                                                                  \
    X(RECEIPT, "SELECT " ROW_COLUMNS " FROM overblik.log WHERE receipt = $1 ORDER BY node, seq")   \
    X(SUBJECT, "SELECT " ROW_COLUMNS " FROM overblik.log WHERE subject = $1 AND"                   \
               " (receipt, node, seq) < ($2, $3, $4::bigint)"                                      \
               " ORDER BY receipt DESC, node DESC, seq DESC" PAGE)                                 \
    X(ACTOR, "SELECT " ROW_COLUMNS " FROM overblik.log WHERE actor = $1 AND"                       \
             " (receipt, node, seq) < ($2, $3, $4::bigint)"                                        \
             " ORDER BY receipt DESC, node DESC, seq DESC" PAGE)                                   \
    X(CHECKPOINTS, "SELECT size, text, kid, signature FROM overblik.checkpoint"                    \
                   " WHERE node = $1 AND size >= $2::bigint ORDER BY size" PAGE)                   \
    X(NEWEST, "SELECT size, text, kid, signature FROM overblik.checkpoint WHERE node = $1"         \
              " ORDER BY size DESC LIMIT 1")

enum statement {
#define X(name, sql) P_##name,
    STATEMENTS(X)
#undef X
        STATEMENT_COUNT
};
static const struct postgres_statement sources[] = {
#define X(name, sql) [P_##name] = {#name, sql},
    STATEMENTS(X)
#undef X
};

/* Text is compared by its bytes, so that receipts sort by time whatever the database's language. */
static const char schema[] =
    "SELECT pg_advisory_xact_lock(7236829);"
    "CREATE SCHEMA IF NOT EXISTS overblik;"
    "CREATE TABLE IF NOT EXISTS overblik.chain (node text COLLATE \"C\" PRIMARY KEY,"
    "  pruned bigint NOT NULL DEFAULT 0);"
    "CREATE TABLE IF NOT EXISTS overblik.log (node text COLLATE \"C\" NOT NULL,"
    "  seq bigint NOT NULL, time_ms bigint, receipt text COLLATE \"C\", subject text COLLATE \"C\","
    "  actor text COLLATE \"C\", body text, leaf bytea NOT NULL CHECK (length(leaf) = 32),"
    "  PRIMARY KEY (node, seq));"
    "CREATE INDEX IF NOT EXISTS log_receipt ON overblik.log (receipt) WHERE receipt IS NOT NULL;"
    "CREATE INDEX IF NOT EXISTS log_subject ON overblik.log (subject, receipt, node, seq)"
    "  WHERE subject IS NOT NULL;"
    "CREATE INDEX IF NOT EXISTS log_actor ON overblik.log (actor, receipt, node, seq)"
    "  WHERE actor IS NOT NULL;"
    "CREATE TABLE IF NOT EXISTS overblik.tree (node text COLLATE \"C\" NOT NULL,"
    "  level int NOT NULL, place bigint NOT NULL,"
    "  hash bytea NOT NULL CHECK (length(hash) = 32), PRIMARY KEY (node, level, place));"
    "CREATE TABLE IF NOT EXISTS overblik.checkpoint (node text COLLATE \"C\" NOT NULL,"
    "  size bigint NOT NULL, text text NOT NULL, kid text NOT NULL, signature text NOT NULL,"
    "  PRIMARY KEY (node, size));"
    "CREATE TABLE IF NOT EXISTS overblik.report (node text COLLATE \"C\" NOT NULL,"
    "  month int NOT NULL, municipality text COLLATE \"C\" NOT NULL,"
    "  source text COLLATE \"C\" NOT NULL, what int NOT NULL, counted bigint NOT NULL,"
    "  PRIMARY KEY (node, month, municipality, source, what)) WITH (fillfactor = 70)";

struct log_postgres {
    struct log_store store; /* first */
    struct postgres db;
    char *node; /* "": only read */
};

static struct log_postgres *of(const struct log_store *store)
{
    return (struct log_postgres *)(uintptr_t)store;
}

/* bytea as text: "\x" and hexadecimal digits. */
static bool hash_of(const PGresult *result, int row, int column, struct chain_hash *hash)
{
    struct str text = postgres_text(result, row, column);
    size_t len = 0;
    return str_starts_with(text, STR("\\x")) &&
           hex_decode(str_skip(text, 2), hash->bytes, CHAIN_HASH, &len) && len == CHAIN_HASH;
}

/* ---- writing ---- */

static bool log_begin(struct log_store *store)
{
    struct log_postgres *log = of(store);
    struct postgres_parameters parameters = {0};
    if (!postgres_run(&log->db, "BEGIN"))
        return false;
    postgres_add_text(&parameters, str_of(log->node));
    PGresult *locked = postgres_ask(&log->db, P_LOCK, &parameters);
    postgres_clear(locked);
    return locked != NULL;
}

static bool log_add(struct log_store *store, const struct log_row *row)
{
    struct postgres_parameters parameters = {0};
    postgres_add_text(&parameters, str_of(of(store)->node));
    postgres_add_number(&parameters, (int64_t)row->seq);
    postgres_add_number(&parameters, row->time_ms);
    postgres_add_text(&parameters, row->receipt);
    postgres_add_text(&parameters, row->subject);
    postgres_add_text(&parameters, row->actor);
    postgres_add_text(&parameters, row->body);
    postgres_add_bytes(&parameters, row->leaf.bytes, CHAIN_HASH);
    return postgres_tell(&of(store)->db, P_ADD, &parameters);
}

static bool log_keep(struct log_store *store, unsigned level, uint64_t index,
                     const struct chain_hash *hash)
{
    struct postgres_parameters parameters = {0};
    postgres_add_text(&parameters, str_of(of(store)->node));
    postgres_add_number(&parameters, level);
    postgres_add_number(&parameters, (int64_t)index);
    postgres_add_bytes(&parameters, hash->bytes, CHAIN_HASH);
    return postgres_tell(&of(store)->db, P_KEEP, &parameters);
}

static bool log_sign(struct log_store *store, const struct log_checkpoint *checkpoint)
{
    struct postgres_parameters parameters = {0};
    postgres_add_text(&parameters, str_of(of(store)->node));
    postgres_add_number(&parameters, (int64_t)checkpoint->size);
    postgres_add_text(&parameters, checkpoint->text);
    postgres_add_text(&parameters, checkpoint->kid);
    postgres_add_text(&parameters, checkpoint->signature);
    return postgres_tell(&of(store)->db, P_SIGN, &parameters);
}

static bool log_prune(struct log_store *store, uint64_t end)
{
    static const enum statement steps[] = {P_PRUNE, P_PRUNED};
    bool is_told = true;
    for (size_t i = 0; i < 2 && is_told; i++) {
        struct postgres_parameters parameters = {0};
        postgres_add_text(&parameters, str_of(of(store)->node));
        postgres_add_number(&parameters, (int64_t)end);
        is_told = postgres_tell(&of(store)->db, steps[i], &parameters);
    }
    return is_told;
}

static void write_cells(const struct report_cell *cells, size_t count, struct buf *out)
{
    struct writer w;
    writer_init(&w, out);
    writer_array(&w);
    for (size_t i = 0; i < count; i++) {
        writer_object(&w);
        writer_member_int(&w, "month", cells[i].month);
        writer_member_str(&w, "municipality", cells[i].municipality);
        writer_member_str(&w, "source", cells[i].source);
        writer_member_int(&w, "what", cells[i].what);
        writer_member_int(&w, "counted", (int64_t)cells[i].count);
        writer_object_end(&w);
    }
    writer_array_end(&w);
}

/* One statement, however many cells. */
static bool log_count(struct log_store *store, const struct report_cell *cells, size_t count)
{
    struct postgres_parameters parameters = {0};
    struct buf text;
    buf_init(&text, COUNTS_TEXT_MAX);
    write_cells(cells, count, &text);
    bool fits = !text.failed;
    if (fits) {
        postgres_add_text(&parameters, str_of(of(store)->node));
        postgres_add_text(&parameters, buf_str(&text));
    }
    buf_clear(&text);
    return fits ? postgres_tell(&of(store)->db, P_COUNT, &parameters)
                : postgres_fail(&of(store)->db, "a batch counts more than it may");
}

static bool log_forget_counts(struct log_store *store, int month)
{
    struct postgres_parameters parameters = {0};
    postgres_add_text(&parameters, str_of(of(store)->node));
    postgres_add_number(&parameters, month);
    return postgres_tell(&of(store)->db, P_FORGET, &parameters);
}

static bool log_commit(struct log_store *store)
{
    struct postgres *db = &of(store)->db;
    return postgres_sync(db) && postgres_run(db, "COMMIT") && postgres_is_idle(db);
}

/* ---- reading ---- */

static bool log_nodes(struct log_store *store, log_node_fn *each, void *ctx)
{
    struct postgres_parameters none = {0};
    PGresult *result = postgres_ask(&of(store)->db, P_NODES, &none);
    for (int row = 0;
         result && row < postgres_count(result) && each(ctx, postgres_text(result, row, 0));)
        row++;
    postgres_clear(result);
    return result != NULL;
}

static bool number_for(struct log_store *store, enum statement which, struct str node,
                       uint64_t *number)
{
    struct postgres_parameters parameters = {0};
    postgres_add_text(&parameters, node);
    PGresult *result = postgres_ask(&of(store)->db, which, &parameters);
    *number = result && postgres_count(result) > 0 ? (uint64_t)postgres_number(result, 0, 0) : 0;
    postgres_clear(result);
    return result != NULL;
}

static bool log_size(struct log_store *store, struct str node, uint64_t *size)
{
    return number_for(store, P_SIZE, node, size);
}

static bool log_pruned(struct log_store *store, struct str node, uint64_t *first)
{
    return number_for(store, P_FIRST, node, first);
}

static bool log_hash(struct log_store *store, struct str node, unsigned level, uint64_t index,
                     struct chain_hash *hash)
{
    struct postgres_parameters parameters = {0};
    postgres_add_text(&parameters, node);
    if (level > 0)
        postgres_add_number(&parameters, level);
    postgres_add_number(&parameters, (int64_t)index);
    PGresult *result = postgres_ask(&of(store)->db, level > 0 ? P_NODE : P_LEAF, &parameters);
    bool is_read = result && postgres_count(result) == 1 && hash_of(result, 0, 0, hash);
    postgres_clear(result);
    return is_read;
}

/* Tells rows of one result; *goes_on says whether more are wanted. False: one is not as it should
 * be. */
static bool each_row(struct log_postgres *log, const PGresult *result, log_row_fn *each, void *ctx,
                     bool *goes_on)
{
    for (int i = 0; i < postgres_count(result) && *goes_on; i++) {
        struct log_row row = {
            .node = postgres_text(result, i, 0),
            .seq = (uint64_t)postgres_number(result, i, 1),
            .time_ms = postgres_number(result, i, 2),
            .receipt = postgres_text(result, i, 3),
            .subject = postgres_text(result, i, 4),
            .actor = postgres_text(result, i, 5),
            .body = postgres_text(result, i, 6),
        };
        if (!hash_of(result, i, 7, &row.leaf))
            return postgres_fail(&log->db, "a leaf is not 32 bytes");
        *goes_on = each(ctx, &row);
    }
    return true;
}

static bool log_rows(struct log_store *store, struct str node, uint64_t from, log_row_fn *each,
                     void *ctx)
{
    bool is_read = true, goes_on = true;
    while (is_read && goes_on) {
        struct postgres_parameters parameters = {0};
        postgres_add_text(&parameters, node);
        postgres_add_number(&parameters, (int64_t)from);
        PGresult *result = postgres_ask(&of(store)->db, P_ROWS, &parameters);
        is_read = result && each_row(of(store), result, each, ctx, &goes_on);
        int count = result ? postgres_count(result) : 0;
        if (count > 0)
            from = (uint64_t)postgres_number(result, count - 1, 1) + 1;
        goes_on = goes_on && count == SEEK_ROWS;
        postgres_clear(result);
    }
    return is_read;
}

static bool log_receipt(struct log_store *store, struct str receipt, log_row_fn *each, void *ctx)
{
    struct postgres_parameters parameters = {0};
    bool goes_on = true;
    postgres_add_text(&parameters, receipt);
    PGresult *result = postgres_ask(&of(store)->db, P_RECEIPT, &parameters);
    bool is_read = result && each_row(of(store), result, each, ctx, &goes_on);
    postgres_clear(result);
    return is_read;
}

static bool log_person(struct log_store *store, struct str pseudonym, bool is_actor,
                       struct str before, log_row_fn *each, void *ctx)
{
    bool is_read = true, goes_on = true;
    PGresult *page = NULL; /* whose last row says where the next begins */
    while (is_read && goes_on) {
        struct postgres_parameters parameters = {0};
        int last = page ? postgres_count(page) - 1 : 0;
        postgres_add_text(&parameters, pseudonym);
        postgres_add_text(&parameters, page        ? postgres_text(page, last, 3)
                                       : before.at ? before
                                                   : STR("~"));
        postgres_add_text(&parameters, page ? postgres_text(page, last, 0) : STR(""));
        postgres_add_number(&parameters, page ? postgres_number(page, last, 1) : 0);
        postgres_clear(page);
        page = postgres_ask(&of(store)->db, is_actor ? P_ACTOR : P_SUBJECT, &parameters);
        is_read = page && each_row(of(store), page, each, ctx, &goes_on);
        goes_on = goes_on && page && postgres_count(page) == SEEK_ROWS;
    }
    postgres_clear(page);
    return is_read;
}

static int each_checkpoint(const PGresult *result, log_checkpoint_fn *each, void *ctx,
                           uint64_t *size)
{
    int row = 0;
    for (bool goes_on = true; row < postgres_count(result) && goes_on; row++) {
        struct log_checkpoint checkpoint = {
            .size = (uint64_t)postgres_number(result, row, 0),
            .text = postgres_text(result, row, 1),
            .kid = postgres_text(result, row, 2),
            .signature = postgres_text(result, row, 3),
        };
        *size = checkpoint.size;
        goes_on = each(ctx, &checkpoint);
        if (!goes_on)
            return 0;
    }
    return row;
}

static bool log_checkpoints(struct log_store *store, struct str node, uint64_t from,
                            log_checkpoint_fn *each, void *ctx)
{
    for (int told = SEEK_ROWS; told == SEEK_ROWS;) {
        struct postgres_parameters parameters = {0};
        uint64_t last = 0;
        postgres_add_text(&parameters, node);
        postgres_add_number(&parameters, (int64_t)from);
        PGresult *result = postgres_ask(&of(store)->db, P_CHECKPOINTS, &parameters);
        if (!result)
            return false;
        told = each_checkpoint(result, each, ctx, &last);
        from = last + 1;
        postgres_clear(result);
    }
    return true;
}

static bool log_newest(struct log_store *store, struct str node, log_checkpoint_fn *each, void *ctx)
{
    struct postgres_parameters parameters = {0};
    uint64_t size = 0;
    postgres_add_text(&parameters, node);
    PGresult *result = postgres_ask(&of(store)->db, P_NEWEST, &parameters);
    if (result)
        each_checkpoint(result, each, ctx, &size);
    postgres_clear(result);
    return result != NULL;
}

static bool log_counts(struct log_store *store, int month, log_count_fn *each, void *ctx)
{
    struct postgres_parameters parameters = {0};
    bool goes_on = true;
    postgres_add_number(&parameters, month);
    PGresult *result = postgres_ask(&of(store)->db, P_COUNTS, &parameters);
    for (int i = 0; result && goes_on && i < postgres_count(result); i++) {
        const struct report_cell cell = {
            .month = month,
            .municipality = postgres_text(result, i, 0),
            .source = postgres_text(result, i, 1),
            .what = (unsigned)postgres_number(result, i, 2),
            .count = (uint64_t)postgres_number(result, i, 3),
        };
        goes_on = each(ctx, &cell);
    }
    postgres_clear(result);
    return result != NULL;
}

static bool log_backup(struct log_store *store, const char *path, const char **why)
{
    (void)store, (void)path;
    *why = "the record lies in PostgreSQL: pg_dump makes its copies";
    return false;
}

static const char *log_why(const struct log_store *store)
{
    return of(store)->db.why;
}

/* ---- opening ---- */

static void log_close(struct log_store *store)
{
    struct log_postgres *log = of(store);
    postgres_close(&log->db);
    free(log->node);
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

/* More chains than checkpoints can name are refused at the start. */
static bool has_chain(struct log_postgres *log)
{
    _Static_assert(LOG_NODES_MAX == 256, "the number that TAKE says");
    struct postgres_parameters parameters = {0};
    postgres_add_text(&parameters, str_of(log->node));
    PGresult *locked = postgres_ask(&log->db, P_LOCK, &parameters);
    bool is_there = locked && postgres_count(locked) == 1;
    postgres_clear(locked);
    return is_there ||
           (locked &&
            postgres_fail(&log->db, "256 nodes have a chain there already; see record.node"));
}

/* Tables are made by whoever comes first; a reader needs no right to. */
static bool open_database(struct log_postgres *log, const char *where)
{
    const struct postgres_spec spec = {where, log->node[0] ? schema : NULL, sources,
                                       STATEMENT_COUNT};
    struct postgres_parameters parameters = {0};
    if (!postgres_open(&log->db, &spec))
        return false;
    if (!log->node[0])
        return true;
    postgres_add_text(&parameters, str_of(log->node));
    PGresult *taken = postgres_ask(&log->db, P_TAKE, &parameters);
    postgres_clear(taken);
    return taken && has_chain(log);
}

struct log_store *log_postgres_open(const struct log_store_spec *spec, const char **why)
{
    struct log_postgres *log = die_calloc(1, sizeof *log);
    log->store.kind = &kind;
    log->node = die_calloc(1, spec->node.len + 1);
    if (spec->node.at)
        memcpy(log->node, spec->node.at, spec->node.len);
    if (open_database(log, spec->postgres))
        return &log->store;
    log_error(STR_NONE, "event=postgres-refused why=\"%s\"", log->db.why);
    *why = "the PostgreSQL server of record.postgres cannot be used; the log says why";
    log_close(&log->store);
    return NULL;
}
