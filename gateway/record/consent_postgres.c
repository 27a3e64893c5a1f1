/* SPDX-License-Identifier: MIT */
/* Consents in the PostgreSQL database of the access record. */
#include "record/consent_store.h"

#include "base/die.h"
#include "base/log.h"
#include "record/postgres.h"

#include <stdlib.h>

/* X(name, SQL): prepared once a connection. */
#define COLUMNS                                                                                    \
    "id, subject, service, kinds, sources, level, given_ms, until_ms, withdrawn_ms, used_ms"
#define STATEMENTS(X)                                                                              \
    X(LOCK, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")                               \
    X(ADD, "INSERT INTO overblik.consent (" COLUMNS                                                \
           ") SELECT $1, $2, $3, $4, $5, $6, $7::bigint, $8::bigint, NULL, NULL"                   \
           " WHERE (SELECT count(*) FROM overblik.consent WHERE subject = $2"                      \
           " AND withdrawn_ms IS NULL AND until_ms > $9::bigint) < $10::bigint")                   \
    X(WITHDRAW, "UPDATE overblik.consent SET withdrawn_ms = $2::bigint"                            \
                " WHERE id = $1 AND withdrawn_ms IS NULL")                                         \
    X(USE, "UPDATE overblik.consent SET used_ms = greatest(used_ms, $2::bigint) WHERE id = $1")    \
    X(PRUNE, "DELETE FROM overblik.consent"                                                        \
             " WHERE least(until_ms, coalesce(withdrawn_ms, until_ms)) < $1::bigint")              \
    X(FIND, "SELECT " COLUMNS " FROM overblik.consent WHERE id = $1")                              \
    X(LIST, "SELECT " COLUMNS " FROM overblik.consent WHERE subject = $1 ORDER BY id DESC"         \
            " LIMIT 10000")

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

static const char schema[] =
    "SELECT pg_advisory_xact_lock(7236829);"
    "CREATE SCHEMA IF NOT EXISTS overblik;"
    "CREATE TABLE IF NOT EXISTS overblik.consent (id text COLLATE \"C\" PRIMARY KEY,"
    "  subject text COLLATE \"C\" NOT NULL, service text NOT NULL, kinds text NOT NULL,"
    "  sources text NOT NULL, level text NOT NULL, given_ms bigint NOT NULL,"
    "  until_ms bigint NOT NULL, withdrawn_ms bigint, used_ms bigint);"
    "CREATE INDEX IF NOT EXISTS consent_subject ON overblik.consent (subject, id);"
    "CREATE INDEX IF NOT EXISTS consent_end ON overblik.consent"
    "  (least(until_ms, coalesce(withdrawn_ms, until_ms)))";

struct consent_postgres {
    struct consent_store store; /* first */
    struct postgres db;
};

static struct consent_postgres *of(const struct consent_store *store)
{
    return (struct consent_postgres *)(uintptr_t)store;
}

/* Runs a statement, of which *changed is how many rows it wrote. */
static bool run(struct postgres *db, enum statement which, struct postgres_parameters *parameters,
                size_t *changed)
{
    PGresult *result = postgres_ask(db, which, parameters);
    if (result)
        *changed = (size_t)postgres_changed(result);
    postgres_clear(result);
    return result != NULL;
}

/* Two that are given at once at two nodes are counted one after the other. */
static bool lock(struct postgres *db, struct str subject)
{
    struct postgres_parameters parameters = {0};
    postgres_add_text(&parameters, subject);
    PGresult *result = postgres_ask(db, P_LOCK, &parameters);
    postgres_clear(result);
    return result != NULL;
}

static bool add(struct consent_store *store, const struct consent *consent, size_t most,
                struct wall now, bool *is_kept)
{
    struct postgres *db = &of(store)->db;
    struct postgres_parameters parameters = {0};
    char kinds[CONSENT_KINDS_TEXT], scope[CONSENT_SOURCES_TEXT];
    size_t changed = 0;
    *is_kept = false;
    if (!postgres_run(db, "BEGIN") || !lock(db, consent->subject))
        return false;
    postgres_add_text(&parameters, consent->id);
    postgres_add_text(&parameters, consent->subject);
    postgres_add_text(&parameters, consent->service);
    postgres_add_text(&parameters, consent_kinds_text(consent->kinds, kinds));
    postgres_add_text(&parameters, consent_sources_text(consent, scope));
    postgres_add_text(&parameters, level_name(consent->level));
    postgres_add_number(&parameters, consent->given.unix_ms);
    postgres_add_number(&parameters, consent->until.unix_ms);
    postgres_add_number(&parameters, now.unix_ms);
    postgres_add_number(&parameters, (int64_t)most);
    if (!run(db, P_ADD, &parameters, &changed) || !postgres_run(db, "COMMIT") ||
        !postgres_is_idle(db))
        return false;
    *is_kept = changed == 1;
    return true;
}

static bool set_time(struct consent_store *store, enum statement which, struct str id,
                     struct wall now)
{
    struct postgres_parameters parameters = {0};
    size_t changed = 0;
    postgres_add_text(&parameters, id);
    postgres_add_number(&parameters, now.unix_ms);
    return run(&of(store)->db, which, &parameters, &changed);
}

static bool withdraw(struct consent_store *store, struct str id, struct wall now)
{
    return set_time(store, P_WITHDRAW, id, now);
}

static bool use(struct consent_store *store, struct str id, struct wall now)
{
    return set_time(store, P_USE, id, now);
}

static bool prune(struct consent_store *store, struct wall before, size_t *count)
{
    struct postgres_parameters parameters = {0};
    postgres_add_number(&parameters, before.unix_ms);
    *count = 0;
    return run(&of(store)->db, P_PRUNE, &parameters, count);
}

static struct wall wall_of(const PGresult *result, int row, int column)
{
    return postgres_text(result, row, column).at
               ? (struct wall){postgres_number(result, row, column), true}
               : WALL_NONE;
}

static bool each_row(struct consent_store *store, enum statement which, struct str key,
                     consent_row_fn *each, void *ctx)
{
    struct postgres *db = &of(store)->db;
    struct postgres_parameters parameters = {0};
    bool goes_on = true, is_whole = true;
    postgres_add_text(&parameters, key);
    PGresult *result = postgres_ask(db, which, &parameters);
    for (int i = 0; result && goes_on && is_whole && i < postgres_count(result); i++) {
        struct str scope[CONSENT_SOURCES_MAX];
        struct consent row = {
            .id = postgres_text(result, i, 0),
            .subject = postgres_text(result, i, 1),
            .service = postgres_text(result, i, 2),
            .level = level_parse(postgres_text(result, i, 5)),
            .given = wall_of(result, i, 6),
            .until = wall_of(result, i, 7),
            .withdrawn = wall_of(result, i, 8),
            .used = wall_of(result, i, 9),
        };
        is_whole = consent_scope_parse(postgres_text(result, i, 3), postgres_text(result, i, 4),
                                       scope, &row) ||
                   postgres_fail(db, "a consent is not as it should be");
        goes_on = is_whole && each(ctx, &row);
    }
    postgres_clear(result);
    return result && is_whole;
}

static bool find(struct consent_store *store, struct str id, consent_row_fn *each, void *ctx)
{
    return each_row(store, P_FIND, id, each, ctx);
}

static bool list(struct consent_store *store, struct str subject, consent_row_fn *each, void *ctx)
{
    return each_row(store, P_LIST, subject, each, ctx);
}

static const char *why_of(const struct consent_store *store)
{
    return of(store)->db.why;
}

static void close_store(struct consent_store *store)
{
    postgres_close(&of(store)->db);
    free(of(store));
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

struct consent_store *consent_postgres_open(const struct log_store_spec *spec, const char **why)
{
    struct consent_postgres *self = die_calloc(1, sizeof *self);
    const struct postgres_spec database = {spec->postgres, schema, sources, STATEMENT_COUNT};
    self->store.kind = &kind;
    if (postgres_open(&self->db, &database))
        return &self->store;
    log_error(STR_NONE, "event=postgres-refused why=\"%s\"", self->db.why);
    *why = "the PostgreSQL server of record.postgres cannot be used; the log says why";
    close_store(&self->store);
    return NULL;
}
