/* SPDX-License-Identifier: MIT */
#include "serve/mandate_call.h"

#include "base/die.h"
#include "overview/part.h"
#include "serve/authorization.h"

#include <assert.h>
#include <stdlib.h>
#include <strings.h>

enum { ASK_BODY_MAX = 64 * 1024, HEADERS_MAX = ASK_HEADERS_MAX + 4 };

struct mandate_call {
    struct mandate_call_spec spec;
    struct mandate_call **slot;
    mandate_done_fn *done;
    void *ctx;
    struct mandate_question question;
    struct buf body;
    struct fetch *fetch;       /* slot */
    struct deferred giving_up; /* the question could not be put */
    instant started;
};

static void clear(struct mandate_call *call)
{
    fetch_cancel(&call->fetch);
    loop_defer_cancel(call->spec.worker->loop, &call->giving_up);
    buf_clear(&call->body);
    explicit_bzero(call, sizeof *call); /* personal numbers */
    free(call);
}

void mandate_call_cancel(struct mandate_call **slot)
{
    struct mandate_call *call = *slot;

    *slot = NULL;
    if (call)
        clear(call);
}

static void end(struct mandate_call *call, struct mandate_reply *reply)
{
    mandate_done_fn *done = call->done;
    void *ctx = call->ctx;

    reply->elapsed_ms = (loop_now(call->spec.worker->loop) - call->started) / INSTANT_PER_MS;
    *call->slot = NULL;
    clear(call);
    done(ctx, reply);
}

static void give_up(void *ctx)
{
    struct mandate_reply reply = {.outcome = OUTCOME_INVALID,
                                  .why = "the question exceeds the limits"};
    end(ctx, &reply);
}

static void on_fetched(void *ctx, const struct fetch_result *result)
{
    struct mandate_call *call = ctx;
    struct mandate_reply reply = {0};

    if (result->status == FETCH_OK) {
        struct answer answer = {.http_status = result->http_status,
                                .content_type = result->content_type,
                                .body = result->body};
        struct answer_fault fault = {0};
        reply.outcome =
            digital_fuldmagt_parse(call->spec.arena, &call->question, &answer, &reply.list, &fault);
        reply.why = fault.why;
        if (reply.outcome == OUTCOME_INVALID || reply.outcome == OUTCOME_FOREIGN)
            fetch_distrust(call->spec.worker->pool);
    } else {
        reply.outcome = part_outcome_of(result->status);
        reply.why = fetch_status_code(result->status).at;
    }
    end(call, &reply);
}

/* False: it found no room. */
static bool put_question(struct mandate_call *call)
{
    const struct mandate_call_spec *of = &call->spec;
    const struct mandate_service *service = of->service;
    struct arena *arena = of->arena;
    char *request_id = arena_alloc(arena, UUID_TEXT);
    struct ask ask = {.body = &call->body};
    struct str headers[HEADERS_MAX];
    size_t count = 0;

    if (!request_id)
        return false;
    uuid_make(&of->worker->uuids, loop_wall(of->worker->loop), request_id);
    call->question = (struct mandate_question){.kind = service->kind,
                                               .path = service->path,
                                               .giver = of->giver,
                                               .receiver = *citizen_actor(of->actor),
                                               .request_id = str_make(request_id, UUID_TEXT - 1)};
    if (!digital_fuldmagt_build(arena, &call->question, &ask))
        return false;

    /* The document that waits for it leaves by the soft deadline, with or without. */
    int64_t soft_ms = of->snapshot->settings.time_soft_ms;
    int64_t total_ms = service->total_ms < soft_ms ? service->total_ms : soft_ms;
    instant now = call->started, done_by = instant_after_ms(now, total_ms);
    for (; count < ask.header_count; count++)
        headers[count] = ask.headers[count];
    headers[count++] =
        authorization_make(of->worker, arena, of->snapshot, service->id, of->receipt, of->actor);
    headers[count++] = arena_format(arena, "X-Request-Id: %s", request_id);
    headers[count++] = arena_format(arena, "Overblik-Time-Left-Ms: %lld", (long long)total_ms);
    if (of->traceparent.at)
        headers[count++] = arena_format(arena, "traceparent: %.*s", STR_ARG(of->traceparent));
    for (size_t i = 0; i < count; i++)
        if (!headers[i].at)
            return false;
    struct fetch_spec spec = {
        .target = &service->target,
        .path = ask.path,
        .headers = headers,
        .header_count = count,
        .body = buf_str(&call->body),
        .answer_max = (size_t)of->snapshot->settings.limits_answer_max,
        .connected_by = instant_min(instant_after_ms(now, service->connect_ms), done_by),
        .first_byte_by = instant_min(instant_after_ms(now, service->first_byte_ms), done_by),
        .done_by = done_by,
        .silence_ms = (unsigned)service->silence_ms,
    };
    fetch_start(of->worker->pool, &spec, &call->fetch, on_fetched, call);
    return true;
}

void mandate_call_start(const struct mandate_call_spec *spec, struct mandate_call **slot,
                        mandate_done_fn *done, void *ctx)
{
    struct mandate_call *call = die_calloc(1, sizeof *call);

    assert(!*slot);
    *call = (struct mandate_call){.spec = *spec, .slot = slot, .done = done, .ctx = ctx};
    call->started = loop_now(spec->worker->loop);
    buf_init(&call->body, ASK_BODY_MAX);
    *slot = call;
    if (!put_question(call))
        loop_defer(spec->worker->loop, &call->giving_up, give_up, call);
}
