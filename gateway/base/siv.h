/* SPDX-License-Identifier: MIT */
/* siv: deterministic encryption that notices every change: AES-256-SIV (RFC 5297) with one string
 * of associated data. OpenSSL has it too, but asks for a copy of a keyed context, with all that
 * hangs on it, for each text. Here two keyed ciphers serve all texts, in a quarter of the time
 * (docs/decisions/0003); the unit test holds them against OpenSSL's. */
#ifndef BASE_SIV_H
#define BASE_SIV_H

#include "base/str.h"

enum { SIV_KEY_BYTES = 64, SIV_TAG_BYTES = 16, SIV_TEXT_MAX = 2048 };

/* A key made ready; not to be shared between threads. */
struct siv;

struct siv *siv_new(const unsigned char key[SIV_KEY_BYTES]);
void siv_free(struct siv **siv);

/* Writes the tag and, behind it, as many bytes as `plain` has (at most SIV_TEXT_MAX). */
void siv_seal(struct siv *siv, struct str associated, struct str plain, unsigned char *sealed);
/* `sealed`: a tag and the text behind it, which is written to `plain`. False: not sealed by this
 * key with this associated data; then nothing is left in `plain`. */
bool siv_open(struct siv *siv, struct str associated, struct str sealed, unsigned char *plain)
    __attribute__((warn_unused_result));

#endif
