/* SPDX-License-Identifier: MIT */
/* route: which path and method means what: one table, also for Allow. */
#ifndef SERVE_ROUTE_H
#define SERVE_ROUTE_H

#include "net/http.h"

/* The http_handler_fn of a worker's door; `ctx` is the worker. */
void route_request(void *ctx, const struct http_request *request, struct http_exchange *exchange);

#endif
