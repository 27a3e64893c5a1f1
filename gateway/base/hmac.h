/* SPDX-License-Identifier: MIT */
/* hmac: HMAC-SHA-256 (RFC 2104) in one call, from any thread, without allocating. OpenSSL has it in
 * one call too, but looks its parts up by name and makes seven objects for each text, which takes
 * seven times as long; the unit test holds this against it. */
#ifndef BASE_HMAC_H
#define BASE_HMAC_H

#include "base/str.h"

enum { HMAC_BYTES = 32 };

/* A key of at most 64 bytes is used as it is, a longer one by its digest, as the RFC wants it. */
void hmac_make(struct str key, struct str text, unsigned char mac[HMAC_BYTES]);

#endif
