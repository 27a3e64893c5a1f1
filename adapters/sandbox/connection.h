/* SPDX-License-Identifier: MIT */
/* connection: one connection of a sandbox authority: TLS handshake, then request after request by
 * HTTP/1.1, each answered by a transfer that it follows to the letter. */
#ifndef SANDBOX_CONNECTION_H
#define SANDBOX_CONNECTION_H

#include "adapters/sandbox/transfer.h"
#include "net/http_parse.h"
#include "net/loop.h"

typedef struct ssl_ctx_st SSL_CTX;

/* A whole request; `certificate` is the client's SHA-256 in hex, "" without one. */
struct sandbox_call {
    const struct http_head *head;
    struct str body, certificate;
    unsigned connections; /* open at the server, this one too */
};

/* Whose connections they are. */
struct sandbox_connections {
    struct loop *loop;
    void (*answer)(void *ctx, const struct sandbox_call *call, struct sandbox_transfer *transfer);
    void *ctx;
    struct sandbox_connection *first;
    unsigned open;
    unsigned long accepted, departed; /* departed: the client left before it had its answer */
};

/* Takes over `fd`, which does not block. `tls` NULL: plain. */
void sandbox_connection_start(struct sandbox_connections *owner, int fd, SSL_CTX *tls);
/* Accepted and left alone, until it is closed with the others or the client leaves. */
void sandbox_connection_ignore(struct sandbox_connections *owner, int fd);
void sandbox_connections_close(struct sandbox_connections *owner);

#endif
