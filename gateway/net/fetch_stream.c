/* SPDX-License-Identifier: MIT */
#include "net/fetch_stream.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/die.h"
#include "net/fetch_tls.h"

/* An address that does not answer at all must not cost the others their chance. */
enum { PATIENCE_MS = 150 };

/* ---- the socket ---- */

static void stream_work(struct stream *stream);

static void on_event(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd, (void)what;
    stream_work(ctx);
}

static void wait_for(struct stream *stream, short what)
{
    if (stream->what == what)
        return;
    if (stream->what)
        event_del(&stream->event);
    stream->what = what;
    if (what && (event_assign(&stream->event, loop_base(stream->server->loop), stream->fd,
                              (short)(what | EV_PERSIST), on_event, stream) < 0 ||
                 event_add(&stream->event, NULL) < 0))
        die("a connection cannot be watched");
}

void stream_watch(struct stream *stream, bool readable, bool writable)
{
    wait_for(stream, (short)((readable ? EV_READ : 0) | (writable ? EV_WRITE : 0)));
}

void stream_init(struct stream *stream, const struct fetch_server *server,
                 const struct stream_user *user, void *ctx)
{
    *stream = (struct stream){.server = server, .user = user, .ctx = ctx, .fd = -1};
}

static void close_socket(struct stream *stream)
{
    timer_cancel(stream->server->loop, &stream->patience);
    if (stream->fd < 0)
        return;
    wait_for(stream, 0);
    if (stream->ssl && stream->state == STREAM_UP) {
        SSL_shutdown(stream->ssl); /* one word, whether it is heard or not */
        ERR_clear_error();
    }
    SSL_free(stream->ssl);
    close(stream->fd);
    stream->ssl = NULL;
    stream->fd = -1;
    stream->state = STREAM_DOWN;
    --*stream->server->connections;
}

void stream_close(struct stream *stream)
{
    close_socket(stream);
    SSL_CTX_free(stream->tls);
    stream->tls = NULL;
}

static bool open_socket(struct stream *stream, const struct sockaddr_storage *address)
{
    socklen_t len =
        address->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    int one = 1;
    stream->fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (stream->fd < 0)
        return false;
    ++*stream->server->connections;
    stream->opened = true;
    stream->state = STREAM_CONNECTING;
    setsockopt(stream->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(stream->fd, (const struct sockaddr *)address, len) == 0 || errno == EINPROGRESS)
        return true;
    close_socket(stream);
    return false;
}

/* ---- connecting ---- */

static void connect_next(struct stream *stream, const char *why);

static void on_impatience(void *ctx)
{
    connect_next(ctx, "an address does not answer");
}

/* `why` the address before did not do. */
static void connect_next(struct stream *stream, const char *why)
{
    const struct fetch_server *server = stream->server;
    struct sockaddr_storage address, another;
    close_socket(stream);
    while (fetch_server_address(server, stream->address++, &address)) {
        if (!fetch_server_allows(server, (struct sockaddr *)&address)) {
            stream->is_outside = true;
        } else if (open_socket(stream, &address)) {
            if (fetch_server_address(server, stream->address, &another))
                timer_start(server->loop, &stream->patience,
                            instant_after_ms(loop_now(server->loop), PATIENCE_MS), on_impatience,
                            stream);
            wait_for(stream, EV_WRITE);
            return;
        } else {
            why = "cannot connect";
        }
    }
    bool is_nowhere = stream->is_outside && !stream->opened;
    stream_close(stream);
    stream->user->failed(stream->ctx, is_nowhere ? FETCH_ADDRESS : FETCH_UNREACHABLE, why);
}

static void go_up(struct stream *stream)
{
    const unsigned char *protocol = NULL;
    unsigned len = 0;
    stream->state = STREAM_UP;
    if (stream->ssl)
        SSL_get0_alpn_selected(stream->ssl, &protocol, &len);
    stream->user->up(stream->ctx, len == 2 && memcmp(protocol, "h2", 2) == 0);
}

static void shake(struct stream *stream)
{
    int done = SSL_do_handshake(stream->ssl), error = SSL_get_error(stream->ssl, done);
    if (done == 1) {
        go_up(stream);
    } else if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        wait_for(stream, error == SSL_ERROR_WANT_READ ? EV_READ : EV_WRITE);
    } else {
        bool is_trusted = SSL_get_verify_result(stream->ssl) == X509_V_OK;
        ERR_clear_error();
        stream_close(stream);
        stream->user->failed(stream->ctx, FETCH_TLS,
                             is_trusted ? "the handshake failed" : "its certificate is refused");
    }
}

static void on_connect(struct stream *stream)
{
    int error = 0;
    socklen_t len = sizeof error;
    getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &error, &len);
    if (error != 0) {
        connect_next(stream, "nobody answers there");
        return;
    }
    timer_cancel(stream->server->loop, &stream->patience);
    if (stream->server->is_plain) {
        go_up(stream);
        return;
    }
    stream->state = STREAM_SHAKING;
    stream->ssl = fetch_tls_connect(stream->tls, stream->fd, stream->server->host);
    if (stream->ssl) {
        shake(stream);
    } else {
        stream_close(stream);
        stream->user->failed(stream->ctx, FETCH_TLS, "no memory for TLS");
    }
}

void stream_connect(struct stream *stream, SSL_CTX *tls)
{
    assert(tls || stream->server->is_plain);
    if (tls)
        SSL_CTX_up_ref(tls);
    SSL_CTX_free(stream->tls);
    stream->tls = tls;
    stream->address = 0;
    stream->opened = stream->is_outside = false;
    connect_next(stream, "it has no address");
}

static void stream_work(struct stream *stream)
{
    switch (stream->state) {
    case STREAM_CONNECTING:
        on_connect(stream);
        break;
    case STREAM_SHAKING:
        shake(stream);
        break;
    case STREAM_UP:
        stream->user->ready(stream->ctx);
        break;
    case STREAM_DOWN:
        break;
    }
}

/* ---- bytes ---- */

/* What a failed call of OpenSSL means. Its queue of errors is the thread's: one left in it would be
 * taken for the next connection's. */
static enum stream_result tls_result(struct stream *stream)
{
    int error = SSL_get_error(stream->ssl, 0);
    ERR_clear_error();
    switch (error) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        return STREAM_AGAIN;
    case SSL_ERROR_ZERO_RETURN:
        return STREAM_END;
    default:
        return error == SSL_ERROR_SSL ? STREAM_ALERT : STREAM_BROKEN;
    }
}

static enum stream_result socket_result(ssize_t len, size_t *done)
{
    *done = len > 0 ? (size_t)len : 0;
    if (len >= 0)
        return len > 0 ? STREAM_OK : STREAM_END;
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? STREAM_AGAIN : STREAM_BROKEN;
}

enum stream_result stream_read(struct stream *stream, char *at, size_t room, size_t *got)
{
    if (!stream->ssl)
        return socket_result(recv(stream->fd, at, room, 0), got);
    return SSL_read_ex(stream->ssl, at, room, got) == 1 ? STREAM_OK : tls_result(stream);
}

enum stream_result stream_write(struct stream *stream, struct str bytes, size_t *put)
{
    if (!stream->ssl)
        return socket_result(send(stream->fd, bytes.at, bytes.len, MSG_NOSIGNAL), put);
    return SSL_write_ex(stream->ssl, bytes.at, bytes.len, put) == 1 ? STREAM_OK
                                                                    : tls_result(stream);
}

bool stream_is_silent(struct stream *stream)
{
    char byte;
    size_t got;
    if (!stream->ssl)
        return socket_result(recv(stream->fd, &byte, 1, MSG_PEEK), &got) == STREAM_AGAIN;
    return SSL_peek_ex(stream->ssl, &byte, 1, &got) != 1 && tls_result(stream) == STREAM_AGAIN;
}
