/* SPDX-License-Identifier: MIT */
/* base64url: RFC 4648 section 5 without padding, as JOSE writes it (RFC 7515, 2). Decoding takes
 * the canonical form only: no padding, no white space, no stray bits in the last character, so that
 * each byte string has exactly one text. */
#ifndef BASE_BASE64URL_H
#define BASE_BASE64URL_H

#include "base/str.h"

/* Characters that `len` bytes become. */
#define BASE64URL_LENGTH(len) (((len)*4 + 2) / 3)

/* Decodes into `out`, which has room for text.len * 3 / 4 bytes; false: not canonical base64url. */
bool base64url_decode(struct str text, void *out, size_t *len) __attribute__((warn_unused_result));

/* Encodes into `out`, which has room for BASE64URL_LENGTH(len) characters; not terminated. */
struct str base64url_encode(const void *bytes, size_t len, char *out);

#endif
