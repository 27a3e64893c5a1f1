/* SPDX-License-Identifier: MIT */
#include "serve/control.h"

#include "base/die.h"
#include "base/log.h"
#include "identity/jwks.h"
#include "net/resolve.h"
#include "policy/classification_report.h"
#include "serve/admin.h"
#include "serve/classification_reader.h"
#include "serve/probe.h"
#include "serve/switches.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { ISSUERS_MAX = 64 };

struct control {
    struct shared *shared;
    struct worker **workers;
    size_t worker_count;
    pthread_t thread;

    struct loop *loop;
    struct fetch_pool *pool;
    struct snapshot *snapshot; /* whose profiles `jwks` borrows */
    struct classification_reader *classification;
    struct snapshot *in_force;          /* `snapshot` with what Klassifikation has said so far */
    char logged[CLASSIFICATION_DIGEST]; /* the classification that was logged last */
    struct jwks *jwks;
    struct resolver *resolver;
    struct admin *admin;
    struct probes *probes;
    atomic_bool wanted[ISSUERS_MAX]; /* unknown kids: one message each, whatever their number */
};

/* ---- messages to workers: each carries its own reference ---- */

struct message {
    struct worker *worker;
    struct snapshot *snapshot;
    struct key_set *keys;
    size_t issuer;
    struct str resolve; /* a copy, behind the struct */
    char text[];
};

static struct message *message_new(struct worker *worker, size_t text_len)
{
    struct message *message = die_calloc(1, sizeof *message + text_len);
    message->worker = worker;
    return message;
}

static void deliver_snapshot(void *ctx)
{
    struct message *message = ctx;
    worker_use_snapshot(message->worker, message->snapshot);
    snapshot_unref(&message->snapshot);
    free(message);
}

static void deliver_keys(void *ctx)
{
    struct message *message = ctx;
    worker_use_keys(message->worker, message->issuer, message->keys);
    key_set_unref(&message->keys);
    free(message);
}

static void deliver_address(void *ctx)
{
    struct message *message = ctx;
    fetch_pool_resolve(message->worker->pool, message->resolve);
    free(message);
}

/* ---- what this thread watches ---- */

static void send_keys(struct control *control, size_t issuer, struct key_set *keys)
{
    for (size_t i = 0; i < control->worker_count; i++) {
        struct message *message = message_new(control->workers[i], 0);
        message->issuer = issuer;
        message->keys = keys ? key_set_ref(keys) : NULL;
        loop_post(control->workers[i]->loop, deliver_keys, message);
    }
}

static void on_keys(void *ctx, size_t issuer, struct key_set *keys)
{
    struct control *control = ctx;
    send_keys(control, issuer, keys);
    struct str name = control->snapshot->profiles[issuer].name;
    if (keys)
        log_info(STR_NONE, "event=keys-loaded issuer=%.*s count=%zu", STR_ARG(name),
                 key_set_count(keys));
    else
        log_error(STR_NONE,
                  "event=keys-lost issuer=%.*s action=\"its tokens are refused; check the issuer\"",
                  STR_ARG(name));
    atomic_store(&control->shared->has_keys, jwks_is_loaded(control->jwks));
}

/* ---- the classification ---- */

/* The configuration with what Klassifikation has said of it so far: a new reference. */
static struct snapshot *with_classification(struct control *control, struct snapshot *snapshot)
{
    const struct classification *read = classification_reader_table(control->classification);
    struct snapshot *both = read ? snapshot_with_classification(snapshot, read) : NULL;

    if (read && !both)
        log_error(STR_NONE,
                  "event=classification-too-large numbers=%zu action=\"kle.json alone is "
                  "in force; take out of it what Klassifikation knows\"",
                  read->count);
    return both ? both : snapshot_ref(snapshot);
}

/* The rules that a new edition makes empty, for whoever tunes them: not more lines than are read.
 */
static void log_report(const struct snapshot *snapshot, struct wall now)
{
    enum { MEMORY_MAX = 1024 * 1024, LINES_MAX = 20 };
    struct arena *arena = arena_new(MEMORY_MAX);
    struct faults remarks;
    size_t lines = 0;

    faults_init(&remarks, arena);
    classification_report(snapshot, wall_date(now), &remarks);
    for (const struct fault *one = remarks.first; one && lines < LINES_MAX;
         one = one->next, lines++)
        log_warn(STR_NONE, "event=classification-rule at=%.*s what=\"%.*s\"", STR_ARG(one->where),
                 STR_ARG(one->what));
    if (remarks.count > lines)
        log_warn(STR_NONE,
                 "event=classification-rules more=%zu action=\"overblik classification "
                 "report names them all\"",
                 remarks.count - lines);
    arena_free(&arena);
}

/* Which one an answer was made with is found by its time. */
static void log_classification(struct control *control, const struct snapshot *snapshot)
{
    const struct classification *table = &snapshot->classification;

    if (strcmp(control->logged, table->digest) == 0)
        return;
    memcpy(control->logged, table->digest, sizeof control->logged);
    log_info(STR_NONE,
             "event=classification-in-force edition=\"%.*s\" digest=%s numbers=%zu read=%s",
             STR_ARG(table->edition), table->digest, table->count,
             classification_reader_table(control->classification) ? "true" : "false");
    log_report(snapshot, loop_wall(control->loop));
}

static void send_snapshot(struct control *control, struct snapshot *snapshot)
{
    struct snapshot *old = control->in_force;

    control->in_force = with_classification(control, snapshot);
    classification_misses_clear(control->shared->misses);
    for (size_t i = 0; i < control->worker_count; i++) {
        struct message *copy = message_new(control->workers[i], 0);
        copy->snapshot = snapshot_ref(control->in_force);
        loop_post(control->workers[i]->loop, deliver_snapshot, copy);
    }
    log_classification(control, control->in_force);
    snapshot_unref(&old);
}

static void on_classification(void *ctx)
{
    struct control *control = ctx;
    send_snapshot(control, control->snapshot);
}

static void on_address(void *ctx, struct str host, uint16_t port, struct str resolve)
{
    struct control *control = ctx;
    (void)host, (void)port; /* `resolve` begins with both */
    for (size_t i = 0; i < control->worker_count; i++) {
        struct message *message = message_new(control->workers[i], resolve.len);
        memcpy(message->text, resolve.at, resolve.len);
        message->resolve = str_make(message->text, resolve.len);
        loop_post(control->workers[i]->loop, deliver_address, message);
    }
    fetch_pool_resolve(control->pool, resolve);
}

struct want {
    struct control *control;
    size_t issuer;
};

static void take_want(void *ctx)
{
    struct want *want = ctx;
    struct control *control = want->control;
    atomic_store(&control->wanted[want->issuer], false);
    if (control->jwks && want->issuer < control->snapshot->profile_count)
        jwks_want(control->jwks, want->issuer);
    free(want);
}

/* From a worker's thread. */
static void want_keys(void *ctx, size_t issuer)
{
    struct control *control = ctx;
    if (issuer >= ISSUERS_MAX || atomic_exchange(&control->wanted[issuer], true))
        return;
    struct want *want = die_calloc(1, sizeof *want);
    *want = (struct want){control, issuer};
    loop_post(control->loop, take_want, want);
}

struct switched {
    struct control *control;
    size_t source_len;
    struct str cvr;
    char text[]; /* the source's id, and the CVR number behind it */
};

static void write_switch(void *ctx)
{
    struct switched *switched = ctx;
    struct control *control = switched->control;
    struct str source = str_make(switched->text, switched->source_len);
    if (!switches_keep_foreign(control->shared->store, source, switched->cvr,
                               loop_wall(control->loop)))
        log_error(
            STR_NONE,
            "event=switch-not-saved source=%.*s action=\"it is off until the next start only; "
            "see to the store's disk\"",
            STR_ARG(source));
    free(switched);
}

/* From a worker's thread: what a foreign answer switched off is written by this one. */
static void on_switched_off(void *ctx, struct str source, struct str cvr)
{
    struct control *control = ctx;
    struct switched *switched = die_calloc(1, sizeof *switched + source.len + cvr.len);
    switched->control = control;
    switched->source_len = source.len;
    memcpy(switched->text, source.at, source.len);
    if (cvr.len > 0)
        memcpy(switched->text + source.len, cvr.at, cvr.len);
    switched->cvr = str_make(switched->text + source.len, cvr.len);
    loop_post(control->loop, write_switch, switched);
}

/* "https://host:port" -> host and port. */
static bool split_url(struct str url, struct str *host, uint16_t *port)
{
    bool is_tls = str_starts_with(url, STR("https://"));
    struct str rest = str_skip(url, is_tls ? 8 : 7);
    uint64_t number = is_tls ? 443 : 80;
    rest = str_split(&rest, '/');
    if (rest.len > 0 && rest.at[0] == '[') {
        *host = str_skip(str_split(&rest, ']'), 1);
        rest = rest.len > 0 ? str_skip(rest, 1) : STR_NONE;
    } else {
        *host = str_split(&rest, ':');
    }
    if (rest.len > 0 && !str_to_u64(rest, UINT16_MAX, &number))
        return false;
    *port = (uint16_t)number;
    return host->len > 0;
}

static void watch_host(struct control *control, struct str url)
{
    struct str host;
    uint16_t port;
    if (url.at && split_url(url, &host, &port))
        resolver_watch(control->resolver, host, port);
}

static void watch(struct control *control)
{
    const struct settings *settings = &control->snapshot->settings;
    const struct jwks_settings jwks = {
        .refresh_s = (unsigned)settings->keys_jwks_refresh_s,
        .stale_max_s = (unsigned)settings->keys_jwks_stale_max_s,
        .retry_s = (unsigned)settings->keys_jwks_retry_s,
        .timeout_ms = (unsigned)settings->keys_jwks_timeout_ms,
        .insecure = settings->insecure_sources,
    };
    control->jwks = jwks_new(control->loop, control->pool, &jwks, control->snapshot->profiles,
                             control->snapshot->profile_count, on_keys, control);
    control->resolver =
        resolver_new(control->loop, (unsigned)settings->fetch_resolve_s, on_address, control);
    for (size_t i = 0; i < control->snapshot->route_count; i++)
        watch_host(control, control->snapshot->routes[i].target.url);
    for (size_t i = 0; i < control->snapshot->mandate_service_count; i++)
        watch_host(control, control->snapshot->mandate_services[i].target.url);
    for (size_t i = 0; i < control->snapshot->authorities.count; i++)
        if (control->snapshot->authorities.at[i].corrections)
            watch_host(control, control->snapshot->authorities.at[i].corrections->target.url);
    watch_host(control, control->snapshot->classification_source.target.url);
    control->probes = probes_new(control->loop, control->pool, control->shared, control->snapshot);
}

static void unwatch(struct control *control)
{
    jwks_free(&control->jwks);
    resolver_free(&control->resolver);
    probes_free(&control->probes);
}

struct change {
    struct control *control;
    struct snapshot *snapshot;
};

static void use_snapshot(void *ctx)
{
    struct change *change = ctx;
    struct control *control = change->control;
    classification_reader_use(control->classification, change->snapshot);
    send_snapshot(control, change->snapshot);
    struct snapshot *old = control->snapshot;
    struct jwks *old_jwks = control->jwks;
    registrar_in_force(control->shared->registrar, change->snapshot->registry_revision);
    resolver_free(&control->resolver);
    probes_free(&control->probes);
    control->snapshot = change->snapshot; /* its reference becomes ours */
    watch(control);
    jwks_adopt(control->jwks, old_jwks);
    jwks_free(&old_jwks);
    snapshot_unref(&old);
    /* Also that there are none: what a worker has of an issuer that is trusted otherwise now. */
    for (size_t i = 0; i < control->snapshot->profile_count; i++)
        send_keys(control, i, jwks_keys(control->jwks, i));
    atomic_store(&control->shared->has_keys, jwks_is_loaded(control->jwks));
    log_info(STR_NONE, "event=configuration-in-force revision=%s", control->snapshot->revision);
    free(change);
}

void control_use_snapshot(struct control *control, struct snapshot *snapshot)
{
    struct change *change = die_calloc(1, sizeof *change);
    *change = (struct change){control, snapshot_ref(snapshot)};
    loop_post(control->loop, use_snapshot, change);
}

struct news {
    struct control *control;
    struct reload_report *report;
};

static void take_report(void *ctx)
{
    struct news *news = ctx;
    admin_take_report(news->control->admin, news->report);
    free(news);
}

void control_take_report(struct control *control, struct reload_report *report)
{
    struct news *news = die_calloc(1, sizeof *news);
    *news = (struct news){control, report};
    loop_post(control->loop, take_report, news);
}

/* ---- the operators' doors ---- */

static void look(void *ctx, struct admin_facts *facts)
{
    struct control *control = ctx;
    *facts = (struct admin_facts){.shared = control->shared,
                                  .workers = control->workers,
                                  .worker_count = control->worker_count,
                                  .loop = control->loop,
                                  .pool = control->pool,
                                  .snapshot = control->in_force,
                                  .jwks = control->jwks};
}

static bool open_admin(struct control *control, struct control_doors *doors, const char **why)
{
    static char text[512];
    const struct settings *settings = &control->snapshot->settings;
    const char *reason = NULL;
    *why = text;
    control->admin = admin_new(control->loop, &settings->door, look, control);
    if (settings->admin_socket.at &&
        !admin_listen_local(control->admin, settings->admin_socket.at, &reason)) {
        snprintf(text, sizeof text, "admin.socket %.300s: %s", settings->admin_socket.at, reason);
        return false;
    }
    if (doors->tls &&
        !admin_listen_tls(control->admin, settings->admin_address.at,
                          (uint16_t)settings->admin_port, doors->tls, &doors->port, &reason)) {
        snprintf(text, sizeof text, "admin.port: %s", reason);
        return false;
    }
    return true;
}

static void *thread_main(void *ctx)
{
    struct control *control = ctx;
    watch(control);
    log_classification(control, control->in_force);
    classification_reader_use(control->classification, control->snapshot);
    loop_run(control->loop);
    classification_reader_free(&control->classification);
    unwatch(control);
    return NULL;
}

static void close_all(struct control *control)
{
    admin_free(&control->admin);
    classification_reader_free(&control->classification);
    fetch_pool_free(&control->pool);
    snapshot_unref(&control->in_force);
    snapshot_unref(&control->snapshot);
}

struct control *control_start(struct shared *shared, struct worker **workers, size_t count,
                              struct snapshot *snapshot, struct control_doors *doors,
                              const char **why)
{
    const struct settings *settings = &snapshot->settings;
    struct control *control = die_calloc(1, sizeof *control);
    control->shared = shared;
    control->workers = workers;
    control->worker_count = count;
    control->snapshot = snapshot_ref(snapshot);
    control->in_force = snapshot_ref(snapshot);
    control->loop = loop_new();
    const struct fetch_pool_settings pool = {
        .connections_max = ISSUERS_MAX,
        .connection_idle_s = (unsigned)settings->fetch_connection_idle_s,
        .connection_life_s = (unsigned)settings->fetch_connection_life_s,
        .header_bytes_max = (size_t)settings->fetch_answer_header_max,
        .header_lines_max = (unsigned)settings->fetch_answer_lines_max,
    };
    control->pool = fetch_pool_new(control->loop, &pool);
    const struct classification_reader_env reader = {
        .loop = control->loop,
        .pool = control->pool,
        .sign = assertion_signer_sign,
        .sign_ctx = shared->signer,
        .kid = assertion_signer_kid(shared->signer),
        .changed = on_classification,
        .ctx = control,
    };
    control->classification = classification_reader_new(&reader);
    shared->want_keys = want_keys;
    shared->want_keys_ctx = control;
    shared->switched_off = on_switched_off;
    shared->switched_ctx = control;
    if (!open_admin(control, doors, why)) {
        close_all(control);
        control_free(&control);
        return NULL;
    }
    if (pthread_create(&control->thread, NULL, thread_main, control) != 0)
        die("cannot start the control thread");
    return control;
}

/* What was posted before it is delivered before it: nothing is left behind in the loop. */
static void stop(void *ctx)
{
    loop_stop(ctx);
}

void control_stop(struct control *control)
{
    if (!control)
        return;
    loop_post(control->loop, stop, control->loop);
    pthread_join(control->thread, NULL);
    close_all(control);
}

void control_free(struct control **slot)
{
    struct control *control = *slot;
    if (!control)
        return;
    loop_post(control->loop, stop, control->loop);
    loop_run(control->loop);
    loop_free(&control->loop);
    free(control);
    *slot = NULL;
}
