/* SPDX-License-Identifier: MIT */
/* trend: what each source has done in the last minute, from counts that only grow: a ring of
 * samples, of which the newest less the oldest is the minute. For one thread. Pure. */
#ifndef SERVE_TREND_H
#define SERVE_TREND_H

#include "serve/counters.h"

enum { TREND_EVERY_S = 5, TREND_SAMPLES = 60 / TREND_EVERY_S + 1 };

/* What was counted of one source since the start. */
struct trend_sample {
    struct str source; /* borrowed for as long as the trend lives */
    uint64_t calls, failures;
    uint64_t latency[ANSWER_BUCKETS]; /* as in struct source_counters */
};

struct trend;
struct trend *trend_new(void);
void trend_free(struct trend **trend);

/* Takes over `samples` (malloc), one of each source, sorted by source. */
void trend_add(struct trend *trend, struct trend_sample *samples, size_t count);

/* What came between the oldest sample and the newest; zeros for a source that is not in them. */
struct trend_sample trend_minute(const struct trend *trend, struct str source);

/* How long so many of a hundred took at most, by the histogram: exact at the bounds of its buckets,
 * a straight line between them. -1: none was counted. Beyond the last bound it is that bound. */
int64_t trend_percentile_us(const struct trend_sample *minute, unsigned percent);

#endif
