/* SPDX-License-Identifier: MIT */
#include "identity/consent_token.h"

#include "base/base64url.h"
#include "base/die.h"
#include "base/hex.h"
#include "base/siv.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdlib.h>

/* The sealed fields, one behind the other. */
enum {
    VERSION = 1,
    UUID_BYTES = 16,
    AT_ID = 1,
    AT_SUBJECT = AT_ID + UUID_BYTES,
    AT_LEVEL = AT_SUBJECT + CPR_DIGITS,
    AT_CERTIFICATE = AT_LEVEL + 1,
    AT_UNTIL = AT_CERTIFICATE + CONSENT_THUMBPRINT,
    PLAIN = AT_UNTIL + 8,
    KEY_ID = 4,
    SEALED = KEY_ID + SIV_TAG_BYTES + PLAIN,
};
#define PREFIX "obc_"
static_assert((int)CONSENT_TOKEN_LEN == (int)(sizeof PREFIX - 1 + BASE64URL_LENGTH((size_t)SEALED)),
              "the length of every token");

/* What the text is sealed for, so that no other use of the key makes one. */
#define ASSOCIATED STR("overblik consent")

struct key {
    unsigned char id[KEY_ID]; /* of its SHA-256 */
    struct siv *siv;
};

struct consent_sealer {
    struct key keys[CONSENT_KEYS_MAX];
    size_t count;
};

void consent_claims_clear(struct consent_claims *claims)
{
    OPENSSL_cleanse(claims, sizeof *claims);
}

/* ---- keys ---- */

static const struct key *find_key(const struct consent_sealer *sealer, const unsigned char *id)
{
    for (size_t i = 0; i < sealer->count; i++)
        if (memcmp(sealer->keys[i].id, id, KEY_ID) == 0)
            return &sealer->keys[i];
    return NULL;
}

static const char *add_key(struct consent_sealer *sealer, struct str hex)
{
    unsigned char key[SIV_KEY_BYTES], digest[SHA256_DIGEST_LENGTH];
    const char *why = NULL;
    size_t len = 0;

    if (sealer->count == CONSENT_KEYS_MAX)
        return "holds more than 8 keys";
    if (!hex_decode(hex, key, sizeof key, &len) || len != sizeof key)
        return "expected 128 hexadecimal digits (64 random bytes) on each line";
    SHA256(key, sizeof key, digest);
    if (find_key(sealer, digest)) {
        why = "holds the same key twice";
    } else {
        struct key *added = &sealer->keys[sealer->count++];
        memcpy(added->id, digest, KEY_ID);
        added->siv = siv_new(key);
    }
    OPENSSL_cleanse(key, sizeof key);
    return why;
}

struct consent_sealer *consent_sealer_new(struct str keys, const char **why)
{
    struct consent_sealer *sealer = die_calloc(1, sizeof *sealer);

    *why = NULL;
    while (keys.at && !*why) {
        struct str line = str_trim(str_split(&keys, '\n'));
        if (line.len > 0)
            *why = add_key(sealer, line);
    }
    if (!*why && sealer->count == 0)
        *why = "expected 128 hexadecimal digits (64 random bytes) on each line";
    if (*why)
        consent_sealer_free(&sealer);
    return sealer;
}

void consent_sealer_free(struct consent_sealer **slot)
{
    struct consent_sealer *sealer = *slot;
    if (!sealer)
        return;
    for (size_t i = 0; i < sealer->count; i++)
        siv_free(&sealer->keys[i].siv);
    free(sealer);
    *slot = NULL;
}

/* ---- fields ---- */

/* "01234567-89ab-…" as 16 bytes, and back. */
static bool uuid_bytes(const char *text, unsigned char *bytes)
{
    char digits[2 * UUID_BYTES + 1];
    size_t count = 0, len = 0;

    for (const char *c = text; *c && count < sizeof digits - 1; c++)
        if (*c != '-')
            digits[count++] = *c;
    return hex_decode(str_make(digits, count), bytes, UUID_BYTES, &len) && len == UUID_BYTES;
}

static void uuid_text(const unsigned char *bytes, char text[UUID_TEXT])
{
    char digits[2 * UUID_BYTES + 1];
    char *to = text;

    hex_encode(bytes, UUID_BYTES, digits);
    for (int i = 0; i < 2 * UUID_BYTES; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            *to++ = '-';
        *to++ = digits[i];
    }
    *to = '\0';
}

static void write_fields(const struct consent_claims *claims, unsigned char *plain)
{
    uint64_t until = (uint64_t)(claims->until.unix_ms / 1000);

    plain[0] = VERSION;
    bool is_uuid = uuid_bytes(claims->id, plain + AT_ID);
    assert(is_uuid && cpr_is_known(&claims->subject));
    memcpy(plain + AT_SUBJECT, claims->subject.digits, CPR_DIGITS);
    plain[AT_LEVEL] = (unsigned char)claims->level;
    memcpy(plain + AT_CERTIFICATE, claims->certificate, CONSENT_THUMBPRINT);
    for (int i = 8; i-- > 0; until >>= 8)
        plain[AT_UNTIL + i] = (unsigned char)until;
}

static bool read_fields(const unsigned char *plain, struct consent_claims *claims)
{
    uint64_t until = 0;

    for (int i = 0; i < 8; i++)
        until = until << 8 | plain[AT_UNTIL + i];
    if (plain[0] != VERSION || plain[AT_LEVEL] > LEVEL_HIGH || until > INT64_MAX / 1000 ||
        !cpr_parse(str_make((const char *)plain + AT_SUBJECT, CPR_DIGITS), &claims->subject))
        return false;
    uuid_text(plain + AT_ID, claims->id);
    claims->level = (enum level)plain[AT_LEVEL];
    memcpy(claims->certificate, plain + AT_CERTIFICATE, CONSENT_THUMBPRINT);
    claims->until = wall_of_unix((int64_t)until);
    return true;
}

/* ---- tokens ---- */

bool consent_token_is(struct str token)
{
    return str_starts_with(token, STR(PREFIX));
}

struct str consent_token_make(struct consent_sealer *sealer, const struct consent_claims *claims,
                              char text[CONSENT_TOKEN_TEXT])
{
    unsigned char plain[PLAIN], sealed[SEALED];
    const struct key *key = &sealer->keys[0];
    size_t prefix = sizeof PREFIX - 1;

    write_fields(claims, plain);
    memcpy(sealed, key->id, KEY_ID);
    siv_seal(key->siv, ASSOCIATED, str_make((const char *)plain, PLAIN), sealed + KEY_ID);
    OPENSSL_cleanse(plain, sizeof plain);
    memcpy(text, PREFIX, prefix);
    base64url_encode(sealed, SEALED, text + prefix);
    text[CONSENT_TOKEN_LEN] = '\0';
    return str_make(text, CONSENT_TOKEN_LEN);
}

bool consent_token_open(struct consent_sealer *sealer, struct str token,
                        struct consent_claims *claims)
{
    unsigned char sealed[CONSENT_TOKEN_LEN], plain[SEALED];
    size_t len = 0;

    *claims = (struct consent_claims){0};
    if (token.len != CONSENT_TOKEN_LEN || !consent_token_is(token) ||
        !base64url_decode(str_skip(token, sizeof PREFIX - 1), sealed, &len) || len != SEALED)
        return false;
    const struct key *key = find_key(sealer, sealed);
    bool is_open = key &&
                   siv_open(key->siv, ASSOCIATED,
                            str_make((const char *)sealed + KEY_ID, SEALED - KEY_ID), plain) &&
                   read_fields(plain, claims);
    OPENSSL_cleanse(plain, sizeof plain);
    if (!is_open)
        consent_claims_clear(claims);
    return is_open;
}
