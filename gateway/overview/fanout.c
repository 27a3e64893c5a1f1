/* SPDX-License-Identifier: MIT */
#include "overview/fanout.h"

#include "base/log.h"
#include "overview/call.h"
#include "overview/shadow.h"

#include <assert.h>

struct fanout {
    struct call_group group; /* of the calls */
    struct fanout **slot;
    fanout_part_fn *on_part;
    fanout_end_fn *on_end;
    void *ctx;

    struct part *parts;
    struct call *calls; /* calls[i] belongs to parts[i] */
    size_t total;       /* rows, with those that are only compared */
    size_t pending;     /* rows that are shown and not settled */
    bool has_ended;     /* on_end was called */

    struct timer deadline;
    struct deferred delivery;
    struct call *settled, **settled_end; /* waiting for on_part, in order of settling */
    bool *is_gone; /* set by cancel and clear while we are inside a callback */

    struct buf sentence;
};

/* ---- rows that have settled ---- */

static void deliver(void *ctx);

static bool is_shadow(const struct fanout *fanout, const struct part *part)
{
    return part->position >= fanout->group.spec.plan->count;
}

/* A row has its outcome. */
static void on_settled(void *ctx, struct call *call)
{
    struct fanout *fanout = ctx;

    if (is_shadow(fanout, call->part))
        return; /* nobody is told, nobody waits */
    *fanout->settled_end = call;
    fanout->settled_end = &call->settled_next;
    if (--fanout->pending == 0)
        timer_cancel(fanout->group.env.loop, &fanout->deadline);
    loop_defer(fanout->group.env.loop, &fanout->delivery, deliver, fanout);
}

/* Tells of what has settled, one by one; a callback may end the fan-out at any time. */
static void deliver(void *ctx)
{
    struct fanout *fanout = ctx;
    bool is_gone = false;
    fanout->is_gone = &is_gone;

    while (fanout->settled) {
        struct call *call = fanout->settled;
        fanout->settled = call->settled_next;
        if (!fanout->settled)
            fanout->settled_end = &fanout->settled;
        fanout->on_part(fanout->ctx, call->part);
        if (is_gone)
            return;
    }
    fanout->is_gone = NULL;
    if (fanout->pending == 0 && !fanout->has_ended) {
        fanout->has_ended = true;
        fanout->on_end(fanout->ctx);
    }
}

static void on_deadline(void *ctx)
{
    struct fanout *fanout = ctx;
    for (size_t i = 0; i < fanout->total; i++)
        if (fanout->parts[i].outcome == OUTCOME_PENDING)
            call_give_up(&fanout->calls[i], "overview-deadline");
}

/* ---- the start ---- */

/* One assertion for the whole overview, naming every source that is asked. */
static struct str make_authorization(const struct fanout *fanout)
{
    const struct plan *plan = fanout->group.spec.plan;
    struct arena *arena = fanout->group.spec.arena;
    struct str *audiences = arena_calloc(arena, fanout->total + 1, sizeof *audiences);
    size_t count = 0;
    if (!audiences)
        return STR_NONE;
    for (size_t i = 0; i < fanout->total; i++) {
        struct str id = plan->rows[i].route->source.id;
        if (plan->rows[i].skip == OUTCOME_PENDING &&
            (count == 0 || !str_equal(audiences[count - 1], id)))
            audiences[count++] = id;
    }
    struct assertion_spec spec = {.issuer = fanout->group.spec.snapshot->settings.gateway_id,
                                  .kid = fanout->group.env.assertion_kid,
                                  .audiences = audiences,
                                  .audience_count = count,
                                  .jti = fanout->group.spec.receipt,
                                  .certificate = fanout->group.env.certificate,
                                  .pairwise_key = fanout->group.env.pairwise_key,
                                  .now = loop_wall(fanout->group.env.loop)};
    struct str token = assertion_make(arena, &spec, fanout->group.spec.citizen,
                                      fanout->group.env.sign, fanout->group.env.sign_ctx);
    return token.at ? arena_format(arena, "Authorization: Bearer %.*s", STR_ARG(token)) : STR_NONE;
}

static void skip_row(struct fanout *fanout, struct part *part)
{
    part->outcome = part->row->skip;
    part->rule = part->row->rule;
    part->retry_after_s = part->row->retry_after_s;
    part->started = part->settled = loop_now(fanout->group.env.loop);
    part->at = loop_wall(fanout->group.env.loop);
}

bool fanout_start(const struct fanout_env *env, const struct fanout_spec *spec,
                  struct fanout **slot, fanout_part_fn *on_part, fanout_end_fn *on_end, void *ctx)
{
    struct arena *arena = spec->arena;
    size_t count = spec->plan->count, total = count + spec->plan->shadow_count;
    struct fanout *fanout = ARENA_NEW(arena, struct fanout);
    struct part *parts = arena_calloc(arena, total + 1, sizeof *parts);
    struct call *calls = arena_calloc(arena, total + 1, sizeof *calls);

    assert(!*slot);
    if (!fanout || !parts || !calls)
        return false;
    *fanout =
        (struct fanout){.group = {.env = *env, .spec = *spec, .settled = on_settled, .ctx = fanout},
                        .slot = slot,
                        .on_part = on_part,
                        .on_end = on_end,
                        .ctx = ctx,
                        .parts = parts,
                        .calls = calls,
                        .total = total};
    fanout->settled_end = &fanout->settled;
    fanout->group.authorization = make_authorization(fanout);
    if (!fanout->group.authorization.at)
        return false;
    buf_init(&fanout->sentence, 4096);
    fanout->group.output = (struct output_context){.snapshot = spec->snapshot,
                                                   .language = spec->language,
                                                   .citizen = spec->citizen,
                                                   .receipt = spec->receipt,
                                                   .sentence = &fanout->sentence};
    *slot = fanout;

    for (size_t i = 0; i < total; i++) {
        struct call *call = &calls[i];
        parts[i].row = &spec->plan->rows[i];
        parts[i].position = i;
        parts[i].is_optional = plan_row_rules(parts[i].row)->is_optional;
        call_init(call, &fanout->group, &parts[i]);
        if (parts[i].row->skip != OUTCOME_PENDING)
            skip_row(fanout, &parts[i]);
        else if (!is_shadow(fanout, &parts[i]))
            fanout->pending++;
    }
    const struct settings *settings = &spec->snapshot->settings;
    fanout->group.row_memory_max = (size_t)settings->limits_request_memory_max / 4;
    fanout->group.row_json_max =
        (size_t)settings->limits_output_max / (fanout->pending > 0 ? fanout->pending : 1);
    if (fanout->pending > 0)
        timer_start(env->loop, &fanout->deadline, spec->deadline, on_deadline, fanout);
    loop_defer(env->loop, &fanout->delivery, deliver, fanout); /* also when nobody is asked */
    for (size_t i = 0; i < total; i++)
        if (parts[i].outcome == OUTCOME_PENDING)
            call_start(&calls[i]);
    return true;
}

/* Each shadow against the source it shadows, as far as both have come. */
static void compare_shadows(const struct fanout *fanout)
{
    for (size_t i = fanout->group.spec.plan->count; i < fanout->total; i++) {
        const struct part *shadow = &fanout->parts[i], *twin = NULL;
        struct str of = fanout->calls[i].rules->shadow_of;
        for (size_t j = 0; j < fanout->group.spec.plan->count && !twin; j++)
            if (str_equal(fanout->parts[j].row->route->source.id, of) &&
                fanout->parts[j].row->municipality == shadow->row->municipality)
                twin = &fanout->parts[j];
        struct shadow_finding finding = shadow_compare(shadow, twin);
        health_count_shadow(health_entry(fanout->group.env.health, shadow->row->route->source.id),
                            finding.equal, finding.different);
        log_info(fanout->group.spec.receipt,
                 "event=shadow source=%.*s of=%.*s comparable=%d equal=%zu different=%zu",
                 STR_ARG(shadow->row->route->source.id), STR_ARG(of), finding.is_comparable,
                 finding.equal, finding.different);
    }
}

/* Ends all that is under way and frees what is not the arena's. */
static void release(struct fanout **slot)
{
    struct fanout *fanout = *slot;
    if (!fanout)
        return;
    compare_shadows(fanout);
    for (size_t i = 0; i < fanout->total; i++) {
        call_cancel(&fanout->calls[i]);
        part_clear(fanout->calls[i].part, fanout->group.env.arenas);
    }
    timer_cancel(fanout->group.env.loop, &fanout->deadline);
    loop_defer_cancel(fanout->group.env.loop, &fanout->delivery);
    buf_clear(&fanout->sentence);
    if (fanout->is_gone)
        *fanout->is_gone = true;
    *slot = NULL;
}

void fanout_cancel(struct fanout **slot)
{
    release(slot);
}

void fanout_clear(struct fanout **slot)
{
    assert(!*slot || (*slot)->has_ended);
    release(slot);
}

const struct part *fanout_parts(const struct fanout *fanout)
{
    return fanout->parts;
}

size_t fanout_part_count(const struct fanout *fanout)
{
    return fanout->group.spec.plan->count;
}

size_t fanout_total_count(const struct fanout *fanout)
{
    return fanout->total;
}
