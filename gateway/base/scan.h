/* SPDX-License-Identifier: MIT */
/* scan: the inner loop of reading and writing JSON strings. */
#ifndef BASE_SCAN_H
#define BASE_SCAN_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* The first byte from `at` on that is more than itself in a JSON string: a control character, a
 * quotation mark, a backslash, or a part of a longer UTF-8 sequence; `end` if there is none. */
static inline const char *scan_plain(const char *at, const char *end)
{
#ifdef __SSE2__
    const __m128i space = _mm_set1_epi8(' '), quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');

    for (; end - at >= 16; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        /* Compared as signed bytes, so that 0x80 and above are "below" the space as well. */
        __m128i special = _mm_or_si128(
            _mm_cmplt_epi8(bytes, space),
            _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
        int mask = _mm_movemask_epi8(special);

        if (mask)
            return at + __builtin_ctz((unsigned)mask);
    }
#endif
    while (at < end && (signed char)*at >= ' ' && *at != '"' && *at != '\\')
        at++;
    return at;
}

#endif
