/* SPDX-License-Identifier: MIT */
#include "base/str.h"

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

bool str_equal_nocase(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.at[i]) != lower(b.at[i]))
            return false;
    return true;
}

bool str_starts_with(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_equal(str_head(s, prefix.len), prefix);
}

bool str_ends_with(struct str s, struct str suffix)
{
    return s.len >= suffix.len && str_equal(str_skip(s, s.len - suffix.len), suffix);
}

int str_compare(struct str a, struct str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common ? memcmp(a.at, b.at, common) : 0;

    return order ? order : (a.len > b.len) - (a.len < b.len);
}

size_t str_find(struct str s, struct str needle)
{
    if (needle.len == 0)
        return 0;
    for (size_t from = 0; needle.len <= s.len - from; from++) {
        from += str_find_byte(str_skip(s, from), needle.at[0]);
        if (needle.len > s.len - from)
            break;
        if (memcmp(s.at + from, needle.at, needle.len) == 0)
            return from;
    }
    return s.len;
}

size_t str_find_byte(struct str s, char byte)
{
    const char *found = s.len ? memchr(s.at, byte, s.len) : NULL;

    return found ? (size_t)(found - s.at) : s.len;
}

struct str str_skip(struct str s, size_t count)
{
    if (count > s.len)
        count = s.len;
    return count ? (struct str){s.at + count, s.len - count} : s;
}

struct str str_head(struct str s, size_t count)
{
    return (struct str){s.at, count < s.len ? count : s.len};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct str str_trim(struct str s)
{
    while (s.len && is_blank(s.at[0]))
        s = str_skip(s, 1);
    while (s.len && is_blank(s.at[s.len - 1]))
        s.len--;
    return s;
}

struct str str_split(struct str *rest, char separator)
{
    size_t before = str_find_byte(*rest, separator);
    struct str part = str_head(*rest, before);

    *rest = before < rest->len ? str_skip(*rest, before + 1) : STR_NONE;
    return part;
}

bool str_to_u64(struct str s, uint64_t max, uint64_t *value)
{
    uint64_t sum = 0;

    if (!str_is_digits(s))
        return false;
    for (size_t i = 0; i < s.len; i++) {
        uint64_t digit = (uint64_t)(s.at[i] - '0');

        if (digit > max || sum > (max - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return true;
}

bool str_is_digits(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] < '0' || s.at[i] > '9')
            return false;
    return s.len > 0;
}

/* The second byte's range tells overlong forms, surrogates and what is beyond U+10FFFF apart
 * (Unicode, table 3-7); all later bytes are plain continuations. */
size_t str_utf8_sequence(struct str s)
{
    const unsigned char *at = (const unsigned char *)s.at;
    unsigned char low = 0x80, high = 0xBF;
    size_t len;

    if (s.len == 0)
        return 0;
    if (at[0] < 0x80)
        return 1;
    if (at[0] < 0xC2 || at[0] > 0xF4)
        return 0;
    len = at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
    if (at[0] == 0xE0)
        low = 0xA0;
    else if (at[0] == 0xED)
        high = 0x9F;
    else if (at[0] == 0xF0)
        low = 0x90;
    else if (at[0] == 0xF4)
        high = 0x8F;
    if (len > s.len || at[1] < low || at[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    return len;
}

bool str_is_utf8(struct str s)
{
    while (s.len) {
        size_t len = str_utf8_sequence(s);

        if (len == 0)
            return false;
        s = str_skip(s, len);
    }
    return true;
}

uint64_t str_hash(struct str s)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < s.len; i++)
        hash = (hash ^ (unsigned char)s.at[i]) * UINT64_C(0x100000001b3);
    return hash;
}
