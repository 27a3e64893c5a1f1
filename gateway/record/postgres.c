/* SPDX-License-Identifier: MIT */
#include "record/postgres.h"

#include "base/clock.h"
#include "base/die.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { CALL_MS = 5000 };

bool postgres_fail(struct postgres *db, const char *why)
{
    snprintf(db->why, sizeof db->why, "PostgreSQL: %s", why);
    for (char *c = db->why; *c; c++) /* one line in the log */
        if (*c == '\n')
            *c = ' ';
    return false;
}

/* ---- waiting, with a deadline ---- */

static bool wait_for(struct postgres *db, short events, instant deadline)
{
    struct pollfd socket = {.fd = PQsocket(db->connection), .events = events};
    int64_t left_ms = instant_left_ms(clock_instant(), deadline);
    if (left_ms > 0 && socket.fd >= 0 && poll(&socket, 1, (int)left_ms) > 0)
        return true;
    return postgres_fail(db, "it did not answer in time");
}

/* All that was handed in goes out; what comes meanwhile is taken in, so that neither side waits for
 * the other. */
static bool flush(struct postgres *db, instant deadline)
{
    for (int left; (left = PQflush(db->connection)) != 0;)
        if (left < 0 || !wait_for(db, POLLIN | POLLOUT, deadline) ||
            !PQconsumeInput(db->connection))
            return postgres_fail(db, PQerrorMessage(db->connection));
    return true;
}

/* The next result, or NULL when a statement's are over. */
static bool next_result(struct postgres *db, instant deadline, PGresult **result)
{
    *result = NULL;
    if (!flush(db, deadline))
        return false;
    while (PQisBusy(db->connection))
        if (!wait_for(db, POLLIN, deadline) || !PQconsumeInput(db->connection))
            return postgres_fail(db, PQerrorMessage(db->connection));
    *result = PQgetResult(db->connection);
    return true;
}

static bool is_well(struct postgres *db, const PGresult *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_PIPELINE_SYNC:
        return true;
    default:
        return postgres_fail(db, PQresultErrorMessage(result));
    }
}

/* The results of what went out, to their end; the last one is the caller's. */
static PGresult *finish(struct postgres *db)
{
    instant deadline = instant_after_ms(clock_instant(), CALL_MS);
    PGresult *last = NULL, *result = NULL;
    bool is_right = true;
    while ((is_right = next_result(db, deadline, &result) && is_right) && result) {
        is_right = is_well(db, result);
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

bool postgres_run(struct postgres *db, const char *sql)
{
    if (!PQsendQuery(db->connection, sql))
        return postgres_fail(db, PQerrorMessage(db->connection));
    PGresult *result = finish(db);
    PQclear(result);
    return result != NULL;
}

bool postgres_is_idle(const struct postgres *db)
{
    return PQtransactionStatus(db->connection) == PQTRANS_IDLE;
}

/* ---- statements ---- */

void postgres_add_text(struct postgres_parameters *to, struct str text)
{
    char *copy = text.at ? die_calloc(1, text.len + 1) : NULL;
    if (copy)
        memcpy(copy, text.at, text.len);
    to->copies[to->count] = copy;
    to->values[to->count++] = copy;
}

void postgres_add_number(struct postgres_parameters *to, int64_t number)
{
    char *text = to->numbers[to->count];
    snprintf(text, POSTGRES_NUMBER_TEXT, "%" PRId64, number);
    to->values[to->count++] = text;
}

void postgres_add_bytes(struct postgres_parameters *to, const void *bytes, size_t len)
{
    to->lengths[to->count] = (int)len;
    to->formats[to->count] = 1; /* as it is */
    to->values[to->count++] = bytes;
}

static void free_copies(struct postgres_parameters *parameters)
{
    for (int i = 0; i < parameters->count; i++)
        free(parameters->copies[i]);
}

static bool send(struct postgres *db, size_t which, struct postgres_parameters *parameters)
{
    bool is_sent =
        PQsendQueryPrepared(db->connection, db->statements[which].name, parameters->count,
                            parameters->values, parameters->lengths, parameters->formats, 0) == 1;
    free_copies(parameters);
    return is_sent || postgres_fail(db, PQerrorMessage(db->connection));
}

bool postgres_tell(struct postgres *db, size_t which, struct postgres_parameters *parameters)
{
    if (PQpipelineStatus(db->connection) == PQ_PIPELINE_OFF &&
        !PQenterPipelineMode(db->connection)) {
        free_copies(parameters);
        return postgres_fail(db, PQerrorMessage(db->connection));
    }
    db->pipelined++;
    return send(db, which, parameters);
}

/* Looks at every statement that was told, and at the mark behind them. */
bool postgres_sync(struct postgres *db)
{
    if (PQpipelineStatus(db->connection) == PQ_PIPELINE_OFF)
        return true;
    instant deadline = instant_after_ms(clock_instant(), CALL_MS);
    bool is_right = PQpipelineSync(db->connection) == 1;
    PGresult *result = NULL;
    for (size_t i = 0; i <= db->pipelined && is_right;) {
        is_right = next_result(db, deadline, &result);
        if (is_right && !result) { /* between two statements */
            i++;
            continue;
        }
        is_right = is_right && is_well(db, result);
        bool is_mark = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        PQclear(result);
        if (is_mark)
            break;
    }
    db->pipelined = 0;
    return is_right && PQexitPipelineMode(db->connection) == 1;
}

PGresult *postgres_ask(struct postgres *db, size_t which, struct postgres_parameters *parameters)
{
    if (!postgres_sync(db)) {
        free_copies(parameters);
        return NULL;
    }
    return send(db, which, parameters) ? finish(db) : NULL;
}

/* ---- results ---- */

int postgres_count(const PGresult *result)
{
    return PQntuples(result);
}

int64_t postgres_changed(const PGresult *result)
{
    return strtoll(PQcmdTuples((PGresult *)(uintptr_t)result), NULL, 10);
}

struct str postgres_text(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? STR_NONE
                                            : str_make(PQgetvalue(result, row, column),
                                                       (size_t)PQgetlength(result, row, column));
}

int64_t postgres_number(const PGresult *result, int row, int column)
{
    return strtoll(PQgetvalue(result, row, column), NULL, 10);
}

void postgres_clear(PGresult *result)
{
    PQclear(result);
}

/* ---- opening ---- */

static bool connect_to(struct postgres *db, const char *where)
{
    instant deadline = instant_after_ms(clock_instant(), CALL_MS);
    db->connection = PQconnectStart(where);
    if (!db->connection)
        return postgres_fail(db, "out of memory");
    for (PostgresPollingStatusType state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK;) {
        if (PQstatus(db->connection) == CONNECTION_BAD)
            return postgres_fail(db, PQerrorMessage(db->connection));
        if (!wait_for(db, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline))
            return false;
        state = PQconnectPoll(db->connection);
    }
    return PQsetnonblocking(db->connection, 1) == 0;
}

static void ignore_notice(void *ctx, const PGresult *result)
{
    (void)ctx, (void)result;
}

bool postgres_open(struct postgres *db, const struct postgres_spec *spec)
{
    *db = (struct postgres){.statements = spec->statements};
    if (!connect_to(db, spec->where))
        return false;
    PQsetNoticeReceiver(db->connection, ignore_notice, NULL);
    if (!postgres_run(db, "SET synchronous_commit = on; SET statement_timeout = 5000;"
                          "SET idle_in_transaction_session_timeout = 10000") ||
        (spec->schema && !postgres_run(db, spec->schema)))
        return false;
    for (size_t i = 0; i < spec->count; i++) {
        const struct postgres_statement *one = &spec->statements[i];
        if (!PQsendPrepare(db->connection, one->name, one->sql, 0, NULL))
            return postgres_fail(db, PQerrorMessage(db->connection));
        PGresult *result = finish(db);
        PQclear(result);
        if (!result)
            return false;
    }
    return true;
}

void postgres_close(struct postgres *db)
{
    PQfinish(db->connection);
    db->connection = NULL;
}
