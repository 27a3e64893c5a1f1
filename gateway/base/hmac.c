/* SPDX-License-Identifier: MIT */
#define OPENSSL_SUPPRESS_DEPRECATED /* SHA-256 in place: what replaces it allocates a context */
#include "base/hmac.h"

#include "base/die.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

_Static_assert(HMAC_BYTES == SHA256_DIGEST_LENGTH, "the MAC is a digest");

/* The digest of a block and the text behind it. */
static void digest(const unsigned char block[SHA256_CBLOCK], const void *text, size_t len,
                   unsigned char out[HMAC_BYTES])
{
    SHA256_CTX sha;
    if (SHA256_Init(&sha) != 1 || SHA256_Update(&sha, block, SHA256_CBLOCK) != 1 ||
        SHA256_Update(&sha, text, len) != 1 || SHA256_Final(out, &sha) != 1)
        die("SHA-256 is not available in this OpenSSL");
    OPENSSL_cleanse(&sha, sizeof sha); /* it holds what the key was made into */
}

static void shorten(struct str key, unsigned char block[SHA256_CBLOCK])
{
    SHA256_CTX sha;
    if (SHA256_Init(&sha) != 1 || SHA256_Update(&sha, key.at, key.len) != 1 ||
        SHA256_Final(block, &sha) != 1)
        die("SHA-256 is not available in this OpenSSL");
    OPENSSL_cleanse(&sha, sizeof sha);
}

static void flip(unsigned char block[SHA256_CBLOCK], unsigned char bits)
{
    for (int i = 0; i < SHA256_CBLOCK; i++)
        block[i] ^= bits;
}

void hmac_make(struct str key, struct str text, unsigned char mac[HMAC_BYTES])
{
    enum { INNER = 0x36, OUTER = 0x5c };
    unsigned char block[SHA256_CBLOCK] = {0}, inner[HMAC_BYTES];

    if (key.len > sizeof block)
        shorten(key, block);
    else if (key.len > 0)
        memcpy(block, key.at, key.len);
    flip(block, INNER);
    digest(block, text.at, text.len, inner);
    flip(block, INNER ^ OUTER);
    digest(block, inner, sizeof inner, mac);
    OPENSSL_cleanse(block, sizeof block);
    OPENSSL_cleanse(inner, sizeof inner);
}
