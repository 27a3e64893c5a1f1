/* SPDX-License-Identifier: MIT */
/* consents: GET and POST /v1/consents and DELETE /v1/consents/{id}: a citizen's own consents, given
 * to services and taken back. Each is on record before anything is answered or changed, and what is
 * answered is durable. */
#ifndef SERVE_CONSENTS_H
#define SERVE_CONSENTS_H

#include "serve/worker.h"

void consents_get(struct worker *worker, const struct http_request *request,
                  struct http_exchange *exchange);
void consents_post(struct worker *worker, const struct http_request *request,
                   struct http_exchange *exchange);
void consents_delete(struct worker *worker, const struct http_request *request,
                     struct http_exchange *exchange);

#endif
