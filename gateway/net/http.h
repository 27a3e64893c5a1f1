/* SPDX-License-Identifier: MIT */
/* http: the door: HTTP/1.1 connections on the loop, plain or TLS. Deadlines are total, limits are
 * settings, a client that leaves (also half-closing) is noticed at once.
 *
 * A handler gets each request once and owes it exactly one reply: at once, or later after
 * http_keep. The request's bytes stay where they are until the reply has been handed over.
 * Malformed requests and those with a personal number in their target are refused before a handler
 * sees them; no target is ever logged. The process must ignore SIGPIPE (TLS writes raise it). */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "net/http_parse.h"
#include "net/loop.h"

typedef struct ssl_ctx_st SSL_CTX;

/* X(name, default, minimum, maximum, unit): the door's settings; policy/settings.h takes the table
 * over, so that name, bounds and help stand once. */
#define HTTP_SETTINGS(X)                                                                           \
    X(request_line_max, 8192, 1024, 65536, "bytes of a request line")                              \
    X(header_max, 24576, 2048, 262144, "bytes of all header fields of a request")                  \
    X(fields_max, 100, 10, 100, "header fields of a request")                                      \
    X(body_max, 65536, 0, 1048576, "bytes of a request body")                                      \
    X(tls_handshake_ms, 10000, 100, 60000, "time for a TLS handshake")                             \
    X(head_ms, 10000, 100, 60000, "time for a request's head, in all")                             \
    X(body_ms, 10000, 100, 60000, "time for a request's body, in all")                             \
    X(idle_ms, 30000, 100, 600000, "time between two requests")                                    \
    X(write_stall_ms, 10000, 100, 60000, "time a client may take no byte of its answer")           \
    X(connection_ms, 3600000, 1000, 86400000, "life of a connection")                              \
    X(linger_ms, 300, 10, 5000, "draining after a refusal")                                        \
    X(connections_max, 10000, 10, 200000, "connections per worker")                                \
    X(connections_per_address, 1000, 1, 200000, "connections per client address and worker")       \
    X(unsent_max, 16777216, 65536, 268435456, "bytes of an answer waiting for its client")

struct http_settings {
#define X(name, standard, least, most, help) int64_t name;
    HTTP_SETTINGS(X)
#undef X
};
struct http_settings http_settings_standard(void);

struct http_server;
struct http_exchange; /* one request and the reply it is owed */

/* What a handler sees; valid until the exchange's reply is handed over or its on_gone returns. */
struct http_request {
    const struct http_head *head;
    struct str body;
    struct str peer; /* address of the connection's other end, text */
    bool is_tls;
    struct str client_certificate; /* SHA-256 of the client certificate, 64 hex digits; "" none */
    struct str client_name;        /* common name of its subject; "" none */
    bool is_local;                 /* came by a Unix socket, */
    unsigned uid;                  /* from a process of this user, as the kernel says */
};

typedef void http_handler_fn(void *ctx, const struct http_request *request,
                             struct http_exchange *exchange);

struct http_server *http_server_new(struct loop *loop, const struct http_settings *settings,
                                    http_handler_fn *handler, void *ctx);
/* Listens on `address` ("127.0.0.1", "::1") and `port` (0: the kernel chooses; see *bound), with
 * SO_REUSEPORT where several workers share the port. `tls` NULL: plain. May be called more than
 * once. False: *why is a text for the operator. */
bool http_server_listen(struct http_server *server, const char *address, uint16_t port,
                        bool reuse_port, SSL_CTX *tls, uint16_t *bound, const char **why)
    __attribute__((warn_unused_result));
/* Listens on a Unix socket at `path`, which only the process's own user (and root) may open. One
 * that a process left behind there is replaced; anything else is not. It is removed at the end. */
bool http_server_listen_local(struct http_server *server, const char *path, const char **why)
    __attribute__((warn_unused_result));
/* Stops accepting and closes idle connections; those with a request under way end after it. */
void http_server_drain(struct http_server *server);
bool http_server_is_idle(const struct http_server *server);
/* Closes everything; on_gone is called for every kept exchange. Not from a handler or on_gone. */
void http_server_free(struct http_server **server);

struct http_counters {
    uint64_t accepted, refused, requests, malformed, departed, timed_out, open;
};
struct http_counters http_server_counters(const struct http_server *server);
/* How many replies of this HTTP status have begun. From any thread. */
uint64_t http_server_replies(const struct http_server *server, int status);

/* Keeps the exchange beyond the handler: *slot = exchange. When the client leaves before the reply
 * is complete, *slot is cleared, then on_gone(ctx) is called once; no reply is owed any more. When
 * the reply has been handed over, *slot is cleared without a call. Kept once more, it goes over to
 * the new holder: the former slot is cleared without a call. */
void http_keep(struct http_exchange *exchange, struct http_exchange **slot, loop_fn *on_gone,
               void *ctx);

/* The whole reply. Takes over the bytes of `body` (NULL: none); `fields` are borrowed.
 * Content-Length, Date and Connection are added here. */
void http_reply(struct http_exchange *exchange, int status, const struct http_field *fields,
                size_t field_count, struct buf *body);
/* problem+json, in `language`, with its Retry-After and its receipt (STR_NONE: none yet), and
 * `fields` beside. */
void http_reply_problem(struct http_exchange *exchange, const struct problem *problem,
                        enum language language, struct str receipt, const struct http_field *fields,
                        size_t field_count);

/* A reply in pieces: chunked towards HTTP/1.1, ended by closing towards HTTP/1.0. What is written
 * in one turn of the loop leaves together. A client that does not read past unsent_max is closed.
 */
void http_stream_start(struct http_exchange *exchange, int status, const struct http_field *fields,
                       size_t field_count);
void http_stream_write(struct http_exchange *exchange, struct str bytes); /* copied */
void http_stream_end(struct http_exchange *exchange);
/* Breaks the reply off so that the client notices (no last chunk). */
void http_stream_abort(struct http_exchange *exchange);

struct str http_reason(int status); /* "Not Found" */

#endif
