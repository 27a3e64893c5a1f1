/* SPDX-License-Identifier: MIT */
#include "serve/admin_watch.h"

#include "base/die.h"
#include "serve/admin_call.h"
#include "serve/certificates.h"

#include <limits.h>
#include <stdlib.h>

enum {
    LISTENERS_MAX = 32,
    TICK_MS = 1000,
    CERTIFICATES_EVERY_S = 60,
    QUIET_EVERY_S = 15, /* a comment, so that who left is noticed */
    MEMORY_MAX = 64 * 1024 * 1024
};

/* Somebody who listens. */
struct listener {
    struct listener *next;
    struct admin_watch *watch;
    struct http_exchange *exchange; /* slot */
    enum language language;
    bool is_new; /* has been told nothing yet */
};

/* What was told last of each route, as hashes of its JSON. */
struct told {
    uint64_t *sources;
    uint64_t status;
};

struct admin_watch {
    struct admin *admin;
    struct timer timer;
    uint64_t ticks;
    struct trend *trend;
    int *certificate_days; /* by route of `of`; NULL: not looked at yet */
    char of[sizeof((struct snapshot *)0)->revision];
    size_t route_count; /* of it */
    struct told told[LANGUAGES];
    struct listener *listeners;
    size_t listener_count;
};

/* ---- looking ---- */

static void note_days(struct admin_watch *watch, const struct snapshot *snapshot,
                      const struct metrics_certificate *one)
{
    const struct route *route = snapshot_route(snapshot, one->holder);
    if (!route || !(str_equal(one->use, STR("client")) || str_equal(one->use, STR("source-ca"))))
        return;
    int *days = &watch->certificate_days[route - snapshot->routes];
    *days = one->days < *days ? one->days : *days;
}

static void look_at_certificates(struct admin_watch *watch, const struct snapshot *snapshot)
{
    struct arena *arena = arena_new(MEMORY_MAX);
    struct certificates list;

    free(watch->certificate_days);
    watch->certificate_days = die_calloc(snapshot->route_count + 1, sizeof(int));
    for (size_t i = 0; i < snapshot->route_count; i++)
        watch->certificate_days[i] = INT_MAX;
    certificates_gather(snapshot, arena, &list);
    for (size_t i = 0; i < list.count; i++)
        note_days(watch, snapshot, &list.at[i]);
    arena_free(&arena);
}

/* Whoever listens comes again, and is asked again who it is. */
static void send_away(struct admin_watch *watch)
{
    while (watch->listeners) {
        struct listener *first = watch->listeners;
        watch->listeners = first->next;
        http_stream_end(first->exchange);
        free(first);
    }
    watch->listener_count = 0;
}

/* Another configuration: nothing that was known by route counts any more, nor does a role. */
static void follow(struct admin_watch *watch, const struct snapshot *snapshot)
{
    if (watch->certificate_days && watch->route_count == snapshot->route_count &&
        strcmp(watch->of, snapshot->revision) == 0)
        return;
    send_away(watch);
    memcpy(watch->of, snapshot->revision, sizeof watch->of);
    watch->route_count = snapshot->route_count;
    look_at_certificates(watch, snapshot);
    for (int i = 0; i < LANGUAGES; i++) {
        free(watch->told[i].sources);
        watch->told[i].sources = die_calloc(snapshot->route_count + 1, sizeof(uint64_t));
    }
}

bool admin_watch_view(struct admin_watch *watch, const struct snapshot *snapshot,
                      struct health *health, struct arena *arena, struct source_view *view)
{
    follow(watch, snapshot);
    *view = (struct source_view){.snapshot = snapshot,
                                 .trend = watch->trend,
                                 .certificate_days = watch->certificate_days,
                                 .now = loop_now(watch->admin->loop),
                                 .wall = loop_wall(watch->admin->loop)};
    return source_view_take(view, health, arena);
}

/* ---- the last minute ---- */

static void sample(struct admin_watch *watch, const struct admin_facts *facts)
{
    struct arena *arena = arena_new(MEMORY_MAX);
    struct source_view view;
    struct counters *sum = counters_new();

    for (size_t i = 0; i < facts->worker_count; i++)
        counters_sum(sum, facts->workers[i]->counters);
    if (admin_watch_view(watch, facts->snapshot, facts->shared->health, arena, &view)) {
        struct trend_sample *samples = die_calloc(view.count + 1, sizeof *samples);
        for (size_t i = 0; i < view.count; i++) {
            const struct health_report *report = &view.reports[i];
            const struct source_counters *counted = counters_source(sum, report->source);
            samples[i] = (struct trend_sample){
                .source = report->source, .calls = report->calls, .failures = report->failures};
            for (size_t k = 0; k < ANSWER_BUCKETS; k++)
                samples[i].latency[k] = counter_read(&counted->latency[k]);
        }
        trend_add(watch->trend, samples, view.count);
    }
    counters_free(&sum);
    arena_free(&arena);
}

/* ---- telling ---- */

static void write_status(struct admin_watch *watch, const struct admin_facts *facts,
                         struct writer *w)
{
    struct shared *shared = facts->shared;
    bool is_well = access_log_is_well(shared->access_log);
    bool is_ready = !atomic_load(&shared->is_draining) && atomic_load(&shared->has_keys) && is_well;
    uint64_t overviews = 0;

    for (size_t i = 0; i < facts->worker_count; i++)
        overviews += counter_read(&facts->workers[i]->counters->overviews);
    writer_object(w);
    writer_member_bool(w, "ready", is_ready);
    writer_member_bool(w, "record_writable", is_well);
    writer_member_str(w, "revision", str_of(facts->snapshot->revision));
    writer_member_bool(w, "last_reload_refused", watch->admin->refused != NULL);
    writer_member_int(w, "overviews", (int64_t)overviews);
    writer_object_end(w);
}

/* Adds the sources that are otherwise than was told, or all. Returns how many. */
static size_t write_sources(struct told *told, const struct source_view *view,
                            enum language language, bool all, struct writer *w)
{
    size_t count = 0;
    struct buf one;
    buf_init(&one, ADMIN_REPLY_MAX);
    for (size_t i = 0; i < view->snapshot->route_count; i++) {
        struct writer piece;
        one.len = 0;
        writer_init(&piece, &one);
        source_view_write(view, &view->snapshot->routes[i], language, &piece);
        uint64_t hash = str_hash(buf_str(&one));
        if (!all && hash == told->sources[i])
            continue;
        if (!all)
            told->sources[i] = hash;
        writer_raw(w, buf_str(&one));
        count++;
    }
    buf_clear(&one);
    return count;
}

/* One event; empty when nothing has changed. `all`: for who has been told nothing yet. */
static void write_event(struct admin_watch *watch, const struct admin_facts *facts,
                        const struct source_view *view, enum language language, bool all,
                        struct buf *out)
{
    struct told *told = &watch->told[language];
    struct buf status;
    struct writer w;

    buf_init(&status, ADMIN_REPLY_MAX);
    writer_init(&w, &status);
    write_status(watch, facts, &w);
    uint64_t hash = str_hash(buf_str(&status));
    buf_add_str(out, all ? STR("event: all\ndata: ") : STR("event: changed\ndata: "));
    writer_init(&w, out);
    writer_object(&w);
    writer_name(&w, "status");
    writer_raw(&w, buf_str(&status));
    writer_name(&w, "sources");
    writer_array(&w);
    size_t count = write_sources(told, view, language, all, &w);
    writer_array_end(&w);
    writer_object_end(&w);
    buf_add_str(out, STR("\n\n"));
    if (!all && count == 0 && hash == told->status)
        buf_reset(out);
    if (!all)
        told->status = hash;
    buf_clear(&status);
}

/* Whom this event is for: those who are new, or those who are not. */
static void send(struct admin_watch *watch, enum language language, bool is_new, struct str event)
{
    for (struct listener *one = watch->listeners; one; one = one->next)
        if (one->language == language && one->is_new == is_new)
            http_stream_write(one->exchange, event);
}

static void tell(struct admin_watch *watch, const struct admin_facts *facts,
                 const struct source_view *view, enum language language)
{
    bool has_new = false, has_old = false;
    struct buf event;

    for (const struct listener *one = watch->listeners; one; one = one->next) {
        has_new |= one->language == language && one->is_new;
        has_old |= one->language == language && !one->is_new;
    }
    buf_init(&event, ADMIN_REPLY_MAX);
    /* Also when all are new: the next event tells what differs from this one. */
    if (has_old || has_new)
        write_event(watch, facts, view, language, false, &event);
    if (event.len == 0 && watch->ticks % QUIET_EVERY_S == 0)
        buf_add_str(&event, STR(": quiet\n\n"));
    if (has_old && !event.failed)
        send(watch, language, false, buf_str(&event));
    buf_reset(&event);
    if (has_new)
        write_event(watch, facts, view, language, true, &event);
    if (has_new && !event.failed)
        send(watch, language, true, buf_str(&event));
    buf_clear(&event);
}

static void tell_all(struct admin_watch *watch, const struct admin_facts *facts)
{
    struct arena *arena = arena_new(MEMORY_MAX);
    struct source_view view;

    if (admin_watch_view(watch, facts->snapshot, facts->shared->health, arena, &view))
        for (int language = 0; language < LANGUAGES; language++)
            tell(watch, facts, &view, (enum language)language);
    for (struct listener *one = watch->listeners; one; one = one->next)
        one->is_new = false;
    arena_free(&arena);
}

static void on_tick(void *ctx)
{
    struct admin_watch *watch = ctx;
    struct admin_facts facts;

    timer_start(watch->admin->loop, &watch->timer,
                instant_after_ms(loop_now(watch->admin->loop), TICK_MS), on_tick, watch);
    watch->admin->look(watch->admin->ctx, &facts);
    follow(watch, facts.snapshot);
    if (watch->ticks % CERTIFICATES_EVERY_S == 0)
        look_at_certificates(watch, facts.snapshot);
    if (watch->ticks % TREND_EVERY_S == 0)
        sample(watch, &facts);
    if (watch->listeners)
        tell_all(watch, &facts);
    watch->ticks++;
}

struct admin_watch *admin_watch_new(struct admin *admin)
{
    struct admin_watch *watch = die_calloc(1, sizeof *watch);
    watch->admin = admin;
    watch->trend = trend_new();
    timer_start(admin->loop, &watch->timer, loop_now(admin->loop), on_tick, watch);
    return watch;
}

void admin_watch_free(struct admin_watch **slot)
{
    struct admin_watch *watch = *slot;
    if (!watch)
        return;
    timer_cancel(watch->admin->loop, &watch->timer);
    trend_free(&watch->trend);
    for (int i = 0; i < LANGUAGES; i++)
        free(watch->told[i].sources);
    free(watch->certificate_days);
    free(watch);
    *slot = NULL;
}

/* ---- GET /events ---- */

static void on_gone(void *ctx)
{
    struct listener *listener = ctx;
    struct listener **link = &listener->watch->listeners;
    while (*link != listener)
        link = &(*link)->next;
    *link = listener->next;
    listener->watch->listener_count--;
    free(listener);
}

void admin_get_events(struct admin_call *call)
{
    static const struct http_field fields[] = {
        {STR_INIT("Content-Type"), STR_INIT("text/event-stream")},
        {STR_INIT("Cache-Control"), STR_INIT("no-store")},
        {STR_INIT("X-Content-Type-Options"), STR_INIT("nosniff")}};
    struct admin_watch *watch = call->admin->watch;

    if (!admin_choose_language(call))
        return;
    if (watch->listener_count == LISTENERS_MAX) {
        admin_refuse(call, PROBLEM_UNAVAILABLE, "%d listen already; ask again later",
                     LISTENERS_MAX);
        return;
    }
    http_stream_start(call->exchange, 200, fields, sizeof fields / sizeof *fields);
    if (call->request->head->method == HTTP_HEAD) {
        http_stream_end(call->exchange);
        return;
    }
    struct listener *listener = die_calloc(1, sizeof *listener);
    *listener = (struct listener){
        .next = watch->listeners, .watch = watch, .language = call->language, .is_new = true};
    watch->listeners = listener;
    watch->listener_count++;
    http_keep(call->exchange, &listener->exchange, on_gone, listener);
    http_stream_write(listener->exchange, STR("retry: 3000\n\n"));
}
