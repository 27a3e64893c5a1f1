/* SPDX-License-Identifier: MIT */
#include "base/hex.h"

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool hex_decode(struct str hex, unsigned char *bytes, size_t max, size_t *len)
{
    while (hex.len > 0 && strchr(" \t\r\n", hex.at[hex.len - 1]))
        hex.len--;
    if (hex.len % 2 != 0 || hex.len / 2 > max)
        return false;
    for (size_t i = 0; i < hex.len / 2; i++) {
        int high = digit_value(hex.at[2 * i]), low = digit_value(hex.at[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    *len = hex.len / 2;
    return true;
}

void hex_encode(const unsigned char *bytes, size_t len, char *text)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * len] = '\0';
}
