/* SPDX-License-Identifier: MIT */
#include "serve/classification_reader.h"

#include <stdio.h>
#include <stdlib.h>

#include "adapters/klassifikation.h"
#include "base/die.h"
#include "base/log.h"
#include "base/uuid.h"
#include "base/xml.h"
#include "net/tls.h"

enum {
    MS_PER_S = 1000,
    BODY_MAX = 64 * 1024,
    SCRATCH_MAX = 256 * 1024,
    MEMORY_MAX = 64 * 1024 * 1024,
    HEADERS_MAX = ASK_HEADERS_MAX + 2
};

static const struct str audience = STR_INIT("klassifikation"); /* our token is for it [D] */

/* One reading under way: the ids of each facet page by page, then the classes of the ids. */
struct reading {
    struct arena *arena;
    instant began;
    char request_id[UUID_TEXT];
    size_t facet, start; /* the page that is asked for */
    struct klassifikation_id *ids;
    size_t id_count, listed;
    struct klassifikation_classes classes;
    struct klassifikation_ids page;
    struct fetch *fetch;
};

struct classification_reader {
    struct classification_reader_env env;
    struct snapshot *snapshot;
    const struct classification_source *source; /* in the snapshot */
    struct uuid_source uuids;
    struct timer next;       /* runs whenever nothing is being read */
    struct reading *reading; /* NULL: none */
    struct arena *scratch;   /* of one question */
    struct buf body;
    /* what was read last */
    struct arena *arena;
    struct classification table;
};

static void begin(void *ctx);

static void stop(struct classification_reader *reader)
{
    struct reading *reading = reader->reading;

    reader->reading = NULL;
    timer_cancel(reader->env.loop, &reader->next);
    if (!reading)
        return;
    fetch_cancel(&reading->fetch);
    arena_free(&reading->arena);
    free(reading);
}

static void plan(struct classification_reader *reader, int64_t seconds)
{
    instant now = loop_now(reader->env.loop);

    stop(reader);
    timer_start(reader->env.loop, &reader->next, instant_after_ms(now, seconds * MS_PER_S), begin,
                reader);
}

/* Nothing of it is believed. */
static void fail(struct classification_reader *reader, struct str what, const char *why)
{
    log_warn(STR_NONE,
             "event=classification-not-read outcome=%.*s why=\"%s\" numbers=%zu "
             "action=\"what was read before stays in force\"",
             STR_ARG(what), why ? why : "", reader->table.count);
    plan(reader, reader->source->retry_s);
}

/* ---- the end of a reading ---- */

static struct classification_entry *make_entries(struct reading *reading)
{
    const struct klassifikation_classes *classes = &reading->classes;
    struct classification_entry *entries =
        arena_calloc(reading->arena, classes->count + 1, sizeof *entries);

    for (size_t i = 0; entries && i < classes->count; i++)
        entries[i] = (struct classification_entry){.number = classes->at[i].number,
                                                   .title = classes->at[i].title,
                                                   .from = classes->at[i].from,
                                                   .to = classes->at[i].to};
    return entries;
}

/* A copy: what else the reading needed goes with it. */
static void keep(struct classification_reader *reader, const struct classification *read)
{
    static const struct classification nothing = {0};

    arena_free(&reader->arena);
    reader->arena = arena_new(MEMORY_MAX);
    if (!classification_overlay(&reader->table, &nothing, read, reader->arena))
        die("no memory for a classification");
}

static void finish(struct classification_reader *reader)
{
    struct reading *reading = reader->reading;
    struct classification_entry *entries = make_entries(reading);
    struct classification table = {0};
    size_t left_out = 0;

    if (entries)
        left_out =
            classification_make(&table, STR_NONE, entries, reading->classes.count, reading->arena);
    if (table.count == 0) {
        fail(reader, STR("invalid"), "none of its classes has a subject number and a title");
        return;
    }
    log_info(STR_NONE,
             "event=classification-read numbers=%zu left_out=%zu missing=%zu digest=%s ms=%lld",
             table.count, left_out, reading->classes.missing, table.digest,
             (long long)((loop_now(reader->env.loop) - reading->began) / INSTANT_PER_MS));
    bool is_new = strcmp(table.digest, reader->table.digest) != 0;
    if (is_new)
        keep(reader, &table);
    plan(reader, reader->source->refresh_s);
    if (is_new)
        reader->env.changed(reader->env.ctx);
}

/* ---- answers ---- */

static void ask(struct classification_reader *reader);

static size_t batch_of(const struct reading *reading)
{
    size_t left = reading->id_count - reading->listed;

    return left < KLASSIFIKATION_BATCH ? left : KLASSIFIKATION_BATCH;
}

/* A page without ids is the facet's last: one shorter than ours may be all that the service gives
 * at a time. Not NULL: it is not believed. */
static const char *take_page(struct classification_reader *reader)
{
    struct reading *reading = reader->reading;
    const struct klassifikation_id *first = &reading->ids[reading->id_count - reading->start];
    size_t count = reading->page.count;

    if (count == 0) {
        reading->facet++;
        reading->start = 0;
        return NULL;
    }
    if (reading->start > 0 && strcmp(first->text, reading->page.at[0].text) == 0)
        return "its pages begin anew";
    if (count > CLASSIFICATION_ENTRIES_MAX - reading->id_count)
        return "more classes than the limits allow";
    memcpy(&reading->ids[reading->id_count], reading->page.at, count * sizeof *reading->ids);
    reading->id_count += count;
    reading->start += count;
    return NULL;
}

static void take_answer(struct classification_reader *reader, const struct fetch_result *result)
{
    struct reading *reading = reader->reading;
    struct answer answer = {.http_status = result->http_status,
                            .content_type = result->content_type,
                            .body = result->body};
    bool is_search = reading->facet < reader->source->facet_count;
    struct str request_id = str_of(reading->request_id);
    struct answer_fault fault = {0};
    enum outcome outcome;

    if (is_search)
        outcome =
            klassifikation_parse_soeg(reading->arena, request_id, &answer, &reading->page, &fault);
    else
        outcome = klassifikation_parse_list(reading->arena, request_id, &answer,
                                            &reading->ids[reading->listed], batch_of(reading),
                                            &reading->classes, &fault);
    if (!outcome_is_positive(outcome)) {
        if (outcome == OUTCOME_INVALID)
            fetch_distrust(reader->env.pool);
        fail(reader, outcome_name(outcome), fault.why);
        return;
    }
    if (!is_search)
        reading->listed += batch_of(reading);
    else if ((fault.why = take_page(reader))) {
        fail(reader, STR("invalid"), fault.why);
        return;
    }
    if (reading->facet < reader->source->facet_count || reading->listed < reading->id_count)
        ask(reader);
    else if (reading->id_count == 0)
        fail(reader, STR("empty"), "its facets have no classes");
    else
        finish(reader);
}

static void on_fetched(void *ctx, const struct fetch_result *result)
{
    struct classification_reader *reader = ctx;

    if (result->status == FETCH_OK)
        take_answer(reader, result);
    else
        fail(reader, fetch_status_code(result->status), result->why);
}

/* ---- asking ---- */

static struct str make_authorization(struct classification_reader *reader)
{
    char certificate[44] = "";
    struct str file = reader->source->target.cert_file;
    bool is_bound = file.at && tls_certificate_thumbprint(file.at, certificate);
    struct assertion_spec spec = {
        .issuer = reader->snapshot->settings.gateway_id,
        .kid = reader->env.kid,
        .audiences = &audience,
        .audience_count = 1,
        .jti = str_of(reader->reading->request_id),
        .certificate = is_bound ? str_of(certificate) : STR_NONE,
        .now = loop_wall(reader->env.loop),
    };
    struct str token =
        assertion_make(reader->scratch, &spec, NULL, reader->env.sign, reader->env.sign_ctx);

    return token.at ? arena_format(reader->scratch, "Authorization: Bearer %.*s", STR_ARG(token))
                    : STR_NONE;
}

static bool build(struct classification_reader *reader, struct ask *question)
{
    struct reading *reading = reader->reading;
    struct str request_id = str_of(reading->request_id);

    if (reading->facet < reader->source->facet_count)
        return klassifikation_build_soeg(reader->scratch, request_id,
                                         reader->source->facets[reading->facet], reading->start,
                                         question);
    return klassifikation_build_list(reader->scratch, request_id, &reading->ids[reading->listed],
                                     batch_of(reading), question);
}

static void ask(struct classification_reader *reader)
{
    const struct classification_source *source = reader->source;
    struct reading *reading = reader->reading;
    struct ask question = {.body = &reader->body};
    struct str headers[HEADERS_MAX];
    size_t count = 0;
    instant by = instant_after_ms(loop_now(reader->env.loop), source->timeout_ms);

    arena_reset(reader->scratch);
    buf_reset(&reader->body);
    uuid_make(&reader->uuids, loop_wall(reader->env.loop), reading->request_id);
    bool is_built = build(reader, &question);
    for (; count < question.header_count; count++)
        headers[count] = question.headers[count];
    headers[count++] = make_authorization(reader);
    headers[count++] = arena_format(reader->scratch, "X-Request-Id: %s", reading->request_id);
    if (!is_built || !headers[count - 2].at || arena_is_full(reader->scratch)) {
        fail(reader, STR("failed"), "the question could not be written or signed");
        return;
    }
    struct fetch_spec spec = {
        .target = &source->target,
        .path = source->path,
        .headers = headers,
        .header_count = count,
        .body = buf_str(&reader->body),
        .answer_max = XML_BYTES_MAX,
        .connected_by = by,
        .first_byte_by = by,
        .done_by = by,
    };
    fetch_start(reader->env.pool, &spec, &reading->fetch, on_fetched, reader);
}

static void begin(void *ctx)
{
    struct classification_reader *reader = ctx;
    struct reading *reading = die_calloc(1, sizeof *reading);

    stop(reader);
    reader->reading = reading;
    reading->arena = arena_new(MEMORY_MAX);
    reading->began = loop_now(reader->env.loop);
    reading->ids = arena_calloc(reading->arena, CLASSIFICATION_ENTRIES_MAX, sizeof *reading->ids);
    reading->classes.max = CLASSIFICATION_ENTRIES_MAX;
    reading->classes.at =
        arena_calloc(reading->arena, CLASSIFICATION_ENTRIES_MAX, sizeof *reading->classes.at);
    if (!reading->ids || !reading->classes.at)
        die("no memory for a classification");
    ask(reader);
}

/* ---- the whole ---- */

struct classification_reader *classification_reader_new(const struct classification_reader_env *env)
{
    struct classification_reader *reader = die_calloc(1, sizeof *reader);

    reader->env = *env;
    reader->scratch = arena_new(SCRATCH_MAX);
    buf_init(&reader->body, BODY_MAX);
    uuid_source_init(&reader->uuids);
    return reader;
}

void classification_reader_free(struct classification_reader **slot)
{
    struct classification_reader *reader = *slot;

    *slot = NULL;
    if (!reader)
        return;
    stop(reader);
    arena_free(&reader->arena);
    arena_free(&reader->scratch);
    buf_clear(&reader->body);
    snapshot_unref(&reader->snapshot);
    free(reader);
}

static bool is_same_place(const struct classification_source *a,
                          const struct classification_source *b)
{
    if (!a || !str_equal(a->target.url, b->target.url) || !str_equal(a->path, b->path) ||
        a->facet_count != b->facet_count)
        return false;
    for (size_t i = 0; i < a->facet_count; i++)
        if (!str_equal(a->facets[i], b->facets[i]))
            return false;
    return true;
}

void classification_reader_use(struct classification_reader *reader, struct snapshot *snapshot)
{
    struct snapshot *old = reader->snapshot;
    const struct classification_source *source = &snapshot->classification_source;

    stop(reader);
    if (!is_same_place(reader->source, source)) {
        reader->table = (struct classification){0};
        arena_free(&reader->arena);
    }
    reader->snapshot = snapshot_ref(snapshot);
    reader->source = source;
    snapshot_unref(&old);
    if (source->target.url.at)
        begin(reader);
}

const struct classification *classification_reader_table(const struct classification_reader *reader)
{
    return reader->table.count > 0 ? &reader->table : NULL;
}
