/* SPDX-License-Identifier: MIT */
/* Which tokens are taken and which are refused by what they say, and what a good one becomes. The
 * bytes around it are tested in token_bytes.c, the brokers' recorded payloads in token_brokers.c.
 */
#include "tests/issuers.h"
#include "tests/tap.h"

struct row {
    const char *name;
    enum token_fault want;
    struct str header, claims;  /* absent: the good ones */
    const struct test_key *key; /* NULL: ec */
    int64_t now_s;              /* 0: NOW_S */
};

/* A table of headers: the claims are good. */
#define H(text) .header = STR_INIT(text)
#define C(text) .claims = STR_INIT(text)

static const struct row headers[] = {
    {"as it should be", TOKEN_OK, H(HEADER)},
    {"typ absent", TOKEN_OK, H("{\"alg\":\"ES256\",\"kid\":\"ec\"}")},
    {"typ at+jwt", TOKEN_OK, H("{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"ec\"}")},
    {"x5t is only a name", TOKEN_OK, H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"x5t\":\"abc\"}")},
    {"unknown member", TOKEN_OK, H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"pi.sri\":\"abc\"}")},
    {"white space within", TOKEN_OK, H(" {\"alg\" : \"ES256\" ,\n\"kid\":\"ec\"}\t")},
    {"EdDSA", TOKEN_OK, H("{\"alg\":\"EdDSA\",\"kid\":\"ed\"}"), .key = &ed},
    {"RS256", TOKEN_OK, H("{\"alg\":\"RS256\",\"kid\":\"rsa\"}"), .key = &rsa},
    {"PS256", TOKEN_OK, H("{\"alg\":\"PS256\",\"kid\":\"pss\"}"), .key = &pss},
    {"alg none", TOKEN_ALGORITHM, H("{\"alg\":\"none\",\"kid\":\"ec\"}")},
    {"alg NoNe", TOKEN_ALGORITHM, H("{\"alg\":\"NoNe\",\"kid\":\"ec\"}")},
    {"alg empty", TOKEN_ALGORITHM, H("{\"alg\":\"\",\"kid\":\"ec\"}")},
    {"alg absent", TOKEN_ALGORITHM, H("{\"kid\":\"ec\"}")},
    {"alg null", TOKEN_ALGORITHM, H("{\"alg\":null,\"kid\":\"ec\"}")},
    {"alg in an array", TOKEN_ALGORITHM, H("{\"alg\":[\"ES256\"],\"kid\":\"ec\"}")},
    {"alg in lower case", TOKEN_ALGORITHM, H("{\"alg\":\"es256\",\"kid\":\"ec\"}")},
    {"alg with a space", TOKEN_ALGORITHM, H("{\"alg\":\"ES256 \",\"kid\":\"ec\"}")},
    {"alg of another hash", TOKEN_ALGORITHM, H("{\"alg\":\"ES512\",\"kid\":\"ec\"}")},
    {"alg of another curve", TOKEN_ALGORITHM, H("{\"alg\":\"ES256K\",\"kid\":\"ec\"}")},
    {"alg of another key", TOKEN_ALGORITHM, H("{\"alg\":\"RS256\",\"kid\":\"ec\"}")},
    {"alg HS256", TOKEN_ALGORITHM, H("{\"alg\":\"HS256\",\"kid\":\"ec\"}")},
    {"alg of an encryption", TOKEN_ALGORITHM, H("{\"alg\":\"RSA-OAEP\",\"kid\":\"rsa\"}")},
    {"alg PS256 with an RS256 key", TOKEN_ALGORITHM, H("{\"alg\":\"PS256\",\"kid\":\"rsa\"}"),
     .key = &pss},
    {"RS256 signed as PS256", TOKEN_SIGNATURE, H("{\"alg\":\"RS256\",\"kid\":\"rsa\"}"),
     .key = &pss},
    {"kid unknown", TOKEN_KEY, H("{\"alg\":\"ES256\",\"kid\":\"ec2\"}")},
    {"kid empty", TOKEN_KEY, H("{\"alg\":\"ES256\",\"kid\":\"\"}")},
    {"kid absent among several", TOKEN_KEY, H("{\"alg\":\"ES256\"}")},
    {"kid a number", TOKEN_KEY, H("{\"alg\":\"ES256\",\"kid\":1}")},
    {"kid null", TOKEN_KEY, H("{\"alg\":\"ES256\",\"kid\":null}")},
    {"kid in another case", TOKEN_KEY, H("{\"alg\":\"ES256\",\"kid\":\"EC\"}")},
    {"kid a path", TOKEN_KEY, H("{\"alg\":\"ES256\",\"kid\":\"../../dev/null\"}")},
    {"kid of another key", TOKEN_SIGNATURE, H("{\"alg\":\"ES256\",\"kid\":\"twin\"}")},
    {"a key that does not count", TOKEN_KEY, H("{\"alg\":\"RS256\",\"kid\":\"small\"}"),
     .key = &rsa_small},
    {"typ JWE", TOKEN_TYPE, H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"JWE\"}")},
    {"typ in lower case", TOKEN_TYPE, H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"jwt\"}")},
    {"typ of a logout", TOKEN_TYPE, H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"logout+jwt\"}")},
    {"typ of a proof", TOKEN_TYPE, H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"dpop+jwt\"}")},
    {"typ empty", TOKEN_TYPE, H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"\"}")},
    {"typ null", TOKEN_TYPE, H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":null}")},
    {"crit empty", TOKEN_CRITICAL, H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"crit\":[]}")},
    {"crit unknown", TOKEN_CRITICAL,
     H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"crit\":[\"x\"],\"x\":1}")},
    {"crit known", TOKEN_CRITICAL, H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"crit\":[\"exp\"]}")},
    {"b64 false", TOKEN_CRITICAL, H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"b64\":false}")},
    {"b64 true", TOKEN_CRITICAL, H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"b64\":true}")},
    {"zip", TOKEN_CRITICAL, H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"zip\":\"DEF\"}")},
    {"enc", TOKEN_CRITICAL, H("{\"alg\":\"dir\",\"kid\":\"ec\",\"enc\":\"A256GCM\"}")},
    {"nested", TOKEN_CRITICAL, H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"cty\":\"JWT\"}")},
    {"jwk", TOKEN_KEY_IN_TOKEN, H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"jwk\":{\"kty\":\"oct\"}}")},
    {"jku", TOKEN_KEY_IN_TOKEN,
     H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"jku\":\"https://evil.example\"}")},
    {"x5u", TOKEN_KEY_IN_TOKEN,
     H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"x5u\":\"https://evil.example\"}")},
    {"x5c", TOKEN_KEY_IN_TOKEN, H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"x5c\":[\"MIIB\"]}")},
    {"alg twice", TOKEN_JSON, H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"alg\":\"ES256\"}")},
    {"alg twice, once escaped", TOKEN_JSON,
     H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"a\\u006cg\":\"none\"}")},
    {"unknown member twice", TOKEN_JSON, H("{\"alg\":\"ES256\",\"kid\":\"ec\",\"z\":1,\"z\":1}")},
    {"an array", TOKEN_JSON, H("[\"alg\",\"ES256\"]")},
    {"a text", TOKEN_JSON, H("\"ES256\"")},
    {"null", TOKEN_JSON, H("null")},
    {"two objects", TOKEN_JSON, H(HEADER "{}")},
    {"NUL behind", TOKEN_JSON, H(HEADER "\0")},
    {"cut short", TOKEN_JSON, H("{\"alg\":\"ES256\",\"kid\":\"ec\"")},
    {"byte order mark", TOKEN_JSON, H("\xef\xbb\xbf" HEADER)},
    {"comment", TOKEN_JSON, H("{/**/\"alg\":\"ES256\",\"kid\":\"ec\"}")},
    {"single quotes", TOKEN_JSON, H("{'alg':'ES256','kid':'ec'}")},
    {"trailing comma", TOKEN_JSON, H("{\"alg\":\"ES256\",\"kid\":\"ec\",}")},
    {"not JSON", TOKEN_JSON, H("alg=ES256")},
};

#define NEST8(open) open open open open open open open open
#define DEEP(n16)   "{" ISS AUD EXP SUB CPR ",\"x\":" n16
static const struct row payloads[] = {
    {"as they should be", TOKEN_OK, C(CLAIMS)},
    {"CPR with a hyphen", TOKEN_OK, C("{" ISS AUD EXP SUB ",\"cpr\":\"610170-9995\"}")},
    {"aud in an array", TOKEN_OK, C("{" ISS ",\"aud\":[\"portal-2\"]" EXP SUB CPR "}")},
    {"aud beside others", TOKEN_OK,
     C("{" ISS ",\"aud\":[\"x\",\"portal-2\",\"\"]" EXP SUB CPR "}")},
    {"an escape in aud", TOKEN_OK, C("{" ISS ",\"aud\":[\"portal\\u002d1\"]" EXP SUB CPR "}")},
    {"expired within the leeway", TOKEN_OK, C("{" ISS AUD ",\"exp\":1799999971" SUB CPR "}")},
    {"exp in 24 hours", TOKEN_OK, C("{" ISS AUD ",\"exp\":1800086400" SUB CPR "}")},
    {"nbf a minute ahead", TOKEN_OK, C("{" ISS AUD EXP SUB CPR ",\"nbf\":1800000060}")},
    {"iat a minute ahead", TOKEN_OK, C("{" ISS AUD EXP SUB CPR ",\"iat\":1800000060}")},
    {"iat long ago", TOKEN_OK, C("{" ISS AUD EXP SUB CPR ",\"iat\":1}")},
    {"depth 16", TOKEN_OK, C(DEEP(NEST8("[")) "[[[[[[[1]]]]]]]" NEST8("]") "}")},
    {"depth 17", TOKEN_JSON, C(DEEP(NEST8("[")) NEST8("[") "1" NEST8("]") NEST8("]") "}")},
    {"auth_time and others of any type", TOKEN_OK,
     C("{" ISS AUD EXP SUB CPR ",\"auth_time\":\"1800000000\",\"mitid.has_cpr\":\"true\","
       "\"mitid.age\":40,\"session_expiry\":null}")},
    {"iss absent", TOKEN_ISSUER, C("{\"aud\":\"portal-1\"" EXP SUB CPR "}")},
    {"iss empty", TOKEN_ISSUER, C("{\"iss\":\"\"" AUD EXP SUB CPR "}")},
    {"iss unknown", TOKEN_ISSUER, C("{" OF("evil.example") AUD EXP SUB CPR "}")},
    {"iss a prefix of ours", TOKEN_ISSUER, C("{" OF("broker.example") AUD EXP SUB CPR "}")},
    {"iss with a slash more", TOKEN_ISSUER, C("{" OF("broker.example/op/") AUD EXP SUB CPR "}")},
    {"iss in another case", TOKEN_ISSUER, C("{" OF("Broker.example/op") AUD EXP SUB CPR "}")},
    {"iss in an array", TOKEN_ISSUER,
     C("{\"iss\":[\"https://broker.example/op\"]" AUD EXP SUB CPR "}")},
    {"iss null", TOKEN_ISSUER, C("{\"iss\":null" AUD EXP SUB CPR "}")},
    {"iss of an issuer without keys", TOKEN_NO_KEYS, C("{" OF("dark.example") AUD EXP SUB CPR "}")},
    {"iss that signs otherwise", TOKEN_ALGORITHM, C("{" OF("rs.example") AUD EXP SUB CPR "}")},
    {"iss of a profile that has ended", TOKEN_PROFILE_ENDED,
     C("{" OF("ended.example") AUD EXP SUB CPR "}")},
    {"iss of a profile on its last day", TOKEN_OK, C("{" OF("ended.example") AUD EXP SUB CPR "}"),
     .now_s = NOW_S - 1},
    {"iss of a profile without audiences", TOKEN_AUDIENCE,
     C("{" OF("nobody.example") AUD EXP SUB CPR "}")},
    {"aud absent", TOKEN_AUDIENCE, C("{" ISS EXP SUB CPR "}")},
    {"aud of another", TOKEN_AUDIENCE, C("{" ISS ",\"aud\":\"other\"" EXP SUB CPR "}")},
    {"aud a prefix", TOKEN_AUDIENCE, C("{" ISS ",\"aud\":\"portal-\"" EXP SUB CPR "}")},
    {"aud with more behind", TOKEN_AUDIENCE, C("{" ISS ",\"aud\":\"portal-1 x\"" EXP SUB CPR "}")},
    {"aud empty", TOKEN_AUDIENCE, C("{" ISS ",\"aud\":\"\"" EXP SUB CPR "}")},
    {"aud an empty array", TOKEN_AUDIENCE, C("{" ISS ",\"aud\":[]" EXP SUB CPR "}")},
    {"aud names two portals", TOKEN_AUDIENCE,
     C("{" ISS ",\"aud\":[\"portal-1\",\"portal-2\"]" EXP SUB CPR "}")},
    {"aud a number", TOKEN_CLAIM_TYPE, C("{" ISS ",\"aud\":1" EXP SUB CPR "}")},
    {"aud null", TOKEN_CLAIM_TYPE, C("{" ISS ",\"aud\":null" EXP SUB CPR "}")},
    {"aud true", TOKEN_CLAIM_TYPE, C("{" ISS ",\"aud\":true" EXP SUB CPR "}")},
    {"aud an object", TOKEN_CLAIM_TYPE, C("{" ISS ",\"aud\":{\"portal-1\":1}" EXP SUB CPR "}")},
    {"aud with a number beside ours", TOKEN_CLAIM_TYPE,
     C("{" ISS ",\"aud\":[\"portal-1\",1]" EXP SUB CPR "}")},
    {"aud in an array of arrays", TOKEN_CLAIM_TYPE,
     C("{" ISS ",\"aud\":[[\"portal-1\"]]" EXP SUB CPR "}")},
    {"exp absent", TOKEN_EXPIRED, C("{" ISS AUD SUB CPR "}")},
    {"exp past the leeway", TOKEN_EXPIRED, C("{" ISS AUD ",\"exp\":1799999970" SUB CPR "}")},
    {"exp 0", TOKEN_EXPIRED, C("{" ISS AUD ",\"exp\":0" SUB CPR "}")},
    {"exp negative", TOKEN_EXPIRED, C("{" ISS AUD ",\"exp\":-1800000300" SUB CPR "}")},
    {"exp too far ahead", TOKEN_EXPIRED, C("{" ISS AUD ",\"exp\":1800086401" SUB CPR "}")},
    {"exp in milliseconds", TOKEN_EXPIRED, C("{" ISS AUD ",\"exp\":1800000300000" SUB CPR "}")},
    {"exp a text", TOKEN_CLAIM_TYPE, C("{" ISS AUD ",\"exp\":\"1800000300\"" SUB CPR "}")},
    {"exp null", TOKEN_CLAIM_TYPE, C("{" ISS AUD ",\"exp\":null" SUB CPR "}")},
    {"exp true", TOKEN_CLAIM_TYPE, C("{" ISS AUD ",\"exp\":true" SUB CPR "}")},
    {"exp in an array", TOKEN_CLAIM_TYPE, C("{" ISS AUD ",\"exp\":[1800000300]" SUB CPR "}")},
    {"exp with a fraction", TOKEN_CLAIM_TYPE, C("{" ISS AUD ",\"exp\":1800000300.5" SUB CPR "}")},
    {"exp with an exponent", TOKEN_CLAIM_TYPE, C("{" ISS AUD ",\"exp\":18e8" SUB CPR "}")},
    {"exp beyond 2^53", TOKEN_CLAIM_TYPE, C("{" ISS AUD ",\"exp\":9007199254740993" SUB CPR "}")},
    {"exp beyond 2^64", TOKEN_CLAIM_TYPE,
     C("{" ISS AUD ",\"exp\":18446744075509551916" SUB CPR "}")},
    {"exp below -2^63", TOKEN_CLAIM_TYPE,
     C("{" ISS AUD ",\"exp\":-99999999999999999999" SUB CPR "}")},
    {"nbf ahead", TOKEN_NOT_YET, C("{" ISS AUD EXP SUB CPR ",\"nbf\":1800000061}")},
    {"nbf a text", TOKEN_CLAIM_TYPE, C("{" ISS AUD EXP SUB CPR ",\"nbf\":\"1\"}")},
    {"nbf huge", TOKEN_CLAIM_TYPE, C("{" ISS AUD EXP SUB CPR ",\"nbf\":1e999}")},
    {"iat ahead", TOKEN_NOT_YET, C("{" ISS AUD EXP SUB CPR ",\"iat\":1800000061}")},
    {"iat a text", TOKEN_CLAIM_TYPE, C("{" ISS AUD EXP SUB CPR ",\"iat\":\"1800000000\"}")},
    {"sub absent", TOKEN_SUBJECT, C("{" ISS AUD EXP CPR "}")},
    {"sub empty", TOKEN_SUBJECT, C("{" ISS AUD EXP ",\"sub\":\"\"" CPR "}")},
    {"sub a number", TOKEN_SUBJECT, C("{" ISS AUD EXP ",\"sub\":7" CPR "}")},
    {"CPR absent", TOKEN_NO_CPR, C("{" ISS AUD EXP SUB "}")},
    {"CPR null", TOKEN_NO_CPR, C("{" ISS AUD EXP SUB ",\"cpr\":null}")},
    {"CPR absent, said to be there", TOKEN_NO_CPR,
     C("{" ISS AUD EXP SUB ",\"mitid.has_cpr\":\"true\"}")},
    {"CPR under another broker's name", TOKEN_NO_CPR,
     C("{" ISS AUD EXP SUB ",\"dk.cpr\":\"6101709995\"}")},
    {"CPR empty", TOKEN_CPR, C("{" ISS AUD EXP SUB ",\"cpr\":\"\"}")},
    {"CPR wrong, said to be there", TOKEN_CPR,
     C("{" ISS AUD EXP SUB ",\"mitid.has_cpr\":\"true\",\"cpr\":\"9999999999\"}")},
    {"CPR of a day that does not exist", TOKEN_CPR,
     C("{" ISS AUD EXP SUB ",\"cpr\":\"9102709995\"}")},
    {"CPR too short", TOKEN_CPR, C("{" ISS AUD EXP SUB ",\"cpr\":\"610170999\"}")},
    {"CPR with a space", TOKEN_CPR, C("{" ISS AUD EXP SUB ",\"cpr\":\"610170 9995\"}")},
    {"CPR of a person without one", TOKEN_CPR,
     C("{" ISS AUD EXP SUB ",\"cpr\":\"urn:oio:us:personid:1234567\"}")},
    {"CPR a number", TOKEN_CLAIM_TYPE, C("{" ISS AUD EXP SUB ",\"cpr\":6101709995}")},
    {"CPR in an array", TOKEN_CLAIM_TYPE, C("{" ISS AUD EXP SUB ",\"cpr\":[\"6101709995\"]}")},
    {"exp twice", TOKEN_JSON, C("{" ISS AUD EXP EXP SUB CPR "}")},
    {"CPR twice", TOKEN_JSON, C("{" ISS AUD EXP SUB CPR ",\"cpr\":\"6202909996\"}")},
    {"CPR twice, once escaped", TOKEN_JSON,
     C("{" ISS AUD EXP SUB CPR ",\"\\u0063pr\":\"6202909996\"}")},
    {"unknown member twice", TOKEN_JSON, C("{" ISS AUD EXP SUB CPR ",\"z\":1,\"z\":2}")},
    {"twice in an object inside", TOKEN_JSON,
     C("{" ISS AUD EXP SUB CPR ",\"z\":{\"y\":1,\"y\":2}}")},
    {"twice in an object in an array", TOKEN_JSON,
     C("{" ISS AUD EXP SUB CPR ",\"z\":[1,{\"y\":1,\"x\":{},\"y\":2}]}")},
    {"the same name on two levels", TOKEN_OK,
     C("{" ISS AUD EXP SUB CPR ",\"z\":{\"cpr\":1,\"z\":{\"z\":2}},\"y\":{\"z\":1}}")},
    {"a name inside before the same outside", TOKEN_OK,
     C("{\"z\":{\"iss\":1,\"cpr\":2}," ISS AUD EXP SUB CPR "}")},
    {"NUL in a text", TOKEN_JSON, C("{" ISS AUD EXP SUB CPR ",\"z\":\"a\0b\"}")},
    {"NUL escaped in a text", TOKEN_JSON, C("{" ISS AUD EXP SUB CPR ",\"z\":\"a\\u0000b\"}")},
    {"NUL escaped in iss", TOKEN_JSON, C("{" OF("broker.example/op\\u0000") AUD EXP SUB CPR "}")},
    {"NUL behind", TOKEN_JSON, C(CLAIMS "\0")},
    {"a second object behind", TOKEN_JSON, C(CLAIMS CLAIMS)},
    {"lone surrogate", TOKEN_JSON, C("{" ISS AUD EXP SUB CPR ",\"z\":\"\\ud800\"}")},
    {"surrogates reversed", TOKEN_JSON, C("{" ISS AUD EXP SUB CPR ",\"z\":\"\\udc00\\ud800\"}")},
    {"invalid UTF-8", TOKEN_JSON, C("{" ISS AUD EXP SUB CPR ",\"z\":\"\xc3\x28\"}")},
    {"overlong UTF-8", TOKEN_JSON, C("{" ISS AUD EXP SUB CPR ",\"z\":\"\xc0\xaf\"}")},
    {"line feed in a text", TOKEN_JSON, C("{" ISS AUD EXP SUB CPR ",\"z\":\"\n\"}")},
    {"leading zero", TOKEN_JSON, C("{" ISS AUD ",\"exp\":01800000300" SUB CPR "}")},
    {"plus sign", TOKEN_JSON, C("{" ISS AUD ",\"exp\":+1800000300" SUB CPR "}")},
    {"hexadecimal", TOKEN_JSON, C("{" ISS AUD ",\"exp\":0x6B49D32C" SUB CPR "}")},
    {"NaN", TOKEN_JSON, C("{" ISS AUD ",\"exp\":NaN" SUB CPR "}")},
    {"an array of claims", TOKEN_JSON, C("[" CLAIMS "]")},
    {"no object", TOKEN_JSON, C("true")},
    {"cut short", TOKEN_JSON, C("{" ISS AUD EXP SUB CPR)},
    {"trailing comma", TOKEN_JSON, C("{" ISS AUD EXP SUB CPR ",}")},
    {"XML", TOKEN_JSON, C("<claims/>")},
    {"depth 40", TOKEN_JSON,
     C(DEEP(NEST8("[")) NEST8("[") NEST8("[") NEST8("[") NEST8("[") "1" NEST8("]") NEST8("]")
           NEST8("]") NEST8("]") NEST8("]") "}")},
    {"deep objects", TOKEN_JSON,
     C(DEEP(NEST8("{\"a\":")) NEST8("{\"a\":") "1" NEST8("}") NEST8("}") "}")},
    {"azp tells the portal", TOKEN_OK,
     C("{" OF("client.example") ",\"aud\":\"gateway\",\"azp\":\"portal-9\"" EXP SUB CPR "}")},
    {"azp absent", TOKEN_AUDIENCE,
     C("{" OF("client.example") ",\"aud\":\"gateway\"" EXP SUB CPR "}")},
    {"azp empty", TOKEN_AUDIENCE,
     C("{" OF("client.example") ",\"aud\":\"gateway\",\"azp\":\"\"" EXP SUB CPR "}")},
    {"azp a number", TOKEN_AUDIENCE,
     C("{" OF("client.example") ",\"aud\":\"gateway\",\"azp\":9" EXP SUB CPR "}")},
    {"MitID", TOKEN_OK, C("{" OF("mitid.example") AUD EXP SUB CPR ",\"idp\":\"mitid\"}")},
    {"MitID as Idura says it", TOKEN_OK,
     C("{" OF("mitid.example") AUD EXP SUB CPR ",\"idp\":\"dkmitid\"}")},
    {"scheme absent", TOKEN_SCHEME, C("{" OF("mitid.example") AUD EXP SUB CPR "}")},
    {"scheme of another country", TOKEN_SCHEME,
     C("{" OF("mitid.example") AUD EXP SUB CPR ",\"idp\":\"sebankid\"}")},
    {"scheme in another case", TOKEN_SCHEME,
     C("{" OF("mitid.example") AUD EXP SUB CPR ",\"idp\":\"MitID\"}")},
    {"scheme a number", TOKEN_SCHEME, C("{" OF("mitid.example") AUD EXP SUB CPR ",\"idp\":1}")},
    {"NemID where none is taken", TOKEN_NEMID,
     C("{" OF("mitid.example") AUD EXP SUB CPR ",\"idp\":\"nemid\",\"iat\":1669816091}")},
    {"NemID after its end", TOKEN_NEMID,
     C("{" OF("nemid.example") AUD EXP SUB CPR ",\"idp\":\"nemid\",\"iat\":1800000000}")},
    {"NemID of an unknown time", TOKEN_NEMID,
     C("{" OF("nemid.example") AUD EXP SUB CPR ",\"idp\":\"dknemid\"}")},
    {"NemID within its archive", TOKEN_OK,
     C("{" OF("nemid.example") AUD ",\"exp\":1669817291" SUB CPR
                                   ",\"idp\":\"dknemid\",\"iat\":1669816091}"),
     .now_s = 1669816100},
    {"NemID a second after its archive", TOKEN_NEMID,
     C("{" OF("nemid.example") AUD ",\"exp\":1672534801" SUB CPR
                                   ",\"idp\":\"dknemid\",\"iat\":1672531201}"),
     .now_s = 1672531201},
    {"NemID on its last second", TOKEN_OK,
     C("{" OF("late.example") AUD ",\"exp\":1698793500" SUB CPR
                                  ",\"idp\":\"nemid\",\"iat\":1698793200}"),
     .now_s = 1698793200},
    {"NemID after its end, whatever the setting", TOKEN_NEMID,
     C("{" OF("late.example") AUD ",\"exp\":1698793500" SUB CPR
                                  ",\"idp\":\"nemid\",\"iat\":1698793201}"),
     .now_s = 1698793201},
    {"an archived NemID token today", TOKEN_EXPIRED,
     C("{" OF("nemid.example") AUD ",\"exp\":1669817291" SUB CPR
                                   ",\"idp\":\"dknemid\",\"iat\":1669816091}")},
};

static void judges(const char *what, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct row *row = &rows[i];
        struct arena *arena = arena_new(65536);
        const struct citizen *citizen;
        struct str token =
            test_token(arena, row->key ? row->key : &ec, row->header.at ? row->header : STR(HEADER),
                       row->claims.at ? row->claims : STR(CLAIMS));
        enum token_fault fault = verify(arena, token, row->now_s ? row->now_s : NOW_S, &citizen);
        is_bytes(token_fault_code(fault).at, token_fault_code(fault).len,
                 token_fault_code(row->want).at, token_fault_code(row->want).len, "%s: %s", what,
                 row->name);
        ok(!citizen == (row->want != TOKEN_OK), "a citizen only when all is well");
        arena_free(&arena);
    }
}

/* --- what a good token becomes --- */

static const struct {
    const char *name;
    struct str claims; /* after iss, aud, exp, sub, cpr */
    enum level level;
    const char *citizen; /* NULL: unknown */
} facts[] = {
    {"no level, no name", STR_INIT(""), LEVEL_NONE, NULL},
    {"one level", STR_INIT(",\"loa\":\"High\""), LEVEL_HIGH, NULL},
    {"the lowest of three", STR_INIT(",\"loa\":\"High\",\"ial\":\"Low\",\"aal\":\"High\""),
     LEVEL_LOW, NULL},
    {"the lowest of two", STR_INIT(",\"ial\":\"High\",\"aal\":\"Substantial\""), LEVEL_SUBSTANTIAL,
     NULL},
    {"an unknown word is none", STR_INIT(",\"loa\":\"High\",\"ial\":\"Higher\""), LEVEL_NONE, NULL},
    {"null is none", STR_INIT(",\"loa\":\"High\",\"ial\":null"), LEVEL_NONE, NULL},
    {"an array is none", STR_INIT(",\"loa\":[\"High\"]"), LEVEL_NONE, NULL},
    {"OIOSAML 2 as a number", STR_INIT(",\"loa\":3"), LEVEL_SUBSTANTIAL, NULL},
    {"another broker's level does not count", STR_INIT(",\"acr\":\"High\""), LEVEL_NONE, NULL},
    {"a name", STR_INIT(",\"name\":\"S\u00f8ren \\u00c5\""), LEVEL_NONE, "S\u00f8ren \u00c5"},
    {"a protected name", STR_INIT(",\"name\":\"NAVNE & ADRESSEBESKYTTET\""), LEVEL_NONE, NULL},
    {"a name with the mark behind", STR_INIT(",\"name\":\"Ida NAVNE & ADRESSEBESKYTTET\""),
     LEVEL_NONE, "Ida"},
    {"an empty name", STR_INIT(",\"name\":\" \""), LEVEL_NONE, NULL},
    {"a name that is none", STR_INIT(",\"name\":{\"first\":\"Ida\"}"), LEVEL_NONE, NULL},
};

static void makes_citizens(void)
{
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        struct arena *arena = arena_new(65536);
        struct str claims =
            arena_format(arena, "{" ISS AUD EXP SUB CPR "%.*s}", STR_ARG(facts[i].claims));
        const struct citizen *citizen;
        size_t index = 99;
        struct str token = test_token(arena, &ec, STR(HEADER), claims);
        enum token_fault fault =
            token_verify(token, issuers, PROFILES, wall_of_unix(NOW_S), arena, &citizen, &index);
        if (is_int(fault, TOKEN_OK, "citizen: %s", facts[i].name)) {
            struct str name = citizen_name(citizen);
            is_int(citizen_level(citizen), facts[i].level, "level");
            is_bytes(name.at, name.len, facts[i].citizen,
                     facts[i].citizen ? strlen(facts[i].citizen) : 0, "name");
            is_str(citizen_subject(citizen)->digits, "6101709995", "subject");
            ok(!citizen_is_on_behalf(citizen), "nobody else");
            ok(str_equal(citizen_portal(citizen), STR("portal-1")), "portal");
            ok(str_equal(citizen_issuer(citizen), profiles[BROKER].issuer), "issuer");
            is_int(citizen_expires(citizen).unix_ms, 1800000300000, "end");
            is_int((long long)index, BROKER, "which issuer");
        }
        arena_free(&arena);
    }
}

static const struct {
    const char *name;
    struct str claim;
    int64_t logged_in_s; /* 0: not known */
} logins[] = {
    {"a number, as OpenID Connect says", STR_INIT(",\"auth_time\":1799999999"), 1799999999},
    {"a text, as Nets eID Broker writes it", STR_INIT(",\"auth_time\":\"1799999700\""), 1799999700},
    {"a clock that is a minute ahead", STR_INIT(",\"auth_time\":1800000060"), 1800000060},
    {"long ago", STR_INIT(",\"auth_time\":1"), 1},
    {"absent", STR_INIT(""), 0},
    {"iat is when the token was made", STR_INIT(",\"iat\":1800000000"), 0},
    {"ahead", STR_INIT(",\"auth_time\":1800000061"), 0},
    {"far ahead", STR_INIT(",\"auth_time\":9007199254740992"), 0},
    {"beyond all numbers", STR_INIT(",\"auth_time\":\"99999999999999999999\""), 0},
    {"negative", STR_INIT(",\"auth_time\":-1"), 0},
    {"a fraction", STR_INIT(",\"auth_time\":1799999999.5"), 0},
    {"an exponent", STR_INIT(",\"auth_time\":18e8"), 0},
    {"an empty text", STR_INIT(",\"auth_time\":\"\""), 0},
    {"a date", STR_INIT(",\"auth_time\":\"2027-01-15T08:00:00Z\""), 0},
    {"with blanks", STR_INIT(",\"auth_time\":\" 1799999999\""), 0},
    {"null", STR_INIT(",\"auth_time\":null"), 0},
    {"true", STR_INIT(",\"auth_time\":true"), 0},
    {"an array", STR_INIT(",\"auth_time\":[1799999999]"), 0},
};

static void knows_when_the_login_was(void)
{
    for (size_t i = 0; i < sizeof logins / sizeof logins[0]; i++) {
        struct arena *arena = arena_new(65536);
        const struct citizen *citizen;
        struct str claims =
            arena_format(arena, "{" ISS AUD EXP SUB CPR "%.*s}", STR_ARG(logins[i].claim));
        struct str token = test_token(arena, &ec, STR(HEADER), claims);
        if (is_int(verify(arena, token, NOW_S, &citizen), TOKEN_OK, "login: %s", logins[i].name)) {
            struct wall login = citizen_logged_in(citizen);
            is_int(login.known ? login.unix_ms / 1000 : 0, logins[i].logged_in_s, "when");
        }
        arena_free(&arena);
    }
}

static void archived_nemid_is_substantial(void)
{
    struct arena *arena = arena_new(65536);
    const struct citizen *citizen;
    struct str claims = STR("{" OF("nemid.example") AUD ",\"exp\":1669817291" SUB CPR
                                                        ",\"idp\":\"dknemid\",\"iat\":1669816091}");
    struct str token = test_token(arena, &ec, STR(HEADER), claims);
    if (is_int(verify(arena, token, 1669816100, &citizen), TOKEN_OK, "archived NemID"))
        is_int(citizen_level(citizen), LEVEL_SUBSTANTIAL, "is Substantial");
    arena_free(&arena);
}

static void tells_the_portal(void)
{
    struct arena *arena = arena_new(65536);
    const struct citizen *citizen;
    struct str claims =
        STR("{" OF("client.example") ",\"aud\":\"gateway\",\"azp\":\"portal-9\"" EXP SUB CPR "}");
    struct str token = test_token(arena, &ec, STR(HEADER), claims);
    if (is_int(verify(arena, token, NOW_S, &citizen), TOKEN_OK, "azp"))
        ok(str_equal(citizen_portal(citizen), STR("portal-9")), "is the portal");
    arena_free(&arena);
}

static void tells_the_issuer_of_an_unknown_key(void)
{
    struct arena *arena = arena_new(65536);
    const struct citizen *citizen;
    size_t index = 99;
    struct str token = test_token(arena, &ec, STR("{\"alg\":\"ES256\",\"kid\":\"new\"}"),
                                  STR("{" OF("client.example") "}"));
    is_int(token_verify(token, issuers, PROFILES, wall_of_unix(NOW_S), arena, &citizen, &index),
           TOKEN_KEY, "an unknown kid");
    is_int((long long)index, CLIENT, "comes with its issuer, so that its keys can be asked for");
    arena_free(&arena);
}

/* Where an issuer has one key, a token need not name it; a wrong name is wrong there, too. */
static void finds_the_only_key(void)
{
    static const struct {
        const char *header;
        enum token_fault want;
    } rows[] = {
        {"{\"alg\":\"ES256\"}", TOKEN_OK},
        {"{\"alg\":\"ES256\",\"kid\":\"ec\"}", TOKEN_OK},
        {"{\"alg\":\"ES256\",\"kid\":\"\"}", TOKEN_KEY},
        {"{\"alg\":\"ES256\",\"kid\":null}", TOKEN_KEY},
        {"{\"alg\":\"ES256\",\"kid\":0}", TOKEN_KEY},
        {"{\"alg\":\"ES256\",\"kid\":\"other\"}", TOKEN_KEY},
    };
    struct buf jwks;
    const char *why;
    struct token_issuer issuer = {&profiles[BROKER], key_set_parse(test_jwks(&ec, 1, &jwks), &why)};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_new(65536);
        const struct citizen *citizen;
        struct str token = test_token(arena, &ec, str_of(rows[i].header), STR(CLAIMS));
        is_int(token_verify(token, &issuer, 1, wall_of_unix(NOW_S), arena, &citizen, NULL),
               rows[i].want, "an only key and %s", rows[i].header);
        arena_free(&arena);
    }
    key_set_unref(&issuer.keys);
    buf_clear(&jwks);
}

int main(void)
{
    issuers_start();
    judges("header", headers, sizeof headers / sizeof headers[0]);
    judges("claims", payloads, sizeof payloads / sizeof payloads[0]);
    makes_citizens();
    knows_when_the_login_was();
    archived_nemid_is_substantial();
    tells_the_portal();
    tells_the_issuer_of_an_unknown_key();
    finds_the_only_key();
    issuers_end();
    return done_testing();
}
