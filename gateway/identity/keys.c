/* SPDX-License-Identifier: MIT */
#include "identity/keys.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/die.h"
#include "identity/jwk.h"

enum {
    NUMBER_BYTES = 32, /* r and s of ES256 */
    SIGNATURE_EC_BYTES = 2 * NUMBER_BYTES,
    SIGNATURE_DER_MAX = 2 + 2 * (2 + 1 + NUMBER_BYTES),
};

static const struct {
    enum signature_algorithm algorithm;
    struct str name;
} algorithms[] = {
    {ALGORITHM_RS256, STR_INIT("RS256")},
    {ALGORITHM_PS256, STR_INIT("PS256")},
    {ALGORITHM_ES256, STR_INIT("ES256")},
    {ALGORITHM_EDDSA, STR_INIT("EdDSA")},
};
enum { ALGORITHMS = sizeof algorithms / sizeof algorithms[0] };

/* A context that has been through EVP_DigestVerifyInit once is copied for each signature: the copy
 * costs a fraction of the set-up, which looks algorithms up by name. */
struct key {
    char *kid; /* "" when the JWK had none */
    EVP_PKEY *pkey;
    EVP_MD_CTX *prepared[ALGORITHMS]; /* those of `algorithms` */
    unsigned algorithms;
    size_t signature_len;
};

struct key_set {
    atomic_uint references;
    size_t count;
    struct key keys[];
};

enum signature_algorithm algorithm_parse(struct str name)
{
    for (size_t i = 0; i < ALGORITHMS; i++)
        if (str_equal(name, algorithms[i].name))
            return algorithms[i].algorithm;
    return ALGORITHM_NONE;
}

struct str algorithm_name(enum signature_algorithm algorithm)
{
    for (size_t i = 0; i < ALGORITHMS; i++)
        if (algorithms[i].algorithm == algorithm)
            return algorithms[i].name;
    return STR("none");
}

static EVP_MD_CTX *prepare(EVP_PKEY *pkey, enum signature_algorithm algorithm)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options = NULL;
    const char *digest = algorithm == ALGORITHM_EDDSA ? NULL : "SHA256";
    bool done = ctx && EVP_DigestVerifyInit_ex(ctx, &options, digest, NULL, NULL, pkey, NULL) == 1;
    if (done && algorithm == ALGORITHM_PS256)
        done = EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_mgf1_md_name(options, "SHA256", NULL) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1;
    if (!done) {
        EVP_MD_CTX_free(ctx);
        return NULL;
    }
    EVP_MD_CTX_set_flags(ctx, EVP_MD_CTX_FLAG_FINALISE); /* one verification for each copy */
    return ctx;
}

static void key_clear(struct key *key)
{
    for (size_t i = 0; i < ALGORITHMS; i++)
        EVP_MD_CTX_free(key->prepared[i]);
    EVP_PKEY_free(key->pkey);
    free(key->kid);
}

/* False: a key that does not count. */
static bool key_of_jwk(const json_t *jwk, struct key *key)
{
    struct str kid;
    *key = (struct key){0};
    key->pkey = jwk_parse(jwk, &key->algorithms, &kid);
    if (!key->pkey)
        return false;
    key->kid = die_strdup(kid.at ? kid.at : "");
    key->signature_len = key->algorithms == ALGORITHM_ES256 ? SIGNATURE_EC_BYTES
                                                            : (size_t)EVP_PKEY_get_size(key->pkey);
    bool done = true;
    for (size_t i = 0; i < ALGORITHMS; i++)
        if (key->algorithms & algorithms[i].algorithm) {
            key->prepared[i] = prepare(key->pkey, algorithms[i].algorithm);
            done = done && key->prepared[i];
        }
    if (!done)
        key_clear(key);
    return done;
}

static bool has_kid(const struct key_set *set, struct str kid)
{
    for (size_t i = 0; i < set->count; i++)
        if (str_equal(str_of(set->keys[i].kid), kid))
            return true;
    return false;
}

/* Adds the keys that count; false: the set as a whole is refused. */
static bool fill(struct key_set *set, const json_t *jwks, const char **why)
{
    size_t i;
    const json_t *jwk;
    json_array_foreach(jwks, i, jwk)
    {
        if (!json_is_object(jwk)) {
            *why = "a key is not an object";
            return false;
        }
        struct key key;
        if (!key_of_jwk(jwk, &key))
            continue;
        if (key.kid[0] && has_kid(set, str_of(key.kid))) {
            *why = "two keys have the same kid";
            key_clear(&key);
            return false;
        }
        set->keys[set->count++] = key;
    }
    if (set->count == 0)
        *why = "no key in it can verify signatures";
    return set->count > 0;
}

static struct key_set *set_of(const json_t *root, const char **why)
{
    const json_t *jwks = json_object_get(root, "keys");
    if (!json_is_array(jwks)) {
        *why = "no \"keys\" array";
        return NULL;
    }
    if (json_array_size(jwks) > KEYS_MAX) {
        *why = "too many keys";
        return NULL;
    }
    struct key_set *set = die_calloc(1, sizeof *set + json_array_size(jwks) * sizeof set->keys[0]);
    atomic_init(&set->references, 1);
    if (!fill(set, jwks, why))
        key_set_unref(&set);
    ERR_clear_error();
    return set;
}

struct key_set *key_set_parse(struct str jwks, const char **why)
{
    if (jwks.len > KEYS_BYTES_MAX) {
        *why = "too long";
        return NULL;
    }
    json_t *root = json_loadb(jwks.at ? jwks.at : "", jwks.len, JSON_REJECT_DUPLICATES, NULL);
    if (!root) {
        *why = "not JSON, or a member comes twice";
        return NULL;
    }
    struct key_set *set = set_of(root, why);
    json_decref(root);
    return set;
}

struct key_set *key_set_ref(struct key_set *set)
{
    if (set)
        atomic_fetch_add_explicit(&set->references, 1, memory_order_relaxed);
    return set;
}

void key_set_unref(struct key_set **set)
{
    struct key_set *gone = *set;
    *set = NULL;
    if (!gone || atomic_fetch_sub_explicit(&gone->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < gone->count; i++)
        key_clear(&gone->keys[i]);
    free(gone);
}

size_t key_set_count(const struct key_set *set)
{
    return set->count;
}

const struct key *key_set_find(const struct key_set *set, struct str kid)
{
    if (kid.len == 0)
        return set->count == 1 ? &set->keys[0] : NULL;
    for (size_t i = 0; i < set->count; i++)
        if (str_equal(str_of(set->keys[i].kid), kid))
            return &set->keys[i];
    return NULL;
}

unsigned key_algorithms(const struct key *key)
{
    return key->algorithms;
}

/* A DER INTEGER of a 32-byte unsigned number. */
static unsigned char *put_integer(unsigned char *at, const unsigned char *number)
{
    size_t zeros = 0;
    while (zeros < NUMBER_BYTES - 1 && number[zeros] == 0)
        zeros++;
    bool pad = number[zeros] & 0x80;
    size_t len = NUMBER_BYTES - zeros;
    *at++ = 0x02;
    *at++ = (unsigned char)(len + pad);
    if (pad)
        *at++ = 0;
    memcpy(at, number + zeros, len);
    return at + len;
}

/* OpenSSL wants SEQUENCE { r, s }; a JWS has the two numbers side by side (RFC 7518, 3.4). */
static size_t der_of_raw(const char *raw, unsigned char der[SIGNATURE_DER_MAX])
{
    const unsigned char *numbers = (const unsigned char *)raw;
    unsigned char *end = put_integer(put_integer(der + 2, numbers), numbers + NUMBER_BYTES);
    der[0] = 0x30;
    der[1] = (unsigned char)(end - der - 2);
    return (size_t)(end - der);
}

static bool verify(const EVP_MD_CTX *prepared, const unsigned char *signature, size_t signature_len,
                   struct str bytes)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool right = ctx && EVP_MD_CTX_copy_ex(ctx, prepared) == 1 &&
                 EVP_DigestVerify(ctx, signature, signature_len, (const unsigned char *)bytes.at,
                                  bytes.len) == 1;
    EVP_MD_CTX_free(ctx);
    if (!right)
        ERR_clear_error();
    return right;
}

bool key_verify(const struct key *key, enum signature_algorithm algorithm, struct str signed_bytes,
                struct str signature)
{
    const EVP_MD_CTX *prepared = NULL;
    for (size_t i = 0; i < ALGORITHMS; i++)
        if (algorithms[i].algorithm == algorithm)
            prepared = key->prepared[i];
    if (!prepared || signature.len != key->signature_len)
        return false;
    if (algorithm != ALGORITHM_ES256)
        return verify(prepared, (const unsigned char *)signature.at, signature.len, signed_bytes);
    unsigned char der[SIGNATURE_DER_MAX];
    return verify(prepared, der, der_of_raw(signature.at, der), signed_bytes);
}
