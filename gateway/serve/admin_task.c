/* SPDX-License-Identifier: MIT */
#include "serve/admin_task.h"

#include "base/die.h"
#include "serve/trials.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Owners leave room for operators among the registrar's jobs. */
enum { MEMORY_MAX = 256 * 1024 * 1024, FAULTS_MAX = 100, OWNERS_MAX = 16 };

static struct str keep(struct admin_task *task, struct str text)
{
    return text.at ? arena_copy(task->arena, text) : STR_NONE;
}

/* ---- on the registrar's thread ---- */

static bool work(struct registrar_job *job, struct registrar *registrar, struct registry *registry,
                 const char *why)
{
    struct admin_task *task = (struct admin_task *)job;
    task->registrar = registrar;
    task->has_run = true;
    if (registry && task->work(task, registry))
        return true;
    admin_task_refuse(task, PROBLEM_UNAVAILABLE, "the registry cannot be used now: %.300s",
                      registry ? registry_why(registry) : why);
    task->changed = NULL;
    return false;
}

struct writer admin_task_begin(struct admin_task *task, int status)
{
    struct writer w;
    task->status = status;
    buf_init(&task->body, ADMIN_REPLY_MAX);
    writer_init(&w, &task->body);
    return w;
}

bool admin_task_refuse(struct admin_task *task, enum problem_kind kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(task->detail, sizeof task->detail, format, arguments);
    va_end(arguments);
    task->is_refused = true;
    task->problem = kind;
    return true;
}

static bool is_of(const struct fault *fault, struct str file)
{
    return str_starts_with(fault->where, file) &&
           (fault->where.len == file.len || fault->where.at[file.len] == ':');
}

bool admin_task_refuse_faults(struct admin_task *task, const struct config_document *document,
                              const struct faults *faults)
{
    struct str file = configuration_document_name(document, task->arena);
    struct writer w = admin_task_begin(task, 422);
    size_t told = 0, own = 0;
    writer_object(&w);
    writer_member_bool(&w, "accepted", false);
    writer_name(&w, "faults");
    writer_array(&w);
    for (const struct fault *fault = faults->first; fault; fault = fault->next) {
        if (!is_of(fault, file))
            continue;
        if (own++ >= FAULTS_MAX)
            continue;
        struct str where = str_skip(fault->where, file.len);
        writer_object(&w);
        writer_member_str(&w, "where", where.len > 0 ? str_skip(where, 1) : STR(""));
        writer_member_str(&w, "what", fault->what);
        writer_object_end(&w);
        told++;
    }
    writer_array_end(&w);
    writer_member_int(&w, "fault_count", (int64_t)own);
    writer_member_int(&w, "untold", (int64_t)(own - told));
    writer_member_bool(&w, "operator_has_faults", faults->count > own);
    writer_object_end(&w);
    return true;
}

struct snapshot *admin_task_compose(struct admin_task *task, struct config_document *document)
{
    struct faults faults;
    faults_init(&faults, task->arena);
    document->file.name = configuration_document_name(document, task->arena);
    struct snapshot *snapshot = registrar_compose(task->registrar, document, &faults);
    if (!snapshot)
        admin_task_refuse_faults(task, document, &faults);
    return snapshot;
}

/* ---- on the loop ---- */

static void reply(struct admin_task *task)
{
    static const struct http_field fields[] = {
        {STR_INIT("Content-Type"), STR_INIT("application/json")},
        {STR_INIT("Cache-Control"), STR_INIT("no-store")}};
    if (!task->exchange)
        return;
    if (task->is_refused || task->status == 0 || task->body.failed) {
        struct problem problem =
            task->is_refused ? problem_make(task->problem, "%s", task->detail)
                             : problem_make(PROBLEM_INTERNAL, "the answer could not be made");
        http_reply_problem(task->exchange, &problem, task->language, STR_NONE, NULL, 0);
        return;
    }
    buf_add_byte(&task->body, '\n');
    http_reply(task->exchange, task->status, fields, 2, &task->body);
}

void admin_task_reply(struct admin_task *task)
{
    reply(task);
    admin_task_free(task);
}

static void wait_for_reload(struct admin_task *task)
{
    struct admin_facts facts;
    struct str target = arena_format(task->arena, "%.*s v%lld", STR_ARG(task->name),
                                     (long long)task->changed_version);
    admin_note_as(task->admin, task->who, task->changed, target, task->reason);
    task->admin->look(task->admin->ctx, &facts);
    task->next = task->admin->tasks;
    task->admin->tasks = task;
    task->ticket = facts.shared->want_reload(facts.shared->want_reload_ctx);
    if (facts.shared->trials)
        trials_wake(facts.shared->trials);
}

static void on_done(struct registrar_job *job)
{
    struct admin_task *task = (struct admin_task *)job;
    if (!task->has_run)
        admin_task_refuse(task, PROBLEM_UNAVAILABLE, "the gateway is going down");
    if (task->changed)
        wait_for_reload(task);
    else if (task->then && !task->is_refused && task->status == 0)
        task->then(task);
    else
        admin_task_reply(task);
}

/* The work is done all the same: what was asked for counts. */
static void on_gone(void *ctx)
{
    (void)ctx;
}

void admin_tasks_take_report(struct admin *admin, const struct reload_report *report)
{
    for (struct admin_task **link = &admin->tasks, *task; (task = *link);) {
        if (task->ticket > report->ticket) {
            link = &task->next;
            continue;
        }
        *link = task->next;
        if (!report->is_accepted)
            admin_task_refuse(task, PROBLEM_UNAVAILABLE,
                              "it is kept, but not in force: the configuration has faults that the "
                              "operator must mend; it comes into force by itself then");
        admin_task_reply(task);
    }
}

void admin_tasks_free(struct admin *admin)
{
    for (struct admin_task *task; (task = admin->tasks);) {
        admin->tasks = task->next;
        admin_task_free(task);
    }
}

/* ---- making ---- */

bool admin_task_names_version(struct admin_call *call, bool is_needed)
{
    const json_t *version = json_object_get(call->body, "version");
    bool is_absent = !version || json_is_null(version);

    if (is_absent ? !is_needed : json_is_integer(version) && json_integer_value(version) > 0)
        return true;
    admin_refuse(call, PROBLEM_BAD_REQUEST,
                 "expected \"version\" as the number of a version that was handed in");
    return false;
}

struct admin_task *admin_task_new(struct admin_call *call, enum registration_kind kind,
                                  struct str name)
{
    struct admin_task *task = die_calloc(1, sizeof *task);
    const json_t *version = json_object_get(call->body, "version");
    task->admin = call->admin;
    task->arena = arena_new(MEMORY_MAX);
    task->language = call->language;
    task->kind = kind;
    task->actor = call->role == OPERATOR_AUTHORITY ? ACTOR_OWNER : ACTOR_OPERATOR;
    task->name = keep(task, name);
    task->owner = keep(task, call->authority);
    task->who = keep(task, call->who);
    task->reason = keep(task, call->reason.at ? call->reason : STR(""));
    task->version = json_integer_value(version); /* 0: none */
    task->now = loop_wall(call->admin->loop);
    task->snapshot = snapshot_ref(call->facts.snapshot);
    task->settings = task->snapshot->settings;
    task->job.work = work;
    task->job.done = on_done;
    return task;
}

void admin_task_start(struct admin_task *task, struct admin_call *call)
{
    bool is_owners = task->actor == ACTOR_OWNER;
    if ((is_owners && call->admin->handing_in >= OWNERS_MAX) ||
        !registrar_do(call->facts.shared->registrar, call->admin->loop, &task->job)) {
        admin_refuse(call, PROBLEM_UNAVAILABLE, "too many are handing something in now");
        admin_task_free(task);
        return;
    }
    task->is_counted = is_owners;
    call->admin->handing_in += is_owners;
    http_keep(call->exchange, &task->exchange, on_gone, task);
}

void admin_task_free(struct admin_task *task)
{
    task->admin->handing_in -= task->is_counted;
    buf_clear(&task->body);
    snapshot_unref(&task->composed);
    snapshot_unref(&task->snapshot);
    arena_free(&task->arena);
    free(task);
}
