/* SPDX-License-Identifier: MIT */
/* call: one row of the plan being asked, from the claim of a place at its source to its one
 * outcome: pages, a retry or a hedge at most once, guard and exposure over each page. Private to
 * overview/fanout, which starts all calls of an overview at once. */
#ifndef OVERVIEW_CALL_H
#define OVERVIEW_CALL_H

#include "overview/fanout.h"
#include "overview/output_item.h"

struct call;

/* What the calls of one fan-out have in common. */
struct call_group {
    struct fanout_env env;
    struct fanout_spec spec;
    struct str authorization; /* header line with our assertion */
    size_t row_memory_max;    /* of what one row shows: no source takes another's room */
    size_t row_json_max;
    struct output_context output;
    void (*settled)(void *ctx, struct call *call); /* it has its outcome: once, also from inside
                                                    * call_start */
    void *ctx;
};

enum { CALL_LEGS = 2 };

/* One of at most two calls for the same page: the second is a hedge. A retry takes the place of the
 * one that failed. */
struct leg {
    struct call *call;
    struct fetch *fetch;     /* slot; NULL: not under way */
    struct attempt *attempt; /* in the part's timeline; NULL: that is full */
    struct buf body;         /* the question's bytes, which the fetch borrows */
    struct str request_id;   /* proves the answer */
    instant started;
};

/* What is under way for one row. Lives in the request's arena; its members are call.c's, but for
 * the last one. */
struct call {
    struct call_group *group;
    struct part *part;
    const struct rules *rules;
    struct leg legs[CALL_LEGS];
    struct timer hedge;
    struct health_entry *health; /* claimed; NULL: not (any more) */
    struct breaker_pass pass;
    bool is_hedged;   /* holds a second place among the calls in flight */
    bool is_repeated; /* by a retry or a hedge: once a row */
    instant done_by;  /* of the whole row, computed once */
    struct question question;
    struct str handle_source;  /* "source" or "source/municipality": what a handle names */
    struct call *settled_next; /* of those whose settling is not told yet */
};

void call_init(struct call *call, struct call_group *group, struct part *part);
/* Claims a place at the source and asks; or settles as what stands in the way. */
void call_start(struct call *call);
/* The overview's deadline has come: it settles as LATE, which is nobody's failure. */
void call_give_up(struct call *call, const char *why);
/* What is under way ends without an outcome, what is claimed is given back. Settled: no-op. */
void call_cancel(struct call *call);

#endif
