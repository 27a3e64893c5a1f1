/* SPDX-License-Identifier: MIT */
#include "virtual_loop.h"

#include "base/die.h"
#include "trace.h"

#include <assert.h>
#include <stdlib.h>

enum { THINGS_MAX = 1024, DEFER_ROUNDS = 4 };

struct loop {
    int64_t tick_us;
    instant now;
    struct wall start;
    struct chance chance;
    struct timer *timers[THINGS_MAX]; /* in no order; timer->position is the place from 1 */
    size_t timer_count;
    struct outside *outside[THINGS_MAX];
    size_t outside_count;
    struct outside *turn[THINGS_MAX]; /* what this turn still has to call; NULL: cancelled */
    size_t turn_count;
    struct deferred *round, *waiting;
};

struct loop *virtual_loop_new(int64_t tick_us, struct wall start, uint64_t seed)
{
    struct loop *loop = die_calloc(1, sizeof *loop);
    loop->tick_us = tick_us;
    loop->start = start;
    loop->chance.state = seed;
    return loop;
}

void virtual_loop_free(struct loop **loop)
{
    free(*loop);
    *loop = NULL;
}

instant virtual_tick(int64_t tick_us, instant due)
{
    return (due + tick_us - 1) / tick_us * tick_us;
}

instant loop_now(const struct loop *loop)
{
    return loop->now;
}

struct wall loop_wall(const struct loop *loop)
{
    return (struct wall){loop->start.unix_ms + loop->now / INSTANT_PER_MS, true};
}

/* ---- timers ---- */

void timer_start(struct loop *loop, struct timer *timer, instant due, loop_fn *done, void *ctx)
{
    timer->due = due;
    timer->done = done;
    timer->ctx = ctx;
    if (timer->position > 0)
        return;
    assert(loop->timer_count < THINGS_MAX);
    loop->timers[loop->timer_count++] = timer;
    timer->position = loop->timer_count;
}

void timer_cancel(struct loop *loop, struct timer *timer)
{
    if (timer->position == 0)
        return;
    assert(loop->timers[timer->position - 1] == timer);
    struct timer *last = loop->timers[--loop->timer_count];
    assert(last);
    loop->timers[timer->position - 1] = last;
    last->position = timer->position;
    timer->position = 0;
}

static struct timer *earliest_timer(const struct loop *loop)
{
    struct timer *earliest = NULL;
    for (size_t i = 0; i < loop->timer_count; i++)
        if (!earliest || loop->timers[i]->due < earliest->due)
            earliest = loop->timers[i];
    return earliest;
}

static void run_timers(struct loop *loop)
{
    for (size_t left = loop->timer_count; left > 0; left--) {
        struct timer *timer = earliest_timer(loop);
        if (!timer || timer->due > loop->now)
            return;
        timer_cancel(loop, timer);
        timer->done(timer->ctx);
    }
}

/* ---- the end-of-turn queue ---- */

void loop_defer(struct loop *loop, struct deferred *deferred, loop_fn *done, void *ctx)
{
    deferred->done = done;
    deferred->ctx = ctx;
    if (deferred->waiting)
        return;
    deferred->waiting = true;
    deferred->next = NULL;
    struct deferred **end = &loop->waiting;
    while (*end)
        end = &(*end)->next;
    *end = deferred;
}

static void take_out(struct deferred **from, struct deferred *deferred)
{
    while (*from && *from != deferred)
        from = &(*from)->next;
    if (*from)
        *from = deferred->next;
}

void loop_defer_cancel(struct loop *loop, struct deferred *deferred)
{
    if (!deferred->waiting)
        return;
    take_out(&loop->round, deferred);
    take_out(&loop->waiting, deferred);
    deferred->waiting = false;
}

static void run_deferred(struct loop *loop)
{
    for (int round = 0; round < DEFER_ROUNDS && loop->waiting; round++) {
        loop->round = loop->waiting;
        loop->waiting = NULL;
        while (loop->round) {
            struct deferred *deferred = loop->round;
            loop->round = deferred->next;
            deferred->waiting = false;
            deferred->done(deferred->ctx);
        }
    }
}

/* ---- what comes from outside ---- */

void outside_start(struct loop *loop, struct outside *outside, instant due, loop_fn *done,
                   void *ctx)
{
    assert(!outside->is_waiting && loop->outside_count < THINGS_MAX);
    *outside = (struct outside){due, true, done, ctx};
    loop->outside[loop->outside_count++] = outside;
}

void outside_cancel(struct loop *loop, struct outside *outside)
{
    if (!outside->is_waiting)
        return;
    outside->is_waiting = false;
    for (size_t i = 0; i < loop->outside_count; i++)
        if (loop->outside[i] == outside)
            loop->outside[i--] = loop->outside[--loop->outside_count];
    for (size_t i = 0; i < loop->turn_count; i++)
        if (loop->turn[i] == outside)
            loop->turn[i] = NULL;
}

/* What is due now, in the order of a lottery. */
static void collect_turn(struct loop *loop)
{
    loop->turn_count = 0;
    for (size_t i = 0; i < loop->outside_count; i++)
        if (loop->outside[i]->due <= loop->now)
            loop->turn[loop->turn_count++] = loop->outside[i];
    for (size_t i = loop->turn_count; i > 1; i--) {
        size_t j = chance_pick(&loop->chance, (unsigned)i);
        struct outside *other = loop->turn[j];
        loop->turn[j] = loop->turn[i - 1];
        loop->turn[i - 1] = other;
    }
}

bool virtual_loop_turn(struct loop *loop)
{
    struct timer *timer = earliest_timer(loop);
    instant due = timer ? timer->due : INSTANT_NEVER;
    for (size_t i = 0; i < loop->outside_count; i++)
        due = instant_min(due, loop->outside[i]->due);
    if (loop->waiting)
        due = loop->now;
    if (due == INSTANT_NEVER)
        return false;
    if (due > loop->now)
        loop->now = virtual_tick(loop->tick_us, due);
    trace_clock(loop->now);

    collect_turn(loop);
    size_t timers_before = chance_pick(&loop->chance, (unsigned)loop->turn_count + 1);
    for (size_t i = 0; i <= loop->turn_count; i++) {
        if (i == timers_before)
            run_timers(loop);
        struct outside *outside = i < loop->turn_count ? loop->turn[i] : NULL;
        if (!outside)
            continue;
        outside_cancel(loop, outside);
        outside->done(outside->ctx);
    }
    loop->turn_count = 0;
    run_deferred(loop);
    return true;
}

size_t virtual_loop_timers(const struct loop *loop)
{
    return loop->timer_count;
}

size_t virtual_loop_deferred(const struct loop *loop)
{
    size_t count = 0;
    for (const struct deferred *deferred = loop->waiting; deferred; deferred = deferred->next)
        count++;
    return count;
}

/* ---- the rest of the header: nobody in a simulation may use it ---- */

struct loop *loop_new(void)
{
    die("the simulation makes its own loop");
}

void loop_free(struct loop **loop)
{
    (void)loop;
    die("the simulation frees its own loop");
}

void loop_run(struct loop *loop)
{
    (void)loop;
    die("the simulation turns its own loop");
}

void loop_stop(struct loop *loop)
{
    (void)loop;
    die("nobody stops a virtual loop");
}

struct event_base *loop_base(struct loop *loop)
{
    (void)loop;
    die("a virtual loop has no sockets");
}

void loop_post(struct loop *loop, loop_fn *done, void *ctx)
{
    (void)loop, (void)done, (void)ctx;
    die("a virtual loop has no other threads");
}
