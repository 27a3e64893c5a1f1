/* SPDX-License-Identifier: MIT */
#include "identity/level.h"

#define NSIS "https://data.gov.dk/concept/core/nsis/"

static const struct {
    struct str name, acr;
} levels[] = {
    [LEVEL_NONE] = {STR_INIT("none"), {NULL, 0}},
    [LEVEL_LOW] = {STR_INIT("low"), STR_INIT(NSIS "Low")},
    [LEVEL_SUBSTANTIAL] = {STR_INIT("substantial"), STR_INIT(NSIS "Substantial")},
    [LEVEL_HIGH] = {STR_INIT("high"), STR_INIT(NSIS "High")},
};

/* What may stand before the word; the longer ones first. */
static const struct str prefixes[] = {
    STR_INIT(NSIS "loa/"),
    STR_INIT(NSIS),
    STR_INIT("urn:grn:authn:dk:mitid:"),
};

/* OIOSAML 2 AssuranceLevel. Levels 1 and 2 are below NSIS Substantial: both are low [D]. */
static const enum level oiosaml2[] = {
    [1] = LEVEL_LOW,
    [2] = LEVEL_LOW,
    [3] = LEVEL_SUBSTANTIAL,
    [4] = LEVEL_HIGH,
};

static struct str without_prefix(struct str s)
{
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (str_starts_with(s, prefixes[i]))
            return str_skip(s, prefixes[i].len);
    return s;
}

enum level level_parse(struct str s)
{
    if (s.len == 1 && s.at[0] >= '1' && s.at[0] <= '4')
        return oiosaml2[s.at[0] - '0'];
    struct str word = without_prefix(s);
    for (enum level level = LEVEL_LOW; level <= LEVEL_HIGH; level++)
        if (str_equal_nocase(word, levels[level].name))
            return level;
    return LEVEL_NONE;
}

struct str level_name(enum level level)
{
    return levels[level].name;
}

struct str level_acr(enum level level)
{
    return levels[level].acr;
}
