/* SPDX-License-Identifier: MIT */
/* openapi: GET /openapi.json: the description of the public API (docs/openapi.yaml), the same for
 * everybody. The build turns it into bytes, so that a gateway always serves the one that it was
 * built with. */
#ifndef SERVE_OPENAPI_H
#define SERVE_OPENAPI_H

#include "serve/worker.h"

extern const struct str openapi_document; /* JSON */
extern const char openapi_etag[];         /* with its quotation marks; changes with the document */

void openapi_get(struct worker *worker, const struct http_request *request,
                 struct http_exchange *exchange);

#endif
