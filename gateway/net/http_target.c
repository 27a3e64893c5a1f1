/* SPDX-License-Identifier: MIT */
/* What http_parse.h says about request targets. */
#include "net/http_chars.h"
#include "net/http_parse.h"

bool http_percent_decode(struct str s, bool plus_is_space, char *out, size_t *len)
{
    size_t to = 0;
    if (!http_escapes_are_valid(s))
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (c == '%') {
            c = (char)(hex_value(s.at[i + 1]) << 4 | hex_value(s.at[i + 2]));
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        if (c == '\0')
            return false;
        out[to++] = c;
    }
    *len = to;
    return true;
}

/* The decoded byte at the start of *rest, which moves behind it; -1 at the end. */
static int decoded_take(struct str *rest)
{
    if (rest->len == 0)
        return -1;
    unsigned char c = (unsigned char)rest->at[0];
    size_t len = 1;
    if (c == '%' && rest->len >= 3 && is_class(rest->at[1], HEX) && is_class(rest->at[2], HEX)) {
        c = (unsigned char)(hex_value(rest->at[1]) << 4 | hex_value(rest->at[2]));
        len = 3;
    }
    *rest = str_skip(*rest, len);
    return c;
}

static bool is_letter_or_digit(int c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Day and month only: the century lies in the serial number, and 29 February may be right. */
static bool is_date(const char digits[10])
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int day = (digits[0] - '0') * 10 + digits[1] - '0';
    int month = (digits[2] - '0') * 10 + digits[3] - '0';
    if (day > 60)
        day -= 60; /* a replacement number */
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

static bool begins_with_cpr(struct str rest)
{
    char digits[10];
    for (int count = 0; count < 10;) {
        int c = decoded_take(&rest);
        if (count == 6 && c == '-')
            c = decoded_take(&rest);
        if (c < '0' || c > '9')
            return false;
        digits[count++] = (char)c;
    }
    return is_date(digits) && !is_letter_or_digit(decoded_take(&rest));
}

bool http_target_has_cpr(struct str target)
{
    int before = -1;
    for (struct str rest = target; rest.len > 0;) {
        struct str here = rest;
        int c = decoded_take(&rest);
        if (c >= '0' && c <= '9' && !is_letter_or_digit(before) && begins_with_cpr(here))
            return true;
        before = c;
    }
    return false;
}
