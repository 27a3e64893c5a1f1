/* SPDX-License-Identifier: MIT */
#include "net/loop.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/die.h"
#include "base/log.h"

enum {
    DEFER_ROUNDS = 4, /* how deep deferred work may defer more within one turn */
    TIMERS_FIRST = 64,
};

struct queue {
    struct deferred *first, *last;
};

struct message {
    struct message *next;
    loop_fn *done;
    void *ctx;
};

struct loop {
    struct event_base *base;

    struct timer **heap; /* [1..timer_count], the earliest at 1 */
    size_t timer_count, timer_room;
    int timer_fd;
    struct event *timer_event;
    instant armed; /* when timer_fd will ring */

    struct queue round;   /* being emptied */
    struct queue waiting; /* the next round */

    int wake_fd;
    struct event *wake_event;
    pthread_mutex_t lock; /* guards the messages */
    struct message *first_message, **last_message;
    atomic_bool stopping;
};

/* --- timers --------------------------------------------------------------------------------------
 */

static void heap_put(struct loop *loop, size_t position, struct timer *timer)
{
    loop->heap[position] = timer;
    timer->position = position;
}

/* Moves the timer at `position` to where its due time belongs. */
static void heap_settle(struct loop *loop, size_t position)
{
    struct timer **heap = loop->heap, *timer = heap[position];
    while (position > 1 && timer->due < heap[position / 2]->due) {
        heap_put(loop, position, heap[position / 2]);
        position /= 2;
    }
    for (size_t child = 2 * position; child <= loop->timer_count; child = 2 * position) {
        if (child < loop->timer_count && heap[child + 1]->due < heap[child]->due)
            child++;
        if (timer->due <= heap[child]->due)
            break;
        heap_put(loop, position, heap[child]);
        position = child;
    }
    heap_put(loop, position, timer);
}

static void heap_grow(struct loop *loop)
{
    size_t room = loop->timer_room ? 2 * loop->timer_room : TIMERS_FIRST;
    struct timer **heap = die_calloc(room + 1, sizeof *heap);
    if (loop->heap)
        memcpy(heap, loop->heap, (loop->timer_count + 1) * sizeof *heap);
    free(loop->heap);
    loop->heap = heap;
    loop->timer_room = room;
}

void timer_start(struct loop *loop, struct timer *timer, instant due, loop_fn *done, void *ctx)
{
    timer->due = due;
    timer->done = done;
    timer->ctx = ctx;
    if (timer->position == 0) {
        if (loop->timer_count == loop->timer_room)
            heap_grow(loop);
        heap_put(loop, ++loop->timer_count, timer);
    }
    heap_settle(loop, timer->position);
}

void timer_cancel(struct loop *loop, struct timer *timer)
{
    size_t position = timer->position;
    if (position == 0)
        return;
    assert(position <= loop->timer_count && loop->heap[position] == timer);
    struct timer *last = loop->heap[loop->timer_count--];
    timer->position = 0;
    if (last != timer) {
        heap_put(loop, position, last);
        heap_settle(loop, position);
    }
}

/* Deadlines that move later or vanish are not told to the kernel: one needless ring costs less than
 * a system call for each of them. */
static void timers_arm(struct loop *loop)
{
    if (loop->timer_count == 0 || loop->heap[1]->due >= loop->armed)
        return;
    instant due = loop->heap[1]->due;
    loop->armed = due;
    if (due < 1)
        due = 1; /* zero would disarm */
    struct itimerspec at = {
        .it_value = {.tv_sec = due / 1000000, .tv_nsec = (due % 1000000) * 1000},
    };
    if (timerfd_settime(loop->timer_fd, TFD_TIMER_ABSTIME, &at, NULL) < 0)
        die("timerfd_settime: errno %d", errno);
}

/* Edge-triggered, so the descriptor need not be read. A callback may start timers that are due
 * already: they wait for the next turn, or the sockets would starve. */
static void on_timer_fd(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd, (void)what;
    struct loop *loop = ctx;
    loop->armed = INSTANT_NEVER;
    instant now = loop_now(loop);
    for (size_t turns = loop->timer_count; turns > 0 && loop->timer_count > 0; turns--) {
        struct timer *timer = loop->heap[1];
        if (timer->due > now)
            break;
        timer_cancel(loop, timer);
        timer->done(timer->ctx);
    }
}

/* --- the end-of-turn queue -----------------------------------------------------------------------
 */

static void queue_add(struct queue *queue, struct deferred *deferred)
{
    deferred->next = NULL;
    if (queue->last)
        queue->last->next = deferred;
    else
        queue->first = deferred;
    queue->last = deferred;
}

static bool queue_remove(struct queue *queue, struct deferred *deferred)
{
    struct deferred *before = NULL;
    for (struct deferred *x = queue->first; x; before = x, x = x->next) {
        if (x != deferred)
            continue;
        if (before)
            before->next = x->next;
        else
            queue->first = x->next;
        if (queue->last == x)
            queue->last = before;
        return true;
    }
    return false;
}

void loop_defer(struct loop *loop, struct deferred *deferred, loop_fn *done, void *ctx)
{
    deferred->done = done;
    deferred->ctx = ctx;
    if (deferred->waiting)
        return;
    deferred->waiting = true;
    queue_add(&loop->waiting, deferred);
}

void loop_defer_cancel(struct loop *loop, struct deferred *deferred)
{
    if (!deferred->waiting)
        return;
    bool found = queue_remove(&loop->round, deferred) || queue_remove(&loop->waiting, deferred);
    assert(found);
    deferred->waiting = false;
}

static void deferred_run(struct loop *loop)
{
    for (int round = 0; round < DEFER_ROUNDS && loop->waiting.first; round++) {
        loop->round = loop->waiting;
        loop->waiting = (struct queue){NULL, NULL};
        struct deferred *deferred;
        while ((deferred = loop->round.first)) {
            queue_remove(&loop->round, deferred);
            deferred->waiting = false;
            deferred->done(deferred->ctx);
        }
    }
}

/* --- other threads -------------------------------------------------------------------------------
 */

static void loop_wake(struct loop *loop)
{
    uint64_t one = 1;
    /* EAGAIN: the counter is full of wake-ups already. */
    if (write(loop->wake_fd, &one, sizeof one) < 0 && errno != EAGAIN)
        die("write to eventfd: errno %d", errno);
}

void loop_post(struct loop *loop, loop_fn *done, void *ctx)
{
    struct message *message = die_malloc(sizeof *message);
    *message = (struct message){NULL, done, ctx};
    pthread_mutex_lock(&loop->lock);
    bool was_empty = loop->first_message == NULL; /* else it is awake, or about to be */
    *loop->last_message = message;
    loop->last_message = &message->next;
    pthread_mutex_unlock(&loop->lock);
    if (was_empty)
        loop_wake(loop);
}

static struct message *messages_take(struct loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    struct message *first = loop->first_message;
    loop->first_message = NULL;
    loop->last_message = &loop->first_message;
    pthread_mutex_unlock(&loop->lock);
    return first;
}

static void on_wake_fd(evutil_socket_t fd, short what, void *ctx)
{
    (void)what;
    struct loop *loop = ctx;
    uint64_t count;
    if (read(fd, &count, sizeof count) < 0 && errno != EAGAIN)
        die("read from eventfd: errno %d", errno);
    struct message *next;
    for (struct message *message = messages_take(loop); message; message = next) {
        next = message->next;
        message->done(message->ctx);
        free(message);
    }
}

void loop_stop(struct loop *loop)
{
    atomic_store(&loop->stopping, true);
    loop_wake(loop);
}

/* --- the loop ------------------------------------------------------------------------------------
 */

static struct event_base *base_new(void)
{
    struct event_config *config = event_config_new();
    if (!config)
        return NULL;
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST |
                                      EVENT_BASE_FLAG_IGNORE_ENV);
    event_config_require_features(config, EV_FEATURE_ET | EV_FEATURE_EARLY_CLOSE);
    struct event_base *base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}

static struct event *watch(struct event_base *base, int fd, short what, event_callback_fn on_event,
                           struct loop *loop)
{
    struct event *event = event_new(base, fd, (short)(what | EV_PERSIST), on_event, loop);
    if (!event || event_add(event, NULL) < 0)
        die("the event loop cannot watch its own descriptors");
    return event;
}

struct loop *loop_new(void)
{
    struct loop *loop = die_calloc(1, sizeof *loop);
    loop->base = base_new();
    loop->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (!loop->base || loop->timer_fd < 0 || loop->wake_fd < 0)
        die("no event loop: errno %d", errno);
    loop->timer_event = watch(loop->base, loop->timer_fd, EV_READ | EV_ET, on_timer_fd, loop);
    loop->wake_event = watch(loop->base, loop->wake_fd, EV_READ, on_wake_fd, loop);
    loop->armed = INSTANT_NEVER;
    pthread_mutex_init(&loop->lock, NULL);
    loop->last_message = &loop->first_message;
    return loop;
}

void loop_free(struct loop **slot)
{
    struct loop *loop = *slot;
    if (!loop)
        return;
    *slot = NULL;
    if (loop->timer_count)
        log_warn(STR_NONE, "event=loop-freed timers_still_running=%zu", loop->timer_count);
    struct message *next;
    for (struct message *message = messages_take(loop); message; message = next) {
        next = message->next;
        free(message);
    }
    pthread_mutex_destroy(&loop->lock);
    event_free(loop->timer_event);
    event_free(loop->wake_event);
    event_base_free(loop->base);
    close(loop->timer_fd);
    close(loop->wake_fd);
    free(loop->heap);
    free(loop);
}

void loop_run(struct loop *loop)
{
    while (!atomic_load(&loop->stopping)) {
        timers_arm(loop);
        int flags = EVLOOP_ONCE | (loop->waiting.first ? EVLOOP_NONBLOCK : 0);
        if (event_base_loop(loop->base, flags) < 0)
            die("the event loop failed: errno %d", errno);
        deferred_run(loop);
    }
    atomic_store(&loop->stopping, false);
}

instant loop_now(const struct loop *loop)
{
    (void)loop;
    return clock_instant();
}

struct wall loop_wall(const struct loop *loop)
{
    (void)loop;
    return clock_wall();
}

struct event_base *loop_base(struct loop *loop)
{
    return loop->base;
}
