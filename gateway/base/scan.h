/* SPDX-License-Identifier: MIT */
/* scan: the inner loop of reading and writing JSON strings. */
#ifndef BASE_SCAN_H
#define BASE_SCAN_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifdef __SSE2__
/* A bit for each of the bytes that is special. */
static inline unsigned scan_special(__m128i bytes)
{
    const __m128i space = _mm_set1_epi8(' '), quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    /* Compared as signed bytes, so that 0x80 and above are "below" the space as well. */
    __m128i special =
        _mm_or_si128(_mm_cmplt_epi8(bytes, space),
                     _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
    return (unsigned)_mm_movemask_epi8(special);
}
#endif

/* The first byte from `at` on that is more than itself in a JSON string: a control character, a
 * quotation mark, a backslash, or a part of a longer UTF-8 sequence; `end` if there is none. */
static inline const char *scan_plain(const char *at, const char *end)
{
#ifdef __SSE2__
    unsigned mask;

    for (; end - at >= 16; at += 16) {
        mask = scan_special(_mm_loadu_si128((const __m128i *)(const void *)at));
        if (mask)
            return at + __builtin_ctz(mask);
    }
    /* Most strings are shorter than that. What is not loaded counts as NUL bytes. */
    if (end - at >= 8) {
        mask = scan_special(_mm_loadu_si64(at)) & 0xFF;
        if (mask)
            return at + __builtin_ctz(mask);
        at += 8;
    }
    if (end - at >= 4) {
        mask = scan_special(_mm_loadu_si32(at)) & 0xF;
        if (mask)
            return at + __builtin_ctz(mask);
        at += 4;
    }
#endif
    while (at < end && (signed char)*at >= ' ' && *at != '"' && *at != '\\')
        at++;
    return at;
}

#endif
