/* SPDX-License-Identifier: MIT */
/* assertion: our own token to the sources: one per overview, short-lived, ES256, naming the planned
 * sources as audience, bound to our client certificate by `cnf`. The citizen's token never travels.
 *
 * Claims: iss (the gateway), aud [source ids], sub (pairwise: HMAC of the subject under a key of
 * ours, hex), iat, exp (<= 60 s), jti (the receipt), acr (NSIS level URI), `on_behalf` (bool),
 * `mandate` (its reference, when acting under one), `consent` (its id, when a service reads by
 * one), cnf {"x5t#S256": …} (RFC 8705). The CPR is not in it: it is in the request's body. [D]
 *
 * What the gateway asks on nobody's behalf carries the same token about itself: sub is the gateway,
 * as iss is (RFC 7523, 3), and neither acr nor on_behalf is in it. [D] */
#ifndef IDENTITY_ASSERTION_H
#define IDENTITY_ASSERTION_H

#include "base/arena.h"
#include "base/buf.h"
#include "identity/citizen.h"

enum { ASSERTION_LIFE_S = 60 };

/* Signs `bytes` with ES256 into 64 raw bytes; a function so that the key can move elsewhere. */
typedef bool assertion_sign_fn(void *ctx, struct str bytes, unsigned char signature[64]);

struct assertion_signer;
/* An ES256 key from a PEM file; NULL: *why says what is wrong. */
struct assertion_signer *assertion_signer_new(const char *key_file, const char **why);
void assertion_signer_free(struct assertion_signer **signer);
/* An assertion_sign_fn; `signer` may be shared between threads. */
bool assertion_signer_sign(void *signer, struct str bytes, unsigned char signature[64]);
/* Writes {"keys":[…]} with the public key (kid = RFC 7638 thumbprint). */
void assertion_signer_jwks(const struct assertion_signer *signer, struct buf *out);
struct str assertion_signer_kid(const struct assertion_signer *signer);

struct assertion_spec {
    struct str issuer, kid;
    const struct str *audiences;
    size_t audience_count;
    struct str jti;
    struct str certificate;  /* x5t#S256 of our client certificate, base64url; STR_NONE: no cnf */
    struct str pairwise_key; /* >= 32 bytes, for `sub`; not needed without a citizen */
    struct wall now;
};

/* The compact JWS in the arena, or STR_NONE (arena full, signing failed). `citizen` NULL: on
 * nobody's behalf. */
struct str assertion_make(struct arena *arena, const struct assertion_spec *spec,
                          const struct citizen *citizen, assertion_sign_fn *sign, void *ctx);

#endif
