/* SPDX-License-Identifier: MIT */
/* routes: which page is where: one table. */
#ifndef PORTAL_ROUTES_H
#define PORTAL_ROUTES_H

#include "net/http.h"

/* The door's handler; `ctx` is the portal. */
void routes_handle(void *ctx, const struct http_request *request, struct http_exchange *exchange);

#endif
