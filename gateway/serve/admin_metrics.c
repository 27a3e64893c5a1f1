/* SPDX-License-Identifier: MIT */
/* Gathers what /metrics tells. */
#include "base/die.h"
#include "serve/admin_call.h"
#include "serve/certificates.h"
#include "serve/metrics.h"
#include "version.h"

#include <stdlib.h>

struct gathered {
    struct arena *arena;
    struct metrics_source *at;
    size_t count, max;
};

static void take_source(void *ctx, const struct health_report *report)
{
    struct gathered *gathered = ctx;
    if (gathered->count < gathered->max)
        gathered->at[gathered->count++] = (struct metrics_source){.report = *report};
}

static void gather_sources(struct admin_call *call, struct gathered *gathered)
{
    const struct snapshot *snapshot = call->facts.snapshot;
    struct health *health = call->facts.shared->health;
    for (size_t i = 0; i < snapshot->route_count; i++) /* also those nobody has asked yet */
        (void)health_entry(health, snapshot->routes[i].source.id);
    gathered->max = COUNTERS_SOURCES_MAX;
    gathered->at = die_calloc(gathered->max, sizeof *gathered->at);
    health_each(health, take_source, gathered);
}

static void sum_replies(const struct admin_facts *facts, uint64_t replies[METRICS_STATUSES])
{
    enum { STATUS_FIRST = 100 };
    for (size_t i = 0; i < facts->worker_count; i++)
        for (int status = STATUS_FIRST; status < METRICS_STATUSES; status++)
            replies[status] += http_server_replies(facts->workers[i]->server, status);
}

static void sum_misses(struct classification_misses *misses, uint64_t sums[MISS_KIND_COUNT])
{
    struct classification_miss list[MISSES_MAX];
    size_t count = classification_misses_read(misses, list, MISSES_MAX);

    for (size_t kind = 0; kind < MISS_KIND_COUNT; kind++)
        sums[kind] = classification_misses_others(misses, (enum miss_kind)kind);
    for (size_t i = 0; i < count; i++)
        sums[list[i].kind] += list[i].count;
}

void admin_get_metrics(struct admin_call *call)
{
    static const struct http_field fields[] = {
        {STR_INIT("Content-Type"), STR_INIT("text/plain; version=0.0.4; charset=utf-8")},
        {STR_INIT("Cache-Control"), STR_INIT("no-store")}};
    const struct admin_facts *facts = &call->facts;
    const struct snapshot *snapshot = facts->snapshot;
    struct shared *shared = facts->shared;
    struct certificates certificates = {0};
    struct gathered sources = {0};
    size_t issuer_count = snapshot->profile_count;
    struct metrics_issuer *issuers = die_calloc(issuer_count + 1, sizeof *issuers);
    const struct counters **workers =
        die_calloc(facts->worker_count + 1, sizeof(struct counters *));
    struct counters *sum = counters_new();
    struct buf body;

    for (size_t i = 0; i < facts->worker_count; i++) {
        workers[i] = facts->workers[i]->counters;
        counters_sum(sum, workers[i]);
    }
    for (size_t i = 0; i < issuer_count; i++)
        issuers[i] =
            (struct metrics_issuer){snapshot->profiles[i].name, jwks_age_s(facts->jwks, i)};
    certificates_gather(snapshot, call->arena, &certificates);
    gather_sources(call, &sources);
    struct metrics_page page = {
        .version = STR(OVERBLIK_VERSION),
        .revision = str_of(snapshot->revision),
        .loaded = call->admin->loaded,
        .reloads_accepted = call->admin->reloads_accepted,
        .reloads_refused = call->admin->reloads_refused,
        .has_keys = atomic_load(&shared->has_keys),
        .is_draining = atomic_load(&shared->is_draining),
        .is_record_well = access_log_is_well(shared->access_log),
        .record_queued = access_log_queued(shared->access_log),
        .explain_entries = explain_count(shared->explain),
        .explain_bytes = explain_bytes(shared->explain),
        .sum = sum,
        .workers = workers,
        .worker_count = facts->worker_count,
        .sources = sources.at,
        .source_count = sources.count,
        .issuers = issuers,
        .issuer_count = issuer_count,
        .certificates = certificates.at,
        .certificate_count = certificates.count,
    };
    sum_misses(facts->shared->misses, page.misses);
    sum_replies(facts, page.replies);
    buf_init(&body, 4 * (size_t)ADMIN_REPLY_MAX);
    metrics_write(&page, &body);
    counters_free(&sum);
    free(sources.at);
    free(workers);
    free(issuers);
    http_reply(call->exchange, 200, fields, 2, &body);
}
