/* SPDX-License-Identifier: MIT */
/* control: the sandbox's control port, plain HTTP on loopback: POST /faults (rules.h) asks for one,
 * GET /faults lists those in force, DELETE /faults ends them, GET /calls tells what each authority
 * was asked. A fault is in force when its answer leaves. */
#ifndef SANDBOX_CONTROL_H
#define SANDBOX_CONTROL_H

#include "adapters/sandbox/server.h"
#include "net/http.h"

struct sandbox_control {
    struct sandbox_world *world;
    struct sandbox_server **servers; /* of all authorities */
    size_t server_count;
};

/* The door's handler; ctx: struct sandbox_control. */
void sandbox_control_handle(void *ctx, const struct http_request *request,
                            struct http_exchange *exchange);

#endif
