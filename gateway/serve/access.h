/* SPDX-License-Identifier: MIT */
/* access: the citizen reads the access record: who had their data, through which portal, when, for
 * what, on whose behalf. Their own records only, found by the token's subject; reading them is
 * recorded too, durably before the answer, as everything that is shown.
 *
 *   GET /v1/access-log?before=RECEIPT&limit=N            newest first, a page at a time
 *   GET /v1/access-log/tracker/findUsage                 the same in the shape of the Estonian data
 *   GET /v1/access-log/tracker/usagePeriod               tracker (v2), without userCode: whose data
 *   GET /v1/access-log/tracker/heartbeat                 it is about is read of the token */
#ifndef SERVE_ACCESS_H
#define SERVE_ACCESS_H

#include "serve/worker.h"

void access_get(struct worker *worker, const struct http_request *request,
                struct http_exchange *exchange);
void access_get_usage(struct worker *worker, const struct http_request *request,
                      struct http_exchange *exchange);
void access_get_period(struct worker *worker, const struct http_request *request,
                       struct http_exchange *exchange);
void access_get_heartbeat(struct worker *worker, const struct http_request *request,
                          struct http_exchange *exchange);

#endif
