/* SPDX-License-Identifier: MIT */
#include "policy/latency.h"

#include "tests/tap.h"

int main(void)
{
    struct latency latency = {0};
    for (int i = 0; i < 19; i++)
        latency_note(&latency, 1000);
    is_int(latency_percentile(&latency, 50), 0, "nineteen are too few");
    latency_note(&latency, 1000);
    ok(latency_percentile(&latency, 50) > 1000, "twenty are enough");

    static const int64_t all[] = {0, 1, 127, 128, 1000, 5000, 20000, 99999, 1000000, 59999999};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct latency one = {0};
        for (int j = 0; j < 100; j++)
            latency_note(&one, all[i]);
        int64_t p50 = latency_percentile(&one, 50);
        ok(p50 > all[i] && p50 <= all[i] + all[i] / 4 + 128, "%lld us: %lld", (long long)all[i],
           (long long)p50);
    }

    struct latency mixed = {0};
    for (int i = 0; i < 900; i++)
        latency_note(&mixed, i % 10 == 0 ? 500000 : 10000);
    int64_t p50 = latency_percentile(&mixed, 50), p95 = latency_percentile(&mixed, 95);
    ok(p50 > 10000 && p50 < 13000, "the middle: %lld", (long long)p50);
    ok(p95 > 500000 && p95 < 630000, "the slow tenth: %lld", (long long)p95);
    for (int i = 0; i < 20000; i++)
        latency_note(&mixed, 20000);
    p95 = latency_percentile(&mixed, 95);
    ok(p95 > 20000 && p95 < 25100, "what was long ago fades: %lld", (long long)p95);

    struct latency huge = {0};
    for (int i = 0; i < 30; i++)
        latency_note(&huge, i % 2 ? INT64_MAX : -1);
    ok(latency_percentile(&huge, 95) > 0, "no time is too long");
    return done_testing();
}
