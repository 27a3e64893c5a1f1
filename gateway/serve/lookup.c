/* SPDX-License-Identifier: MIT */
#include "serve/lookup.h"

#include "base/log.h"
#include "overview/export_html.h"
#include "overview/output.h"
#include "record/access_record.h"

enum { LOG_SOURCES_MAX = 2048, DOCUMENT_FIRST = 16 * 1024 };

struct lookup {
    struct worker *worker;
    struct lookup_spec spec;
    struct snapshot *snapshot;
    instant started;

    struct http_exchange *exchange; /* slot; NULL: the client left, or the reply is complete */
    struct fanout *fanout;          /* slot */
    struct access_append *intent;   /* slot; NULL: durable, failed, or given up */
    bool gate_is_open;              /* the record is durable */
    bool has_ended;                 /* every row has settled */

    struct timer patience;  /* the record may take until the hard deadline */
    struct timer heartbeat; /* of a stream */
    bool *told;             /* of a stream: this part's record was written */
    unsigned records;
    struct buf line; /* one record or document at a time */
    struct buf sentence;
    struct output_context output;
};

static struct str operation_of(const struct lookup *lookup)
{
    if (lookup->spec.is_export)
        return STR("export");
    return lookup->spec.kind == QUESTION_DETAIL ? STR("item") : STR("overview");
}

/* ---- the end ---- */

static void log_outcome(struct lookup *lookup, int status)
{
    struct buf *sources = &lookup->line; /* nothing else stands in it now */
    const struct part *parts = lookup->fanout ? fanout_parts(lookup->fanout) : NULL;
    size_t count = parts ? fanout_part_count(lookup->fanout) : 0;

    buf_reset(sources);
    for (size_t i = 0; i < count && sources->len < LOG_SOURCES_MAX; i++) {
        const struct plan_row *row = parts[i].row;
        if (i > 0)
            buf_add_byte(sources, ' ');
        buf_add_str(sources, row->route->source.id);
        if (row->municipality) {
            buf_add_byte(sources, '/');
            buf_add_str(sources, row->municipality->code);
        }
        buf_add_byte(sources, ':');
        buf_add_str(sources, outcome_code(parts[i].outcome));
        buf_add_byte(sources, ':');
        buf_add_int(sources, parts[i].outcome == OUTCOME_PENDING ? 0 : part_elapsed_ms(&parts[i]));
    }
    log_info(lookup->spec.receipt,
             "event=%.*s status=%d revision=%s portal=\"%.*s\" ms=%lld sources=\"%.*s\"",
             STR_ARG(operation_of(lookup)), status, lookup->snapshot->revision,
             STR_ARG(citizen_portal(lookup->spec.citizen)),
             (long long)((loop_now(lookup->worker->loop) - lookup->started) / INSTANT_PER_MS),
             STR_ARG(str_head(buf_str(sources), LOG_SOURCES_MAX)));
}

static struct access_subject record_subject(const struct lookup *lookup)
{
    return (struct access_subject){
        .receipt = lookup->spec.receipt,
        .operation = operation_of(lookup),
        .format = lookup->spec.is_export ? export_form_name(lookup->spec.form) : STR_NONE,
        .is_stream = format_is_stream(lookup->spec.format),
        .citizen = lookup->spec.citizen,
        .snapshot = lookup->snapshot,
        .key = &lookup->worker->shared->pseudonym_key,
        .now = loop_wall(lookup->worker->loop),
    };
}

static void explain(const struct lookup *lookup, int status)
{
    struct worker *worker = lookup->worker;
    const struct explain_note note = {
        .receipt = lookup->spec.receipt,
        .operation = operation_of(lookup),
        .portal = citizen_portal(lookup->spec.citizen),
        .mandate = citizen_mandate(lookup->spec.citizen),
        .revision = str_of(lookup->snapshot->revision),
        .status = status,
        .started = lookup->started,
        .ended = loop_now(worker->loop),
        .at = loop_wall(worker->loop),
    };
    explain_add(worker->shared->explain, &note,
                lookup->fanout ? fanout_parts(lookup->fanout) : NULL,
                lookup->fanout ? fanout_part_count(lookup->fanout) : 0);
}

/* Remembers how it ended and frees everything. `status` 0: the client had left. */
static void finish(struct lookup *lookup, int status)
{
    struct worker *worker = lookup->worker;
    struct arena *arena = lookup->spec.arena;

    log_outcome(lookup, status);
    explain(lookup, status);
    if (lookup->fanout) {
        counters_take_parts(worker->counters, fanout_parts(lookup->fanout),
                            fanout_part_count(lookup->fanout));
        struct access_subject subject = record_subject(lookup);
        int64_t elapsed_ms = (subject.now.unix_ms > 0)
                                 ? (loop_now(worker->loop) - lookup->started) / INSTANT_PER_MS
                                 : 0;
        buf_reset(&lookup->line);
        access_record_outcome(&subject, status, elapsed_ms, fanout_parts(lookup->fanout),
                              fanout_total_count(lookup->fanout), &lookup->line);
        access_log_note(worker->shared->access_log, buf_str(&lookup->line));
    }
    access_log_cancel(&lookup->intent);
    fanout_cancel(&lookup->fanout);
    timer_cancel(worker->loop, &lookup->patience);
    timer_cancel(worker->loop, &lookup->heartbeat);
    buf_clear(&lookup->line);
    buf_clear(&lookup->sentence);
    snapshot_unref(&lookup->snapshot);
    worker->lookups--;
    worker_give_arena(worker, arena); /* the look-up itself lies in it */
}

static void on_gone(void *ctx)
{
    finish(ctx, 0);
}

static void reply_problem(struct lookup *lookup, const struct problem *problem)
{
    http_reply_problem(lookup->exchange, problem, lookup->spec.language, lookup->spec.receipt, NULL,
                       0);
    finish(lookup, problem_status(problem->kind));
}

static void fail_record(struct lookup *lookup)
{
    struct problem problem =
        problem_make(PROBLEM_UNAVAILABLE, "the access record could not be written, so nothing "
                                          "was looked up for you");
    problem.retry_after_s = 5;
    reply_problem(lookup, &problem);
}

/* ---- the whole document ---- */

/* What the sources may show has its ceiling already, source by source, so that none of them costs
 * the others their place; what is said about it (things to do above all) is never three times it.
 */
static size_t reply_max(const struct snapshot *snapshot)
{
    return 4 * (size_t)snapshot->settings.limits_output_max;
}

enum { REPLY_FIELDS_MAX = 14, TIMING_MAX = 16 * 1024 };

/* Server-Timing (W3C): each source's time and state, and all of it. Names are tokens, so a
 * municipality follows its source behind a point. */
static struct str server_timing(const struct lookup *lookup)
{
    const struct part *parts = fanout_parts(lookup->fanout);
    size_t count = fanout_part_count(lookup->fanout);
    int64_t total_ms = (loop_now(lookup->worker->loop) - lookup->started) / INSTANT_PER_MS;
    struct buf line;

    buf_init(&line, TIMING_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct plan_row *row = parts[i].row;
        if (outcome_class(parts[i].outcome) == VERDICT_NOT_ASKED)
            continue;
        buf_format(&line, "%.*s%s%.*s;dur=%lld;desc=%.*s, ", STR_ARG(row->route->source.id),
                   row->municipality ? "." : "",
                   STR_ARG(row->municipality ? row->municipality->code : STR_NONE),
                   (long long)part_elapsed_ms(&parts[i]), STR_ARG(outcome_name(parts[i].outcome)));
    }
    buf_format(&line, "total;dur=%lld", (long long)total_ms);
    struct str kept = arena_copy(lookup->spec.arena, buf_str(&line));
    buf_clear(&line);
    return kept;
}

/* A file that the browser keeps and does not guess about; its name tells the day and no more. */
static size_t export_fields(const struct lookup *lookup, struct http_field *fields)
{
    struct arena *arena = lookup->spec.arena;
    struct str type = export_form_type(lookup->spec.form), name;
    char day[DATE_TEXT];
    size_t n = 0;

    date_format(wall_date(loop_wall(lookup->worker->loop)), day);
    name = export_form_name(lookup->spec.form);
    bool is_json = lookup->spec.form == EXPORT_JSON;
    fields[n++] = (struct http_field){
        STR("Content-Type"),
        is_json ? type : arena_format(arena, "%.*s; charset=utf-8", STR_ARG(type))};
    fields[n++] = (struct http_field){
        STR("Content-Disposition"),
        arena_format(arena, "attachment; filename=\"overblik-%s.%.*s\"", day, STR_ARG(name))};
    fields[n++] = (struct http_field){STR("X-Content-Type-Options"), STR("nosniff")};
    if (lookup->spec.form == EXPORT_HTML) {
        fields[n++] =
            (struct http_field){STR("Content-Security-Policy"), export_html_policy(arena)};
        fields[n++] = (struct http_field){STR("Referrer-Policy"), STR("no-referrer")};
    }
    return n;
}

static size_t reply_fields(const struct lookup *lookup, struct http_field *fields)
{
    static const struct str tags[] = {
        [LANGUAGE_DA] = STR_INIT("da"), [LANGUAGE_EN] = STR_INIT("en")};
    size_t n = 0;
    if (lookup->spec.is_export)
        n = export_fields(lookup, fields);
    else
        fields[n++] =
            (struct http_field){STR("Content-Type"), format_media_type(lookup->spec.format)};
    fields[n++] = (struct http_field){STR("Content-Language"), tags[lookup->spec.language]};
    fields[n++] = (struct http_field){STR("Cache-Control"), STR("no-store")};
    fields[n++] = (struct http_field){
        STR("Vary"), STR("Accept, Accept-Language, Act-For, Authorization, Prefer")};
    fields[n++] = (struct http_field){STR("Overblik-Receipt"), lookup->spec.receipt};
    if (lookup->spec.traceparent.at)
        fields[n++] = (struct http_field){STR("traceparent"), lookup->spec.traceparent};
    if (lookup->spec.wait_ms > 0 && lookup->spec.wait_ms % 1000 == 0) /* else it was clipped */
        fields[n++] = (struct http_field){STR("Preference-Applied"),
                                          arena_format(lookup->spec.arena, "wait=%lld",
                                                       (long long)(lookup->spec.wait_ms / 1000))};
    if (format_is_stream(lookup->spec.format))
        fields[n++] = (struct http_field){STR("X-Accel-Buffering"), STR("no")};
    else if (lookup->spec.portal->server_timing)
        fields[n++] = (struct http_field){STR("Server-Timing"), server_timing(lookup)};
    return n;
}

/* A file in which nobody has answered would look like one in which nobody holds anything. */
static void refuse_export(struct lookup *lookup, const struct merged *merged)
{
    bool is_late = merged->status == problem_status(PROBLEM_SOURCE_LATE);
    struct problem problem =
        problem_make(is_late ? PROBLEM_SOURCE_LATE : PROBLEM_SOURCE_FAILED,
                     "none of the %zu sources asked has answered, so there is nothing to take away",
                     merged->asked);
    problem.retry_after_s = 5;
    reply_problem(lookup, &problem);
}

static bool write_export(const struct lookup *lookup, const struct merged *merged,
                         struct buf *document)
{
    const struct export export = {.context = &lookup->output,
                                  .parts = fanout_parts(lookup->fanout),
                                  .count = fanout_part_count(lookup->fanout),
                                  .merged = merged,
                                  .now = loop_wall(lookup->worker->loop)};
    return export_write(&export, lookup->spec.form, document);
}

static void reply_document(struct lookup *lookup)
{
    const struct part *parts = fanout_parts(lookup->fanout);
    size_t count = fanout_part_count(lookup->fanout);
    struct http_field fields[REPLY_FIELDS_MAX];
    struct merged merged;
    struct buf document;
    int status = 200;

    buf_init(&document, reply_max(lookup->snapshot));
    bool fits = merge_parts(lookup->spec.arena, parts, count, &merged);
    if (fits && lookup->spec.is_export && merged.status != 200) {
        refuse_export(lookup, &merged);
        return;
    }
    buf_reserve(&document, DOCUMENT_FIRST);
    if (fits && lookup->spec.is_export) {
        fits = write_export(lookup, &merged, &document);
    } else if (fits && lookup->spec.kind == QUESTION_DETAIL) {
        status =
            output_item_document(&lookup->output, parts, count, lookup->spec.item_id, &document);
    } else if (fits) {
        output_document(&lookup->output, parts, count, &merged, &document);
        status = merged.status;
    }
    if (!fits || document.failed) {
        struct problem problem = problem_make(
            PROBLEM_INTERNAL, "the overview is larger than the limits allow; ask one source "
                              "at a time with ?source=");
        buf_clear(&document);
        reply_problem(lookup, &problem);
        return;
    }
    http_reply(lookup->exchange, status, fields, reply_fields(lookup, fields), &document);
    finish(lookup, status);
}

/* ---- the stream ---- */

static void on_heartbeat(void *ctx);

/* Writes the record that stands in `line`, and starts the silence anew. */
static void send_record(struct lookup *lookup, struct str name)
{
    struct worker *worker = lookup->worker;
    struct buf framed;
    buf_init(&framed, lookup->line.max + 256);
    framing_add(lookup->spec.format, name, ++lookup->records, buf_str(&lookup->line), &framed);
    http_stream_write(lookup->exchange, buf_str(&framed));
    buf_clear(&framed);
    buf_reset(&lookup->line);
    timer_start(
        worker->loop, &lookup->heartbeat,
        instant_after_ms(loop_now(worker->loop), lookup->snapshot->settings.time_heartbeat_ms),
        on_heartbeat, lookup);
}

static void on_heartbeat(void *ctx)
{
    struct lookup *lookup = ctx;
    output_heartbeat_record((loop_now(lookup->worker->loop) - lookup->started) / INSTANT_PER_MS,
                            &lookup->line);
    send_record(lookup, STR("heartbeat"));
}

static void send_part(struct lookup *lookup, const struct part *part)
{
    if (lookup->told[part->position])
        return;
    lookup->told[part->position] = true;
    output_source_record(&lookup->output, part, &lookup->line);
    send_record(lookup, STR("source"));
}

static void start_stream(struct lookup *lookup)
{
    const struct part *parts = fanout_parts(lookup->fanout);
    size_t count = fanout_part_count(lookup->fanout);
    struct http_field fields[REPLY_FIELDS_MAX];

    http_stream_start(lookup->exchange, 200, fields, reply_fields(lookup, fields));
    output_plan_record(&lookup->output, parts, count, &lookup->line);
    send_record(lookup, STR("plan"));
    for (size_t i = 0; i < count; i++)
        if (parts[i].outcome != OUTCOME_PENDING)
            send_part(lookup, &parts[i]);
}

static void end_stream(struct lookup *lookup)
{
    const struct part *parts = fanout_parts(lookup->fanout);
    size_t count = fanout_part_count(lookup->fanout);
    struct merged merged;

    if (!merge_parts(lookup->spec.arena, parts, count, &merged)) {
        http_stream_abort(lookup->exchange);
        finish(lookup, 500);
        return;
    }
    output_done_record(&lookup->output, parts, count, &merged, &lookup->line);
    send_record(lookup, STR("done"));
    http_stream_end(lookup->exchange);
    finish(lookup, merged.status);
}

/* ---- the gate ---- */

static void on_part(void *ctx, const struct part *part)
{
    struct lookup *lookup = ctx;
    if (lookup->gate_is_open && format_is_stream(lookup->spec.format))
        send_part(lookup, part);
}

static void on_end(void *ctx)
{
    struct lookup *lookup = ctx;
    lookup->has_ended = true;
    if (!lookup->gate_is_open)
        return; /* on_recorded goes on from here */
    if (format_is_stream(lookup->spec.format))
        end_stream(lookup);
    else
        reply_document(lookup);
}

static void on_recorded(void *ctx, bool is_durable)
{
    struct lookup *lookup = ctx;
    if (!is_durable) {
        fail_record(lookup);
        return;
    }
    lookup->gate_is_open = true;
    timer_cancel(lookup->worker->loop, &lookup->patience);
    if (format_is_stream(lookup->spec.format))
        start_stream(lookup);
    if (lookup->has_ended)
        on_end(lookup);
}

static void on_impatient(void *ctx)
{
    fail_record(ctx);
}

/* ---- the start ---- */

void lookup_start(struct worker *worker, struct http_exchange *exchange,
                  const struct lookup_spec *spec)
{
    struct lookup *lookup = ARENA_NEW(spec->arena, struct lookup);
    bool *told = arena_calloc(spec->arena, spec->plan.count + 1, sizeof *told);
    if (!lookup || !told) {
        struct problem problem = problem_make(PROBLEM_INTERNAL, "out of working memory");
        http_reply_problem(exchange, &problem, spec->language, spec->receipt, NULL, 0);
        worker_give_arena(worker, spec->arena);
        return;
    }
    lookup->worker = worker;
    lookup->spec = *spec;
    lookup->snapshot = snapshot_ref(worker->snapshot);
    lookup->started = spec->began ? spec->began : loop_now(worker->loop);
    lookup->told = told;
    buf_init(&lookup->line, reply_max(worker->snapshot));
    buf_init(&lookup->sentence, 4096);
    lookup->output = (struct output_context){.snapshot = lookup->snapshot,
                                             .language = spec->language,
                                             .citizen = spec->citizen,
                                             .receipt = lookup->spec.receipt,
                                             .left_out = lookup->spec.plan.left_out,
                                             .sentence = &lookup->sentence};
    worker->lookups++;
    http_keep(exchange, &lookup->exchange, on_gone, lookup);

    int64_t soft_ms = spec->wait_ms > 0 ? spec->wait_ms : spec->soft_ms;
    instant hard = instant_after_ms(lookup->started, spec->hard_ms);
    struct fanout_spec fanout = {
        .snapshot = lookup->snapshot,
        .plan = &lookup->spec.plan,
        .citizen = spec->citizen,
        .language = spec->language,
        .receipt = spec->receipt,
        .traceparent = spec->traceparent,
        .kind = spec->kind,
        .item_id = spec->item_id,
        .deadline =
            format_is_stream(spec->format) ? hard : instant_after_ms(lookup->started, soft_ms),
        .arena = spec->arena,
    };
    if (!fanout_start(&worker->env, &fanout, &lookup->fanout, on_part, on_end, lookup)) {
        struct problem problem = problem_make(PROBLEM_INTERNAL, "the look-up could not begin");
        reply_problem(lookup, &problem);
        return;
    }
    struct access_subject subject = record_subject(lookup);
    access_record_intent(&subject, &lookup->spec.plan, &lookup->line);
    access_log_append(worker->shared->access_log, worker->loop, buf_str(&lookup->line),
                      &lookup->intent, on_recorded, lookup);
    buf_reset(&lookup->line);
    timer_start(worker->loop, &lookup->patience, hard, on_impatient, lookup);
}
