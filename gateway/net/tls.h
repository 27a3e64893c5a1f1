/* SPDX-License-Identifier: MIT */
/* tls: OpenSSL contexts for the servers of this project. TLS 1.2 and 1.3, no renegotiation, no
 * compression, ALPN http/1.1 only. Clients' TLS belongs to net/fetch. */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "base/str.h"

typedef struct ssl_ctx_st SSL_CTX;

enum tls_clients {
    TLS_CLIENTS_ANY,      /* no client certificate is asked for */
    TLS_CLIENTS_OPTIONAL, /* asked for; one that is sent must verify */
    TLS_CLIENTS_REQUIRED,
};

struct tls_server_spec {
    const char *cert_file, *key_file; /* PEM, chain included */
    const char *client_ca_file;       /* needed unless TLS_CLIENTS_ANY */
    enum tls_clients clients;
};

/* NULL: *why names the file and what is wrong with it. */
SSL_CTX *tls_server_new(const struct tls_server_spec *spec, const char **why);
void tls_server_free(SSL_CTX **tls);

/* Days until the certificate in the file expires (negative: it has); false: unreadable. */
bool tls_certificate_days(const char *cert_file, int *days) __attribute__((warn_unused_result));
/* SHA-256 of the DER certificate in the PEM file, as base64url without padding (RFC 8705 x5t#S256).
 */
bool tls_certificate_thumbprint(const char *cert_file, char text[44])
    __attribute__((warn_unused_result));

#endif
