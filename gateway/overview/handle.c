/* SPDX-License-Identifier: MIT */
#include "overview/handle.h"

#include "base/base64url.h"
#include "base/die.h"
#include "base/hex.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>

enum { SIV_BYTES = 16, PLAIN_MAX = 1 + 255 + HANDLE_ID_MAX };

struct handle_maker {
    unsigned char key_id; /* tells keys apart after a change of key */
    EVP_CIPHER *cipher;
    EVP_CIPHER_CTX *seal_keyed, *open_keyed; /* templates: keyed once, copied per handle */
    EVP_CIPHER_CTX *working;
};

struct handle_maker *handle_maker_new(struct str key_hex, const char **why)
{
    unsigned char key[HANDLE_KEY_BYTES], digest[SHA256_DIGEST_LENGTH];
    size_t len = 0;
    if (!hex_decode(key_hex, key, sizeof key, &len) || len != sizeof key) {
        *why = "expected 128 hexadecimal digits (64 random bytes)";
        return NULL;
    }
    struct handle_maker *maker = die_calloc(1, sizeof *maker);
    maker->cipher = EVP_CIPHER_fetch(NULL, "AES-256-SIV", NULL);
    maker->seal_keyed = EVP_CIPHER_CTX_new();
    maker->open_keyed = EVP_CIPHER_CTX_new();
    maker->working = EVP_CIPHER_CTX_new();
    if (!maker->cipher || !maker->seal_keyed || !maker->open_keyed || !maker->working ||
        EVP_EncryptInit_ex2(maker->seal_keyed, maker->cipher, key, NULL, NULL) != 1 ||
        EVP_DecryptInit_ex2(maker->open_keyed, maker->cipher, key, NULL, NULL) != 1)
        die("AES-256-SIV is not available in this OpenSSL");
    SHA256(key, sizeof key, digest);
    maker->key_id = digest[0];
    OPENSSL_cleanse(key, sizeof key);
    return maker;
}

void handle_maker_free(struct handle_maker **slot)
{
    struct handle_maker *maker = *slot;
    if (!maker)
        return;
    EVP_CIPHER_CTX_free(maker->seal_keyed);
    EVP_CIPHER_CTX_free(maker->open_keyed);
    EVP_CIPHER_CTX_free(maker->working);
    EVP_CIPHER_free(maker->cipher);
    free(maker);
    *slot = NULL;
}

struct str handle_make(struct handle_maker *maker, struct arena *arena, const struct cpr *subject,
                       struct str source, struct str id)
{
    unsigned char plain[PLAIN_MAX], sealed[1 + SIV_BYTES + PLAIN_MAX];
    int len = 0;
    if (source.len > 255 || id.len > HANDLE_ID_MAX)
        return STR_NONE;

    size_t plain_len = 1 + source.len + id.len;
    plain[0] = (unsigned char)source.len;
    memcpy(plain + 1, source.at, source.len);
    if (id.len > 0)
        memcpy(plain + 1 + source.len, id.at, id.len);

    sealed[0] = maker->key_id;
    EVP_CIPHER_CTX *ctx = maker->working;
    if (EVP_CIPHER_CTX_copy(ctx, maker->seal_keyed) != 1 ||
        EVP_EncryptUpdate(ctx, NULL, &len, (const unsigned char *)subject->digits, CPR_DIGITS) !=
            1 ||
        EVP_EncryptUpdate(ctx, sealed + 1 + SIV_BYTES, &len, plain, (int)plain_len) != 1 ||
        EVP_EncryptFinal_ex(ctx, sealed + 1 + SIV_BYTES, &len) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, SIV_BYTES, sealed + 1) != 1)
        die("AES-256-SIV failed to seal");
    OPENSSL_cleanse(plain, plain_len);

    size_t sealed_len = 1 + SIV_BYTES + plain_len;
    char *text = arena_alloc(arena, BASE64URL_LENGTH(sealed_len));
    return text ? base64url_encode(sealed, sealed_len, text) : STR_NONE;
}

bool handle_open(struct handle_maker *maker, struct arena *arena, const struct cpr *subject,
                 struct str handle, struct str *source, struct str *id)
{
    unsigned char sealed[HANDLE_TEXT_MAX], plain[HANDLE_TEXT_MAX];
    size_t sealed_len = 0;
    int len = 0;
    if (handle.len > HANDLE_TEXT_MAX || !base64url_decode(handle, sealed, &sealed_len) ||
        sealed_len < 1 + SIV_BYTES + 1 || sealed[0] != maker->key_id)
        return false;

    size_t plain_len = sealed_len - 1 - SIV_BYTES;
    EVP_CIPHER_CTX *ctx = maker->working;
    if (EVP_CIPHER_CTX_copy(ctx, maker->open_keyed) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, SIV_BYTES, sealed + 1) != 1 ||
        EVP_DecryptUpdate(ctx, NULL, &len, (const unsigned char *)subject->digits, CPR_DIGITS) !=
            1 ||
        EVP_DecryptUpdate(ctx, plain, &len, sealed + 1 + SIV_BYTES, (int)plain_len) != 1 ||
        EVP_DecryptFinal_ex(ctx, plain, &len) != 1)
        return false;

    size_t source_len = plain[0];
    if (source_len > plain_len - 1)
        return false;
    *source = arena_copy(arena, str_make((const char *)plain + 1, source_len));
    *id = arena_copy(arena,
                     str_make((const char *)plain + 1 + source_len, plain_len - 1 - source_len));
    OPENSSL_cleanse(plain, plain_len);
    return source->at && id->at;
}
