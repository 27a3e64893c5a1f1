/* SPDX-License-Identifier: MIT */
#include "overview/fanout.h"

#include "base/log.h"
#include "overview/guard.h"
#include "overview/showing.h"

#include <assert.h>

enum { ASK_BODY_MAX = 64 * 1024, CALL_HEADERS_MAX = 12, CURSOR_MAX = 4096 };

/* What is under way for one row. Lives in the request's arena. */
struct call {
    struct fanout *fanout;
    struct part *part;
    struct fetch *fetch;         /* slot; NULL between two pages and when settled */
    struct attempt *attempt;     /* of the fetch, in the part's timeline; NULL: that is full */
    struct health_entry *health; /* claimed; NULL: not (any more) */
    struct buf body;             /* the question's bytes, which the fetch borrows */
    instant done_by;             /* of the whole row, computed once */
    struct question question;
    struct str handle_source; /* "source" or "source/municipality": what a handle names */
    struct call *settled_next;
};

struct fanout {
    struct fanout_env env;
    struct fanout_spec spec;
    struct fanout **slot;
    fanout_part_fn *on_part;
    fanout_end_fn *on_end;
    void *ctx;

    struct part *parts;
    struct call *calls; /* calls[i] belongs to parts[i] */
    size_t pending;     /* rows not settled */
    bool has_ended;     /* on_end was called */

    struct timer deadline;
    struct deferred delivery;
    struct call *settled, **settled_end; /* waiting for on_part, in order of settling */
    bool *is_gone; /* set by cancel and clear while we are inside a callback */

    struct str authorization; /* header line with our assertion */
    size_t row_memory_max;    /* of what one row shows: no source takes another's room */
    size_t row_json_max;
    struct buf sentence;
    struct output_context output;
};

/* ---- settling: the only way out of PENDING ---- */

static void deliver(void *ctx);

/* Takes a call's instants over into the timeline. */
static void note_attempt(struct call *call, const struct fetch_times *times)
{
    call->part->bytes_in += times->bytes;
    if (!call->attempt)
        return;
    call->attempt->times = *times;
    call->attempt->is_over = true;
}

/* Ends what is under way, if anything is. */
static void cut_attempt(struct call *call)
{
    if (!call->fetch)
        return;
    struct fetch_times times = fetch_progress(call->fetch);
    times.ended = loop_now(call->fanout->env.loop);
    note_attempt(call, &times);
    if (call->attempt)
        call->attempt->is_cancelled = true;
    fetch_cancel(&call->fetch);
}

static void settle(struct call *call, enum outcome outcome, const char *why)
{
    struct fanout *fanout = call->fanout;
    struct part *part = call->part;

    assert(part->outcome == OUTCOME_PENDING && outcome != OUTCOME_PENDING);
    part->outcome = outcome;
    part->why = why;
    part->settled = loop_now(fanout->env.loop);
    part->at = loop_wall(fanout->env.loop);
    if (!outcome_is_positive(outcome)) {
        part_clear(part); /* all or nothing: no half answer looks like a whole one */
        part->as_of = WALL_NONE;
    }
    cut_attempt(call);
    buf_clear(&call->body);
    if (call->health)
        health_release(call->health);
    call->health = NULL;

    *fanout->settled_end = call;
    fanout->settled_end = &call->settled_next;
    if (--fanout->pending == 0)
        timer_cancel(fanout->env.loop, &fanout->deadline);
    loop_defer(fanout->env.loop, &fanout->delivery, deliver, fanout);
}

/* Tells of what has settled, one by one; a callback may end the fan-out at any time. */
static void deliver(void *ctx)
{
    struct fanout *fanout = ctx;
    bool is_gone = false;
    fanout->is_gone = &is_gone;

    while (fanout->settled) {
        struct call *call = fanout->settled;
        fanout->settled = call->settled_next;
        if (!fanout->settled)
            fanout->settled_end = &fanout->settled;
        fanout->on_part(fanout->ctx, call->part);
        if (is_gone)
            return;
    }
    fanout->is_gone = NULL;
    if (fanout->pending == 0 && !fanout->has_ended) {
        fanout->has_ended = true;
        fanout->on_end(fanout->ctx);
    }
}

static void on_deadline(void *ctx)
{
    struct fanout *fanout = ctx;
    for (size_t i = 0; i < fanout->spec.plan->count; i++)
        if (fanout->parts[i].outcome == OUTCOME_PENDING) {
            fanout->parts[i].rule = "deadline";
            settle(&fanout->calls[i], OUTCOME_LATE, "overview-deadline");
        }
}

/* ---- from an answer to a settled row ---- */

static void ask(struct call *call);

/* The last page is in: the row has its answer. */
static void settle_answered(struct call *call)
{
    struct part *part = call->part;
    const struct settings *settings = &call->fanout->spec.snapshot->settings;
    int64_t oldest = call->question.now.unix_ms - settings->time_stale_after_s * 1000;
    bool is_old = part->as_of.known && part->as_of.unix_ms < oldest;

    showing_sort(part);
    if (part->is_stale || is_old)
        settle(call, OUTCOME_STALE, NULL);
    else
        settle(call, part->held > 0 ? OUTCOME_ANSWERED : OUTCOME_EMPTY, NULL);
}

static void take_foreign(struct call *call, struct guard_finding finding)
{
    struct fanout *fanout = call->fanout;
    struct str source = call->part->row->route->source.id;
    struct str own = plan_row_authority(call->part->row).cvr, cvr = finding.owner_cvr;
    if (cvr.len == 0 && call->part->row->municipality)
        cvr = own;
    if (!str_equal(cvr, own))
        cvr = STR_NONE; /* an authority that no plan can leave out: the whole source is off */
    if (health_switch_off(call->health, cvr)) {
        log_error(fanout->spec.receipt,
                  "event=foreign-answer source=%.*s authority=%.*s why=\"%s\" "
                  "action=\"switched off until re-armed by a human\"",
                  STR_ARG(source), STR_ARG(cvr), finding.why);
        if (fanout->env.switched_off)
            fanout->env.switched_off(fanout->env.switched_ctx, source, cvr);
    }
    fetch_distrust(fanout->env.pool);
    settle(call, OUTCOME_FOREIGN, finding.why);
}

static void take_page(struct call *call, const struct fetch_result *result)
{
    struct fanout *fanout = call->fanout;
    struct part *part = call->part;
    const struct settings *settings = &fanout->spec.snapshot->settings;
    struct parsed parsed = {0};
    struct answer_fault fault = {0};
    struct answer answer = {.http_status = result->http_status,
                            .content_type = result->content_type,
                            .body = result->body,
                            .items_max = (size_t)settings->limits_items_max};
    item_list_init(&parsed.items);

    enum outcome outcome = part->row->route->source.adapter->parse(
        fanout->env.scratch, &call->question, &answer, &parsed, &fault);
    part->retry_after_s = result->retry_after_s;
    if (outcome != OUTCOME_ANSWERED && outcome != OUTCOME_EMPTY) {
        if (outcome == OUTCOME_INVALID)
            fetch_distrust(fanout->env.pool);
        settle(call, outcome, fault.why ? fault.why : "refused by the source");
        return;
    }

    struct guard_finding finding = guard_judge(&call->question, &parsed, result->request_id);
    if (finding.verdict == GUARD_FOREIGN) {
        take_foreign(call, finding);
        return;
    }
    if (finding.verdict == GUARD_UNPROVEN) {
        fetch_distrust(fanout->env.pool);
        settle(call, OUTCOME_INVALID, finding.why);
        return;
    }

    part->pages++;
    part->held += parsed.items.count;
    part->is_stale = part->is_stale || parsed.is_stale;
    if (parsed.as_of.known && (!part->as_of.known || parsed.as_of.unix_ms < part->as_of.unix_ms))
        part->as_of = parsed.as_of; /* as old as its oldest page */
    struct showing showing = {.output = &fanout->output,
                              .observer = fanout->spec.observer,
                              .handles = fanout->env.handles,
                              .misses = fanout->env.misses,
                              .memory_max = fanout->row_memory_max,
                              .json_max = fanout->row_json_max,
                              .now = call->question.now};
    if (!showing_add(&showing, part, call->handle_source, &parsed)) {
        settle(call, OUTCOME_INVALID, "more than the limits allow");
        return;
    }
    if (!parsed.cursor.at) {
        settle_answered(call);
        return;
    }
    if (part->pages >= settings->limits_pages_max) {
        settle(call, OUTCOME_INVALID, "more pages than the limits allow");
        return;
    }
    call->question.cursor =
        parsed.cursor.len <= CURSOR_MAX ? arena_copy(fanout->spec.arena, parsed.cursor) : STR_NONE;
    if (call->question.cursor.at)
        ask(call);
    else
        settle(call, OUTCOME_INVALID, "more than the limits allow");
}

/* How a transfer that brought no answer counts. Ours and theirs are kept apart: LATE is a matter of
 * patience, INVALID broke the contract, FAILED is the rest. */
static enum outcome outcome_of_fetch(enum fetch_status status)
{
    switch (status) {
    case FETCH_CONNECT_LATE:
    case FETCH_FIRST_BYTE_LATE:
    case FETCH_SILENT:
    case FETCH_LATE:
        return OUTCOME_LATE;
    case FETCH_TOO_LARGE:
    case FETCH_PROTOCOL:
        return OUTCOME_INVALID;
    case FETCH_OK:
    case FETCH_UNREACHABLE:
    case FETCH_TLS:
    case FETCH_CUT:
    case FETCH_ADDRESS:
    case FETCH_STATUS_COUNT:
        break;
    }
    return OUTCOME_FAILED;
}

static void on_fetched(void *ctx, const struct fetch_result *result)
{
    struct call *call = ctx;
    struct arena *scratch = call->fanout->env.scratch;

    note_attempt(call, &result->times);
    if (call->attempt) {
        call->attempt->status = result->status;
        call->attempt->http_status = result->http_status;
    }
    if (result->status == FETCH_OK)
        take_page(call, result);
    else
        settle(call, outcome_of_fetch(result->status), fetch_status_code(result->status).at);
    arena_reset(scratch); /* no citizen's data outlives its answer */
}

/* ---- asking ---- */

static void ask(struct call *call)
{
    struct fanout *fanout = call->fanout;
    struct arena *arena = fanout->spec.arena;
    const struct route *route = call->part->row->route;
    const struct settings *settings = &fanout->spec.snapshot->settings;
    instant now = loop_now(fanout->env.loop);
    char *request_id = arena_alloc(arena, UUID_TEXT);
    struct ask question = {.body = &call->body};

    buf_clear(&call->body);
    buf_init(&call->body, ASK_BODY_MAX);
    if (request_id) {
        uuid_make(fanout->env.uuids, call->question.now, request_id);
        call->question.request_id = str_make(request_id, UUID_TEXT - 1);
    }
    if (!request_id || !route->source.adapter->build(arena, &call->question, &question) ||
        call->body.failed) {
        settle(call, OUTCOME_INVALID, "the question exceeds the limits");
        return;
    }

    struct str headers[CALL_HEADERS_MAX];
    size_t count = 0;
    for (; count < question.header_count; count++)
        headers[count] = question.headers[count];
    headers[count++] = fanout->authorization;
    headers[count++] = arena_format(arena, "X-Request-Id: %s", request_id);
    headers[count++] = arena_format(arena, "Overblik-Time-Left-Ms: %lld",
                                    (long long)instant_left_ms(now, call->done_by));
    if (fanout->spec.traceparent.at)
        headers[count++] =
            arena_format(arena, "traceparent: %.*s", STR_ARG(fanout->spec.traceparent));
    if (arena_is_full(arena)) {
        settle(call, OUTCOME_INVALID, "more than the limits allow");
        return;
    }
    struct fetch_spec spec = {
        .target = &route->target,
        .path = question.path,
        .headers = headers,
        .header_count = count,
        .body = buf_str(&call->body),
        .answer_max = (size_t)settings->limits_answer_max,
        .connected_by = instant_min(instant_after_ms(now, route->connect_ms), call->done_by),
        .first_byte_by = instant_min(instant_after_ms(now, route->first_byte_ms), call->done_by),
        .done_by = call->done_by,
        .silence_ms = (unsigned)route->silence_ms,
    };
    call->attempt = part_attempt(call->part, ATTEMPT_FIRST);
    fetch_start(fanout->env.pool, &spec, &call->fetch, on_fetched, call);
}

static int64_t in_flight_max(const struct fanout *fanout, const struct route *route)
{
    int64_t general = fanout->spec.snapshot->settings.limits_source_in_flight_max;
    return route->in_flight_max > 0 && route->in_flight_max < general ? route->in_flight_max
                                                                      : general;
}

/* Journal notes are only asked for where the authority shows any. */
static bool wants_notes(const struct fanout *fanout, const struct plan_row *row)
{
    struct authority authority = plan_row_authority(row);
    return exposure_wants_notes(&fanout->spec.snapshot->exposure, &authority);
}

static void start_call(struct call *call)
{
    struct fanout *fanout = call->fanout;
    const struct plan_row *row = call->part->row;
    instant now = loop_now(fanout->env.loop);

    call->part->started = now;
    call->done_by = instant_min(instant_after_ms(now, row->route->total_ms), fanout->spec.deadline);
    call->question = (struct question){
        .kind = fanout->spec.kind,
        .source = &row->route->source,
        .subject = citizen_subject(fanout->spec.citizen),
        .item_id = fanout->spec.item_id,
        .municipality = row->municipality ? row->municipality->code : STR_NONE,
        .municipality_cvr = row->municipality ? row->municipality->cvr : STR_NONE,
        .authorities = row->authorities,
        .authority_count = row->authority_count,
        .journal_notes = wants_notes(fanout, row),
        .now = loop_wall(fanout->env.loop),
    };
    call->handle_source = row->route->source.id;
    if (row->municipality)
        call->handle_source =
            arena_format(fanout->spec.arena, "%.*s/%.*s", STR_ARG(row->route->source.id),
                         STR_ARG(row->municipality->code));
    struct health_entry *health = health_entry(fanout->env.health, row->route->source.id);
    if (!health_claim(health, in_flight_max(fanout, row->route))) {
        call->part->rule = "limit";
        settle(call, OUTCOME_BUSY, "calls in flight are at their maximum");
        return;
    }
    call->health = health;
    ask(call);
}

/* One assertion for the whole overview, naming every source that is asked. */
static struct str make_authorization(const struct fanout *fanout)
{
    const struct plan *plan = fanout->spec.plan;
    struct arena *arena = fanout->spec.arena;
    struct str *audiences = arena_calloc(arena, plan->count, sizeof *audiences);
    size_t count = 0;
    if (!audiences)
        return STR_NONE;
    for (size_t i = 0; i < plan->count; i++) {
        struct str id = plan->rows[i].route->source.id;
        if (plan->rows[i].skip == OUTCOME_PENDING &&
            (count == 0 || !str_equal(audiences[count - 1], id)))
            audiences[count++] = id;
    }
    struct assertion_spec spec = {.issuer = fanout->spec.snapshot->settings.gateway_id,
                                  .kid = fanout->env.assertion_kid,
                                  .audiences = audiences,
                                  .audience_count = count,
                                  .jti = fanout->spec.receipt,
                                  .certificate = fanout->env.certificate,
                                  .pairwise_key = fanout->env.pairwise_key,
                                  .now = loop_wall(fanout->env.loop)};
    struct str token =
        assertion_make(arena, &spec, fanout->spec.citizen, fanout->env.sign, fanout->env.sign_ctx);
    return token.at ? arena_format(arena, "Authorization: Bearer %.*s", STR_ARG(token)) : STR_NONE;
}

static void skip_row(struct fanout *fanout, struct part *part)
{
    part->outcome = part->row->skip;
    part->rule = part->row->rule;
    part->retry_after_s = part->row->retry_after_s;
    part->started = part->settled = loop_now(fanout->env.loop);
    part->at = loop_wall(fanout->env.loop);
}

bool fanout_start(const struct fanout_env *env, const struct fanout_spec *spec,
                  struct fanout **slot, fanout_part_fn *on_part, fanout_end_fn *on_end, void *ctx)
{
    struct arena *arena = spec->arena;
    size_t count = spec->plan->count;
    struct fanout *fanout = ARENA_NEW(arena, struct fanout);
    struct part *parts = arena_calloc(arena, count + 1, sizeof *parts);
    struct call *calls = arena_calloc(arena, count + 1, sizeof *calls);

    assert(!*slot);
    if (!fanout || !parts || !calls)
        return false;
    *fanout = (struct fanout){.env = *env,
                              .spec = *spec,
                              .slot = slot,
                              .on_part = on_part,
                              .on_end = on_end,
                              .ctx = ctx,
                              .parts = parts,
                              .calls = calls};
    fanout->settled_end = &fanout->settled;
    fanout->authorization = make_authorization(fanout);
    if (!fanout->authorization.at)
        return false;
    buf_init(&fanout->sentence, 4096);
    fanout->output = (struct output_context){.snapshot = spec->snapshot,
                                             .language = spec->language,
                                             .citizen = spec->citizen,
                                             .receipt = spec->receipt,
                                             .sentence = &fanout->sentence};
    *slot = fanout;

    for (size_t i = 0; i < count; i++) {
        parts[i] = (struct part){.row = &spec->plan->rows[i], .position = i};
        calls[i] = (struct call){.fanout = fanout, .part = &parts[i]};
        buf_init(&calls[i].body, ASK_BODY_MAX);
        if (parts[i].row->skip == OUTCOME_PENDING)
            fanout->pending++;
        else
            skip_row(fanout, &parts[i]);
    }
    const struct settings *settings = &spec->snapshot->settings;
    fanout->row_memory_max = (size_t)settings->limits_request_memory_max / 4;
    fanout->row_json_max =
        (size_t)settings->limits_output_max / (fanout->pending > 0 ? fanout->pending : 1);
    if (fanout->pending > 0)
        timer_start(env->loop, &fanout->deadline, spec->deadline, on_deadline, fanout);
    loop_defer(env->loop, &fanout->delivery, deliver, fanout); /* also when nobody is asked */
    for (size_t i = 0; i < count; i++)
        if (parts[i].outcome == OUTCOME_PENDING)
            start_call(&calls[i]);
    return true;
}

/* Ends all that is under way and frees what is not the arena's. */
static void release(struct fanout **slot)
{
    struct fanout *fanout = *slot;
    if (!fanout)
        return;
    for (size_t i = 0; i < fanout->spec.plan->count; i++) {
        struct call *call = &fanout->calls[i];
        fetch_cancel(&call->fetch);
        buf_clear(&call->body);
        if (call->health)
            health_release(call->health);
        part_clear(call->part);
    }
    timer_cancel(fanout->env.loop, &fanout->deadline);
    loop_defer_cancel(fanout->env.loop, &fanout->delivery);
    buf_clear(&fanout->sentence);
    if (fanout->is_gone)
        *fanout->is_gone = true;
    *slot = NULL;
}

void fanout_cancel(struct fanout **slot)
{
    release(slot);
}

void fanout_clear(struct fanout **slot)
{
    assert(!*slot || (*slot)->has_ended);
    release(slot);
}

const struct part *fanout_parts(const struct fanout *fanout)
{
    return fanout->parts;
}

size_t fanout_part_count(const struct fanout *fanout)
{
    return fanout->spec.plan->count;
}
