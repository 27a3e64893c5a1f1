/* SPDX-License-Identifier: MIT */
/* admin_task: a request at the operators' door that is answered by the registrar's thread: what
 * owners have handed in is read or changed, and a change is answered once it is in force.
 *
 * A handler makes a task of its call, says what work there is, and starts it. The work runs on the
 * registrar's thread, touches nothing but the task, and leaves an answer in it. */
#ifndef SERVE_ADMIN_TASK_H
#define SERVE_ADMIN_TASK_H

#include "serve/admin_call.h"
#include "serve/registrar.h"

enum { ADMIN_DETAIL_MAX = 512 };

struct admin_task {
    struct registrar_job job; /* first */
    struct admin_task *next;  /* of those that wait for their change to be in force */
    struct admin *admin;
    struct http_exchange
        *exchange; /* slot; NULL: who asked has left, the work is done all the same */
    enum language language;
    struct arena *arena; /* of all below */

    /* what is asked */
    enum registration_kind kind;
    enum registration_actor actor;
    struct str name;  /* a source's id, or a municipality's code */
    struct str owner; /* CVR number; STR_NONE: an operator asks */
    struct str who, reason;
    int64_t version;            /* 0: none was named */
    struct str bytes, terms;    /* STR_NONE: none */
    struct str report;          /* of an approval: the hash of what was read */
    struct str portal, citizen; /* of a preview; "": the first, all */
    struct wall now;
    struct settings settings;  /* as they are in force; texts are borrowed from `snapshot` */
    struct snapshot *snapshot; /* in force when it was asked: a reference */

    /* False: the registry failed. */
    bool (*work)(struct admin_task *task, struct registry *registry);
    /* On the loop after work that left no answer; it takes the task over. NULL: none is. */
    void (*then)(struct admin_task *task);

    /* what the work leaves */
    const struct registrar *registrar; /* for registrar_compose */
    bool has_run, is_counted;
    int status; /* 0: no answer; else `body` holds it, or what is wrong: */
    struct buf body;
    bool is_refused;
    enum problem_kind problem;
    char detail[ADMIN_DETAIL_MAX];
    const char *changed; /* what was changed, for the record, on which a reload is waited for */
    int64_t changed_version;
    struct snapshot *composed; /* a configuration to look under: a reference */
    uint64_t ticket;
};

/* Copies what it needs of the call; `name` too. Who asks by a certificate of its own is
 * ACTOR_OWNER.
 */
struct admin_task *admin_task_new(struct admin_call *call, enum registration_kind kind,
                                  struct str name);
/* "version" of the body is a version's number, or absent where it may be. False: it was refused. */
bool admin_task_names_version(struct admin_call *call, bool is_needed);
/* Answers later, or refuses at once. */
void admin_task_start(struct admin_task *task, struct admin_call *call);
void admin_task_free(struct admin_task *task);
/* The answer, on the loop; frees the task. */
void admin_task_reply(struct admin_task *task);

/* ---- for work ---- */

struct writer admin_task_begin(struct admin_task *task, int status);
/* Returns true, as work does that has an answer. */
bool admin_task_refuse(struct admin_task *task, enum problem_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Answers with the faults of the document itself; those of other files are not its owner's to
 * read, and are only counted. */
bool admin_task_refuse_faults(struct admin_task *task, const struct config_document *document,
                              const struct faults *faults);
/* Composes the configuration with the document. NULL: the task has its answer. */
struct snapshot *admin_task_compose(struct admin_task *task, struct config_document *document);

/* ---- for serve/admin ---- */

void admin_tasks_take_report(struct admin *admin, const struct reload_report *report);
void admin_tasks_free(struct admin *admin);

#endif
