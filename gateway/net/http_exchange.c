/* SPDX-License-Identifier: MIT */
/* One request and the reply it is owed: what handlers call. Nothing here touches the socket. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/die.h"
#include "net/http_internal.h"

enum {
    IN_FIRST = 8192,         /* a first buffer, enough for nearly every request */
    IN_SLACK = 8192,         /* beyond all limits, so that the limits are what is met first */
    SPARES_MAX = 256,        /* exchanges kept for the next requests */
    SPARE_BYTES_MAX = 32768, /* of a buffer kept with one */
    PROBLEM_MAX = 4096,
    PROBLEM_FIELDS_MAX = 16,
};

/* --- exchanges -----------------------------------------------------------------------------------
 */

static struct http_exchange *exchange_new(const struct http_settings *settings)
{
    struct http_exchange *exchange = die_calloc(1, sizeof *exchange);
    buf_init(&exchange->in, (size_t)(settings->request_line_max + settings->header_max +
                                     2 * settings->fields_max + settings->body_max) +
                                IN_SLACK);
    buf_init(&exchange->out, (size_t)settings->unsent_max);
    return exchange;
}

static void exchange_free(struct http_exchange *exchange)
{
    buf_clear(&exchange->in);
    buf_clear(&exchange->out);
    buf_clear(&exchange->body);
    free(exchange);
}

static void exchange_reset(struct http_exchange *exchange)
{
    exchange->body_at = exchange->body_len = exchange->parsed = exchange->sent = 0;
    exchange->chunks = (struct http_chunks){0};
    exchange->reply = REPLY_NONE;
    exchange->keep_alive = false;
    buf_reset(&exchange->out);
    buf_clear(&exchange->body);
}

struct http_exchange *exchange_take(struct http_connection *connection)
{
    struct http_server *server = connection->server;
    struct http_exchange *exchange = server->spare;
    if (exchange) {
        server->spare = exchange->next_spare;
        server->spare_count--;
    } else {
        exchange = exchange_new(&server->settings);
    }
    if (!buf_reserve(&exchange->in, IN_FIRST)) {
        exchange_free(exchange);
        return NULL;
    }
    exchange->connection = connection;
    return exchange;
}

static void buf_spare(struct buf *buf)
{
    if (buf->cap > SPARE_BYTES_MAX)
        buf_clear(buf);
    else
        buf_reset(buf);
}

void exchange_release(struct http_exchange *exchange)
{
    struct http_server *server = exchange->connection->server;
    assert(!exchange->slot);
    if (server->spare_count == SPARES_MAX) {
        exchange_free(exchange);
        return;
    }
    exchange->begin = exchange->raw = 0;
    buf_spare(&exchange->in);
    buf_spare(&exchange->out);
    exchange_reset(exchange);
    exchange->connection = NULL;
    exchange->next_spare = server->spare;
    server->spare = exchange;
    server->spare_count++;
}

void exchange_free_spares(struct http_server *server)
{
    struct http_exchange *exchange;
    while ((exchange = server->spare)) {
        server->spare = exchange->next_spare;
        exchange_free(exchange);
    }
    server->spare_count = 0;
}

bool exchange_renew(struct http_exchange *exchange)
{
    explicit_bzero(exchange->in.at + exchange->begin, exchange->raw - exchange->begin);
    exchange->begin = exchange->raw;
    exchange_reset(exchange);
    return exchange->begin < exchange->in.len;
}

loop_fn *exchange_disown(struct http_exchange *exchange, void **ctx)
{
    if (!exchange->slot)
        return NULL;
    *exchange->slot = NULL;
    exchange->slot = NULL;
    *ctx = exchange->gone_ctx;
    return exchange->on_gone;
}

void http_keep(struct http_exchange *exchange, struct http_exchange **slot, loop_fn *on_gone,
               void *ctx)
{
    assert(exchange->reply != REPLY_WHOLE);
    if (exchange->slot)
        *exchange->slot = NULL;
    *slot = exchange;
    exchange->slot = slot;
    exchange->on_gone = on_gone;
    exchange->gone_ctx = ctx;
}

/* --- replies -------------------------------------------------------------------------------------
 */

static const char *server_date(struct http_server *server)
{
    int64_t now_s = loop_wall(server->loop).unix_ms / 1000;
    if (now_s != server->date_s || !server->date[0]) {
        server->date_s = now_s;
        http_date_format(now_s, server->date);
    }
    return server->date;
}

/* One thread counts, others read: no locked instruction is needed. */
static void count_reply(struct http_server *server, int status)
{
    _Atomic uint64_t *count = &server->replies[status - HTTP_STATUS_FIRST];
    atomic_store_explicit(count, atomic_load_explicit(count, memory_order_relaxed) + 1,
                          memory_order_relaxed);
}

/* The reply's head goes to `out`; from here the reply has begun. */
static void reply_begin(struct http_exchange *exchange, int status, const struct http_field *fields,
                        size_t field_count, enum http_framing framing, size_t length)
{
    struct http_connection *connection = exchange->connection;
    struct http_server *server = connection->server;
    assert(exchange->reply == REPLY_NONE && status >= HTTP_STATUS_FIRST &&
           status < HTTP_STATUS_FIRST + HTTP_STATUSES);
    exchange->keep_alive = exchange->keep_alive && framing != HTTP_FRAMED_CLOSE &&
                           !server->is_draining && loop_now(server->loop) < connection->ends;
    struct http_reply_head head = {
        .status = status,
        .date = server_date(server),
        .fields = fields,
        .field_count = field_count,
        .framing = framing,
        .length = length,
        .close = !exchange->keep_alive,
        .keep_alive_told = exchange->head.minor == 0,
    };
    http_head_write(&head, &exchange->out);
    count_reply(server, status);
}

/* The reply is all here: the handler's part is over. */
static void reply_end(struct http_exchange *exchange, enum reply how)
{
    void *ctx;
    exchange->reply = how;
    exchange_disown(exchange, &ctx);
    connection_wake(exchange->connection);
}

void http_reply(struct http_exchange *exchange, int status, const struct http_field *fields,
                size_t field_count, struct buf *body)
{
    if (body && body->failed) {
        struct problem problem = problem_make(PROBLEM_INTERNAL, "The answer is too large.");
        http_reply_problem(exchange, &problem, LANGUAGE_DA, STR_NONE, NULL, 0);
        return;
    }
    bool is_bare = status == 204 || status == 304;
    reply_begin(exchange, status, fields, field_count,
                is_bare ? HTTP_FRAMED_NONE : HTTP_FRAMED_LENGTH, body ? body->len : 0);
    if (body && (is_bare || exchange->head.method == HTTP_HEAD))
        buf_clear(body);
    else if (body)
        buf_move(&exchange->body, body);
    reply_end(exchange, exchange->out.failed ? REPLY_OVERFLOWN : REPLY_WHOLE);
}

void http_reply_problem(struct http_exchange *exchange, const struct problem *problem,
                        enum language language, struct str receipt, const struct http_field *extra,
                        size_t extra_count)
{
    struct http_field fields[PROBLEM_FIELDS_MAX + 5] = {
        {STR("Content-Type"), STR("application/problem+json")},
        {STR("Content-Language"), language_tag(language)},
        {STR("Cache-Control"), STR("no-store")},
    };
    size_t count = 3;
    char seconds[16];
    assert(extra_count <= PROBLEM_FIELDS_MAX);
    if (problem->retry_after_s) {
        snprintf(seconds, sizeof seconds, "%u", problem->retry_after_s);
        fields[count++] = (struct http_field){STR("Retry-After"), str_of(seconds)};
    }
    if (receipt.at)
        fields[count++] = (struct http_field){STR("Overblik-Receipt"), receipt};
    for (size_t i = 0; i < extra_count; i++)
        fields[count++] = extra[i];
    struct buf body;
    buf_init(&body, PROBLEM_MAX);
    problem_write(problem, language, receipt, &body);
    assert(!body.failed); /* all its texts are bounded */
    http_reply(exchange, problem_status(problem->kind), fields, count, &body);
}

void exchange_refuse(struct http_exchange *exchange, const struct problem *problem, bool is_read)
{
    bool twice;
    struct str accepted =
        is_read ? http_field_find(&exchange->head, STR("Accept-Language"), &twice) : STR_NONE;
    exchange->keep_alive = false;
    http_reply_problem(exchange, problem, language_choose(accepted), STR_NONE, NULL, 0);
}

/* --- streams -------------------------------------------------------------------------------------
 */

void http_stream_start(struct http_exchange *exchange, int status, const struct http_field *fields,
                       size_t field_count)
{
    reply_begin(exchange, status, fields, field_count,
                exchange->head.minor >= 1 ? HTTP_FRAMED_CHUNKED : HTTP_FRAMED_CLOSE, 0);
    exchange->reply = REPLY_STREAMING;
    connection_wake(exchange->connection);
}

static void stream_add(struct http_exchange *exchange, struct str bytes)
{
    struct buf *out = &exchange->out;
    bool is_chunked = exchange->head.minor >= 1;
    /* What is sent leaves when it is half of the buffer: each byte moves once at most. */
    if (exchange->sent > 0 && exchange->sent >= out->len / 2) {
        buf_drop(out, exchange->sent);
        exchange->sent = 0;
    }
    if (is_chunked)
        buf_format(out, "%zx\r\n", bytes.len);
    buf_add_str(out, bytes);
    if (is_chunked)
        buf_add_str(out, STR("\r\n"));
    if (out->failed)
        exchange->reply = REPLY_OVERFLOWN;
}

void http_stream_write(struct http_exchange *exchange, struct str bytes)
{
    if (exchange->reply == REPLY_OVERFLOWN)
        return; /* its owner is told at the end of the turn */
    assert(exchange->reply == REPLY_STREAMING);
    if (bytes.len == 0 || exchange->head.method == HTTP_HEAD)
        return;
    stream_add(exchange, bytes);
    connection_wake(exchange->connection);
}

void http_stream_end(struct http_exchange *exchange)
{
    if (exchange->reply == REPLY_OVERFLOWN) {
        reply_end(exchange, REPLY_OVERFLOWN);
        return;
    }
    assert(exchange->reply == REPLY_STREAMING);
    if (exchange->head.minor >= 1 && exchange->head.method != HTTP_HEAD)
        stream_add(exchange, STR_NONE);
    reply_end(exchange, exchange->reply == REPLY_STREAMING ? REPLY_WHOLE : exchange->reply);
}

void http_stream_abort(struct http_exchange *exchange)
{
    if (exchange->reply == REPLY_STREAMING)
        exchange->reply = REPLY_ABORTED;
    reply_end(exchange, exchange->reply);
}
