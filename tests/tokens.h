/* SPDX-License-Identifier: MIT */
/*
 * Keys made for one run and tokens signed with them, for tests. Deliberately signs whatever it is
 * given: wrong tokens are what most tests want.
 */
#pragma once

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/base64url.h"
#include "base/buf.h"
#include "identity/keys.h"

#define TOKENS_MAYBE __attribute__((unused))

struct test_key {
    const char *kid; /* NULL: the JWK has none */
    enum signature_algorithm algorithm;
    EVP_PKEY *pkey;
};

static TOKENS_MAYBE struct test_key test_key_new(const char *kid,
                                                 enum signature_algorithm algorithm, int bits)
{
    struct test_key key = {.kid = kid, .algorithm = algorithm};
    if (algorithm == ALGORITHM_ES256)
        key.pkey = EVP_EC_gen("P-256");
    else if (algorithm == ALGORITHM_EDDSA)
        key.pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    else
        key.pkey = EVP_RSA_gen((unsigned)bits);
    if (!key.pkey)
        abort();
    return key;
}

static TOKENS_MAYBE void test_key_free(struct test_key *key)
{
    EVP_PKEY_free(key->pkey);
    key->pkey = NULL;
}

/* ,"NAME":"BASE64URL" of one of the key's numbers. */
static TOKENS_MAYBE void test_key_number(const struct test_key *key, const char *parameter,
                                         const char *name, int width, struct buf *out)
{
    BIGNUM *number = NULL;
    unsigned char bytes[2048];
    char text[BASE64URL_LENGTH(sizeof bytes)];
    if (EVP_PKEY_get_bn_param(key->pkey, parameter, &number) != 1)
        abort();
    int len = width ? width : BN_num_bytes(number);
    BN_bn2binpad(number, bytes, len);
    buf_format(out, ",\"%s\":\"%.*s\"", name, STR_ARG(base64url_encode(bytes, (size_t)len, text)));
    BN_free(number);
}

/* The public key as a JWK; `extra`: further members, with a comma before, or "". */
static TOKENS_MAYBE void test_key_jwk(const struct test_key *key, const char *extra,
                                      struct buf *out)
{
    const char *kty = EVP_PKEY_is_a(key->pkey, "EC")    ? "EC\",\"crv\":\"P-256"
                      : EVP_PKEY_is_a(key->pkey, "RSA") ? "RSA"
                                                        : "OKP\",\"crv\":\"Ed25519";
    buf_format(out, "{\"kty\":\"%s\"", kty);
    if (key->kid)
        buf_format(out, ",\"kid\":\"%s\"", key->kid);
    if (EVP_PKEY_is_a(key->pkey, "EC")) {
        test_key_number(key, OSSL_PKEY_PARAM_EC_PUB_X, "x", 32, out);
        test_key_number(key, OSSL_PKEY_PARAM_EC_PUB_Y, "y", 32, out);
    } else if (EVP_PKEY_is_a(key->pkey, "RSA")) {
        test_key_number(key, OSSL_PKEY_PARAM_RSA_N, "n", 0, out);
        test_key_number(key, OSSL_PKEY_PARAM_RSA_E, "e", 0, out);
    } else {
        unsigned char x[32];
        char text[BASE64URL_LENGTH(32)];
        size_t len = sizeof x;
        if (EVP_PKEY_get_raw_public_key(key->pkey, x, &len) != 1)
            abort();
        buf_format(out, ",\"x\":\"%.*s\"", STR_ARG(base64url_encode(x, len, text)));
    }
    buf_format(out, "%s}", extra);
}

/* {"keys":[…]} into `out`, which is initialised here. */
static TOKENS_MAYBE struct str test_jwks(const struct test_key *keys, size_t count, struct buf *out)
{
    buf_init(out, KEYS_BYTES_MAX);
    buf_add_str(out, STR("{\"keys\":["));
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_add_byte(out, ',');
        test_key_jwk(&keys[i], "", out);
    }
    buf_add_str(out, STR("]}"));
    return buf_str(out);
}

/* The raw signature of a JWS; returns its length. ES256 is signed as DER first: *der, when asked
 * for, is that form. */
static TOKENS_MAYBE size_t test_signature(const struct test_key *key, struct str bytes,
                                          unsigned char raw[1024], struct buf *der)
{
    size_t len = 1024;
    EVP_PKEY_CTX *options = NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    const char *digest = key->algorithm == ALGORITHM_EDDSA ? NULL : "SHA256";
    if (EVP_DigestSignInit_ex(ctx, &options, digest, NULL, NULL, key->pkey, NULL) != 1)
        abort();
    if (key->algorithm == ALGORITHM_PS256 &&
        (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) != 1 ||
         EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) != 1))
        abort();
    if (EVP_DigestSign(ctx, raw, &len, (const unsigned char *)bytes.at, bytes.len) != 1)
        abort();
    EVP_MD_CTX_free(ctx);
    if (key->algorithm != ALGORITHM_ES256)
        return len;
    if (der)
        buf_add(der, raw, len);
    const unsigned char *at = raw;
    ECDSA_SIG *numbers = d2i_ECDSA_SIG(NULL, &at, (long)len);
    BN_bn2binpad(ECDSA_SIG_get0_r(numbers), raw, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(numbers), raw + 32, 32);
    ECDSA_SIG_free(numbers);
    return 64;
}

static TOKENS_MAYBE void test_add_base64url(struct buf *out, const void *bytes, size_t len)
{
    char *room = buf_reserve(out, BASE64URL_LENGTH(len) + 1);
    if (!room)
        abort();
    buf_commit(out, base64url_encode(bytes, len, room).len);
}

/* A token of exactly these bytes as header and claims, in the arena. */
static TOKENS_MAYBE struct str test_token(struct arena *arena, const struct test_key *key,
                                          struct str header, struct str claims)
{
    unsigned char raw[1024];
    struct buf out;
    buf_init(&out, 1 << 20);
    test_add_base64url(&out, header.at, header.len);
    buf_add_byte(&out, '.');
    test_add_base64url(&out, claims.at, claims.len);
    size_t len = test_signature(key, buf_str(&out), raw, NULL);
    buf_add_byte(&out, '.');
    test_add_base64url(&out, raw, len);
    struct str token = arena_copy(arena, buf_str(&out));
    buf_clear(&out);
    return token;
}

/* {"alg":…,"typ":"JWT","kid":…} for this key. */
static TOKENS_MAYBE struct str test_header(struct arena *arena, const struct test_key *key)
{
    return arena_format(arena, "{\"alg\":\"%.*s\",\"typ\":\"JWT\",\"kid\":\"%s\"}",
                        STR_ARG(algorithm_name(key->algorithm)), key->kid ? key->kid : "");
}

/* The private key as PEM, for signers that want a file; the caller frees it. */
static TOKENS_MAYBE char *test_key_pem(const struct test_key *key, bool is_private)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *at = NULL;
    int done = is_private ? PEM_write_bio_PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL)
                          : PEM_write_bio_PUBKEY(bio, key->pkey);
    long len = BIO_get_mem_data(bio, &at);
    char *pem = done == 1 ? calloc(1, (size_t)len + 1) : NULL; /* `at` is not terminated */
    if (pem)
        memcpy(pem, at, (size_t)len);
    BIO_free(bio);
    return pem;
}
