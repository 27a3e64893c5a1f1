/* SPDX-License-Identifier: MIT */
/* correction_call: one letter to one authority, over a connection of its own: once, never again.
 * Its bytes are overwritten when the answer has come.
 *
 * `done` is called once, later, from the loop, unless the slot is cancelled first. */
#ifndef SERVE_CORRECTION_CALL_H
#define SERVE_CORRECTION_CALL_H

#include "serve/correction.h"
#include "serve/worker.h"

struct correction_call;

/* All of it is borrowed until the end; the snapshot is the one that holds route and endpoint. */
struct correction_call_spec {
    struct worker *worker;
    struct arena *arena;
    const struct snapshot *snapshot;
    const struct correction_endpoint *endpoint;
    const struct route *route; /* of the source that is corrected */
    const struct citizen *citizen;
    struct correction_letter letter;
    struct str receipt, traceparent;
};

struct correction_reply {
    enum outcome outcome;   /* ANSWERED: the authority has it; REFUSED, BUSY: it has not taken it */
    bool is_unsent;         /* no byte of it can have left; else, when not ANSWERED, nobody knows */
    struct str receipt;     /* the authority's, in the arena; STR_NONE: none */
    unsigned retry_after_s; /* 0: not said */
    const char *why;        /* constant; NULL: an answer came */
};
typedef void correction_done_fn(void *ctx, const struct correction_reply *reply);

/* False: the letter finds no room; nothing was started. */
bool correction_call_start(const struct correction_call_spec *spec, struct correction_call **slot,
                           correction_done_fn *done, void *ctx) __attribute__((warn_unused_result));
void correction_call_cancel(struct correction_call **slot);

#endif
