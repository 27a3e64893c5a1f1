/* SPDX-License-Identifier: MIT */
#include "serve/metrics.h"

#include <inttypes.h>
#include <stdlib.h>

static const int64_t latency_bounds[] = DURATION_BOUNDS;
static const int64_t lag_bounds[] = LAG_BOUNDS;
enum { US_PER_S = 1000000 };

/* ---- lines ---- */

static void family(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_format(out, "# HELP overblik_%s %s\n# TYPE overblik_%s %s\n", name, help, name, type);
}

/* Backslash, quotation mark and newline are escaped (exposition format, "Text format details"). */
static void add_label(struct buf *out, const char *name, struct str value)
{
    buf_format(out, "%s=\"", name);
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] == '\n') {
            buf_add_str(out, STR("\\n"));
            continue;
        }
        if (value.at[i] == '"' || value.at[i] == '\\')
            buf_add_byte(out, '\\');
        buf_add_byte(out, value.at[i]);
    }
    buf_add_byte(out, '"');
}

/* A sample with one label (name NULL: none). */
static void sample(struct buf *out, const char *family_name, const char *label, struct str value,
                   int64_t number)
{
    buf_format(out, "overblik_%s", family_name);
    if (label) {
        buf_add_byte(out, '{');
        add_label(out, label, value);
        buf_add_byte(out, '}');
    }
    buf_format(out, " %" PRId64 "\n", number);
}

static void sample2(struct buf *out, const char *family_name, const char *label, struct str value,
                    const char *label2, struct str value2, int64_t number)
{
    buf_format(out, "overblik_%s{", family_name);
    add_label(out, label, value);
    buf_add_byte(out, ',');
    add_label(out, label2, value2);
    buf_format(out, "} %" PRId64 "\n", number);
}

static void single(struct buf *out, const char *name, const char *type, int64_t number,
                   const char *help)
{
    family(out, name, type, help);
    sample(out, name, NULL, STR_NONE, number);
}

/* One series of a histogram; bounds and sum are microseconds here and seconds there. */
static void histogram(struct buf *out, const char *name, const char *label, struct str value,
                      const struct counter *buckets, const int64_t *bounds, size_t bound_count,
                      uint64_t sum_us)
{
    uint64_t count = 0;
    for (size_t i = 0; i <= bound_count; i++) {
        count += counter_read(&buckets[i]);
        buf_format(out, "overblik_%s_bucket{", name);
        add_label(out, label, value);
        if (i < bound_count)
            buf_format(out, ",le=\"%g\"} %" PRIu64 "\n", (double)bounds[i] / US_PER_S, count);
        else
            buf_format(out, ",le=\"+Inf\"} %" PRIu64 "\n", count);
    }
    buf_format(out, "overblik_%s_sum{", name);
    add_label(out, label, value);
    buf_format(out, "} %" PRIu64 ".%06" PRIu64 "\n", sum_us / US_PER_S, sum_us % US_PER_S);
    buf_format(out, "overblik_%s_count{", name);
    add_label(out, label, value);
    buf_format(out, "} %" PRIu64 "\n", count);
}

/* ---- the gateway ---- */

static void write_gateway(const struct metrics_page *page, struct buf *out)
{
    family(out, "build_info", "gauge", "The version that runs.");
    sample(out, "build_info", "version", page->version, 1);
    family(out, "configuration_info", "gauge", "The configuration in force, by its revision.");
    sample(out, "configuration_info", "revision", page->revision, 1);
    single(out, "configuration_loaded_timestamp_seconds", "gauge", page->loaded.unix_ms / 1000,
           "When the configuration came into force.");
    family(out, "configuration_reloads_total", "counter", "Configurations read again.");
    sample(out, "configuration_reloads_total", "result", STR("accepted"),
           (int64_t)page->reloads_accepted);
    sample(out, "configuration_reloads_total", "result", STR("refused"),
           (int64_t)page->reloads_refused);
    single(out, "keys_loaded", "gauge", page->has_keys, "1: every issuer's keys are known.");
    single(out, "draining", "gauge", page->is_draining, "1: the gateway is about to end.");
    single(out, "record_well", "gauge", page->is_record_well,
           "1: the access record can be written.");
    single(out, "record_queued", "gauge", (int64_t)page->record_queued,
           "Lines of the access record that wait to be written.");
    single(out, "explain_entries", "gauge", (int64_t)page->explain_entries,
           "Overviews that can be explained by their receipt.");
    single(out, "explain_bytes", "gauge", (int64_t)page->explain_bytes,
           "Bytes that these explanations take.");
}

/* ---- the workers ---- */

static int64_t number(const struct counter *counter)
{
    return (int64_t)counter_read(counter);
}

static void write_door(const struct metrics_page *page, struct buf *out)
{
    const struct counters *sum = page->sum;
    char status[24];
    family(out, "http_replies_total", "counter", "Replies begun, by HTTP status.");
    for (int i = 0; i < METRICS_STATUSES; i++) {
        if (page->replies[i] == 0 && i != 200 && i != 503)
            continue;
        snprintf(status, sizeof status, "%d", i);
        sample(out, "http_replies_total", "status", str_of(status), (int64_t)page->replies[i]);
    }
    single(out, "http_connections", "gauge", number(&sum->connections), "Connections open.");
    single(out, "http_connections_accepted_total", "counter", number(&sum->accepted),
           "Connections accepted.");
    single(out, "http_connections_refused_total", "counter", number(&sum->refused),
           "Connections turned away or closed to make room.");
    single(out, "http_departed_total", "counter", number(&sum->departed),
           "Clients that left before their answer was whole.");
    single(out, "http_timed_out_total", "counter", number(&sum->timed_out),
           "Connections whose client was too slow.");
    single(out, "http_malformed_total", "counter", number(&sum->malformed),
           "Requests that were no HTTP as we take it.");
    single(out, "overviews_shed_total", "counter", number(&sum->overviews_shed),
           "Look-ups turned away with 503 before they began.");
    single(out, "token_cache_hits_total", "counter", number(&sum->token_hits),
           "Tokens that were known to be good.");
    single(out, "token_cache_misses_total", "counter", number(&sum->token_misses),
           "Tokens that had to be verified.");
    single(out, "token_cache_entries", "gauge", number(&sum->token_entries),
           "Verified tokens remembered.");
    single(out, "tokens_refused_total", "counter", number(&sum->tokens_refused),
           "Tokens refused, or missing.");
}

static void write_workers(const struct metrics_page *page, struct buf *out)
{
    char name[24];
    family(out, "worker_overviews", "gauge", "Look-ups under way.");
    for (size_t i = 0; i < page->worker_count; i++) {
        snprintf(name, sizeof name, "%zu", i);
        sample(out, "worker_overviews", "worker", str_of(name),
               number(&page->workers[i]->overviews));
    }
    family(out, "worker_loop_lag_seconds", "histogram",
           "How late the worker's loop came to a timer, four times a second.");
    for (size_t i = 0; i < page->worker_count; i++) {
        const struct counters *worker = page->workers[i];
        snprintf(name, sizeof name, "%zu", i);
        histogram(out, "worker_loop_lag_seconds", "worker", str_of(name), worker->lag, lag_bounds,
                  LAG_BUCKETS - 1, counter_read(&worker->lag_sum_us));
    }
}

/* ---- the sources ---- */

/* These three are there before they first happen, so that a rate can be told. */
static bool is_always_told(enum outcome outcome)
{
    return outcome == OUTCOME_ANSWERED || outcome == OUTCOME_FAILED || outcome == OUTCOME_LATE;
}

static void write_outcomes(const struct source_counters *source, struct buf *out)
{
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        uint64_t count = counter_read(&source->outcomes[i]);
        if (count > 0 || is_always_told((enum outcome)i))
            sample2(out, "source_requests_total", "source", str_of(source->id), "outcome",
                    i == OUTCOME_PENDING ? STR("abandoned") : outcome_name((enum outcome)i),
                    (int64_t)count);
    }
}

static void source_family(const struct source_counters *const *list, size_t count, size_t offset,
                          const char *name, const char *help, struct buf *out)
{
    family(out, name, "counter", help);
    for (size_t i = 0; i < count; i++) {
        const struct counter *counter =
            (const struct counter *)(const void *)((const char *)list[i] + offset);
        sample(out, name, "source", str_of(list[i]->id), number(counter));
    }
}

static void write_counted(const struct metrics_page *page, struct buf *out)
{
    size_t count;
    const struct source_counters **list = counters_list(page->sum, &count);

    family(out, "source_requests_total", "counter", "Rows of plans, by what became of them.");
    for (size_t i = 0; i < count; i++)
        write_outcomes(list[i], out);
    family(out, "source_duration_seconds", "histogram",
           "From the question to the whole answer, or the end of waiting, all pages.");
    for (size_t i = 0; i < count; i++)
        histogram(out, "source_duration_seconds", "source", str_of(list[i]->id), list[i]->latency,
                  latency_bounds, ANSWER_BUCKETS - 1, counter_read(&list[i]->latency_sum_us));
#define FAMILY(member, name, help)                                                                 \
    source_family(list, count, offsetof(struct source_counters, member), name, help, out)
    FAMILY(calls, "source_calls_total", "Calls, with pages, retries and hedges.");
    FAMILY(retries, "source_retries_total", "Calls made again after one that failed.");
    FAMILY(hedges, "source_hedges_total", "Calls made beside one that was slow.");
    FAMILY(bytes_in, "source_received_bytes_total", "Bytes received.");
    FAMILY(shown, "source_items_shown_total", "Items that were shown.");
    FAMILY(withheld, "source_items_withheld_total", "Items that exposure rules withheld.");
#undef FAMILY
    free(list);
}

/* One gauge of each source, as `value` reads it off the report. */
static void health_family(const struct metrics_page *page, const char *name, const char *type,
                          const char *help, int64_t (*value)(const struct health_report *report),
                          struct buf *out)
{
    family(out, name, type, help);
    for (size_t i = 0; i < page->source_count; i++)
        sample(out, name, "source", page->sources[i].report.source,
               value(&page->sources[i].report));
}

static int64_t in_flight_of(const struct health_report *report)
{
    return report->in_flight;
}

static int64_t is_off_of(const struct health_report *report)
{
    return report->values.is_off;
}

static int64_t off_count_of(const struct health_report *report)
{
    return (int64_t)report->values.off_count;
}

static int64_t trips_of(const struct health_report *report)
{
    return (int64_t)report->trips;
}

static int64_t limit_of(const struct health_report *report)
{
    return report->limit;
}

static int64_t shadow_equal_of(const struct health_report *report)
{
    return (int64_t)report->shadow_equal;
}

static int64_t shadow_different_of(const struct health_report *report)
{
    return (int64_t)report->shadow_different;
}

/* A rule that never decided is not told of. */
static void write_rule(const struct health_report *report, enum rule_kind rule, struct buf *out)
{
    const uint64_t counts[] = {report->enforced[rule], report->observed[rule]};
    static const char *const modes[] = {"enforced", "observed"};
    for (size_t i = 0; i < 2; i++) {
        if (counts[i] == 0)
            continue;
        buf_add_str(out, STR("overblik_source_rule_total{"));
        add_label(out, "source", report->source);
        buf_format(out, ",rule=\"%s\",mode=\"%s\"} %" PRIu64 "\n", rule_kind_name(rule), modes[i],
                   counts[i]);
    }
}

static void write_health(const struct metrics_page *page, struct buf *out)
{
    health_family(page, "source_in_flight", "gauge", "Calls under way.", in_flight_of, out);
    health_family(page, "source_switched_off", "gauge",
                  "1: off after a foreign answer, until a human re-arms it.", is_off_of, out);
    health_family(page, "source_authorities_switched_off", "gauge",
                  "Authorities of the source that are off after a foreign answer.", off_count_of,
                  out);
    health_family(page, "source_breaker_trips_total", "counter", "How often its breaker opened.",
                  trips_of, out);
    family(out, "source_breaker", "gauge", "1: the state that the source's breaker is in.");
    for (size_t i = 0; i < page->source_count; i++)
        for (int state = BREAKER_CLOSED; state <= BREAKER_HALF_OPEN; state++)
            sample2(out, "source_breaker", "source", page->sources[i].report.source, "state",
                    breaker_state_name((enum breaker_state)state),
                    (int)page->sources[i].report.breaker == state);
    family(out, "source_rule_total", "counter",
           "Calls that a rule refused, or would have refused were it not only observed.");
    for (size_t i = 0; i < page->source_count; i++)
        for (int rule = 0; rule < RULE_KIND_COUNT; rule++)
            write_rule(&page->sources[i].report, (enum rule_kind)rule, out);
    health_family(page, "source_limit", "gauge",
                  "Calls at once that the source seems to bear; 0: nothing is known.", limit_of,
                  out);
    health_family(page, "source_shadow_equal_total", "counter",
                  "Items of a shadow that were equal.", shadow_equal_of, out);
    health_family(page, "source_shadow_different_total", "counter",
                  "Items of a shadow that differed.", shadow_different_of, out);
    family(out, "source_mode", "gauge", "1: the mode that an operator has set.");
    for (size_t i = 0; i < page->source_count; i++)
        for (int mode = MODE_ON; mode <= MODE_MAINTENANCE; mode++)
            sample2(out, "source_mode", "source", page->sources[i].report.source, "mode",
                    source_mode_name((enum source_mode)mode),
                    (int)page->sources[i].report.values.mode == mode);
}

/* ---- keys and certificates ---- */

static void write_trust(const struct metrics_page *page, struct buf *out)
{
    enum { SECONDS_A_DAY = 86400 };
    family(out, "issuer_keys_age_seconds", "gauge",
           "Since the issuer's keys were last seen to be good; absent: there are none.");
    for (size_t i = 0; i < page->issuer_count; i++)
        if (page->issuers[i].keys_age_s >= 0)
            sample(out, "issuer_keys_age_seconds", "issuer", page->issuers[i].name,
                   page->issuers[i].keys_age_s);
    family(out, "certificate_left_seconds", "gauge",
           "Until the certificate ends, in whole days; negative: it has.");
    for (size_t i = 0; i < page->certificate_count; i++) {
        const struct metrics_certificate *one = &page->certificates[i];
        sample2(out, "certificate_left_seconds", "use", one->use, "holder", one->holder,
                (int64_t)one->days * SECONDS_A_DAY);
    }
}

void metrics_write(const struct metrics_page *page, struct buf *out)
{
    for (size_t i = 0; i < page->source_count; i++)
        (void)counters_source(page->sum, page->sources[i].report.source);
    write_gateway(page, out);
    write_door(page, out);
    write_workers(page, out);
    write_counted(page, out);
    write_health(page, out);
    write_trust(page, out);
}
