/* SPDX-License-Identifier: MIT */
#include "identity/jwk.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>

#include "base/base64url.h"
#include "identity/keys.h"

enum {
    RSA_BITS_MIN = 2048,
    RSA_BITS_MAX = 8192,
    RSA_BYTES_MAX = RSA_BITS_MAX / 8,
    RSA_EXPONENT_BITS_MAX = 64, /* OpenSSL verifies no larger ones with long moduli */
    P256_BYTES = 32,
    POINT_BYTES = 1 + 2 * P256_BYTES,
    ED25519_BYTES = 32,
    KID_MAX = 512,
};

static struct str text_of(const json_t *jwk, const char *name)
{
    const json_t *value = json_object_get(jwk, name);
    return json_is_string(value) ? str_make(json_string_value(value), json_string_length(value))
                                 : STR_NONE;
}

/* The bytes of a base64url member; 0: absent, not canonical, or more than `max`. */
static size_t bytes_of(const json_t *jwk, const char *name, unsigned char *out, size_t max)
{
    struct str text = text_of(jwk, name);
    size_t len = 0;
    return text.len <= BASE64URL_LENGTH(max) && base64url_decode(text, out, &len) ? len : 0;
}

static EVP_PKEY *pkey_of_params(const char *type, OSSL_PARAM *params)
{
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (!ctx || !params || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
        pkey = NULL;
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}

static EVP_PKEY *rsa_of_numbers(const BIGNUM *n, const BIGNUM *e)
{
    int bits = n ? BN_num_bits(n) : 0;
    if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX || !BN_is_odd(n))
        return NULL;
    if (!e || !BN_is_odd(e) || BN_is_one(e) || BN_num_bits(e) > RSA_EXPONENT_BITS_MAX)
        return NULL;
    EVP_PKEY *pkey = NULL;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (builder && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e)) {
        OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
        pkey = pkey_of_params("RSA", params);
        OSSL_PARAM_free(params);
    }
    OSSL_PARAM_BLD_free(builder);
    return pkey;
}

static EVP_PKEY *rsa_of(const json_t *jwk)
{
    unsigned char modulus[RSA_BYTES_MAX], exponent[RSA_BYTES_MAX];
    size_t modulus_len = bytes_of(jwk, "n", modulus, RSA_BYTES_MAX);
    size_t exponent_len = bytes_of(jwk, "e", exponent, RSA_BYTES_MAX);
    BIGNUM *n = BN_bin2bn(modulus, (int)modulus_len, NULL);
    BIGNUM *e = BN_bin2bn(exponent, (int)exponent_len, NULL);
    EVP_PKEY *pkey = rsa_of_numbers(n, e);
    BN_free(n);
    BN_free(e);
    return pkey;
}

static EVP_PKEY *p256_of(const json_t *jwk)
{
    char group[] = "P-256";
    unsigned char x[P256_BYTES], y[P256_BYTES], point[POINT_BYTES];
    if (bytes_of(jwk, "x", x, P256_BYTES) != P256_BYTES ||
        bytes_of(jwk, "y", y, P256_BYTES) != P256_BYTES)
        return NULL;
    point[0] = POINT_CONVERSION_UNCOMPRESSED;
    memcpy(point + 1, x, P256_BYTES);
    memcpy(point + 1 + P256_BYTES, y, P256_BYTES);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
        OSSL_PARAM_construct_end(),
    };
    return pkey_of_params("EC", params); /* which refuses a point off the curve */
}

static EVP_PKEY *ed25519_of(const json_t *jwk)
{
    unsigned char x[ED25519_BYTES];
    return bytes_of(jwk, "x", x, ED25519_BYTES) == ED25519_BYTES
               ? EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, x, ED25519_BYTES)
               : NULL;
}

/* What a key of this type and curve can do. */
static const struct key_type {
    struct str kty, crv;
    unsigned algorithms;
    EVP_PKEY *(*make)(const json_t *jwk);
} key_types[] = {
    {STR_INIT("RSA"), {NULL, 0}, ALGORITHM_RS256 | ALGORITHM_PS256, rsa_of},
    {STR_INIT("EC"), STR_INIT("P-256"), ALGORITHM_ES256, p256_of},
    {STR_INIT("OKP"), STR_INIT("Ed25519"), ALGORITHM_EDDSA, ed25519_of},
};

static const struct key_type *key_type_of(const json_t *jwk)
{
    struct str kty = text_of(jwk, "kty"), crv = text_of(jwk, "crv");
    for (size_t i = 0; i < sizeof key_types / sizeof key_types[0]; i++)
        if (str_equal(kty, key_types[i].kty) && str_equal(crv, key_types[i].crv))
            return &key_types[i];
    return NULL;
}

static bool may_verify(const json_t *jwk)
{
    const json_t *use = json_object_get(jwk, "use");
    const json_t *operations = json_object_get(jwk, "key_ops");
    if (use && !str_equal(text_of(jwk, "use"), STR("sig")))
        return false;
    if (json_object_get(jwk, "d")) /* its private half is public */
        return false;
    if (!operations)
        return true;
    size_t i;
    const json_t *operation;
    json_array_foreach(operations, i, operation) if (json_is_string(operation) &&
                                                     strcmp(json_string_value(operation),
                                                            "verify") == 0) return true;
    return false;
}

EVP_PKEY *jwk_parse(const json_t *jwk, unsigned *algorithms, struct str *kid)
{
    const struct key_type *type = key_type_of(jwk);
    *kid = text_of(jwk, "kid");
    if (!type || !may_verify(jwk) || (json_object_get(jwk, "kid") && !kid->at) ||
        kid->len > KID_MAX)
        return NULL;
    *algorithms = type->algorithms;
    if (json_object_get(jwk, "alg"))
        *algorithms &= algorithm_parse(text_of(jwk, "alg"));
    return *algorithms ? type->make(jwk) : NULL;
}
