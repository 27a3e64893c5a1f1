/* SPDX-License-Identifier: MIT */
/* token_cache: remembers for a short while that a token was verified, so that a portal's second
 * call costs a digest instead of a signature. Keyed by SHA-256 of the whole token; holds claims
 * only, at most 60 s and never past the token's end; lies outside core dumps; wiped on eviction;
 * dropped whole when keys or configuration change (`epoch`). One per worker, no locks. Failures
 * are not remembered. */
#ifndef IDENTITY_TOKEN_CACHE_H
#define IDENTITY_TOKEN_CACHE_H

#include "base/arena.h"
#include "identity/citizen.h"

enum { TOKEN_CACHE_LIFE_MS = 60000 };

struct token_cache;

struct token_cache *token_cache_new(size_t entries_max); /* 0: never remembers */
void token_cache_free(struct token_cache **cache);

/* The citizen this token was verified as, copied into the arena; NULL: unknown, aged or expired.
 * `epoch` counts changes of keys and configuration. */
const struct citizen *token_cache_find(struct token_cache *cache, struct str token, uint64_t epoch,
                                       instant now, struct wall wall, struct arena *arena);
/* A citizen with unusually long texts is not remembered. */
void token_cache_add(struct token_cache *cache, struct str token, uint64_t epoch, instant now,
                     const struct citizen *citizen);

/* Wipes what has aged although nobody asked for it again; to be called every second or so. */
void token_cache_sweep(struct token_cache *cache, instant now);
size_t token_cache_count(const struct token_cache *cache); /* entries held now */

#endif
