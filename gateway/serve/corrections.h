/* SPDX-License-Identifier: MIT */
/* corrections: POST /v1/corrections: a citizen says that something is wrong, about an item or a
 * source of their own. It goes to the authority's own endpoint, or the answer is whom to write to.
 * The record says that a correction was sent, to whom, when, and how that ended; nothing of what it
 * says stays here. Sent once: who wants it sent again says so, by the same Idempotency-Key. */
#ifndef SERVE_CORRECTIONS_H
#define SERVE_CORRECTIONS_H

#include "serve/worker.h"

void corrections_post(struct worker *worker, const struct http_request *request,
                      struct http_exchange *exchange);

#endif
