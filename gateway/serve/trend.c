/* SPDX-License-Identifier: MIT */
#include "serve/trend.h"

#include "base/die.h"

#include <stdlib.h>

static const int64_t bounds[] = DURATION_BOUNDS;
enum { BOUNDS = sizeof bounds / sizeof *bounds };

struct step {
    struct trend_sample *at; /* NULL: none was taken yet */
    size_t count;
};
struct trend {
    struct step ring[TREND_SAMPLES];
    size_t newest;
};

struct trend *trend_new(void)
{
    return die_calloc(1, sizeof(struct trend));
}

void trend_free(struct trend **slot)
{
    struct trend *trend = *slot;
    if (!trend)
        return;
    for (size_t i = 0; i < TREND_SAMPLES; i++)
        free(trend->ring[i].at);
    free(trend);
    *slot = NULL;
}

void trend_add(struct trend *trend, struct trend_sample *samples, size_t count)
{
    trend->newest = (trend->newest + 1) % TREND_SAMPLES;
    struct step *step = &trend->ring[trend->newest];
    free(step->at);
    *step = (struct step){samples, count};
}

/* ---- asking ---- */

static int compare(const void *a, const void *b)
{
    const struct trend_sample *x = a, *y = b;
    return str_compare(x->source, y->source);
}

static const struct trend_sample *find(const struct step *step, struct str source)
{
    const struct trend_sample key = {.source = source};
    return step->at ? bsearch(&key, step->at, step->count, sizeof key, compare) : NULL;
}

static const struct step *oldest(const struct trend *trend)
{
    size_t at = trend->newest;
    for (size_t i = 1; i < TREND_SAMPLES; i++) {
        size_t before = (trend->newest + TREND_SAMPLES - i) % TREND_SAMPLES;
        if (!trend->ring[before].at)
            break;
        at = before;
    }
    return &trend->ring[at];
}

struct trend_sample trend_minute(const struct trend *trend, struct str source)
{
    const struct trend_sample *now = find(&trend->ring[trend->newest], source);
    const struct trend_sample *then = find(oldest(trend), source);
    struct trend_sample minute = {.source = source};

    if (!now)
        return minute;
    minute = *now;
    if (!then) /* a source that came in between: all of it is new */
        return minute;
    minute.calls -= then->calls;
    minute.failures -= then->failures;
    for (size_t i = 0; i < ANSWER_BUCKETS; i++)
        minute.latency[i] -= then->latency[i];
    return minute;
}

int64_t trend_percentile_us(const struct trend_sample *minute, unsigned percent)
{
    uint64_t sum = 0, before = 0;
    size_t bucket = 0;

    for (size_t i = 0; i < ANSWER_BUCKETS; i++)
        sum += minute->latency[i];
    if (sum == 0)
        return -1;
    uint64_t wanted = (sum * percent + 99) / 100;
    while (before + minute->latency[bucket] < wanted)
        before += minute->latency[bucket++];
    if (bucket >= BOUNDS)
        return bounds[BOUNDS - 1];
    int64_t low = bucket > 0 ? bounds[bucket - 1] : 0;
    return low +
           (bounds[bucket] - low) * (int64_t)(wanted - before) / (int64_t)minute->latency[bucket];
}
