/* SPDX-License-Identifier: MIT */
/* consent_check: may a service read by the token that it shows? The token is opened, the
 * certificate of the connection must be the one it is sealed for, and the store is asked on every
 * call, so that a withdrawal holds at the next one, whichever node it came to. Fails closed: no
 * answer of the store, no look-up. */
#ifndef SERVE_CONSENT_CHECK_H
#define SERVE_CONSENT_CHECK_H

#include "serve/worker.h"

/* Whose data the service may read, or why not; borrowed during the callback, what it points to lies
 * in the arena. */
struct consented {
    const struct citizen *citizen;   /* NULL: refused, see problem */
    const struct portal *portal;     /* what the service is to agreements; */
    const struct coverage *coverage; /* both of the worker's snapshot at this moment */
    struct problem problem;
};
typedef void consented_done_fn(void *ctx, const struct consented *consented);

struct consent_check_spec {
    struct worker *worker;
    struct arena *arena;    /* the request's; given back here when the client leaves */
    struct str token;       /* one that consent_token_is */
    struct str certificate; /* of the connection, 64 hex digits; "" none */
    struct str receipt;
};

/* `done` is called once, later or at once, with the exchange still to be answered; never when the
 * client has left first. */
void consent_check_start(const struct consent_check_spec *spec, struct http_exchange *exchange,
                         consented_done_fn *done, void *ctx);

#endif
