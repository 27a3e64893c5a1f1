/* SPDX-License-Identifier: MIT */
/* What an authority of the sandbox takes as the gateway's token, and what not. Tokens are signed
 * here; libjwt signs one as well, as a second opinion. */
#include "adapters/sandbox/bearer.h"

#include <jwt.h>
#include <unistd.h>

#include "identity/assertion.h"
#include "identity/citizen_make.h"
#include "tests/tap.h"
#include "tests/tokens.h"

#define NOW   1800000000
#define X5T   "CjBSPW7lLCRUVhX7nYYeDNDSJ4WmLyKYj9ZaEO3sM_8"
#define HEX   "0a30523d6ee52c24545615fb9d861e0cd0d22785a62f22988fd65a10edec33ff"
#define ISS   "\"iss\":\"https://overblik.example\","
#define AUD   "\"aud\":[\"star.ydelser\",\"atp.pension\"],"
#define TIMES "\"iat\":1800000000,\"exp\":1800000060,"
#define CNF   "\"cnf\":{\"x5t#S256\":\"" X5T "\"}"

static struct arena *arena;
static struct test_key key, other;

static struct sandbox_bearer demand = {
    .issuer = STR_INIT("https://overblik.example"),
    .sources = STR_INIT("atp."),
    .certificate = STR_INIT(HEX),
    .now = {NOW * INT64_C(1000), true},
};

static struct key_set *set_of(const struct test_key *keys, size_t count)
{
    struct buf jwks;
    const char *why;
    struct key_set *set = key_set_parse(test_jwks(keys, count, &jwks), &why);
    buf_clear(&jwks);
    return set;
}

static struct str authorization(struct str token)
{
    return arena_format(arena, "Bearer %.*s", STR_ARG(token));
}

static struct str sign(const char *header, const char *claims)
{
    return authorization(test_token(arena, &key, str_of(header), str_of(claims)));
}

/* What is not looked at is forgiven, and nothing else. */
static void test_pardons(void)
{
#define HIGH "\"acr\":\"https://data.gov.dk/concept/core/nsis/High\","
#define LOW  "\"acr\":\"https://data.gov.dk/concept/core/nsis/Low\","
    static const struct {
        enum sandbox_pardon pardon;
        const char *claims, *what;
    } table[] = {
        {PARDON_EXPIRY, "{" ISS AUD HIGH "\"iat\":1799999000,\"exp\":1799999060," CNF "}",
         "expiry"},
        {PARDON_AUDIENCE, "{" ISS "\"aud\":[\"star.ydelser\"]," HIGH TIMES CNF "}", "audience"},
        {PARDON_BINDING, "{" ISS AUD HIGH TIMES "\"cnf\":{}}", "binding"},
        {PARDON_LEVEL, "{" ISS AUD LOW TIMES CNF "}", "a low level"},
        {PARDON_LEVEL, "{" ISS AUD TIMES CNF "}", "no level"},
    };
    struct sandbox_bearer strict = demand;
    strict.level = LEVEL_SUBSTANTIAL;
    ok(!sandbox_bearer_refuse(&strict, sign("{\"alg\":\"ES256\"}", "{" ISS AUD HIGH TIMES CNF "}")),
       "a higher level is enough");
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct str token = sign("{\"alg\":\"ES256\"}", table[i].claims);
        strict.pardons = ~(unsigned)table[i].pardon;
        ok(sandbox_bearer_refuse(&strict, token), "%s: all else is no help", table[i].what);
        strict.pardons = table[i].pardon;
        ok(!sandbox_bearer_refuse(&strict, token), "%s is forgiven", table[i].what);
    }
    struct str forged = authorization(
        test_token(arena, &other, STR("{\"alg\":\"ES256\"}"), STR("{" ISS AUD HIGH TIMES CNF "}")));
    strict.pardons = 0;
    ok(sandbox_bearer_refuse(&strict, forged), "another key is refused");
    strict.pardons = PARDON_SIGNATURE;
    ok(!sandbox_bearer_refuse(&strict, forged), "another key is forgiven");
    strict.pardons = PARDON_ABSENCE;
    ok(!sandbox_bearer_refuse(&strict, STR_NONE), "no token is forgiven");
}

static void test_claims(void)
{
    static const struct {
        const char *claims, *what;
        bool good;
    } table[] = {
        {"{" ISS AUD TIMES CNF "}", "a token of the gateway", true},
        {"{" ISS AUD "\"iat\":1799999940,\"exp\":1799999997," CNF "}", "expired within leeway",
         true},
        {"{" ISS AUD "\"iat\":1800000004,\"exp\":1800000060," CNF "}", "a fast clock", true},
        {"{" AUD TIMES CNF "}", "no iss", false},
        {"{\"iss\":\"https://overblik.example/\"," AUD TIMES CNF "}", "another iss", false},
        {"{\"iss\":[\"https://overblik.example\"]," AUD TIMES CNF "}", "iss as array", false},
        {"{" ISS TIMES CNF "}", "no aud", false},
        {"{" ISS "\"aud\":\"atp.pension\"," TIMES CNF "}", "aud as text", false},
        {"{" ISS "\"aud\":[]," TIMES CNF "}", "aud empty", false},
        {"{" ISS "\"aud\":[\"star.ydelser\"]," TIMES CNF "}", "aud of another", false},
        {"{" ISS "\"aud\":[\"xatp.pension\",7,null]," TIMES CNF "}", "aud almost", false},
        {"{" ISS AUD "\"iat\":1800000000," CNF "}", "no exp", false},
        {"{" ISS AUD "\"exp\":1800000060," CNF "}", "no iat", false},
        {"{" ISS AUD "\"iat\":1800000000,\"exp\":\"1800000060\"," CNF "}", "exp as text", false},
        {"{" ISS AUD "\"iat\":1800000000,\"exp\":1800000060.5," CNF "}", "exp as float", false},
        {"{" ISS AUD "\"iat\":1799999900,\"exp\":1799999960," CNF "}", "expired", false},
        {"{" ISS AUD "\"iat\":1800000030,\"exp\":1800000090," CNF "}", "of the future", false},
        {"{" ISS AUD "\"iat\":1800000000,\"exp\":1800003600," CNF "}", "too long a life", false},
        {"{" ISS AUD "\"iat\":1800000000,\"exp\":1800000060}", "no cnf", false},
        {"{" ISS AUD TIMES "\"cnf\":\"" X5T "\"}", "cnf as text", false},
        {"{" ISS AUD TIMES "\"cnf\":{\"x5t#S256\":\"\"}}", "cnf empty", false},
        {"{" ISS AUD TIMES
         "\"cnf\":{\"x5t#S256\":\"DjBSPW7lLCRUVhX7nYYeDNDSJ4WmLyKYj9ZaEO3sM_8\"}}",
         "cnf of another certificate", false},
        {"{" ISS AUD TIMES "\"cnf\":{\"x5t#S256\":\"" HEX "\"}}", "cnf as hex", false},
        {"{" ISS ISS AUD TIMES CNF "}", "a member twice", false},
        {"["
         "{" ISS AUD TIMES CNF "}]",
         "an array", false},
        {"{" ISS AUD TIMES CNF, "cut", false},
        {"", "nothing", false},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const char *why =
            sandbox_bearer_refuse(&demand, sign("{\"alg\":\"ES256\"}", table[i].claims));
        ok(table[i].good ? !why : why && why[0], "%s: %s", table[i].what, why ? why : "taken");
    }
}

static void test_headers(void)
{
    static const struct {
        const char *header, *what;
        bool good;
    } table[] = {
        {"{\"alg\":\"ES256\",\"kid\":\"assertion\"}", "the key's name", true},
        {"{\"alg\":\"ES256\",\"kid\":\"thumbprint\"}", "another name of the only key", true},
        {"{\"alg\":\"none\"}", "none", false},
        {"{\"alg\":\"HS256\"}", "a symmetric algorithm", false},
        {"{\"alg\":\"es256\"}", "another spelling", false},
        {"{\"alg\":\"RS256\"}", "another algorithm", false},
        {"{}", "no algorithm", false},
        {"\"ES256\"", "no object", false},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const char *why =
            sandbox_bearer_refuse(&demand, sign(table[i].header, "{" ISS AUD TIMES CNF "}"));
        ok(table[i].good ? !why : why && why[0], "%s: %s", table[i].what, why ? why : "taken");
    }
}

static void test_shapes(void)
{
    struct str good =
        test_token(arena, &key, STR("{\"alg\":\"ES256\"}"), STR("{" ISS AUD TIMES CNF "}"));
    struct str foreign =
        test_token(arena, &other, STR("{\"alg\":\"ES256\"}"), STR("{" ISS AUD TIMES CNF "}"));
    const struct {
        struct str value;
        const char *what;
    } table[] = {
        {STR_NONE, "no field"},
        {STR(""), "an empty field"},
        {STR("Bearer"), "no token"},
        {STR("Bearer a.b"), "two parts"},
        {STR("Bearer .."), "three empty parts"},
        {arena_format(arena, "Basic %.*s", STR_ARG(good)), "another scheme"},
        {arena_format(arena, "Bearer %.*s.x", STR_ARG(good)), "four parts"},
        {arena_format(arena, "Bearer %.*s=", STR_ARG(good)), "padding"},
        {authorization(str_head(good, good.len - 4)), "a cut signature"},
        {authorization(foreign), "another key"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        ok(sandbox_bearer_refuse(&demand, table[i].value), "%s is refused", table[i].what);
    ok(!sandbox_bearer_refuse(&demand, authorization(good)), "the whole one is taken");
}

static void test_every_bit_counts(void)
{
    struct str good = sign("{\"alg\":\"ES256\"}", "{" ISS AUD TIMES CNF "}");
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int taken = 0;
    for (size_t i = sizeof "Bearer " - 1; i < good.len; i++) {
        char *at = (char *)(uintptr_t)good.at + i, before = *at;
        const char *place = strchr(alphabet, before);
        *at = place ? alphabet[(place - alphabet) ^ 32] : 'A';
        taken += !sandbox_bearer_refuse(&demand, good);
        *at = before;
    }
    is_int(taken, 0, "no changed character is overlooked");
}

static void test_insecure(void)
{
    struct sandbox_bearer plain = demand;
    plain.certificate = STR_NONE;
    struct str unbound = sign("{\"alg\":\"ES256\"}", "{" ISS AUD TIMES "\"jti\":\"x\"}");
    ok(!sandbox_bearer_refuse(&plain, unbound), "plain http binds the token to no certificate");
    struct sandbox_bearer nobody = demand;
    nobody.certificate = STR("");
    ok(sandbox_bearer_refuse(&nobody, sign("{\"alg\":\"ES256\"}", "{" ISS AUD TIMES CNF "}")),
       "a TLS client without certificate does not pass");
}

static void test_several_keys(void)
{
    struct test_key two[] = {key, other};
    struct key_set *set = set_of(two, 2);
    struct sandbox_bearer rotated = demand;
    rotated.keys = set;
    const char *claims = "{" ISS AUD TIMES CNF "}";
    ok(!sandbox_bearer_refuse(&rotated, sign("{\"alg\":\"ES256\",\"kid\":\"assertion\"}", claims)),
       "the named key of two verifies");
    ok(sandbox_bearer_refuse(&rotated, sign("{\"alg\":\"ES256\",\"kid\":\"other\"}", claims)),
       "the wrong key of two does not");
    ok(sandbox_bearer_refuse(&rotated, sign("{\"alg\":\"ES256\"}", claims)),
       "of two keys none is guessed");
    key_set_unref(&set);
}

static void test_libjwt(void)
{
    char *pem = test_key_pem(&key, true);
    jwt_t *jwt = NULL;
    bool made = jwt_new(&jwt) == 0 &&
                jwt_set_alg(jwt, JWT_ALG_ES256, (unsigned char *)pem, (int)strlen(pem)) == 0 &&
                jwt_add_grants_json(jwt, "{" ISS AUD TIMES CNF "}") == 0;
    char *token = made ? jwt_encode_str(jwt) : NULL;
    ok(token && !sandbox_bearer_refuse(&demand, authorization(str_of(token))),
       "a token signed by libjwt is taken");
    free(token);
    jwt_free(jwt);
    free(pem);
}

/* What the gateway makes is what authorities take: the two were written apart. */
static void test_the_gateways_own(void)
{
    char file[] = "/tmp/sandbox_bearer.XXXXXX";
    const char *why = NULL;
    char *pem = test_key_pem(&key, true);
    int fd = mkstemp(file);
    bool written = fd >= 0 && write(fd, pem, strlen(pem)) == (ssize_t)strlen(pem);
    struct assertion_signer *signer = written ? assertion_signer_new(file, &why) : NULL;
    const struct str audiences[] = {STR("udk.ydelser"), STR("atp.pension")};
    struct citizen_facts facts = {.level = LEVEL_SUBSTANTIAL, .expires = demand.now};
    if (!ok(signer, "the gateway's signer takes the key") ||
        !ok(cpr_parse(STR("6101709995"), &facts.subject), "a citizen has a number"))
        return;
    struct assertion_spec spec = {
        .issuer = demand.issuer,
        .kid = assertion_signer_kid(signer),
        .audiences = audiences,
        .audience_count = 2,
        .jti = STR("0199"),
        .certificate = STR(X5T),
        .pairwise_key = STR("0123456789abcdef0123456789abcdef"),
        .now = demand.now,
    };
    struct str token =
        assertion_make(arena, &spec, citizen_make(arena, &facts), assertion_signer_sign, signer);
    why = sandbox_bearer_refuse(&demand, authorization(token));
    ok(!why, "the gateway's own token: %s", why ? why : "taken");
    assertion_signer_free(&signer);
    unlink(file);
    close(fd);
    free(pem);
}

int main(void)
{
    arena = arena_new(16 << 20);
    key = test_key_new("assertion", ALGORITHM_ES256, 0);
    other = test_key_new("other", ALGORITHM_ES256, 0);
    struct key_set *set = set_of(&key, 1);
    demand.keys = set;
    test_claims();
    test_pardons();
    test_headers();
    test_shapes();
    test_every_bit_counts();
    test_insecure();
    test_several_keys();
    test_libjwt();
    test_the_gateways_own();
    key_set_unref(&set);
    test_key_free(&key);
    test_key_free(&other);
    arena_free(&arena);
    return done_testing();
}
