/* SPDX-License-Identifier: MIT */
/* The bytes of a token: its shape, its signature, its length; and where it stands in a request. */
#include <openssl/hmac.h>

#include "tests/issuers.h"
#include "tests/tap.h"

static void refuses_other_shapes(void)
{
    struct arena *arena = arena_new(1 << 20);
    struct str good = test_token(arena, &ec, STR(HEADER), STR(CLAIMS));
    struct str rest = good, header = str_split(&rest, '.'), claims = str_split(&rest, '.');
    const struct citizen *citizen;
    struct {
        const char *name;
        struct str at;
        enum token_fault want;
    } rows[] = {
        {"the good one", good, TOKEN_OK},
        {"absent", STR_NONE, TOKEN_MISSING},
        {"empty", STR(""), TOKEN_MISSING},
        {"one part", header, TOKEN_SHAPE},
        {"dots only", STR(".."), TOKEN_SHAPE},
        {"four dots", STR("...."), TOKEN_SHAPE},
        {"two parts", arena_format(arena, "%.*s.%.*s", STR_ARG(header), STR_ARG(claims)),
         TOKEN_SHAPE},
        {"an empty signature", arena_format(arena, "%.*s.%.*s.", STR_ARG(header), STR_ARG(claims)),
         TOKEN_SHAPE},
        {"no header", str_skip(good, header.len), TOKEN_SHAPE},
        {"no claims", arena_format(arena, "%.*s..%.*s", STR_ARG(header), STR_ARG(rest)),
         TOKEN_SHAPE},
        {"four parts", arena_format(arena, "%.*s.AAAA", STR_ARG(good)), TOKEN_SHAPE},
        {"a dot behind", arena_format(arena, "%.*s.", STR_ARG(good)), TOKEN_SHAPE},
        {"a dot before", arena_format(arena, ".%.*s", STR_ARG(good)), TOKEN_SHAPE},
        {"five parts, as a JWE",
         arena_format(arena, "%.*s.AAAA.AAAA.%.*s", STR_ARG(header), STR_ARG(rest)), TOKEN_SHAPE},
        {"a space before", arena_format(arena, " %.*s", STR_ARG(good)), TOKEN_SHAPE},
        {"a space behind", arena_format(arena, "%.*s ", STR_ARG(good)), TOKEN_SHAPE},
        {"a line feed behind", arena_format(arena, "%.*s\n", STR_ARG(good)), TOKEN_SHAPE},
        {"padding behind", arena_format(arena, "%.*s==", STR_ARG(good)), TOKEN_SHAPE},
        {"a NUL behind", str_make(good.at, good.len + 1), TOKEN_SHAPE},
        {"the word Bearer", arena_format(arena, "Bearer %.*s", STR_ARG(good)), TOKEN_SHAPE},
        {"in quotes", arena_format(arena, "\"%.*s\"", STR_ARG(good)), TOKEN_SHAPE},
        {"the claims twice",
         arena_format(arena, "%.*s.%.*s%.*s.%.*s", STR_ARG(header), STR_ARG(claims),
                      STR_ARG(claims), STR_ARG(rest)),
         TOKEN_SHAPE},
        {"header and claims exchanged",
         arena_format(arena, "%.*s.%.*s.%.*s", STR_ARG(claims), STR_ARG(header), STR_ARG(rest)),
         TOKEN_ISSUER},
        {"JSON as it is", STR(HEADER "." CLAIMS ".AAAA"), TOKEN_SHAPE},
        {"the JSON serialization",
         arena_format(arena, "{\"protected\":\"%.*s\",\"payload\":\"%.*s\"}", STR_ARG(header),
                      STR_ARG(claims)),
         TOKEN_SHAPE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        is_int(verify(arena, rows[i].at, NOW_S, &citizen), rows[i].want, "shape: %s", rows[i].name);
    arena_free(&arena);
}

/* `at` with a signature of other bytes. */
static struct str signed_with(struct arena *arena, struct str bytes, const void *signature,
                              size_t len)
{
    char text[2048];
    struct str encoded = base64url_encode(signature, len, text);
    return arena_format(arena, "%.*s.%.*s", STR_ARG(bytes), STR_ARG(encoded));
}

/* header "." claims of a token. */
static struct str signed_part(struct str token)
{
    while (token.at[token.len - 1] != '.')
        token.len--;
    return str_head(token, token.len - 1);
}

static void refuses_other_signatures(void)
{
    struct arena *arena = arena_new(1 << 20);
    const struct citizen *citizen;
    unsigned char raw[1024];
    struct buf der;
    buf_init(&der, 1024);

    struct str bytes = signed_part(test_token(arena, &ec, STR(HEADER), STR(CLAIMS)));
    size_t len = test_signature(&ec, bytes, raw, &der);
    struct str good = signed_with(arena, bytes, raw, len);
    is_int(verify(arena, good, NOW_S, &citizen), TOKEN_OK, "ES256, r and s side by side");
    struct str as_der = signed_with(arena, bytes, der.at, der.len);
    is_int(verify(arena, as_der, NOW_S, &citizen), TOKEN_SIGNATURE, "ES256 as DER");
    struct str cut = signed_with(arena, bytes, raw, 63);
    is_int(verify(arena, cut, NOW_S, &citizen), TOKEN_SIGNATURE, "ES256 with 63 bytes");
    memset(raw, 0, 64);
    struct str zero = signed_with(arena, bytes, raw, 64);
    is_int(verify(arena, zero, NOW_S, &citizen), TOKEN_SIGNATURE, "ES256 with r = s = 0");
    struct str twin = test_token(arena, &ec_twin, STR(HEADER), STR(CLAIMS));
    is_int(verify(arena, twin, NOW_S, &citizen), TOKEN_SIGNATURE, "signed with another key");

    /* The classic confusion: the public key, which everyone has, as the secret of an HMAC. */
    char *pem = test_key_pem(&rsa, false);
    static const char *const names[] = {"HS256", "RS256"};
    for (int i = 0; i < 2; i++) {
        struct str header = arena_format(arena, "{\"alg\":\"%s\",\"kid\":\"rsa\"}", names[i]);
        struct str part = signed_part(test_token(arena, &ec, header, STR(CLAIMS)));
        unsigned mac_len = 0;
        HMAC(EVP_sha256(), pem, (int)strlen(pem), (const unsigned char *)part.at, part.len, raw,
             &mac_len);
        is_int(verify(arena, signed_with(arena, part, raw, mac_len), NOW_S, &citizen),
               i ? TOKEN_SIGNATURE : TOKEN_ALGORITHM, "HMAC with the public key, as %s", names[i]);
    }
    free(pem);
    buf_clear(&der);
    arena_free(&arena);
}

/* Every character changed, dropped or doubled, and every cut: nothing but the token itself is
 * taken. */
static void refuses_every_change(const struct test_key *key)
{
    struct arena *arena = arena_new(1 << 20), *room = arena_new(65536);
    const struct citizen *citizen;
    struct str good = test_token(arena, key, test_header(arena, key), STR(CLAIMS));
    static const char swaps[] = "AB-_.= ";
    char *text = arena_alloc(arena, good.len + 1);
    int tries = 0, taken = 0;
    is_int(verify(room, good, NOW_S, &citizen), TOKEN_OK, "the token itself");
    for (size_t i = 0; i < good.len; i++) {
        for (const char *swap = swaps; *swap; swap++) {
            memcpy(text, good.at, good.len);
            text[i] = *swap;
            if (text[i] == good.at[i])
                continue;
            arena_reset(room);
            taken += verify(room, str_make(text, good.len), NOW_S, &citizen) == TOKEN_OK;
            tries++;
        }
        memcpy(text, good.at, i); /* without this character */
        memcpy(text + i, good.at + i + 1, good.len - i - 1);
        arena_reset(room);
        taken += verify(room, str_make(text, good.len - 1), NOW_S, &citizen) == TOKEN_OK;
        memcpy(text, good.at, i + 1); /* with it twice */
        memcpy(text + i + 1, good.at + i, good.len - i);
        arena_reset(room);
        taken += verify(room, str_make(text, good.len + 1), NOW_S, &citizen) == TOKEN_OK;
        arena_reset(room);
        taken += verify(room, str_head(good, i), NOW_S, &citizen) == TOKEN_OK;
        tries += 3;
    }
    is_int(taken, 0, "%.*s: none of %d changed tokens", STR_ARG(algorithm_name(key->algorithm)),
           tries);
    arena_free(&arena);
    arena_free(&room);
}

static void bounds_tokens(void)
{
    struct arena *arena = arena_new(1 << 20);
    const struct citizen *citizen;
    struct buf claims;
    buf_init(&claims, 1 << 16);
    buf_add_str(&claims, STR("{" ISS AUD EXP SUB CPR ",\"z\":\""));
    for (int i = 0; i < 6200; i++)
        buf_add_byte(&claims, 'z');
    buf_add_str(&claims, STR("\"}"));
    struct str long_one = test_token(arena, &ec, STR(HEADER), buf_str(&claims));
    ok(long_one.len > TOKEN_BYTES_MAX, "a token of %zu bytes", long_one.len);
    is_int(verify(arena, long_one, NOW_S, &citizen), TOKEN_TOO_LONG, "is too long");
    buf_clear(&claims);

    size_t huge = 16u << 20;
    char *at = malloc(huge);
    memset(at, 'A', huge);
    is_int(verify(arena, str_make(at, huge), NOW_S, &citizen), TOKEN_TOO_LONG,
           "so is one of 16 MB");
    is_int(verify(arena, str_make(at, TOKEN_BYTES_MAX), NOW_S, &citizen), TOKEN_SHAPE,
           "one of %d bytes is looked at", TOKEN_BYTES_MAX);
    free(at);

    for (int count = 95; count <= 96; count++) { /* with the five that are needed */
        struct buf many;
        buf_init(&many, 1 << 16);
        buf_add_str(&many, STR("{" ISS AUD EXP SUB CPR));
        for (int i = 0; i < count; i++)
            buf_format(&many, ",\"%d\":0", i);
        buf_add_byte(&many, '}');
        struct str token = test_token(arena, &ec, STR(HEADER), buf_str(&many));
        is_int(verify(arena, token, NOW_S, &citizen), count == 95 ? TOKEN_OK : TOKEN_JSON,
               "%d members", count + 5);
        buf_clear(&many);
    }
    arena_free(&arena);
}

static void says_when_the_arena_is_full(void)
{
    struct arena *arena = arena_new(65536);
    const struct citizen *citizen;
    struct str token = test_token(arena, &ec, STR(HEADER),
                                  STR("{" ISS AUD EXP SUB CPR ",\"name\":\"\\u00c5se\"}"));
    struct arena *probe = arena_new(65536);
    is_int(verify(probe, token, NOW_S, &citizen), TOKEN_OK, "a token that needs room");
    size_t needed = arena_used(probe);
    int others = 0;
    for (size_t limit = 1; limit < needed; limit++) {
        struct arena *small = arena_new(limit);
        others += verify(small, token, NOW_S, &citizen) != TOKEN_FULL || citizen;
        arena_free(&small);
    }
    is_int(others, 0, "is refused as such in each of %zu smaller arenas", needed - 1);
    arena_free(&probe);
    arena_free(&arena);
}

static void reads_authorization(void)
{
    static const struct {
        struct str value;
        const char *token; /* NULL: none */
    } rows[] = {
        {STR_INIT("Bearer abc.def.ghi"), "abc.def.ghi"},
        {STR_INIT("bearer abc"), "abc"},
        {STR_INIT("BEARER   abc"), "abc"},
        {STR_INIT("Bearer a-b._~+/9=="), "a-b._~+/9=="},
        {STR_INIT(""), NULL},
        {STR_INIT("Bearer"), NULL},
        {STR_INIT("Bearer "), NULL},
        {STR_INIT("Bearer =="), NULL},
        {STR_INIT("Bearer a=b"), NULL},
        {STR_INIT("Bearerabc"), NULL},
        {STR_INIT("Bearer\tabc"), NULL},
        {STR_INIT("Bearer abc def"), NULL},
        {STR_INIT("Bearer abc, Bearer def"), NULL},
        {STR_INIT("Bearer abc "), NULL},
        {STR_INIT("Bearer a\0b"), NULL},
        {STR_INIT("Bearer \"abc\""), NULL},
        {STR_INIT("Basic abc"), NULL},
        {STR_INIT("DPoP abc"), NULL},
        {STR_INIT("abc.def.ghi"), NULL},
        {STR_INIT("Bearer \xc3\xa6"), NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct str token = token_of_authorization(rows[i].value);
        is_bytes(token.at, token.len, rows[i].token, rows[i].token ? strlen(rows[i].token) : 0,
                 "Authorization, row %zu", i);
    }
    ok(!token_of_authorization(STR_NONE).at, "no field, no token");
}

int main(void)
{
    issuers_start();
    refuses_other_shapes();
    refuses_other_signatures();
    refuses_every_change(&ec);
    refuses_every_change(&rsa);
    refuses_every_change(&ed);
    bounds_tokens();
    says_when_the_arena_is_full();
    reads_authorization();
    issuers_end();
    return done_testing();
}
