/* SPDX-License-Identifier: MIT */
/* session: who asks: the bearer token of a request becomes a citizen, or a 401 that is the same for
 * every reason; the reason goes to the log. */
#ifndef SERVE_SESSION_H
#define SERVE_SESSION_H

#include "serve/worker.h"

/* NULL: *problem says what to answer (401, or 503 while no keys are known). The citizen lies in the
 * arena. */
const struct citizen *session_citizen(struct worker *worker, const struct http_request *request,
                                      struct arena *arena, struct str receipt,
                                      struct problem *problem);

/* The token of a request, borrowed; STR_NONE: none, or several. */
struct str session_token(const struct http_request *request);
/* What is answered to a token that is not good, whatever `why`, which goes to the log. */
struct problem session_refusal(struct worker *worker, struct str receipt, struct str why);

/* Which portal asks, of the worker's snapshot, by the citizen's token and the certificate of the
 * connection ("" none). False: none that may; *problem says why. */
bool session_portal(struct worker *worker, const struct citizen *citizen, struct str certificate,
                    const struct portal **portal, struct problem *problem)
    __attribute__((warn_unused_result));

/* The challenge that goes with a 401 (RFC 6750, 3). */
struct http_field session_challenge(void);
/* Did the actor log in no longer ago than this? Who cannot say when did not. */
bool session_is_fresh(const struct citizen *citizen, struct wall now, int64_t max_age_s);
/* The challenge that asks for a login that is no older (RFC 9470, 3). */
struct http_field session_age_challenge(struct arena *arena, int64_t max_age_s);

/* The challenge that asks for a higher level (RFC 9470, 3). */
struct http_field session_level_challenge(struct arena *arena, enum level level);

#endif
