/* SPDX-License-Identifier: MIT */
/* mandate_check: may the one who logged in act for the one whom the field Act-For means? The source
 * of the mandate is asked on every call, and the answer is recorded, a refusal too. Fails closed:
 * no answer of the source, nothing of another is planned.
 *
 * The handle is what GET /v1/mandates gave: made like those of items, bound to the one who logged
 * in.
 */
#ifndef SERVE_MANDATE_CHECK_H
#define SERVE_MANDATE_CHECK_H

#include "serve/mandate_call.h"

/* Who is acted for, or why not; borrowed during the callback, what it points to lies in the arena.
 */
struct acting {
    const struct citizen *citizen;   /* NULL: refused, see problem */
    const struct coverage *coverage; /* of the worker's snapshot at this moment */
    struct problem problem;
    enum level level; /* with PROBLEM_LEVEL: what is needed */
};
typedef void acting_done_fn(void *ctx, const struct acting *acting);

struct mandate_check_spec {
    struct worker *worker;
    struct arena *arena; /* the request's; given back here when the client leaves */
    const struct citizen *actor;
    struct str handle, receipt, traceparent;
};

/* `done` is called once, later or at once, with the exchange still to be answered; never when the
 * client has left first. */
void mandate_check_start(const struct mandate_check_spec *spec, struct http_exchange *exchange,
                         acting_done_fn *done, void *ctx);

/* ---- handles ---- */

/* A mandate of a service, or what the token says of this giver (`id` STR_NONE), as the actor's
 * handle. STR_NONE: arena full. */
struct str mandate_handle_make(struct worker *worker, struct arena *arena, const struct cpr *actor,
                               const struct mandate_service *service, const struct cpr *giver,
                               struct str id);

/* What the token's privileges say about this giver; *count 0: nothing. False: arena full. */
bool mandate_token_groups(struct arena *arena, const struct citizen *actor, const struct cpr *giver,
                          const struct privilege_group **groups, size_t *count)
    __attribute__((warn_unused_result));

/* Writes the line of `mandate_record` and hands it to the access log. */
void mandate_note(struct worker *worker, const struct mandate_call_spec *spec,
                  const struct mandate_reply *reply, struct str reference, struct str state);

#endif
