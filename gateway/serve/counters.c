/* SPDX-License-Identifier: MIT */
#include "serve/counters.h"

#include "base/die.h"

#include <stdlib.h>

enum { TABLE_SIZE = 16384 }; /* a power of two, more than COUNTERS_SOURCES_MAX */
_Static_assert(COUNTERS_SOURCES_MAX < TABLE_SIZE - 1, "the table always has an empty place");

static const int64_t latency_bounds[] = DURATION_BOUNDS;
static const int64_t lag_bounds[] = LAG_BOUNDS;
_Static_assert(sizeof latency_bounds / sizeof latency_bounds[0] + 1 == ANSWER_BUCKETS, "latency");
_Static_assert(sizeof lag_bounds / sizeof lag_bounds[0] + 1 == LAG_BUCKETS, "lag");

struct counters *counters_new(void)
{
    struct counters *counters = die_calloc(1, sizeof *counters);
    counters->sources = die_calloc(TABLE_SIZE, sizeof *counters->sources);
    return counters;
}

void counters_free(struct counters **slot)
{
    struct counters *counters = *slot;
    if (!counters)
        return;
    for (size_t i = 0; i < TABLE_SIZE; i++)
        free(atomic_load_explicit(&counters->sources[i], memory_order_relaxed));
    free(counters->sources);
    free(counters);
    *slot = NULL;
}

/* Where the source is, or could be put. */
static _Atomic(struct source_counters *) *place_of(const struct counters *counters, struct str id)
{
    size_t at = str_hash(id) & (TABLE_SIZE - 1);
    struct source_counters *source;
    while ((source = atomic_load_explicit(&counters->sources[at], memory_order_relaxed)) &&
           !str_equal(str_of(source->id), id))
        at = (at + 1) & (TABLE_SIZE - 1);
    return &counters->sources[at];
}

struct source_counters *counters_source(struct counters *counters, struct str id)
{
    _Atomic(struct source_counters *) *place = place_of(counters, id);
    struct source_counters *source = atomic_load_explicit(place, memory_order_relaxed);
    if (source)
        return source;
    if (counters->source_count >= COUNTERS_SOURCES_MAX || id.len > ROUTE_ID_MAX) {
        id = STR("other");
        place = place_of(counters, id);
        source = atomic_load_explicit(place, memory_order_relaxed);
        if (source)
            return source;
    }
    source = die_calloc(1, sizeof *source);
    memcpy(source->id, id.at, id.len);
    counters->source_count++;
    /* Readers that see it see all of it. */
    atomic_store_explicit(place, source, memory_order_release);
    return source;
}

static size_t bucket_of(const int64_t *bounds, size_t count, int64_t us)
{
    size_t bucket = 0;
    while (bucket < count && us > bounds[bucket])
        bucket++;
    return bucket;
}

static void take_part(struct source_counters *source, const struct part *part)
{
    counter_add(&source->outcomes[part->outcome], 1);
    if (part->attempts > 0) {
        counter_add(&source->calls, part->attempts);
        counter_add(&source->retries, part->retries);
        counter_add(&source->hedges, part->hedges);
        counter_add(&source->bytes_in, part->bytes_in);
    }
    if (part->attempts > 0 && part->outcome != OUTCOME_PENDING) {
        int64_t us = part->settled - part->started;
        counter_add(&source->latency[bucket_of(latency_bounds, ANSWER_BUCKETS - 1, us)], 1);
        counter_add(&source->latency_sum_us, (uint64_t)us);
    }
    if (part->held > 0) {
        uint64_t withheld = 0;
        for (size_t i = 0; i < EXPOSURE_VERDICT_COUNT; i++)
            withheld += part->withheld[i];
        counter_add(&source->shown, part->shown_count);
        counter_add(&source->withheld, withheld);
    }
}

void counters_take_parts(struct counters *counters, const struct part *parts, size_t count)
{
    struct source_counters *source = NULL;
    for (size_t i = 0; i < count; i++) {
        struct str id = parts[i].row->route->source.id;
        /* The municipalities of one index stand one behind the other. */
        if (i == 0 || parts[i].row->route != parts[i - 1].row->route)
            source = counters_source(counters, id);
        take_part(source, &parts[i]);
    }
}

void counters_take_lag(struct counters *counters, int64_t lag_us)
{
    counter_add(&counters->lag[bucket_of(lag_bounds, LAG_BUCKETS - 1, lag_us)], 1);
    counter_add(&counters->lag_sum_us, (uint64_t)(lag_us > 0 ? lag_us : 0));
}

static void sum_all(struct counter *to, const struct counter *from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        counter_add(&to[i], counter_read(&from[i]));
}

static void sum_source(struct source_counters *to, const struct source_counters *from)
{
    sum_all(to->outcomes, from->outcomes, OUTCOME_COUNT);
    sum_all(to->latency, from->latency, ANSWER_BUCKETS);
    sum_all(&to->latency_sum_us, &from->latency_sum_us, 1);
    sum_all(&to->calls, &from->calls, 1);
    sum_all(&to->retries, &from->retries, 1);
    sum_all(&to->hedges, &from->hedges, 1);
    sum_all(&to->bytes_in, &from->bytes_in, 1);
    sum_all(&to->shown, &from->shown, 1);
    sum_all(&to->withheld, &from->withheld, 1);
}

void counters_sum(struct counters *sum, const struct counters *other)
{
#define X(name) sum_all(&sum->name, &other->name, 1);
    COUNTERS(X)
#undef X
    sum_all(sum->lag, other->lag, LAG_BUCKETS);
    for (size_t i = 0; i < TABLE_SIZE; i++) {
        const struct source_counters *source =
            atomic_load_explicit(&other->sources[i], memory_order_acquire);
        if (source)
            sum_source(counters_source(sum, str_of(source->id)), source);
    }
}

static int compare_sources(const void *a, const void *b)
{
    const struct source_counters *const *x = a, *const *y = b;
    return strcmp((*x)->id, (*y)->id);
}

const struct source_counters **counters_list(const struct counters *counters, size_t *count)
{
    const struct source_counters **list =
        die_calloc(counters->source_count + 1, sizeof(struct source_counters *));
    *count = 0;
    for (size_t i = 0; i < TABLE_SIZE; i++) {
        const struct source_counters *source =
            atomic_load_explicit(&counters->sources[i], memory_order_acquire);
        if (source && *count < counters->source_count)
            list[(*count)++] = source;
    }
    qsort(list, *count, sizeof *list, compare_sources);
    return list;
}
