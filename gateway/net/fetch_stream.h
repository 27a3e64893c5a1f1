/* SPDX-License-Identifier: MIT */
/* fetch_stream: bytes to and from a target's server, plain or TLS: the two look the same from
 * above. Non-blocking and watched by the loop. Belongs to the struct it is embedded in. */
#ifndef NET_FETCH_STREAM_H
#define NET_FETCH_STREAM_H

#include <event2/event_struct.h>

#include "net/fetch_server.h"

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;

/* How a connect ends: one of the first two, from the loop or from inside it. */
struct stream_user {
    void (*up)(void *ctx, bool is_h2); /* TLS has agreed on HTTP/2 */
    void (*failed)(void *ctx, enum fetch_status status, const char *why);
    void (*ready)(void *ctx); /* once it is up: what is waited for has come */
};

enum stream_result {
    STREAM_OK,
    STREAM_AGAIN,  /* not before the next event */
    STREAM_END,    /* the server has ended its side */
    STREAM_BROKEN, /* reset */
    STREAM_ALERT,  /* TLS broke it off */
};

struct stream {
    const struct fetch_server *server;
    const struct stream_user *user;
    void *ctx;
    int fd;       /* -1: none */
    SSL *ssl;     /* NULL: plain */
    SSL_CTX *tls; /* our reference */
    enum { STREAM_DOWN, STREAM_CONNECTING, STREAM_SHAKING, STREAM_UP } state;
    struct event event;
    short what;     /* is waited for; 0: nothing */
    size_t address; /* of the server's, the one to try next */
    struct timer patience;
    bool opened;     /* a socket, in this connect */
    bool is_outside; /* an address was refused */
};

void stream_init(struct stream *stream, const struct fetch_server *server,
                 const struct stream_user *user, void *ctx);
/* Tries the server's addresses one after the other. What was open before is closed. `tls`: needed
 * unless the server is a plain one. */
void stream_connect(struct stream *stream, SSL_CTX *tls);
void stream_close(struct stream *stream); /* nothing open: no-op */

/* At most `room` bytes; *got is set with STREAM_OK. */
enum stream_result stream_read(struct stream *stream, char *at, size_t room, size_t *got);
enum stream_result stream_write(struct stream *stream, struct str bytes, size_t *put);
/* Has the server neither said anything that was not read nor gone? What TLS says to itself, such as
 * its tickets, is nothing. */
bool stream_is_silent(struct stream *stream);

/* What `ready` is called for. */
void stream_watch(struct stream *stream, bool readable, bool writable);

#endif
