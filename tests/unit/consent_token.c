/* SPDX-License-Identifier: MIT */
/* Tokens of services: what was sealed comes out, and nothing else ever does. */
#include "identity/consent_token.h"

#include "base/base64url.h"
#include "base/siv.h"
#include "tests/tap.h"

#include <openssl/sha.h>

#define FOUR(two) two two two two
#define KEY(two)  FOUR(FOUR(FOUR(two)))

static const struct consent_claims claims = {
    .id = "0199aaaa-1111-7222-8333-444455556666",
    .subject = {"6101709995"},
    .level = LEVEL_HIGH,
    .certificate = "0123456789abcdef0123456789abcde",
    .until = {INT64_C(1795863600000), true},
};

static struct consent_sealer *sealer_of(const char *keys)
{
    const char *why = NULL;
    struct consent_sealer *sealer = consent_sealer_new(str_of(keys), &why);
    if (!sealer || why)
        exit(EXIT_FAILURE);
    return sealer;
}

static bool is_cleared(const struct consent_claims *opened)
{
    static const struct consent_claims zero;
    return memcmp(opened->certificate, zero.certificate, sizeof zero.certificate) == 0 &&
           opened->id[0] == '\0' && opened->subject.digits[0] == '\0' && !opened->until.known;
}

static void gives_back_what_was_sealed(void)
{
    struct consent_sealer *sealer = sealer_of(KEY("01"));
    struct consent_claims opened;
    char text[CONSENT_TOKEN_TEXT], again[CONSENT_TOKEN_TEXT];
    struct str token = consent_token_make(sealer, &claims, text);

    is_int((long long)token.len, CONSENT_TOKEN_LEN, "its length");
    ok(consent_token_is(token) && str_starts_with(token, STR("obc_")), "its looks");
    ok(str_find(token, STR("6101709995")) == token.len, "no number to read");
    if (ok(consent_token_open(sealer, token, &opened), "opens")) {
        is_str(opened.id, claims.id, "the consent");
        is_str(opened.subject.digits, claims.subject.digits, "the citizen");
        is_int(opened.level, claims.level, "the level");
        is_bytes(opened.certificate, CONSENT_THUMBPRINT, claims.certificate, CONSENT_THUMBPRINT,
                 "the certificate");
        is_int(opened.until.unix_ms, claims.until.unix_ms, "the end");
    }
    is_str(consent_token_make(sealer, &claims, again).at, text, "the same each time");
    struct consent_claims other = claims;
    other.id[0] = '1';
    ok(strcmp(consent_token_make(sealer, &other, again).at, text) != 0, "another consent, another");
    consent_sealer_free(&sealer);
}

/* Every byte of the sealed form, and every character of the text. */
static void notices_every_change(void)
{
    struct consent_sealer *sealer = sealer_of(KEY("01"));
    struct consent_claims opened;
    char text[CONSENT_TOKEN_TEXT], changed[CONSENT_TOKEN_TEXT];
    unsigned char sealed[CONSENT_TOKEN_LEN];
    size_t len = 0, taken = 0, left = 0;
    struct str token = consent_token_make(sealer, &claims, text);

    ok(base64url_decode(str_skip(token, 4), sealed, &len), "base64url");
    is_int((long long)len, 88, "key id, tag and fields");
    memcpy(changed, text, sizeof changed);
    for (size_t i = 0; i < len; i++)
        for (int bit = 0; bit < 8; bit++) {
            sealed[i] ^= (unsigned char)(1u << bit);
            base64url_encode(sealed, len, changed + 4);
            taken += consent_token_open(sealer, str_make(changed, token.len), &opened);
            left += !is_cleared(&opened);
            sealed[i] ^= (unsigned char)(1u << bit);
        }
    is_int((long long)taken, 0, "no bit may differ");
    for (size_t i = 0; i < token.len; i++)
        for (int c = 1; c < 256; c++) {
            memcpy(changed, text, sizeof changed);
            changed[i] = (char)c;
            if (changed[i] == text[i])
                continue;
            taken += consent_token_open(sealer, str_make(changed, token.len), &opened);
            left += !is_cleared(&opened);
        }
    is_int((long long)taken, 0, "no character may differ");
    for (size_t cut = 0; cut < token.len; cut++)
        taken += consent_token_open(sealer, str_head(token, cut), &opened);
    char longer[CONSENT_TOKEN_TEXT + 8];
    snprintf(longer, sizeof longer, "%sA", text);
    taken += consent_token_open(sealer, str_of(longer), &opened);
    taken += consent_token_open(sealer, STR_NONE, &opened);
    is_int((long long)taken, 0, "nor its length");
    is_int((long long)left, 0, "and nothing is left of what was refused");
    consent_sealer_free(&sealer);
}

static void opens_with_any_of_its_keys(void)
{
    struct consent_sealer *old = sealer_of(KEY("01")), *both = sealer_of(KEY("02") "\n" KEY("01")),
                          *new = sealer_of("\n  " KEY("02") " \r\n\n");
    struct consent_claims opened;
    char text[CONSENT_TOKEN_TEXT], newer[CONSENT_TOKEN_TEXT];
    struct str first = consent_token_make(old, &claims, text);
    struct str second = consent_token_make(both, &claims, newer);

    ok(consent_token_open(both, first, &opened), "an old token, while its key is there");
    ok(!consent_token_open(new, first, &opened), "and no longer");
    ok(consent_token_open(new, second, &opened), "the first key seals");
    ok(!consent_token_open(old, second, &opened), "the old one does not");
    consent_sealer_free(&old);
    consent_sealer_free(&both);
    consent_sealer_free(&new);
}

static void refuses_what_are_no_keys(void)
{
    static const struct {
        const char *keys, *why;
    } cases[] = {
        {"", "expected 128 hexadecimal digits"},
        {"\n\n", "expected 128 hexadecimal digits"},
        {"0123", "expected 128 hexadecimal digits"},
        {KEY("01") "01", "expected 128 hexadecimal digits"},
        {KEY("01") "\nx", "expected 128 hexadecimal digits"},
        {KEY("01") "\n" KEY("01"), "holds the same key twice"},
        {KEY("01") "\n" KEY("02") "\n" KEY("03") "\n" KEY("04") "\n" KEY("05") "\n" KEY(
             "06") "\n" KEY("07") "\n" KEY("08") "\n" KEY("09"),
         "holds more than 8 keys"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *why = NULL;
        struct consent_sealer *sealer = consent_sealer_new(str_of(cases[i].keys), &why);
        ok(!sealer && why && strncmp(why, cases[i].why, strlen(cases[i].why)) == 0, "keys %zu: %s",
           i, why ? why : "taken");
        consent_sealer_free(&sealer);
    }
}

/* Sealed by our key, but not what we seal: a later version, or another use of the key. */
static void refuses_other_contents(void)
{
    enum { PLAIN = 68 };
    static const struct {
        const char *name, *associated;
        int at;
        unsigned char byte;
        bool want;
    } cases[] = {
        {"as it is", "overblik consent", 0, 1, true},
        {"another version", "overblik consent", 0, 2, false},
        {"another use", "overblik handle", 0, 1, false},
        {"no such level", "overblik consent", 27, LEVEL_HIGH + 1, false},
        {"no number", "overblik consent", 17, 'x', false},
        {"a day that is none", "overblik consent", 19, '9', false},
        {"an end beyond all time", "overblik consent", 60, 0xff, false},
    };
    unsigned char key[SIV_KEY_BYTES], digest[SHA256_DIGEST_LENGTH], sealed[4 + 16 + PLAIN];
    memset(key, 1, sizeof key);
    SHA256(key, sizeof key, digest);
    struct siv *siv = siv_new(key);
    struct consent_sealer *sealer = sealer_of(KEY("01"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char plain[PLAIN] = {1};
        char text[CONSENT_TOKEN_TEXT] = "obc_";
        struct consent_claims opened;
        memcpy(plain + 17, claims.subject.digits, CPR_DIGITS);
        plain[cases[i].at] = cases[i].byte;
        memcpy(sealed, digest, 4);
        siv_seal(siv, str_of(cases[i].associated), str_make((char *)plain, PLAIN), sealed + 4);
        base64url_encode(sealed, sizeof sealed, text + 4);
        is_int(consent_token_open(sealer, str_make(text, CONSENT_TOKEN_LEN), &opened),
               cases[i].want, "%s", cases[i].name);
    }
    siv_free(&siv);
    consent_sealer_free(&sealer);
}

int main(void)
{
    gives_back_what_was_sealed();
    notices_every_change();
    opens_with_any_of_its_keys();
    refuses_what_are_no_keys();
    refuses_other_contents();
    return done_testing();
}
