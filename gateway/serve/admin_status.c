/* SPDX-License-Identifier: MIT */
/* How the gateway as a whole is, its configuration, its log, and what became of one overview. */
#include "base/die.h"
#include "base/log.h"
#include "serve/admin_call.h"
#include "serve/admin_task.h"
#include "version.h"

#include <stdlib.h>

/* ---- status ---- */

static void write_time(struct writer *w, struct wall time)
{
    writer_wall(w, time);
}

static void count_source(void *ctx, const struct health_report *report)
{
    size_t *off = ctx;
    const struct health_values *values = &report->values;
    *off += values->is_off || values->off_count > 0 || values->mode != MODE_ON ||
            report->breaker != BREAKER_CLOSED;
}

void admin_get_status(struct admin_call *call)
{
    const struct admin_facts *facts = &call->facts;
    struct shared *shared = facts->shared;
    bool is_draining = atomic_load(&shared->is_draining);
    bool has_keys = atomic_load(&shared->has_keys);
    bool is_well = access_log_is_well(shared->access_log);
    size_t not_on = 0;
    struct buf body;
    struct writer w = admin_begin(&body);

    health_each(shared->health, count_source, &not_on);
    writer_object(&w);
    writer_member_bool(&w, "ready", !is_draining && has_keys && is_well);
    writer_member_bool(&w, "keys_loaded", has_keys);
    writer_member_bool(&w, "record_writable", is_well);
    writer_member_bool(&w, "draining", is_draining);
    writer_member_int(&w, "record_queued", (int64_t)access_log_queued(shared->access_log));
    writer_member_str(&w, "version", STR(OVERBLIK_VERSION));
    writer_name(&w, "started");
    write_time(&w, call->admin->started);
    writer_member_str(&w, "revision", str_of(facts->snapshot->revision));
    writer_name(&w, "loaded");
    write_time(&w, call->admin->loaded);
    writer_member_bool(&w, "last_reload_refused", call->admin->refused != NULL);
    writer_member_str(&w, "log_level", log_level_name(log_level()));
    writer_member_int(&w, "sources", (int64_t)facts->snapshot->route_count);
    writer_member_int(&w, "sources_not_well", (int64_t)not_on);
    writer_name(&w, "workers");
    writer_array(&w);
    for (size_t i = 0; i < facts->worker_count; i++) {
        const struct counters *counters = facts->workers[i]->counters;
        writer_object(&w);
        writer_member_int(&w, "overviews", (int64_t)counter_read(&counters->overviews));
        writer_member_int(&w, "connections", (int64_t)counter_read(&counters->connections));
        writer_object_end(&w);
    }
    writer_array_end(&w);
    writer_object_end(&w);
    admin_reply(call, 200, &body);
}

/* ---- the configuration ---- */

static void write_report(struct writer *w, const struct reload_report *report)
{
    writer_object(w);
    writer_member_bool(w, "accepted", report->is_accepted);
    writer_name(w, "at");
    writer_wall(w, report->at);
    writer_member_str(w, "revision", report->is_accepted ? str_of(report->revision) : STR_NONE);
    writer_member_int(w, "fault_count", (int64_t)report->fault_count);
    writer_name(w, "faults");
    writer_array(w);
    for (const struct fault *fault = report->faults.first; fault; fault = fault->next) {
        writer_object(w);
        writer_member_str(w, "where", fault->where);
        writer_member_str(w, "what", fault->what);
        writer_object_end(w);
    }
    writer_array_end(w);
    writer_object_end(w);
}

void admin_get_configuration(struct admin_call *call)
{
    const struct admin *admin = call->admin;
    struct buf body;
    struct writer w = admin_begin(&body);

    writer_object(&w);
    writer_member_str(&w, "revision", str_of(call->facts.snapshot->revision));
    writer_name(&w, "loaded");
    writer_wall(&w, admin->loaded);
    writer_member_int(&w, "reloads_accepted", (int64_t)admin->reloads_accepted);
    writer_member_int(&w, "reloads_refused", (int64_t)admin->reloads_refused);
    writer_name(&w, "last_refused");
    if (admin->refused)
        write_report(&w, admin->refused);
    else
        writer_null(&w);
    writer_object_end(&w);
    admin_reply(call, 200, &body);
}

/* ---- reload: the main thread reads, its report answers ---- */

static void remove_waiter(struct admin_waiter *waiter)
{
    struct admin_waiter **link = &waiter->admin->waiters;
    while (*link != waiter)
        link = &(*link)->next;
    *link = waiter->next;
    free(waiter);
}

static void on_waiter_gone(void *ctx)
{
    remove_waiter(ctx);
}

void admin_post_reload(struct admin_call *call)
{
    struct shared *shared = call->facts.shared;
    struct admin_waiter *waiter = die_calloc(1, sizeof *waiter);

    admin_note(call, "reload", STR_NONE);
    waiter->admin = call->admin;
    waiter->next = call->admin->waiters;
    call->admin->waiters = waiter;
    http_keep(call->exchange, &waiter->exchange, on_waiter_gone, waiter);
    waiter->ticket = shared->want_reload(shared->want_reload_ctx);
}

static void answer_waiter(struct admin_waiter *waiter, const struct reload_report *report)
{
    static const struct http_field fields[] = {
        {STR_INIT("Content-Type"), STR_INIT("application/json")},
        {STR_INIT("Cache-Control"), STR_INIT("no-store")}};
    struct buf body;
    struct writer w = admin_begin(&body);
    write_report(&w, report);
    buf_add_byte(&body, '\n');
    http_reply(waiter->exchange, report->is_accepted ? 200 : 422, fields, 2, &body);
    remove_waiter(waiter);
}

void admin_take_report(struct admin *admin, struct reload_report *report)
{
    struct admin_waiter *waiter = admin->waiters;
    while (waiter) {
        struct admin_waiter *next = waiter->next;
        if (waiter->ticket <= report->ticket)
            answer_waiter(waiter, report);
        waiter = next;
    }
    admin_tasks_take_report(admin, report);
    admin->reloads_accepted += report->is_accepted;
    admin->reloads_refused += !report->is_accepted;
    reload_report_free(&admin->refused);
    if (report->is_accepted) {
        admin->loaded = report->at;
        reload_report_free(&report);
    } else {
        admin->refused = report;
    }
}

/* ---- the log ---- */

static void reply_level(struct admin_call *call)
{
    struct buf body;
    struct writer w = admin_begin(&body);
    writer_object(&w);
    writer_member_str(&w, "level", log_level_name(log_level()));
    writer_object_end(&w);
    admin_reply(call, 200, &body);
}

void admin_get_log_level(struct admin_call *call)
{
    reply_level(call);
}

void admin_put_log_level(struct admin_call *call)
{
    enum log_level level;
    struct str name = admin_text(call, "level");
    if (!name.at || !log_level_parse(name, &level)) {
        admin_refuse(call, PROBLEM_BAD_REQUEST,
                     "expected {\"level\": \"error\", \"warn\", \"info\" or \"debug\"}");
        return;
    }
    if (level > log_level())
        log_set_level(level); /* a change is told at the more talkative of the two levels */
    admin_note(call, "log-level", log_level_name(level));
    log_set_level(level);
    reply_level(call);
}

/* ---- one overview ---- */

void admin_get_explain(struct admin_call *call)
{
    struct buf body;
    buf_init(&body, ADMIN_REPLY_MAX);
    if (explain_write(call->facts.shared->explain, call->rest, &body)) {
        admin_reply(call, 200, &body);
        return;
    }
    buf_clear(&body);
    admin_refuse(call, PROBLEM_NOT_FOUND,
                 "no overview of this receipt is remembered here; the newest %lld are",
                 (long long)call->facts.snapshot->settings.explain_entries);
}
