/* SPDX-License-Identifier: MIT */
#include "counted.h"
#include "world.h"

#include "base/die.h"

void http_keep(struct http_exchange *exchange, struct http_exchange **slot, loop_fn *on_gone,
               void *ctx)
{
    (void)on_gone, (void)ctx; /* nobody leaves */
    if (exchange->slot)
        *exchange->slot = NULL;
    *slot = exchange;
    exchange->slot = slot;
}

static void end(struct http_exchange *exchange)
{
    exchange->has_ended = true;
    if (exchange->slot)
        *exchange->slot = NULL;
    exchange->slot = NULL;
}

void http_reply(struct http_exchange *exchange, int status, const struct http_field *fields,
                size_t field_count, struct buf *body)
{
    (void)fields, (void)field_count;
    exchange->status = status;
    exchange->body_bytes = body->len;
    exchange->pieces = 1;
    buf_clear(body);
    end(exchange);
}

void http_reply_problem(struct http_exchange *exchange, const struct problem *problem,
                        enum language language, struct str receipt, const struct http_field *fields,
                        size_t field_count)
{
    (void)language, (void)receipt, (void)fields, (void)field_count;
    exchange->status = problem_status(problem->kind);
    end(exchange);
}

void http_stream_start(struct http_exchange *exchange, int status, const struct http_field *fields,
                       size_t field_count)
{
    (void)fields, (void)field_count;
    exchange->status = status;
}

void http_stream_write(struct http_exchange *exchange, struct str bytes)
{
    exchange->body_bytes += bytes.len;
    exchange->pieces++;
}

void http_stream_end(struct http_exchange *exchange)
{
    end(exchange);
}

void http_stream_abort(struct http_exchange *exchange)
{
    (void)exchange;
    die("a stream breaks off");
}

/* ---- the server ---- */

struct http_settings http_settings_standard(void)
{
    return (struct http_settings){
#define X(name, standard, least, most, help) .name = (standard),
        HTTP_SETTINGS(X)
#undef X
    };
}

struct http_server *http_server_new(struct loop *loop, const struct http_settings *settings,
                                    http_handler_fn *handler, void *ctx)
{
    (void)settings, (void)handler, (void)ctx;
    return (struct http_server *)loop; /* nobody looks into it */
}

void http_server_free(struct http_server **server)
{
    *server = NULL;
}

struct http_counters http_server_counters(const struct http_server *server)
{
    (void)server;
    return (struct http_counters){0};
}

uint64_t http_server_replies(const struct http_server *server, int status)
{
    (void)server, (void)status;
    return 0;
}

bool http_server_listen(struct http_server *server, const char *address, uint16_t port,
                        bool reuse_port, SSL_CTX *tls, uint16_t *bound, const char **why)
{
    (void)server, (void)address, (void)port, (void)reuse_port, (void)tls, (void)bound, (void)why;
    die("nobody comes by a socket");
}

bool http_server_listen_local(struct http_server *server, const char *path, const char **why)
{
    (void)server, (void)path, (void)why;
    die("nobody comes by a socket");
}

void http_server_drain(struct http_server *server)
{
    (void)server;
    die("nobody comes by a socket");
}

bool http_server_is_idle(const struct http_server *server)
{
    (void)server;
    return true;
}
