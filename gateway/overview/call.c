/* SPDX-License-Identifier: MIT */
#include "overview/call.h"

#include "base/log.h"
#include "overview/guard.h"
#include "overview/showing.h"

#include <assert.h>

enum { ASK_BODY_MAX = 64 * 1024, CALL_HEADERS_MAX = 12, CURSOR_MAX = 4096 };

/* ---- settling: the only way out of PENDING ---- */

static struct health_now health_time(const struct call_group *group)
{
    instant now = loop_now(group->env.loop);
    return (struct health_now){.now = now,
                               .wall = loop_wall(group->env.loop),
                               .random =
                                   (uint32_t)(str_hash(group->spec.receipt) >> 20) + (uint32_t)now};
}

static int64_t in_flight_max(const struct call_group *group, const struct route *route)
{
    int64_t general = group->spec.snapshot->settings.limits_source_in_flight_max;
    return route->in_flight_max > 0 && route->in_flight_max < general ? route->in_flight_max
                                                                      : general;
}

static void tell_change(const struct call *call, enum health_change change, const char *why)
{
    struct str source = call->part->row->route->source.id;
    if (change == HEALTH_OPENED)
        log_warn(call->group->spec.receipt, "event=breaker-opened source=%.*s why=\"%s\"",
                 STR_ARG(source), why ? why : "");
    else if (change == HEALTH_CLOSED)
        log_warn(call->group->spec.receipt, "event=breaker-closed source=%.*s", STR_ARG(source));
}

/* Rules that are only watched and would have decided otherwise. */
static void tell_observed(const struct call *call, unsigned would)
{
    for (unsigned kind = 0; would != 0 && kind < RULE_KIND_COUNT; kind++)
        if (would & RULE_BIT(kind))
            log_info(call->group->spec.receipt, "event=rule-observed source=%.*s rule=%s",
                     STR_ARG(call->part->row->route->source.id),
                     rule_kind_name((enum rule_kind)kind));
}

/* Takes a call's instants over into the timeline. */
static void note_attempt(const struct leg *leg, const struct fetch_times *times)
{
    leg->call->part->bytes_in += times->bytes;
    if (!leg->attempt)
        return;
    leg->attempt->times = *times;
    leg->attempt->is_over = true;
}

/* Ends what is under way, if anything is. */
static void cut_leg(struct leg *leg)
{
    if (!leg->fetch)
        return;
    struct fetch_times times = fetch_progress(leg->fetch);
    times.ended = loop_now(leg->call->group->env.loop);
    note_attempt(leg, &times);
    if (leg->attempt)
        leg->attempt->is_cancelled = true;
    fetch_cancel(&leg->fetch);
}

static void unhedge(struct call *call)
{
    timer_cancel(call->group->env.loop, &call->hedge);
    if (call->is_hedged)
        health_unhedge(call->health);
    call->is_hedged = false;
}

/* What is under way ends, what is claimed is given back. */
static void call_end(struct call *call, enum call_verdict verdict, const char *why)
{
    for (size_t i = 0; i < CALL_LEGS; i++) {
        cut_leg(&call->legs[i]);
        buf_clear(&call->legs[i].body);
    }
    unhedge(call);
    if (!call->health)
        return;
    struct health_now now = health_time(call->group);
    enum health_change change =
        health_release(call->health, call->rules, call->pass, verdict, why, &now);
    call->health = NULL;
    tell_change(call, change, why);
}

/* What an outcome says of the source (docs/decisions/0031). */
static enum call_verdict verdict_of(enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_LATE:
    case OUTCOME_FAILED:
    case OUTCOME_INVALID:
    case OUTCOME_BUSY:
        return CALL_BAD;
    case OUTCOME_FOREIGN: /* has a switch of its own */
    case OUTCOME_REFUSED: /* speaks of us, or of this citizen */
        return CALL_NEUTRAL;
    default:
        return CALL_GOOD;
    }
}

static void settle_as(struct call *call, enum outcome outcome, const char *why,
                      enum call_verdict verdict)
{
    struct call_group *group = call->group;
    struct part *part = call->part;

    assert(part->outcome == OUTCOME_PENDING && outcome != OUTCOME_PENDING);
    part->outcome = outcome;
    part->why = why;
    part->settled = loop_now(group->env.loop);
    part->at = loop_wall(group->env.loop);
    if (!outcome_is_positive(outcome)) {
        /* All or nothing: no half answer looks like a whole one. */
        part_clear(part, group->env.arenas);
        part->as_of = WALL_NONE;
    }
    call_end(call, verdict, why);
    group->settled(group->ctx, call);
}

static void settle(struct call *call, enum outcome outcome, const char *why)
{
    settle_as(call, outcome, why, verdict_of(outcome));
}

/* By a limit or a deadline of ours: nobody's failure. */
static void settle_ours(struct call *call, enum outcome outcome, const char *why, const char *rule)
{
    call->part->rule = rule;
    settle_as(call, outcome, why, CALL_NEUTRAL);
}

/* ---- from an answer to a settled row ---- */

static void ask(struct call *call);

/* The last page is in: the row has its answer. */
static void settle_answered(struct call *call)
{
    struct part *part = call->part;
    const struct settings *settings = &call->group->spec.snapshot->settings;
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
    struct call_group *group = call->group;
    struct str source = call->part->row->route->source.id;
    struct str own = plan_row_authority(call->part->row).cvr, cvr = finding.owner_cvr;
    if (cvr.len == 0 && call->part->row->municipality)
        cvr = own;
    if (!str_equal(cvr, own))
        cvr = STR_NONE; /* an authority that no plan can leave out: the whole source is off */
    if (health_switch_off(call->health, cvr)) {
        log_error(group->spec.receipt,
                  "event=foreign-answer source=%.*s authority=%.*s why=\"%s\" "
                  "action=\"switched off until re-armed by a human\"",
                  STR_ARG(source), STR_ARG(cvr), finding.why);
        if (group->env.switched_off)
            group->env.switched_off(group->env.switched_ctx, source, cvr);
    }
    fetch_distrust(group->env.pool);
    settle(call, OUTCOME_FOREIGN, finding.why);
}

static void take_page(struct call *call, const struct fetch_result *result)
{
    struct call_group *group = call->group;
    struct part *part = call->part;
    const struct settings *settings = &group->spec.snapshot->settings;
    struct parsed parsed = {0};
    struct answer_fault fault = {0};
    struct answer answer = {.http_status = result->http_status,
                            .content_type = result->content_type,
                            .body = result->body,
                            .items_max = (size_t)settings->limits_items_max};
    item_list_init(&parsed.items);

    enum outcome outcome = part->row->route->source.adapter->parse(
        group->env.scratch, &call->question, &answer, &parsed, &fault);
    part->retry_after_s = result->retry_after_s;
    if (outcome != OUTCOME_ANSWERED && outcome != OUTCOME_EMPTY) {
        if (outcome == OUTCOME_INVALID)
            fetch_distrust(group->env.pool);
        if (fault.rule.at)
            log_warn(group->spec.receipt, "event=mapping-broken source=%.*s rule=%.*s why=\"%s\"",
                     STR_ARG(part->row->route->source.id), STR_ARG(fault.rule), fault.why);
        settle(call, outcome, fault.why ? fault.why : "refused by the source");
        return;
    }

    struct guard_finding finding = guard_judge(&call->question, &parsed, result->request_id);
    if (finding.verdict == GUARD_FOREIGN) {
        take_foreign(call, finding);
        return;
    }
    if (finding.verdict == GUARD_UNPROVEN) {
        fetch_distrust(group->env.pool);
        settle(call, OUTCOME_INVALID, finding.why);
        return;
    }

    part->pages++;
    part->held += parsed.items.count;
    part->is_stale = part->is_stale || parsed.is_stale;
    if (parsed.as_of.known && (!part->as_of.known || parsed.as_of.unix_ms < part->as_of.unix_ms))
        part->as_of = parsed.as_of; /* as old as its oldest page */
    struct showing showing = {.output = &group->output,
                              .observer = group->spec.observer,
                              .handles = group->env.handles,
                              .misses = group->env.misses,
                              .arenas = group->env.arenas,
                              .memory_max = group->row_memory_max,
                              .json_max = group->row_json_max,
                              .now = call->question.now};
    if (!showing_add(&showing, part, call->handle_source, &parsed)) {
        settle_ours(call, OUTCOME_INVALID, "more than the limits allow", "limits");
        return;
    }
    if (!parsed.cursor.at) {
        settle_answered(call);
        return;
    }
    if (part->pages >= settings->limits_pages_max) {
        settle_ours(call, OUTCOME_INVALID, "more pages than the limits allow", "limits");
        return;
    }
    call->question.cursor =
        parsed.cursor.len <= CURSOR_MAX ? arena_copy(group->spec.arena, parsed.cursor) : STR_NONE;
    if (call->question.cursor.at)
        ask(call);
    else
        settle_ours(call, OUTCOME_INVALID, "more than the limits allow", "limits");
}

/* Was it the source's own time that ran out, and not the overview's? */
static bool is_own_time(const struct leg *leg, enum fetch_status status)
{
    const struct call *call = leg->call;
    instant deadline = call->group->spec.deadline;
    switch (status) {
    case FETCH_CONNECT_LATE:
        return instant_after_ms(leg->started, call->rules->connect_ms) < deadline;
    case FETCH_FIRST_BYTE_LATE:
        return instant_after_ms(leg->started, call->rules->first_byte_ms) < deadline;
    case FETCH_LATE:
        return call->done_by < deadline;
    default:
        return true;
    }
}

/* The source could not be reached, or would not begin: nothing of an answer has come. */
static bool is_repeatable(const struct fetch_result *result)
{
    switch (result->status) {
    case FETCH_UNREACHABLE:
    case FETCH_CONNECT_LATE:
        return !result->began;
    case FETCH_OK:
        return result->http_status == 503 && result->body.len == 0 && result->retry_after_s == 0;
    default:
        return false;
    }
}

static void start_leg(struct leg *leg, enum attempt_kind kind);

static bool retry(struct leg *leg, const struct fetch_result *result)
{
    struct call *call = leg->call;
    struct health_now now = health_time(call->group);
    const char *why = fetch_status_code(result->status).at;
    enum health_change change;
    unsigned would;
    if (call->is_repeated || !is_repeatable(result) || !is_own_time(leg, result->status))
        return false;
    bool is_given = health_retry(call->health, call->rules, &call->pass, why,
                                 call->done_by - now.now, &now, &would, &change);
    tell_observed(call, would);
    tell_change(call, change, why);
    if (!is_given)
        return false;
    call->is_repeated = true;
    start_leg(leg, ATTEMPT_RETRY);
    return true;
}

static void fail(struct leg *leg, const struct fetch_result *result)
{
    enum outcome outcome = part_outcome_of(result->status);
    const char *why = fetch_status_code(result->status).at;
    if (outcome == OUTCOME_LATE && !is_own_time(leg, result->status))
        settle_ours(leg->call, outcome, why, "deadline");
    else
        settle(leg->call, outcome, why);
}

static void on_fetched(void *ctx, const struct fetch_result *result)
{
    struct leg *leg = ctx;
    struct call *call = leg->call;
    struct call_group *group = call->group;
    struct leg *other = &call->legs[leg == &call->legs[0]];
    struct arena *scratch = group->env.scratch;
    bool is_answer = result->status == FETCH_OK;

    note_attempt(leg, &result->times);
    if (leg->attempt) {
        leg->attempt->status = result->status;
        leg->attempt->http_status = result->http_status;
    }
    if (is_answer ||
        (part_outcome_of(result->status) == OUTCOME_LATE && is_own_time(leg, result->status)))
        health_note(call->health, call->rules, in_flight_max(group, call->part->row->route),
                    result->times.ended - result->times.started, is_answer,
                    loop_now(group->env.loop));
    if (other->fetch && (!is_answer || is_repeatable(result))) {
        unhedge(call); /* the other may still bring it */
    } else if (!retry(leg, result)) {
        cut_leg(other);
        unhedge(call);
        call->question.request_id = leg->request_id;
        if (is_answer)
            take_page(call, result);
        else
            fail(leg, result);
    }
    arena_reset(scratch); /* no citizen's data outlives its answer */
}

/* ---- asking ---- */

/* The question with an id of its own. False: it exceeds the limits. */
static bool build(struct leg *leg, struct ask *question)
{
    struct call *call = leg->call;
    struct arena *arena = call->group->spec.arena;
    char *request_id = arena_alloc(arena, UUID_TEXT);

    buf_clear(&leg->body);
    buf_init(&leg->body, ASK_BODY_MAX);
    if (!request_id)
        return false;
    uuid_make(call->group->env.uuids, call->question.now, request_id);
    leg->request_id = call->question.request_id = str_make(request_id, UUID_TEXT - 1);
    *question = (struct ask){.body = &leg->body};
    return call->part->row->route->source.adapter->build(arena, &call->question, question) &&
           !leg->body.failed;
}

static void start_leg(struct leg *leg, enum attempt_kind kind)
{
    struct call *call = leg->call;
    struct call_group *group = call->group;
    struct arena *arena = group->spec.arena;
    const struct route *route = call->part->row->route;
    const struct rules *rules = call->rules;
    const struct settings *settings = &group->spec.snapshot->settings;
    instant now = loop_now(group->env.loop);
    struct ask question;

    if (!build(leg, &question)) {
        settle_ours(call, OUTCOME_INVALID, "the question exceeds the limits", "limits");
        return;
    }
    struct str headers[CALL_HEADERS_MAX];
    size_t count = 0;
    for (; count < question.header_count; count++)
        headers[count] = question.headers[count];
    headers[count++] = group->authorization;
    headers[count++] = arena_format(arena, "X-Request-Id: %.*s", STR_ARG(leg->request_id));
    headers[count++] = arena_format(arena, "Overblik-Time-Left-Ms: %lld",
                                    (long long)instant_left_ms(now, call->done_by));
    if (group->spec.traceparent.at)
        headers[count++] =
            arena_format(arena, "traceparent: %.*s", STR_ARG(group->spec.traceparent));
    if (arena_is_full(arena)) {
        settle_ours(call, OUTCOME_INVALID, "more than the limits allow", "limits");
        return;
    }
    struct fetch_spec spec = {
        .target = &route->target,
        .path = question.path,
        .headers = headers,
        .header_count = count,
        .body = buf_str(&leg->body),
        .answer_max = (size_t)settings->limits_answer_max,
        .connected_by = instant_min(instant_after_ms(now, rules->connect_ms), call->done_by),
        .first_byte_by = instant_min(instant_after_ms(now, rules->first_byte_ms), call->done_by),
        .done_by = call->done_by,
        .silence_ms = (unsigned)rules->silence_ms,
    };
    leg->started = now;
    leg->attempt = part_attempt(call->part, kind);
    fetch_start(group->env.pool, &spec, &leg->fetch, on_fetched, leg);
}

/* The first call is slow: a second beside it, if it may be. */
static void on_slow(void *ctx)
{
    struct call *call = ctx;
    struct call_group *group = call->group;
    struct leg *first = &call->legs[0], *second = &call->legs[1];
    unsigned would;
    if (call->is_repeated || !first->fetch || second->fetch ||
        fetch_progress(first->fetch).first_byte != INSTANT_NEVER)
        return;
    call->is_hedged =
        health_hedge(call->health, call->rules, in_flight_max(group, call->part->row->route),
                     loop_now(group->env.loop), &would);
    tell_observed(call, would);
    call->is_repeated = call->is_hedged;
    if (call->is_hedged)
        start_leg(second, ATTEMPT_HEDGE);
}

/* Asks for the next page. */
static void ask(struct call *call)
{
    int64_t after_us = call->pass.is_trial ? 0 : health_hedge_us(call->health, call->rules);
    instant slow = loop_now(call->group->env.loop) + after_us;
    if (after_us > 0 && slow < call->done_by)
        timer_start(call->group->env.loop, &call->hedge, slow, on_slow, call);
    start_leg(&call->legs[0], ATTEMPT_FIRST);
}

/* Takes a place at the source, and asks; or settles as what stands in the way. */
static void claim(struct call *call)
{
    struct call_group *group = call->group;
    const struct route *route = call->part->row->route;
    struct health_entry *health = health_entry(group->env.health, route->source.id);
    unsigned would;
    enum health_claim claim = health_claim(health, call->rules, in_flight_max(group, route),
                                           loop_now(group->env.loop), &call->pass, &would);

    tell_observed(call, would);
    switch (claim) {
    case HEALTH_FULL:
        settle_ours(call, OUTCOME_BUSY, "calls in flight are at their maximum", "in-flight");
        return;
    case HEALTH_LIMITED:
        settle_ours(call, OUTCOME_BUSY, "it bears no more calls now", "limit");
        return;
    case HEALTH_OPEN:
        settle_ours(call, OUTCOME_OPEN, "its breaker is open", "breaker");
        return;
    case HEALTH_GIVEN:
        break;
    }
    call->health = health;
    ask(call);
}

/* Journal notes are only asked for where the authority shows any. */
static bool wants_notes(const struct call_group *group, const struct plan_row *row)
{
    struct authority authority = plan_row_authority(row);
    return exposure_wants_notes(&group->spec.snapshot->exposure, &authority);
}

void call_start(struct call *call)
{
    struct call_group *group = call->group;
    const struct plan_row *row = call->part->row;
    instant now = loop_now(group->env.loop);

    call->part->started = now;
    call->done_by = instant_min(instant_after_ms(now, call->rules->total_ms), group->spec.deadline);
    call->question = (struct question){
        .kind = group->spec.kind,
        .source = &row->route->source,
        .subject = citizen_subject(group->spec.citizen),
        .item_id = group->spec.item_id,
        .municipality = row->municipality ? row->municipality->code : STR_NONE,
        .municipality_cvr = row->municipality ? row->municipality->cvr : STR_NONE,
        .authorities = row->authorities,
        .authority_count = row->authority_count,
        .journal_notes = wants_notes(group, row),
        .now = loop_wall(group->env.loop),
    };
    call->handle_source = row->route->source.id;
    if (row->municipality)
        call->handle_source =
            arena_format(group->spec.arena, "%.*s/%.*s", STR_ARG(row->route->source.id),
                         STR_ARG(row->municipality->code));
    claim(call);
}

/* What rules have said of a row before anybody was asked: counted, and told where they are only
 * watched. */
static void count_rules(const struct call *call)
{
    const struct plan_row *row = call->part->row;
    if (row->would_skip == 0 && !row->rule)
        return;
    struct health_entry *health = health_entry(call->group->env.health, row->route->source.id);
    for (unsigned kind = 0; kind < RULE_KIND_COUNT; kind++) {
        if (row->would_skip & RULE_BIT(kind))
            health_count(health, (enum rule_kind)kind, true);
        if (row->rule == rule_kind_name((enum rule_kind)kind))
            health_count(health, (enum rule_kind)kind, false);
    }
    tell_observed(call, row->would_skip);
}

void call_init(struct call *call, struct call_group *group, struct part *part)
{
    *call = (struct call){.group = group, .part = part, .rules = plan_row_rules(part->row)};
    for (size_t i = 0; i < CALL_LEGS; i++) {
        call->legs[i].call = call;
        buf_init(&call->legs[i].body, ASK_BODY_MAX);
    }
    count_rules(call);
}

void call_give_up(struct call *call, const char *why)
{
    settle_ours(call, OUTCOME_LATE, why, "deadline");
}

void call_cancel(struct call *call)
{
    call_end(call, CALL_NEUTRAL, NULL);
}
