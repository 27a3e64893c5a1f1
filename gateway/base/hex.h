/* SPDX-License-Identifier: MIT */
/* hex: bytes as hexadecimal digits, for keys in files and digests in records. */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include "base/str.h"

/* Both cases; white space at the end (a file's newline) is ignored. False: an odd number of digits,
 * another character, or more than `max` bytes. */
bool hex_decode(struct str hex, unsigned char *bytes, size_t max, size_t *len)
    __attribute__((warn_unused_result));
/* Writes 2 * len lower-case digits and a NUL. */
void hex_encode(const unsigned char *bytes, size_t len, char *text);

#endif
