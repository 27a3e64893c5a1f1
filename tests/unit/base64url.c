/* SPDX-License-Identifier: MIT */
#include "base/base64url.h"
#include "tests/tap.h"

static const struct {
    const char *text, *bytes;
} good[] = {
    /* RFC 4648, 10 without the padding. */
    {"", ""},           {"Zg", "f"},          {"Zm8", "fo"},          {"Zm9v", "foo"},
    {"Zm9vYg", "foob"}, {"Zm9vYmE", "fooba"}, {"Zm9vYmFy", "foobar"}, {"-_-_", "\xfb\xff\xbf"},
};

static const struct {
    const char *name;
    struct str text;
} bad[] = {
    {"one character is no byte", STR_INIT("A")},
    {"five characters", STR_INIT("Zm9vY")},
    {"stray bits after one byte", STR_INIT("Zh")},
    {"stray bits after two bytes", STR_INIT("Zm9")},
    {"padding", STR_INIT("Zg==")},
    {"padding of one", STR_INIT("Zm8=")},
    {"plus of base64", STR_INIT("+_-_")},
    {"slash of base64", STR_INIT("-/-_")},
    {"space", STR_INIT("Zm 9v")},
    {"line feed at the end", STR_INIT("Zm9v\n")},
    {"NUL inside", STR_INIT("Zm\0009v")},
    {"a byte above ASCII", STR_INIT("Zm9\xc3")},
};

int main(void)
{
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char bytes[64], text[64];
        size_t len = 99, bytes_len = strlen(good[i].bytes);
        if (ok(base64url_decode(str_of(good[i].text), bytes, &len), "decodes \"%s\"", good[i].text))
            is_bytes(bytes, len, good[i].bytes, bytes_len, "to its bytes");
        struct str back = base64url_encode(good[i].bytes, bytes_len, text);
        is_bytes(back.at, back.len, good[i].text, strlen(good[i].text), "and back");
        is_int((long long)BASE64URL_LENGTH(bytes_len), (long long)back.len, "of the length told");
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char bytes[64];
        size_t len;
        ok(!base64url_decode(bad[i].text, bytes, &len), "refused: %s", bad[i].name);
    }

    bool all = true;
    for (unsigned value = 0; value < 65536; value++) {
        unsigned char pair[2] = {(unsigned char)(value >> 8), (unsigned char)value}, again[4];
        char text[4];
        size_t len;
        struct str s = base64url_encode(pair, 2, text);
        all = all && base64url_decode(s, again, &len) && len == 2 && memcmp(pair, again, 2) == 0;
    }
    ok(all, "every pair of bytes comes back");
    return done_testing();
}
