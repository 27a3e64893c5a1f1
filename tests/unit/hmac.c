/* SPDX-License-Identifier: MIT */
#include "base/hmac.h"
#include "base/hex.h"
#include "tests/tap.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

/* RFC 4231, 4.3 and 4.7: a key shorter than a block, and a longer one. */
static const struct {
    const char *key, *text, *mac;
} examples[] = {
    {"Jefe", "what do ya want for nothing?",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {"\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa"
     "\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa"
     "\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa"
     "\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa"
     "\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa"
     "\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa",
     "Test Using Larger Than Block-Size Key - Hash Key First",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
};

/* Keys and texts of every length around a block, against OpenSSL's. */
static bool is_as_openssls(void)
{
    char bytes[200];
    unsigned char mac[HMAC_BYTES], theirs[HMAC_BYTES];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 37 + 11);
    for (size_t key = 0; key <= 150; key++)
        for (size_t text = 0; text <= 150; text++) {
            hmac_make(str_make(bytes, key), str_make(bytes + 50, text), mac);
            if (!HMAC(EVP_sha256(), bytes, (int)key, (unsigned char *)bytes + 50, text, theirs,
                      NULL) ||
                memcmp(mac, theirs, sizeof mac) != 0)
                return false;
        }
    return true;
}

int main(void)
{
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        unsigned char mac[HMAC_BYTES];
        char text[2 * HMAC_BYTES + 1];
        hmac_make(str_of(examples[i].key), str_of(examples[i].text), mac);
        hex_encode(mac, sizeof mac, text);
        ok(strcmp(text, examples[i].mac) == 0, "RFC 4231, key of %zu bytes",
           strlen(examples[i].key));
    }
    ok(is_as_openssls(), "as OpenSSL's, whatever the lengths");
    return done_testing();
}
