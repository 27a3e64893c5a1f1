/* SPDX-License-Identifier: MIT */
/* loop: one thread's event loop: its clock, its timers, its end-of-turn queue, and a door for other
 * threads. Built on libevent (epoll with changelist, no locks). Deadlines lie in a heap of our own
 * by CLOCK_MONOTONIC over one timerfd that is armed once a turn, and only when the earliest
 * deadline has become earlier: a timer is never early (libevent's coarse clock fires up to 3.5 ms
 * early) and starting or cancelling one costs no system call.
 *
 * A turn: wait for sockets, deadlines and posts; call what they wake; empty the end-of-turn queue.
 *
 * tests/simulation links a second implementation of this header whose time is virtual. */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include "base/clock.h"

struct loop;
struct event_base;

struct loop *loop_new(void);
void loop_free(struct loop **loop); /* reports timers still running to the log */

instant loop_now(const struct loop *loop);
struct wall loop_wall(const struct loop *loop);

/* Runs until loop_stop, which may be called from any thread: the turn under way is the last. A stop
 * that comes before the run ends that run at once, so a thread that is just starting is stopped
 * too. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* libevent's base, for the modules of net/ alone. */
struct event_base *loop_base(struct loop *loop);

/* A timer belongs to the struct it is embedded in; zeroed memory is an idle timer. */
typedef void loop_fn(void *ctx);
struct timer {
    instant due;
    size_t position; /* in the heap, from 1; 0: idle */
    loop_fn *done;
    void *ctx;
};

/* (Re)starts: `done` is called once, from the loop, at or after `due`, never from inside here.
 * INSTANT_NEVER is allowed and never comes. */
void timer_start(struct loop *loop, struct timer *timer, instant due, loop_fn *done, void *ctx);
void timer_cancel(struct loop *loop, struct timer *timer); /* idle: no-op */
static inline bool timer_is_running(const struct timer *timer)
{
    return timer->position != 0;
}

/* Something to be done once at the end of this turn of the loop (a flush, a delivery). Zeroed
 * memory is idle; asking again while it waits changes nothing. What is asked for while the queue is
 * being emptied is done in the same turn, a few rounds deep; what then is left waits for one look
 * at the sockets, so that nobody who keeps asking starves them. */
struct deferred {
    struct deferred *next;
    bool waiting;
    loop_fn *done;
    void *ctx;
};
void loop_defer(struct loop *loop, struct deferred *deferred, loop_fn *done, void *ctx);
void loop_defer_cancel(struct loop *loop, struct deferred *deferred);

/* From any thread: `done(ctx)` is called soon in the loop's thread, in order. Bounded by memory
 * only: for a handful of messages (a reload, a durable record), not for a flood. A loop that is
 * freed drops what has not been delivered; every poster must have stopped by then. */
void loop_post(struct loop *loop, loop_fn *done, void *ctx);

#endif
