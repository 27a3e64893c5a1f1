/* SPDX-License-Identifier: MIT */
#include "base/text.h"

enum { WEIGHT_ABSENT = -1, WEIGHT_ONE = 1000 };

static const struct str tags[LANGUAGES] = {
    [LANGUAGE_DA] = STR_INIT("da"),
    [LANGUAGE_EN] = STR_INIT("en"),
};

struct str language_tag(enum language language)
{
    return tags[language];
}

/* qvalue (RFC 9110, 12.4.2) in thousandths: "0.8" is 800. */
static bool weight_parse(struct str s, int *weight)
{
    int scale = WEIGHT_ONE / 10;

    if (s.len < 1 || s.len > 5 || (s.at[0] != '0' && s.at[0] != '1') ||
        (s.len > 1 && s.at[1] != '.'))
        return false;
    *weight = s.at[0] == '1' ? WEIGHT_ONE : 0;
    for (size_t i = 2; i < s.len; i++, scale /= 10) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return false;
        *weight += (s.at[i] - '0') * scale;
    }
    return *weight <= WEIGHT_ONE;
}

/* One element of the list: a range, and its weight if it has one. */
static bool range_parse(struct str element, struct str *range, int *weight)
{
    struct str rest = element;
    struct str name;

    *range = str_trim(str_split(&rest, ';'));
    *weight = WEIGHT_ONE;
    if (!rest.at)
        return true;
    name = str_trim(str_split(&rest, '='));
    return rest.at && str_equal_nocase(name, STR("q")) && weight_parse(str_trim(rest), weight);
}

enum language language_choose(struct str accept_language)
{
    struct {
        int weight;
        size_t place; /* equal weights: what is named first is meant first */
    } named[LANGUAGES];
    int others = WEIGHT_ABSENT;
    enum language chosen = LANGUAGE_DA;
    size_t place = 0;

    for (int i = 0; i < LANGUAGES; i++) {
        named[i].weight = WEIGHT_ABSENT;
        named[i].place = SIZE_MAX;
    }
    for (struct str rest = accept_language; rest.at; place++) {
        struct str range, primary;
        int weight;

        if (!range_parse(str_split(&rest, ','), &range, &weight))
            continue;
        if (str_equal(range, STR("*")))
            others = weight;
        primary = str_split(&range, '-');
        for (int i = 0; i < LANGUAGES; i++)
            if (str_equal_nocase(primary, tags[i]) && weight > named[i].weight) {
                named[i].weight = weight;
                named[i].place = place;
            }
    }
    for (int i = 0; i < LANGUAGES; i++)
        if (named[i].weight == WEIGHT_ABSENT)
            named[i].weight = others;
    for (int i = 0; i < LANGUAGES; i++)
        if (named[i].weight > named[chosen].weight ||
            (named[i].weight == named[chosen].weight && named[i].place < named[chosen].place))
            chosen = (enum language)i;
    return named[chosen].weight > 0 ? chosen : LANGUAGE_DA;
}
