/* SPDX-License-Identifier: MIT */
/* label: threads */
#include "serve/metrics.h"

#include <pthread.h>

#include "tests/tap.h"

static struct route atp = {.source = {.id = STR_INIT("atp.pension")}},
                    cases = {.source = {.id = STR_INIT("kommuner.sager")}};
static struct plan_row atp_row = {.route = &atp}, cases_row = {.route = &cases};

static struct part asked(const struct plan_row *row, enum outcome outcome, int64_t us)
{
    return (struct part){.row = row,
                         .outcome = outcome,
                         .started = 1000,
                         .settled = 1000 + us,
                         .attempts = 2,
                         .retries = 1,
                         .bytes_in = 100,
                         .held = 5,
                         .shown_count = 3,
                         .withheld = {[EXPOSURE_NOT_PRIMARY] = 2}};
}

static struct part skipped(const struct plan_row *row, enum outcome outcome)
{
    return (struct part){.row = row, .outcome = outcome, .started = 1000, .settled = 1000};
}

static void has(struct str page, const char *line)
{
    char whole[256];
    snprintf(whole, sizeof whole, "\n%s\n", line);
    ok(str_find(page, str_of(whole)) < page.len, "%s", line);
}

/* Two workers counted; the page tells the sum. */
static void test_page(void)
{
    struct counters *one = counters_new(), *two = counters_new(), *sum = counters_new();
    struct part first[] = {asked(&cases_row, OUTCOME_ANSWERED, 2000),
                           asked(&cases_row, OUTCOME_LATE, 1500000),
                           asked(&atp_row, OUTCOME_ANSWERED, 2001)};
    struct part second[] = {skipped(&cases_row, OUTCOME_NOT_AGREED),
                            asked(&atp_row, OUTCOME_FAILED, 20000000)};
    struct part third[] = {asked(&atp_row, OUTCOME_PENDING, 0)};
    counters_take_parts(one, first, 3);
    counters_take_parts(two, second, 2);
    counters_take_parts(two, third, 1);
    counter_add(&one->token_hits, 2);
    counter_add(&two->token_hits, 3);
    counter_set(&one->overviews, 7);
    counters_take_lag(one, 50);
    counters_take_lag(one, 2000000);
    counters_sum(sum, one);
    counters_sum(sum, two);

    const struct counters *workers[] = {one, two};
    const struct metrics_source sources[] = {
        {{.source = STR("atp.pension"),
          .in_flight = 4,
          .breaker = BREAKER_OPEN,
          .trips = 2,
          .values = {.is_off = true, .off_count = 1, .mode = MODE_DRAINING}}},
        {{.source = STR("new.source")}}};
    const struct metrics_issuer issuers[] = {{STR("a \"b\" \\ \n c"), 12}, {STR("down"), -1}};
    const struct metrics_certificate certificates[] = {{STR("door"), STR(""), 30},
                                                       {STR("client"), STR("atp.pension"), -1}};
    struct metrics_page page = {.version = STR("0.1.0"),
                                .revision = STR("0123456789abcdef"),
                                .loaded = {1795254120000, true},
                                .reloads_accepted = 3,
                                .reloads_refused = 1,
                                .record_queued = 9,
                                .is_record_well = true,
                                .sum = sum,
                                .workers = workers,
                                .worker_count = 2,
                                .sources = sources,
                                .source_count = 2,
                                .issuers = issuers,
                                .issuer_count = 2,
                                .certificates = certificates,
                                .certificate_count = 2};
    page.replies[200] = 5;
    page.replies[401] = 1;
    struct buf out;
    buf_init(&out, 1 << 20);
    metrics_write(&page, &out);
    struct str text = buf_str(&out);
    static const char *const lines[] = {
        "overblik_build_info{version=\"0.1.0\"} 1",
        "overblik_configuration_info{revision=\"0123456789abcdef\"} 1",
        "overblik_configuration_loaded_timestamp_seconds 1795254120",
        "overblik_configuration_reloads_total{result=\"accepted\"} 3",
        "overblik_configuration_reloads_total{result=\"refused\"} 1",
        "overblik_record_queued 9",
        "overblik_http_replies_total{status=\"200\"} 5",
        "overblik_http_replies_total{status=\"401\"} 1",
        "overblik_http_replies_total{status=\"503\"} 0",
        "overblik_token_cache_hits_total 5",
        "overblik_worker_overviews{worker=\"0\"} 7",
        "overblik_worker_overviews{worker=\"1\"} 0",
        "overblik_worker_loop_lag_seconds_bucket{worker=\"0\",le=\"0.0001\"} 1",
        "overblik_worker_loop_lag_seconds_bucket{worker=\"0\",le=\"1\"} 1",
        "overblik_worker_loop_lag_seconds_bucket{worker=\"0\",le=\"+Inf\"} 2",
        "overblik_worker_loop_lag_seconds_sum{worker=\"0\"} 2.000050",
        "overblik_source_requests_total{source=\"kommuner.sager\",outcome=\"answered\"} 1",
        "overblik_source_requests_total{source=\"kommuner.sager\",outcome=\"late\"} 1",
        "overblik_source_requests_total{source=\"kommuner.sager\",outcome=\"failed\"} 0",
        "overblik_source_requests_total{source=\"kommuner.sager\",outcome=\"not_agreed\"} 1",
        "overblik_source_requests_total{source=\"atp.pension\",outcome=\"abandoned\"} 1",
        "overblik_source_requests_total{source=\"new.source\",outcome=\"answered\"} 0",
        "overblik_source_duration_seconds_bucket{source=\"kommuner.sager\",le=\"0.002\"} 1",
        "overblik_source_duration_seconds_bucket{source=\"kommuner.sager\",le=\"1\"} 1",
        "overblik_source_duration_seconds_bucket{source=\"kommuner.sager\",le=\"1.5\"} 2",
        "overblik_source_duration_seconds_count{source=\"kommuner.sager\"} 2",
        "overblik_source_duration_seconds_sum{source=\"kommuner.sager\"} 1.502000",
        "overblik_source_duration_seconds_bucket{source=\"atp.pension\",le=\"0.002\"} 0",
        "overblik_source_duration_seconds_bucket{source=\"atp.pension\",le=\"10\"} 1",
        "overblik_source_duration_seconds_bucket{source=\"atp.pension\",le=\"+Inf\"} 2",
        "overblik_source_calls_total{source=\"atp.pension\"} 6",
        "overblik_source_retries_total{source=\"atp.pension\"} 3",
        "overblik_source_received_bytes_total{source=\"kommuner.sager\"} 200",
        "overblik_source_items_shown_total{source=\"kommuner.sager\"} 6",
        "overblik_source_items_withheld_total{source=\"kommuner.sager\"} 4",
        "overblik_source_in_flight{source=\"atp.pension\"} 4",
        "overblik_source_switched_off{source=\"atp.pension\"} 1",
        "overblik_source_breaker{source=\"atp.pension\",state=\"open\"} 1",
        "overblik_source_breaker{source=\"atp.pension\",state=\"closed\"} 0",
        "overblik_source_breaker_trips_total{source=\"atp.pension\"} 2",
        "overblik_source_mode{source=\"atp.pension\",mode=\"draining\"} 1",
        "overblik_source_mode{source=\"atp.pension\",mode=\"on\"} 0",
        "overblik_issuer_keys_age_seconds{issuer=\"a \\\"b\\\" \\\\ \\n c\"} 12",
        "overblik_certificate_left_seconds{use=\"door\",holder=\"\"} 2592000",
        "overblik_certificate_left_seconds{use=\"client\",holder=\"atp.pension\"} -86400",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        has(text, lines[i]);
    ok(str_find(text, STR("issuer=\"down\"")) == text.len, "an issuer without keys has no age");
    buf_clear(&out);
    counters_free(&one);
    counters_free(&two);
    counters_free(&sum);
}

/* A configuration that changes its sources again and again does not fill the memory. */
static void test_ceiling(void)
{
    struct counters *counters = counters_new();
    size_t count;
    for (int i = 0; i < COUNTERS_SOURCES_MAX + 500; i++) {
        char id[32];
        int len = snprintf(id, sizeof id, "source.%d", i);
        counter_add(&counters_source(counters, str_make(id, (size_t)len))->calls, 1);
    }
    is_int((long long)counter_read(&counters_source(counters, STR("source.7"))->calls), 1,
           "a source is found again");
    is_int((long long)counter_read(&counters_source(counters, STR("other"))->calls), 500,
           "beyond the ceiling all are one");
    const struct source_counters **list = counters_list(counters, &count);
    is_int((long long)count, COUNTERS_SOURCES_MAX + 1, "and the list has an end");
    int unsorted = 0;
    for (size_t i = 1; i < count; i++)
        unsorted += strcmp(list[i - 1]->id, list[i]->id) >= 0;
    is_int(unsorted, 0, "by id");
    free(list);
    counters_free(&counters);
}

enum { ROUNDS = 2000 };

static void *count_all(void *ctx)
{
    struct part parts[] = {asked(&cases_row, OUTCOME_ANSWERED, 100),
                           asked(&atp_row, OUTCOME_EMPTY, 100)};
    for (int i = 0; i < ROUNDS; i++)
        counters_take_parts(ctx, parts, 2);
    return NULL;
}

/* One counts while another sums: nothing is lost, and no sum goes back. */
static void test_threads(void)
{
    struct counters *counters = counters_new();
    pthread_t thread;
    uint64_t seen = 0;
    int backwards = 0;
    if (pthread_create(&thread, NULL, count_all, counters) != 0)
        abort();
    for (int i = 0; i < 20; i++) {
        struct counters *sum = counters_new();
        counters_sum(sum, counters);
        uint64_t now =
            counter_read(&counters_source(sum, STR("atp.pension"))->outcomes[OUTCOME_EMPTY]);
        backwards += now < seen;
        seen = now;
        counters_free(&sum);
    }
    pthread_join(thread, NULL);
    is_int(backwards, 0, "no sum goes back");
    is_int((long long)counter_read(
               &counters_source(counters, STR("atp.pension"))->outcomes[OUTCOME_EMPTY]),
           ROUNDS, "every row is counted once");
    counters_free(&counters);
}

int main(void)
{
    test_page();
    test_ceiling();
    test_threads();
    return done_testing();
}
