/* SPDX-License-Identifier: MIT */
/* demo_token: a login that nobody made: the userinfo token that Nets eID Broker would issue for a
 * citizen of the sandbox, signed by libjwt with a development key. `overblik token` and tests use
 * it in place of a browser. Its `typ` is JWT, where the broker writes at+jwt: libjwt knows no
 * other. */
#ifndef SANDBOX_DEMO_TOKEN_H
#define SANDBOX_DEMO_TOKEN_H

#include "base/clock.h"

#include <jansson.h>

/* `citizen`: a person of citizens.json. `alg`: "RS256" or "ES256"; the key is token-<alg>.key in
 * certs_dir, whose public half is in jwks.json there under the kid "token-<alg>". Negative life_s:
 * already expired. login_age_s: how long ago the citizen logged in. True: *token is a new string
 * for the caller to free. */
bool demo_token_make(const char *certs_dir, const json_t *citizen, const char *issuer,
                     const char *audience, const char *alg, struct wall now, int life_s,
                     int login_age_s, char **token) __attribute__((warn_unused_result));

#endif
