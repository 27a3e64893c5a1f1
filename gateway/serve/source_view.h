/* SPDX-License-Identifier: MIT */
/* source_view: all that is known of the sources now, for operators: health, the last minute, state
 * in words, certificates. Gathered once, then asked by source. For one thread. */
#ifndef SERVE_SOURCE_VIEW_H
#define SERVE_SOURCE_VIEW_H

#include "base/writer.h"
#include "policy/snapshot.h"
#include "serve/source_words.h"
#include "serve/trend.h"

struct source_view {
    const struct snapshot *snapshot;
    const struct trend *trend;
    const int *certificate_days; /* by route; INT_MAX: it has none; NULL: nothing is known */
    instant now;
    struct wall wall;
    struct health_report *reports; /* sorted by source */
    size_t count, room;
};

/* Takes what health knows into view->reports, in the arena. False: it is full. */
bool source_view_take(struct source_view *view, struct health *health, struct arena *arena)
    __attribute__((warn_unused_result));
/* Of a route of the snapshot. One that nobody has asked yet is well. */
struct health_report source_view_report(const struct source_view *view, const struct route *route);

/* One source as GET /sources tells of it (docs/operations.md). */
void source_view_write(const struct source_view *view, const struct route *route,
                       enum language language, struct writer *w);

#endif
