/* SPDX-License-Identifier: MIT */
/* What a source's owner wants to know of it: how often it was asked and what became of that, how
 * long its answers take, how long it was not asked because it failed, and which certificates end
 * soon. Counted since the start of this process; its owner sees its own alone. */
#include "net/tls.h"
#include "serve/admin_call.h"

#include <stdlib.h>

struct search {
    struct str source;
    struct health_report found;
};

static void take_report(void *ctx, const struct health_report *report)
{
    struct search *search = ctx;
    if (str_equal(report->source, search->source))
        search->found = *report;
}

/* Rows of plans by what became of them, over all workers. */
static void sum_outcomes(const struct admin_facts *facts, struct str source,
                         uint64_t outcomes[OUTCOME_COUNT])
{
    struct counters *sum = counters_new();
    size_t count = 0;
    for (size_t i = 0; i < facts->worker_count; i++)
        counters_sum(sum, facts->workers[i]->counters);
    const struct source_counters **list = counters_list(sum, &count);
    for (size_t i = 0; i < count; i++)
        for (int outcome = 0; str_equal(str_of(list[i]->id), source) && outcome < OUTCOME_COUNT;
             outcome++)
            outcomes[outcome] += counter_read(&list[i]->outcomes[outcome]);
    free(list);
    counters_free(&sum);
}

static void write_outcomes(struct writer *w, const uint64_t outcomes[OUTCOME_COUNT])
{
    uint64_t asked = 0;
    for (int i = 0; i < OUTCOME_COUNT; i++)
        if (i != OUTCOME_PENDING && outcome_class((enum outcome)i) != VERDICT_NOT_ASKED)
            asked += outcomes[i];
    writer_member_int(w, "asked", (int64_t)asked);
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        if (i == OUTCOME_PENDING)
            continue;
        writer_name_text(w, outcome_name((enum outcome)i));
        writer_int(w, (int64_t)outcomes[i]);
    }
}

/* Milliseconds, or null where too few answers were seen. */
static void write_ms(struct writer *w, struct str name, int64_t us)
{
    writer_name_text(w, name);
    if (us > 0)
        writer_int(w, (us + 999) / 1000);
    else
        writer_null(w);
}

static void write_breaker(struct writer *w, const struct health_report *report, instant now)
{
    int64_t ill_us = report->ill_us;
    if (report->is_ill)
        ill_us += now - report->ill_since; /* instants are microseconds */
    writer_name(w, "breaker");
    writer_object(w);
    writer_member_str(w, "state", breaker_state_name(report->breaker));
    writer_member_int(w, "opened", (int64_t)report->trips);
    writer_member_int(w, "not_closed_ms", ill_us / 1000);
    writer_object_end(w);
}

/* Failures that the objective leaves room for, of the calls so far. */
static void write_budget(struct writer *w, const struct health_report *report, int64_t permille)
{
    int64_t allowed = (int64_t)report->calls * (1000 - permille) / 1000;
    writer_name(w, "error_budget");
    writer_object(w);
    writer_member_int(w, "objective_permille", permille);
    writer_member_int(w, "calls", (int64_t)report->calls);
    writer_member_int(w, "failures", (int64_t)report->failures);
    writer_member_int(w, "allowed", allowed);
    writer_member_int(w, "left", allowed - (int64_t)report->failures);
    writer_object_end(w);
}

static void write_days(struct writer *w, struct str name, struct str file)
{
    int days;
    writer_name_text(w, name);
    if (file.at && tls_certificate_days(file.at, &days))
        writer_int(w, days);
    else
        writer_null(w);
}

void admin_get_figures(struct admin_call *call)
{
    const struct route *route = admin_route_named(call);
    uint64_t outcomes[OUTCOME_COUNT] = {0};
    struct buf body;
    if (!route)
        return;
    struct search search = {.source = route->source.id};
    health_each(call->facts.shared->health, take_report, &search);
    sum_outcomes(&call->facts, route->source.id, outcomes);
    struct writer w = admin_begin(&body);
    writer_object(&w);
    writer_member_str(&w, "id", route->source.id);
    writer_name(&w, "since");
    writer_wall(&w, call->admin->started);
    writer_name(&w, "outcomes");
    writer_object(&w);
    write_outcomes(&w, outcomes);
    writer_object_end(&w);
    write_ms(&w, STR("p50_ms"), search.found.p50_us);
    write_ms(&w, STR("p95_ms"), search.found.p95_us);
    write_ms(&w, STR("p99_ms"), search.found.p99_us);
    write_breaker(&w, &search.found, loop_now(call->admin->loop));
    write_budget(&w, &search.found, call->facts.snapshot->settings.registration_objective_permille);
    writer_name(&w, "certificate_days");
    writer_object(&w);
    write_days(&w, STR("ours"), route->target.cert_file);
    write_days(&w, STR("roots"), route->target.ca_file);
    writer_object_end(&w);
    writer_object_end(&w);
    admin_reply(call, 200, &body);
}
