/* SPDX-License-Identifier: MIT */
#include "base/base64url.h"

static const char letters[64] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* The six bits of each character plus one; 0: not a letter of the alphabet. */
static const uint8_t values[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['-'] = 63, ['_'] = 64,
};

bool base64url_decode(struct str text, void *out, size_t *len)
{
    unsigned char *to = out;
    uint32_t bits = 0;
    unsigned pending = 0; /* bits in `bits` that no byte has taken yet */
    for (size_t i = 0; i < text.len; i++) {
        uint32_t value = values[(unsigned char)text.at[i]];
        if (value == 0)
            return false;
        bits = bits << 6 | (value - 1);
        pending += 6;
        if (pending >= 8) {
            pending -= 8;
            *to++ = (unsigned char)(bits >> pending);
        }
    }
    *len = (size_t)(to - (unsigned char *)out);
    return pending < 6 && (bits & ((1u << pending) - 1)) == 0;
}

struct str base64url_encode(const void *bytes, size_t len, char *out)
{
    const unsigned char *from = bytes;
    char *to = out;
    uint32_t bits = 0;
    unsigned pending = 0;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | from[i];
        for (pending += 8; pending >= 6;) {
            pending -= 6;
            *to++ = letters[bits >> pending & 63];
        }
    }
    if (pending)
        *to++ = letters[bits << (6 - pending) & 63];
    return str_make(out, (size_t)(to - out));
}
