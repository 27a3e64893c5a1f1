/* SPDX-License-Identifier: MIT */
/* mandate_call: asks one service who may act for whom, under the service's own deadline. Nothing is
 * remembered between two calls: what was true a second ago proves nothing now.
 *
 * `done` is called once, later, from the loop, unless the slot is cancelled first. */
#ifndef SERVE_MANDATE_CALL_H
#define SERVE_MANDATE_CALL_H

#include "adapters/digital_fuldmagt.h"
#include "serve/worker.h"

struct mandate_call;

/* All of it is borrowed until the end; the snapshot is the one that holds the service. */
struct mandate_call_spec {
    struct worker *worker;
    struct arena *arena;
    const struct snapshot *snapshot;
    const struct mandate_service *service;
    const struct citizen *actor; /* who logged in */
    struct cpr giver;            /* CPR_NONE: all mandates that the actor has or gave */
    struct str receipt, traceparent;
};

/* The list lies in the arena. */
struct mandate_reply {
    enum outcome outcome; /* ANSWERED, EMPTY; else nothing is known */
    struct mandate_list list;
    const char *why; /* constant; NULL: all is well */
    int64_t elapsed_ms;
};
typedef void mandate_done_fn(void *ctx, const struct mandate_reply *reply);

void mandate_call_start(const struct mandate_call_spec *spec, struct mandate_call **slot,
                        mandate_done_fn *done, void *ctx);
void mandate_call_cancel(struct mandate_call **slot);

#endif
