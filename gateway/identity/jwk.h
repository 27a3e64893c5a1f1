/* SPDX-License-Identifier: MIT */
/* jwk: one public key in JSON (RFC 7517, RFC 7518 6, RFC 8037) as an OpenSSL key, with what it may
 * be used for. Knows nothing of sets; identity/keys holds them. */
#ifndef IDENTITY_JWK_H
#define IDENTITY_JWK_H

#include <jansson.h>
#include <openssl/evp.h>

#include "base/str.h"

/* The key, owned by the caller, or NULL when it is not one that may verify signatures (the rules
 * stand in identity/keys.h). *algorithms: a mask of enum signature_algorithm, never empty; *kid:
 * borrowed from the JWK, STR_NONE: none. */
EVP_PKEY *jwk_parse(const json_t *jwk, unsigned *algorithms, struct str *kid);

#endif
