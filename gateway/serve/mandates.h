/* SPDX-License-Identifier: MIT */
/* mandates: GET /v1/mandates: whom I may act for and who may act for me, as their sources say it
 * now, with an honest state for each of them; and what each mandate opens. Nothing leaves before
 * the look at it is on record. */
#ifndef SERVE_MANDATES_H
#define SERVE_MANDATES_H

#include "serve/worker.h"

void mandates_get(struct worker *worker, const struct http_request *request,
                  struct http_exchange *exchange);

#endif
