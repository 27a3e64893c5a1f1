/* SPDX-License-Identifier: MIT */
/* The payloads that real brokers' test environments issued, signed again here (once by OpenSSL,
 * once by libjwt as a second opinion), under the profile that each broker needs. Their personal
 * numbers are turned into replacement numbers on load. */
#include <jansson.h>
#include <jwt.h>
#include <unistd.h>

#include "identity/token.h"
#include "tests/tap.h"
#include "tests/tokens.h"

#define FOLDER "samples/tokens"

static const struct str nets_audiences[] = {STR_INIT("{{NEB_PP_CLIENT_ID}}")};
static const struct str nets_levels[] = {STR_INIT("loa"), STR_INIT("ial"), STR_INIT("aal")};
static const struct str idura_audiences[] = {STR_INIT("urn:criipto:samples:criipto-jwt-viewer")};
static const struct str idura_levels[] = {STR_INIT("loA"), STR_INIT("ial"), STR_INIT("aal")};

static const struct token_profile nets = {
    .issuer = STR_INIT("https://pp.netseidbroker.dk/op"),
    .algorithms = ALGORITHM_RS256 | ALGORITHM_ES256,
    .audiences = nets_audiences,
    .audience_count = 1,
    .audience_is_client = true,
    .cpr_claim = STR_INIT("dk.cpr"),
    .name_claim = STR_INIT("mitid.identity_name"),
    .level_claims = nets_levels,
    .level_claim_count = 3,
    .scheme_claim = STR_INIT("idp"),
    .protected_suffix = STR_INIT("NAVNE & ADRESSEBESKYTTET"),
};

#define IDURA                                                                                      \
    .issuer = STR_INIT("https://samples.criipto.id"),                                              \
    .algorithms = ALGORITHM_RS256 | ALGORITHM_ES256, .audiences = idura_audiences,                 \
    .audience_count = 1, .audience_is_client = true, .cpr_claim = STR_INIT("cprNumberIdentifier"), \
    .name_claim = STR_INIT("name"), .level_claims = idura_levels, .level_claim_count = 3,          \
    .scheme_claim = STR_INIT("identityscheme")

static const struct token_profile idura = {IDURA};
static const struct token_profile idura_archive = {IDURA,
                                                   .nemid_until = {INT64_C(1698793200000), true}};

static const struct {
    const char *file;
    const struct token_profile *profile;
    const char *more; /* members that the recording lacks */
    int64_t now_s;
    enum token_fault want;
    enum level level;
    bool has_name;
} rows[] = {
    {"neb_userinfo_token.payload.json", &nets, "{}", 1788126800, TOKEN_OK, LEVEL_SUBSTANTIAL, true},
    {"neb_userinfo_token.payload.json", &nets,
     "{\"mitid.identity_name\":\"NAVNE & ADRESSEBESKYTTET\"}", 1788126800, TOKEN_OK,
     LEVEL_SUBSTANTIAL, false},
    {"neb_userinfo_token.payload.json", &nets, "{}", 1788127079, TOKEN_EXPIRED, LEVEL_NONE, false},
    {"neb_id_token.payload.json", &nets, "{}", 1788126800, TOKEN_NO_CPR, LEVEL_NONE, false},
    {"neb_access_token.payload.json", &nets, "{}", 1788126800, TOKEN_AUDIENCE, LEVEL_NONE, false},
    {"criipto_mitid_citizen.json", &idura, "{}", 1669801200, TOKEN_OK, LEVEL_LOW, true},
    {"criipto_mitid_citizen.json", &nets, "{}", 1669801200, TOKEN_ISSUER, LEVEL_NONE, false},
    {"criipto_nemid_poces.json", &idura, "{}", 1669816100, TOKEN_NEMID, LEVEL_NONE, false},
    {"criipto_nemid_poces.json", &idura_archive, "{}", 1669816100, TOKEN_OK, LEVEL_SUBSTANTIAL,
     true},
    {"idura_mitid_citizen.payload.json", &idura,
     "{\"iss\":\"https://samples.criipto.id\",\"exp\":1788127049,\"iat\":1788126749,"
     "\"aud\":\"urn:criipto:samples:criipto-jwt-viewer\"}",
     1788126800, TOKEN_OK, LEVEL_NONE, true},
    {"idura_mitid_citizen.payload.json", &idura,
     "{\"iss\":\"https://samples.criipto.id\",\"exp\":1788127049,\"loA\":\"HIGH\","
     "\"ial\":\"HIGH\",\"aal\":\"SUBSTANTIAL\","
     "\"aud\":[\"urn:criipto:samples:criipto-jwt-viewer\"]}",
     1788126800, TOKEN_OK, LEVEL_SUBSTANTIAL, true},
};

/* Day + 60, unless it is a replacement number already. */
static void replace_number(json_t *payload, const char *claim)
{
    json_t *number = json_object_get(payload, claim);
    if (!number || json_string_length(number) != CPR_DIGITS || json_string_value(number)[0] >= '6')
        return;
    char text[CPR_DIGITS + 1];
    memcpy(text, json_string_value(number), sizeof text);
    text[0] = (char)(text[0] + 6);
    json_object_set_new(payload, claim, json_string(text));
}

static json_t *load(const char *folder, const char *file, const char *more)
{
    char path[8192];
    json_error_t error;
    snprintf(path, sizeof path, "%s/%s", folder, file);
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    json_t *payload = json_object_get(root, "payload");
    payload = json_incref(payload ? payload : root);
    json_t *members = json_loads(more, 0, NULL);
    json_object_update(payload, members);
    json_decref(members);
    json_decref(root);
    replace_number(payload, "dk.cpr");
    replace_number(payload, "cprNumberIdentifier");
    return payload;
}

static struct str sign_by_libjwt(struct arena *arena, const struct test_key *key,
                                 const char *claims)
{
    jwt_t *jwt = NULL;
    char *pem = test_key_pem(key, true);
    jwt_alg_t algorithm = key->algorithm == ALGORITHM_RS256 ? JWT_ALG_RS256 : JWT_ALG_ES256;
    if (jwt_new(&jwt) || jwt_set_alg(jwt, algorithm, (unsigned char *)pem, (int)strlen(pem)) ||
        jwt_add_header(jwt, "kid", key->kid) || jwt_add_grants_json(jwt, claims))
        abort();
    char *text = jwt_encode_str(jwt);
    struct str token = arena_copy(arena, str_of(text));
    free(text);
    jwt_free(jwt);
    free(pem);
    return token;
}

static void judge(size_t i, const char *signer, struct str token, struct key_set *keys,
                  struct str name)
{
    struct arena *arena = arena_new(65536);
    struct token_issuer issuer = {rows[i].profile, keys};
    const struct citizen *citizen;
    enum token_fault fault =
        token_verify(token, &issuer, 1, wall_of_unix(rows[i].now_s), arena, &citizen, NULL);
    is_bytes(token_fault_code(fault).at, token_fault_code(fault).len,
             token_fault_code(rows[i].want).at, token_fault_code(rows[i].want).len, "%s by %s",
             rows[i].file, signer);
    if (fault == TOKEN_OK) {
        is_int(citizen_level(citizen), rows[i].level, "its level");
        ok(str_equal(citizen_name(citizen), rows[i].has_name ? name : STR_NONE), "its name");
        ok(cpr_str(citizen_subject(citizen)).at[0] >= '6', "its replacement number");
        ok(str_equal(citizen_portal(citizen), rows[i].profile->audiences[0]), "its portal");
    }
    arena_free(&arena);
}

int main(void)
{
    char folder[4096];
    const char *reference = getenv("OVERBLIK_REFERENCE"), *root = getenv("OVERBLIK_ROOT");
    if (reference)
        snprintf(folder, sizeof folder, "%s/" FOLDER, reference);
    else
        snprintf(folder, sizeof folder, "%s/../shared/reference/" FOLDER, root ? root : ".");
    if (access(folder, R_OK) != 0)
        skip_all("the reference folder is absent");

    struct test_key signers[] = {test_key_new("rsa", ALGORITHM_RS256, 2048),
                                 test_key_new("ec", ALGORITHM_ES256, 0)};
    struct buf jwks;
    const char *why;
    struct key_set *keys = key_set_parse(test_jwks(signers, 2, &jwks), &why);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_new(65536);
        json_t *payload = load(folder, rows[i].file, rows[i].more);
        struct str name =
            str_of(json_string_value(json_object_get(payload, rows[i].profile->name_claim.at)));
        char *claims = json_dumps(payload, JSON_COMPACT);
        if (ok(claims, "%s: loaded", rows[i].file))
            for (size_t k = 0; k < 2; k++) {
                const struct test_key *key = &signers[k];
                struct str header = test_header(arena, key);
                judge(i, "OpenSSL", test_token(arena, key, header, str_of(claims)), keys, name);
                judge(i, "libjwt", sign_by_libjwt(arena, key, claims), keys, name);
            }
        free(claims);
        json_decref(payload);
        arena_free(&arena);
    }
    key_set_unref(&keys);
    buf_clear(&jwks);
    for (size_t k = 0; k < 2; k++)
        test_key_free(&signers[k]);
    return done_testing();
}
