/* SPDX-License-Identifier: MIT */
#include "serve/authorization.h"

#include "identity/assertion.h"

struct str authorization_make(const struct worker *worker, struct arena *arena,
                              const struct snapshot *snapshot, struct str audience,
                              struct str receipt, const struct citizen *citizen)
{
    const struct fanout_env *env = &worker->env;
    struct assertion_spec spec = {.issuer = snapshot->settings.gateway_id,
                                  .kid = env->assertion_kid,
                                  .audiences = &audience,
                                  .audience_count = 1,
                                  .jti = receipt,
                                  .certificate = env->certificate,
                                  .pairwise_key = env->pairwise_key,
                                  .now = loop_wall(worker->loop)};
    struct str token = assertion_make(arena, &spec, citizen, env->sign, env->sign_ctx);

    return token.at ? arena_format(arena, "Authorization: Bearer %.*s", STR_ARG(token)) : STR_NONE;
}
