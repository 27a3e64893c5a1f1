/* SPDX-License-Identifier: MIT */
/* The sources as operators see them, and what an operator decides about one. A decision counts at
 * once; the store keeps it over a restart. */
#include "base/log.h"
#include "serve/admin_call.h"
#include "serve/switches.h"

#include <stdlib.h>

/* ---- telling ---- */

/* What is known of all sources, sorted by id. */
struct reports {
    struct arena *arena;
    struct health_report *at;
    size_t count, room;
};

static void count_report(void *ctx, const struct health_report *report)
{
    struct reports *reports = ctx;
    (void)report;
    reports->room++;
}

static void take_report(void *ctx, const struct health_report *report)
{
    struct reports *reports = ctx;
    if (reports->count < reports->room) /* a source may have come in between */
        reports->at[reports->count++] = *report;
}

static int compare_reports(const void *a, const void *b)
{
    const struct health_report *x = a, *y = b;
    return str_compare(x->source, y->source);
}

/* False: arena full. */
static bool collect(struct admin_call *call, struct reports *reports)
{
    struct health *health = call->facts.shared->health;
    *reports = (struct reports){.arena = call->arena};
    health_each(health, count_report, reports);
    reports->at = arena_calloc(call->arena, reports->room + 1, sizeof *reports->at);
    if (!reports->at)
        return false;
    health_each(health, take_report, reports);
    qsort(reports->at, reports->count, sizeof *reports->at, compare_reports);
    return true;
}

/* One that nobody has asked yet is well. */
static struct health_report report_of(const struct reports *reports, struct str source)
{
    const struct health_report key = {.source = source};
    const struct health_report *found =
        bsearch(&key, reports->at, reports->count, sizeof *reports->at, compare_reports);
    return found ? *found : key;
}

static void write_health(struct writer *w, const struct health_report *report, instant now)
{
    const struct health_values *values = &report->values;
    writer_member_str(w, "mode", source_mode_name(values->mode));
    writer_name(w, "until");
    writer_wall(w, values->mode_until);
    writer_name(w, "message");
    if (values->mode_message) {
        writer_object(w);
        writer_member_str(w, "da", values->mode_message->in[LANGUAGE_DA]);
        writer_member_str(w, "en", values->mode_message->in[LANGUAGE_EN]);
        writer_object_end(w);
    } else {
        writer_null(w);
    }
    writer_member_bool(w, "switched_off", values->is_off);
    writer_name(w, "authorities_off");
    writer_array(w);
    for (size_t i = 0; i < values->off_count; i++)
        writer_str(w, str_of(values->off[i]));
    writer_array_end(w);
    writer_member_int(w, "in_flight", report->in_flight);
    writer_member_str(w, "breaker", breaker_state_name(report->breaker));
    writer_name(w, "breaker_left_ms");
    if (report->breaker == BREAKER_OPEN)
        writer_int(w, instant_left_ms(now, report->breaker_until));
    else
        writer_null(w);
    writer_member_int(w, "trips", (int64_t)report->trips);
    writer_member_int(w, "calls", (int64_t)report->calls);
    writer_member_int(w, "failures", (int64_t)report->failures);
    writer_member_str(w, "last_error", str_of(report->last_error));
    writer_name(w, "last_error_at");
    writer_wall(w, report->last_error_at);
}

static void write_source(struct writer *w, const struct admin_call *call,
                         const struct reports *reports, const struct route *route)
{
    struct health_report report = report_of(reports, route->source.id);
    report.values.mode = health_mode(&report.values, loop_wall(call->admin->loop));
    writer_object(w);
    writer_member_str(w, "id", route->source.id);
    writer_member_str(w, "name", route->source.name.in[call->language]);
    writer_member_str(w, "dialect", route->source.adapter->name);
    writer_member_bool(w, "enabled", route->enabled);
    writer_member_bool(w, "has_endpoint", !route->is_elsewhere);
    write_health(w, &report, loop_now(call->admin->loop));
    writer_object_end(w);
}

static void refuse_full(struct admin_call *call)
{
    admin_refuse(call, PROBLEM_INTERNAL, "more sources than the working memory holds");
}

void admin_get_sources(struct admin_call *call)
{
    const struct snapshot *snapshot = call->facts.snapshot;
    struct reports reports;
    struct buf body;
    if (!collect(call, &reports)) {
        refuse_full(call);
        return;
    }
    struct writer w = admin_begin(&body);
    writer_object(&w);
    writer_member_str(&w, "revision", str_of(snapshot->revision));
    writer_name(&w, "sources");
    writer_array(&w);
    for (size_t i = 0; i < snapshot->route_count; i++)
        if (admin_owns(call, &snapshot->routes[i]))
            write_source(&w, call, &reports, &snapshot->routes[i]);
    writer_array_end(&w);
    writer_object_end(&w);
    admin_reply(call, 200, &body);
}

static void reply_source(struct admin_call *call, const struct route *route)
{
    struct reports reports;
    struct buf body;
    if (!collect(call, &reports)) {
        refuse_full(call);
        return;
    }
    struct writer w = admin_begin(&body);
    write_source(&w, call, &reports, route);
    admin_reply(call, 200, &body);
}

void admin_get_source(struct admin_call *call)
{
    const struct route *route = admin_route_named(call);
    if (route)
        reply_source(call, route);
}

/* ---- deciding ---- */

/* "until" and "message" of the body. False: it was refused. */
static bool read_decision(struct admin_call *call, struct wall *until, struct text *message,
                          bool *has_message)
{
    const json_t *until_text = json_object_get(call->body, "until");
    const json_t *texts = json_object_get(call->body, "message");
    struct wall now = loop_wall(call->admin->loop);

    *until = WALL_NONE;
    *has_message = json_is_object(texts);
    if (until_text && !json_is_null(until_text) &&
        (!wall_parse(admin_text(call, "until"), until) || until->unix_ms <= now.unix_ms)) {
        admin_refuse(call, PROBLEM_BAD_REQUEST,
                     "expected \"until\" as a time to come, such as 2026-12-24T08:00:00+01:00");
        return false;
    }
    if (!texts || json_is_null(texts))
        return true;
    const char *da = json_string_value(json_object_get(texts, "da"));
    const char *en = json_string_value(json_object_get(texts, "en"));
    if (!da || !en || !*da || !*en || json_object_size(texts) != 2) {
        admin_refuse(call, PROBLEM_BAD_REQUEST,
                     "expected \"message\" in both languages: {\"da\": …, \"en\": …}");
        return false;
    }
    *message = (struct text){{[LANGUAGE_DA] = str_of(da), [LANGUAGE_EN] = str_of(en)}};
    return true;
}

static void warn_not_kept(const struct admin_call *call)
{
    log_error(STR_NONE,
              "event=switch-not-saved source=%.*s action=\"it counts until the next start only; "
              "see to the store's disk\"",
              STR_ARG(call->rest));
}

/* An owner sets its maintenance and ends it; what an operator has decided stands. False: it was
 * refused. */
static bool may_decide(struct admin_call *call, const struct route *route, enum source_mode mode)
{
    struct health_values values;

    if (call->role == OPERATOR_OPERATOR)
        return true;
    if (call->role != OPERATOR_AUTHORITY) {
        admin_refuse(call, PROBLEM_FORBIDDEN, "this needs the role operator");
        return false;
    }
    health_read(health_entry(call->facts.shared->health, route->source.id), &route->rules,
                INT64_MAX, loop_now(call->admin->loop), &values);
    enum source_mode now = health_mode(&values, loop_wall(call->admin->loop));
    if ((mode == MODE_ON || mode == MODE_MAINTENANCE) &&
        (now == MODE_ON || now == MODE_MAINTENANCE))
        return true;
    admin_refuse(call, PROBLEM_FORBIDDEN, "the operator has decided that it is %.*s",
                 STR_ARG(source_mode_name(now)));
    return false;
}

static void decide(struct admin_call *call, enum source_mode mode)
{
    const struct route *route = admin_route_named(call);
    struct shared *shared = call->facts.shared;
    struct wall until;
    struct text message = {0};
    bool has_message;

    if (!route || !may_decide(call, route, mode) ||
        !read_decision(call, &until, &message, &has_message))
        return;
    if (!health_set_mode(health_entry(shared->health, route->source.id), mode, until,
                         has_message ? &message : NULL)) {
        admin_refuse(call, PROBLEM_UNAVAILABLE,
                     "too many messages are remembered since the start; send none, or restart");
        return;
    }
    admin_note(call, source_mode_name(mode).at, route->source.id);
    const struct switches_decision decision = {.source = route->source.id,
                                               .mode = mode,
                                               .until = until,
                                               .message = has_message ? &message : NULL,
                                               .who = call->who,
                                               .why = call->reason,
                                               .now = loop_wall(call->admin->loop)};
    if (!switches_keep_decision(shared->store, &decision))
        warn_not_kept(call);
    reply_source(call, route);
}

void admin_post_enable(struct admin_call *call)
{
    decide(call, MODE_ON);
}

void admin_post_disable(struct admin_call *call)
{
    decide(call, MODE_DISABLED);
}

void admin_post_drain(struct admin_call *call)
{
    decide(call, MODE_DRAINING);
}

void admin_post_maintenance(struct admin_call *call)
{
    decide(call, MODE_MAINTENANCE);
}

/* What cannot be taken out of the store would be off again after a restart: then nothing is armed,
 * and who asked knows. */
void admin_post_rearm(struct admin_call *call)
{
    const struct route *route = admin_route_named(call);
    struct shared *shared = call->facts.shared;
    struct str authority = admin_text(call, "authority");

    if (!route)
        return;
    if (json_object_get(call->body, "authority") &&
        !(authority.len == 8 && str_is_digits(authority))) {
        admin_refuse(call, PROBLEM_BAD_REQUEST,
                     "expected \"authority\" as a CVR number, eight digits");
        return;
    }
    struct health_entry *entry = health_entry(shared->health, route->source.id);
    struct health_values values;
    health_read(entry, &route->rules, INT64_MAX, loop_now(call->admin->loop), &values);
    if (authority.at && (values.is_off || !health_is_off(&values, authority))) {
        admin_refuse(call, PROBLEM_NOT_FOUND,
                     values.is_off ? "the whole source is off; re-arm it without an authority"
                                   : "this authority of the source is not off");
        return;
    }
    if (!switches_forget_foreign(shared->store, route->source.id, authority)) {
        admin_refuse(call, PROBLEM_UNAVAILABLE,
                     "the store could not be written, so nothing was re-armed; see to its disk");
        return;
    }
    if (authority.at)
        (void)health_rearm_authority(entry, authority);
    else
        health_rearm(entry);
    admin_note(call, authority.at ? "rearm-authority" : "rearm", route->source.id);
    reply_source(call, route);
}
