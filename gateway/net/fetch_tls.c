/* SPDX-License-Identifier: MIT */
#include "net/fetch_tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "net/address.h"

/* The target's texts are not terminated. */
static char *terminated(struct str text)
{
    return text.at ? strndup(text.at, text.len) : NULL;
}

static const char *trust(SSL_CTX *context, const char *ca, const char *crl)
{
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    if (ca && SSL_CTX_load_verify_file(context, ca) != 1)
        return "its ca file cannot be used";
    if (!crl)
        return NULL;
    X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
    if (!lookup || X509_load_crl_file(lookup, crl, X509_FILETYPE_PEM) < 1)
        return "its revocation list cannot be used";
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    return NULL;
}

static const char *go_as(SSL_CTX *context, const char *certificate, const char *key)
{
    if (certificate && (SSL_CTX_use_certificate_chain_file(context, certificate) != 1 || !key ||
                        SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1 ||
                        SSL_CTX_check_private_key(context) != 1))
        return "our certificate or its key cannot be used";
    return NULL;
}

/* Only a subjectAltName counts, never the common name. */
static void demand_name(SSL_CTX *context)
{
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    X509_VERIFY_PARAM_set_hostflags(SSL_CTX_get0_param(context),
                                    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                                        X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
}

SSL_CTX *fetch_tls_new(const struct fetch_target *target, const char **why)
{
    static const unsigned char either[] = "\x02h2\x08http/1.1", first[] = "\x08http/1.1";
    char *ca = terminated(target->ca_file), *crl = terminated(target->crl_file);
    char *certificate = terminated(target->cert_file), *key = terminated(target->key_file);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    *why = "no memory for TLS";
    if (context && SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1) {
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
        SSL_CTX_set_options(context,
                            SSL_OP_IGNORE_UNEXPECTED_EOF | /* its body tells if it is cut */
                                SSL_OP_NO_RENEGOTIATION);
        SSL_CTX_set_read_ahead(context, 1);
        /* HTTP/2 only where TLS has agreed on it; without reuse it could only mix requests up. */
        SSL_CTX_set_alpn_protos(context, target->no_reuse ? first : either,
                                target->no_reuse ? sizeof first - 1 : sizeof either - 1);
        demand_name(context);
        *why = trust(context, ca, crl);
        if (!*why)
            *why = go_as(context, certificate, key);
    }
    if (*why) {
        SSL_CTX_free(context);
        context = NULL;
    }
    ERR_clear_error();
    free(ca);
    free(crl);
    free(certificate);
    free(key);
    return context;
}

SSL *fetch_tls_connect(SSL_CTX *context, int fd, const char *host)
{
    SSL *ssl = SSL_new(context);
    bool is_literal = address_is_literal(str_of(host));
    X509_VERIFY_PARAM *param = ssl ? SSL_get0_param(ssl) : NULL;
    if (!ssl || SSL_set_fd(ssl, fd) != 1 ||
        (is_literal ? X509_VERIFY_PARAM_set1_ip_asc(param, host)
                    : X509_VERIFY_PARAM_set1_host(param, host, 0)) != 1 ||
        (!is_literal && SSL_set_tlsext_host_name(ssl, host) != 1)) {
        SSL_free(ssl);
        ssl = NULL;
    } else {
        SSL_set_connect_state(ssl);
    }
    ERR_clear_error();
    return ssl;
}
