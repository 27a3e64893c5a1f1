/* SPDX-License-Identifier: MIT */
/* overview: GET /v1/overview, the citizen's overview, GET /v1/export, the same as a file, and GET
 * /v1/items/{handle}, one item's detail (asks exactly one source). From the request to a look-up
 * that begins. */
#ifndef SERVE_OVERVIEW_H
#define SERVE_OVERVIEW_H

#include "serve/worker.h"

void overview_get(struct worker *worker, const struct http_request *request,
                  struct http_exchange *exchange);
void export_get(struct worker *worker, const struct http_request *request,
                struct http_exchange *exchange);
void item_get(struct worker *worker, const struct http_request *request,
              struct http_exchange *exchange);

#endif
