/* SPDX-License-Identifier: MIT */
#include "policy/latency.h"

enum { UNIT_SHIFT = 7, FULL = 1024, SAMPLES_MIN = 20 }; /* a unit is 128 microseconds */

/* Four buckets for each power of two of units. */
static size_t bucket_of(int64_t took_us)
{
    uint64_t units = took_us > 0 ? (uint64_t)took_us >> UNIT_SHIFT : 0;
    if (units < 4)
        return (size_t)units;
    unsigned power = 63 - (unsigned)__builtin_clzll(units);
    size_t bucket = (size_t)(power - 1) * 4 + (size_t)((units >> (power - 2)) & 3);
    return bucket < LATENCY_BUCKETS ? bucket : LATENCY_BUCKETS - 1;
}

/* The first unit behind the bucket. */
static int64_t bucket_end_us(size_t bucket)
{
    if (bucket < 4)
        return (int64_t)(bucket + 1) << UNIT_SHIFT;
    unsigned power = (unsigned)(bucket / 4) + 1;
    return (int64_t)((4 + bucket % 4 + 1) << (power - 2)) << UNIT_SHIFT;
}

void latency_note(struct latency *latency, int64_t took_us)
{
    latency->counts[bucket_of(took_us)]++;
    if (++latency->total < FULL)
        return;
    latency->total = 0;
    for (size_t i = 0; i < LATENCY_BUCKETS; i++)
        latency->total += latency->counts[i] = (uint16_t)(latency->counts[i] / 2);
}

int64_t latency_percentile(const struct latency *latency, unsigned percent)
{
    uint64_t wanted = ((uint64_t)latency->total * percent + 99) / 100, seen = 0;
    if (latency->total < SAMPLES_MIN)
        return 0;
    for (size_t i = 0; i < LATENCY_BUCKETS; i++) {
        seen += latency->counts[i];
        if (seen >= wanted)
            return bucket_end_us(i);
    }
    return bucket_end_us(LATENCY_BUCKETS - 1);
}
