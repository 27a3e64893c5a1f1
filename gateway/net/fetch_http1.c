/* SPDX-License-Identifier: MIT */
#include "net/fetch_http1.h"

#include <openssl/ssl.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/queue.h>

#include "base/die.h"
#include "net/fetch_answer.h"
#include "net/fetch_stream.h"
#include "net/fetch_tls.h"

enum { QUESTION_MAX = 16 * 1024 * 1024 };

struct http1_connection {
    TAILQ_ENTRY(http1_connection) link; /* while idle */
    struct http1 *http1;
    struct stream stream;
    struct fetch_transfer *transfer;   /* NULL: idle */
    const struct fetch_target *target; /* of the transfer */
    enum { ASKING, ANSWERING, DONE } state;
    bool may_keep; /* for the next transfer */
    bool is_used;  /* it has served another */
    instant opened, idle_since;
    struct buf out; /* the question; a token and a number are in it */
    size_t sent;
    struct fetch_answer answer;
};
TAILQ_HEAD(connections, http1_connection);

struct http1 {
    const struct fetch_server *server;
    struct http1_user user;
    struct connections idle; /* the one used last first */
    SSL_CTX *tls;
    instant tls_made; /* its files are read again after connection_life_s */
};

static void connection_free(struct http1_connection *connection)
{
    if (connection->transfer)
        connection->transfer->connection = NULL;
    stream_close(&connection->stream);
    buf_clear(&connection->out);
    fetch_answer_clear(&connection->answer);
    free(connection);
}

/* Ends the transfer and the connection. */
static void fail(struct http1_connection *connection, enum fetch_status status, const char *why)
{
    const struct http1_user *user = &connection->http1->user;
    void *owner = connection->transfer->owner;
    connection_free(connection);
    user->ended(owner, status, why);
}

/* ---- the question ---- */

static bool has_accept(const struct fetch_transfer *transfer)
{
    for (size_t i = 0; i < transfer->header_count; i++)
        if (strncasecmp(transfer->headers[i].at, "Accept:", 7) == 0)
            return true;
    return false;
}

/* The header in libcurl's order, so that a server sees no difference. */
static void write_question(struct http1_connection *connection)
{
    const struct fetch_transfer *transfer = connection->transfer;
    struct buf *out = &connection->out;
    buf_add_str(out, transfer->is_delete     ? STR("DELETE ")
                     : transfer->question.at ? STR("POST ")
                                             : STR("GET "));
    buf_add_str(out, transfer->path);
    buf_add_str(out, STR(" HTTP/1.1\r\nHost: "));
    buf_add_str(out, str_of(connection->http1->server->authority));
    buf_add_str(out, has_accept(transfer) ? STR("\r\n") : STR("\r\nAccept: */*\r\n"));
    for (size_t i = 0; i < transfer->header_count; i++) {
        buf_add_str(out, transfer->headers[i]);
        buf_add_str(out, STR("\r\n"));
    }
    if (transfer->question.at) {
        buf_format(out, "Content-Length: %zu\r\n\r\n", transfer->question.len);
        buf_add_str(out, transfer->question);
    } else {
        buf_add_str(out, STR("\r\n"));
    }
}

static void answer(struct http1_connection *connection);

static void ask(struct http1_connection *connection)
{
    while (connection->sent < connection->out.len) {
        struct str rest = str_skip(buf_str(&connection->out), connection->sent);
        size_t put = 0;
        enum stream_result result = stream_write(&connection->stream, rest, &put);
        if (result == STREAM_AGAIN) {
            stream_watch(&connection->stream, false, true);
            return;
        }
        connection->sent += put;
        if (result != STREAM_OK) { /* perhaps it has said why */
            connection->state = ANSWERING;
            answer(connection);
            return;
        }
    }
    connection->state = ANSWERING;
    stream_watch(&connection->stream, true, false);
}

/* ---- the answer ---- */

static void finish(struct http1_connection *connection)
{
    connection->state = DONE;
    connection->http1->user.ended(connection->transfer->owner, FETCH_OK, "");
}

static void open_one(struct http1_connection *connection);

/* Nothing more comes. */
static void take_end(struct http1_connection *connection, enum stream_result result)
{
    struct fetch_transfer *transfer = connection->transfer;
    enum fetch_status status = FETCH_CUT;
    if (transfer->began) {
        if (result == STREAM_END)
            status = fetch_answer_end(&connection->answer, transfer);
        else if (transfer->head.status == 0)
            status = FETCH_PROTOCOL;
        if (status == FETCH_OK)
            finish(connection);
        else
            fail(connection, status, "ended before its end");
    } else if (connection->is_used) {
        connection->is_used = false;
        connection->sent = 0;
        connection->state = ASKING;
        transfer->connected = false;
        open_one(connection);
    } else {
        fail(connection, result == STREAM_ALERT ? FETCH_TLS : FETCH_UNREACHABLE,
             result == STREAM_ALERT ? "TLS was broken off" : "closed without an answer");
    }
}

static void answer(struct http1_connection *connection)
{
    struct stream *stream = &connection->stream;
    struct fetch_transfer *transfer = connection->transfer;
    struct fetch_answer *in = &connection->answer;
    size_t room, got;
    do {
        char *at = fetch_answer_room(in, &room);
        if (!at) {
            fail(connection, FETCH_TOO_LARGE, "no memory for the answer");
            return;
        }
        enum stream_result result = stream_read(stream, at, room, &got);
        if (result == STREAM_AGAIN) {
            stream_watch(stream, true, false);
            return;
        }
        if (result != STREAM_OK) {
            take_end(connection, result);
            return;
        }
        fetch_transfer_note(transfer, got);
        buf_commit(&in->in, got);
        enum fetch_status status = fetch_answer_take(in, transfer);
        if (status != FETCH_OK) {
            fail(connection, status, transfer->why);
            return;
        }
        if (in->state == ANSWER_WHOLE) {
            finish(connection);
            return;
        }
    } while (stream->ssl || got == room); /* else it was all there is */
}

/* ---- the stream's words ---- */

static void on_up(void *ctx, bool is_h2)
{
    struct http1_connection *connection = ctx;
    struct http1 *http1 = connection->http1;
    struct fetch_transfer *transfer = connection->transfer;
    if (is_h2) {
        connection_free(connection);
        http1->user.speaks_h2(transfer->owner);
        return;
    }
    connection->opened = loop_now(http1->server->loop);
    transfer->opened = true;
    fetch_transfer_connect(transfer);
    ask(connection);
}

static void on_failed(void *ctx, enum fetch_status status, const char *why)
{
    fail(ctx, status, why);
}

/* Somebody speaks on a connection that has nothing to say. */
static void overhear(struct http1_connection *connection)
{
    if (stream_is_silent(&connection->stream))
        return;
    connection->may_keep = false;
    stream_watch(&connection->stream, false, false);
    if (connection->transfer)
        return; /* it goes when its transfer leaves */
    TAILQ_REMOVE(&connection->http1->idle, connection, link);
    connection_free(connection);
}

static void on_ready(void *ctx)
{
    struct http1_connection *connection = ctx;
    if (connection->state == ASKING)
        ask(connection);
    else if (connection->state == DONE)
        overhear(connection);
    else
        answer(connection);
}

/* ---- connections ---- */

static bool is_stale(const struct http1_connection *connection)
{
    const struct fetch_server *server = connection->http1->server;
    instant now = loop_now(server->loop);
    return now >= instant_after_ms(connection->idle_since,
                                   server->settings->connection_idle_s * INT64_C(1000)) ||
           now >= instant_after_ms(connection->opened,
                                   server->settings->connection_life_s * INT64_C(1000));
}

static struct http1_connection *take_idle(struct http1 *http1)
{
    struct http1_connection *connection;
    while ((connection = TAILQ_FIRST(&http1->idle))) {
        TAILQ_REMOVE(&http1->idle, connection, link);
        /* What came since the last event, or lies in OpenSSL's buffers, no event has told of. */
        if (!is_stale(connection) && stream_is_silent(&connection->stream))
            return connection;
        connection_free(connection);
    }
    return NULL;
}

static struct http1_connection *connection_new(struct http1 *http1)
{
    static const struct stream_user user = {on_up, on_failed, on_ready};
    struct http1_connection *connection = die_calloc(1, sizeof *connection);
    connection->http1 = http1;
    stream_init(&connection->stream, http1->server, &user, connection);
    buf_init(&connection->out, QUESTION_MAX);
    fetch_answer_init(&connection->answer);
    return connection;
}

/* NULL: its files cannot be used. */
static SSL_CTX *tls_of(struct http1 *http1, const struct fetch_target *target, const char **why)
{
    instant now = loop_now(http1->server->loop);
    int64_t life_ms = http1->server->settings->connection_life_s * INT64_C(1000);
    if (!http1->tls || now >= instant_after_ms(http1->tls_made, life_ms)) {
        SSL_CTX_free(http1->tls); /* the connections that have it hold it */
        http1->tls = fetch_tls_new(target, why);
        http1->tls_made = now;
    }
    return http1->tls;
}

static void open_one(struct http1_connection *connection)
{
    struct http1 *http1 = connection->http1;
    const char *why = "";
    if (http1->server->is_plain || tls_of(http1, connection->target, &why))
        stream_connect(&connection->stream, http1->tls);
    else
        fail(connection, FETCH_TLS, why);
}

void http1_start(struct http1 *http1, const struct fetch_target *target,
                 struct fetch_transfer *transfer, bool keep)
{
    struct http1_connection *connection = target->no_reuse ? NULL : take_idle(http1);
    bool is_used = connection != NULL;
    if (!is_used)
        connection = connection_new(http1);
    connection->transfer = transfer;
    connection->target = target;
    connection->state = ASKING;
    connection->may_keep = keep;
    connection->is_used = is_used;
    connection->sent = 0;
    transfer->connection = connection;
    transfer->connected = false;
    if (is_used)
        fetch_transfer_connect(transfer);
    write_question(connection);
    if (connection->out.failed)
        fail(connection, FETCH_PROTOCOL, "the question is too large");
    else if (is_used)
        ask(connection);
    else
        open_one(connection);
}

void http1_leave(struct fetch_transfer *transfer)
{
    struct http1_connection *connection = transfer->connection;
    if (!connection)
        return;
    struct connections *idle = &connection->http1->idle;
    connection->transfer = NULL;
    transfer->connection = NULL;
    if (connection->state != DONE || !connection->may_keep || !connection->answer.may_keep) {
        connection_free(connection);
        return;
    }
    buf_reset(&connection->out);
    fetch_answer_begin(&connection->answer);
    connection->idle_since = loop_now(connection->http1->server->loop);
    TAILQ_INSERT_HEAD(idle, connection, link);
    connection = TAILQ_LAST(idle, connections); /* nobody else looks at those that are not taken */
    if (is_stale(connection)) {
        TAILQ_REMOVE(idle, connection, link);
        connection_free(connection);
    }
}

void http1_distrust(struct fetch_transfer *transfer)
{
    if (transfer->connection)
        transfer->connection->may_keep = false;
}

struct http1 *http1_new(const struct fetch_server *server, const struct http1_user *user)
{
    struct http1 *http1 = die_calloc(1, sizeof *http1);
    http1->server = server;
    http1->user = *user;
    TAILQ_INIT(&http1->idle);
    return http1;
}

void http1_free(struct http1 **slot)
{
    struct http1 *http1 = *slot;
    struct http1_connection *connection;
    if (!http1)
        return;
    while ((connection = TAILQ_FIRST(&http1->idle))) {
        TAILQ_REMOVE(&http1->idle, connection, link);
        connection_free(connection);
    }
    SSL_CTX_free(http1->tls);
    free(http1);
    *slot = NULL;
}
