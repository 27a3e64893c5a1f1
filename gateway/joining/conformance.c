/* SPDX-License-Identifier: MIT */
#include "joining/conformance.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/log.h"

enum { DAYS_LEFT_MIN = 30 };

static const struct {
    struct str number, name;
} numbers[CONFORMANCE_COUNT] = {
#define X(id, number, name) [id] = {STR_INIT(number), STR_INIT(name)},
    CONFORMANCE_CASES(X)
#undef X
};
_Static_assert(CONFORMANCE_COUNT <= 64, "one bit each");

struct str conformance_number(enum conformance_id id)
{
    return numbers[id].number;
}

struct str conformance_name(enum conformance_id id)
{
    return numbers[id].name;
}

struct str conformance_state_name(enum conformance_state state)
{
    static const struct str names[CONFORMANCE_STATES] = {
        [CONFORMANCE_UNTRIED] = STR_INIT("untried"),
        [CONFORMANCE_PASSED] = STR_INIT("passed"),
        [CONFORMANCE_REMARK] = STR_INIT("remark"),
        [CONFORMANCE_FAILED] = STR_INIT("failed"),
        [CONFORMANCE_NOT_TESTED] = STR_INIT("not_tested"),
        [CONFORMANCE_NOT_RELEVANT] = STR_INIT("not_relevant"),
    };
    return names[state];
}

/* ---- settling ---- */

/* Words of a source must not steer a terminal. */
static void make_plain(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 127)
            *text = ' ';
}

/* What was seen holds words of the source: nothing in it may read as a personal number. */
static void settle(struct conformance *c, enum conformance_id id, enum conformance_state state,
                   const char *format, va_list args)
{
    struct conformance_result *result = &c->results[id];

    assert(result->state == CONFORMANCE_UNTRIED);
    result->state = state;
    vsnprintf(result->seen, sizeof result->seen, format, args);
    make_plain(result->seen);
    log_mask_cpr(result->seen, strlen(result->seen));
    if (c->settled)
        c->settled(c->ctx, id, result);
}

void conformance_settle(struct conformance *c, enum conformance_id id, bool is_well,
                        const char *format, ...)
{
    va_list args;
    va_start(args, format);
    settle(c, id,
           is_well                           ? CONFORMANCE_PASSED
           : conformance_cases[id].is_advice ? CONFORMANCE_REMARK
                                             : CONFORMANCE_FAILED,
           format, args);
    va_end(args);
}

void conformance_remark(struct conformance *c, enum conformance_id id, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    settle(c, id, CONFORMANCE_REMARK, format, args);
    va_end(args);
}

void conformance_leave(struct conformance *c, enum conformance_id id, enum conformance_state state,
                       const char *format, ...)
{
    va_list args;
    va_start(args, format);
    settle(c, id, state, format, args);
    va_end(args);
}

static bool is_hindrance(enum conformance_state state)
{
    return state == CONFORMANCE_UNTRIED || state == CONFORMANCE_FAILED ||
           state == CONFORMANCE_NOT_TESTED;
}

bool conformance_may(struct conformance *c, enum conformance_id id)
{
    for (unsigned needed = 0; needed < CONFORMANCE_COUNT; needed++)
        if ((conformance_cases[id].needs & CASE_BIT(needed)) &&
            is_hindrance(c->results[needed].state)) {
            conformance_leave(c, id, CONFORMANCE_NOT_TESTED, "case %.*s comes first",
                              STR_ARG(conformance_number((enum conformance_id)needed)));
            return false;
        }
    return true;
}

void conformance_end(struct conformance *c, const char *why)
{
    for (unsigned id = 0; id < CONFORMANCE_COUNT; id++)
        if (c->results[id].state == CONFORMANCE_UNTRIED &&
            conformance_may(c, (enum conformance_id)id))
            conformance_leave(c, (enum conformance_id)id, CONFORMANCE_NOT_TESTED, "%s", why);
}

/* ---- the verdict ---- */

size_t conformance_count(const struct conformance *c, enum conformance_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < CONFORMANCE_COUNT; i++)
        count += c->results[i].state == state;
    return count;
}

enum conformance_verdict conformance_verdict(const struct conformance *c)
{
    if (conformance_count(c, CONFORMANCE_FAILED) > 0)
        return VERDICT_NOT_APPROVED;
    return conformance_count(c, CONFORMANCE_REMARK) + conformance_count(c, CONFORMANCE_NOT_TESTED) +
                       conformance_count(c, CONFORMANCE_UNTRIED) >
                   0
               ? VERDICT_REMARKS
               : VERDICT_APPROVED;
}

static const struct {
    struct str name;
    struct text text;
} verdicts[] = {
    [VERDICT_APPROVED] = {STR_INIT("approved"), {{STR_INIT("Godkendt"), STR_INIT("Approved")}}},
    [VERDICT_REMARKS] = {STR_INIT("approved_with_remarks"),
                         {{STR_INIT("Godkendt med bemærkninger"),
                           STR_INIT("Approved with remarks")}}},
    [VERDICT_NOT_APPROVED] = {STR_INIT("not_approved"),
                              {{STR_INIT("Ikke godkendt"), STR_INIT("Not approved")}}},
};

struct str conformance_verdict_name(enum conformance_verdict verdict)
{
    return verdicts[verdict].name;
}

struct text conformance_verdict_text(enum conformance_verdict verdict)
{
    return verdicts[verdict].text;
}

/* ---- one observation ---- */

bool observed_is_good(const struct observed *o)
{
    return o->status == FETCH_OK &&
           (o->outcome == OUTCOME_ANSWERED || o->outcome == OUTCOME_EMPTY) &&
           o->guard.verdict == GUARD_PROVEN;
}

bool observed_has_items(const struct observed *o)
{
    return observed_is_good(o) && o->parsed.items.count > 0;
}

int64_t observed_took_us(const struct observed *o)
{
    return o->times.ended == INSTANT_NEVER ? 0 : o->times.ended - o->times.started;
}

void observed_print(const struct observed *o, char *text, size_t size)
{
    struct str outcome = outcome_name(o->outcome == OUTCOME_PENDING ? OUTCOME_FAILED : o->outcome);
    char whom[96] = "";

    if (o->citizen.at)
        snprintf(whom, sizeof whom, "%.*s%s%.*s: ", STR_ARG(o->citizen),
                 o->municipality.at ? " in " : "", STR_ARG(o->municipality));
    if (o->status != FETCH_OK)
        snprintf(text, size, "%s%.*s%s%s", whom, STR_ARG(fetch_status_code(o->status)),
                 o->why ? ": " : "", o->why ? o->why : "");
    else if (o->guard.verdict != GUARD_PROVEN && o->guard.why)
        snprintf(text, size, "%sHTTP %d, %s", whom, o->http_status, o->guard.why);
    else if (o->why)
        snprintf(text, size, "%sHTTP %d, %.*s: %s%s%.*s", whom, o->http_status, STR_ARG(outcome),
                 o->why, o->rule.at ? ", by " : "", STR_ARG(o->rule));
    else
        snprintf(text, size, "%sHTTP %d, %.*s", whom, o->http_status, STR_ARG(outcome));
}

/* ---- the connection ---- */

void conformance_judge_dial(struct conformance *c, const struct dial_report *report)
{
    static const enum conformance_id ids[DIAL_STEPS] = {
        [DIAL_NAME] = CASE_NAME, [DIAL_ADDRESS] = CASE_ADDRESS, [DIAL_TCP] = CASE_TCP,
        [DIAL_TLS] = CASE_TLS,   [DIAL_CHAIN] = CASE_CHAIN,     [DIAL_HOST] = CASE_HOST,
        [DIAL_TIME] = CASE_TIME,
    };
    for (int step = 0; step < DIAL_STEPS; step++) {
        const struct dial_finding *finding = &report->steps[step];
        enum conformance_id id = ids[step];

        c->results[id].took_us = finding->took_us;
        if (report->is_plain && step >= DIAL_TLS)
            conformance_leave(c, id, CONFORMANCE_NOT_RELEVANT, "the source is asked by plain http");
        else if (!conformance_may(c, id))
            continue;
        else if (step == DIAL_TIME && finding->is_well && report->days_left < DAYS_LEFT_MIN)
            conformance_remark(c, id, "%d days left", report->days_left);
        else
            conformance_settle(c, id, finding->is_well, "%s", finding->why);
    }
}

/* ---- the answer ---- */

/* The transfer: each way to fail belongs to one case. */
static void judge_transfer(struct conformance *c, const struct observed *o,
                           const struct conformance_limits *limits)
{
    instant first = o->times.first_byte, started = o->times.started;
    bool is_late = o->status == FETCH_FIRST_BYTE_LATE || o->status == FETCH_CONNECT_LATE;
    char seen[CONFORMANCE_SEEN_MAX];

    if (conformance_may(c, CASE_FIRST_BYTE)) {
        if (first != INSTANT_NEVER)
            c->results[CASE_FIRST_BYTE].took_us = first - started;
        conformance_settle(c, CASE_FIRST_BYTE, !is_late,
                           is_late ? "not within %" PRId64 " ms" : "within %" PRId64 " ms",
                           limits->first_byte_ms);
    }
    if (conformance_may(c, CASE_SILENCE))
        conformance_settle(c, CASE_SILENCE, o->status != FETCH_SILENT,
                           o->status == FETCH_SILENT ? "a pause of more than %" PRId64 " ms"
                                                     : "no pause of %" PRId64 " ms",
                           limits->silence_ms);
    if (conformance_may(c, CASE_TOTAL)) {
        c->results[CASE_TOTAL].took_us = observed_took_us(o);
        conformance_settle(c, CASE_TOTAL, o->status != FETCH_LATE,
                           o->status == FETCH_LATE ? "not whole within %" PRId64 " ms"
                                                   : "within %" PRId64 " ms",
                           limits->total_ms);
    }
    if (conformance_may(c, CASE_SIZE))
        conformance_settle(c, CASE_SIZE, o->status != FETCH_TOO_LARGE,
                           "%zu bytes came; at most %zu may", o->times.bytes, limits->answer_max);
    if (conformance_may(c, CASE_HTTP)) {
        observed_print(o, seen, sizeof seen);
        conformance_settle(c, CASE_HTTP, o->status == FETCH_OK, "%s",
                           o->status == FETCH_OK ? "whole" : seen);
    }
}

static void judge_freshness(struct conformance *c, const struct observed *o,
                            const struct conformance_limits *limits)
{
    enum { CLOCKS_DIFFER_MS = 60 * 1000 };
    const struct parsed *parsed = &o->parsed;
    char time[WALL_TEXT];
    struct str text = wall_format(parsed->as_of, time);
    bool is_future =
        parsed->as_of.known && parsed->as_of.unix_ms > limits->now.unix_ms + CLOCKS_DIFFER_MS;

    if (parsed->is_stale)
        conformance_settle(c, CASE_FRESH, false, "it says itself that its data are old");
    else if (is_future)
        conformance_settle(c, CASE_FRESH, false, "as of %.*s, which is to come", STR_ARG(text));
    else
        conformance_settle(c, CASE_FRESH, true, "as of %.*s", STR_ARG(text.at ? text : STR("now")));
}

void conformance_judge_answer(struct conformance *c, const struct observed *o,
                              const struct conformance_limits *limits)
{
    char seen[CONFORMANCE_SEEN_MAX];
    bool is_read = o->outcome == OUTCOME_ANSWERED || o->outcome == OUTCOME_EMPTY;

    judge_transfer(c, o, limits);
    observed_print(o, seen, sizeof seen);
    if (conformance_may(c, CASE_STATUS))
        conformance_settle(c, CASE_STATUS,
                           o->http_status == 200 && (is_read || o->outcome == OUTCOME_INVALID),
                           "%s", seen);
    if (conformance_may(c, CASE_FORMAT))
        conformance_settle(c, CASE_FORMAT, is_read, is_read ? "%s, %zu items" : "%s", seen,
                           o->parsed.items.count);
    if (conformance_may(c, CASE_FOREIGN))
        conformance_settle(c, CASE_FOREIGN, o->guard.verdict != GUARD_FOREIGN, "%s",
                           o->guard.verdict == GUARD_FOREIGN ? o->guard.why
                                                             : "it names nobody else");
    if (conformance_may(c, CASE_PROOF))
        conformance_settle(c, CASE_PROOF, o->guard.verdict == GUARD_PROVEN, "%s",
                           o->guard.verdict == GUARD_PROVEN ? "it is proven" : o->guard.why);
    if (conformance_may(c, CASE_ECHO))
        conformance_settle(c, CASE_ECHO, o->echoes, "%s",
                           o->echoes ? "the id comes back" : "the id does not come back");
    if (conformance_may(c, CASE_FRESH))
        judge_freshness(c, o, limits);
}

/* ---- who may ask ---- */

/* Without a certificate there may be no answer at all; without a right token there is one. */
void conformance_judge_refusal(struct conformance *c, enum conformance_id id,
                               const struct observed *o)
{
    char seen[CONFORMANCE_SEEN_MAX];
    bool is_answer = o->status == FETCH_OK;
    bool is_refused = is_answer && (o->http_status == 401 || o->http_status == 403);

    if (!conformance_may(c, id))
        return;
    observed_print(o, seen, sizeof seen);
    if (id == CASE_CERTIFICATE &&
        (o->status == FETCH_TLS || o->status == FETCH_CUT || o->status == FETCH_UNREACHABLE))
        conformance_settle(c, id, true, "the handshake fails");
    else if (is_refused || (is_answer && o->http_status >= 200 && o->http_status < 400))
        conformance_settle(c, id, is_refused, "%s", seen);
    else
        conformance_remark(c, id, "refused, but neither by 401 nor 403: %s", seen);
}
