/* SPDX-License-Identifier: MIT */
/* virtual_loop: the second implementation of net/loop.h. Time stands still while anything runs and
 * then jumps to the next thing that is due; both clocks are the same time. The clock moves in whole
 * ticks, so that with a coarse tick many things fall into one turn, and the order of what came from
 * outside in one turn is drawn by lot, as a kernel's would be. */
#ifndef SIMULATION_VIRTUAL_LOOP_H
#define SIMULATION_VIRTUAL_LOOP_H

#include "chance.h"
#include "net/loop.h"

/* Something that comes from outside: an answer, a durable record, a client that leaves. */
struct outside {
    instant due;
    bool is_waiting;
    loop_fn *done;
    void *ctx;
};

struct loop *virtual_loop_new(int64_t tick_us, struct wall start, uint64_t seed);
void virtual_loop_free(struct loop **loop);

void outside_start(struct loop *loop, struct outside *outside, instant due, loop_fn *done,
                   void *ctx);
void outside_cancel(struct loop *loop, struct outside *outside);

/* One turn. False: nothing is left to wait for. */
bool virtual_loop_turn(struct loop *loop);
/* The first tick at which something that is due then is noticed. */
instant virtual_tick(int64_t tick_us, instant due);

size_t virtual_loop_timers(const struct loop *loop);   /* running */
size_t virtual_loop_deferred(const struct loop *loop); /* waiting */

#endif
