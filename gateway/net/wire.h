/* SPDX-License-Identifier: MIT */
/* wire: the bytes to and from one client, non-blocking, plain or TLS: the two look the same from
 * above. Belongs to the struct it is embedded in. */
#ifndef NET_WIRE_H
#define NET_WIRE_H

#include "base/str.h"

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;

enum wire_result {
    WIRE_OK,
    WIRE_AGAIN,  /* nothing more until the socket's next event */
    WIRE_CLOSED, /* the client has ended its side (half is enough), or the connection is broken */
};

struct wire {
    int fd;
    SSL *ssl;      /* NULL: plain */
    bool may_read; /* bytes may be waiting: set by the owner at each readable event */
    bool closing;  /* the socket's event said that the client has ended its side */
    bool is_broken;
};

/* Takes over the non-blocking socket `fd`, also when it fails for want of memory. */
bool wire_init(struct wire *wire, int fd, SSL_CTX *tls) __attribute__((warn_unused_result));
enum wire_result wire_handshake(struct wire *wire); /* TLS only */

/* At most `room` bytes; *got is set with WIRE_OK. */
enum wire_result wire_read(struct wire *wire, char *at, size_t room, size_t *got);
/* As much of the two parts, one after the other, as fits; *put is set with WIRE_OK. */
enum wire_result wire_write(struct wire *wire, struct str first, struct str second, size_t *put);

/* Says that nothing more comes from us; what the client still sends is then only discarded. */
void wire_finish(struct wire *wire);
enum wire_result wire_discard(struct wire *wire); /* a piece of it */

/* Has the client reset the connection, as far as the kernel knows without reading? */
bool wire_is_reset(const struct wire *wire);

/* `reset`: by RST, so that the client cannot take what came for a whole answer. */
void wire_close(struct wire *wire, bool reset);

/* SHA-256 of the verified client certificate as 64 hex digits and NUL; "" when there is none. */
void wire_certificate(const struct wire *wire, char text[65]);
/* The first common name of its subject, as UTF-8; "" when there is none, or it is longer or holds a
 * NUL. */
enum { WIRE_NAME_MAX = 128 };
void wire_common_name(const struct wire *wire, char text[WIRE_NAME_MAX]);

#endif
