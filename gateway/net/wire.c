/* SPDX-License-Identifier: MIT */
#include "net/wire.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    RECORD_MAX = 16384,       /* bytes of one TLS record */
    DISCARD_STEP = 16 * 1024, /* bytes discarded by one call */
};

bool wire_init(struct wire *wire, int fd, SSL_CTX *tls)
{
    *wire = (struct wire){.fd = fd};
    if (!tls)
        return true;
    wire->ssl = SSL_new(tls);
    if (wire->ssl && SSL_set_fd(wire->ssl, fd) == 1) {
        SSL_set_accept_state(wire->ssl);
        SSL_set_read_ahead(wire->ssl, 1); /* a record by one system call instead of two */
        return true;
    }
    ERR_clear_error();
    wire_close(wire, false);
    return false;
}

/* What a failed OpenSSL call means. The queue of errors is the thread's: one left in it would be
 * taken for the next connection's. */
static enum wire_result tls_result(struct wire *wire, int returned)
{
    int error = SSL_get_error(wire->ssl, returned);
    ERR_clear_error();
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        return WIRE_AGAIN;
    wire->is_broken = error != SSL_ERROR_ZERO_RETURN;
    return WIRE_CLOSED;
}

enum wire_result wire_handshake(struct wire *wire)
{
    int done = SSL_do_handshake(wire->ssl);
    return done == 1 ? WIRE_OK : tls_result(wire, done);
}

static enum wire_result plain_read(struct wire *wire, char *at, size_t room, size_t *got)
{
    ssize_t len;
    do
        len = recv(wire->fd, at, room, 0);
    while (len < 0 && errno == EINTR);
    if (len > 0) {
        *got = (size_t)len;
        /* Less than asked for was all there is, and the next bytes are a new event: one call saved.
         * The end is no new event when this one has announced it. */
        if (*got < room && !wire->closing)
            wire->may_read = false;
        return WIRE_OK;
    }
    if (len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return WIRE_AGAIN;
    wire->is_broken = len < 0;
    return WIRE_CLOSED;
}

enum wire_result wire_read(struct wire *wire, char *at, size_t room, size_t *got)
{
    enum wire_result result;
    if (wire->ssl)
        result = SSL_read_ex(wire->ssl, at, room, got) == 1 ? WIRE_OK : tls_result(wire, 0);
    else
        result = plain_read(wire, at, room, got);
    if (result != WIRE_OK)
        wire->may_read = false;
    return result;
}

/* Head and body leave in one record. A repeated call must not offer less than the one that OpenSSL
 * could not finish: as much as fits a record is always offered. */
static enum wire_result tls_write(struct wire *wire, struct str first, struct str second,
                                  size_t *put)
{
    char record[RECORD_MAX];
    struct str head = str_head(first, sizeof record);
    struct str tail = str_head(second, sizeof record - head.len);
    size_t len = head.len + tail.len;
    if (head.len)
        memcpy(record, head.at, head.len);
    if (tail.len)
        memcpy(record + head.len, tail.at, tail.len);
    bool done = SSL_write_ex(wire->ssl, record, len, put) == 1;
    explicit_bzero(record, len);
    return done ? WIRE_OK : tls_result(wire, 0);
}

static enum wire_result plain_write(struct wire *wire, struct str first, struct str second,
                                    size_t *put)
{
    struct iovec parts[2] = {{(void *)(uintptr_t)first.at, first.len},
                             {(void *)(uintptr_t)second.at, second.len}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = second.len ? 2 : 1};
    ssize_t len;
    do
        len = sendmsg(wire->fd, &message, MSG_NOSIGNAL);
    while (len < 0 && errno == EINTR);
    if (len >= 0) {
        *put = (size_t)len;
        return WIRE_OK;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return WIRE_AGAIN;
    wire->is_broken = true;
    return WIRE_CLOSED;
}

enum wire_result wire_write(struct wire *wire, struct str first, struct str second, size_t *put)
{
    return wire->ssl ? tls_write(wire, first, second, put) : plain_write(wire, first, second, put);
}

void wire_finish(struct wire *wire)
{
    /* One try: a client that does not take its alert does without. */
    if (wire->ssl && !wire->is_broken && SSL_is_init_finished(wire->ssl)) {
        SSL_shutdown(wire->ssl);
        ERR_clear_error();
    }
    shutdown(wire->fd, SHUT_WR);
}

/* Below TLS: what is thrown away need not be decrypted. (MSG_TRUNC without a buffer would drop it
 * inside the kernel, but looks to a sanitizer as if all threads wrote to one place.) */
enum wire_result wire_discard(struct wire *wire)
{
    char nobody_reads[DISCARD_STEP];
    ssize_t len = recv(wire->fd, nobody_reads, sizeof nobody_reads, 0);
    if (len > 0 || (len < 0 && errno == EINTR))
        return WIRE_OK;
    if (len == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
        return WIRE_CLOSED;
    wire->may_read = false;
    return WIRE_AGAIN;
}

bool wire_is_reset(const struct wire *wire)
{
    int error = 0;
    socklen_t len = sizeof error;
    return getsockopt(wire->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0 || error != 0;
}

void wire_close(struct wire *wire, bool reset)
{
    if (reset) {
        struct linger now = {.l_onoff = 1, .l_linger = 0};
        setsockopt(wire->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    SSL_free(wire->ssl);
    close(wire->fd);
    *wire = (struct wire){.fd = -1};
}

static X509 *verified_certificate(const struct wire *wire)
{
    X509 *certificate = wire->ssl ? SSL_get0_peer_certificate(wire->ssl) : NULL;
    return certificate && SSL_get_verify_result(wire->ssl) == X509_V_OK ? certificate : NULL;
}

void wire_common_name(const struct wire *wire, char text[WIRE_NAME_MAX])
{
    X509 *certificate = verified_certificate(wire);
    X509_NAME *subject = certificate ? X509_get_subject_name(certificate) : NULL;
    int at = subject ? X509_NAME_get_index_by_NID(subject, NID_commonName, -1) : -1;
    unsigned char *name = NULL;
    int len =
        at >= 0
            ? ASN1_STRING_to_UTF8(&name, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)))
            : -1;
    text[0] = '\0';
    if (len > 0 && len < WIRE_NAME_MAX && !memchr(name, '\0', (size_t)len)) {
        memcpy(text, name, (size_t)len);
        text[len] = '\0';
    }
    OPENSSL_free(name);
}

void wire_certificate(const struct wire *wire, char text[65])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    text[0] = '\0';
    X509 *certificate = verified_certificate(wire);
    if (!certificate || X509_digest(certificate, EVP_sha256(), digest, &len) != 1 || len != 32)
        return;
    for (unsigned i = 0; i < len; i++) {
        text[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    text[64] = '\0';
}
