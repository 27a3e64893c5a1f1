/* SPDX-License-Identifier: MIT */
/* One connection's states. Its socket is registered once, edge-triggered for all it can tell, and
 * never touched again: no system call per request but the read and the write. */
#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/die.h"
#include "net/http_internal.h"

enum {
    STEPS_PER_TURN = 64, /* of one connection, before others get theirs: a dozen requests */
    LOOK_STEP = 4096,    /* bytes without a line end after which a head is looked at again */
};

/* What a state's step found. */
enum step {
    STEP_ON,    /* something has been done: look again */
    STEP_WAIT,  /* for the socket, the handler or the deadline */
    STEP_CLOSE, /* the end */
    STEP_RESET, /* the end, and the client shall see that it is no good one */
};

/* --- reading -------------------------------------------------------------------------------------
 */

static enum step read_some(struct http_connection *connection)
{
    struct buf *in = &connection->exchange->in;
    size_t got;
    if (!connection->wire.may_read || in->len == in->cap)
        return STEP_WAIT;
    switch (wire_read(&connection->wire, in->at + in->len, in->cap - in->len, &got)) {
    case WIRE_OK:
        buf_commit(in, got);
        return STEP_ON;
    case WIRE_AGAIN:
        return STEP_WAIT;
    case WIRE_CLOSED:
        break;
    }
    return STEP_CLOSE;
}

/* Before the handler has the request: bytes may still move. */
static enum step read_growing(struct http_connection *connection)
{
    struct http_exchange *exchange = connection->exchange;
    struct buf *in = &exchange->in;
    if (in->len == in->cap && exchange->begin > 0) {
        size_t begin = exchange->begin;
        buf_drop(in, begin);
        exchange->begin = 0;
        exchange->body_at -= exchange->body_at ? begin : 0;
        exchange->raw -= exchange->raw ? begin : 0;
        exchange->parsed_at = NULL;
    }
    if (in->len == in->cap &&
        !buf_reserve(in, in->cap < in->max - in->len ? in->cap : in->max - in->len))
        return STEP_CLOSE;
    return in->len == in->cap ? STEP_CLOSE : read_some(connection);
}

/* While the reply is owed: only to notice that the client leaves, and never more than the buffer
 * has room for. Half of the connection closed counts as departed. */
static enum step read_ahead(struct http_connection *connection)
{
    struct wire *wire = &connection->wire;
    enum step step;
    do
        step = read_some(connection);
    while (step == STEP_ON);
    if (step == STEP_WAIT && (wire->closing || (wire->may_read && wire_is_reset(wire))))
        step = STEP_CLOSE;
    connection->server->counters.departed += step == STEP_CLOSE;
    return step;
}

/* --- writing -------------------------------------------------------------------------------------
 */

/* ON: all of it is sent. */
static enum step flush(struct http_connection *connection)
{
    struct http_exchange *exchange = connection->exchange;
    size_t put;
    while (exchange->sent < exchange->out.len + exchange->body.len) {
        switch (wire_write(&connection->wire, exchange_unsent_out(exchange),
                           exchange_unsent_body(exchange), &put)) {
        case WIRE_OK:
            exchange->sent += put;
            connection->is_timed = false; /* taken bytes earn a new deadline */
            break;
        case WIRE_AGAIN:
            return STEP_WAIT;
        case WIRE_CLOSED:
            return STEP_CLOSE;
        }
    }
    buf_reset(&exchange->out);
    buf_clear(&exchange->body);
    exchange->sent = 0;
    return STEP_ON;
}

/* --- steps ---------------------------------------------------------------------------------------
 */

static enum step step_handshake(struct http_connection *connection)
{
    switch (wire_handshake(&connection->wire)) {
    case WIRE_OK:
        wire_certificate(&connection->wire, connection->certificate);
        wire_common_name(&connection->wire, connection->name);
        connection->state = CONNECTION_IDLE;
        connection->wire.may_read = true; /* a request may have come with the last flight */
        return STEP_ON;
    case WIRE_AGAIN:
        return STEP_WAIT;
    case WIRE_CLOSED:
        break;
    }
    return STEP_CLOSE;
}

/* Our side ends. What the client still sends is discarded, or its reset could take the reply. */
static enum step finish(struct http_connection *connection)
{
    if (connection->exchange)
        exchange_release(connection->exchange);
    connection->exchange = NULL;
    wire_finish(&connection->wire);
    connection->state = CONNECTION_DRAINING;
    connection->wire.may_read = true;
    return STEP_ON;
}

static enum step step_idle(struct http_connection *connection)
{
    if (!connection->wire.may_read)
        return connection->server->is_draining ? finish(connection) : STEP_WAIT;
    connection->exchange = exchange_take(connection);
    if (!connection->exchange)
        return STEP_CLOSE;
    enum step step = read_some(connection);
    if (step == STEP_ON) {
        connection->state = CONNECTION_HEAD;
        return STEP_ON;
    }
    exchange_release(connection->exchange);
    connection->exchange = NULL;
    return step == STEP_WAIT ? STEP_ON : step; /* nothing came: look whether to stay */
}

static enum step refuse(struct http_connection *connection, const struct problem *problem,
                        bool is_read)
{
    exchange_refuse(connection->exchange, problem, is_read);
    connection->state = CONNECTION_REPLYING;
    return STEP_ON;
}

/* The request is whole: the handler's turn. */
static enum step dispatch(struct http_connection *connection)
{
    struct http_server *server = connection->server;
    struct http_exchange *exchange = connection->exchange;
    const char *at = exchange->in.at;
    if (exchange->parsed_at != at) { /* the buffer has moved under the head */
        struct str bytes = {at + exchange->begin, exchange->body_at - exchange->begin};
        struct problem problem;
        size_t used;
        enum http_progress progress =
            http_head_parse(bytes, &server->limits, &exchange->head, &used, &problem);
        assert(progress == HTTP_DONE);
    }
    exchange->request = (struct http_request){
        .head = &exchange->head,
        .body = {at + exchange->body_at, exchange->body_len},
        .peer = str_of(connection->peer.address),
        .is_tls = connection->wire.ssl != NULL,
        .client_certificate = str_of(connection->certificate),
        .client_name = str_of(connection->name),
        .is_local = connection->peer.is_local,
        .uid = connection->peer.uid,
    };
    exchange->keep_alive = exchange->head.keep_alive;
    server->counters.requests++;
    connection->state = CONNECTION_HANDLING;
    connection->in_handler = server->is_calling = true;
    server->handler(server->ctx, &exchange->request, exchange);
    connection->in_handler = server->is_calling = false;
    assert(exchange->slot || exchange->reply >= REPLY_WHOLE);
    /* A reset that came together with the request has no event of its own. */
    if (exchange->slot && wire_is_reset(&connection->wire)) {
        server->counters.departed++;
        return STEP_CLOSE;
    }
    return STEP_ON;
}

static enum step head_accept(struct http_connection *connection, size_t used)
{
    struct http_exchange *exchange = connection->exchange;
    const struct http_head *head = &exchange->head;
    exchange->body_at = exchange->raw = exchange->begin + used;
    exchange->parsed_at = exchange->in.at;
    if (http_target_has_cpr(head->target)) {
        struct problem problem =
            problem_make(PROBLEM_PERSONAL_NUMBER_IN_URL, "The request was not read further.");
        return refuse(connection, &problem, true);
    }
    if (!head->is_chunked && head->length == 0)
        return dispatch(connection);
    if (head->expects_continue && exchange->raw == exchange->in.len)
        buf_add_str(&exchange->out, STR("HTTP/1.1 100 Continue\r\n\r\n"));
    connection->state = CONNECTION_BODY;
    return STEP_ON;
}

/* A head that arrives byte by byte is not parsed at each of them: only with a first byte, a line's
 * end, or enough more to have passed a limit. */
static bool is_worth_a_look(const struct http_exchange *exchange, struct str bytes)
{
    struct str fresh = str_skip(bytes, exchange->parsed);
    return exchange->parsed == 0 || fresh.len >= LOOK_STEP ||
           str_find_byte(fresh, '\n') < fresh.len;
}

static enum step step_head(struct http_connection *connection)
{
    struct http_server *server = connection->server;
    struct http_exchange *exchange = connection->exchange;
    struct str bytes = str_skip(buf_str(&exchange->in), exchange->begin);
    struct problem problem;
    size_t used;
    if (is_worth_a_look(exchange, bytes)) {
        exchange->parsed = bytes.len;
        switch (http_head_parse(bytes, &server->limits, &exchange->head, &used, &problem)) {
        case HTTP_DONE:
            return head_accept(connection, used);
        case HTTP_WRONG:
            server->counters.malformed++;
            return refuse(connection, &problem, true);
        case HTTP_MORE:
            break;
        }
    }
    return read_growing(connection);
}

static enum step body_chunks(struct http_connection *connection)
{
    struct http_server *server = connection->server;
    struct http_exchange *exchange = connection->exchange;
    struct buf *in = &exchange->in;
    struct problem problem;
    size_t used, got;
    enum http_progress progress =
        http_chunks_parse(&exchange->chunks, str_skip(buf_str(in), exchange->raw), &server->limits,
                          in->at + exchange->body_at + exchange->body_len, &used, &got, &problem);
    exchange->raw += used;
    exchange->body_len += got;
    switch (progress) {
    case HTTP_DONE:
        return dispatch(connection);
    case HTTP_WRONG:
        server->counters.malformed++;
        return refuse(connection, &problem, false);
    case HTTP_MORE: /* all was read: the framing's bytes give room for what comes */
        in->len = exchange->raw = exchange->body_at + exchange->body_len;
        break;
    }
    return read_growing(connection);
}

static enum step step_body(struct http_connection *connection)
{
    struct http_exchange *exchange = connection->exchange;
    if (exchange->out.len && flush(connection) == STEP_CLOSE) /* 100 Continue */
        return STEP_CLOSE;
    if (exchange->head.is_chunked)
        return body_chunks(connection);
    size_t length = (size_t)exchange->head.length;
    if (exchange->in.len - exchange->body_at < length)
        return read_growing(connection);
    exchange->body_len = length;
    exchange->raw = exchange->body_at + length;
    return dispatch(connection);
}

static enum step step_handling(struct http_connection *connection)
{
    const struct http_exchange *exchange = connection->exchange;
    bool has_news = exchange->reply > REPLY_STREAMING || exchange->out.len > 0;
    if (!has_news)
        return read_ahead(connection);
    connection->state = CONNECTION_REPLYING;
    return STEP_ON;
}

static enum step reply_sent(struct http_connection *connection)
{
    struct http_exchange *exchange = connection->exchange;
    if (exchange->reply <= REPLY_STREAMING) { /* a piece of a stream, or a late 100 Continue */
        connection->state = CONNECTION_HANDLING;
        return STEP_ON;
    }
    if (exchange->reply == REPLY_ABORTED)
        return exchange->head.minor >= 1 ? finish(connection) : STEP_RESET;
    if (!exchange->keep_alive)
        return finish(connection);
    if (exchange_renew(exchange)) {
        connection->state = CONNECTION_HEAD;
        return STEP_ON;
    }
    exchange_release(exchange);
    connection->exchange = NULL;
    connection->state = CONNECTION_IDLE;
    return STEP_ON;
}

static enum step step_replying(struct http_connection *connection)
{
    if (connection->exchange->reply == REPLY_OVERFLOWN)
        return STEP_RESET;
    enum step step = flush(connection);
    if (step == STEP_ON)
        return reply_sent(connection);
    if (step == STEP_WAIT)
        return read_ahead(connection);
    connection->server->counters.departed++;
    return step;
}

static enum step step_draining(struct http_connection *connection)
{
    if (!connection->wire.may_read)
        return STEP_WAIT;
    switch (wire_discard(&connection->wire)) {
    case WIRE_OK:
        return STEP_ON;
    case WIRE_AGAIN:
        return STEP_WAIT;
    case WIRE_CLOSED:
        break;
    }
    return STEP_CLOSE;
}

typedef enum step step_fn(struct http_connection *connection);

static step_fn *const steps[] = {
    [CONNECTION_HANDSHAKE] = step_handshake, [CONNECTION_IDLE] = step_idle,
    [CONNECTION_HEAD] = step_head,           [CONNECTION_BODY] = step_body,
    [CONNECTION_HANDLING] = step_handling,   [CONNECTION_REPLYING] = step_replying,
    [CONNECTION_DRAINING] = step_draining,
};

/* --- time ----------------------------------------------------------------------------------------
 */

static void on_time(void *ctx)
{
    struct http_connection *connection = ctx;
    struct http_server *server = connection->server;
    struct problem problem;
    assert(connection->state != CONNECTION_HANDLING); /* the handler has its own deadline */
    switch (connection->state) {
    case CONNECTION_HEAD:
    case CONNECTION_BODY:
        server->counters.timed_out++;
        problem = problem_make(PROBLEM_TOO_SLOW, "The whole request did not come in time.");
        refuse(connection, &problem, false);
        connection_work(connection);
        return;
    case CONNECTION_IDLE:
        finish(connection);
        connection_work(connection);
        return;
    case CONNECTION_REPLYING:
        server->counters.timed_out++;
        connection_close(connection, true);
        return;
    case CONNECTION_HANDSHAKE:
        server->counters.timed_out++;
        connection_close(connection, false);
        return;
    case CONNECTION_DRAINING:
        connection_close(connection, false);
        return;
    case CONNECTION_HANDLING:
        break;
    }
}

/* Each state has one deadline from when it was first waited in; progress does not move it, but for
 * a client that takes some of its reply. */
static void connection_wait(struct http_connection *connection)
{
    const struct http_settings *settings = &connection->server->settings;
    struct loop *loop = connection->server->loop;
    int64_t ms = 0;
    if (connection->is_timed && connection->timed == connection->state)
        return;
    connection->is_timed = true;
    connection->timed = connection->state;
    switch (connection->state) {
    case CONNECTION_HANDSHAKE:
        ms = settings->tls_handshake_ms;
        break;
    case CONNECTION_IDLE:
        ms = settings->idle_ms;
        break;
    case CONNECTION_HEAD:
        ms = settings->head_ms;
        break;
    case CONNECTION_BODY:
        ms = settings->body_ms;
        break;
    case CONNECTION_REPLYING:
        ms = settings->write_stall_ms;
        break;
    case CONNECTION_DRAINING:
        ms = settings->linger_ms;
        break;
    case CONNECTION_HANDLING:
        timer_cancel(loop, &connection->timer);
        return;
    }
    instant due = instant_after_ms(loop_now(loop), ms);
    if (connection->state == CONNECTION_IDLE)
        due = instant_min(due, connection->ends);
    if (connection->state == CONNECTION_REPLYING) /* each byte taken in drips earns no more life */
        due = instant_min(due, instant_after_ms(connection->ends, ms));
    timer_start(loop, &connection->timer, due, on_time, connection);
}

/* --- work ----------------------------------------------------------------------------------------
 */

void connection_work(void *ctx)
{
    struct http_connection *connection = ctx;
    struct http_server *server = connection->server;
    enum step step = STEP_ON;
    for (int left = STEPS_PER_TURN; left > 0 && step == STEP_ON; left--)
        step = steps[connection->state](connection);
    if (step == STEP_CLOSE || step == STEP_RESET) {
        connection_close(connection, step == STEP_RESET);
        return;
    }
    if (step == STEP_ON)
        connection_wake(connection);
    connection_list_move(connection,
                         connection->state == CONNECTION_IDLE ? &server->idle : &server->busy);
    connection_wait(connection);
}

void connection_wake(struct http_connection *connection)
{
    if (!connection->in_handler)
        loop_defer(connection->server->loop, &connection->work, connection_work, connection);
}

static void on_socket(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    struct http_connection *connection = ctx;
    if (what & EV_CLOSED)
        connection->wire.closing = true;
    if (what & (EV_READ | EV_CLOSED))
        connection->wire.may_read = true;
    connection_work(connection);
}

bool connection_start(struct http_server *server, int fd, SSL_CTX *tls, struct client *client,
                      const struct connection_peer *peer)
{
    struct http_connection *connection = die_calloc(1, sizeof *connection);
    connection->server = server;
    connection->client = client;
    connection->peer = *peer;
    connection->state = tls ? CONNECTION_HANDSHAKE : CONNECTION_IDLE;
    connection->ends = instant_after_ms(loop_now(server->loop), server->settings.connection_ms);
    if (!wire_init(&connection->wire, fd, tls)) {
        client_drop(server->clients, &connection->client);
        free(connection);
        return false;
    }
    event_assign(&connection->event, loop_base(server->loop), fd,
                 EV_READ | EV_WRITE | EV_CLOSED | EV_ET | EV_PERSIST, on_socket, connection);
    if (event_add(&connection->event, NULL) < 0)
        die("a socket cannot be watched");
    server->counters.open++;
    /* Idle, to give way to newcomers, it is only when its first event has been looked at. */
    connection_list_move(connection, &server->busy);
    connection_wait(connection);
    return true;
}

void connection_close(struct http_connection *connection, bool reset)
{
    struct http_server *server = connection->server;
    struct http_exchange *exchange = connection->exchange;
    timer_cancel(server->loop, &connection->timer);
    loop_defer_cancel(server->loop, &connection->work);
    event_del(&connection->event); /* before the number of the socket can come back */
    wire_close(&connection->wire, reset);
    client_drop(server->clients, &connection->client);
    connection_list_move(connection, NULL);
    server->counters.open--;
    if (exchange) {
        /* The owner may still look at the request while it hears that its client has gone. */
        void *ctx;
        loop_fn *on_gone = exchange_disown(exchange, &ctx);
        if (on_gone) {
            server->is_calling = true;
            on_gone(ctx);
            server->is_calling = false;
        }
        exchange_release(exchange);
    }
    free(connection);
    server_resume(server);
}
