/* SPDX-License-Identifier: MIT */
#include "overview/handle.h"

#include "base/base64url.h"
#include "base/die.h"
#include "base/hex.h"
#include "base/siv.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdlib.h>

enum { PLAIN_MAX = 1 + 255 + HANDLE_ID_MAX };
static_assert((int)PLAIN_MAX <= (int)SIV_TEXT_MAX, "whatever may be in a handle can be sealed");

struct handle_maker {
    unsigned char key_id; /* tells keys apart after a change of key */
    struct siv *siv;
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
    maker->siv = siv_new(key);
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
    siv_free(&maker->siv);
    free(maker);
    *slot = NULL;
}

struct str handle_make(struct handle_maker *maker, struct arena *arena, const struct cpr *subject,
                       struct str source, struct str id)
{
    unsigned char plain[PLAIN_MAX], sealed[1 + SIV_TAG_BYTES + PLAIN_MAX];
    if (source.len > 255 || id.len > HANDLE_ID_MAX)
        return STR_NONE;

    size_t plain_len = 1 + source.len + id.len;
    plain[0] = (unsigned char)source.len;
    memcpy(plain + 1, source.at, source.len);
    if (id.len > 0)
        memcpy(plain + 1 + source.len, id.at, id.len);
    sealed[0] = maker->key_id;
    siv_seal(maker->siv, cpr_str(subject), str_make((const char *)plain, plain_len), sealed + 1);
    OPENSSL_cleanse(plain, plain_len);

    size_t sealed_len = 1 + SIV_TAG_BYTES + plain_len;
    char *text = arena_alloc(arena, BASE64URL_LENGTH(sealed_len));
    return text ? base64url_encode(sealed, sealed_len, text) : STR_NONE;
}

bool handle_open(struct handle_maker *maker, struct arena *arena, const struct cpr *subject,
                 struct str handle, struct str *source, struct str *id)
{
    unsigned char sealed[HANDLE_TEXT_MAX], plain[HANDLE_TEXT_MAX];
    size_t sealed_len = 0;
    if (handle.len > HANDLE_TEXT_MAX || !base64url_decode(handle, sealed, &sealed_len) ||
        sealed_len < 1 + SIV_TAG_BYTES + 1 || sealed[0] != maker->key_id ||
        !siv_open(maker->siv, cpr_str(subject), str_make((const char *)sealed + 1, sealed_len - 1),
                  plain))
        return false;

    size_t plain_len = sealed_len - 1 - SIV_TAG_BYTES;
    size_t source_len = plain[0];
    if (source_len > plain_len - 1)
        return false;
    *source = arena_copy(arena, str_make((const char *)plain + 1, source_len));
    *id = arena_copy(arena,
                     str_make((const char *)plain + 1 + source_len, plain_len - 1 - source_len));
    OPENSSL_cleanse(plain, plain_len);
    return source->at && id->at;
}
