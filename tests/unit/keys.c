/* SPDX-License-Identifier: MIT */
/* label: threads */
#include "identity/keys.h"

#include <pthread.h>

#include "tests/tap.h"
#include "tests/tokens.h"

static struct test_key rsa, rsa_small, pss, ec, ed;

static void knows_algorithms(void)
{
    static const char *wrong[] = {"",      "none",  "None",  "NONE",  "rs256", "RS256 ",
                                  "HS256", "RS384", "RS512", "ES384", "ES512", "ES256K",
                                  "PS384", "eddsa", "EDDSA", "EdDsa", "RSA1_5"};
    static const struct str right[] = {STR_INIT("RS256"), STR_INIT("PS256"), STR_INIT("ES256"),
                                       STR_INIT("EdDSA")};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        is_int(algorithm_parse(str_of(wrong[i])), ALGORITHM_NONE, "\"%s\" is none", wrong[i]);
    is_int(algorithm_parse(STR("RS256\0")), ALGORITHM_NONE, "a NUL behind the name");
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        enum signature_algorithm algorithm = algorithm_parse(right[i]);
        ok(algorithm != ALGORITHM_NONE, "%.*s is known", STR_ARG(right[i]));
        ok(str_equal(algorithm_name(algorithm), right[i]), "by that name");
    }
}

static struct key_set *set_of_one(const struct test_key *key, const char *extra)
{
    struct buf jwks;
    const char *why = NULL;
    buf_init(&jwks, KEYS_BYTES_MAX);
    buf_add_str(&jwks, STR("{\"keys\":["));
    test_key_jwk(key, extra, &jwks);
    buf_add_str(&jwks, STR("]}"));
    struct key_set *set = key_set_parse(buf_str(&jwks), &why);
    buf_clear(&jwks);
    return set;
}

static void chooses_keys(void)
{
    static const struct {
        const char *name;
        const struct test_key *key;
        const char *extra;
        unsigned algorithms; /* 0: the key does not count */
    } rows[] = {
        {"RSA", &rsa, "", ALGORITHM_RS256 | ALGORITHM_PS256},
        {"RSA for RS256", &rsa, ",\"alg\":\"RS256\"", ALGORITHM_RS256},
        {"RSA for PS256", &rsa, ",\"alg\":\"PS256\"", ALGORITHM_PS256},
        {"EC", &ec, "", ALGORITHM_ES256},
        {"Ed25519", &ed, ",\"alg\":\"EdDSA\"", ALGORITHM_EDDSA},
        {"use sig", &rsa, ",\"use\":\"sig\"", ALGORITHM_RS256 | ALGORITHM_PS256},
        {"key_ops verify", &ec, ",\"key_ops\":[\"sign\",\"verify\"]", ALGORITHM_ES256},
        {"certificates beside it are ignored", &ec, ",\"x5c\":[\"x\"],\"x5t\":\"y\"",
         ALGORITHM_ES256},
        {"use enc", &rsa, ",\"use\":\"enc\"", 0},
        {"use of a wrong type", &rsa, ",\"use\":[\"sig\"]", 0},
        {"use null", &rsa, ",\"use\":null", 0},
        {"key_ops without verify", &ec, ",\"key_ops\":[\"sign\"]", 0},
        {"key_ops empty", &ec, ",\"key_ops\":[]", 0},
        {"key_ops of a wrong type", &ec, ",\"key_ops\":\"verify\"", 0},
        {"alg of another type of key", &rsa, ",\"alg\":\"ES256\"", 0},
        {"alg that we do not do", &rsa, ",\"alg\":\"RS512\"", 0},
        {"alg for encryption", &rsa, ",\"alg\":\"RSA-OAEP\"", 0},
        {"alg none", &rsa, ",\"alg\":\"none\"", 0},
        {"alg HS256", &rsa, ",\"alg\":\"HS256\"", 0},
        {"alg of a wrong type", &rsa, ",\"alg\":256", 0},
        {"its private half is public", &ec, ",\"d\":\"AAAA\"", 0},
        {"RSA 1024", &rsa_small, "", 0},
        {"RSA with a curve", &rsa, ",\"crv\":\"P-256\"", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct key_set *set = set_of_one(rows[i].key, rows[i].extra);
        const struct key *key = set ? key_set_find(set, str_of(rows[i].key->kid)) : NULL;
        is_int(key ? key_algorithms(key) : 0, rows[i].algorithms, "%s", rows[i].name);
        key_set_unref(&set);
    }
}

/* Texts in which %s stands for a good key. */
static void refuses_sets(void)
{
    static const struct {
        const char *name, *text, *why;
    } rows[] = {
        {"empty text", "", "not JSON"},
        {"HTML", "<html></html>", "not JSON"},
        {"cut short", "{\"keys\":[%s", "not JSON"},
        {"trailing bytes", "{\"keys\":[%s]}x", "not JSON"},
        {"a member twice", "{\"keys\":[%s],\"keys\":[%s]}", "not JSON"},
        {"a member of a key twice", "{\"keys\":[{\"kty\":\"EC\",\"kty\":\"RSA\"}]}", "not JSON"},
        {"an array", "[%s]", "\"keys\""},
        {"no keys", "{\"key\":[%s]}", "\"keys\""},
        {"keys is an object", "{\"keys\":{\"a\":%s}}", "\"keys\""},
        {"no key", "{\"keys\":[]}", "no key"},
        {"a key is a text", "{\"keys\":[%s,\"RSA\"]}", "not an object"},
        {"a key is null", "{\"keys\":[null,%s]}", "not an object"},
        {"the same key twice", "{\"keys\":[%s,%s]}", "same kid"},
        {"symmetric", "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"c2VjcmV0\"}]}", "no key"},
        {"no kty", "{\"keys\":[{\"kid\":\"a\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}", "no key"},
        {"RSA without numbers", "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\"}]}", "no key"},
        {"RSA with a tiny modulus",
         "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}", "no key"},
        {"EC at infinity or zero",
         "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"a\","
         "\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
         "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}",
         "no key"},
        {"EC off its curve",
         "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"a\","
         "\"x\":\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\","
         "\"y\":\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\"}]}",
         "no key"},
        {"EC with a short coordinate",
         "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"a\",\"x\":\"AQ\",\"y\":\"AQ\"}]}",
         "no key"},
        {"Ed25519 with 31 bytes",
         "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"a\","
         "\"x\":\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ\"}]}",
         "no key"},
        {"X25519",
         "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"X25519\",\"kid\":\"a\","
         "\"x\":\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\"}]}",
         "no key"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf jwks, key;
        const char *why = "(none)";
        buf_init(&jwks, KEYS_BYTES_MAX);
        buf_init(&key, KEYS_BYTES_MAX);
        test_key_jwk(&ec, "", &key);
        for (const char *at = rows[i].text; *at; at++)
            if (at[0] == '%' && at[1] == 's') {
                buf_add_str(&jwks, buf_str(&key));
                at++;
            } else {
                buf_add_byte(&jwks, *at);
            }
        struct key_set *set = key_set_parse(buf_str(&jwks), &why);
        ok(!set && strstr(why, rows[i].why), "refused: %s: %s", rows[i].name, why);
        key_set_unref(&set);
        buf_clear(&jwks);
        buf_clear(&key);
    }
}

static void bounds_sets(void)
{
    struct buf jwks;
    const char *why = "";
    buf_init(&jwks, 1 << 20);
    buf_add_str(&jwks, STR("{\"keys\":["));
    test_key_jwk(&ec, "", &jwks);
    for (int i = 1; i <= KEYS_MAX; i++)
        buf_add_str(&jwks, STR(",{}"));
    buf_add_str(&jwks, STR("]}"));
    ok(!key_set_parse(buf_str(&jwks), &why), "%d keys are too many", KEYS_MAX + 1);
    is_str(why, "too many keys", "and it says so");

    buf_reset(&jwks);
    buf_add_str(&jwks, STR("{\"keys\":["));
    test_key_jwk(&ec, "", &jwks);
    buf_add_str(&jwks, STR("]"));
    while (jwks.len <= KEYS_BYTES_MAX)
        buf_add_byte(&jwks, ' ');
    buf_add_str(&jwks, STR("}"));
    ok(!key_set_parse(buf_str(&jwks), &why), "more than %d bytes", KEYS_BYTES_MAX);
    is_str(why, "too long", "and it says so");
    buf_clear(&jwks);
}

/* An RSA key of our modulus with another exponent. */
static bool takes_exponent(const char *exponent)
{
    struct buf jwks;
    const char *why;
    buf_init(&jwks, KEYS_BYTES_MAX);
    buf_add_str(&jwks, STR("{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\""));
    test_key_number(&rsa, OSSL_PKEY_PARAM_RSA_N, "n", 0, &jwks);
    buf_format(&jwks, ",\"e\":\"%s\"}]}", exponent);
    struct key_set *set = key_set_parse(buf_str(&jwks), &why);
    bool taken = set;
    key_set_unref(&set);
    buf_clear(&jwks);
    return taken;
}

static void judges_exponents(void)
{
    ok(takes_exponent("AQAB"), "exponent 65537");
    ok(takes_exponent("Aw"), "exponent 3");
    ok(!takes_exponent("AQ"), "not exponent 1: every message would be its own signature");
    ok(!takes_exponent("AA"), "not exponent 0");
    ok(!takes_exponent(""), "not the empty exponent");
    ok(!takes_exponent("Ag"), "not an even exponent");
    ok(!takes_exponent("AQAAAAAAAAAAAQ"), "not an exponent of more than 64 bits");
    ok(!takes_exponent("AQAB=="), "not with padding");
    ok(!takes_exponent("AQAC"), "not 65538");
}

static void finds_keys(void)
{
    struct test_key keys[] = {rsa, ec, ed};
    struct test_key nameless[] = {rsa, ec};
    nameless[0].kid = nameless[1].kid = NULL;
    struct buf text;
    const char *why;
    struct key_set *set = key_set_parse(test_jwks(keys, 3, &text), &why);
    buf_clear(&text);
    is_int((long long)key_set_count(set), 3, "three keys");
    ok(key_set_find(set, STR("rsa")) != key_set_find(set, STR("ec")), "told apart by kid");
    ok(!key_set_find(set, STR("RSA")), "the kid's case counts");
    ok(!key_set_find(set, STR("rs")) && !key_set_find(set, STR("rsa ")), "and its length");
    ok(!key_set_find(set, STR("")) && !key_set_find(set, STR_NONE), "no kid finds none of three");
    key_set_unref(&set);

    set = key_set_parse(test_jwks(nameless, 1, &text), &why);
    buf_clear(&text);
    ok(key_set_find(set, STR_NONE), "no kid finds the only key");
    ok(!key_set_find(set, STR("rsa")), "a kid does not find a key without one");
    key_set_unref(&set);
    set = key_set_parse(test_jwks(nameless, 2, &text), &why);
    buf_clear(&text);
    ok(set && !key_set_find(set, STR_NONE), "two keys without kid: taken, never found");
    key_set_unref(&set);
}

/* What each algorithm must refuse of its own good signature. */
static void verifies(const struct test_key *maker)
{
    struct str message = STR("header.claims");
    struct str name = algorithm_name(maker->algorithm);
    unsigned char raw[1024];
    struct buf der;
    buf_init(&der, 1024);
    size_t len = test_signature(maker, message, raw, &der);
    struct str signature = str_make((char *)raw, len);
    struct key_set *set = set_of_one(maker, "");
    const struct key *key = key_set_find(set, STR_NONE);

    ok(key_verify(key, maker->algorithm, message, signature), "%.*s verifies", STR_ARG(name));
    ok(key_verify(key, maker->algorithm, message, signature), "and again");
    ok(!key_verify(key, maker->algorithm, STR("header.claimt"), signature), "not another message");
    ok(!key_verify(key, maker->algorithm, STR("header.claim"), signature), "not a part of it");
    ok(!key_verify(key, maker->algorithm, message, str_head(signature, len - 1)), "not cut");
    ok(!key_verify(key, maker->algorithm, message, STR_NONE), "not without signature");
    raw[len] = 0;
    ok(!key_verify(key, maker->algorithm, message, str_make((char *)raw, len + 1)), "not longer");
    int taken = 0;
    for (size_t bit = 0; bit < len * 8; bit++) {
        raw[bit / 8] ^= (unsigned char)(1u << bit % 8);
        taken += key_verify(key, maker->algorithm, message, signature);
        raw[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    is_int(taken, 0, "not with any of its %zu bits flipped", len * 8);
    if (maker->algorithm == ALGORITHM_ES256)
        ok(!key_verify(key, ALGORITHM_ES256, message, buf_str(&der)), "not as DER");
    for (unsigned other = 1; other <= ALGORITHM_EDDSA; other <<= 1)
        if (other != maker->algorithm)
            ok(!key_verify(key, (enum signature_algorithm)other, message, signature), "not as %.*s",
               STR_ARG(algorithm_name((enum signature_algorithm)other)));
    ok(!key_verify(key, ALGORITHM_NONE, message, signature), "not as none");
    memset(raw, 0, len);
    ok(!key_verify(key, maker->algorithm, message, signature), "not all zeros");
    memset(raw, 0xff, len);
    ok(!key_verify(key, maker->algorithm, message, signature), "not all ones");
    key_set_unref(&set);
    buf_clear(&der);
}

/* r and s of an ECDSA signature, each in turn out of its range [1, n-1]. */
static void refuses_numbers_out_of_range(void)
{
    static const unsigned char order[32] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,
                                            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                            0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
                                            0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
    struct str message = STR("header.claims");
    struct key_set *set = set_of_one(&ec, "");
    const struct key *key = key_set_find(set, STR_NONE);
    unsigned char raw[1024];
    for (int half = 0; half < 2; half++) {
        test_signature(&ec, message, raw, NULL);
        memset(raw + 32 * half, 0, 32);
        ok(!key_verify(key, ALGORITHM_ES256, message, str_make((char *)raw, 64)), "%c is 0",
           "rs"[half]);
        memcpy(raw + 32 * half, order, 32);
        ok(!key_verify(key, ALGORITHM_ES256, message, str_make((char *)raw, 64)),
           "%c is the order of the curve", "rs"[half]);
    }
    /* Short numbers need leading zeros in the raw form and none in DER: wait until some came by. */
    int short_ones = 0, all = 0, right = 0;
    while (short_ones < 5 && all < 50000) {
        char text[32];
        struct str each = str_make(text, (size_t)snprintf(text, sizeof text, "message %d", all++));
        test_signature(&ec, each, raw, NULL);
        short_ones += (raw[0] == 0 && raw[1] < 0x80) || (raw[32] == 0 && raw[33] < 0x80);
        right += key_verify(key, ALGORITHM_ES256, each, str_make((char *)raw, 64));
    }
    is_int(short_ones, 5, "signatures with a short number");
    is_int(right, all, "all verify");
    key_set_unref(&set);
}

static void refuses_other_salts(void)
{
    struct str message = STR("header.claims");
    struct key_set *set = set_of_one(&pss, "");
    const struct key *key = key_set_find(set, STR_NONE);
    static const int lengths[] = {0, 20, 64};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        unsigned char raw[256];
        size_t len = sizeof raw;
        EVP_PKEY_CTX *options = NULL;
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        EVP_DigestSignInit_ex(ctx, &options, "SHA256", NULL, NULL, pss.pkey, NULL);
        EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(options, lengths[i]);
        is_int(EVP_DigestSign(ctx, raw, &len, (const unsigned char *)message.at, message.len), 1,
               "signed with a salt of %d", lengths[i]);
        EVP_MD_CTX_free(ctx);
        ok(!key_verify(key, ALGORITHM_PS256, message, str_make((char *)raw, len)), "and refused");
    }
    key_set_unref(&set);
}

enum { THREADS = 4, ROUNDS = 200 };
struct job {
    struct key_set *set;
    struct str message, signatures[3];
    int right;
};

static void *verify_often(void *ctx)
{
    static const struct {
        struct str kid;
        enum signature_algorithm algorithm;
    } rows[] = {{STR_INIT("rsa"), ALGORITHM_RS256},
                {STR_INIT("ec"), ALGORITHM_ES256},
                {STR_INIT("ed"), ALGORITHM_EDDSA}};
    struct job *job = ctx;
    for (int i = 0; i < ROUNDS; i++) {
        struct key_set *mine = key_set_ref(job->set);
        const struct key *key = key_set_find(mine, rows[i % 3].kid);
        job->right += key_verify(key, rows[i % 3].algorithm, job->message, job->signatures[i % 3]);
        key_set_unref(&mine);
    }
    key_set_unref(&job->set);
    return NULL;
}

static void is_shared_between_threads(void)
{
    struct test_key keys[] = {rsa, ec, ed};
    struct buf text;
    const char *why;
    unsigned char raw[3][1024];
    struct job jobs[THREADS];
    pthread_t threads[THREADS];
    struct key_set *set = key_set_parse(test_jwks(keys, 3, &text), &why);
    buf_clear(&text);
    for (int i = 0; i < THREADS; i++) {
        jobs[i] = (struct job){.set = key_set_ref(set), .message = STR("header.claims")};
        for (int k = 0; k < 3; k++)
            jobs[i].signatures[k] = str_make(
                (char *)raw[k], i ? jobs[0].signatures[k].len
                                  : test_signature(&keys[k], jobs[0].message, raw[k], NULL));
    }
    key_set_unref(&set); /* the last thread frees it */
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, verify_often, &jobs[i]) != 0)
            abort();
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        is_int(jobs[i].right, ROUNDS, "thread %d verified all", i);
    }
}

int main(void)
{
    rsa = test_key_new("rsa", ALGORITHM_RS256, 2048);
    rsa_small = test_key_new("small", ALGORITHM_RS256, 1024);
    pss = (struct test_key){.kid = "pss", .algorithm = ALGORITHM_PS256, .pkey = rsa.pkey};
    ec = test_key_new("ec", ALGORITHM_ES256, 0);
    ed = test_key_new("ed", ALGORITHM_EDDSA, 0);

    knows_algorithms();
    chooses_keys();
    refuses_sets();
    bounds_sets();
    judges_exponents();
    finds_keys();
    verifies(&rsa);
    verifies(&pss);
    verifies(&ec);
    verifies(&ed);
    refuses_numbers_out_of_range();
    refuses_other_salts();
    is_shared_between_threads();

    test_key_free(&rsa);
    test_key_free(&rsa_small);
    test_key_free(&ec);
    test_key_free(&ed);
    return done_testing();
}
