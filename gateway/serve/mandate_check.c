/* SPDX-License-Identifier: MIT */
#include "serve/mandate_check.h"

#include "base/log.h"
#include "identity/mandate_citizen.h"
#include "record/mandate_record.h"

enum { NOTE_MAX = 4096 };

/* No source's id begins so: an item's handle is no mandate's, nor the other way round. */
#define FROM_SERVICE "!mandate/"
#define FROM_TOKEN   "!token/"

struct mandate_check {
    struct mandate_check_spec spec;
    struct snapshot *snapshot;      /* holds the service while it is asked */
    struct http_exchange *exchange; /* slot */
    struct mandate_call *call;      /* slot */
    struct mandate_call_spec asked;
    struct str id; /* the service's own; STR_NONE: whatever confirms the token's word */
    acting_done_fn *done;
    void *ctx;
};

/* ---- handles ---- */

struct str mandate_handle_make(struct worker *worker, struct arena *arena, const struct cpr *actor,
                               const struct mandate_service *service, const struct cpr *giver,
                               struct str id)
{
    struct str where =
        arena_format(arena, "%s%.*s", id.at ? FROM_SERVICE : FROM_TOKEN, STR_ARG(service->id));
    struct str what = arena_format(arena, "%.*s%.*s", STR_ARG(cpr_str(giver)), STR_ARG(id));

    return where.at && what.at ? handle_make(worker->env.handles, arena, actor, where, what)
                               : STR_NONE;
}

static const struct mandate_service *find_service(const struct snapshot *snapshot, struct str id)
{
    for (size_t i = 0; i < snapshot->mandate_service_count; i++)
        if (str_equal(snapshot->mandate_services[i].id, id))
            return &snapshot->mandate_services[i];
    return NULL;
}

/* Whom the handle means, and where to ask. False: it is not ours, or the service is no more. */
static bool open_handle(struct mandate_check *check)
{
    const struct mandate_check_spec *spec = &check->spec;
    struct str where, what;

    if (!handle_open(spec->worker->env.handles, spec->arena, citizen_actor(spec->actor),
                     spec->handle, &where, &what) ||
        what.len < CPR_DIGITS || !cpr_parse(str_head(what, CPR_DIGITS), &check->asked.giver))
        return false;
    check->id = str_skip(what, CPR_DIGITS);
    if (str_starts_with(where, STR(FROM_SERVICE))) {
        check->asked.service =
            find_service(check->snapshot, str_skip(where, sizeof FROM_SERVICE - 1));
        return check->id.len > 0 && check->asked.service;
    }
    if (!str_starts_with(where, STR(FROM_TOKEN)) || check->id.len > 0)
        return false;
    check->id = STR_NONE;
    check->asked.service = find_service(check->snapshot, str_skip(where, sizeof FROM_TOKEN - 1));
    return check->asked.service != NULL;
}

/* ---- the record ---- */

void mandate_note(struct worker *worker, const struct mandate_call_spec *spec,
                  const struct mandate_reply *reply, struct str reference, struct str state)
{
    struct buf line;
    struct mandate_note note = {.receipt = spec->receipt,
                                .actor = spec->actor,
                                .giver = spec->giver,
                                .service = spec->service->id,
                                .reference = reference,
                                .state = state,
                                .elapsed_ms = reply->elapsed_ms,
                                .key = &worker->shared->pseudonym_key,
                                .now = loop_wall(worker->loop)};

    buf_init(&line, NOTE_MAX);
    mandate_record_write(&note, &line);
    access_log_note(worker->shared->access_log, buf_str(&line));
    buf_clear(&line);
    log_info(spec->receipt, "event=mandate service=%.*s outcome=%.*s state=%.*s ms=%lld why=\"%s\"",
             STR_ARG(spec->service->id), STR_ARG(outcome_name(reply->outcome)), STR_ARG(state),
             (long long)reply->elapsed_ms, reply->why ? reply->why : "");
}

/* ---- what the token says ---- */

bool mandate_token_groups(struct arena *arena, const struct citizen *actor, const struct cpr *giver,
                          const struct privilege_group **groups, size_t *count)
{
    struct privilege_list list;
    const char *why;

    *groups = NULL;
    *count = 0;
    if (!citizen_privileges(actor).at ||
        !privileges_parse(arena, citizen_privileges(actor), &list, &why))
        return !arena_is_full(arena);
    for (size_t i = 0; i < list.count; i++)
        if (cpr_equal(&list.groups[i].represented, giver))
            list.groups[(*count)++] = list.groups[i];
    *groups = list.groups;
    return true;
}

/* ---- the verdict ---- */

/* What stands in the way of a mandate that is not in force, for people. */
static struct problem refusal(enum mandate_state state)
{
    static const char *const why[] = {
        [MANDATE_IN_FORCE] = "the mandate is not given to the one who logged in",
        [MANDATE_NOT_YET] = "the mandate is not in force yet",
        [MANDATE_EXPIRED] = "the mandate has expired",
        [MANDATE_REVOKED] = "the mandate has been revoked",
        [MANDATE_CASE_CLOSED] = "the mandate ended when its case closed",
        [MANDATE_AGE] = "the mandate does not hold at the age of the one who gave it",
    };
    return problem_make(PROBLEM_MANDATE, "%s", why[state]);
}

/* All groups of the mandates in force; *chosen: one of them. Only one id, when it is known. */
static bool gather(const struct mandate_check *check, const struct mandate_list *list,
                   const struct mandate_ages *ages, struct privilege_group *groups, size_t *count,
                   const struct mandate **chosen, const struct mandate **refused)
{
    struct wall now = loop_wall(check->spec.worker->loop);

    *count = 0;
    *chosen = *refused = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const struct mandate *one = &list->at[i];

        if (check->id.at && !str_equal(check->id, one->id))
            continue;
        if (mandate_state(one, ages, now) != MANDATE_IN_FORCE) {
            *refused = one;
            continue;
        }
        if (one->group_count > PRIVILEGE_GROUPS_MAX - *count)
            return false;
        *chosen = *chosen ? *chosen : one;
        if (one->group_count > 0)
            memcpy(groups + *count, one->groups, one->group_count * sizeof *groups);
        *count += one->group_count;
    }
    return true;
}

/* Nothing is shown that the token does not say too, when it is the token that is acted on. */
static bool cover(struct mandate_check *check, const struct privilege_group *groups, size_t count,
                  const struct coverage **coverage)
{
    struct arena *arena = check->spec.arena;
    const struct mandate_rules *rules = &check->spec.worker->snapshot->mandates;
    struct coverage *own = ARENA_NEW(arena, struct coverage);
    struct coverage *within = ARENA_NEW(arena, struct coverage);
    const struct privilege_group *token_groups;
    size_t token_count;

    *coverage = own;
    if (!own || !within || !coverage_make(arena, rules, groups, count, own))
        return false;
    if (check->id.at)
        return true;
    own->within = within;
    return mandate_token_groups(arena, check->spec.actor, &check->asked.giver, &token_groups,
                                &token_count) &&
           coverage_make(arena, rules, token_groups, token_count, within);
}

static struct str judge(struct mandate_check *check, const struct mandate_reply *reply,
                        struct acting *acting, struct str *reference,
                        char text[MANDATE_REFERENCE_TEXT])
{
    struct worker *worker = check->spec.worker;
    const struct mandate_ages *ages = &worker->snapshot->mandates.ages[check->asked.service->kind];
    struct privilege_group *groups =
        arena_calloc(check->spec.arena, PRIVILEGE_GROUPS_MAX, sizeof *groups);
    const struct mandate *chosen, *refused;
    size_t count;

    acting->problem = problem_make(PROBLEM_INTERNAL, "the mandates exceed the limits");
    if (!groups || !gather(check, &reply->list, ages, groups, &count, &chosen, &refused))
        return STR("limits");
    const struct mandate *named = chosen ? chosen : refused;
    if (!named) {
        acting->problem =
            problem_make(PROBLEM_MANDATE, "there is no such mandate at its source any more");
        return STR("unknown");
    }
    *reference = mandate_reference(&worker->shared->pseudonym_key, check->asked.service->id,
                                   named->id, text);
    if (!chosen) {
        enum mandate_state state = mandate_state(refused, ages, loop_wall(worker->loop));
        acting->problem = refusal(state);
        return mandate_state_name(state);
    }
    if (!cover(check, groups, count, &acting->coverage))
        return STR("limits");
    acting->citizen = mandate_citizen(check->spec.arena, chosen, ages, check->spec.actor,
                                      *reference, loop_wall(worker->loop));
    if (!acting->citizen)
        acting->problem = refusal(MANDATE_IN_FORCE);
    return acting->citizen ? mandate_state_name(MANDATE_IN_FORCE) : STR("refused");
}

static struct problem problem_of_outcome(enum outcome outcome)
{
    struct problem problem = problem_make(
        outcome == OUTCOME_LATE ? PROBLEM_SOURCE_LATE : PROBLEM_SOURCE_FAILED,
        outcome == OUTCOME_LATE
            ? "the source of the mandate has not answered in time, so nothing was looked up"
            : "the source of the mandate could not say whether it is in force, so nothing was "
              "looked up");
    problem.retry_after_s = 5;
    return problem;
}

/* ---- the course ---- */

static void let_go(struct mandate_check *check)
{
    mandate_call_cancel(&check->call);
    snapshot_unref(&check->snapshot);
    check->spec.worker->lookups--;
}

static void on_gone(void *ctx)
{
    struct mandate_check *check = ctx;
    struct worker *worker = check->spec.worker;
    struct arena *arena = check->spec.arena;

    let_go(check);
    worker_give_arena(worker, arena); /* the check itself lies in it */
}

static void on_reply(void *ctx, const struct mandate_reply *reply)
{
    struct mandate_check *check = ctx;
    struct acting acting = {0};
    struct str reference = STR_NONE, state = outcome_name(reply->outcome);
    char text[MANDATE_REFERENCE_TEXT];

    if (outcome_is_positive(reply->outcome))
        state = judge(check, reply, &acting, &reference, text);
    else
        acting.problem = problem_of_outcome(reply->outcome);
    mandate_note(check->spec.worker, &check->asked, reply, reference, state);
    let_go(check);
    check->done(check->ctx, &acting);
}

static void refuse(acting_done_fn *done, void *ctx, enum problem_kind kind, const char *why,
                   enum level level)
{
    struct acting acting = {.problem = problem_make(kind, "%s", why), .level = level};
    done(ctx, &acting);
}

void mandate_check_start(const struct mandate_check_spec *spec, struct http_exchange *exchange,
                         acting_done_fn *done, void *ctx)
{
    struct worker *worker = spec->worker;
    struct mandate_check *check = ARENA_NEW(spec->arena, struct mandate_check);

    if (!check) {
        refuse(done, ctx, PROBLEM_INTERNAL, "out of working memory", LEVEL_NONE);
        return;
    }
    *check = (struct mandate_check){.spec = *spec, .done = done, .ctx = ctx};
    check->snapshot = worker->snapshot;
    if (!open_handle(check)) {
        refuse(done, ctx, PROBLEM_MANDATE,
               "Act-For: the handle is damaged, or it was given to somebody else; see "
               "/v1/mandates",
               LEVEL_NONE);
        return;
    }
    const struct mandate_service *service = check->asked.service;
    if (citizen_level(spec->actor) < service->level) {
        refuse(done, ctx, PROBLEM_LEVEL, "acting for another needs a higher level of login",
               service->level);
        return;
    }
    snapshot_ref(check->snapshot);
    worker->lookups++;
    check->asked.worker = worker;
    check->asked.arena = spec->arena;
    check->asked.snapshot = check->snapshot;
    check->asked.actor = spec->actor;
    check->asked.receipt = spec->receipt;
    check->asked.traceparent = spec->traceparent;
    http_keep(exchange, &check->exchange, on_gone, check);
    mandate_call_start(&check->asked, &check->call, on_reply, check);
}
