/* SPDX-License-Identifier: MIT */
/* counters: what one thread counts for /metrics. One thread adds, any thread reads: plain atomics,
 * no lock and no locked instruction on a request's path. Sources are found by id, in a table that
 * only grows and has a ceiling, so that a reload forgets nothing and labels are bounded by the
 * configuration. */
#ifndef SERVE_COUNTERS_H
#define SERVE_COUNTERS_H

#include "overview/part.h"

#include <stdatomic.h>

struct counter {
    _Atomic uint64_t value;
};

/* Upper bounds of a histogram's buckets, in microseconds; beyond the last is one more. */
#define DURATION_BOUNDS                                                                            \
    {                                                                                              \
        2000, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 1500000, 2500000,        \
            5000000, 10000000                                                                      \
    }
#define LAG_BOUNDS                                                                                 \
    {                                                                                              \
        100, 500, 1000, 5000, 10000, 50000, 100000, 500000, 1000000                                \
    }
enum { ANSWER_BUCKETS = 14, LAG_BUCKETS = 10, COUNTERS_SOURCES_MAX = 12000 };

struct source_counters {
    char id[ROUTE_ID_MAX + 1];
    struct counter outcomes[OUTCOME_COUNT]; /* rows of plans; OUTCOME_PENDING: abandoned */
    struct counter latency[ANSWER_BUCKETS], latency_sum_us; /* of rows that were asked */
    struct counter calls, retries, hedges, bytes_in;
    struct counter shown, withheld; /* items */
};

/* X(name): of one thread, beside the sources. */
#define COUNTERS(X)                                                                                \
    X(token_hits)                                                                                  \
    X(token_misses)                                                                                \
    X(tokens_refused)                                                                              \
    X(overviews_shed)                                                                              \
    X(lag_sum_us)                                                                                  \
    /* as of the last look, once a second */                                                       \
    X(overviews)                                                                                   \
    X(token_entries)                                                                               \
    X(connections)                                                                                 \
    X(accepted)                                                                                    \
    X(refused)                                                                                     \
    X(departed)                                                                                    \
    X(timed_out)                                                                                   \
    X(malformed)

struct counters {
#define X(name) struct counter name;
    COUNTERS(X)
#undef X
    struct counter lag[LAG_BUCKETS];
    _Atomic(struct source_counters *) *sources; /* a table by hash; private to counters.c */
    size_t source_count;
};

struct counters *counters_new(void);
void counters_free(struct counters **counters);

static inline void counter_add(struct counter *counter, uint64_t count)
{
    atomic_store_explicit(&counter->value,
                          atomic_load_explicit(&counter->value, memory_order_relaxed) + count,
                          memory_order_relaxed);
}
static inline void counter_set(struct counter *counter, uint64_t value)
{
    atomic_store_explicit(&counter->value, value, memory_order_relaxed);
}
static inline uint64_t counter_read(const struct counter *counter)
{
    return atomic_load_explicit(&counter->value, memory_order_relaxed);
}

/* What became of all rows of a look-up, when it has ended. By the counters' own thread. */
void counters_take_parts(struct counters *counters, const struct part *parts, size_t count);
void counters_take_lag(struct counters *counters, int64_t lag_us);

/* The counters of this source, made when it is new; by the counters' own thread. Beyond the ceiling
 * all further ones are one, with the id "other". */
struct source_counters *counters_source(struct counters *counters, struct str id);

/* Adds what another thread has counted so far. */
void counters_sum(struct counters *sum, const struct counters *other);

/* All sources, sorted by id; the caller frees the array. */
const struct source_counters **counters_list(const struct counters *counters, size_t *count);

#endif
