/* SPDX-License-Identifier: MIT */
/* The access record in PostgreSQL: several nodes on one database, a chain each. libpq without
 * blocking: every wait has a deadline, so a server that is gone makes the record unwell and no
 * more. A batch goes out as one pipeline and costs one turn; its commit is the server's, on its
 * disk. */
#include "record/log_store.h"

#include "base/clock.h"
#include "base/die.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/writer.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { CALL_MS = 5000, SEEK_ROWS = 500, PARAMETERS_MAX = 8, NUMBER_TEXT = 24 };
enum { COUNTS_TEXT_MAX = 64 * 1024 * 1024 };

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
static const struct {
    const char *name, *sql;
} sources[] = {
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
    PGconn *connection;
    char *node;       /* "": only read */
    size_t pipelined; /* statements that went out and were not looked at */
    char why[LOG_TEXT_MAX];
};

static struct log_postgres *of(const struct log_store *store)
{
    return (struct log_postgres *)(uintptr_t)store;
}

static bool fail(struct log_postgres *log, const char *why)
{
    snprintf(log->why, sizeof log->why, "PostgreSQL: %s", why);
    for (char *c = log->why; *c; c++) /* one line in the log */
        if (*c == '\n')
            *c = ' ';
    return false;
}

/* ---- waiting, with a deadline ---- */

static bool wait_for(struct log_postgres *log, short events, instant deadline)
{
    struct pollfd socket = {.fd = PQsocket(log->connection), .events = events};
    int64_t left_ms = instant_left_ms(clock_instant(), deadline);
    if (left_ms > 0 && socket.fd >= 0 && poll(&socket, 1, (int)left_ms) > 0)
        return true;
    return fail(log, "it did not answer in time");
}

/* All that was handed in goes out; what comes meanwhile is taken in, so that neither side waits for
 * the other. */
static bool flush(struct log_postgres *log, instant deadline)
{
    for (int left; (left = PQflush(log->connection)) != 0;)
        if (left < 0 || !wait_for(log, POLLIN | POLLOUT, deadline) ||
            !PQconsumeInput(log->connection))
            return fail(log, PQerrorMessage(log->connection));
    return true;
}

/* The next result, or NULL when a statement's are over. */
static bool next_result(struct log_postgres *log, instant deadline, PGresult **result)
{
    *result = NULL;
    if (!flush(log, deadline))
        return false;
    while (PQisBusy(log->connection))
        if (!wait_for(log, POLLIN, deadline) || !PQconsumeInput(log->connection))
            return fail(log, PQerrorMessage(log->connection));
    *result = PQgetResult(log->connection);
    return true;
}

static bool is_well(struct log_postgres *log, const PGresult *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_PIPELINE_SYNC:
        return true;
    default:
        return fail(log, PQresultErrorMessage(result));
    }
}

/* The results of what went out, to their end; the last one is the caller's. */
static PGresult *finish(struct log_postgres *log)
{
    instant deadline = instant_after_ms(clock_instant(), CALL_MS);
    PGresult *last = NULL, *result = NULL;
    bool is_right = true;
    while ((is_right = next_result(log, deadline, &result) && is_right) && result) {
        is_right = is_well(log, result);
        PQclear(last);
        last = result;
        if (!is_right)
            break;
    }
    if (is_right)
        return last;
    PQclear(last);
    return NULL;
}

static bool run_text(struct log_postgres *log, const char *sql)
{
    if (!PQsendQuery(log->connection, sql))
        return fail(log, PQerrorMessage(log->connection));
    PGresult *result = finish(log);
    PQclear(result);
    return result != NULL;
}

/* ---- statements ---- */

struct parameters {
    int count;
    const char *values[PARAMETERS_MAX];
    int lengths[PARAMETERS_MAX], formats[PARAMETERS_MAX];
    char numbers[PARAMETERS_MAX][NUMBER_TEXT];
    char *copies[PARAMETERS_MAX]; /* texts, terminated, to be freed */
};

static void add_text(struct parameters *to, struct str text)
{
    char *copy = text.at ? die_calloc(1, text.len + 1) : NULL;
    if (copy)
        memcpy(copy, text.at, text.len);
    to->copies[to->count] = copy;
    to->values[to->count++] = copy;
}

static void add_number(struct parameters *to, int64_t number)
{
    char *text = to->numbers[to->count];
    snprintf(text, NUMBER_TEXT, "%" PRId64, number);
    to->values[to->count++] = text;
}

static void add_hash(struct parameters *to, const struct chain_hash *hash)
{
    to->lengths[to->count] = CHAIN_HASH;
    to->formats[to->count] = 1; /* as it is */
    to->values[to->count++] = (const char *)hash->bytes;
}

static void free_copies(struct parameters *parameters)
{
    for (int i = 0; i < parameters->count; i++)
        free(parameters->copies[i]);
}

static bool send(struct log_postgres *log, enum statement which, struct parameters *parameters)
{
    bool is_sent =
        PQsendQueryPrepared(log->connection, sources[which].name, parameters->count,
                            parameters->values, parameters->lengths, parameters->formats, 0) == 1;
    free_copies(parameters);
    return is_sent || fail(log, PQerrorMessage(log->connection));
}

/* Looks at every statement that was told, and at the mark behind them. */
static bool end_pipeline(struct log_postgres *log)
{
    instant deadline = instant_after_ms(clock_instant(), CALL_MS);
    bool is_right = PQpipelineSync(log->connection) == 1;
    PGresult *result = NULL;
    for (size_t i = 0; i <= log->pipelined && is_right;) {
        is_right = next_result(log, deadline, &result);
        if (is_right && !result) { /* between two statements */
            i++;
            continue;
        }
        is_right = is_right && is_well(log, result);
        bool is_mark = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        PQclear(result);
        if (is_mark)
            break;
    }
    log->pipelined = 0;
    return is_right && PQexitPipelineMode(log->connection) == 1;
}

/* NULL: it failed; else the caller's. What was told before is done first. */
static PGresult *ask(struct log_postgres *log, enum statement which, struct parameters *parameters)
{
    if (PQpipelineStatus(log->connection) != PQ_PIPELINE_OFF && !end_pipeline(log)) {
        free_copies(parameters);
        return NULL;
    }
    return send(log, which, parameters) ? finish(log) : NULL;
}

/* Into the pipeline of this transaction; whether it was right is told by the commit. */
static bool tell(struct log_postgres *log, enum statement which, struct parameters *parameters)
{
    if (PQpipelineStatus(log->connection) == PQ_PIPELINE_OFF &&
        !PQenterPipelineMode(log->connection)) {
        free_copies(parameters);
        return fail(log, PQerrorMessage(log->connection));
    }
    log->pipelined++;
    return send(log, which, parameters);
}

static struct str text_of(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? STR_NONE
                                            : str_make(PQgetvalue(result, row, column),
                                                       (size_t)PQgetlength(result, row, column));
}

static int64_t number_of(const PGresult *result, int row, int column)
{
    return strtoll(PQgetvalue(result, row, column), NULL, 10);
}

/* bytea as text: "\x" and hexadecimal digits. */
static bool hash_of(const PGresult *result, int row, int column, struct chain_hash *hash)
{
    struct str text = text_of(result, row, column);
    size_t len = 0;
    return str_starts_with(text, STR("\\x")) &&
           hex_decode(str_skip(text, 2), hash->bytes, CHAIN_HASH, &len) && len == CHAIN_HASH;
}

/* ---- writing ---- */

static bool log_begin(struct log_store *store)
{
    struct log_postgres *log = of(store);
    struct parameters parameters = {0};
    if (!run_text(log, "BEGIN"))
        return false;
    add_text(&parameters, str_of(log->node));
    PGresult *locked = ask(log, P_LOCK, &parameters);
    PQclear(locked);
    return locked != NULL;
}

static bool log_add(struct log_store *store, const struct log_row *row)
{
    struct parameters parameters = {0};
    add_text(&parameters, str_of(of(store)->node));
    add_number(&parameters, (int64_t)row->seq);
    add_number(&parameters, row->time_ms);
    add_text(&parameters, row->receipt);
    add_text(&parameters, row->subject);
    add_text(&parameters, row->actor);
    add_text(&parameters, row->body);
    add_hash(&parameters, &row->leaf);
    return tell(of(store), P_ADD, &parameters);
}

static bool log_keep(struct log_store *store, unsigned level, uint64_t index,
                     const struct chain_hash *hash)
{
    struct parameters parameters = {0};
    add_text(&parameters, str_of(of(store)->node));
    add_number(&parameters, level);
    add_number(&parameters, (int64_t)index);
    add_hash(&parameters, hash);
    return tell(of(store), P_KEEP, &parameters);
}

static bool log_sign(struct log_store *store, const struct log_checkpoint *checkpoint)
{
    struct parameters parameters = {0};
    add_text(&parameters, str_of(of(store)->node));
    add_number(&parameters, (int64_t)checkpoint->size);
    add_text(&parameters, checkpoint->text);
    add_text(&parameters, checkpoint->kid);
    add_text(&parameters, checkpoint->signature);
    return tell(of(store), P_SIGN, &parameters);
}

static bool log_prune(struct log_store *store, uint64_t end)
{
    static const enum statement steps[] = {P_PRUNE, P_PRUNED};
    bool is_told = true;
    for (size_t i = 0; i < 2 && is_told; i++) {
        struct parameters parameters = {0};
        add_text(&parameters, str_of(of(store)->node));
        add_number(&parameters, (int64_t)end);
        is_told = tell(of(store), steps[i], &parameters);
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
    struct parameters parameters = {0};
    struct buf text;
    buf_init(&text, COUNTS_TEXT_MAX);
    write_cells(cells, count, &text);
    bool fits = !text.failed;
    if (fits) {
        add_text(&parameters, str_of(of(store)->node));
        add_text(&parameters, buf_str(&text));
    }
    buf_clear(&text);
    return fits ? tell(of(store), P_COUNT, &parameters)
                : fail(of(store), "a batch counts more than it may");
}

static bool log_forget_counts(struct log_store *store, int month)
{
    struct parameters parameters = {0};
    add_text(&parameters, str_of(of(store)->node));
    add_number(&parameters, month);
    return tell(of(store), P_FORGET, &parameters);
}

static bool log_commit(struct log_store *store)
{
    struct log_postgres *log = of(store);
    if (PQpipelineStatus(log->connection) != PQ_PIPELINE_OFF && !end_pipeline(log))
        return false;
    return run_text(log, "COMMIT") && PQtransactionStatus(log->connection) == PQTRANS_IDLE;
}

/* ---- reading ---- */

static bool log_nodes(struct log_store *store, log_node_fn *each, void *ctx)
{
    struct parameters none = {0};
    PGresult *result = ask(of(store), P_NODES, &none);
    for (int row = 0; result && row < PQntuples(result) && each(ctx, text_of(result, row, 0));)
        row++;
    PQclear(result);
    return result != NULL;
}

static bool number_for(struct log_store *store, enum statement which, struct str node,
                       uint64_t *number)
{
    struct parameters parameters = {0};
    add_text(&parameters, node);
    PGresult *result = ask(of(store), which, &parameters);
    *number = result && PQntuples(result) > 0 ? (uint64_t)number_of(result, 0, 0) : 0;
    PQclear(result);
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
    struct parameters parameters = {0};
    add_text(&parameters, node);
    if (level > 0)
        add_number(&parameters, level);
    add_number(&parameters, (int64_t)index);
    PGresult *result = ask(of(store), level > 0 ? P_NODE : P_LEAF, &parameters);
    bool is_read = result && PQntuples(result) == 1 && hash_of(result, 0, 0, hash);
    PQclear(result);
    return is_read;
}

/* Tells rows of one result; *goes_on says whether more are wanted. False: one is not as it should
 * be. */
static bool each_row(struct log_postgres *log, const PGresult *result, log_row_fn *each, void *ctx,
                     bool *goes_on)
{
    for (int i = 0; i < PQntuples(result) && *goes_on; i++) {
        struct log_row row = {
            .node = text_of(result, i, 0),
            .seq = (uint64_t)number_of(result, i, 1),
            .time_ms = number_of(result, i, 2),
            .receipt = text_of(result, i, 3),
            .subject = text_of(result, i, 4),
            .actor = text_of(result, i, 5),
            .body = text_of(result, i, 6),
        };
        if (!hash_of(result, i, 7, &row.leaf))
            return fail(log, "a leaf is not 32 bytes");
        *goes_on = each(ctx, &row);
    }
    return true;
}

static bool log_rows(struct log_store *store, struct str node, uint64_t from, log_row_fn *each,
                     void *ctx)
{
    bool is_read = true, goes_on = true;
    while (is_read && goes_on) {
        struct parameters parameters = {0};
        add_text(&parameters, node);
        add_number(&parameters, (int64_t)from);
        PGresult *result = ask(of(store), P_ROWS, &parameters);
        is_read = result && each_row(of(store), result, each, ctx, &goes_on);
        int count = result ? PQntuples(result) : 0;
        if (count > 0)
            from = (uint64_t)number_of(result, count - 1, 1) + 1;
        goes_on = goes_on && count == SEEK_ROWS;
        PQclear(result);
    }
    return is_read;
}

static bool log_receipt(struct log_store *store, struct str receipt, log_row_fn *each, void *ctx)
{
    struct parameters parameters = {0};
    bool goes_on = true;
    add_text(&parameters, receipt);
    PGresult *result = ask(of(store), P_RECEIPT, &parameters);
    bool is_read = result && each_row(of(store), result, each, ctx, &goes_on);
    PQclear(result);
    return is_read;
}

static bool log_person(struct log_store *store, struct str pseudonym, bool is_actor,
                       struct str before, log_row_fn *each, void *ctx)
{
    bool is_read = true, goes_on = true;
    PGresult *page = NULL; /* whose last row says where the next begins */
    while (is_read && goes_on) {
        struct parameters parameters = {0};
        int last = page ? PQntuples(page) - 1 : 0;
        add_text(&parameters, pseudonym);
        add_text(&parameters, page ? text_of(page, last, 3) : before.at ? before : STR("~"));
        add_text(&parameters, page ? text_of(page, last, 0) : STR(""));
        add_number(&parameters, page ? number_of(page, last, 1) : 0);
        PQclear(page);
        page = ask(of(store), is_actor ? P_ACTOR : P_SUBJECT, &parameters);
        is_read = page && each_row(of(store), page, each, ctx, &goes_on);
        goes_on = goes_on && page && PQntuples(page) == SEEK_ROWS;
    }
    PQclear(page);
    return is_read;
}

static int each_checkpoint(const PGresult *result, log_checkpoint_fn *each, void *ctx,
                           uint64_t *size)
{
    int row = 0;
    for (bool goes_on = true; row < PQntuples(result) && goes_on; row++) {
        struct log_checkpoint checkpoint = {
            .size = (uint64_t)number_of(result, row, 0),
            .text = text_of(result, row, 1),
            .kid = text_of(result, row, 2),
            .signature = text_of(result, row, 3),
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
        struct parameters parameters = {0};
        uint64_t last = 0;
        add_text(&parameters, node);
        add_number(&parameters, (int64_t)from);
        PGresult *result = ask(of(store), P_CHECKPOINTS, &parameters);
        if (!result)
            return false;
        told = each_checkpoint(result, each, ctx, &last);
        from = last + 1;
        PQclear(result);
    }
    return true;
}

static bool log_newest(struct log_store *store, struct str node, log_checkpoint_fn *each, void *ctx)
{
    struct parameters parameters = {0};
    uint64_t size = 0;
    add_text(&parameters, node);
    PGresult *result = ask(of(store), P_NEWEST, &parameters);
    if (result)
        each_checkpoint(result, each, ctx, &size);
    PQclear(result);
    return result != NULL;
}

static bool log_counts(struct log_store *store, int month, log_count_fn *each, void *ctx)
{
    struct parameters parameters = {0};
    bool goes_on = true;
    add_number(&parameters, month);
    PGresult *result = ask(of(store), P_COUNTS, &parameters);
    for (int i = 0; result && goes_on && i < PQntuples(result); i++) {
        const struct report_cell cell = {
            .month = month,
            .municipality = text_of(result, i, 0),
            .source = text_of(result, i, 1),
            .what = (unsigned)number_of(result, i, 2),
            .count = (uint64_t)number_of(result, i, 3),
        };
        goes_on = each(ctx, &cell);
    }
    PQclear(result);
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
    return of(store)->why;
}

/* ---- opening ---- */

static void log_close(struct log_store *store)
{
    struct log_postgres *log = of(store);
    PQfinish(log->connection);
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

static bool connect_to(struct log_postgres *log, const char *where)
{
    instant deadline = instant_after_ms(clock_instant(), CALL_MS);
    log->connection = PQconnectStart(where);
    if (!log->connection)
        return fail(log, "out of memory");
    for (PostgresPollingStatusType state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK;) {
        if (PQstatus(log->connection) == CONNECTION_BAD)
            return fail(log, PQerrorMessage(log->connection));
        if (!wait_for(log, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline))
            return false;
        state = PQconnectPoll(log->connection);
    }
    return PQsetnonblocking(log->connection, 1) == 0;
}

static void ignore_notice(void *ctx, const PGresult *result)
{
    (void)ctx, (void)result;
}

/* More chains than checkpoints can name are refused at the start. */
static bool has_chain(struct log_postgres *log)
{
    _Static_assert(LOG_NODES_MAX == 256, "the number that TAKE says");
    struct parameters parameters = {0};
    add_text(&parameters, str_of(log->node));
    PGresult *locked = ask(log, P_LOCK, &parameters);
    bool is_there = locked && PQntuples(locked) == 1;
    PQclear(locked);
    return is_there ||
           (locked && fail(log, "256 nodes have a chain there already; see record.node"));
}

/* Tables are made by whoever comes first; a reader needs no right to. */
static bool prepare(struct log_postgres *log)
{
    PQsetNoticeReceiver(log->connection, ignore_notice, NULL);
    if (!run_text(log, "SET synchronous_commit = on; SET statement_timeout = 5000;"
                       "SET idle_in_transaction_session_timeout = 10000") ||
        (log->node[0] && !run_text(log, schema)))
        return false;
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        if (!PQsendPrepare(log->connection, sources[i].name, sources[i].sql, 0, NULL))
            return fail(log, PQerrorMessage(log->connection));
        PGresult *result = finish(log);
        PQclear(result);
        if (!result)
            return false;
    }
    if (!log->node[0])
        return true;
    struct parameters parameters = {0};
    add_text(&parameters, str_of(log->node));
    PGresult *taken = ask(log, P_TAKE, &parameters);
    PQclear(taken);
    return taken && has_chain(log);
}

struct log_store *log_postgres_open(const struct log_store_spec *spec, const char **why)
{
    struct log_postgres *log = die_calloc(1, sizeof *log);
    log->store.kind = &kind;
    log->node = die_calloc(1, spec->node.len + 1);
    if (spec->node.at)
        memcpy(log->node, spec->node.at, spec->node.len);
    if (connect_to(log, spec->postgres) && prepare(log))
        return &log->store;
    log_error(STR_NONE, "event=postgres-refused why=\"%s\"", log->why);
    *why = "the PostgreSQL server of record.postgres cannot be used; the log says why";
    log_close(&log->store);
    return NULL;
}
