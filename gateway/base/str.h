/* SPDX-License-Identifier: MIT */
/* str: a piece of text or bytes that somebody else owns: where it is and how long. Borrowed, not
 * terminated, may hold any byte. The absent text is STR_NONE (at == NULL); the empty text is not
 * absent. All functions are pure. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *at;
    size_t len;
};

/* A literal as a struct str, also in constant initialisers: STR("text"). */
#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_INIT(literal)                                                                          \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }
#define STR_NONE   ((struct str){NULL, 0})

/* For printf: "%.*s" with STR_ARG(s). */
#define STR_ARG(s) (int)(s).len, ((s).at ? (s).at : "")

/* A terminated string as a struct str; NULL becomes STR_NONE. */
static inline struct str str_of(const char *terminated)
{
    return terminated ? (struct str){terminated, strlen(terminated)} : STR_NONE;
}

static inline struct str str_make(const char *at, size_t len)
{
    return (struct str){at, len};
}

static inline bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || (a.at && b.at && memcmp(a.at, b.at, a.len) == 0));
}

static inline bool str_is_empty(struct str s)
{
    return s.len == 0;
}

bool str_equal_nocase(struct str a, struct str b); /* ASCII letters only */
bool str_starts_with(struct str s, struct str prefix);
bool str_ends_with(struct str s, struct str suffix);
int str_compare(struct str a, struct str b); /* bytewise: < 0, 0, > 0 */

/* Where needle begins in s, or s.len when it does not occur. */
size_t str_find(struct str s, struct str needle);
size_t str_find_byte(struct str s, char byte);

/* s without `count` bytes at its start (at most all of them); the first `count` bytes of s. */
struct str str_skip(struct str s, size_t count);
struct str str_head(struct str s, size_t count);
/* s without spaces and tabs at both ends (HTTP's optional white space). */
struct str str_trim(struct str s);

/* Splits at the first `separator`: returns what stands before it and moves *rest behind it. When
 * there is none, returns all and sets *rest to STR_NONE. Loop: while (rest.at) part = str_split(..)
 */
struct str str_split(struct str *rest, char separator);

/* Decimal digits only, whole text, no sign, no overflow beyond max. */
bool str_to_u64(struct str s, uint64_t max, uint64_t *value) __attribute__((warn_unused_result));
bool str_is_digits(struct str s); /* at least one, ASCII 0-9 only */
bool str_is_utf8(struct str s);   /* valid UTF-8 (no surrogates, no overlong forms) */
/* Bytes of the valid UTF-8 sequence at the start of s: 1-4; 0 when there is none. */
size_t str_utf8_sequence(struct str s);

/* A hash for tables in memory, not for secrets (FNV-1a, 64 bits). */
uint64_t str_hash(struct str s);

#endif
