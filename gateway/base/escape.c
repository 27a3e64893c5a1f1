/* SPDX-License-Identifier: MIT */
#include "base/escape.h"

#include <assert.h>

/* Value of four hexadecimal digits, or -1. */
static int hex4(const char *at, const char *end)
{
    int value = 0;

    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = at[i], low = (char)(c | 0x20);

        if (c >= '0' && c <= '9')
            value = value << 4 | (c - '0');
        else if (low >= 'a' && low <= 'f')
            value = value << 4 | (low - 'a' + 10);
        else
            return -1;
    }
    return value;
}

static bool is_high_surrogate(int unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low_surrogate(int unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

static const char *refuse(const char **why, const char *reason)
{
    *why = reason;
    return NULL;
}

/* `at` stands behind "\u". Beyond the basic plane two such escapes make one character. */
static const char *parse_unicode(const char *at, const char *end, uint32_t *character,
                                 const char **why)
{
    int unit = hex4(at, end), low;

    if (unit < 0)
        return refuse(why, "wrong \\u escape");
    if (unit == 0)
        return refuse(why, "NUL in a string");
    at += 4;
    *character = (uint32_t)unit;
    if (!is_high_surrogate(unit))
        return is_low_surrogate(unit) ? refuse(why, "lone surrogate") : at;
    low = end - at >= 2 && at[0] == '\\' && at[1] == 'u' ? hex4(at + 2, end) : -1;
    if (!is_low_surrogate(low))
        return refuse(why, "lone surrogate");
    *character = 0x10000u + ((uint32_t)(unit - 0xD800) << 10) + (uint32_t)(low - 0xDC00);
    return at + 6;
}

const char *escape_parse(const char *at, const char *end, uint32_t *character, const char **why)
{
    static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const char *found;

    if (end - at < 2)
        return refuse(why, "unexpected end");
    if (at[1] == 'u')
        return parse_unicode(at + 2, end, character, why);
    found = memchr(names, at[1], sizeof names - 1);
    if (!found)
        return refuse(why, "unknown escape");
    *character = (uint32_t)meanings[found - names];
    return at + 2;
}

static char *put_utf8(char *at, uint32_t c)
{
    if (c < 0x80) {
        *at++ = (char)c;
        return at;
    }
    if (c < 0x800) {
        *at++ = (char)(0xC0 | c >> 6);
    } else {
        if (c < 0x10000) {
            *at++ = (char)(0xE0 | c >> 12);
        } else {
            *at++ = (char)(0xF0 | c >> 18);
            *at++ = (char)(0x80 | (c >> 12 & 0x3F));
        }
        *at++ = (char)(0x80 | (c >> 6 & 0x3F));
    }
    *at++ = (char)(0x80 | (c & 0x3F));
    return at;
}

size_t escape_resolve(struct str raw, char *to)
{
    const char *at = raw.at, *end = raw.at + raw.len, *start = to;

    while (at < end) {
        const char *backslash = memchr(at, '\\', (size_t)(end - at)), *why;
        size_t span = (size_t)((backslash ? backslash : end) - at);
        uint32_t character;

        memcpy(to, at, span);
        to += span;
        if (!backslash)
            break;
        at = escape_parse(backslash, end, &character, &why);
        assert(at);
        to = put_utf8(to, character);
    }
    return (size_t)(to - start);
}
