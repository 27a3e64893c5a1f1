/* SPDX-License-Identifier: MIT */
/* The sandbox's citizens are whole and synthetic, each has a story, and a demo token of each is one
 * that the gateway's own verification and libjwt both take. */
#include "adapters/sandbox/demo_token.h"

#include <jwt.h>
#include <stdio.h>
#include <unistd.h>

#include "adapters/sandbox/data.h"
#include "identity/token.h"
#include "tests/tap.h"
#include "tests/tokens.h"

#define NOW_S INT64_C(1800000000)
static const struct wall now = {NOW_S * 1000, true};

static const char *text(const json_t *citizen, const char *name)
{
    const char *value = json_string_value(json_object_get(citizen, name));
    return value ? value : "";
}

static json_t *citizens_load(void)
{
    char folder[4096], why[DATA_WHY_MAX] = "";
    const char *root = getenv("OVERBLIK_ROOT");
    snprintf(folder, sizeof folder, "%s/adapters/sandbox", root ? root : ".");
    json_t *citizens = sandbox_citizens_load(folder, why);
    ok(citizens, "citizens.json is read%s%s", why[0] ? ": " : "", why);
    return citizens;
}

static void test_stories(const json_t *citizens)
{
    static const char *const ids[] = {"jens",   "clara",   "mads",   "amina", "nikolaj", "mette",
                                      "soeren", "else",    "karen",  "peter", "lone",    "omar",
                                      "ida",    "aqqaluk", "birthe", "vera"};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        const json_t *citizen = sandbox_citizen_by_id(citizens, str_of(ids[i]));
        ok(text(citizen, "story_da")[0] && text(citizen, "story_en")[0],
           "%s has a story in both languages", ids[i]);
    }
    ok(!sandbox_citizen_by_id(citizens, STR("jen")), "nobody else is found");
}

static void test_persons(const json_t *citizens)
{
    int levels[LEVEL_HIGH + 1] = {0};
    for (size_t i = 0; i < json_array_size(citizens); i++) {
        const json_t *citizen = json_array_get(citizens, i);
        const char *id = text(citizen, "id"), *number = text(citizen, "cpr");
        struct cpr cpr;
        char birth[DATE_TEXT] = "";
        bool is_number = cpr_parse(str_of(number), &cpr);
        ok(is_number && number[0] >= '6', "%s has a replacement number", id);
        if (is_number)
            date_format(cpr_birth(&cpr), birth);
        is_str(text(citizen, "birth"), birth, "%s was born when the number says", id);
        ok(level_parse(str_of(text(citizen, "level"))) != LEVEL_NONE, "%s has a level", id);
        levels[level_parse(str_of(text(citizen, "level")))]++;
        ok(json_array_size(json_object_get(citizen, "municipalities")) > 0, "%s lives somewhere",
           id);
        for (size_t j = 0; j < i; j++)
            if (strcmp(text(json_array_get(citizens, j), "cpr"), number) == 0 ||
                strcmp(text(json_array_get(citizens, j), "uuid"), text(citizen, "uuid")) == 0)
                ok(false, "%s shares a number with somebody", id);
    }
    ok(levels[LEVEL_LOW] && levels[LEVEL_SUBSTANTIAL] && levels[LEVEL_HIGH],
       "each level of assurance has somebody");
}

static void write_key(const char *folder, const struct test_key *key)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.key", folder, key->kid);
    char *pem = test_key_pem(key, true);
    FILE *file = fopen(path, "w");
    if (!file || fputs(pem, file) < 0 || fclose(file))
        abort();
    free(pem);
}

static struct token_profile profile(void)
{
    static const struct str audiences[] = {STR_INIT("demo-portal")};
    static const struct str level_claims[] = {STR_INIT("loa"), STR_INIT("ial"), STR_INIT("aal")};
    return (struct token_profile){
        .name = STR("demo"),
        .issuer = STR("https://localhost:1"),
        .algorithms = ALGORITHM_RS256 | ALGORITHM_ES256,
        .audiences = audiences,
        .audience_count = 1,
        .audience_is_client = true,
        .cpr_claim = STR("dk.cpr"),
        .name_claim = STR("mitid.identity_name"),
        .level_claims = level_claims,
        .level_claim_count = 3,
        .scheme_claim = STR("idp"),
        .protected_suffix = STR("NAVNE & ADRESSEBESKYTTET"),
    };
}

/* The gateway's opinion of a citizen's token. */
static void test_verified(const json_t *person, const char *token, struct key_set *keys,
                          const char *alg)
{
    struct token_profile demo = profile();
    struct token_issuer issuer = {&demo, keys};
    struct arena *arena = arena_new(1 << 20);
    const struct citizen *citizen = NULL;
    const char *id = text(person, "id");
    enum token_fault fault = token_verify(str_of(token), &issuer, 1, now, arena, &citizen, NULL);
    is_str(token_fault_code(fault).at, "ok", "%s, %s: the gateway takes the token", id, alg);
    if (fault == TOKEN_OK) {
        bool hidden = json_is_true(json_object_get(person, "address_protection"));
        struct str name = citizen_name(citizen);
        ok(str_equal(cpr_str(citizen_subject(citizen)), str_of(text(person, "cpr"))),
           "%s, %s: and reads the number", id, alg);
        ok(hidden ? !name.at : str_equal(name, str_of(text(person, "name"))),
           "%s, %s: and the name unless it is protected", id, alg);
        is_int(citizen_level(citizen), level_parse(str_of(text(person, "level"))),
               "%s, %s: and the level", id, alg);
    }
    arena_free(&arena);
}

static void test_tokens(const json_t *citizens, const char *folder, const struct test_key keys[2],
                        struct key_set *set)
{
    static const char *const algs[] = {"RS256", "ES256"};
    for (size_t i = 0; i < json_array_size(citizens); i++) {
        const json_t *citizen = json_array_get(citizens, i);
        const char *alg = algs[i % 2];
        char *token = NULL;
        if (!ok(demo_token_make(folder, citizen, "https://localhost:1", "demo-portal", alg, now,
                                300, 0, &token),
                "%s gets a token", text(citizen, "id")))
            continue;
        test_verified(citizen, token, set, alg);
        char *pem = test_key_pem(&keys[i % 2], false);
        jwt_t *jwt = NULL;
        ok(jwt_decode(&jwt, token, (unsigned char *)pem, (int)strlen(pem)) == 0 &&
               strcmp(jwt_get_grant(jwt, "dk.cpr"), text(citizen, "cpr")) == 0,
           "%s, %s: libjwt takes it too", text(citizen, "id"), alg);
        jwt_free(jwt);
        free(pem);
        free(token);
    }
}

static void test_refused(const json_t *citizens, const char *folder, struct key_set *set)
{
    const json_t *jens = sandbox_citizen_by_id(citizens, STR("jens"));
    struct token_profile demo = profile();
    struct token_issuer issuer = {&demo, set};
    struct arena *arena = arena_new(1 << 20);
    const struct citizen *citizen = NULL;
    char *token = NULL;
    ok(demo_token_make(folder, jens, "https://localhost:1", "demo-portal", "ES256", now, -300, 0,
                       &token),
       "a token can be old at birth");
    is_str(token_fault_code(token_verify(str_of(token), &issuer, 1, now, arena, &citizen, NULL)).at,
           "exp", "and is refused for that");
    free(token);
    json_t *nobody = json_pack("{s:s}", "id", "nobody");
    ok(!demo_token_make(folder, jens, "i", "a", "HS256", now, 300, 0, &token) && !token,
       "other algorithms are refused");
    ok(!demo_token_make("/nonexistent", jens, "i", "a", "RS256", now, 300, 0, &token) && !token,
       "without keys there is no token");
    ok(!demo_token_make(folder, nobody, "i", "a", "RS256", now, 300, 0, &token) && !token,
       "and none for half a person");
    json_decref(nobody);
    arena_free(&arena);
}

int main(void)
{
    char folder[] = "/tmp/sandbox_citizens.XXXXXX", path[128];
    if (!mkdtemp(folder))
        abort();
    struct test_key keys[2] = {test_key_new("token-rs256", ALGORITHM_RS256, 2048),
                               test_key_new("token-es256", ALGORITHM_ES256, 0)};
    struct buf jwks;
    const char *why;
    struct key_set *set = key_set_parse(test_jwks(keys, 2, &jwks), &why);
    json_t *citizens = citizens_load();
    test_stories(citizens);
    test_persons(citizens);
    for (int i = 0; i < 2; i++)
        write_key(folder, &keys[i]);
    test_tokens(citizens, folder, keys, set);
    test_refused(citizens, folder, set);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s.key", folder, keys[i].kid);
        unlink(path);
        test_key_free(&keys[i]);
    }
    rmdir(folder);
    key_set_unref(&set);
    buf_clear(&jwks);
    json_decref(citizens);
    return done_testing();
}
