/* SPDX-License-Identifier: MIT */
#include "serve/registrar.h"

#include "base/die.h"
#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

/* A configuration that was refused is tried again after a while: the operator's files may have
 * been mended, or the database may be back. */
enum { JOBS_MAX = 64, AGAIN_S = 30 };

struct registrar {
    struct registrar_env env;
    struct registry_spec spec;
    struct registry *registry; /* NULL: opened at the next job */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct registrar_job *first, **last; /* waiting; under the lock, as the next two */
    size_t count;
    bool is_stopping;
    _Atomic int64_t in_force;
    int64_t asked_for; /* the revision that a reload was last asked for */
    instant asked_at;
    bool is_ill; /* it was said that the registry cannot be read */
};

static void tell_done(void *ctx)
{
    struct registrar_job *job = ctx;
    job->done(job);
}

static struct registry *open_registry(struct registrar *registrar, char why[REGISTRY_WHY_MAX])
{
    if (!registrar->registry)
        registrar->registry = registry_open(&registrar->spec, why);
    return registrar->registry;
}

static void run_job(struct registrar *registrar, struct registrar_job *job)
{
    char why[REGISTRY_WHY_MAX] = "";
    struct registry *registry = open_registry(registrar, why);
    if (!job->work(job, registrar, registry, why) && registry) {
        log_error(STR_NONE, "event=registry-failed why=\"%.300s\"", registry_why(registry));
        registry_close(&registrar->registry);
    }
    loop_post(job->loop, tell_done, job);
}

static void note_illness(struct registrar *registrar, const char *why)
{
    if (why && !registrar->is_ill)
        log_error(STR_NONE,
                  "event=registry-unreadable why=\"%.300s\" action=\"what owners hand in is not "
                  "noticed; see to the store\"",
                  why);
    registrar->is_ill = why != NULL;
}

/* Is there news that the configuration in force does not know? */
static void look_for_news(struct registrar *registrar)
{
    char why[REGISTRY_WHY_MAX] = "";
    int64_t revision = 0;
    instant now = clock_instant();
    struct registry *registry = open_registry(registrar, why);
    if (!registry || !registry_revision(registry, &revision)) {
        note_illness(registrar, registry ? registry_why(registry) : why);
        registry_close(&registrar->registry);
        return;
    }
    note_illness(registrar, NULL);
    bool is_asked = registrar->asked_for == revision &&
                    now < instant_after_ms(registrar->asked_at, AGAIN_S * INT64_C(1000));
    if (revision == atomic_load(&registrar->in_force) || is_asked)
        return;
    registrar->asked_for = revision;
    registrar->asked_at = now;
    registrar->env.changed(registrar->env.ctx);
}

static struct timespec later(int64_t seconds)
{
    struct timespec when;
    clock_gettime(CLOCK_MONOTONIC, &when);
    when.tv_sec += seconds;
    return when;
}

static void *thread_main(void *ctx)
{
    struct registrar *registrar = ctx;
    int64_t poll_s = registrar->env.settings->registration_poll_s;
    struct timespec next_look = later(0);
    pthread_mutex_lock(&registrar->lock);
    while (!registrar->is_stopping) {
        struct registrar_job *job = registrar->first;
        int waited = 0;
        if (!job)
            waited = pthread_cond_timedwait(&registrar->wake, &registrar->lock, &next_look);
        if (job && !(registrar->first = job->next))
            registrar->last = &registrar->first;
        registrar->count -= job != NULL;
        if (!job && waited == 0)
            continue;
        pthread_mutex_unlock(&registrar->lock);
        if (job) {
            run_job(registrar, job);
        } else {
            look_for_news(registrar);
            next_look = later(poll_s);
        }
        pthread_mutex_lock(&registrar->lock);
    }
    pthread_mutex_unlock(&registrar->lock);
    return NULL;
}

struct registrar *registrar_start(const struct registrar_env *env)
{
    struct registrar *registrar = die_calloc(1, sizeof *registrar);
    pthread_condattr_t monotonic;
    registrar->env = *env;
    registrar->spec = configuration_registry(env->settings);
    registrar->last = &registrar->first;
    registrar->asked_for = -1;
    pthread_mutex_init(&registrar->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&registrar->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&registrar->thread, NULL, thread_main, registrar) != 0)
        die("cannot start the registrar's thread");
    return registrar;
}

void registrar_stop(struct registrar **slot)
{
    struct registrar *registrar = *slot;
    if (!registrar)
        return;
    *slot = NULL;
    pthread_mutex_lock(&registrar->lock);
    registrar->is_stopping = true;
    pthread_cond_signal(&registrar->wake);
    pthread_mutex_unlock(&registrar->lock);
    pthread_join(registrar->thread, NULL);
    for (struct registrar_job *job = registrar->first, *next; job; job = next) {
        next = job->next;
        loop_post(job->loop, tell_done, job);
    }
    registry_close(&registrar->registry);
    pthread_mutex_destroy(&registrar->lock);
    pthread_cond_destroy(&registrar->wake);
    free(registrar);
}

void registrar_in_force(struct registrar *registrar, int64_t revision)
{
    atomic_store(&registrar->in_force, revision);
}

bool registrar_do(struct registrar *registrar, struct loop *loop, struct registrar_job *job)
{
    job->loop = loop;
    job->next = NULL;
    pthread_mutex_lock(&registrar->lock);
    bool fits = registrar->count < JOBS_MAX;
    if (fits) {
        *registrar->last = job;
        registrar->last = &job->next;
        registrar->count++;
        pthread_cond_signal(&registrar->wake);
    }
    pthread_mutex_unlock(&registrar->lock);
    return fits;
}

struct snapshot *registrar_compose(const struct registrar *registrar,
                                   const struct config_document *candidate, struct faults *faults)
{
    const struct configuration_spec spec = {.path = registrar->env.config,
                                            .insecure_sources = registrar->env.insecure_sources,
                                            .needs_registry = true,
                                            .candidate = candidate};
    return configuration_compose(&spec, faults);
}
