/* SPDX-License-Identifier: MIT */
/* jwks: keeps each issuer's key set fresh, on the main loop, so that no request ever waits for a
 * fetch: refreshed in the background before it is needed; one fetch in flight per issuer and one
 * per `retry_s` whatever unknown kids arrive; the last good set is kept up to `stale_max_s` when
 * the issuer is down, then none (fail closed); withdrawn keys are gone with the next good set.
 *
 * Where the keys are comes from the profile, or from the issuer's discovery document (OpenID
 * Connect Discovery 1.0, 3 and 4), which is asked before each fetch of keys, so that they may move.
 */
#ifndef IDENTITY_JWKS_H
#define IDENTITY_JWKS_H

#include "identity/token.h"
#include "net/fetch.h"

struct jwks_settings {
    unsigned refresh_s;   /* 300 */
    unsigned stale_max_s; /* 3600 */
    unsigned retry_s;     /* 15: least pause between two fetches of one issuer */
    unsigned timeout_ms;  /* 2000 */
    bool insecure;        /* http:// on loopback is allowed (sandbox only) */
};

struct jwks;
/* Called on the loop when an issuer's set has changed, or was given up (keys NULL). The callee
 * takes its own reference. */
typedef void jwks_fn(void *ctx, size_t issuer_index, struct key_set *keys);

/* `profiles` are borrowed until jwks_free. The first fetches start with the loop. */
struct jwks *jwks_new(struct loop *loop, struct fetch_pool *pool,
                      const struct jwks_settings *settings, const struct token_profile *profiles,
                      size_t count, jwks_fn *changed, void *ctx);
void jwks_free(struct jwks **jwks);
/* After jwks_new under a new configuration: the sets that `before` holds of issuers that are asked
 * at the same place under the same trust are good for as long as they would have been there. */
void jwks_adopt(struct jwks *jwks, const struct jwks *before);
/* An unknown kid was seen for this issuer: fetch soon, within the limits. On the loop's thread. */
void jwks_want(struct jwks *jwks, size_t issuer_index);
bool jwks_is_loaded(const struct jwks *jwks); /* a usable set for every issuer? */
/* Seconds since the issuer's keys were last seen to be good; -1: there are none. */
int64_t jwks_age_s(const struct jwks *jwks, size_t issuer_index);
struct key_set *jwks_keys(const struct jwks *jwks, size_t issuer_index); /* borrowed; NULL: none */

#endif
