/* SPDX-License-Identifier: MIT */
/* For tests of what people read: how hard a text is. */
#pragma once

#include "base/str.h"

enum { READING_WORDS_MAX = 15, READING_LONG_WORD = 7, READING_LIX_MAX = 35 };

struct reading {
    int words, longs, sentences, longest;
    int current; /* words of the sentence under way */
};

__attribute__((unused)) static void reading_end_sentence(struct reading *reading)
{
    reading->sentences += reading->current > 0;
    if (reading->current > reading->longest)
        reading->longest = reading->current;
    reading->current = 0;
}

__attribute__((unused)) static void reading_end_word(struct reading *reading, int letters)
{
    reading->words += letters > 0;
    reading->current += letters > 0;
    reading->longs += letters >= READING_LONG_WORD;
}

/* A point inside "32.24.04", and behind "19." and "kl.", is none of a sentence. */
__attribute__((unused)) static bool reading_ends(struct str text, size_t i)
{
    char c = text.at[i];
    if (c != '.')
        return c == '!' || c == '?';
    struct str rest = str_skip(text, i + 1);
    if (rest.len < 2)
        return true;
    unsigned char next = (unsigned char)rest.at[1];
    return rest.at[0] == ' ' &&
           ((next >= 'A' && next <= 'Z') || next == 0xc3 || next == '{' || next == '[');
}

/* Björnsson's measure: words per sentence + 100 * words of seven letters and more / words. A
 * placeholder stands for one short word, as "ATP" and "kl. 10.42". */
__attribute__((unused)) static struct reading reading_of(struct str text)
{
    struct reading reading = {0};
    int letters = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c == '{') {
            while (i + 1 < text.len && text.at[i] != '}')
                i++;
            letters++;
        } else if (reading_ends(text, i)) {
            reading_end_word(&reading, letters);
            reading_end_sentence(&reading);
            letters = 0;
        } else if (c == ' ' || c == ',' || c == '[' || c == ']') {
            reading_end_word(&reading, letters);
            letters = 0;
        } else {
            letters += (c & 0xc0) != 0x80 && c != '-';
        }
    }
    reading_end_word(&reading, letters);
    reading_end_sentence(&reading);
    return reading;
}

__attribute__((unused)) static double reading_lix(const struct reading *reading)
{
    return (double)reading->words / reading->sentences + 100.0 * reading->longs / reading->words;
}
