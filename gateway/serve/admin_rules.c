/* SPDX-License-Identifier: MIT */
/* A municipality's own rules of what it shows: read, handed in as a draft, looked at, put in force,
 * undone. Whoever comes by a municipality's certificate sees and changes that municipality's alone;
 * operators see all, and may take a municipality's rules out of force. */
#include "serve/admin_task.h"
#include "serve/rules_preview.h"

#include <stdio.h>
#include <stdlib.h>

enum { TRIES_MAX = 5 };

/* ---- whose ---- */

/* The municipality in the path. NULL: it was refused, in the same words whether it is somebody
 * else's or nobody's. */
static const struct municipality *find_own(struct admin_call *call)
{
    const struct municipality *municipality =
        municipality_find(&call->facts.snapshot->municipalities, call->rest);
    bool is_own = call->role != OPERATOR_AUTHORITY ||
                  (municipality && municipality->cvr.at && call->authority.at &&
                   str_equal(municipality->cvr, call->authority));

    if (municipality && municipality->cvr.at && is_own)
        return municipality;
    admin_refuse(call, PROBLEM_NOT_FOUND, "there is no municipality of this code that is yours");
    return NULL;
}

/* Only by the municipality's own certificate. */
static const struct municipality *find_written(struct admin_call *call)
{
    const struct municipality *municipality = find_own(call);

    if (!municipality || call->role == OPERATOR_AUTHORITY)
        return municipality;
    admin_refuse(call, PROBLEM_FORBIDDEN,
                 "a municipality's rules are changed by its own certificate; an operator changes "
                 "policies/exposure.json");
    return NULL;
}

/* ---- reading ---- */

static json_t *parse(struct str bytes)
{
    return bytes.at ? json_loadb(bytes.at, bytes.len, 0, NULL) : NULL;
}

/* What the operator's file says of the municipality, else of all; a borrowed reference. */
static json_t *file_entry(json_t *file, const struct municipality *municipality, bool *is_default)
{
    json_t *entry;
    size_t i;

    *is_default = false;
    json_array_foreach(json_object_get(file, "authorities"), i, entry)
    {
        const char *code = json_string_value(json_object_get(entry, "municipality"));
        const char *cvr = json_string_value(json_object_get(entry, "cvr"));
        if ((code && str_equal(str_of(code), municipality->code)) ||
            (cvr && str_equal(str_of(cvr), municipality->cvr)))
            return entry;
    }
    *is_default = true;
    return json_object_get(file, "default");
}

static void write_json(struct writer *w, const json_t *value)
{
    char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;
    if (text)
        writer_raw(w, str_of(text));
    else
        writer_null(w);
    free(text);
}

/* What counts, and whose word it is: the municipality's own, or the operator's. */
void admin_get_rules(struct admin_call *call)
{
    const struct snapshot *snapshot = call->facts.snapshot;
    const struct municipality *municipality = find_own(call);
    struct buf body;
    bool is_default = false;

    if (!municipality)
        return;
    const struct config_document *own =
        snapshot_document(snapshot, REGISTRATION_RULES, municipality->code);
    json_t *file = parse(own ? own->file.bytes : snapshot->exposure_text);
    const json_t *entry = own ? file : file_entry(file, municipality, &is_default);
    struct writer w = admin_begin(&body);
    writer_object(&w);
    writer_member_str(&w, "municipality", municipality->code);
    writer_member_str(&w, "name", municipality->name);
    writer_member_str(&w, "origin",
                      own          ? STR("municipality")
                      : is_default ? STR("default")
                                   : STR("operator"));
    writer_name(&w, "version");
    if (own)
        writer_int(&w, own->version);
    else
        writer_null(&w);
    writer_member_str(&w, "revision", str_of(snapshot->revision));
    writer_name(&w, "document");
    write_json(&w, entry);
    writer_object_end(&w);
    json_decref(file);
    admin_reply(call, 200, &body);
}

static struct registry_ask versions_of(const struct admin_task *task, bool with_bytes)
{
    return (struct registry_ask){
        .has_kind = true, .kind = task->kind, .name = task->name, .with_bytes = with_bytes};
}

static void write_step(struct writer *w, const struct registry_version *step)
{
    writer_object(w);
    writer_member_int(w, "version", step->version);
    writer_member_str(w, "state", registration_state_name(step->state));
    writer_name(w, "at");
    writer_wall(w, (struct wall){step->at_ms, true});
    writer_member_str(w, "who", step->who);
    writer_member_str(w, "why", step->why);
    writer_object_end(w);
}

static bool list_versions(struct admin_task *task, struct registry *registry)
{
    struct registry_ask ask = versions_of(task, true);
    struct registry_list versions, steps;

    if (!registry_list(registry, &ask, task->arena, &versions) ||
        !registry_history_list(registry, task->kind, task->name, task->arena, &steps))
        return false;
    struct writer w = admin_task_begin(task, 200);
    writer_object(&w);
    writer_member_str(&w, "municipality", task->name);
    writer_name(&w, "versions");
    writer_array(&w);
    for (size_t i = 0; i < versions.count; i++) {
        json_t *document = parse(versions.at[i].bytes);
        writer_object(&w);
        writer_member_int(&w, "version", versions.at[i].version);
        writer_member_str(&w, "state", registration_state_name(versions.at[i].state));
        writer_name(&w, "document");
        write_json(&w, document);
        writer_object_end(&w);
        json_decref(document);
    }
    writer_array_end(&w);
    writer_name(&w, "steps");
    writer_array(&w);
    for (size_t i = 0; i < steps.count; i++)
        write_step(&w, &steps.at[i]);
    writer_array_end(&w);
    writer_object_end(&w);
    return true;
}

static struct admin_task *new_task(struct admin_call *call, const struct municipality *municipality,
                                   bool (*work)(struct admin_task *task, struct registry *registry))
{
    struct admin_task *task = admin_task_new(call, REGISTRATION_RULES, municipality->code);
    task->owner = arena_copy(task->arena, municipality->cvr);
    task->work = work;
    return task;
}

void admin_get_rules_versions(struct admin_call *call)
{
    const struct municipality *municipality = find_own(call);
    if (municipality)
        admin_task_start(new_task(call, municipality, list_versions), call);
}

/* ---- changing ---- */

static const struct registry_version *find_version(const struct registry_list *versions,
                                                   int64_t version)
{
    for (size_t i = 0; i < versions->count; i++)
        if (versions->at[i].version == version)
            return &versions->at[i];
    return NULL;
}

static const struct registry_version *find_active(const struct registry_list *versions)
{
    for (size_t i = 0; i < versions->count; i++)
        if (versions->at[i].state == REGISTRATION_ACTIVE)
            return &versions->at[i];
    return NULL;
}

static struct config_document document_of(const struct admin_task *task, int64_t version,
                                          struct str bytes)
{
    return (struct config_document){.kind = task->kind,
                                    .name = task->name,
                                    .version = version,
                                    .owner = task->owner,
                                    .state = REGISTRATION_ACTIVE,
                                    .file.bytes = bytes};
}

/* Would the configuration be whole with it? False: the task has its answer. */
static bool is_right(struct admin_task *task, int64_t version, struct str bytes)
{
    struct config_document document = document_of(task, version, bytes);
    struct snapshot *snapshot = admin_task_compose(task, &document);
    bool is_whole = snapshot != NULL;
    snapshot_unref(&snapshot);
    return is_whole;
}

/* A step of this task's document; what is not told stays. */
static struct registry_version step_of(const struct admin_task *task, int64_t version,
                                       enum registration_state state)
{
    return (struct registry_version){.kind = task->kind,
                                     .name = task->name,
                                     .version = version,
                                     .owner = task->owner,
                                     .state = state,
                                     .who = task->who,
                                     .why = task->reason,
                                     .at_ms = task->now.unix_ms};
}

static void answer_state(struct admin_task *task, int status, int64_t version,
                         enum registration_state state)
{
    struct writer w = admin_task_begin(task, status);
    writer_object(&w);
    writer_member_bool(&w, "accepted", true);
    writer_member_str(&w, "municipality", task->name);
    writer_name(&w, "version");
    if (version > 0)
        writer_int(&w, version);
    else
        writer_null(&w);
    writer_member_str(&w, "state", registration_state_name(state));
    writer_object_end(&w);
}

/* One try at a change, decided on what the registry holds at one revision. */
struct change {
    struct registry_version at[2];
    size_t count;
};
/* False: the registry failed, or the task has its answer. */
typedef bool decide_fn(struct admin_task *task, struct registry *registry,
                       const struct registry_list *versions, struct change *change);

/* Decides, and decides again when another node was faster. */
static bool make_change(struct admin_task *task, struct registry *registry, decide_fn *decide)
{
    struct registry_ask ask = versions_of(task, true);
    for (int i = 0; i < TRIES_MAX; i++) {
        struct registry_list versions;
        struct change change = {.count = 0};
        int64_t revision;
        bool is_current;
        if (!registry_revision(registry, &revision) ||
            !registry_list(registry, &ask, task->arena, &versions))
            return false;
        if (!decide(task, registry, &versions, &change))
            return task->is_refused || task->status != 0;
        if (!registry_change(registry, revision, change.at, change.count, &is_current))
            return false;
        if (is_current)
            return true;
        buf_clear(&task->body);
        task->status = 0;
        task->changed = NULL;
    }
    return admin_task_refuse(task, PROBLEM_UNAVAILABLE,
                             "others change the registry at the same time; try again");
}

static bool decide_draft(struct admin_task *task, struct registry *registry,
                         const struct registry_list *versions, struct change *change)
{
    int64_t version = versions->count > 0 ? versions->at[versions->count - 1].version + 1 : 1;
    (void)registry;
    if (version > task->settings.registration_versions_max) {
        admin_task_refuse(task, PROBLEM_FORBIDDEN,
                          "there are %lld versions already; ask the operator for more room",
                          (long long)(version - 1));
        return false;
    }
    if (!is_right(task, version, task->bytes))
        return false;
    change->at[0] = step_of(task, version, REGISTRATION_DRAFT);
    change->at[0].bytes = task->bytes;
    change->count = 1;
    task->changed = "rules-draft";
    task->changed_version = version;
    answer_state(task, 201, version, REGISTRATION_DRAFT);
    return true;
}

static bool put_draft(struct admin_task *task, struct registry *registry)
{
    return make_change(task, registry, decide_draft);
}

void admin_put_rules(struct admin_call *call)
{
    const struct municipality *municipality = find_written(call);
    if (!municipality)
        return;
    struct admin_task *task = new_task(call, municipality, put_draft);
    task->bytes = arena_copy(task->arena, call->request->body);
    admin_task_start(task, call);
}

/* Puts `target` (NULL: nothing, so that the operator's file counts again) in the place of what is
 * active. */
static bool decide_active(struct admin_task *task, const struct registry_list *versions,
                          const struct registry_version *target, const char *what,
                          struct change *change)
{
    const struct registry_version *active = find_active(versions);
    int64_t version = target ? target->version : active ? active->version : 0;
    enum registration_state after = REGISTRATION_RETIRED;

    if (target)
        after = registration_after(task->kind, target->state, STEP_ACTIVATE, task->actor);
    if (after == REGISTRATION_NONE) {
        admin_task_refuse(task, PROBLEM_BAD_REQUEST, "version %lld is %.*s already",
                          (long long)version, STR_ARG(registration_state_name(target->state)));
        return false;
    }
    if (!target && !active) {
        admin_task_refuse(task, PROBLEM_BAD_REQUEST,
                          "no rules of your own are active; the operator's are followed");
        return false;
    }
    if (!is_right(task, version, target ? target->bytes : STR_NONE))
        return false;
    if (active)
        change->at[change->count++] = step_of(task, active->version, REGISTRATION_RETIRED);
    if (target)
        change->at[change->count++] = step_of(task, target->version, after);
    task->changed = what;
    task->changed_version = version;
    answer_state(task, 200, version, target ? after : REGISTRATION_RETIRED);
    return true;
}

static bool decide_activate(struct admin_task *task, struct registry *registry,
                            const struct registry_list *versions, struct change *change)
{
    const struct registry_version *target = find_version(versions, task->version);
    (void)registry;
    if (!target) {
        admin_task_refuse(task, PROBLEM_NOT_FOUND, "there is no version %lld of your rules",
                          (long long)task->version);
        return false;
    }
    return decide_active(task, versions, target, "rules-activate", change);
}

static bool activate(struct admin_task *task, struct registry *registry)
{
    return make_change(task, registry, decide_activate);
}

/* The version under the one that is active. Activations lie on each other; whoever activates the
 * second from the top has taken the top away, so that undoing twice goes two steps back and not to
 * and fro. 0: none lies there. */
static bool find_before(struct admin_task *task, struct registry *registry, int64_t *before)
{
    struct registry_list steps;
    size_t height = 0;
    if (!registry_history_list(registry, task->kind, task->name, task->arena, &steps))
        return false;
    int64_t *stack = arena_calloc(task->arena, steps.count + 1, sizeof *stack);
    for (size_t i = 0; stack && i < steps.count; i++) {
        if (steps.at[i].state != REGISTRATION_ACTIVE)
            continue;
        if (height > 1 && stack[height - 2] == steps.at[i].version)
            height--;
        else
            stack[height++] = steps.at[i].version;
    }
    *before = height > 1 ? stack[height - 2] : 0;
    return stack != NULL;
}

/* Back to what was active before, at last to the operator's file. */
static bool decide_undo(struct admin_task *task, struct registry *registry,
                        const struct registry_list *versions, struct change *change)
{
    const struct registry_version *active = find_active(versions);
    int64_t before = 0;
    if (active && !find_before(task, registry, &before))
        return false;
    return decide_active(task, versions, before > 0 ? find_version(versions, before) : NULL,
                         "rules-undo", change);
}

static bool undo(struct admin_task *task, struct registry *registry)
{
    return make_change(task, registry, decide_undo);
}

static bool decide_retire(struct admin_task *task, struct registry *registry,
                          const struct registry_list *versions, struct change *change)
{
    (void)registry;
    return decide_active(task, versions, NULL, "rules-retire", change);
}

static bool retire(struct admin_task *task, struct registry *registry)
{
    return make_change(task, registry, decide_retire);
}

void admin_post_rules_activate(struct admin_call *call)
{
    const struct municipality *municipality = find_written(call);
    if (municipality && admin_task_names_version(call, true))
        admin_task_start(new_task(call, municipality, activate), call);
}

void admin_post_rules_undo(struct admin_call *call)
{
    const struct municipality *municipality = find_written(call);
    if (municipality)
        admin_task_start(new_task(call, municipality, undo), call);
}

/* Also by an operator, should a municipality's rules do harm. */
void admin_post_rules_retire(struct admin_call *call)
{
    const struct municipality *municipality = find_own(call);
    if (municipality && (call->role == OPERATOR_AUTHORITY || call->role == OPERATOR_OPERATOR))
        admin_task_start(new_task(call, municipality, retire), call);
    else if (municipality)
        admin_refuse(call, PROBLEM_FORBIDDEN, "this needs the role operator");
}

/* ---- looking before it counts ---- */

static bool compose_version(struct admin_task *task, struct registry *registry)
{
    struct registry_ask ask = versions_of(task, true);
    struct registry_list versions;
    if (!registry_list(registry, &ask, task->arena, &versions))
        return false;
    const struct registry_version *version = find_version(&versions, task->version);
    if (!version)
        return admin_task_refuse(task, PROBLEM_NOT_FOUND, "there is no version %lld of your rules",
                                 (long long)task->version);
    struct config_document document = document_of(task, version->version, version->bytes);
    task->composed = admin_task_compose(task, &document);
    return true;
}

void admin_post_rules_preview(struct admin_call *call)
{
    const struct municipality *municipality = find_own(call);
    if (!municipality || !admin_task_names_version(call, true))
        return;
    struct admin_task *task = new_task(call, municipality, compose_version);
    task->then = rules_preview_start;
    /* Before anybody is asked: nothing is looked at unrecorded. */
    admin_note(call, "rules-preview", municipality->code);
    task->portal = arena_copy(task->arena, admin_text(call, "portal"));
    task->citizen = arena_copy(task->arena, admin_text(call, "citizen"));
    admin_task_start(task, call);
}
