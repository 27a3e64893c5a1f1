/* SPDX-License-Identifier: MIT */
/* escape: what a backslash begins in a JSON string (RFC 8259, 7). Pure. NUL and lone surrogates are
 * refused: no text of ours holds them. */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include "base/str.h"

/* Where the escape that begins at `at` (a backslash) ends, and the character it means; NULL when it
 * is none, and *why is a constant text. */
const char *escape_parse(const char *at, const char *end, uint32_t *character, const char **why);

/* Writes `raw`, whose escapes are known to be valid, with them resolved: at most raw.len bytes, as
 * UTF-8. Returns how many. */
size_t escape_resolve(struct str raw, char *to);

#endif
