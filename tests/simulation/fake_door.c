/* SPDX-License-Identifier: MIT */
/* The second implementation of the replies in net/http.h: clients that read, read slowly, or leave,
 * and notice everything that they should not have been sent. */
#include "base/die.h"
#include "trace.h"
#include "world.h"

#include <assert.h>

/* ---- the client ---- */

static struct loop *loop_of(const struct http_exchange *exchange)
{
    return exchange->world->loop;
}

/* The client is not there any more. */
static void leave(struct http_exchange *exchange)
{
    if (exchange->state == DOOR_REPLIED || exchange->state == DOOR_GONE)
        return;
    exchange->state = DOOR_GONE;
    exchange->gone = loop_now(loop_of(exchange));
    trace("request %u: the client leaves", exchange->request);
    assert(exchange->slot);
    *exchange->slot = NULL;
    exchange->slot = NULL;
    exchange->on_gone(exchange->ctx);
    if (exchange->world->seen[exchange->request].fetches > 0)
        fault("request %u: calls go on for a client who has left", exchange->request);
}

static void on_leave(void *ctx)
{
    leave(ctx);
}

void door_open(struct world *world, unsigned request)
{
    struct http_exchange *exchange = &world->seen[request].exchange;
    int64_t departs_us = world->script->requests[request].departs_us;

    *exchange = (struct http_exchange){
        .world = world, .request = request, .gone = INSTANT_NEVER, .replied = INSTANT_NEVER};
    buf_init(&exchange->body, (size_t)1 << 26);
    if (departs_us >= 0)
        outside_start(world->loop, &exchange->leaves, loop_now(world->loop) + departs_us, on_leave,
                      exchange);
}

void door_close(struct http_exchange *exchange)
{
    buf_clear(&exchange->body);
}

static void disown(struct http_exchange *exchange)
{
    if (exchange->slot)
        *exchange->slot = NULL;
    exchange->slot = NULL;
    exchange->state = DOOR_REPLIED;
    exchange->replied = loop_now(loop_of(exchange));
}

/* ---- what must hold of every reply ---- */

static void check_fields(const struct http_exchange *exchange, const struct http_field *fields,
                         size_t count)
{
    const struct sighting *seen = &exchange->world->seen[exchange->request];
    bool has_receipt = false, is_stored = true;
    for (size_t i = 0; i < count; i++) {
        check_no_number(fields[i].value, "a header field");
        if (str_equal(fields[i].name, STR("Overblik-Receipt")))
            has_receipt = str_equal(fields[i].value, str_of(seen->receipt));
        if (str_equal(fields[i].name, STR("Cache-Control")))
            is_stored = !str_equal(fields[i].value, STR("no-store"));
    }
    if (!has_receipt || is_stored)
        fault("request %u: a reply without receipt or with leave to store it", exchange->request);
}

/* A status line is the first byte: not before the record is durable. */
static void check_gate(const struct http_exchange *exchange)
{
    if (exchange->state != DOOR_WAITS)
        fault("request %u: a second reply (state %d)", exchange->request, exchange->state);
    if (!exchange->world->seen[exchange->request].is_durable)
        fault("request %u: a byte left before its record was durable", exchange->request);
}

/* ---- net/http.h ---- */

void http_keep(struct http_exchange *exchange, struct http_exchange **slot, loop_fn *on_gone,
               void *ctx)
{
    assert(!exchange->slot && exchange->state == DOOR_WAITS);
    *slot = exchange;
    exchange->slot = slot;
    exchange->on_gone = on_gone;
    exchange->ctx = ctx;
}

void http_reply(struct http_exchange *exchange, int status, const struct http_field *fields,
                size_t field_count, struct buf *body)
{
    check_gate(exchange);
    check_fields(exchange, fields, field_count);
    exchange->status = status;
    if (body->failed)
        fault("request %u: a reply whose body failed", exchange->request);
    buf_move(&exchange->body, body);
    trace("request %u: reply %d, %zu bytes, %016llx", exchange->request, status, exchange->body.len,
          (unsigned long long)str_hash(buf_str(&exchange->body)));
    disown(exchange);
}

void http_reply_problem(struct http_exchange *exchange, const struct problem *problem,
                        enum language language, struct str receipt, const struct http_field *fields,
                        size_t field_count)
{
    (void)language, (void)fields, (void)field_count;
    if (exchange->state != DOOR_WAITS)
        fault("request %u: a problem after a reply", exchange->request);
    if (!str_equal(receipt, str_of(exchange->world->seen[exchange->request].receipt)))
        fault("request %u: a problem without its receipt", exchange->request);
    exchange->status = problem_status(problem->kind);
    exchange->is_problem = true;
    exchange->problem = problem->kind;
    trace("request %u: problem %d", exchange->request, exchange->status);
    disown(exchange);
}

void http_stream_start(struct http_exchange *exchange, int status, const struct http_field *fields,
                       size_t field_count)
{
    check_gate(exchange);
    check_fields(exchange, fields, field_count);
    exchange->status = status;
    exchange->state = DOOR_STREAMS;
    exchange->read_at = loop_now(loop_of(exchange));
}

/* What a slow reader has not taken yet. */
static size_t unsent(struct http_exchange *exchange)
{
    const struct script *script = exchange->world->script;
    unsigned per_ms = script->requests[exchange->request].reads_per_ms;
    instant now = loop_now(loop_of(exchange));
    if (per_ms == 0)
        return 0;
    exchange->read += (size_t)((now - exchange->read_at) / INSTANT_PER_MS) * per_ms;
    exchange->read_at = now;
    if (exchange->read > exchange->body.len)
        exchange->read = exchange->body.len;
    return exchange->body.len - exchange->read;
}

void http_stream_write(struct http_exchange *exchange, struct str bytes)
{
    if (exchange->state == DOOR_OVERFLOWN)
        return;
    if (exchange->state != DOOR_STREAMS || exchange->piece_count == REPLY_PIECES_MAX) {
        fault("request %u: a write in state %d", exchange->request, exchange->state);
        return;
    }
    size_t waiting = unsent(exchange);
    buf_add_str(&exchange->body, bytes);
    exchange->pieces[exchange->piece_count].at = loop_now(loop_of(exchange));
    exchange->pieces[exchange->piece_count++].end = exchange->body.len;
    trace("request %u: writes %zu bytes, %016llx", exchange->request, bytes.len,
          (unsigned long long)str_hash(bytes));
    if (waiting + bytes.len > (size_t)exchange->world->script->unsent_max &&
        exchange->world->script->requests[exchange->request].reads_per_ms > 0) {
        exchange->state = DOOR_OVERFLOWN;
        loop_defer(loop_of(exchange), &exchange->overflow, on_leave, exchange);
    }
}

void http_stream_end(struct http_exchange *exchange)
{
    if (exchange->state == DOOR_OVERFLOWN) {
        loop_defer_cancel(loop_of(exchange), &exchange->overflow);
        exchange->gone = loop_now(loop_of(exchange));
    } else if (exchange->state != DOOR_STREAMS) {
        fault("request %u: a stream ends in state %d", exchange->request, exchange->state);
    }
    trace("request %u: the stream ends", exchange->request);
    disown(exchange);
}

void http_stream_abort(struct http_exchange *exchange)
{
    if (!exchange->world->script->is_tight)
        fault("request %u: the stream breaks off", exchange->request);
    exchange->is_problem = true;
    http_stream_end(exchange);
}

/* ---- what configuration wants of the door ---- */

struct http_settings http_settings_standard(void)
{
    return (struct http_settings){
#define X(name, standard, least, most, help) .name = (standard),
        HTTP_SETTINGS(X)
#undef X
    };
}
