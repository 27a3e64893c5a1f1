/* SPDX-License-Identifier: MIT */
/* registrar: the thread that reads and changes what owners have handed in (record/registry), since
 * a store may keep one waiting, and that notices what has changed at another node. A configuration
 * composed for a look is read here too, so that no loop waits for it. */
#ifndef SERVE_REGISTRAR_H
#define SERVE_REGISTRAR_H

#include "net/loop.h"
#include "serve/configuration.h"

struct registrar;

struct registrar_env {
    const char *config; /* the main file; borrowed until the stop, as the settings are */
    bool insecure_sources;
    const struct settings *settings;
    /* The configuration in force is of another revision of the registry: have it read again. From
     * the registrar's thread. */
    void (*changed)(void *ctx);
    void *ctx;
};
struct registrar *registrar_start(const struct registrar_env *env);
/* Jobs that were not begun are told as done, undone. Their loops must still run. */
void registrar_stop(struct registrar **registrar);

/* Which revision the configuration in force was read at. From any thread. */
void registrar_in_force(struct registrar *registrar, int64_t revision);

/* One thing to do, the first member of the caller's own struct: owned by the registrar from
 * registrar_do until `done` is called. */
struct registrar_job {
    struct registrar_job *next; /* private, as `loop` is */
    struct loop *loop;
    /* From the registrar's thread. `registry` NULL: it cannot be opened, `why` tells; false: the
     * registry failed, and is opened anew at the next job. */
    bool (*work)(struct registrar_job *job, struct registrar *registrar, struct registry *registry,
                 const char *why);
    /* From the loop, once. Also when it was never begun: `work` has not run then. */
    void (*done)(struct registrar_job *job);
};
/* From the loop's thread. False: too many are waiting; the job stays the caller's. */
bool registrar_do(struct registrar *registrar, struct loop *loop, struct registrar_job *job)
    __attribute__((warn_unused_result));

/* The configuration as it would be with `candidate`; see serve/configuration. From a job. */
struct snapshot *registrar_compose(const struct registrar *registrar,
                                   const struct config_document *candidate, struct faults *faults);

#endif
