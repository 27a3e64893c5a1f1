/* SPDX-License-Identifier: MIT */
#include "base/siv.h"

#include "base/die.h"
#include "tests/tap.h"

#include <openssl/evp.h>

enum { LENGTHS_MAX = 100, ROOM = SIV_TEXT_MAX + SIV_TAG_BYTES };

static unsigned char key[SIV_KEY_BYTES];
static char text[SIV_TEXT_MAX];

/* The same by OpenSSL. */
static void seal_by_openssl(struct str associated, struct str plain, unsigned char *sealed)
{
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-256-SIV", NULL);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int len = 0;
    if (EVP_EncryptInit_ex2(ctx, cipher, key, NULL, NULL) != 1 ||
        EVP_EncryptUpdate(ctx, NULL, &len, (const unsigned char *)associated.at,
                          (int)associated.len) != 1 ||
        EVP_EncryptUpdate(ctx, sealed + SIV_TAG_BYTES, &len, (const unsigned char *)plain.at,
                          (int)plain.len) != 1 ||
        EVP_EncryptFinal_ex(ctx, sealed + SIV_TAG_BYTES + len, &len) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, SIV_TAG_BYTES, sealed) != 1)
        die("OpenSSL does not seal");
    EVP_CIPHER_CTX_free(ctx);
    EVP_CIPHER_free(cipher);
}

/* One context serves them all, so that nothing of one may stay for the next. */
static void seals_as_openssl(struct siv *siv)
{
    static const size_t associated_lengths[] = {1, 10, 15, 16, 17, 31, 32, 33, SIV_TEXT_MAX - 7};
    unsigned char ours[ROOM], theirs[ROOM], plain[ROOM];

    for (size_t i = 0; i < sizeof associated_lengths / sizeof *associated_lengths; i++) {
        struct str associated = str_make(text + 7, associated_lengths[i]);
        int differ = 0, lost = 0;
        for (size_t len = 1; len <= LENGTHS_MAX + 1; len++) {
            struct str in = str_make(text, len > LENGTHS_MAX ? sizeof text : len);
            siv_seal(siv, associated, in, ours);
            seal_by_openssl(associated, in, theirs);
            differ += memcmp(ours, theirs, SIV_TAG_BYTES + in.len) != 0;
            lost += !siv_open(siv, associated,
                              str_make((const char *)theirs, SIV_TAG_BYTES + in.len), plain) ||
                    memcmp(plain, in.at, in.len) != 0;
        }
        is_int(differ, 0, "as OpenSSL does, with %zu associated bytes", associated.len);
        is_int(lost, 0, "and opens what OpenSSL sealed");
    }
}

/* OpenSSL takes no empty text, so only that it comes back and is told apart. */
static void seals_nothing_too(struct siv *siv)
{
    unsigned char sealed[SIV_TAG_BYTES] = {0}, other[SIV_TAG_BYTES], plain[1];
    struct str tag = str_make((const char *)sealed, sizeof sealed);
    siv_seal(siv, STR("a"), STR(""), sealed);
    siv_seal(siv, STR("b"), STR(""), other);
    ok(siv_open(siv, STR("a"), tag, plain), "an empty text");
    ok(!siv_open(siv, STR("b"), tag, plain), "for another");
    ok(memcmp(sealed, other, sizeof sealed) != 0, "has another tag");
}

static void opens_nothing_else(struct siv *siv)
{
    unsigned char sealed[SIV_TAG_BYTES + 40], plain[ROOM];
    struct str in = str_make(text, 40), whole = str_make((const char *)sealed, sizeof sealed);
    int taken = 0, kept = 0;

    siv_seal(siv, STR("6101709995"), in, sealed);
    for (size_t bit = 0; bit < 8 * sizeof sealed; bit++) {
        sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
        memset(plain, 0xaa, sizeof plain);
        taken += siv_open(siv, STR("6101709995"), whole, plain);
        for (size_t i = 0; i < in.len; i++)
            kept += plain[i] != 0;
        sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    is_int(taken, 0, "no bit may differ");
    is_int(kept, 0, "and nothing of what was refused is left");
    for (size_t len = 0; len < sizeof sealed; len++)
        taken += siv_open(siv, STR("6101709995"), str_head(whole, len), plain);
    is_int(taken, 0, "no beginning opens");
    ok(!siv_open(siv, STR("6101709994"), whole, plain), "another citizen");

    static char huge[SIV_TAG_BYTES + SIV_TEXT_MAX + 1];
    ok(!siv_open(siv, STR("6101709995"), str_make(huge, sizeof huge), plain), "too long");

    unsigned char twin_key[SIV_KEY_BYTES];
    for (size_t i = 0; i < sizeof key; i += sizeof key - 1) {
        memcpy(twin_key, key, sizeof key);
        twin_key[i] ^= 1;
        struct siv *twin = siv_new(twin_key);
        ok(!siv_open(twin, STR("6101709995"), whole, plain), "a key that differs in byte %zu", i);
        siv_free(&twin);
        ok(!twin, "freed");
        siv_free(&twin);
    }
}

int main(void)
{
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (unsigned char)(i * 37 + 11);
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i * 73 + 5);
    struct siv *siv = siv_new(key);
    seals_as_openssl(siv);
    seals_nothing_too(siv);
    opens_nothing_else(siv);
    siv_free(&siv);
    return done_testing();
}
