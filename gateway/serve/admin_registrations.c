/* SPDX-License-Identifier: MIT */
/* Sources that their owners register: handed in by an authority's certificate, tried, watched, and
 * approved by an operator who has read the report. An owner sees and changes its own alone, and is
 * told of others' in the same words as of nobody's. */
#include "serve/admin_task.h"
#include "serve/trials.h"

#include "base/hex.h"

#include <openssl/evp.h>
#include <stdlib.h>

enum { TRIES_MAX = 5, HASH_BYTES = 32, HASH_TEXT = 65 };

/* ---- what is told ---- */

static bool hash_of(struct str bytes, char text[HASH_TEXT])
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    if (!bytes.at || EVP_Digest(bytes.at, bytes.len, hash, NULL, EVP_sha256(), NULL) != 1)
        return false;
    hex_encode(hash, HASH_BYTES, text);
    return true;
}

static void write_json(struct writer *w, struct str bytes)
{
    json_t *value = bytes.at ? json_loadb(bytes.at, bytes.len, 0, NULL) : NULL;
    char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;
    if (text)
        writer_raw(w, str_of(text));
    else
        writer_null(w);
    free(text);
    json_decref(value);
}

static void write_version(struct writer *w, const struct registry_version *version,
                          bool with_document)
{
    char hash[HASH_TEXT];
    writer_object(w);
    writer_member_str(w, "id", version->name);
    writer_member_int(w, "version", version->version);
    writer_member_str(w, "owner", version->owner);
    writer_member_str(w, "state", registration_state_name(version->state));
    writer_name(w, "at");
    writer_wall(w, (struct wall){version->at_ms, true});
    writer_member_str(w, "who", version->who);
    writer_member_str(w, "why", version->why);
    writer_member_str(w, "report", hash_of(version->report, hash) ? str_of(hash) : STR_NONE);
    writer_name(w, "terms");
    write_json(w, version->terms);
    if (with_document) {
        writer_name(w, "manifest");
        write_json(w, version->bytes);
    }
    writer_object_end(w);
}

/* An operator sees all; an owner its own. */
static struct registry_ask ask_of(const struct admin_task *task)
{
    return (struct registry_ask){.has_kind = true,
                                 .kind = task->kind,
                                 .name = task->name.len > 0 ? task->name : STR_NONE,
                                 .owner = task->owner.len > 0 ? task->owner : STR_NONE,
                                 .with_bytes = task->name.len > 0,
                                 .with_report = true};
}

static bool refuse_unknown(struct admin_task *task)
{
    return admin_task_refuse(task, PROBLEM_NOT_FOUND,
                             "there is no registration of this id that is yours");
}

static bool list_all(struct admin_task *task, struct registry *registry)
{
    struct registry_ask ask = ask_of(task);
    struct registry_list list;
    if (!registry_list(registry, &ask, task->arena, &list))
        return false;
    struct writer w = admin_task_begin(task, 200);
    writer_object(&w);
    writer_name(&w, "registrations");
    writer_array(&w);
    for (size_t i = 0; i < list.count; i++)
        write_version(&w, &list.at[i], false);
    writer_array_end(&w);
    writer_object_end(&w);
    return true;
}

static bool show_one(struct admin_task *task, struct registry *registry)
{
    struct registry_ask ask = ask_of(task);
    struct registry_list list, steps;
    if (!registry_list(registry, &ask, task->arena, &list) ||
        !registry_history_list(registry, task->kind, task->name, task->arena, &steps))
        return false;
    if (list.count == 0)
        return refuse_unknown(task);
    struct writer w = admin_task_begin(task, 200);
    writer_object(&w);
    writer_member_str(&w, "id", task->name);
    writer_name(&w, "versions");
    writer_array(&w);
    for (size_t i = 0; i < list.count; i++)
        write_version(&w, &list.at[i], true);
    writer_array_end(&w);
    writer_name(&w, "steps");
    writer_array(&w);
    for (size_t i = 0; i < steps.count; i++)
        if (!ask.owner.at || str_equal(ask.owner, steps.at[i].owner))
            write_version(&w, &steps.at[i], false);
    writer_array_end(&w);
    writer_object_end(&w);
    return true;
}

/* The newest report, as it was signed. */
static bool show_report(struct admin_task *task, struct registry *registry)
{
    struct registry_ask ask = ask_of(task);
    struct registry_list list;
    if (!registry_list(registry, &ask, task->arena, &list))
        return false;
    for (size_t i = list.count; i-- > 0;)
        if (list.at[i].report.at) {
            task->status = 200;
            buf_init(&task->body, ADMIN_REPLY_MAX);
            /* The answer's end of line is the report's. */
            buf_add_str(&task->body, str_head(list.at[i].report, list.at[i].report.len - 1));
            return true;
        }
    return list.count == 0 ? refuse_unknown(task)
                           : admin_task_refuse(task, PROBLEM_NOT_FOUND, "there is no report yet");
}

/* ---- steps ---- */

/* The versions of one id, of all owners, and what becomes of them. */
struct deciding {
    struct registry_list versions;
    struct registry_version changes[4];
    size_t count;
};
/* False: the task has its answer, or the registry failed. */
typedef bool decide_fn(struct admin_task *task, struct registry *registry,
                       struct deciding *deciding);

static bool make_change(struct admin_task *task, struct registry *registry, decide_fn *decide)
{
    const struct registry_ask ask = {.has_kind = true,
                                     .kind = REGISTRATION_SOURCE,
                                     .name = task->name,
                                     .with_bytes = true,
                                     .with_report = true};
    for (int i = 0; i < TRIES_MAX; i++) {
        struct deciding deciding = {.count = 0};
        int64_t revision;
        bool is_current;
        if (!registry_revision(registry, &revision) ||
            !registry_list(registry, &ask, task->arena, &deciding.versions))
            return false;
        if (!decide(task, registry, &deciding))
            return task->is_refused || task->status != 0;
        if (!registry_change(registry, revision, deciding.changes, deciding.count, &is_current))
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

/* A step that is taken; the version's bytes, report and terms stay. */
static void add_step(struct admin_task *task, struct deciding *deciding,
                     const struct registry_version *version, enum registration_state state,
                     struct str who, struct str why)
{
    deciding->changes[deciding->count++] = (struct registry_version){.kind = REGISTRATION_SOURCE,
                                                                     .name = task->name,
                                                                     .version = version->version,
                                                                     .owner = version->owner,
                                                                     .state = state,
                                                                     .who = who,
                                                                     .why = why,
                                                                     .at_ms = task->now.unix_ms};
}

static void answer(struct admin_task *task, int status, int64_t version,
                   enum registration_state state, const char *what)
{
    struct writer w = admin_task_begin(task, status);
    writer_object(&w);
    writer_member_bool(&w, "accepted", true);
    writer_member_str(&w, "id", task->name);
    writer_member_int(&w, "version", version);
    writer_member_str(&w, "state", registration_state_name(state));
    writer_object_end(&w);
    task->changed = what;
    task->changed_version = version;
}

/* Would the configuration be whole with it in force? False: the task has its answer. */
static bool is_right(struct admin_task *task, int64_t version, struct str owner, struct str bytes,
                     struct str terms)
{
    struct config_document document = {.kind = REGISTRATION_SOURCE,
                                       .name = task->name,
                                       .version = version,
                                       .owner = owner,
                                       .state = REGISTRATION_APPROVED,
                                       .is_new = true,
                                       .terms = terms,
                                       .file.bytes = bytes};
    struct snapshot *snapshot = admin_task_compose(task, &document);
    bool is_whole = snapshot != NULL;
    snapshot_unref(&snapshot);
    return is_whole;
}

static bool is_over(const struct registry_version *version)
{
    return version->state == REGISTRATION_REJECTED || version->state == REGISTRATION_WITHDRAWN;
}

/* The newest of the task's owner, or that of the number it names; NULL: refused. */
static const struct registry_version *find_version(struct admin_task *task,
                                                   const struct registry_list *versions)
{
    for (size_t i = versions->count; i-- > 0;) {
        const struct registry_version *version = &versions->at[i];
        if (task->actor == ACTOR_OWNER && !str_equal(version->owner, task->owner))
            continue;
        if (task->version == 0 ? !is_over(version) : task->version == version->version)
            return version;
    }
    refuse_unknown(task);
    return NULL;
}

/* ---- handing in ---- */

/* An id is its first owner's, as long as anything of it is alive. */
static bool is_taken(const struct admin_task *task, const struct registry_list *versions)
{
    for (size_t i = 0; i < versions->count; i++)
        if (!str_equal(versions->at[i].owner, task->owner) && !is_over(&versions->at[i]))
            return true;
    return false;
}

/* False: the registry failed. */
static bool count_others(struct admin_task *task, struct registry *registry, size_t *count)
{
    const struct registry_ask ask = {
        .has_kind = true, .kind = REGISTRATION_SOURCE, .owner = task->owner};
    struct registry_list list;
    *count = 0;
    if (!registry_list(registry, &ask, task->arena, &list))
        return false;
    for (size_t i = 0; i < list.count; i++)
        if (!str_equal(list.at[i].name, task->name) &&
            (i == 0 || !str_equal(list.at[i].name, list.at[i - 1].name)))
            (*count)++;
    return true;
}

/* What is being tried or watched gives way to the newer version. */
static void withdraw_candidate(struct admin_task *task, struct deciding *deciding)
{
    for (size_t i = deciding->versions.count; i-- > 0;) {
        const struct registry_version *version = &deciding->versions.at[i];
        if (version->state == REGISTRATION_APPROVED || is_over(version) ||
            registration_after(REGISTRATION_SOURCE, version->state, STEP_WITHDRAW, ACTOR_OWNER) !=
                REGISTRATION_WITHDRAWN)
            continue;
        add_step(task, deciding, version, REGISTRATION_WITHDRAWN, STR("the gateway"),
                 STR("a newer version was handed in"));
        return; /* there is one at most */
    }
}

static bool decide_submit(struct admin_task *task, struct registry *registry,
                          struct deciding *deciding)
{
    const struct registry_list *versions = &deciding->versions;
    int64_t number = versions->count > 0 ? versions->at[versions->count - 1].version + 1 : 1;
    struct registry_version version = {.version = number, .owner = task->owner};
    size_t others;

    if (!count_others(task, registry, &others))
        return false;
    if (is_taken(task, versions)) {
        admin_task_refuse(task, PROBLEM_FORBIDDEN, "this id is another owner's; choose another");
        return false;
    }
    if (number > task->settings.registration_versions_max ||
        (int64_t)others >= task->settings.registration_documents_max) {
        admin_task_refuse(task, PROBLEM_FORBIDDEN,
                          "you have handed in as much as you may; ask the operator for more room");
        return false;
    }
    if (!is_right(task, number, task->owner, task->bytes, STR_NONE))
        return false;
    withdraw_candidate(task, deciding);
    add_step(task, deciding, &version, REGISTRATION_SUBMITTED, task->who, task->reason);
    deciding->changes[deciding->count - 1].bytes = task->bytes;
    add_step(task, deciding, &version, REGISTRATION_CHECKED, STR("the gateway"),
             STR("it is right beside all others"));
    answer(task, 202, number, REGISTRATION_CHECKED, "registration-submit");
    return true;
}

static bool decide_retry(struct admin_task *task, struct registry *registry,
                         struct deciding *deciding)
{
    const struct registry_version *version = find_version(task, &deciding->versions);
    (void)registry;
    if (!version)
        return false;
    if (registration_after(REGISTRATION_SOURCE, version->state, STEP_RETRY, task->actor) ==
        REGISTRATION_NONE) {
        admin_task_refuse(
            task, PROBLEM_BAD_REQUEST, "version %lld is %.*s; one that failed is tried again",
            (long long)version->version, STR_ARG(registration_state_name(version->state)));
        return false;
    }
    if (!is_right(task, version->version, version->owner, version->bytes, STR_NONE))
        return false;
    add_step(task, deciding, version, REGISTRATION_SUBMITTED, task->who, task->reason);
    add_step(task, deciding, version, REGISTRATION_CHECKED, STR("the gateway"),
             STR("it is right beside all others"));
    answer(task, 202, version->version, REGISTRATION_CHECKED, "registration-retry");
    return true;
}

/* ---- approving ---- */

static bool is_report_of(const struct registry_version *version, const struct str report)
{
    char hash[HASH_TEXT];
    return hash_of(version->report, hash) && str_equal(report, str_of(hash));
}

static bool decide_approve(struct admin_task *task, struct registry *registry,
                           struct deciding *deciding)
{
    const struct registry_version *version = find_version(task, &deciding->versions);
    (void)registry;
    if (!version)
        return false;
    if (registration_after(REGISTRATION_SOURCE, version->state, STEP_APPROVE, task->actor) ==
        REGISTRATION_NONE) {
        admin_task_refuse(
            task, PROBLEM_BAD_REQUEST, "version %lld is %.*s; one that is observed is approved",
            (long long)version->version, STR_ARG(registration_state_name(version->state)));
        return false;
    }
    if (!is_report_of(version, task->report)) {
        admin_task_refuse(task, PROBLEM_BAD_REQUEST,
                          "\"report\" is not the SHA-256 of this version's report; read the report "
                          "that you approve");
        return false;
    }
    if (!is_right(task, version->version, version->owner, version->bytes, task->terms))
        return false;
    for (size_t i = 0; i < deciding->versions.count; i++)
        if (deciding->versions.at[i].state == REGISTRATION_APPROVED)
            add_step(task, deciding, &deciding->versions.at[i], REGISTRATION_SUPERSEDED,
                     STR("the gateway"), STR("a newer version was approved"));
    add_step(task, deciding, version, REGISTRATION_APPROVED, task->who, task->reason);
    deciding->changes[deciding->count - 1].terms = task->terms;
    answer(task, 200, version->version, REGISTRATION_APPROVED, "registration-approve");
    return true;
}

/* ---- ending ---- */

static bool decide_end(struct admin_task *task, struct deciding *deciding,
                       enum registration_step step, const char *what)
{
    const struct registry_version *version = find_version(task, &deciding->versions);
    if (!version)
        return false;
    enum registration_state after =
        registration_after(REGISTRATION_SOURCE, version->state, step, task->actor);
    if (after == REGISTRATION_NONE) {
        admin_task_refuse(
            task, PROBLEM_BAD_REQUEST, "version %lld is %.*s, from where this is no step",
            (long long)version->version, STR_ARG(registration_state_name(version->state)));
        return false;
    }
    add_step(task, deciding, version, after, task->who, task->reason);
    answer(task, 200, version->version, after, what);
    return true;
}

static bool decide_reject(struct admin_task *task, struct registry *registry,
                          struct deciding *deciding)
{
    (void)registry;
    return decide_end(task, deciding, STEP_REJECT, "registration-reject");
}

static bool decide_withdraw(struct admin_task *task, struct registry *registry,
                            struct deciding *deciding)
{
    (void)registry;
    return decide_end(task, deciding, STEP_WITHDRAW, "registration-withdraw");
}

static bool submit(struct admin_task *task, struct registry *registry)
{
    return make_change(task, registry, decide_submit);
}

static bool retry(struct admin_task *task, struct registry *registry)
{
    return make_change(task, registry, decide_retry);
}

static bool approve(struct admin_task *task, struct registry *registry)
{
    return make_change(task, registry, decide_approve);
}

static bool reject(struct admin_task *task, struct registry *registry)
{
    return make_change(task, registry, decide_reject);
}

static bool withdraw(struct admin_task *task, struct registry *registry)
{
    return make_change(task, registry, decide_withdraw);
}

/* ---- handlers ---- */

static void start(struct admin_call *call, struct str name,
                  bool (*work)(struct admin_task *task, struct registry *registry))
{
    struct admin_task *task = admin_task_new(call, REGISTRATION_SOURCE, name);
    task->work = work;
    admin_task_start(task, call);
}

void admin_get_registrations(struct admin_call *call)
{
    start(call, STR(""), list_all);
}

void admin_get_registration(struct admin_call *call)
{
    start(call, call->rest, show_one);
}

void admin_get_registration_report(struct admin_call *call)
{
    start(call, call->rest, show_report);
}

void admin_put_registration(struct admin_call *call)
{
    if (call->role != OPERATOR_AUTHORITY) {
        admin_refuse(
            call, PROBLEM_FORBIDDEN,
            "a source is registered by its owner's certificate; an operator's own stand in "
            "conf/sources");
        return;
    }
    if (!call->facts.shared->trials) {
        admin_refuse(call, PROBLEM_FORBIDDEN,
                     "this gateway takes no sources from their owners: its registration.ca is not "
                     "set");
        return;
    }
    struct admin_task *task = admin_task_new(call, REGISTRATION_SOURCE, call->rest);
    task->work = submit;
    task->bytes = arena_copy(task->arena, call->request->body);
    admin_task_start(task, call);
}

/* Owners and operators, not who only looks. */
static bool may_change(struct admin_call *call)
{
    if (call->role != OPERATOR_VIEWER)
        return true;
    admin_refuse(call, PROBLEM_FORBIDDEN, "this needs the role operator");
    return false;
}

void admin_post_registration_retry(struct admin_call *call)
{
    if (may_change(call) && admin_task_names_version(call, false))
        start(call, call->rest, retry);
}

void admin_post_registration_withdraw(struct admin_call *call)
{
    if (may_change(call) && admin_task_names_version(call, false))
        start(call, call->rest, withdraw);
}

void admin_post_registration_reject(struct admin_call *call)
{
    if (admin_task_names_version(call, true))
        start(call, call->rest, reject);
}

/* The terms as a document of their own. False: it was refused. */
static bool take_terms(struct admin_call *call, struct admin_task *task)
{
    static const char *const members[] = {"report", "from", "municipalities", "kle"};
    const struct municipalities *known = &task->snapshot->municipalities;
    struct registration_terms terms;
    struct faults faults;
    json_t *object = json_object();

    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (json_object_get(call->body, members[i]))
            json_object_set(object, members[i], json_object_get(call->body, members[i]));
    char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(object);
    task->terms = arena_copy(task->arena, str_of(text));
    free(text);
    faults_init(&faults, task->arena);
    struct document *document = document_parse(STR("body"), task->terms, &faults);
    if (document)
        registration_terms_parse(document_node(document), &terms, &faults);
    document_free(&document);
    for (size_t i = 0; faults.count == 0 && i < terms.code_count; i++)
        if (!municipality_find(known, terms.codes[i]))
            faults_add(&faults, STR("/municipalities"), "there is no municipality \"%.*s\"",
                       STR_ARG(terms.codes[i]));
    if (faults.count == 0) {
        task->report = arena_copy(task->arena, terms.report);
        return true;
    }
    admin_refuse(call, PROBLEM_BAD_REQUEST, "%.*s: %.*s", STR_ARG(faults.first->where),
                 STR_ARG(faults.first->what));
    return false;
}

void admin_post_registration_approve(struct admin_call *call)
{
    if (!admin_task_names_version(call, true))
        return;
    struct admin_task *task = admin_task_new(call, REGISTRATION_SOURCE, call->rest);
    task->work = approve;
    if (take_terms(call, task))
        admin_task_start(task, call);
    else
        admin_task_free(task);
}
