/* SPDX-License-Identifier: MIT */
#include "overview/export_words.h"

struct str export_word(enum export_word word, enum language language)
{
    static const struct text words[] = {
#define X(name, da, en) [name] = {{[LANGUAGE_DA] = STR_INIT(da), [LANGUAGE_EN] = STR_INIT(en)}},
        EXPORT_WORDS(X)
#undef X
    };
    return words[word].in[language];
}

struct str export_frequency(struct str code, enum language language)
{
    static const struct {
        struct str code;
        struct text text;
    } known[] = {
        {STR_INIT("once"), {{STR_INIT("én gang"), STR_INIT("once")}}},
        {STR_INIT("weekly"), {{STR_INIT("hver uge"), STR_INIT("every week")}}},
        {STR_INIT("fortnightly"), {{STR_INIT("hver 14. dag"), STR_INIT("every fortnight")}}},
        {STR_INIT("monthly"), {{STR_INIT("hver måned"), STR_INIT("every month")}}},
        {STR_INIT("quarterly"), {{STR_INIT("hvert kvartal"), STR_INIT("every quarter")}}},
        {STR_INIT("yearly"), {{STR_INIT("hvert år"), STR_INIT("every year")}}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_equal(code, known[i].code))
            return known[i].text.in[language];
    return code;
}
