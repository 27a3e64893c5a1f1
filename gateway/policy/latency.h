/* SPDX-License-Identifier: MIT */
/* latency: how long a source's answers take, as counts in fixed buckets, each at most a quarter
 * wider than the one before. Old counts fade: they are halved each time a thousand have come. */
#ifndef POLICY_LATENCY_H
#define POLICY_LATENCY_H

#include "base/clock.h"

enum { LATENCY_BUCKETS = 84 };

/* Zeroed memory has seen nothing. */
struct latency {
    uint16_t counts[LATENCY_BUCKETS];
    uint32_t total;
};

void latency_note(struct latency *latency, int64_t took_us);
/* So many percent took at most this long, in microseconds, rounded up to a bucket; 0: fewer than
 * twenty were seen. */
int64_t latency_percentile(const struct latency *latency, unsigned percent);

#endif
