/* SPDX-License-Identifier: MIT */
/* keys: an issuer's public keys, parsed once from its JWKS (RFC 7517) into OpenSSL keys, immutable.
 * Which keys count: use absent or "sig", key_ops absent or with "verify", RSA 2048-8192 bits with
 * an odd exponent >= 3, EC P-256, Ed25519; kty oct and every other are skipped. Two keys with one
 * kid refuse the whole set. */
#ifndef IDENTITY_KEYS_H
#define IDENTITY_KEYS_H

#include "base/str.h"

enum { KEYS_BYTES_MAX = 256 * 1024, KEYS_MAX = 64 };

enum signature_algorithm {
    ALGORITHM_NONE,
    ALGORITHM_RS256 = 1,
    ALGORITHM_PS256 = 2,
    ALGORITHM_ES256 = 4,
    ALGORITHM_EDDSA = 8
};
enum signature_algorithm algorithm_parse(struct str name); /* exact spelling; else NONE */
struct str algorithm_name(enum signature_algorithm algorithm);

struct key_set;
struct key;

/* A new set with one reference, or NULL: *why says what is wrong (constant text). */
struct key_set *key_set_parse(struct str jwks, const char **why);
/* Sets are shared between threads: each holder has a reference (atomic). */
struct key_set *key_set_ref(struct key_set *set);
void key_set_unref(struct key_set **set);
size_t key_set_count(const struct key_set *set);

/* The key of this kid, or NULL. An empty kid finds the only key of a set of one. */
const struct key *key_set_find(const struct key_set *set, struct str kid);

/* Algorithms this key may verify (a mask): its JWK's `alg`, else what kty and crv allow. */
unsigned key_algorithms(const struct key *key);

/* Is `signature` (raw, as in a JWS) right for `signed_bytes` under this key and algorithm? */
bool key_verify(const struct key *key, enum signature_algorithm algorithm, struct str signed_bytes,
                struct str signature);

#endif
