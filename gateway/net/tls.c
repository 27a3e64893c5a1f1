/* SPDX-License-Identifier: MIT */
#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>

#include "base/base64url.h"

enum { WHY_MAX = 400 };

/* OpenSSL's own words for the first error in its queue, the cause of the others; it then forgets.
 */
static const char *cause(void)
{
    unsigned long error = ERR_peek_error();
    const char *words =
        ERR_SYSTEM_ERROR(error) ? strerror(ERR_GET_REASON(error)) : ERR_reason_error_string(error);
    ERR_clear_error();
    return words ? words : "it cannot be used";
}

/* Valid until the thread's next failure. */
static const char *because(const char *what, const char *file)
{
    static _Thread_local char why[WHY_MAX];
    snprintf(why, sizeof why, "%s %.200s: %s", what, file, cause());
    return why;
}

/* http/1.1 is all we speak: a client that wants something else hears so at once. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                           const unsigned char *in, unsigned in_len, void *ctx)
{
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *chosen;
    (void)ssl, (void)ctx;
    if (SSL_select_next_proto(&chosen, out_len, ours, sizeof ours - 1, in, in_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static bool clients_load(SSL_CTX *tls, const struct tls_server_spec *spec)
{
    if (spec->clients == TLS_CLIENTS_ANY)
        return true;
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(spec->client_ca_file);
    if (!names || SSL_CTX_load_verify_file(tls, spec->client_ca_file) != 1) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        return false;
    }
    SSL_CTX_set_client_CA_list(tls, names);
    SSL_CTX_set_verify(
        tls,
        SSL_VERIFY_PEER |
            (spec->clients == TLS_CLIENTS_REQUIRED ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
        NULL);
    return true;
}

static void harden(SSL_CTX *tls)
{
    /* Resumed sessions must not cross from one server's clients to another's. */
    static const unsigned char session_context[] = "overblik";
    SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
    SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_CLEANSE_PLAINTEXT);
    /* Idle connections hold no buffers. */
    SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_id_context(tls, session_context, sizeof session_context - 1);
    SSL_CTX_set_alpn_select_cb(tls, choose_protocol, NULL);
}

SSL_CTX *tls_server_new(const struct tls_server_spec *spec, const char **why)
{
    ERR_clear_error();
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    if (!tls) {
        *why = because("TLS", "context");
        return NULL;
    }
    harden(tls);
    *why = NULL;
    if (SSL_CTX_use_certificate_chain_file(tls, spec->cert_file) != 1)
        *why = because("certificate", spec->cert_file);
    else if (SSL_CTX_use_PrivateKey_file(tls, spec->key_file, SSL_FILETYPE_PEM) != 1)
        *why = because("private key", spec->key_file);
    else if (!clients_load(tls, spec))
        *why = because("client CA", spec->client_ca_file);
    if (!*why)
        return tls;
    SSL_CTX_free(tls);
    return NULL;
}

void tls_server_free(SSL_CTX **tls)
{
    SSL_CTX_free(*tls);
    *tls = NULL;
}

static X509 *certificate_read(const char *cert_file)
{
    FILE *file = fopen(cert_file, "re");
    X509 *certificate = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
    if (file)
        fclose(file);
    ERR_clear_error();
    return certificate;
}

bool tls_certificate_days(const char *cert_file, int *days)
{
    X509 *certificate = certificate_read(cert_file);
    int seconds;
    bool known =
        certificate && ASN1_TIME_diff(days, &seconds, NULL, X509_get0_notAfter(certificate)) == 1;
    if (known && seconds < 0)
        --*days; /* a part of a day over is over */
    X509_free(certificate);
    return known;
}

bool tls_certificate_thumbprint(const char *cert_file, char text[44])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    X509 *certificate = certificate_read(cert_file);
    bool known = certificate && X509_digest(certificate, EVP_sha256(), digest, &len) == 1;
    X509_free(certificate);
    if (!known || len != 32)
        return false;
    base64url_encode(digest, len, text);
    text[43] = '\0';
    return true;
}
