/* SPDX-License-Identifier: MIT */
/* http_internal: what the files behind http.h share. http.c has the server (listening, limits, the
 * lists), http_connection.c one connection's states, http_exchange.c one request and its reply.
 *
 * Replies and streams only take notes in the exchange. connection_work alone reads, calls handlers
 * and writes; it runs from the socket's event or at the end of the turn, and it is the only way for
 * a connection to end but its deadline and the server's own end. */
#ifndef NET_HTTP_INTERNAL_H
#define NET_HTTP_INTERNAL_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdatomic.h>

#include "net/clients.h"
#include "net/http.h"
#include "net/http_message.h"
#include "net/wire.h"

enum { HTTP_STATUS_FIRST = 100, HTTP_STATUSES = 500 };

enum connection_state {
    CONNECTION_HANDSHAKE, /* TLS is being agreed on */
    CONNECTION_IDLE,      /* no byte of a next request; no exchange */
    CONNECTION_HEAD,      /* some bytes of a head */
    CONNECTION_BODY,      /* a head, waiting for the rest of its body */
    CONNECTION_HANDLING,  /* the handler has the request and owes the reply */
    CONNECTION_REPLYING,  /* bytes of the reply are to be sent, or more of a stream may come */
    CONNECTION_DRAINING,  /* all is sent and FIN too; discarding until the client ends its side */
};

enum reply {
    REPLY_NONE,
    REPLY_STREAMING, /* begun, more may come */
    REPLY_WHOLE,     /* all of it is in out and body */
    REPLY_ABORTED,   /* what is in out is all that will come, and it is not whole */
    REPLY_OVERFLOWN, /* more than unsent_max waits for the client */
};

struct http_exchange {
    struct http_connection *connection; /* NULL: spare */
    struct http_exchange *next_spare;

    /* Bytes as they came: [begin, body_at) is the head, body_len bytes of body behind it, [raw,
     * in.len) is not read yet: chunks still to be decoded, then the next request. The bytes stay
     * where they are while the handler has them. */
    struct buf in;
    size_t begin, body_at, body_len, raw;
    size_t parsed; /* bytes of the head that have been looked at without finding its end */
    struct http_head head;
    const char *parsed_at; /* where the buffer lay when head was parsed: it moves when it grows */
    struct http_chunks chunks;
    struct http_request request;

    enum reply reply;
    bool keep_alive; /* the connection goes on after this reply */
    struct buf out;  /* heads and streams, */
    struct buf body; /* then a whole reply's body */
    size_t sent;     /* of both together */

    struct http_exchange **slot; /* the owner's, while it keeps the exchange */
    loop_fn *on_gone;
    void *gone_ctx;
};

/* Who is at the other end. */
struct connection_peer {
    char address[INET6_ADDRSTRLEN];
    bool is_local;
    unsigned uid;
};

struct http_connection {
    struct http_server *server;
    struct http_connection *previous, *next; /* in list */
    struct connection_list *list;
    struct wire wire;
    struct event event;
    struct timer timer;
    struct deferred work;
    struct http_exchange *exchange; /* NULL: idle, or done with requests */
    struct client *client;
    instant ends; /* no further request from then on */
    enum connection_state state;
    enum connection_state timed; /* the state the timer was started for, */
    bool is_timed;               /* if it was; cleared by progress that earns a new deadline */
    bool in_handler;
    struct connection_peer peer;
    char certificate[65];
    char name[WIRE_NAME_MAX];
};

struct connection_list {
    struct http_connection *first, *last;
};

struct http_server {
    struct loop *loop;
    struct http_settings settings;
    struct http_limits limits;
    http_handler_fn *handler;
    void *ctx;
    struct listener *listeners;
    struct timer resume; /* running while the listeners are paused */
    bool is_short;       /* that has been logged, and nobody accepted since */
    struct deferred drain;
    bool is_draining;
    bool is_calling; /* a handler or on_gone is running: not the time to free the server */
    struct connection_list idle; /* the longest idle first */
    struct connection_list busy;
    struct http_exchange *spare;
    size_t spare_count;
    struct clients *clients;
    struct http_counters counters;
    _Atomic uint64_t replies[HTTP_STATUSES]; /* written by the loop's thread alone */
    int64_t date_s;
    char date[HTTP_DATE_TEXT];
};

/* --- http.c --------------------------------------------------------------------------------------
 */

void connection_list_move(struct http_connection *connection, struct connection_list *to);
/* A connection has ended: room for another. */
void server_resume(struct http_server *server);

/* --- http_connection.c ---------------------------------------------------------------------------
 */

/* Takes over fd and the client's count; who is at the other end is copied. False: no memory, and
 * both are given back. */
bool connection_start(struct http_server *server, int fd, SSL_CTX *tls, struct client *client,
                      const struct connection_peer *peer);
/* Ends it now: tells the owner of a kept exchange, frees. The last thing a caller does with it. */
void connection_close(struct http_connection *connection, bool reset);
/* All that can be done now. May end the connection: the last thing a caller does with it. */
void connection_work(void *connection);
/* Something has been noted in the exchange: connection_work follows, at the latest at the end of
 * the turn. */
void connection_wake(struct http_connection *connection);

/* --- http_exchange.c -----------------------------------------------------------------------------
 */

struct http_exchange *exchange_take(struct http_connection *connection);
void exchange_release(struct http_exchange *exchange);
void exchange_free_spares(struct http_server *server);
/* Makes ready for the next request; true when bytes of it are there already. */
bool exchange_renew(struct http_exchange *exchange);
/* The door's own refusal, after which the connection ends. `is_read`: the head is, so that the
 * language can be the client's. */
void exchange_refuse(struct http_exchange *exchange, const struct problem *problem, bool is_read);
/* Clears the owner's slot; returns whom to tell, or NULL. */
loop_fn *exchange_disown(struct http_exchange *exchange, void **ctx);

static inline struct str exchange_unsent_out(const struct http_exchange *exchange)
{
    return str_skip(buf_str(&exchange->out), exchange->sent);
}

static inline struct str exchange_unsent_body(const struct http_exchange *exchange)
{
    size_t before = exchange->out.len;
    return str_skip(buf_str(&exchange->body),
                    exchange->sent > before ? exchange->sent - before : 0);
}

#endif
