/* SPDX-License-Identifier: MIT */
#include "serve/consent_check.h"

#include "base/hex.h"
#include "base/log.h"
#include "identity/consent_citizen.h"
#include "serve/session.h"

struct consent_check {
    struct consent_check_spec spec;
    struct consent_claims claims;
    struct http_exchange *exchange; /* slot */
    struct consent_query *query;    /* slot */
    struct timer patience;          /* the store may take until the soft deadline */
    consented_done_fn *done;
    void *ctx;
};

/* ---- the verdict ---- */

static void refuse(const struct consent_check *check, struct str why, struct consented *consented)
{
    consented->problem = session_refusal(check->spec.worker, check->spec.receipt, why);
}

/* What was consented to, as far as the service may still have it: a copy in the arena. False: arena
 * full. */
static bool cover(struct arena *arena, const struct consent *consent, const struct service *service,
                  const struct coverage **coverage)
{
    struct coverage *made = ARENA_NEW(arena, struct coverage);
    struct str *sources = arena_calloc(arena, consent->source_count + 1, sizeof *sources);

    *coverage = made;
    for (size_t i = 0; sources && i < consent->source_count; i++)
        sources[i] = arena_copy(arena, consent->sources[i]);
    return made && sources &&
           coverage_of_kinds(arena, consent->kinds & service->kinds, sources, consent->source_count,
                             made) &&
           !arena_is_full(arena);
}

/* Is the certificate of the connection what the token is sealed for? */
static bool is_bound(const struct consent_check *check, const struct service *service)
{
    char sealed[2 * CONSENT_THUMBPRINT + 1];

    hex_encode(check->claims.certificate, CONSENT_THUMBPRINT, sealed);
    return service_certificate_holds(service, str_of(sealed), check->spec.certificate);
}

static void judge(const struct consent_check *check, const struct consent *consent,
                  struct consented *consented)
{
    struct worker *worker = check->spec.worker;
    const struct snapshot *snapshot = worker->snapshot;
    const struct service *service = service_find(&snapshot->services, consent->service);
    struct wall now = loop_wall(worker->loop);
    char pseudonym[PSEUDONYM_TEXT];

    pseudonym_make_lasting(&worker->shared->pseudonym_key, &check->claims.subject, pseudonym);
    if (!str_equal(consent->subject, str_of(pseudonym))) {
        refuse(check, STR("another-subject"), consented);
    } else if (!service) {
        refuse(check, STR("unknown-service"), consented);
    } else if (!is_bound(check, service)) {
        refuse(check, STR("certificate"), consented);
    } else if (consent_state(consent, now) != CONSENT_ACTIVE) {
        refuse(check, consent_state_name(consent_state(consent, now)), consented);
    } else if (!cover(check->spec.arena, consent, service, &consented->coverage)) {
        consented->problem = problem_make(PROBLEM_INTERNAL, "out of working memory");
    } else if (!(consented->portal = portal_of_service(&snapshot->agreements, service->id))) {
        consented->problem = problem_make(PROBLEM_FORBIDDEN, "the service has no agreement here");
    } else {
        consented->citizen = consent_citizen(check->spec.arena, consent, &check->claims.subject,
                                             service->client, now);
        if (!consented->citizen)
            consented->problem = problem_make(PROBLEM_INTERNAL, "out of working memory");
    }
}

static struct problem unreachable(void)
{
    struct problem problem = problem_make(
        PROBLEM_UNAVAILABLE,
        "it cannot be seen now whether the consent is in force, so nothing was looked up");
    problem.retry_after_s = 5;
    return problem;
}

/* ---- the course ---- */

static void let_go(struct consent_check *check)
{
    struct worker *worker = check->spec.worker;

    consent_query_cancel(&check->query);
    timer_cancel(worker->loop, &check->patience);
    consent_claims_clear(&check->claims);
    worker->lookups--;
}

static void on_gone(void *ctx)
{
    struct consent_check *check = ctx;
    struct worker *worker = check->spec.worker;
    struct arena *arena = check->spec.arena;

    let_go(check);
    worker_give_arena(worker, arena); /* the check itself lies in it */
}

static void settle(struct consent_check *check, const struct consented *consented)
{
    let_go(check);
    check->done(check->ctx, consented);
}

static void on_answer(void *ctx, const struct consent_answer *answer)
{
    struct consent_check *check = ctx;
    struct consented consented = {0};

    if (!answer)
        consented.problem = unreachable();
    else if (answer->count == 0)
        refuse(check, STR("deleted"), &consented);
    else
        judge(check, &answer->list[0], &consented);
    settle(check, &consented);
}

static void on_impatient(void *ctx)
{
    const struct consented consented = {.problem = unreachable()};

    settle(ctx, &consented);
}

/* What can be seen without the store. */
static bool open_token(struct consent_check *check, struct consented *consented)
{
    struct worker *worker = check->spec.worker;
    struct wall now = loop_wall(worker->loop);

    if (!worker->consents ||
        !consent_token_open(worker->consents, check->spec.token, &check->claims)) {
        refuse(check, STR("not-ours"), consented);
    } else if (check->spec.certificate.len == 0) {
        refuse(check, STR("no-certificate"), consented);
    } else if (now.unix_ms >= check->claims.until.unix_ms) {
        refuse(check, consent_state_name(CONSENT_EXPIRED), consented);
    } else {
        return true;
    }
    return false;
}

static bool ask_store(struct consent_check *check)
{
    struct worker *worker = check->spec.worker;
    const struct consent_ask ask = {
        .question = CONSENT_USE, .id = str_of(check->claims.id), .now = loop_wall(worker->loop)};

    return consent_query_start(worker->shared->consents, worker->loop, &ask, &check->query,
                               on_answer, check);
}

void consent_check_start(const struct consent_check_spec *spec, struct http_exchange *exchange,
                         consented_done_fn *done, void *ctx)
{
    struct worker *worker = spec->worker;
    struct consent_check *check = ARENA_NEW(spec->arena, struct consent_check);
    struct consented consented = {.problem =
                                      problem_make(PROBLEM_INTERNAL, "out of working memory")};

    if (!check) {
        done(ctx, &consented);
        return;
    }
    *check = (struct consent_check){.spec = *spec, .done = done, .ctx = ctx};
    if (!open_token(check, &consented)) {
        consent_claims_clear(&check->claims);
        done(ctx, &consented);
        return;
    }
    worker->lookups++;
    http_keep(exchange, &check->exchange, on_gone, check);
    if (!ask_store(check)) {
        consented.problem = unreachable();
        settle(check, &consented);
        return;
    }
    timer_start(worker->loop, &check->patience,
                instant_after_ms(loop_now(worker->loop), worker->snapshot->settings.time_soft_ms),
                on_impatient, check);
}
