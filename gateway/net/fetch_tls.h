/* SPDX-License-Identifier: MIT */
/* fetch_tls: whom a target trusts and as whom we go there, for OpenSSL: TLS 1.2 or later, the roots
 * of its ca_file alone, its revocation list, our certificate, the server's name in a
 * subjectAltName. */
#ifndef NET_FETCH_TLS_H
#define NET_FETCH_TLS_H

#include "net/fetch.h"

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;

/* From the target's files as they are now; NULL: *why tells which cannot be used. No sessions are
 * resumed: a resumed one is not verified again, so a revocation would not be noticed. */
SSL_CTX *fetch_tls_new(const struct fetch_target *target, const char **why);

/* A connection's end, about to shake hands with `host`; NULL: no memory. */
SSL *fetch_tls_connect(SSL_CTX *context, int fd, const char *host);

#endif
