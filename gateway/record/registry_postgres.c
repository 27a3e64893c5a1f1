/* SPDX-License-Identifier: MIT */
/* The registry in the PostgreSQL database of the access record, one for all nodes. */
#include "record/registry.h"

#include "base/die.h"
#include "record/postgres.h"

#include <stdio.h>
#include <stdlib.h>

static const char schema[] =
    "SELECT pg_advisory_xact_lock(7236829);"
    "CREATE SCHEMA IF NOT EXISTS overblik;"
    "CREATE TABLE IF NOT EXISTS overblik.registry (kind text COLLATE \"C\" NOT NULL,"
    "  name text COLLATE \"C\" NOT NULL, version bigint NOT NULL, owner text NOT NULL,"
    "  bytes text NOT NULL, report text, terms text, state text NOT NULL, who text NOT NULL,"
    "  why text NOT NULL, at_ms bigint NOT NULL, PRIMARY KEY (kind, name, version));"
    "CREATE TABLE IF NOT EXISTS overblik.registry_step (seq bigint PRIMARY KEY,"
    "  kind text COLLATE \"C\" NOT NULL, name text COLLATE \"C\" NOT NULL, version bigint NOT NULL,"
    "  state text NOT NULL, who text NOT NULL, why text NOT NULL, at_ms bigint NOT NULL);"
    "CREATE INDEX IF NOT EXISTS registry_step_of ON overblik.registry_step (kind, name, seq)";

/* X(name, SQL). The number of a step is counted under LOCK, so that none is ever skipped or seen
 * before a lower one: a reader that has seen the highest has seen all. */
#define STATEMENTS(X)                                                                              \
    X(EACH, "SELECT kind, name, version, owner, CASE WHEN $4::bigint = 1 THEN bytes END,"          \
            " CASE WHEN $5::bigint = 1 THEN report END, terms, state, who, why, at_ms"             \
            " FROM overblik.registry WHERE ($1::text IS NULL OR kind = $1)"                        \
            " AND ($2::text IS NULL OR name = $2) AND ($3::text IS NULL OR owner = $3)"            \
            " ORDER BY kind, name, version")                                                       \
    X(HISTORY, "SELECT s.kind, s.name, s.version, r.owner, NULL, NULL, NULL, s.state, s.who,"      \
               " s.why, s.at_ms FROM overblik.registry_step s JOIN overblik.registry r"            \
               " ON r.kind = s.kind AND r.name = s.name AND r.version = s.version"                 \
               " WHERE s.kind = $1 AND s.name = $2 ORDER BY s.seq")                                \
    X(REVISION, "SELECT coalesce(max(seq), 0) FROM overblik.registry_step")                        \
    X(LOCK, "SELECT pg_advisory_xact_lock(7236830)")                                               \
    X(ADD, "INSERT INTO overblik.registry (kind, name, version, owner, bytes, report, terms,"      \
           " state, who, why, at_ms) VALUES ($1, $2, $3::bigint, $4, $5, $6, $7, $8, $9, $10,"     \
           " $11::bigint)")                                                                        \
    X(SET, "UPDATE overblik.registry SET report = coalesce($4, report),"                           \
           " terms = coalesce($5, terms), state = $6, who = $7, why = $8, at_ms = $9::bigint"      \
           " WHERE kind = $1 AND name = $2 AND version = $3::bigint")                              \
    X(STEP, "INSERT INTO overblik.registry_step (seq, kind, name, version, state, who, why,"       \
            " at_ms) SELECT coalesce(max(seq), 0) + 1, $1, $2, $3::bigint, $4, $5, $6, $7::bigint" \
            " FROM overblik.registry_step")

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

struct registry_postgres {
    struct registry registry; /* first */
    struct postgres db;
};

static struct registry_postgres *of(struct registry *registry)
{
    return (struct registry_postgres *)(uintptr_t)registry;
}

static bool fail(struct registry_postgres *self)
{
    snprintf(self->registry.why, sizeof self->registry.why, "%s", self->db.why);
    return false;
}

/* ---- reading ---- */

static bool take_row(const PGresult *result, int row, struct registry_version *version)
{
    *version = (struct registry_version){.name = postgres_text(result, row, 1),
                                         .version = postgres_number(result, row, 2),
                                         .owner = postgres_text(result, row, 3),
                                         .bytes = postgres_text(result, row, 4),
                                         .report = postgres_text(result, row, 5),
                                         .terms = postgres_text(result, row, 6),
                                         .who = postgres_text(result, row, 8),
                                         .why = postgres_text(result, row, 9),
                                         .at_ms = postgres_number(result, row, 10)};
    return registration_kind_parse(postgres_text(result, row, 0), &version->kind) &&
           registration_state_parse(postgres_text(result, row, 7), &version->state);
}

static bool read_rows(struct registry_postgres *self, PGresult *result, unsigned states,
                      registry_version_fn *each, void *ctx)
{
    bool goes_on = true, is_right = true;
    if (!result)
        return fail(self);
    for (int row = 0; goes_on && is_right && row < postgres_count(result); row++) {
        struct registry_version version;
        is_right = take_row(result, row, &version);
        if (is_right && (states == 0 || (states & REGISTRATION_BIT(version.state))))
            goes_on = each(ctx, &version);
    }
    postgres_clear(result);
    return is_right || (postgres_fail(&self->db, "a row of a newer version"), fail(self));
}

static bool registry_postgres_each(struct registry *registry, const struct registry_ask *ask,
                                   registry_version_fn *each, void *ctx)
{
    struct registry_postgres *self = of(registry);
    struct postgres_parameters parameters = {0};
    postgres_add_text(&parameters, ask->has_kind ? registration_kind_name(ask->kind) : STR_NONE);
    postgres_add_text(&parameters, ask->name);
    postgres_add_text(&parameters, ask->owner);
    postgres_add_number(&parameters, ask->with_bytes);
    postgres_add_number(&parameters, ask->with_report);
    return read_rows(self, postgres_ask(&self->db, P_EACH, &parameters), ask->states, each, ctx);
}

static bool registry_postgres_history(struct registry *registry, enum registration_kind kind,
                                      struct str name, registry_version_fn *each, void *ctx)
{
    struct registry_postgres *self = of(registry);
    struct postgres_parameters parameters = {0};
    postgres_add_text(&parameters, registration_kind_name(kind));
    postgres_add_text(&parameters, name);
    return read_rows(self, postgres_ask(&self->db, P_HISTORY, &parameters), 0, each, ctx);
}

static bool registry_postgres_revision(struct registry *registry, int64_t *revision)
{
    struct registry_postgres *self = of(registry);
    struct postgres_parameters none = {0};
    PGresult *result = postgres_ask(&self->db, P_REVISION, &none);
    *revision = result && postgres_count(result) == 1 ? postgres_number(result, 0, 0) : 0;
    postgres_clear(result);
    return result != NULL || fail(self);
}

/* ---- writing ---- */

static bool run(struct registry_postgres *self, enum statement which,
                struct postgres_parameters *parameters)
{
    PGresult *result = postgres_ask(&self->db, which, parameters);
    bool is_well = result && (which == P_LOCK || postgres_changed(result) == 1);
    postgres_clear(result);
    return is_well || fail(self);
}

static void name_version(struct postgres_parameters *parameters,
                         const struct registry_version *change)
{
    postgres_add_text(parameters, registration_kind_name(change->kind));
    postgres_add_text(parameters, change->name);
    postgres_add_number(parameters, change->version);
}

static void name_step(struct postgres_parameters *parameters, const struct registry_version *change)
{
    postgres_add_text(parameters, registration_state_name(change->state));
    postgres_add_text(parameters, change->who);
    postgres_add_text(parameters, change->why);
    postgres_add_number(parameters, change->at_ms);
}

static bool write_one(struct registry_postgres *self, const struct registry_version *change)
{
    struct postgres_parameters set = {0}, step = {0};
    bool is_new = change->bytes.at != NULL;
    name_version(&set, change);
    if (is_new) {
        postgres_add_text(&set, change->owner);
        postgres_add_text(&set, change->bytes);
    }
    postgres_add_text(&set, change->report);
    postgres_add_text(&set, change->terms);
    name_step(&set, change);
    if (!run(self, is_new ? P_ADD : P_SET, &set))
        return false;
    name_version(&step, change);
    name_step(&step, change);
    return run(self, P_STEP, &step);
}

static bool registry_postgres_change(struct registry *registry, int64_t revision,
                                     const struct registry_version *changes, size_t count,
                                     bool *is_current)
{
    struct registry_postgres *self = of(registry);
    struct postgres_parameters none = {0};
    int64_t now = 0;
    *is_current = false;
    if (!postgres_run(&self->db, "BEGIN"))
        return fail(self);
    bool is_well = run(self, P_LOCK, &none) && registry_postgres_revision(registry, &now);
    *is_current = is_well && now == revision;
    for (size_t i = 0; is_well && *is_current && i < count; i++)
        is_well = write_one(self, &changes[i]);
    if (!is_well)
        return false; /* it is closed now, and with it the transaction */
    return (postgres_run(&self->db, *is_current ? "COMMIT" : "ROLLBACK") &&
            postgres_is_idle(&self->db)) ||
           fail(self);
}

/* ---- opening ---- */

static void registry_postgres_close(struct registry *registry)
{
    struct registry_postgres *self = of(registry);
    postgres_close(&self->db);
    free(self);
}

static const struct registry_kind kind = {
    .close = registry_postgres_close,
    .each = registry_postgres_each,
    .history = registry_postgres_history,
    .revision = registry_postgres_revision,
    .change = registry_postgres_change,
};

struct registry *registry_postgres_open(const struct registry_spec *spec,
                                        char why[REGISTRY_WHY_MAX])
{
    struct registry_postgres *self = die_calloc(1, sizeof *self);
    const struct postgres_spec connection = {
        .where = spec->postgres, .schema = schema, .statements = sources, .count = STATEMENT_COUNT};
    self->registry.kind = &kind;
    if (postgres_open(&self->db, &connection))
        return &self->registry;
    snprintf(why, REGISTRY_WHY_MAX, "%s", self->db.why);
    registry_postgres_close(&self->registry);
    return NULL;
}
