/* SPDX-License-Identifier: MIT */
#include "record/pseudonym.h"

#include "base/die.h"
#include "base/hex.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

bool pseudonym_key_parse(struct str hex, struct pseudonym_key *key)
{
    return hex_decode(hex, key->bytes, sizeof key->bytes, &key->len) &&
           key->len >= PSEUDONYM_KEY_MIN;
}

void pseudonym_key_clear(struct pseudonym_key *key)
{
    OPENSSL_cleanse(key, sizeof *key);
}

static void hmac(const unsigned char *key, size_t key_len, struct str text, unsigned char out[32])
{
    unsigned len = 32;
    if (!HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)text.at, text.len, out, &len))
        die("HMAC-SHA-256 is not available in this OpenSSL");
}

void pseudonym_make(const struct pseudonym_key *key, const struct cpr *cpr, struct wall now,
                    char text[PSEUDONYM_TEXT])
{
    struct date today = wall_date(now);
    char month[32];
    unsigned char of_month[32], digest[32];

    snprintf(month, sizeof month, "pseudonym %04d-%02d", today.year, today.month);
    hmac(key->bytes, key->len, str_of(month), of_month);
    hmac(of_month, sizeof of_month, cpr_str(cpr), digest);
    hex_encode(digest, (PSEUDONYM_TEXT - 1) / 2, text);
    OPENSSL_cleanse(of_month, sizeof of_month);
}
