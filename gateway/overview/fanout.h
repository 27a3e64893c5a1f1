/* SPDX-License-Identifier: MIT */
/* fanout: the heart: asks every source of the plan at once, each under its own timers, and turns
 * what comes back into parts. Each row settles exactly once, by `settle`; at the deadline what is
 * open settles as LATE and is cancelled. Guard and exposure stand between a source's answer and a
 * part: nothing passes unproven or unjudged.
 *
 * Four promises: on_part and on_end are called later, from the loop, never from inside start, never
 * nested; on_end exactly once, after the last part; nothing after cancel. */
#ifndef OVERVIEW_FANOUT_H
#define OVERVIEW_FANOUT_H

#include "base/uuid.h"
#include "identity/assertion.h"
#include "net/fetch.h"
#include "overview/classification_misses.h"
#include "overview/handle.h"
#include "overview/health.h"
#include "overview/part.h"
#include "overview/showing.h"

/* What one worker's fan-outs share. */
struct fanout_env {
    struct loop *loop;
    struct fetch_pool *pool;
    struct health *health;
    struct uuid_source *uuids;
    struct handle_maker *handles;
    struct arena *scratch;     /* for one answer at a time; reset after each */
    struct arena_pool *arenas; /* for what the parts show; NULL: made anew each time */
    assertion_sign_fn *sign;
    void *sign_ctx;
    struct str assertion_kid;
    struct str certificate; /* x5t#S256 of our client certificate */
    struct str pairwise_key;
    /* A foreign answer has switched an authority (STR_NONE: the whole source) off; NULL: nobody
     * remembers it beyond this process. */
    void (*switched_off)(void *ctx, struct str source, struct str cvr);
    void *switched_ctx;
    struct classification_misses *misses; /* what has no name is counted here; NULL: nowhere */
};

struct fanout_spec {
    const struct snapshot *snapshot; /* held by the caller until the end */
    const struct plan *plan;
    const struct citizen *citizen;
    enum language language;
    struct str receipt;
    struct str traceparent; /* STR_NONE: none */
    enum question_kind kind;
    struct str item_id;              /* DETAIL */
    const struct observer *observer; /* told of each item that is judged; NULL: nobody */
    instant deadline;
    struct arena *arena; /* the request's; holds parts, ids, keys */
};

typedef void fanout_part_fn(void *ctx, const struct part *part);
typedef void fanout_end_fn(void *ctx);

struct fanout;
/* Rows that are not asked are settled at once, without on_part. False: the arena is full or our own
 * token could not be signed; nothing was started. */
bool fanout_start(const struct fanout_env *env, const struct fanout_spec *spec,
                  struct fanout **slot, fanout_part_fn *on_part, fanout_end_fn *on_end, void *ctx)
    __attribute__((warn_unused_result));
void fanout_cancel(struct fanout **slot);

/* One part per row of the plan, in plan order; valid until fanout_clear. */
const struct part *fanout_parts(const struct fanout *fanout);
size_t fanout_part_count(const struct fanout *fanout);
/* With the shadows behind them: for the record, never for the answer. */
size_t fanout_total_count(const struct fanout *fanout);
/* Frees what a fan-out that has ended still holds (the parts' JSON). Empty slot: no-op. */
void fanout_clear(struct fanout **slot);

#endif
