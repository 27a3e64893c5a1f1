/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/connection.h"

#include <event2/event.h>
#include <stdlib.h>

#include "base/die.h"
#include "net/wire.h"

enum {
    IDLE_MS = 60000,
    READ_BYTES = 16384,
    REQUEST_BYTES_MAX = 1024 * 1024,
    WRITES_PER_TURN = 16, /* an endless answer must leave the loop to the others */
};

static const struct http_limits limits = {8192, 24576, HTTP_FIELDS_MAX, REQUEST_BYTES_MAX};

enum state {
    SHAKING_HANDS,
    READING,   /* a request, or waiting for one */
    ANSWERING, /* the transfer is under way */
    IGNORING,  /* silent for ever */
};

struct sandbox_connection {
    struct sandbox_connections *owner;
    struct sandbox_connection *next, **link; /* link: what points here */
    struct wire wire;
    char certificate[65]; /* the client's, hex */
    struct event *io;
    struct timer timer; /* READING: idle; ANSWERING: a pause */
    enum state state;
    struct buf in;
    struct sandbox_transfer out;
    size_t sent;
    size_t burst;    /* bytes left of the burst that is leaving */
    bool has_paused; /* before the burst that comes */
    bool keep_alive;
};

static void on_io(evutil_socket_t fd, short what, void *ctx);

enum farewell {
    GOODBYE, /* TLS says that this is the end */
    CUT,     /* no word */
    RESET,
};

static void connection_close(struct sandbox_connection *c, enum farewell farewell)
{
    if (c->next)
        c->next->link = c->link;
    *c->link = c->next;
    c->owner->open--;
    timer_cancel(c->owner->loop, &c->timer);
    event_free(c->io);
    if (farewell == GOODBYE)
        wire_finish(&c->wire);
    wire_close(&c->wire, farewell == RESET);
    buf_clear(&c->in);
    buf_clear(&c->out.bytes);
    free(c);
}

/* Waits for EV_READ or EV_WRITE. */
static void watch(struct sandbox_connection *c, short what)
{
    event_del(c->io);
    event_assign(c->io, loop_base(c->owner->loop), c->wire.fd, what | EV_PERSIST, on_io, c);
    if (event_add(c->io, NULL))
        die("cannot watch a socket");
}

static void on_idle(void *ctx)
{
    connection_close(ctx, GOODBYE);
}

static void start_reading(struct sandbox_connection *c)
{
    struct loop *loop = c->owner->loop;
    c->state = READING;
    timer_start(loop, &c->timer, instant_after_ms(loop_now(loop), IDLE_MS), on_idle, c);
}

/* Each step says whether the next one may follow now; if not, it has arranged for waking up, or the
 * connection is gone. */

static bool wait_for(struct sandbox_connection *c, enum wire_result result, short what)
{
    if (result == WIRE_CLOSED)
        connection_close(c, CUT);
    else
        watch(c, what);
    return false;
}

static bool step_handshake(struct sandbox_connection *c)
{
    enum wire_result result = c->wire.ssl ? wire_handshake(&c->wire) : WIRE_OK;
    if (result != WIRE_OK)
        return wait_for(c, result, EV_READ);
    if (c->wire.ssl)
        wire_certificate(&c->wire, c->certificate);
    start_reading(c);
    return true;
}

/* Is a whole request in c->in? Then it is answered and dropped from there. */
static enum http_progress take_request(struct sandbox_connection *c)
{
    struct http_head head;
    struct problem problem;
    size_t used;
    struct str in = buf_str(&c->in);
    enum http_progress progress = http_head_parse(in, &limits, &head, &used, &problem);
    if (progress != HTTP_DONE)
        return progress;
    if (head.is_chunked || head.expects_continue || head.length > REQUEST_BYTES_MAX)
        return HTTP_WRONG; /* not in the source contract */
    if (in.len - used < head.length)
        return HTTP_MORE;
    struct sandbox_call call = {
        .head = &head,
        .body = str_make(in.at + used, head.length),
        .certificate = str_of(c->certificate),
        .connections = c->owner->open,
    };
    c->keep_alive = head.keep_alive;
    c->sent = c->burst = 0;
    c->has_paused = false;
    c->owner->answer(c->owner->ctx, &call, &c->out);
    buf_drop(&c->in, used + head.length);
    return HTTP_DONE;
}

/* What has come is added to c->in. */
static enum wire_result read_more(struct sandbox_connection *c)
{
    size_t got;
    char *room = buf_reserve(&c->in, READ_BYTES);
    enum wire_result result = room ? wire_read(&c->wire, room, READ_BYTES, &got) : WIRE_CLOSED;
    if (result == WIRE_OK)
        buf_commit(&c->in, got);
    return result;
}

static bool step_read(struct sandbox_connection *c)
{
    switch (take_request(c)) {
    case HTTP_DONE:
        timer_cancel(c->owner->loop, &c->timer);
        c->state = ANSWERING;
        return true;
    case HTTP_WRONG:
        connection_close(c, GOODBYE);
        return false;
    case HTTP_MORE:
        break;
    }
    enum wire_result result = read_more(c);
    return result == WIRE_OK || wait_for(c, result, EV_READ);
}

static void on_pause_over(void *ctx);

/* The transfer has left as far as it goes. */
static bool finish_answer(struct sandbox_connection *c)
{
    enum sandbox_end end = c->out.end;
    if (end == END_HANG) {
        watch(c, EV_READ);
        return false;
    }
    if (end == END_KEEP && c->keep_alive) {
        buf_clear(&c->out.bytes);
        start_reading(c);
        return true;
    }
    connection_close(c, end == END_RESET ? RESET : end == END_CLOSE ? CUT : GOODBYE);
    return false;
}

/* Opens the next burst; false: a pause comes first. */
static bool open_burst(struct sandbox_connection *c)
{
    const struct sandbox_pace *pace = sandbox_transfer_pace_at(&c->out, c->sent);
    if (pace->pause_ms && !c->has_paused) {
        struct loop *loop = c->owner->loop;
        timer_start(loop, &c->timer, instant_after_ms(loop_now(loop), pace->pause_ms),
                    on_pause_over, c);
        watch(c, EV_READ);
        return false;
    }
    size_t left = pace->upto - c->sent;
    c->burst = pace->burst < left ? pace->burst : left;
    c->has_paused = false;
    return true;
}

static bool step_answer(struct sandbox_connection *c)
{
    for (int writes = 0; writes < WRITES_PER_TURN; writes++) {
        if (c->sent == c->out.bytes.len && c->out.end == END_REPEAT)
            c->sent = c->out.repeat_from;
        if (c->sent == c->out.bytes.len)
            return finish_answer(c);
        if (c->burst == 0 && !open_burst(c))
            return false;
        struct str bytes = str_make(c->out.bytes.at + c->sent, c->burst);
        size_t put;
        enum wire_result result = wire_write(&c->wire, bytes, STR_NONE, &put);
        if (result == WIRE_CLOSED)
            c->owner->departed++;
        if (result != WIRE_OK)
            return wait_for(c, result, EV_WRITE);
        c->sent += put;
        c->burst -= put;
    }
    return wait_for(c, WIRE_AGAIN, EV_WRITE);
}

static void advance(struct sandbox_connection *c)
{
    static bool (*const steps[])(struct sandbox_connection *) = {
        [SHAKING_HANDS] = step_handshake,
        [READING] = step_read,
        [ANSWERING] = step_answer,
    };
    while (steps[c->state](c))
        ;
}

static void on_pause_over(void *ctx)
{
    struct sandbox_connection *c = ctx;
    c->has_paused = true;
    advance(c);
}

/* Bytes or the end, while the client is kept waiting. */
static void listen_on(struct sandbox_connection *c)
{
    enum wire_result result;
    while ((result = read_more(c)) == WIRE_OK)
        if (c->state == IGNORING)
            buf_reset(&c->in);
    if (result == WIRE_AGAIN)
        return;
    c->owner->departed += c->state == ANSWERING;
    connection_close(c, CUT);
}

static void on_io(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    struct sandbox_connection *c = ctx;
    if (c->state == IGNORING || (c->state == ANSWERING && what & EV_READ))
        listen_on(c);
    else
        advance(c);
}

static struct sandbox_connection *connection_new(struct sandbox_connections *owner, int fd,
                                                 SSL_CTX *tls, enum state state)
{
    struct sandbox_connection *c = die_calloc(1, sizeof *c);
    c->owner = owner;
    c->state = state;
    buf_init(&c->in, REQUEST_BYTES_MAX + limits.header_max + limits.request_line_max + READ_BYTES);
    if (!wire_init(&c->wire, fd, tls))
        die("no memory for a connection");
    c->io = event_new(loop_base(owner->loop), fd, EV_READ, on_io, c);
    if (!c->io)
        die("no memory for a connection");
    c->next = owner->first;
    c->link = &owner->first;
    if (c->next)
        c->next->link = &c->next;
    owner->first = c;
    owner->accepted++;
    owner->open++;
    return c;
}

void sandbox_connection_start(struct sandbox_connections *owner, int fd, SSL_CTX *tls)
{
    advance(connection_new(owner, fd, tls, SHAKING_HANDS));
}

void sandbox_connection_ignore(struct sandbox_connections *owner, int fd)
{
    watch(connection_new(owner, fd, NULL, IGNORING), EV_READ);
}

void sandbox_connections_close(struct sandbox_connections *owner)
{
    for (struct sandbox_connection *c = owner->first, *next; c; c = next) {
        next = c->next;
        connection_close(c, CUT);
    }
}
