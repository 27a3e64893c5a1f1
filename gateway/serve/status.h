/* SPDX-License-Identifier: MIT */
/* status: is the process alive, and may a load balancer send it requests? */
#ifndef SERVE_STATUS_H
#define SERVE_STATUS_H

#include "serve/worker.h"

/* 200 as long as the worker turns. */
void status_get_health(struct worker *worker, const struct http_request *request,
                       struct http_exchange *exchange);
/* 200 when keys are loaded, the access log is well and nothing drains; else 503 with the reasons.
 */
void status_get_readiness(struct worker *worker, const struct http_request *request,
                          struct http_exchange *exchange);

#endif
