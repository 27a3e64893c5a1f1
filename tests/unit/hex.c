/* SPDX-License-Identifier: MIT */
#include "base/hex.h"
#include "tests/tap.h"

static const struct {
    const char *name, *text;
    size_t max;
    const char *bytes; /* NULL: refused */
    size_t len;
} examples[] = {
    {"both cases", "00fFAb", 8, "\x00\xff\xab", 3},
    {"nothing", "", 8, "", 0},
    {"a file's newline", "0102\n", 2, "\x01\x02", 2},
    {"white space of all kinds behind", "0102 \t\r\n", 2, "\x01\x02", 2},
    {"as many bytes as fit", "01020304", 4, "\x01\x02\x03\x04", 4},
    {"one more than fit", "01020304ff", 4, NULL, 0},
    {"half a byte", "010", 4, NULL, 0},
    {"no digit", "0g", 4, NULL, 0},
    {"the neighbours of the digits", "/:", 4, NULL, 0},
    {"the neighbours of the letters", "@G", 4, NULL, 0},
    {"the neighbours of the small letters", "`g", 4, NULL, 0},
    {"white space before", " 01", 4, NULL, 0},
    {"white space between", "01 02", 4, NULL, 0},
    {"a prefix", "0x01", 4, NULL, 0},
    {"a high byte", "\xc3\xa6", 4, NULL, 0},
};

int main(void)
{
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        unsigned char bytes[8] = "unwrit";
        size_t len = 99;
        bool is_hex = hex_decode(str_of(examples[i].text), bytes, examples[i].max, &len);
        if (ok(is_hex == (examples[i].bytes != NULL), "%s", examples[i].name) && is_hex)
            is_bytes((const char *)bytes, len, examples[i].bytes, examples[i].len, "%s: its bytes",
                     examples[i].name);
    }

    unsigned char bytes[256], back[256];
    char text[513];
    size_t len = 0;
    for (int i = 0; i < 256; i++)
        bytes[i] = (unsigned char)i;
    hex_encode(bytes, 256, text);
    is_int((int)strlen(text), 512, "two digits a byte, and an end");
    ok(strncmp(text, "000102", 6) == 0 && strcmp(text + 506, "fdfeff") == 0, "small letters");
    ok(hex_decode(str_of(text), back, 256, &len) && memcmp(back, bytes, 256) == 0,
       "every byte comes back");
    hex_encode(bytes, 0, text);
    is_str(text, "", "no byte");
    return done_testing();
}
