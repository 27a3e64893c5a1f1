/* SPDX-License-Identifier: MIT */
#include "identity/assertion.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base64url.h"
#include "base/die.h"
#include "base/hex.h"
#include "base/hmac.h"
#include "base/writer.h"

enum {
    NUMBER_BYTES = 32, /* a coordinate of P-256; r and s of its signatures */
    SIGNATURE_BYTES = 2 * NUMBER_BYTES,
    SIGNATURE_DER_MAX = 80,
    DIGEST_BYTES = 32,
    PAIRWISE_KEY_MIN = 32,
    JSON_MAX = 16384,
};

/* --- the signer --- */

struct assertion_signer {
    EVP_PKEY *pkey;
    EVP_MD_CTX *prepared; /* been through EVP_DigestSignInit; copied for each signature */
    char x[BASE64URL_LENGTH(NUMBER_BYTES)], y[BASE64URL_LENGTH(NUMBER_BYTES)];
    char kid[BASE64URL_LENGTH(DIGEST_BYTES)];
};

/* OpenSSL would ask the terminal. */
static int no_passphrase(char *room, int size, int writing, void *ctx)
{
    (void)room, (void)size, (void)writing, (void)ctx;
    return -1;
}

static EVP_PKEY *read_key(const char *key_file, const char **why)
{
    FILE *file = fopen(key_file, "r");
    if (!file) {
        *why = "it cannot be opened";
        return NULL;
    }
    EVP_PKEY *pkey = PEM_read_PrivateKey(file, NULL, no_passphrase, NULL);
    fclose(file);
    if (!pkey)
        *why = "it holds no private key in PEM, or one behind a passphrase";
    return pkey;
}

static bool is_p256(const EVP_PKEY *pkey)
{
    char group[32] = "";
    return EVP_PKEY_is_a(pkey, "EC") &&
           EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                          NULL) == 1 &&
           strcmp(group, "prime256v1") == 0;
}

static bool encode_coordinate(const EVP_PKEY *pkey, const char *name,
                              char text[BASE64URL_LENGTH(NUMBER_BYTES)])
{
    BIGNUM *number = NULL;
    unsigned char bytes[NUMBER_BYTES];
    bool done = EVP_PKEY_get_bn_param(pkey, name, &number) == 1 &&
                BN_bn2binpad(number, bytes, NUMBER_BYTES) == NUMBER_BYTES;
    if (done)
        base64url_encode(bytes, NUMBER_BYTES, text);
    BN_free(number);
    return done;
}

static struct str x_of(const struct assertion_signer *signer)
{
    return str_make(signer->x, sizeof signer->x);
}

static struct str y_of(const struct assertion_signer *signer)
{
    return str_make(signer->y, sizeof signer->y);
}

/* RFC 7638: the digest of the required members in the order of their names. */
static bool make_kid(struct assertion_signer *signer)
{
    char json[256];
    unsigned char digest[DIGEST_BYTES];
    int len = snprintf(json, sizeof json,
                       "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%.*s\",\"y\":\"%.*s\"}",
                       STR_ARG(x_of(signer)), STR_ARG(y_of(signer)));
    if (!EVP_Q_digest(NULL, "SHA256", NULL, json, (size_t)len, digest, NULL))
        return false;
    base64url_encode(digest, DIGEST_BYTES, signer->kid);
    return true;
}

static bool prepare(struct assertion_signer *signer)
{
    signer->prepared = EVP_MD_CTX_new();
    if (!signer->prepared || EVP_DigestSignInit_ex(signer->prepared, NULL, "SHA256", NULL, NULL,
                                                   signer->pkey, NULL) != 1)
        return false;
    EVP_MD_CTX_set_flags(signer->prepared, EVP_MD_CTX_FLAG_FINALISE);
    return encode_coordinate(signer->pkey, OSSL_PKEY_PARAM_EC_PUB_X, signer->x) &&
           encode_coordinate(signer->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, signer->y) && make_kid(signer);
}

struct assertion_signer *assertion_signer_new(const char *key_file, const char **why)
{
    struct assertion_signer *signer = die_calloc(1, sizeof *signer);
    bool usable = false;
    signer->pkey = read_key(key_file, why);
    if (signer->pkey && !is_p256(signer->pkey))
        *why = "its key is not an EC key on P-256";
    else if (signer->pkey && !prepare(signer))
        *why = "its key cannot sign";
    else
        usable = signer->pkey;
    if (!usable)
        assertion_signer_free(&signer);
    ERR_clear_error();
    return signer;
}

void assertion_signer_free(struct assertion_signer **signer)
{
    struct assertion_signer *gone = *signer;
    *signer = NULL;
    if (!gone)
        return;
    EVP_MD_CTX_free(gone->prepared);
    EVP_PKEY_free(gone->pkey);
    free(gone);
}

static bool raw_of_der(const unsigned char *der, size_t len, unsigned char raw[SIGNATURE_BYTES])
{
    ECDSA_SIG *numbers = d2i_ECDSA_SIG(NULL, &der, (long)len);
    if (!numbers)
        return false;
    bool done =
        BN_bn2binpad(ECDSA_SIG_get0_r(numbers), raw, NUMBER_BYTES) == NUMBER_BYTES &&
        BN_bn2binpad(ECDSA_SIG_get0_s(numbers), raw + NUMBER_BYTES, NUMBER_BYTES) == NUMBER_BYTES;
    ECDSA_SIG_free(numbers);
    return done;
}

bool assertion_signer_sign(void *ctx, struct str bytes, unsigned char signature[SIGNATURE_BYTES])
{
    const struct assertion_signer *signer = ctx;
    unsigned char der[SIGNATURE_DER_MAX];
    size_t len = sizeof der;
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    bool done = copy && EVP_MD_CTX_copy_ex(copy, signer->prepared) == 1 &&
                EVP_DigestSign(copy, der, &len, (const unsigned char *)bytes.at, bytes.len) == 1 &&
                raw_of_der(der, len, signature);
    EVP_MD_CTX_free(copy);
    if (!done)
        ERR_clear_error();
    return done;
}

struct str assertion_signer_kid(const struct assertion_signer *signer)
{
    return str_make(signer->kid, sizeof signer->kid);
}

void assertion_signer_jwks(const struct assertion_signer *signer, struct buf *out)
{
    struct writer w;
    writer_init(&w, out);
    writer_object(&w);
    writer_name(&w, "keys");
    writer_array(&w);
    writer_object(&w);
    writer_member_str(&w, "kty", STR("EC"));
    writer_member_str(&w, "crv", STR("P-256"));
    writer_member_str(&w, "x", x_of(signer));
    writer_member_str(&w, "y", y_of(signer));
    writer_member_str(&w, "kid", assertion_signer_kid(signer));
    writer_member_str(&w, "alg", STR("ES256"));
    writer_member_str(&w, "use", STR("sig"));
    writer_object_end(&w);
    writer_array_end(&w);
    writer_object_end(&w);
}

/* --- the token --- */

/* The same citizen has the same `sub` at every source and at no other gateway, and it leads nobody
 * back to the number. */
static void make_subject(const struct citizen *citizen, struct str key,
                         char text[2 * HMAC_BYTES + 1])
{
    unsigned char digest[HMAC_BYTES];
    assert(key.len >= PAIRWISE_KEY_MIN);
    hmac_make(key, cpr_str(citizen_subject(citizen)), digest);
    hex_encode(digest, HMAC_BYTES, text);
}

static void write_header(struct buf *out, const struct assertion_spec *spec)
{
    struct writer w;
    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "alg", STR("ES256"));
    writer_member_str(&w, "typ", STR("JWT"));
    writer_member_str(&w, "kid", spec->kid);
    writer_object_end(&w);
}

static void write_claims(struct buf *out, const struct assertion_spec *spec,
                         const struct citizen *citizen, struct str subject)
{
    int64_t now_s = spec->now.unix_ms / 1000;
    struct str acr = citizen ? level_acr(citizen_level(citizen)) : STR_NONE;
    struct writer w;
    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "iss", spec->issuer);
    writer_name(&w, "aud");
    writer_array(&w);
    for (size_t i = 0; i < spec->audience_count; i++)
        writer_str(&w, spec->audiences[i]);
    writer_array_end(&w);
    writer_member_str(&w, "sub", subject);
    writer_member_int(&w, "iat", now_s);
    writer_member_int(&w, "exp", now_s + ASSERTION_LIFE_S);
    writer_member_str(&w, "jti", spec->jti);
    if (acr.at)
        writer_member_str(&w, "acr", acr);
    if (citizen)
        writer_member_bool(&w, "on_behalf", citizen_is_on_behalf(citizen));
    if (citizen && citizen_mandate(citizen).at)
        writer_member_str(&w, "mandate", citizen_mandate(citizen));
    if (citizen && citizen_consent(citizen).at)
        writer_member_str(&w, "consent", citizen_consent(citizen));
    if (spec->certificate.at) {
        writer_name(&w, "cnf");
        writer_object(&w);
        writer_member_str(&w, "x5t#S256", spec->certificate);
        writer_object_end(&w);
    }
    writer_object_end(&w);
}

/* Appends the base64url of `bytes` to the token. */
static void add_part(struct buf *token, struct str bytes)
{
    char *room = buf_reserve(token, BASE64URL_LENGTH(bytes.len));
    if (room)
        buf_commit(token, base64url_encode(bytes.at, bytes.len, room).len);
}

struct str assertion_make(struct arena *arena, const struct assertion_spec *spec,
                          const struct citizen *citizen, assertion_sign_fn *sign, void *ctx)
{
    struct buf header, claims, token;
    char subject[2 * HMAC_BYTES + 1];
    unsigned char signature[SIGNATURE_BYTES];
    struct str made = STR_NONE;
    buf_init(&header, JSON_MAX);
    buf_init(&claims, JSON_MAX);
    buf_init(&token, 3 * JSON_MAX);
    if (citizen)
        make_subject(citizen, spec->pairwise_key, subject);
    write_header(&header, spec);
    write_claims(&claims, spec, citizen, citizen ? str_of(subject) : spec->issuer);
    add_part(&token, buf_str(&header));
    buf_add_byte(&token, '.');
    add_part(&token, buf_str(&claims));
    if (!header.failed && !claims.failed && !token.failed &&
        sign(ctx, buf_str(&token), signature)) {
        buf_add_byte(&token, '.');
        add_part(&token, str_make((char *)signature, sizeof signature));
        made = token.failed ? STR_NONE : arena_copy(arena, buf_str(&token));
    }
    buf_clear(&header);
    buf_clear(&claims);
    buf_clear(&token);
    return made;
}
