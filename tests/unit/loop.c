/* SPDX-License-Identifier: MIT */
/* The loop: order and punctuality of timers, the end-of-turn queue, the door for other threads. */
/* label: threads */
#include "net/loop.h"

#include <pthread.h>
#include <unistd.h>

#include <event2/event.h>

#include "tests/tap.h"

struct note {
    struct loop *loop;
    struct timer timer;
    struct deferred deferred;
    int calls, early, stop_at, order;
    struct note *other;
    struct crowd *crowd;
};

static int order;

static void on_note(void *ctx)
{
    struct note *note = ctx;
    note->calls++;
    note->order = ++order;
    note->early += note->timer.due > loop_now(note->loop);
    if (note->calls == note->stop_at)
        loop_stop(note->loop);
}

static void stop(void *ctx)
{
    loop_stop(ctx);
}

/* A seeded generator, so that a failure can be repeated. */
static uint32_t random_next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Many timers started, moved and cancelled at random: each that is left fires once, in order. */
static void test_timer_order(void)
{
    enum { COUNT = 500 };
    struct loop *loop = loop_new();
    static struct note notes[COUNT];
    memset(notes, 0, sizeof notes);
    uint32_t seed = 7;
    instant begin = loop_now(loop);
    for (int step = 0; step < 5 * COUNT; step++) {
        struct note *note = &notes[random_next(&seed) % COUNT];
        note->loop = loop;
        if (random_next(&seed) % 4 == 0)
            timer_cancel(loop, &note->timer);
        else
            timer_start(loop, &note->timer, begin + random_next(&seed) % 20000, on_note, note);
    }
    int expected = 0, fired = 0, twice = 0, wrong = 0, early = 0;
    for (int i = 0; i < COUNT; i++)
        expected += timer_is_running(&notes[i].timer);
    struct timer end = {0};
    timer_start(loop, &end, begin + 20001, stop, loop);
    order = 0;
    loop_run(loop);
    for (int i = 0; i < COUNT; i++) {
        fired += notes[i].calls > 0;
        twice += notes[i].calls > 1;
        early += notes[i].early;
        for (int j = 0; j < COUNT; j++)
            wrong += notes[i].calls && notes[j].calls && notes[i].order < notes[j].order &&
                     notes[i].timer.due > notes[j].timer.due;
    }
    ok(expected > 100, "timers: %d are running after random starts and cancels", expected);
    is_int(fired, expected, "timers: each running one fires");
    is_int(twice, 0, "timers: none twice");
    is_int(wrong, 0, "timers: in the order of their due times");
    is_int(early, 0, "timers: none early");
    loop_free(&loop);
    ok(loop == NULL, "loop_free clears the slot");
}

/* Timers that start and move others while they fire: no other that was running may be due before
 * the one that fires. */
enum { CROWD = 40, FIRES = 2000 };

struct crowd {
    struct loop *loop;
    struct note notes[CROWD];
    uint32_t seed;
    int fires, wrong;
};

static void on_crowd(void *ctx)
{
    struct note *note = ctx;
    struct crowd *crowd = note->crowd;
    for (int i = 0; i < CROWD; i++) {
        const struct timer *timer = &crowd->notes[i].timer;
        crowd->wrong += timer_is_running(timer) && timer->due < note->timer.due;
    }
    if (++crowd->fires == FIRES)
        loop_stop(crowd->loop);
    instant now = loop_now(crowd->loop);
    timer_start(crowd->loop, &note->timer, now + random_next(&crowd->seed) % 300, on_crowd, note);
    struct note *moved = &crowd->notes[random_next(&crowd->seed) % CROWD];
    timer_start(crowd->loop, &moved->timer, now + random_next(&crowd->seed) % 300, on_crowd, moved);
}

static void test_timer_crowd(void)
{
    struct crowd crowd = {.loop = loop_new(), .seed = 11};
    for (int i = 0; i < CROWD; i++) {
        struct note *note = &crowd.notes[i];
        note->crowd = &crowd;
        timer_start(crowd.loop, &note->timer, loop_now(crowd.loop) + 300 - i, on_crowd, note);
    }
    loop_run(crowd.loop);
    is_int(crowd.wrong, 0, "%d timers that move each other fire in the order of their due times",
           CROWD);
    for (int i = 0; i < CROWD; i++)
        timer_cancel(crowd.loop, &crowd.notes[i].timer);
    loop_free(&crowd.loop);
}

/* Punctuality over many single waits: a coarse clock would show here as an early call. */
static void on_punctual(void *ctx)
{
    struct note *note = ctx;
    instant now = loop_now(note->loop);
    note->early += now < note->timer.due;
    if (++note->calls == note->stop_at)
        loop_stop(note->loop);
    else
        timer_start(note->loop, &note->timer, now + 137 * note->calls % 900, on_punctual, note);
}

static void test_never_early(void)
{
    struct note note = {.loop = loop_new(), .stop_at = 300};
    timer_start(note.loop, &note.timer, loop_now(note.loop), on_punctual, &note);
    loop_run(note.loop);
    is_int(note.calls, 300, "300 waits of fractions of a millisecond end");
    is_int(note.early, 0, "and none of them early");
    loop_free(&note.loop);
}

static void cancel_other(void *ctx)
{
    struct note *note = ctx;
    timer_cancel(note->loop, &note->other->timer);
    on_note(note);
}

static void test_timer_edges(void)
{
    struct loop *loop = loop_new();
    struct note a = {.loop = loop}, b = {.loop = loop}, never = {.loop = loop};
    instant now = loop_now(loop);
    a.other = &b;
    timer_cancel(loop, &a.timer);
    ok(!timer_is_running(&a.timer), "cancelling an idle timer is no-op");
    timer_start(loop, &a.timer, now, cancel_other, &a);
    is_int(a.calls, 0, "a timer that is due is not called from inside timer_start");
    timer_start(loop, &b.timer, now + 1, on_note, &b);
    timer_start(loop, &never.timer, INSTANT_NEVER, on_note, &never);
    struct timer end = {0};
    timer_start(loop, &end, now + 2000, stop, loop);
    loop_run(loop);
    is_int(a.calls, 1, "the first of two due timers is called");
    is_int(b.calls, 0, "the second, cancelled by the first, is not");
    is_int(never.calls, 0, "INSTANT_NEVER never comes");
    ok(timer_is_running(&never.timer), "and keeps running");
    timer_cancel(loop, &never.timer);

    struct note negative = {.loop = loop, .stop_at = 1};
    timer_start(loop, &negative.timer, -5, on_note, &negative);
    loop_run(loop);
    is_int(negative.calls, 1, "a due time before the clock's zero comes at once");

    struct note moved = {.loop = loop, .stop_at = 1};
    now = loop_now(loop);
    timer_start(loop, &moved.timer, now + 3600 * (instant)1000000, on_note, &moved);
    timer_start(loop, &moved.timer, now + 500, on_note, &moved);
    loop_run(loop);
    is_int(moved.calls, 1, "a timer moved earlier comes at its new time");
    loop_free(&loop);
}

/* A timer that starts itself again with a due time in the past must not keep the sockets waiting.
 */
static void restart_at_once(void *ctx)
{
    struct note *note = ctx;
    note->calls++;
    timer_start(note->loop, &note->timer, note->timer.due, restart_at_once, note);
}

static void on_byte(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd, (void)what;
    loop_stop(ctx);
}

static void defer_again(void *ctx)
{
    struct note *note = ctx;
    note->calls++;
    loop_defer(note->loop, &note->deferred, defer_again, note);
}

static void test_no_starvation(void)
{
    struct loop *loop = loop_new();
    struct note timer = {.loop = loop}, deferred = {.loop = loop};
    int ends[2];
    ok(pipe(ends) == 0 && write(ends[1], "x", 1) == 1, "a pipe has a byte to read");
    struct event *event = event_new(loop_base(loop), ends[0], EV_READ | EV_PERSIST, on_byte, loop);
    event_add(event, NULL);
    timer_start(loop, &timer.timer, 1, restart_at_once, &timer);
    loop_defer(loop, &deferred.deferred, defer_again, &deferred);
    loop_run(loop);
    ok(true, "a timer and a deferred that never stop do not keep the loop from a socket");
    ok(timer.calls < 100 && deferred.calls < 100, "they ran %d and %d times", timer.calls,
       deferred.calls);
    timer_cancel(loop, &timer.timer);
    loop_defer_cancel(loop, &deferred.deferred);
    event_free(event);
    close(ends[0]);
    close(ends[1]);
    loop_free(&loop);
}

static void defer_other(void *ctx)
{
    struct note *note = ctx;
    on_note(note);
    loop_defer(note->loop, &note->other->deferred, on_note, note->other);
}

static void defer_cancel_other(void *ctx)
{
    struct note *note = ctx;
    on_note(note);
    loop_defer_cancel(note->loop, &note->other->deferred);
}

static void test_deferred(void)
{
    struct loop *loop = loop_new();
    struct note a = {.loop = loop}, b = {.loop = loop}, c = {.loop = loop}, d = {.loop = loop};
    struct note last = {.loop = loop, .stop_at = 1};
    order = 0;
    loop_defer_cancel(loop, &a.deferred);
    a.other = &last;
    b.other = &c;
    loop_defer(loop, &a.deferred, defer_other, &a);
    loop_defer(loop, &b.deferred, defer_cancel_other, &b);
    loop_defer(loop, &c.deferred, on_note, &c);
    loop_defer(loop, &d.deferred, on_note, &d);
    loop_defer(loop, &d.deferred, on_note, &d);
    is_int(order, 0, "loop_defer calls nothing itself");
    loop_run(loop);
    is_int(a.order, 1, "deferred work is done in the order it was asked for");
    is_int(b.order, 2, "the second after the first");
    is_int(c.calls, 0, "what another one cancelled is not done");
    is_int(d.calls, 1, "asked for twice, done once");
    is_int(last.order, 4, "what deferred work defers is done after it");

    /* Cancel the last, then add: the queue's end must have moved back. */
    struct note x = {.loop = loop}, y = {.loop = loop}, z = {.loop = loop, .stop_at = 1};
    loop_defer(loop, &x.deferred, on_note, &x);
    loop_defer(loop, &y.deferred, on_note, &y);
    loop_defer_cancel(loop, &y.deferred);
    loop_defer(loop, &z.deferred, on_note, &z);
    loop_run(loop);
    ok(x.calls == 1 && y.calls == 0 && z.calls == 1, "the queue's end survives a cancel");
    loop_free(&loop);
}

/* --- threads -------------------------------------------------------------------------------------
 */

enum { POSTERS = 4, POSTS = 500 };

struct poster {
    struct loop *loop;
    pthread_t thread;
    int next, disorder; /* both touched in the loop's thread only */
    int *arrived;
};

struct post {
    struct poster *from;
    int number;
};

static void on_post(void *ctx)
{
    struct post *post = ctx;
    post->from->disorder += post->number != post->from->next;
    post->from->next = post->number + 1;
    if (++*post->from->arrived == POSTERS * POSTS)
        loop_stop(post->from->loop);
    free(post);
}

static void *poster_main(void *ctx)
{
    struct poster *poster = ctx;
    for (int i = 0; i < POSTS; i++) {
        struct post *post = malloc(sizeof *post);
        if (!post)
            abort();
        *post = (struct post){poster, i};
        loop_post(poster->loop, on_post, post);
    }
    return NULL;
}

static void test_posts(void)
{
    struct loop *loop = loop_new();
    struct poster posters[POSTERS];
    int arrived = 0, disorder = 0;
    for (int i = 0; i < POSTERS; i++) {
        posters[i] = (struct poster){.loop = loop, .arrived = &arrived};
        pthread_create(&posters[i].thread, NULL, poster_main, &posters[i]);
    }
    loop_run(loop);
    for (int i = 0; i < POSTERS; i++) {
        pthread_join(posters[i].thread, NULL);
        disorder += posters[i].disorder;
    }
    is_int(arrived, POSTERS * POSTS, "every post of every thread arrives");
    is_int(disorder, 0, "in its thread's order");
    loop_free(&loop);
}

static void *loop_main(void *ctx)
{
    loop_run(ctx);
    return NULL;
}

static void test_stop_from_another_thread(void)
{
    for (int i = 0; i < 50; i++) {
        struct loop *loop = loop_new();
        pthread_t thread;
        pthread_create(&thread, NULL, loop_main, loop);
        loop_stop(loop); /* maybe before the thread has begun */
        pthread_join(thread, NULL);
        loop_free(&loop);
    }
    ok(true, "a stop from another thread ends the run, also one that has not begun");
}

static void test_freed_with_posts(void)
{
    struct loop *loop = loop_new();
    struct note note = {.loop = loop};
    loop_post(loop, on_note, &note);
    loop_free(&loop);
    is_int(note.calls, 0, "a freed loop drops what has not been delivered");
    loop_free(&loop);
    ok(true, "freeing an empty slot is a no-op");
}

int main(void)
{
    alarm(60); /* a loop that hangs is a failure, not a wait */
    test_timer_order();
    test_timer_crowd();
    test_never_early();
    test_timer_edges();
    test_no_starvation();
    test_deferred();
    test_posts();
    test_stop_from_another_thread();
    test_freed_with_posts();
    return done_testing();
}
