/* SPDX-License-Identifier: MIT */
/* http_chars: which bytes HTTP allows where, for the files behind http_parse.h. */
#ifndef NET_HTTP_CHARS_H
#define NET_HTTP_CHARS_H

#include "base/str.h"

enum http_class {
    TCHAR = 1 << 0,  /* token: RFC 9110, 5.6.2 */
    VALUE = 1 << 1,  /* inside a field value: HTAB, SP, VCHAR, obs-text */
    TARGET = 1 << 2, /* path and query: RFC 3986 pchar, "/", "?" and the "%" of an escape */
    HOST = 1 << 3,   /* a name or IPv4 address in Host */
    HEX = 1 << 4,
};

extern const uint8_t http_classes[256];

static inline bool is_class(char c, enum http_class class)
{
    return http_classes[(unsigned char)c] & class;
}

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Of a byte of class HEX. */
static inline unsigned hex_value(char c)
{
    return is_digit(c) ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

/* Is every "%" of s followed by two hexadecimal digits? */
bool http_escapes_are_valid(struct str s);

#endif
