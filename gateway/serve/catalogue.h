/* SPDX-License-Identifier: MIT */
/* catalogue: GET /v1/sources: who is asked and for what, in Danish and English, and what an
 * overview is not. Holds nothing about persons and needs no token. */
#ifndef SERVE_CATALOGUE_H
#define SERVE_CATALOGUE_H

#include "serve/worker.h"

void catalogue_get(struct worker *worker, const struct http_request *request,
                   struct http_exchange *exchange);
/* The body; pure. `today`: what municipalities show begins on dates. */
void catalogue_write(const struct snapshot *snapshot, struct date today, struct buf *out);

#endif
