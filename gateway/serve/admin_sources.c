/* SPDX-License-Identifier: MIT */
/* The sources as operators see them, and what an operator decides about one. A decision counts at
 * once; the store keeps it over a restart. */
#include "base/log.h"
#include "serve/admin_call.h"
#include "serve/switches.h"

#include <stdlib.h>

/* ---- telling ---- */

/* False: it was refused. */
static bool look(struct admin_call *call, struct source_view *view)
{
    if (admin_watch_view(call->admin->watch, call->facts.snapshot, call->facts.shared->health,
                         call->arena, view))
        return true;
    admin_refuse(call, PROBLEM_INTERNAL, "more sources than the working memory holds");
    return false;
}

void admin_get_sources(struct admin_call *call)
{
    const struct snapshot *snapshot = call->facts.snapshot;
    struct source_view view;
    struct buf body;
    if (!look(call, &view))
        return;
    struct writer w = admin_begin(&body);
    writer_object(&w);
    writer_member_str(&w, "revision", str_of(snapshot->revision));
    writer_name(&w, "sources");
    writer_array(&w);
    for (size_t i = 0; i < snapshot->route_count; i++)
        if (admin_owns(call, &snapshot->routes[i]))
            source_view_write(&view, &snapshot->routes[i], call->language, &w);
    writer_array_end(&w);
    writer_object_end(&w);
    admin_reply(call, 200, &body);
}

static void reply_source(struct admin_call *call, const struct route *route)
{
    struct source_view view;
    struct buf body;
    if (!look(call, &view))
        return;
    struct writer w = admin_begin(&body);
    source_view_write(&view, route, call->language, &w);
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
