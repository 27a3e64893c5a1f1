/* SPDX-License-Identifier: MIT */
#include "serve/session.h"

#include "base/log.h"

struct problem session_refusal(struct worker *worker, struct str receipt, struct str why)
{
    counter_add(&worker->counters->tokens_refused, 1);
    log_info(receipt, "event=token-refused why=%.*s", STR_ARG(why));
    return problem_make(PROBLEM_UNAUTHORIZED, "expected Authorization: Bearer with a valid token");
}

static const struct citizen *refuse(struct worker *worker, struct str receipt,
                                    enum token_fault fault, struct problem *problem)
{
    *problem = session_refusal(worker, receipt, token_fault_code(fault));
    if (fault == TOKEN_NO_KEYS) {
        *problem = problem_make(PROBLEM_UNAVAILABLE, "the issuer's keys are not known now");
        problem->retry_after_s = 5;
    }
    return NULL;
}

struct str session_token(const struct http_request *request)
{
    bool twice = false;
    struct str field = http_field_find(request->head, STR("Authorization"), &twice);
    return twice ? STR_NONE : token_of_authorization(field);
}

const struct citizen *session_citizen(struct worker *worker, const struct http_request *request,
                                      struct arena *arena, struct str receipt,
                                      struct problem *problem)
{
    struct str token = session_token(request);
    if (!token.at)
        return refuse(worker, receipt, TOKEN_MISSING, problem);

    instant now = loop_now(worker->loop);
    struct wall wall = loop_wall(worker->loop);
    const struct citizen *citizen =
        token_cache_find(worker->tokens, token, worker->epoch, now, wall, arena);
    counter_add(citizen ? &worker->counters->token_hits : &worker->counters->token_misses, 1);
    if (citizen)
        return citizen;

    size_t issuer = SIZE_MAX;
    enum token_fault fault = token_verify(token, worker->issuers, worker->snapshot->profile_count,
                                          wall, arena, &citizen, &issuer);
    if (fault == TOKEN_KEY && issuer != SIZE_MAX)
        worker->shared->want_keys(worker->shared->want_keys_ctx, issuer);
    if (fault != TOKEN_OK)
        return refuse(worker, receipt, fault, problem);
    token_cache_add(worker->tokens, token, worker->epoch, now, citizen);
    return citizen;
}

bool session_portal(struct worker *worker, const struct citizen *citizen, struct str certificate,
                    const struct portal **portal, struct problem *problem)
{
    switch (
        portal_find(&worker->snapshot->agreements, citizen_portal(citizen), certificate, portal)) {
    case PORTAL_KNOWN:
        return true;
    case PORTAL_UNKNOWN:
        *problem = problem_make(PROBLEM_FORBIDDEN,
                                "the portal that the token was issued to has no agreement here");
        break;
    case PORTAL_OF_SERVICE:
        *problem = problem_make(PROBLEM_FORBIDDEN, "the token was issued to a service, which reads "
                                                   "by consent and not by a login");
        break;
    case PORTAL_WITHOUT_CERTIFICATE:
        *problem = problem_make(PROBLEM_FORBIDDEN, "the portal that the token was issued to is "
                                                   "known by its client certificate; connect "
                                                   "with it");
        break;
    case PORTAL_OF_ANOTHER:
        *problem = problem_make(PROBLEM_FORBIDDEN, "the token was issued to another portal than "
                                                   "the client certificate");
        break;
    }
    return false;
}

struct http_field session_challenge(void)
{
    return (struct http_field){STR("WWW-Authenticate"),
                               STR("Bearer realm=\"overblik\", error=\"invalid_token\"")};
}

bool session_is_fresh(const struct citizen *citizen, struct wall now, int64_t max_age_s)
{
    struct wall login = citizen_logged_in(citizen);
    return login.known && now.known && now.unix_ms - login.unix_ms <= max_age_s * 1000;
}

struct http_field session_age_challenge(struct arena *arena, int64_t max_age_s)
{
    return (struct http_field){
        STR("WWW-Authenticate"),
        arena_format(arena,
                     "Bearer realm=\"overblik\", error=\"insufficient_user_authentication\", "
                     "error_description=\"a more recent login is needed\", max_age=\"%lld\"",
                     (long long)max_age_s)};
}

struct http_field session_level_challenge(struct arena *arena, enum level level)
{
    struct str acr = level_acr(level);
    return (struct http_field){
        STR("WWW-Authenticate"),
        arena_format(arena,
                     "Bearer realm=\"overblik\", error=\"insufficient_user_authentication\", "
                     "error_description=\"a higher assurance level is needed\", "
                     "acr_values=\"%.*s\"",
                     STR_ARG(acr))};
}
