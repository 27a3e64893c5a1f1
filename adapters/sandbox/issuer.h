/* SPDX-License-Identifier: MIT */
/* issuer: publishes the keys of the sandbox's demo tokens as an OpenID provider does: discovery and
 * JWKS, nothing more. It reads jwks.json for each request, so that keys can change under way. */
#ifndef SANDBOX_ISSUER_H
#define SANDBOX_ISSUER_H

#include "net/http.h"

struct sandbox_issuer {
    const char *jwks_file;
    char issuer[256]; /* `iss` of the tokens */
    char base[64];    /* where this server is: "https://localhost:41007" */
};

/* The door's handler; ctx: struct sandbox_issuer. */
void sandbox_issuer_handle(void *ctx, const struct http_request *request,
                           struct http_exchange *exchange);

#endif
