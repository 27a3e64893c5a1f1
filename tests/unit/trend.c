/* SPDX-License-Identifier: MIT */
#include "serve/trend.h"

#include <stdlib.h>

#include "tests/tap.h"

static void add(struct trend *trend, struct str source, uint64_t calls, size_t bucket)
{
    struct trend_sample *sample = calloc(1, sizeof *sample);
    sample->source = source;
    sample->calls = calls;
    sample->failures = calls / 2;
    sample->latency[bucket] = calls;
    trend_add(trend, sample, 1);
}

static void test_minute(void)
{
    struct trend *trend = trend_new();
    struct str atp = STR("atp.pension"), other = STR("star.ydelser");

    is_int((long long)trend_minute(trend, atp).calls, 0, "nothing was taken: nothing is known");
    add(trend, atp, 10, 1);
    is_int((long long)trend_minute(trend, atp).calls, 0,
           "what came before the first is not of now");
    add(trend, atp, 16, 1);
    is_int((long long)trend_minute(trend, atp).calls, 6, "what came since");
    is_int((long long)trend_minute(trend, atp).failures, 3, "and failed");
    is_int((long long)trend_minute(trend, atp).latency[1], 6, "and how long it took");
    is_int((long long)trend_minute(trend, other).calls, 0, "another source did nothing");
    add(trend, other, 4, 1);
    is_int((long long)trend_minute(trend, other).calls, 4, "all of a new source is new");
    is_int((long long)trend_minute(trend, atp).calls, 0, "one that is gone did nothing");
    for (unsigned i = 0; i < TREND_SAMPLES - 1; i++)
        add(trend, atp, 100 + i, 1);
    add(trend, atp, 200, 1);
    is_int((long long)trend_minute(trend, atp).calls, 100, "the oldest gives way after a minute");
    trend_free(&trend);
    trend_free(&trend);
    ok(!trend, "freed once");
}

static void test_percentiles(void)
{
    struct trend_sample minute = {0};
    is_int(trend_percentile_us(&minute, 50), -1, "of nothing there is none");
    minute.latency[0] = 1;
    is_int(trend_percentile_us(&minute, 50), 2000, "one took no longer than its bucket's bound");
    is_int(trend_percentile_us(&minute, 99), 2000, "whatever is asked");
    minute.latency[0] = 90;
    minute.latency[4] = 10; /* 25 to 50 ms */
    is_int(trend_percentile_us(&minute, 50), 1111, "half: on the line of its bucket");
    is_int(trend_percentile_us(&minute, 90), 2000, "ninety: all of the first");
    is_int(trend_percentile_us(&minute, 95), 37500, "ninety-five: half of the next that has any");
    is_int(trend_percentile_us(&minute, 100), 50000, "all: its bound");
    minute.latency[ANSWER_BUCKETS - 1] = 1000;
    is_int(trend_percentile_us(&minute, 99), 10000000, "beyond the last bound it is that bound");
}

int main(void)
{
    test_minute();
    test_percentiles();
    return done_testing();
}
