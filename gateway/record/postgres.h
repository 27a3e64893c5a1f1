/* SPDX-License-Identifier: MIT */
/* postgres: one connection to a PostgreSQL server and the statements prepared on it. libpq without
 * blocking: every wait has a deadline, so a server that is gone makes a call fail and no more.
 * Knows no table; record/log_postgres and record/consent_postgres are its users. One thread's. */
#ifndef RECORD_POSTGRES_H
#define RECORD_POSTGRES_H

#include "base/str.h"

enum { POSTGRES_PARAMETERS_MAX = 16, POSTGRES_NUMBER_TEXT = 24, POSTGRES_WHY_MAX = 1024 };

typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;

struct postgres_statement {
    const char *name, *sql;
};

struct postgres_spec {
    const char *where;  /* libpq's connection string */
    const char *schema; /* SQL that makes the tables; NULL: they are there */
    const struct postgres_statement *statements;
    size_t count;
};

struct postgres {
    PGconn *connection;
    const struct postgres_statement *statements;
    size_t pipelined; /* statements that went out and were not looked at */
    char why[POSTGRES_WHY_MAX];
};

/* False: db->why tells; postgres_close is due in any case. */
bool postgres_open(struct postgres *db, const struct postgres_spec *spec)
    __attribute__((warn_unused_result));
void postgres_close(struct postgres *db);
/* Remembers why; always false. */
bool postgres_fail(struct postgres *db, const char *why);

/* SQL without parameters. */
bool postgres_run(struct postgres *db, const char *sql) __attribute__((warn_unused_result));
bool postgres_is_idle(const struct postgres *db); /* no transaction is open */

/* ---- statements ---- */

/* Zeroed memory is none. What is added last as `_none` is NULL. */
struct postgres_parameters {
    int count;
    const char *values[POSTGRES_PARAMETERS_MAX];
    int lengths[POSTGRES_PARAMETERS_MAX], formats[POSTGRES_PARAMETERS_MAX];
    char numbers[POSTGRES_PARAMETERS_MAX][POSTGRES_NUMBER_TEXT];
    char *copies[POSTGRES_PARAMETERS_MAX]; /* texts, terminated, to be freed */
};
void postgres_add_text(struct postgres_parameters *to, struct str text); /* STR_NONE: NULL */
void postgres_add_number(struct postgres_parameters *to, int64_t number);
void postgres_add_bytes(struct postgres_parameters *to, const void *bytes,
                        size_t len); /* borrowed */

/* Runs a statement, after what was told, and frees the parameters. NULL: it failed; else the
 * caller's to clear. */
PGresult *postgres_ask(struct postgres *db, size_t which, struct postgres_parameters *parameters)
    __attribute__((warn_unused_result));
/* The same into a pipeline; whether it was right is told by postgres_sync. */
bool postgres_tell(struct postgres *db, size_t which, struct postgres_parameters *parameters)
    __attribute__((warn_unused_result));
/* Waits for what was told; false when any of it failed. */
bool postgres_sync(struct postgres *db) __attribute__((warn_unused_result));

/* ---- results ---- */

int postgres_count(const PGresult *result);       /* rows; NULL: 0 */
int64_t postgres_changed(const PGresult *result); /* rows that a statement wrote */
struct str postgres_text(const PGresult *result, int row, int column); /* STR_NONE: NULL */
int64_t postgres_number(const PGresult *result, int row, int column);  /* 0: NULL */
void postgres_clear(PGresult *result);                                 /* NULL: no-op */

#endif
