/* SPDX-License-Identifier: MIT */
#include "serve/mandates.h"

#include "base/writer.h"
#include "record/access_record.h"
#include "record/mandate_record.h"
#include "serve/mandate_check.h"
#include "serve/query.h"
#include "serve/session.h"

#include <openssl/rand.h>

enum { RECORD_MAX = 16 * 1024, REPLY_MAX = 1024 * 1024 };

struct listing;

/* What one service is asked. */
struct asked {
    struct listing *listing;
    struct mandate_call_spec spec;
    struct mandate_call *call; /* slot */
    struct mandate_reply reply;
};

/* Lives in its arena. */
struct listing {
    struct worker *worker;
    struct arena *arena;
    struct snapshot *snapshot;      /* a reference */
    struct http_exchange *exchange; /* slot */
    const struct citizen *citizen;
    struct str receipt;
    enum language language;
    struct asked asked[MANDATE_SERVICES_MAX];
    size_t count, pending;
    struct access_append *intent; /* slot */
    bool is_durable;
    struct timer patience; /* the record may take until the hard deadline */
};

/* ---- the end ---- */

static void finish(struct listing *listing)
{
    struct worker *worker = listing->worker;
    struct arena *arena = listing->arena;

    for (size_t i = 0; i < listing->count; i++)
        mandate_call_cancel(&listing->asked[i].call);
    access_log_cancel(&listing->intent);
    timer_cancel(worker->loop, &listing->patience);
    snapshot_unref(&listing->snapshot);
    worker->lookups--;
    worker_give_arena(worker, arena);
}

static void on_gone(void *ctx)
{
    finish(ctx);
}

static void fail(struct listing *listing, enum problem_kind kind, const char *why)
{
    struct problem problem = problem_make(kind, "%s", why);

    problem.retry_after_s = kind == PROBLEM_UNAVAILABLE ? 5 : 0;
    http_reply_problem(listing->exchange, &problem, listing->language, listing->receipt, NULL, 0);
    finish(listing);
}

/* ---- the answer ---- */

/* Source by source what it opens; an empty list opens nothing. */
static void write_covers(struct writer *w, const struct listing *listing,
                         const struct coverage *coverage)
{
    const struct snapshot *snapshot = listing->snapshot;

    writer_name(w, "covers");
    writer_array(w);
    for (size_t i = 0; i < snapshot->route_count; i++) {
        const struct source *source = &snapshot->routes[i].source;
        unsigned kinds = coverage_kinds(coverage, source->id, NULL) & source->kinds;

        if (!kinds || !snapshot->routes[i].enabled)
            continue;
        writer_object(w);
        writer_member_str(w, "source", source->id);
        writer_name(w, "kinds");
        item_kinds_write(w, kinds);
        writer_object_end(w);
    }
    writer_array_end(w);
}

static void write_subjects(struct writer *w, const struct mandate *mandate)
{
    writer_name(w, "subjects");
    writer_array(w);
    for (size_t i = 0; i < mandate->group_count; i++)
        for (size_t j = 0; j < mandate->groups[i].kle_count; j++)
            writer_str(w, mandate->groups[i].kle[j]);
    writer_array_end(w);
}

/* What both directions have in common. False: more than the limits allow. */
static bool write_mandate(struct writer *w, const struct asked *asked,
                          const struct mandate *mandate, struct str name, enum mandate_state state)
{
    const struct listing *listing = asked->listing;
    const struct mandate_service *service = asked->spec.service;
    char reference[MANDATE_REFERENCE_TEXT];
    struct coverage coverage;

    if (!coverage_make(listing->arena, &listing->snapshot->mandates, mandate->groups,
                       mandate->group_count, &coverage))
        return false;
    writer_member_str(w, "reference",
                      mandate_reference(&listing->worker->shared->pseudonym_key, service->id,
                                        mandate->id, reference));
    writer_member_str(w, "service", service->id);
    writer_member_str(w, "kind", mandate_kind_name(mandate->kind));
    writer_member_str(w, "name", name);
    writer_member_str(w, "state", mandate_state_name(state));
    writer_name(w, "from");
    writer_wall(w, mandate->from);
    writer_name(w, "to");
    writer_wall(w, mandate->to);
    writer_member_bool(w, "ends_with_case", mandate->case_id.at != NULL);
    write_subjects(w, mandate);
    write_covers(w, listing, &coverage);
    return true;
}

static enum mandate_state state_of(const struct asked *asked, const struct mandate *mandate)
{
    const struct listing *listing = asked->listing;
    return mandate_state(mandate, &listing->snapshot->mandates.ages[mandate->kind],
                         loop_wall(listing->worker->loop));
}

/* Mandates that I have (or, `is_mine` false, gave), of one service. */
static bool write_of_service(struct writer *w, const struct asked *asked, bool is_mine)
{
    const struct listing *listing = asked->listing;
    const struct cpr *self = citizen_actor(listing->citizen);
    const struct mandate_list *list = &asked->reply.list;
    bool fits = true;

    for (size_t i = 0; fits && i < list->count; i++) {
        const struct mandate *one = &list->at[i];
        enum mandate_state state = state_of(asked, one);

        if (is_mine != cpr_equal(&one->receiver, self))
            continue;
        writer_object(w);
        if (is_mine) {
            struct str handle = mandate_handle_make(listing->worker, listing->arena, self,
                                                    asked->spec.service, &one->giver, one->id);
            fits = handle.at != NULL;
            writer_member_str(w, "mandate", state == MANDATE_IN_FORCE ? handle : STR_NONE);
        }
        fits = fits &&
               write_mandate(w, asked, one, is_mine ? one->giver_name : one->receiver_name, state);
        writer_object_end(w);
    }
    return fits;
}

static const struct asked *powers_of_attorney(const struct listing *listing)
{
    for (size_t i = 0; i < listing->count; i++)
        if (listing->asked[i].spec.service->kind == MANDATE_POWER_OF_ATTORNEY)
            return &listing->asked[i];
    return NULL;
}

/* The service's word on what the token says: the mandate in force that this person gave. */
static const struct mandate *confirmation(const struct asked *asked, const struct cpr *giver)
{
    const struct cpr *self = citizen_actor(asked->listing->citizen);

    for (size_t i = 0; i < asked->reply.list.count; i++) {
        const struct mandate *one = &asked->reply.list.at[i];
        if (cpr_equal(&one->giver, giver) && cpr_equal(&one->receiver, self) &&
            state_of(asked, one) == MANDATE_IN_FORCE)
            return one;
    }
    return NULL;
}

/* Each giver that the token's privileges name, once. */
static bool write_of_token(struct writer *w, const struct listing *listing)
{
    const struct asked *asked = powers_of_attorney(listing);
    const struct cpr *self = citizen_actor(listing->citizen);
    struct privilege_list list;
    const char *why;

    if (!asked || !citizen_privileges(listing->citizen).at ||
        !privileges_parse(listing->arena, citizen_privileges(listing->citizen), &list, &why))
        return !arena_is_full(listing->arena);
    for (size_t i = 0; i < list.count; i++) {
        const struct cpr *giver = &list.groups[i].represented;
        const struct mandate *confirmed = confirmation(asked, giver);
        const struct privilege_group *groups;
        struct coverage coverage;
        size_t count;
        bool is_first = !cpr_equal(giver, self);

        for (size_t j = 0; j < i; j++)
            is_first = is_first && !cpr_equal(&list.groups[j].represented, giver);
        if (!is_first)
            continue;
        struct str handle = mandate_handle_make(listing->worker, listing->arena, self,
                                                asked->spec.service, giver, STR_NONE);
        if (!handle.at ||
            !mandate_token_groups(listing->arena, listing->citizen, giver, &groups, &count) ||
            !coverage_make(listing->arena, &listing->snapshot->mandates, groups, count, &coverage))
            return false;
        writer_object(w);
        writer_member_str(w, "mandate", confirmed ? handle : STR_NONE);
        writer_member_str(w, "service", asked->spec.service->id);
        writer_member_str(w, "kind", mandate_kind_name(MANDATE_POWER_OF_ATTORNEY));
        writer_member_str(w, "name", confirmed ? confirmed->giver_name : STR_NONE);
        writer_member_str(w, "state",
                          confirmed ? mandate_state_name(MANDATE_IN_FORCE) : STR("unconfirmed"));
        write_covers(w, listing, &coverage);
        writer_object_end(w);
    }
    return true;
}

static void write_services(struct writer *w, const struct listing *listing)
{
    writer_name(w, "services");
    writer_array(w);
    for (size_t i = 0; i < listing->count; i++) {
        const struct asked *asked = &listing->asked[i];
        writer_object(w);
        writer_member_str(w, "id", asked->spec.service->id);
        writer_member_str(w, "kind", mandate_kind_name(asked->spec.service->kind));
        writer_member_str(w, "name", asked->spec.service->name.in[listing->language]);
        writer_member_str(w, "state", outcome_name(asked->reply.outcome));
        writer_member_int(w, "elapsed_ms", asked->reply.elapsed_ms);
        writer_object_end(w);
    }
    writer_array_end(w);
}

/* False: more than the limits allow. */
static bool write_answer(const struct listing *listing, size_t unanswered, struct buf *out)
{
    struct writer w;
    bool fits = true;

    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "receipt", listing->receipt);
    writer_member_bool(&w, "complete", unanswered == 0);
    writer_name(&w, "may_act_for");
    writer_array(&w);
    for (size_t i = 0; fits && i < listing->count; i++)
        fits = write_of_service(&w, &listing->asked[i], true);
    writer_array_end(&w);
    writer_name(&w, "by_token");
    writer_array(&w);
    fits = fits && write_of_token(&w, listing);
    writer_array_end(&w);
    writer_name(&w, "may_act_for_me");
    writer_array(&w);
    for (size_t i = 0; fits && i < listing->count; i++)
        fits = write_of_service(&w, &listing->asked[i], false);
    writer_array_end(&w);
    write_services(&w, listing);
    writer_object_end(&w);
    return fits && !out->failed;
}

static void reply(struct listing *listing)
{
    const struct http_field fields[] = {{STR("Content-Type"), STR("application/json")},
                                        {STR("Cache-Control"), STR("no-store")},
                                        {STR("Vary"), STR("Accept-Language, Authorization")},
                                        {STR("Overblik-Receipt"), listing->receipt}};
    size_t late = 0, unanswered = 0;
    struct buf body;

    for (size_t i = 0; i < listing->count; i++) {
        enum outcome outcome = listing->asked[i].reply.outcome;
        late += outcome == OUTCOME_LATE;
        unanswered += !outcome_is_positive(outcome);
    }
    int status = unanswered == 0 || unanswered < listing->count ? 200
                 : late == listing->count                       ? 504
                                                                : 502;
    buf_init(&body, REPLY_MAX);
    if (!write_answer(listing, unanswered, &body)) {
        buf_clear(&body);
        fail(listing, PROBLEM_INTERNAL, "the mandates exceed the limits");
        return;
    }
    http_reply(listing->exchange, status, fields, sizeof fields / sizeof *fields, &body);
    finish(listing);
}

/* ---- what must have happened before: every service, and the record ---- */

static void reply_when_all(struct listing *listing)
{
    if (listing->pending == 0 && listing->is_durable)
        reply(listing);
}

static void on_reply(void *ctx, const struct mandate_reply *reply)
{
    struct asked *asked = ctx;
    struct listing *listing = asked->listing;

    asked->reply = *reply;
    mandate_note(listing->worker, &asked->spec, reply, STR_NONE, outcome_name(reply->outcome));
    listing->pending--;
    reply_when_all(listing);
}

static void on_recorded(void *ctx, bool is_durable)
{
    struct listing *listing = ctx;

    listing->is_durable = is_durable;
    if (is_durable) {
        timer_cancel(listing->worker->loop, &listing->patience);
        reply_when_all(listing);
    } else {
        fail(listing, PROBLEM_UNAVAILABLE, "the access record could not be written");
    }
}

static void on_impatient(void *ctx)
{
    fail(ctx, PROBLEM_UNAVAILABLE, "the access record could not be written");
}

static void record(struct listing *listing)
{
    struct worker *worker = listing->worker;
    const struct plan nobody = {0};
    struct buf line;
    struct access_subject subject = {.receipt = listing->receipt,
                                     .operation = STR("mandates"),
                                     .citizen = listing->citizen,
                                     .snapshot = listing->snapshot,
                                     .key = &worker->shared->pseudonym_key,
                                     .now = loop_wall(worker->loop)};

    buf_init(&line, RECORD_MAX);
    access_record_intent(&subject, &nobody, &line);
    access_log_append(worker->shared->access_log, worker->loop, buf_str(&line), &listing->intent,
                      on_recorded, listing);
    buf_clear(&line);
    timer_start(worker->loop, &listing->patience,
                instant_after_ms(loop_now(worker->loop), listing->snapshot->settings.time_hard_ms),
                on_impatient, listing);
}

static void ask_all(struct listing *listing, struct str traceparent)
{
    struct snapshot *snapshot = listing->snapshot;

    listing->count = listing->pending = snapshot->mandate_service_count;
    for (size_t i = 0; i < listing->count; i++) {
        struct asked *asked = &listing->asked[i];
        asked->listing = listing;
        asked->spec = (struct mandate_call_spec){.worker = listing->worker,
                                                 .arena = listing->arena,
                                                 .snapshot = snapshot,
                                                 .service = &snapshot->mandate_services[i],
                                                 .actor = listing->citizen,
                                                 .giver = CPR_NONE,
                                                 .receipt = listing->receipt,
                                                 .traceparent = traceparent};
        mandate_call_start(&asked->spec, &asked->call, on_reply, asked);
    }
}

/* ---- the start ---- */

/* What stands in the way of a look at one's mandates; PROBLEM_NONE: nothing. */
static struct problem admit(struct listing *listing, const struct http_request *request)
{
    struct worker *worker = listing->worker;
    const struct portal *portal;
    struct problem problem = {.kind = PROBLEM_NONE};

    if (!access_log_is_well(worker->shared->access_log))
        problem = problem_make(PROBLEM_UNAVAILABLE, "the access record cannot be written now");
    else if (worker->lookups >= (size_t)worker->snapshot->settings.limits_overviews_max)
        problem = problem_make(PROBLEM_UNAVAILABLE, "too many overviews are under way");
    problem.retry_after_s = 1;
    if (problem.kind != PROBLEM_NONE)
        return problem;
    listing->citizen = session_citizen(worker, request, listing->arena, listing->receipt, &problem);
    if (!listing->citizen ||
        !session_portal(worker, listing->citizen, request->client_certificate, &portal, &problem))
        return problem;
    if (request->head->query.len > 0)
        return problem_make(PROBLEM_BAD_PARAMETER, "mandates are asked for without parameters");
    return (struct problem){.kind = PROBLEM_NONE};
}

void mandates_get(struct worker *worker, const struct http_request *request,
                  struct http_exchange *exchange)
{
    struct arena *arena = worker_take_arena(worker);
    enum language language =
        language_choose(query_list(request->head, STR("Accept-Language"), arena));
    struct listing *listing = ARENA_NEW(arena, struct listing);
    char *receipt = arena_alloc(arena, UUID_TEXT);
    struct problem problem = problem_make(PROBLEM_INTERNAL, "out of working memory");
    unsigned char random[8];

    if (listing && receipt) {
        uuid_make(&worker->uuids, loop_wall(worker->loop), receipt);
        *listing = (struct listing){.worker = worker,
                                    .arena = arena,
                                    .language = language,
                                    .receipt = str_make(receipt, UUID_TEXT - 1)};
        problem = admit(listing, request);
    }
    if (problem.kind != PROBLEM_NONE) {
        struct http_field challenge = session_challenge();
        http_reply_problem(exchange, &problem, language, listing ? listing->receipt : STR_NONE,
                           &challenge, problem.kind == PROBLEM_UNAUTHORIZED ? 1 : 0);
        worker_give_arena(worker, arena);
        return;
    }
    listing->snapshot = snapshot_ref(worker->snapshot);
    worker->lookups++;
    http_keep(exchange, &listing->exchange, on_gone, listing);
    ask_all(listing, RAND_bytes(random, sizeof random) == 1
                         ? query_traceparent(request->head, random, arena)
                         : STR_NONE);
    record(listing);
}
