/* SPDX-License-Identifier: MIT */
#include "serve/consents.h"

#include "base/hex.h"
#include "base/log.h"
#include "record/access_record.h"
#include "serve/consent_output.h"
#include "serve/consent_request.h"
#include "serve/query.h"
#include "serve/session.h"

enum { LINE_MAX_BYTES = 64 * 1024, REPLY_MAX = 8 * 1024 * 1024, REPLY_FIELDS_MAX = 5 };

/* X(enumerator, operation in the record) */
#define ERRANDS(X)                                                                                 \
    X(ERRAND_LIST, "consents")                                                                     \
    X(ERRAND_GIVE, "consent-give")                                                                 \
    X(ERRAND_WITHDRAW, "consent-withdraw")

enum errand_kind {
#define X(name, text) name,
    ERRANDS(X)
#undef X
};

/* One request under way; it lies in its arena. Listing and giving go to the record and then to the
 * store; withdrawing asks the store first whose consent it is. */
struct errand {
    enum errand_kind kind;
    struct worker *worker;
    struct arena *arena;
    struct snapshot *snapshot; /* a reference */
    instant started;
    enum language language;
    struct str receipt;
    const struct citizen *citizen;
    char subject[PSEUDONYM_TEXT];
    struct str id;          /* of the consent to be withdrawn */
    struct consent consent; /* given or withdrawn */

    struct http_exchange *exchange; /* slot */
    struct access_append *intent;   /* slot */
    struct consent_query *query;    /* slot */
    bool is_on_record;              /* what began is told the end of */
    struct timer patience;          /* record and store may take until the hard deadline */
};

/* ---- the record ---- */

static struct access_subject record_subject(const struct errand *errand)
{
    static const struct str operations[] = {
#define X(name, text) [name] = STR_INIT(text),
        ERRANDS(X)
#undef X
    };
    static const struct str purposes[] = {
        [ERRAND_LIST] = STR_INIT("citizen reads own consents"),
        [ERRAND_GIVE] = STR_INIT("citizen gives a consent"),
        [ERRAND_WITHDRAW] = STR_INIT("citizen withdraws a consent"),
    };
    return (struct access_subject){
        .receipt = errand->receipt,
        .operation = operations[errand->kind],
        .citizen = errand->citizen,
        .snapshot = errand->snapshot,
        .key = &errand->worker->shared->pseudonym_key,
        .now = loop_wall(errand->worker->loop),
        .purpose = purposes[errand->kind],
        .consent = errand->kind == ERRAND_LIST ? NULL : &errand->consent,
    };
}

static void on_recorded(void *ctx, bool is_durable);

static void record(struct errand *errand)
{
    struct worker *worker = errand->worker;
    struct access_subject subject = record_subject(errand);
    const struct plan nobody = {0};
    struct buf line;

    buf_init(&line, LINE_MAX_BYTES);
    access_record_intent(&subject, &nobody, &line);
    access_log_append(worker->shared->access_log, worker->loop, buf_str(&line), &errand->intent,
                      on_recorded, errand);
    buf_clear(&line);
    errand->is_on_record = true;
}

/* ---- the end ---- */

/* Remembers how it ended and frees everything. `status` 0: the client had left. */
static void finish(struct errand *errand, int status)
{
    struct worker *worker = errand->worker;
    struct access_subject subject = record_subject(errand);
    int64_t ms = (loop_now(worker->loop) - errand->started) / INSTANT_PER_MS;
    struct buf line;

    log_info(errand->receipt, "event=%.*s status=%d portal=\"%.*s\" ms=%lld",
             STR_ARG(subject.operation), status, STR_ARG(citizen_portal(errand->citizen)),
             (long long)ms);
    if (errand->is_on_record) {
        buf_init(&line, LINE_MAX_BYTES);
        access_record_outcome(&subject, status, ms, NULL, 0, &line);
        access_log_note(worker->shared->access_log, buf_str(&line));
        buf_clear(&line);
    }
    access_log_cancel(&errand->intent);
    consent_query_cancel(&errand->query);
    timer_cancel(worker->loop, &errand->patience);
    snapshot_unref(&errand->snapshot);
    worker->lookups--;
    worker_give_arena(worker, errand->arena); /* the errand itself lies in it */
}

static void on_gone(void *ctx)
{
    finish(ctx, 0);
}

static void fail(struct errand *errand, enum problem_kind kind, const char *what)
{
    struct problem problem = problem_make(kind, "%s", what);

    problem.retry_after_s = kind == PROBLEM_UNAVAILABLE ? 5 : 0;
    http_reply_problem(errand->exchange, &problem, errand->language, errand->receipt, NULL, 0);
    finish(errand, problem_status(kind));
}

static void on_impatient(void *ctx)
{
    fail(ctx, PROBLEM_UNAVAILABLE, "consents could not be looked up in time");
}

static void reply(struct errand *errand, int status, struct str location, struct buf *body)
{
    struct http_field fields[REPLY_FIELDS_MAX];
    size_t n = 0;

    if (body)
        fields[n++] = (struct http_field){STR("Content-Type"), STR("application/json")};
    fields[n++] = (struct http_field){STR("Cache-Control"), STR("no-store")};
    fields[n++] = (struct http_field){STR("Vary"), STR("Accept-Language, Authorization")};
    fields[n++] = (struct http_field){STR("Overblik-Receipt"), errand->receipt};
    if (location.at)
        fields[n++] = (struct http_field){STR("Location"), location};
    http_reply(errand->exchange, status, fields, n, body);
    finish(errand, status);
}

/* ---- the store ---- */

static void ask(struct errand *errand, enum consent_question question, consent_answer_fn *done)
{
    struct worker *worker = errand->worker;
    const struct consent_ask ask = {
        .question = question,
        .subject = str_of(errand->subject),
        .id = errand->id,
        .given = question == CONSENT_GIVE ? &errand->consent : NULL,
        .most = (size_t)errand->snapshot->settings.consents_active_max,
        .now = loop_wall(worker->loop),
    };

    if (!consent_query_start(worker->shared->consents, worker->loop, &ask, &errand->query, done,
                             errand))
        fail(errand, PROBLEM_UNAVAILABLE, "too many ask for consents now");
}

static void fail_store(struct errand *errand)
{
    fail(errand, PROBLEM_UNAVAILABLE, "the store of consents cannot be reached now");
}

static struct consent_output output_of(const struct errand *errand)
{
    return (struct consent_output){errand->snapshot, errand->language, errand->receipt,
                                   loop_wall(errand->worker->loop)};
}

static void on_listed(void *ctx, const struct consent_answer *answer)
{
    struct errand *errand = ctx;
    struct consent_output output = output_of(errand);
    struct buf body;

    if (!answer) {
        fail_store(errand);
        return;
    }
    buf_init(&body, REPLY_MAX);
    consent_output_list(&output, answer->list, answer->count, &body);
    if (!body.failed) {
        reply(errand, 200, STR_NONE, &body);
        return;
    }
    buf_clear(&body);
    fail(errand, PROBLEM_INTERNAL, "the list is larger than the limits allow");
}

/* What the service will show; sealed for the first of its certificates. */
static void make_claims(const struct errand *errand, struct consent_claims *claims)
{
    const struct consent *consent = &errand->consent;
    const struct service *service = service_find(&errand->snapshot->services, consent->service);
    size_t len = 0;

    *claims = (struct consent_claims){.subject = *citizen_subject(errand->citizen),
                                      .level = consent->level,
                                      .until = consent->until};
    memcpy(claims->id, consent->id.at, UUID_TEXT - 1);
    if (!hex_decode(service->certificates[0].sha256, claims->certificate, CONSENT_THUMBPRINT, &len))
        memset(claims->certificate, 0, CONSENT_THUMBPRINT); /* nobody's; the check has refused it */
}

static void on_given(void *ctx, const struct consent_answer *answer)
{
    struct errand *errand = ctx;
    struct consent_output output = output_of(errand);
    char token[CONSENT_TOKEN_TEXT];
    struct consent_claims claims;
    struct buf body;

    if (!answer) {
        fail_store(errand);
        return;
    }
    if (!answer->is_kept) {
        fail(errand, PROBLEM_CONFLICT,
             "there are as many consents in force as one may have; withdraw one first");
        return;
    }
    make_claims(errand, &claims);
    buf_init(&body, REPLY_MAX);
    consent_output_given(&output, &errand->consent, &claims,
                         consent_token_make(errand->worker->consents, &claims, token), &body);
    consent_claims_clear(&claims);
    explicit_bzero(token, sizeof token);
    reply(errand, 201,
          arena_format(errand->arena, "/v1/consents/%.*s", STR_ARG(errand->consent.id)), &body);
}

static void on_withdrawn(void *ctx, const struct consent_answer *answer)
{
    struct errand *errand = ctx;

    if (answer)
        reply(errand, 204, STR_NONE, NULL);
    else
        fail_store(errand);
}

/* Somebody else's is no more than one that never was. */
static void on_found(void *ctx, const struct consent_answer *answer)
{
    struct errand *errand = ctx;
    const struct consent *found = answer && answer->count > 0 ? &answer->list[0] : NULL;

    if (!answer) {
        fail_store(errand);
    } else if (!found || !str_equal(found->subject, str_of(errand->subject))) {
        fail(errand, PROBLEM_NOT_FOUND, "there is no such consent of yours; see /v1/consents");
    } else if (found->withdrawn.known) {
        reply(errand, 204, STR_NONE, NULL);
    } else {
        errand->consent = (struct consent){.id = errand->id,
                                           .service = arena_copy(errand->arena, found->service),
                                           .kinds = found->kinds,
                                           .until = found->until};
        record(errand);
    }
}

static void on_recorded(void *ctx, bool is_durable)
{
    struct errand *errand = ctx;

    if (!is_durable)
        fail(errand, PROBLEM_UNAVAILABLE,
             "the access record could not be written, so nothing was done");
    else if (errand->kind == ERRAND_LIST)
        ask(errand, CONSENT_LIST, on_listed);
    else if (errand->kind == ERRAND_GIVE)
        ask(errand, CONSENT_GIVE, on_given);
    else
        ask(errand, CONSENT_WITHDRAW, on_withdrawn);
}

/* ---- the start ---- */

static bool is_busy(struct worker *worker, struct problem *problem)
{
    if (!access_log_is_well(worker->shared->access_log))
        *problem = problem_make(PROBLEM_UNAVAILABLE, "the access record cannot be written now");
    else if (worker->lookups >= (size_t)worker->snapshot->settings.limits_overviews_max)
        *problem = problem_make(PROBLEM_UNAVAILABLE, "too many requests are under way");
    else
        return false;
    problem->retry_after_s = 1;
    return true;
}

static bool read_body(struct errand *errand, struct str body, struct problem *problem)
{
    struct worker *worker = errand->worker;
    struct consent *consent = &errand->consent;
    struct wall now = loop_wall(worker->loop);
    size_t most = (size_t)worker->snapshot->settings.consents_body_max;
    char *id = arena_alloc(errand->arena, UUID_TEXT);

    if (body.len > most) {
        *problem = problem_make(PROBLEM_TOO_LARGE, "expected at most %zu bytes", most);
        return false;
    }
    if (!id || !consent_request_parse(body, worker->snapshot, now, errand->arena, consent, problem))
        return false;
    uuid_make(&worker->uuids, now, id);
    consent->id = str_make(id, UUID_TEXT - 1);
    consent->subject = str_of(errand->subject);
    consent->level = citizen_level(errand->citizen);
    consent->given = (struct wall){now.unix_ms - now.unix_ms % 1000, true};
    return true;
}

/* A consent is given and taken back for oneself alone. */
static bool acts_for_another(const struct http_head *head)
{
    bool twice = false;

    return http_field_find(head, STR("Act-For"), &twice).at || twice;
}

/* Everything that may refuse before anything is recorded. */
static bool open_errand(struct errand *errand, const struct http_request *request,
                        struct problem *problem)
{
    struct worker *worker = errand->worker;
    const struct portal *portal = NULL;

    if (is_busy(worker, problem))
        return false;
    errand->citizen = session_citizen(worker, request, errand->arena, errand->receipt, problem);
    if (!errand->citizen ||
        !session_portal(worker, errand->citizen, request->client_certificate, &portal, problem))
        return false;
    if (acts_for_another(request->head) || request->head->query.at) {
        *problem = problem_make(PROBLEM_BAD_PARAMETER,
                                "consents are one's own, and asked for without parameters");
        return false;
    }
    pseudonym_make_lasting(&worker->shared->pseudonym_key, citizen_subject(errand->citizen),
                           errand->subject);
    if (errand->kind == ERRAND_GIVE && !worker->consents) {
        *problem = problem_make(PROBLEM_UNAVAILABLE,
                                "consents.keys was not there when the gateway started");
        return false;
    }
    if (errand->kind == ERRAND_GIVE)
        return read_body(errand, request->body, problem);
    if (errand->kind == ERRAND_WITHDRAW)
        errand->id =
            arena_copy(errand->arena, str_skip(request->head->path, sizeof "/v1/consents/" - 1));
    return true;
}

static void start(struct worker *worker, const struct http_request *request,
                  struct http_exchange *exchange, enum errand_kind kind)
{
    struct arena *arena = worker_take_arena(worker);
    struct errand *errand = ARENA_NEW(arena, struct errand);
    char *receipt = arena_calloc(arena, 1, UUID_TEXT);
    struct problem problem = problem_make(PROBLEM_INTERNAL, "out of working memory");
    enum language language =
        language_choose(query_list(request->head, STR("Accept-Language"), arena));

    if (errand && receipt) {
        uuid_make(&worker->uuids, loop_wall(worker->loop), receipt);
        *errand = (struct errand){.kind = kind,
                                  .worker = worker,
                                  .arena = arena,
                                  .started = loop_now(worker->loop),
                                  .language = language,
                                  .receipt = str_make(receipt, UUID_TEXT - 1)};
    }
    if (!errand || !receipt || !open_errand(errand, request, &problem)) {
        struct http_field challenge = session_challenge();
        http_reply_problem(exchange, &problem, language, receipt ? str_of(receipt) : STR_NONE,
                           &challenge, problem.kind == PROBLEM_UNAUTHORIZED ? 1 : 0);
        worker_give_arena(worker, arena);
        return;
    }
    errand->snapshot = snapshot_ref(worker->snapshot);
    worker->lookups++;
    http_keep(exchange, &errand->exchange, on_gone, errand);
    timer_start(worker->loop, &errand->patience,
                instant_after_ms(errand->started, worker->snapshot->settings.time_hard_ms),
                on_impatient, errand);
    if (kind == ERRAND_WITHDRAW)
        ask(errand, CONSENT_FIND, on_found);
    else
        record(errand);
}

void consents_get(struct worker *worker, const struct http_request *request,
                  struct http_exchange *exchange)
{
    start(worker, request, exchange, ERRAND_LIST);
}

void consents_post(struct worker *worker, const struct http_request *request,
                   struct http_exchange *exchange)
{
    start(worker, request, exchange, ERRAND_GIVE);
}

void consents_delete(struct worker *worker, const struct http_request *request,
                     struct http_exchange *exchange)
{
    start(worker, request, exchange, ERRAND_WITHDRAW);
}
