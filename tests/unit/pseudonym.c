/* SPDX-License-Identifier: MIT */
#include "record/pseudonym.h"

#include "base/hex.h"
#include "tests/tap.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

static const char key_hex[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
static const struct cpr anna = {"6101709995"}, bo = {"7212550001"};

static struct wall at(const char *text)
{
    struct wall wall = WALL_NONE;
    if (!wall_parse(str_of(text), &wall))
        exit(EXIT_FAILURE);
    return wall;
}

static void takes_keys_of_32_bytes_or_more(void)
{
    struct pseudonym_key key;
    char longest[2 * PSEUDONYM_KEY_MAX + 3];
    memset(longest, 'a', sizeof longest);
    ok(pseudonym_key_parse(str_of(key_hex), &key) && key.len == 32, "32 bytes");
    ok(pseudonym_key_parse(str_make(longest, 2 * PSEUDONYM_KEY_MAX), &key) &&
           key.len == PSEUDONYM_KEY_MAX,
       "as many as there may be");
    ok(!pseudonym_key_parse(str_make(longest, 2 * PSEUDONYM_KEY_MAX + 2), &key), "one more");
    ok(!pseudonym_key_parse(str_make(key_hex, 62), &key), "one fewer than 32");
    ok(!pseudonym_key_parse(STR(""), &key), "none");
    ok(!pseudonym_key_parse(STR("thirty-two characters, but no hex"), &key), "no hex");

    static const unsigned char nothing[sizeof key];
    bool is_key = pseudonym_key_parse(str_of(key_hex), &key);
    pseudonym_key_clear(&key);
    ok(is_key && memcmp(&key, nothing, sizeof key) == 0, "a key that is cleared is gone");
}

/* The same in two steps by OpenSSL alone. */
static void is_hmac_under_the_months_key(const struct pseudonym_key *key)
{
    unsigned char month[32], digest[32];
    char want[65], got[PSEUDONYM_TEXT];
    HMAC(EVP_sha256(), key->bytes, (int)key->len, (const unsigned char *)"pseudonym 2026-11", 17,
         month, NULL);
    HMAC(EVP_sha256(), month, 32, (const unsigned char *)anna.digits, 10, digest, NULL);
    hex_encode(digest, 16, want);
    pseudonym_make(key, &anna, at("2026-11-21T10:42:00+01:00"), got);
    is_str(got, want, "128 bits of HMAC-SHA-256");
}

static void changes_with_the_month(const struct pseudonym_key *key)
{
    static const struct {
        const char *name, *a, *b;
        bool is_same;
    } pairs[] = {
        {"the first and the last moment of a month", "2026-11-01T00:00:00+01:00",
         "2026-11-30T23:59:59+01:00", true},
        {"a month's end, in Danish time", "2026-10-31T23:59:59+01:00", "2026-11-01T00:00:00+01:00",
         false},
        {"it is November in Denmark and October at Greenwich", "2026-10-31T23:30:00Z",
         "2026-11-15T12:00:00Z", true},
        {"summer time: two hours", "2026-06-30T22:30:00Z", "2026-07-15T12:00:00Z", true},
        {"the same month of another year", "2025-11-21T10:00:00Z", "2026-11-21T10:00:00Z", false},
        {"New Year", "2026-12-31T22:59:59Z", "2026-12-31T23:00:00Z", false},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char a[PSEUDONYM_TEXT], b[PSEUDONYM_TEXT];
        pseudonym_make(key, &anna, at(pairs[i].a), a);
        pseudonym_make(key, &anna, at(pairs[i].b), b);
        ok((strcmp(a, b) == 0) == pairs[i].is_same, "%s: %s", pairs[i].name,
           pairs[i].is_same ? "one name" : "two names");
    }
}

static void tells_people_and_keys_apart(const struct pseudonym_key *key)
{
    struct pseudonym_key other = *key;
    char a[PSEUDONYM_TEXT], b[PSEUDONYM_TEXT], c[PSEUDONYM_TEXT];
    struct wall now = at("2026-11-21T10:42:00+01:00");
    other.bytes[31] ^= 1;
    pseudonym_make(key, &anna, now, a);
    pseudonym_make(key, &bo, now, b);
    pseudonym_make(&other, &anna, now, c);
    ok(strcmp(a, b) != 0, "two people");
    ok(strcmp(a, c) != 0, "two keys that differ by a bit");
    is_int((int)strspn(a, "0123456789abcdef"), 32, "32 hexadecimal digits");
    is_int((int)strlen(a), 32, "and no more");
}

/* Whoever searches finds what was written in any month that is kept, the newest first. */
static void covers_the_months_that_are_kept(void)
{
    static const struct {
        int64_t keep_days;
        size_t months;
    } cases[] = {{1, 3}, {31, 4}, {365, 15}, {1825, 63}, {0, 121}, {36500, 1202}};
    const struct pseudonym_key key = {"0123456789abcdef0123456789abcdef", 32};
    const struct cpr cpr = {"6101709995"};
    const struct wall now = wall_of_unix(1795257720); /* 21 November 2026 */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pseudonym_set set;
        pseudonym_set_make(&key, &cpr, now, cases[i].keep_days, &set);
        is_int((long long)set.count, (long long)cases[i].months, "months of %lld days",
               (long long)cases[i].keep_days);
        int missing = 0;
        size_t at = 0;
        for (int64_t day = 0; day <= cases[i].keep_days; day++) {
            char text[PSEUDONYM_TEXT];
            struct wall then = {now.unix_ms - day * 86400000, true};
            pseudonym_make(&key, &cpr, then, text);
            while (at < set.count && strcmp(set.at[at], text) != 0)
                at++;
            missing += at == set.count;
        }
        is_int(missing, 0, "each day's, newest first");
        pseudonym_set_clear(&set);
    }
}

static void may_last(void)
{
    const struct pseudonym_key key = {"0123456789abcdef0123456789abcdef", 32};
    const struct pseudonym_key other_key = {"1123456789abcdef0123456789abcdef", 32};
    const struct cpr cpr = {"6101709995"}, other = {"7212550001"};
    char lasting[PSEUDONYM_TEXT], again[PSEUDONYM_TEXT];
    struct pseudonym_set months;
    int equal = 0;
    pseudonym_make_lasting(&key, &cpr, lasting);
    pseudonym_make_lasting(&key, &cpr, again);
    is_str(again, lasting, "the same each time");
    pseudonym_make_lasting(&key, &other, again);
    ok(strcmp(again, lasting) != 0, "another person's is another");
    pseudonym_make_lasting(&other_key, &cpr, again);
    ok(strcmp(again, lasting) != 0, "under another key too");
    pseudonym_set_make(&key, &cpr, wall_of_unix(1795257720), 36500, &months);
    for (size_t i = 0; i < months.count; i++)
        equal += strcmp(months.at[i], lasting) == 0;
    is_int(equal, 0, "and no month's");
    pseudonym_set_clear(&months);
}

int main(void)
{
    struct pseudonym_key key;
    takes_keys_of_32_bytes_or_more();
    if (ok(pseudonym_key_parse(str_of(key_hex), &key), "a key")) {
        is_hmac_under_the_months_key(&key);
        changes_with_the_month(&key);
        tells_people_and_keys_apart(&key);
    }
    covers_the_months_that_are_kept();
    may_last();
    return done_testing();
}
