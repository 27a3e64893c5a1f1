/* SPDX-License-Identifier: MIT */
#include "counted.h"
#include "world.h"

#include "base/die.h"

/* Timers are only noted: nothing here is ever late. */
struct loop {
    instant now;
    struct deferred *waiting, **last;
};

static struct loop the_loop;

struct loop *loop_new(void)
{
    the_loop = (struct loop){.now = instant_after_ms(0, 1000000), .last = &the_loop.waiting};
    return &the_loop;
}

void loop_free(struct loop **loop)
{
    *loop = NULL;
}

instant loop_now(const struct loop *loop)
{
    return loop->now;
}

struct wall loop_wall(const struct loop *loop)
{
    return (struct wall){WORLD_START_MS + loop->now / INSTANT_PER_MS, true};
}

void timer_start(struct loop *loop, struct timer *timer, instant due, loop_fn *done, void *ctx)
{
    (void)loop;
    *timer = (struct timer){.due = due, .position = 1, .done = done, .ctx = ctx};
}

void timer_cancel(struct loop *loop, struct timer *timer)
{
    (void)loop;
    timer->position = 0;
}

void loop_defer(struct loop *loop, struct deferred *deferred, loop_fn *done, void *ctx)
{
    if (deferred->waiting)
        return;
    *deferred = (struct deferred){.waiting = true, .done = done, .ctx = ctx};
    *loop->last = deferred;
    loop->last = &deferred->next;
}

void loop_defer_cancel(struct loop *loop, struct deferred *deferred)
{
    struct deferred **at = &loop->waiting;
    if (!deferred->waiting)
        return;
    while (*at != deferred)
        at = &(*at)->next;
    *at = deferred->next;
    if (loop->last == &deferred->next)
        loop->last = at;
    deferred->waiting = false;
}

static bool empty_queue(struct loop *loop)
{
    bool any = false;
    for (struct deferred *next; (next = loop->waiting) != NULL; any = true) {
        loop_defer_cancel(loop, next);
        counted_on();
        next->done(next->ctx);
        counted_off();
    }
    return any;
}

bool fake_loop_turn(struct loop *loop)
{
    loop->now = instant_after_ms(loop->now, 1);
    bool any = fake_record_turn() || fake_fetch_turn();
    return empty_queue(loop) || any;
}

/* ---- the rest of the header, which nobody calls here ---- */

void loop_run(struct loop *loop)
{
    (void)loop;
    die("this loop is turned by hand");
}

void loop_stop(struct loop *loop)
{
    (void)loop;
    die("this loop is turned by hand");
}

struct event_base *loop_base(struct loop *loop)
{
    (void)loop;
    die("this loop has no sockets");
}

void loop_post(struct loop *loop, loop_fn *done, void *ctx)
{
    (void)loop, (void)done, (void)ctx;
    die("there is one thread");
}
