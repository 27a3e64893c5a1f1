/* SPDX-License-Identifier: MIT */
#include "serve/correction_call.h"

#include "base/die.h"
#include "overview/part.h"
#include "serve/authorization.h"

#include <assert.h>
#include <stdlib.h>

enum {
    ANSWER_MAX = 16 * 1024,
    /* A character is at most four bytes, and a byte at most six as JSON; the item's id is bounded
     * by its handle. */
    CHARACTER_MAX = 4 * 6,
    LETTER_ROOM = 16 * 1024,
    HEADERS_MAX = 6
};

struct correction_call {
    struct correction_call_spec spec;
    struct correction_call **slot;
    correction_done_fn *done;
    void *ctx;
    struct fetch_target target; /* where it goes */
    struct buf letter;
    struct fetch *fetch; /* slot */
};

static void clear(struct correction_call *call)
{
    fetch_cancel(&call->fetch);
    buf_clear(&call->letter);
    free(call);
}

void correction_call_cancel(struct correction_call **slot)
{
    struct correction_call *call = *slot;

    *slot = NULL;
    if (call)
        clear(call);
}

static enum outcome outcome_of_status(int status)
{
    if (status >= 200 && status < 300)
        return OUTCOME_ANSWERED;
    if (status == 429 || status == 503)
        return OUTCOME_BUSY;
    return status >= 400 && status < 500 ? OUTCOME_REFUSED : OUTCOME_FAILED;
}

static void on_fetched(void *ctx, const struct fetch_result *result)
{
    struct correction_call *call = ctx;
    correction_done_fn *done = call->done;
    void *done_ctx = call->ctx;
    struct correction_reply reply = {.retry_after_s = result->retry_after_s};

    if (result->status == FETCH_OK) {
        reply.outcome = outcome_of_status(result->http_status);
        reply.receipt = correction_receipt(result->body, call->spec.arena);
    } else {
        reply.outcome = part_outcome_of(result->status);
        reply.is_unsent = result->times.connected == INSTANT_NEVER;
        reply.why = fetch_status_code(result->status).at;
    }
    *call->slot = NULL;
    clear(call);
    done(done_ctx, &reply);
}

/* The authority's endpoint, or the source's server; never over a connection that was kept. */
static void choose_target(struct correction_call *call)
{
    const struct fetch_target *own = &call->spec.endpoint->target;

    call->target = own->url.at ? *own : call->spec.route->target;
    call->target.no_reuse = true;
    call->target.identity = fetch_target_identity(&call->target);
}

/* False: it found no room. */
static bool send_letter(struct correction_call *call)
{
    const struct correction_call_spec *of = &call->spec;
    const struct settings *settings = &of->snapshot->settings;
    int64_t total_ms = settings->corrections_total_ms;
    struct arena *arena = of->arena;
    struct str headers[HEADERS_MAX] = {
        STR("Content-Type: application/json"),
        authorization_make(of->worker, arena, of->snapshot, of->route->source.id, of->receipt,
                           of->citizen),
        arena_format(arena, "X-Request-Id: %.*s", STR_ARG(of->receipt)),
        arena_format(arena, "Idempotency-Key: \"%.*s\"", STR_ARG(of->letter.id)),
        arena_format(arena, "Overblik-Time-Left-Ms: %lld", (long long)total_ms),
        arena_format(arena, "traceparent: %.*s", STR_ARG(of->traceparent))};

    choose_target(call);
    correction_write(&of->letter, &call->letter);
    for (size_t i = 0; i < HEADERS_MAX; i++)
        if (!headers[i].at)
            return false;
    instant now = loop_now(of->worker->loop), done_by = instant_after_ms(now, total_ms);
    const struct fetch_spec spec = {
        .target = &call->target,
        .path = of->endpoint->path,
        .headers = headers,
        .header_count = of->traceparent.at ? HEADERS_MAX : HEADERS_MAX - 1,
        .body = buf_str(&call->letter),
        .answer_max = ANSWER_MAX,
        .connected_by =
            instant_min(instant_after_ms(now, settings->corrections_connect_ms), done_by),
        .first_byte_by = done_by,
        .done_by = done_by,
    };
    if (call->letter.failed)
        return false;
    fetch_start(of->worker->pool, &spec, &call->fetch, on_fetched, call);
    return true;
}

bool correction_call_start(const struct correction_call_spec *spec, struct correction_call **slot,
                           correction_done_fn *done, void *ctx)
{
    struct correction_call *call = die_calloc(1, sizeof *call);
    size_t text_max = (size_t)spec->snapshot->settings.corrections_text_max;

    assert(!*slot);
    *call = (struct correction_call){.spec = *spec, .slot = slot, .done = done, .ctx = ctx};
    buf_init(&call->letter, CHARACTER_MAX * text_max + LETTER_ROOM);
    *slot = call;
    if (send_letter(call))
        return true;
    correction_call_cancel(slot);
    return false;
}
