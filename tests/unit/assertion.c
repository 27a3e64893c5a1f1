/* SPDX-License-Identifier: MIT */
#include "identity/assertion.h"

#include <jansson.h>
#include <jwt.h>
#include <unistd.h>

#include "identity/citizen_make.h"
#include "tests/tap.h"
#include "tests/tokens.h"

enum { NOW_S = 1800000000 };

static const struct str audiences[] = {STR_INIT("kommuner.sager"), STR_INIT("udk.ydelser")};

/* A private key in a file of its own; returns the signer made of it. */
static struct assertion_signer *signer_of(const char *pem, const char **why)
{
    char path[] = "/tmp/assertion-key-XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");
    fputs(pem, file);
    fclose(file);
    struct assertion_signer *signer = assertion_signer_new(path, why);
    unlink(path);
    return signer;
}

static struct assertion_spec spec_of(const struct assertion_signer *signer)
{
    return (struct assertion_spec){
        .issuer = STR("https://overblik.example"),
        .kid = assertion_signer_kid(signer),
        .audiences = audiences,
        .audience_count = 2,
        .jti = STR("0199aaaa-0000-7000-8000-000000000001"),
        .certificate = STR("bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"),
        .pairwise_key = STR("0123456789abcdef0123456789abcdef"),
        .now = wall_of_unix(NOW_S),
    };
}

static const struct citizen *anna(struct arena *arena, const char *actor, enum level level)
{
    struct citizen_facts facts = {.subject = {"6101709995"}, .level = level};
    if (actor)
        memcpy(facts.actor.digits, actor, sizeof facts.actor.digits);
    return citizen_make(arena, &facts);
}

/* Parts of a token, decoded; the caller frees. */
static json_t *part_of(struct str token, int index)
{
    struct str rest = token, part = STR_NONE;
    char json[16384];
    size_t len = 0;
    for (int i = 0; i <= index; i++)
        part = str_split(&rest, '.');
    return base64url_decode(part, json, &len) ? json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL)
                                              : NULL;
}

static const char *text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static void says_what_sources_need(struct assertion_signer *signer)
{
    struct arena *arena = arena_new(65536);
    struct assertion_spec spec = spec_of(signer);
    const struct citizen *citizen = anna(arena, "6202909996", LEVEL_SUBSTANTIAL);
    struct str token = assertion_make(arena, &spec, citizen, assertion_signer_sign, signer);
    json_t *header = part_of(token, 0), *claims = part_of(token, 1);
    if (ok(header && claims, "a token of JSON")) {
        json_t *aud = json_object_get(claims, "aud");
        is_str(text(header, "alg"), "ES256", "alg");
        is_bytes(text(header, "kid"), 43, spec.kid.at, spec.kid.len, "kid");
        is_str(text(claims, "iss"), "https://overblik.example", "iss");
        is_int((long long)json_array_size(aud), 2, "aud is an array");
        is_str(json_string_value(json_array_get(aud, 1)), "udk.ydelser", "of sources");
        is_int(json_integer_value(json_object_get(claims, "iat")), NOW_S, "iat");
        is_int(json_integer_value(json_object_get(claims, "exp")), NOW_S + 60, "exp");
        is_str(text(claims, "jti"), "0199aaaa-0000-7000-8000-000000000001", "jti");
        is_str(text(claims, "acr"), "https://data.gov.dk/concept/core/nsis/Substantial", "acr");
        ok(json_is_true(json_object_get(claims, "on_behalf")), "on behalf of another");
        is_str(text(json_object_get(claims, "cnf"), "x5t#S256"),
               "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2", "cnf");
        is_int((long long)json_object_size(claims), 9, "and nothing else");
        char *all = json_dumps(claims, 0);
        ok(!strstr(all, "6101709995") && !strstr(all, "6202909996"), "no number in it");
        free(all);
    }
    json_decref(header);
    json_decref(claims);

    spec.certificate = STR_NONE;
    token =
        assertion_make(arena, &spec, anna(arena, NULL, LEVEL_NONE), assertion_signer_sign, signer);
    claims = part_of(token, 1);
    ok(claims && !json_object_get(claims, "cnf"), "no cnf without a certificate");
    ok(claims && !json_object_get(claims, "acr"), "no acr without a level");
    ok(json_is_false(json_object_get(claims, "on_behalf")), "nobody else's");
    json_decref(claims);
    arena_free(&arena);
}

static void speaks_for_itself(struct assertion_signer *signer)
{
    struct arena *arena = arena_new(65536);
    struct assertion_spec spec = spec_of(signer);
    spec.pairwise_key = STR_NONE;
    struct str token = assertion_make(arena, &spec, NULL, assertion_signer_sign, signer);
    json_t *claims = part_of(token, 1);
    is_str(text(claims, "sub"), text(claims, "iss"),
           "on nobody's behalf the gateway is the subject");
    ok(claims && !json_object_get(claims, "acr") && !json_object_get(claims, "on_behalf"),
       "nobody has logged in, and nothing is on behalf");
    is_str(text(json_object_get(claims, "cnf"), "x5t#S256"), spec.certificate.at,
           "bound to the certificate all the same");
    json_decref(claims);
    arena_free(&arena);
}

static void names_citizens_by_pseudonym(struct assertion_signer *signer)
{
    struct arena *arena = arena_new(65536);
    struct assertion_spec spec = spec_of(signer);
    struct citizen_facts other = {.subject = {"6202909996"}};
    const struct citizen *citizens[] = {anna(arena, NULL, LEVEL_HIGH),
                                        anna(arena, "6202909996", LEVEL_LOW),
                                        citizen_make(arena, &other)};
    char subs[4][65];
    for (int i = 0; i < 4; i++) {
        if (i == 3)
            spec.pairwise_key = STR("another key of thirty-two bytes!");
        struct str token =
            assertion_make(arena, &spec, citizens[i % 3], assertion_signer_sign, signer);
        json_t *claims = part_of(token, 1);
        snprintf(subs[i], sizeof subs[i], "%s", text(claims, "sub"));
        json_decref(claims);
    }
    is_int((long long)strlen(subs[0]), 64, "sub is 64 hex digits");
    is_str(subs[0], subs[1], "the same citizen has the same, whoever asks");
    ok(strcmp(subs[0], subs[2]) != 0, "another has another");
    ok(strcmp(subs[0], subs[3]) != 0, "another key gives another");
    /* HMAC-SHA-256 of "6101709995", computed with Python's hmac module. */
    is_str(subs[0], "bf5b28f1e22b39b84a24e9a111904dce71603a8e027c37956445b63b0f0ef49c",
           "as computed elsewhere");
    arena_free(&arena);
}

/* RFC 7638 from the published key: jansson sorts, we digest. */
static void kid_is_the_thumbprint(struct assertion_signer *signer)
{
    static const char *const members[] = {"crv", "kty", "x", "y"};
    struct buf jwks;
    unsigned char digest[32];
    char encoded[BASE64URL_LENGTH(32)];
    buf_init(&jwks, 4096);
    assertion_signer_jwks(signer, &jwks);
    json_t *root = json_loadb(jwks.at, jwks.len, 0, NULL), *required = json_object();
    json_t *jwk = json_array_get(json_object_get(root, "keys"), 0);
    for (size_t i = 0; i < 4; i++)
        json_object_set(required, members[i], json_object_get(jwk, members[i]));
    char *json = json_dumps(required, JSON_COMPACT | JSON_SORT_KEYS);
    EVP_Q_digest(NULL, "SHA256", NULL, json, strlen(json), digest, NULL);
    struct str want = base64url_encode(digest, sizeof digest, encoded);
    struct str kid = assertion_signer_kid(signer);
    is_bytes(kid.at, kid.len, want.at, want.len, "the kid is the key's thumbprint");
    free(json);
    json_decref(required);
    json_decref(root);
    buf_clear(&jwks);
}

static void verifies_elsewhere(struct assertion_signer *signer, const struct test_key *key)
{
    struct arena *arena = arena_new(65536);
    struct assertion_spec spec = spec_of(signer);
    struct buf jwks;
    const char *why = "";
    buf_init(&jwks, 4096);
    assertion_signer_jwks(signer, &jwks);
    struct key_set *set = key_set_parse(buf_str(&jwks), &why);
    ok(set && key_set_count(set) == 1, "the published set holds one key");
    const struct key *found = set ? key_set_find(set, assertion_signer_kid(signer)) : NULL;
    ok(found && key_algorithms(found) == ALGORITHM_ES256, "found by its kid, for ES256 alone");

    char *pem = test_key_pem(key, false);
    int right = 0, by_libjwt = 0, rounds = 300; /* so that short r and s come by */
    for (int i = 0; found && i < rounds; i++) {
        spec.now = wall_of_unix(NOW_S + i);
        struct str token = assertion_make(arena, &spec, anna(arena, NULL, LEVEL_HIGH),
                                          assertion_signer_sign, signer);
        size_t dot = token.len;
        while (dot && token.at[dot - 1] != '.')
            dot--;
        char signature[64];
        size_t len = 0;
        right +=
            base64url_decode(str_skip(token, dot), signature, &len) && len == 64 &&
            key_verify(found, ALGORITHM_ES256, str_head(token, dot - 1), str_make(signature, len));
        jwt_t *jwt = NULL;
        by_libjwt += jwt_decode(&jwt, token.at, (unsigned char *)pem, (int)strlen(pem)) == 0;
        jwt_free(jwt);
        arena_reset(arena);
    }
    is_int(right, rounds, "%d tokens verify by the published set", rounds);
    is_int(by_libjwt, rounds, "and by libjwt");
    free(pem);
    key_set_unref(&set);
    buf_clear(&jwks);
    arena_free(&arena);
}

static bool refuse_to_sign(void *ctx, struct str bytes, unsigned char signature[64])
{
    (void)bytes;
    memset(signature, 0, 64);
    ++*(int *)ctx;
    return false;
}

static void fails_as_a_whole(struct assertion_signer *signer)
{
    struct arena *arena = arena_new(65536), *small = arena_new(200);
    struct assertion_spec spec = spec_of(signer);
    const struct citizen *citizen = anna(arena, NULL, LEVEL_HIGH);
    int asked = 0;
    ok(!assertion_make(arena, &spec, citizen, refuse_to_sign, &asked).at, "nothing unsigned");
    is_int(asked, 1, "the signer was asked once");
    ok(!assertion_make(small, &spec, citizen, assertion_signer_sign, signer).at,
       "nothing into a full arena");
    struct str many[800];
    for (size_t i = 0; i < 800; i++)
        many[i] = STR("a source with a long id");
    spec.audiences = many;
    spec.audience_count = 800;
    ok(!assertion_make(arena, &spec, citizen, refuse_to_sign, &asked).at, "nothing without end");
    is_int(asked, 1, "and it is not signed");
    arena_free(&arena);
    arena_free(&small);
}

static void refuses_other_keys(void)
{
    struct test_key rsa = test_key_new("a", ALGORITHM_RS256, 2048);
    struct test_key ed = test_key_new("a", ALGORITHM_EDDSA, 0);
    struct test_key p384 = {.kid = "a", .pkey = EVP_EC_gen("P-384")};
    char *rsa_pem = test_key_pem(&rsa, true), *ed_pem = test_key_pem(&ed, true);
    char *p384_pem = test_key_pem(&p384, true), *public_pem = test_key_pem(&p384, false);
    const struct {
        const char *name, *pem, *why;
    } rows[] = {
        {"RSA", rsa_pem, "P-256"},           {"Ed25519", ed_pem, "P-256"},
        {"P-384", p384_pem, "P-256"},        {"a public key", public_pem, "no private key"},
        {"no PEM", "key", "no private key"}, {"empty", "", "no private key"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *why = "(none)";
        struct assertion_signer *signer = signer_of(rows[i].pem, &why);
        ok(!signer && strstr(why, rows[i].why), "key file: %s: %s", rows[i].name, why);
        assertion_signer_free(&signer);
    }
    const char *why = "(none)";
    ok(!assertion_signer_new("/nonexistent/key", &why) && strstr(why, "opened"), "absent: %s", why);
    free(rsa_pem);
    free(ed_pem);
    free(p384_pem);
    free(public_pem);
    test_key_free(&rsa);
    test_key_free(&ed);
    test_key_free(&p384);
}

/* Encrypted PEM must fail and not wait for somebody at the terminal. */
static void asks_for_no_passphrase(const struct test_key *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *at = NULL, passphrase[] = "secret";
    PEM_write_bio_PrivateKey(bio, key->pkey, EVP_aes_128_cbc(), (unsigned char *)passphrase, 6,
                             NULL, NULL);
    long len = BIO_get_mem_data(bio, &at);
    char *pem = calloc(1, (size_t)len + 1); /* `at` is not terminated */
    memcpy(pem, at, (size_t)len);
    const char *why = "(none)";
    struct assertion_signer *signer = signer_of(pem, &why);
    ok(!signer && strstr(why, "passphrase"), "encrypted: %s", why);
    assertion_signer_free(&signer);
    free(pem);
    BIO_free(bio);
}

int main(void)
{
    struct test_key key = test_key_new("a", ALGORITHM_ES256, 0);
    char *pem = test_key_pem(&key, true);
    const char *why = "(none)";
    struct assertion_signer *signer = signer_of(pem, &why);
    if (ok(signer, "a signer: %s", why)) {
        says_what_sources_need(signer);
        speaks_for_itself(signer);
        names_citizens_by_pseudonym(signer);
        kid_is_the_thumbprint(signer);
        verifies_elsewhere(signer, &key);
        fails_as_a_whole(signer);
    }
    refuses_other_keys();
    asks_for_no_passphrase(&key);
    assertion_signer_free(&signer);
    ok(!signer, "freed");
    free(pem);
    test_key_free(&key);
    return done_testing();
}
