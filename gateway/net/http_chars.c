/* SPDX-License-Identifier: MIT */
#include "net/http_chars.h"

#define NAME_CHAR (TCHAR | VALUE | TARGET | HOST)
const uint8_t http_classes[256] = {
    ['\t'] = VALUE,
    [' '] = VALUE,
    [0x80 ... 0xFF] = VALUE,
    ['0' ... '9'] = NAME_CHAR | HEX,
    ['A' ... 'F'] = NAME_CHAR | HEX,
    ['G' ... 'Z'] = NAME_CHAR,
    ['a' ... 'f'] = NAME_CHAR | HEX,
    ['g' ... 'z'] = NAME_CHAR,
    ['-'] = NAME_CHAR,
    ['.'] = NAME_CHAR,
    ['_'] = NAME_CHAR,
    ['~'] = NAME_CHAR,
    ['!'] = TCHAR | VALUE | TARGET,
    ['$'] = TCHAR | VALUE | TARGET,
    ['&'] = TCHAR | VALUE | TARGET,
    ['\''] = TCHAR | VALUE | TARGET,
    ['*'] = TCHAR | VALUE | TARGET,
    ['+'] = TCHAR | VALUE | TARGET,
    ['%'] = TCHAR | VALUE | TARGET,
    ['#'] = TCHAR | VALUE,
    ['^'] = TCHAR | VALUE,
    ['`'] = TCHAR | VALUE,
    ['|'] = TCHAR | VALUE,
    ['('] = VALUE | TARGET,
    [')'] = VALUE | TARGET,
    [','] = VALUE | TARGET,
    ['/'] = VALUE | TARGET,
    [':'] = VALUE | TARGET,
    [';'] = VALUE | TARGET,
    ['='] = VALUE | TARGET,
    ['?'] = VALUE | TARGET,
    ['@'] = VALUE | TARGET,
    ['"'] = VALUE,
    ['<'] = VALUE,
    ['>'] = VALUE,
    ['['] = VALUE,
    [']'] = VALUE,
    ['\\'] = VALUE,
    ['{'] = VALUE,
    ['}'] = VALUE,
};

bool http_escapes_are_valid(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] == '%' &&
            (s.len - i < 3 || !is_class(s.at[i + 1], HEX) || !is_class(s.at[i + 2], HEX)))
            return false;
    return true;
}
