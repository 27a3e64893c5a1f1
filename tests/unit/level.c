/* SPDX-License-Identifier: MIT */
#include "identity/level.h"
#include "tests/tap.h"

#define NSIS "https://data.gov.dk/concept/core/nsis/"

int main(void)
{
    static const struct {
        const char *text;
        enum level level;
    } rows[] = {
        {NSIS "Low", LEVEL_LOW},
        {NSIS "Substantial", LEVEL_SUBSTANTIAL},
        {NSIS "High", LEVEL_HIGH},
        {NSIS "loa/Low", LEVEL_LOW},
        {NSIS "loa/Substantial", LEVEL_SUBSTANTIAL},
        {NSIS "loa/High", LEVEL_HIGH},
        {"Low", LEVEL_LOW},
        {"LOW", LEVEL_LOW},
        {"Substantial", LEVEL_SUBSTANTIAL},
        {"SUBSTANTIAL", LEVEL_SUBSTANTIAL},
        {"high", LEVEL_HIGH},
        {"urn:grn:authn:dk:mitid:low", LEVEL_LOW},
        {"urn:grn:authn:dk:mitid:substantial", LEVEL_SUBSTANTIAL},
        {"urn:grn:authn:dk:mitid:high", LEVEL_HIGH},
        {"1", LEVEL_LOW},
        {"2", LEVEL_LOW},
        {"3", LEVEL_SUBSTANTIAL},
        {"4", LEVEL_HIGH},
        {"0", LEVEL_NONE},
        {"5", LEVEL_NONE},
        {"34", LEVEL_NONE},
        {"", LEVEL_NONE},
        {"none", LEVEL_NONE},
        {"higher", LEVEL_NONE},
        {" High", LEVEL_NONE},
        {"High ", LEVEL_NONE},
        {NSIS, LEVEL_NONE},
        {NSIS "4", LEVEL_NONE},
        {NSIS "loa/loa/High", LEVEL_NONE},
        {"https://data.gov.dk.example/concept/core/nsis/High", LEVEL_NONE},
        {"http://data.gov.dk/concept/core/nsis/High", LEVEL_NONE},
        {"urn:grn:authn:dk:nemid:poces", LEVEL_NONE},
        {"urn:grn:authn:dk:mitid:business", LEVEL_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        is_int(level_parse(str_of(rows[i].text)), rows[i].level, "\"%s\"", rows[i].text);
    is_int(level_parse(STR_NONE), LEVEL_NONE, "the absent text");
    is_int(level_parse(STR("High\0")), LEVEL_NONE, "a NUL behind the word");

    for (enum level level = LEVEL_LOW; level <= LEVEL_HIGH; level++) {
        is_int(level_parse(level_acr(level)), level, "the URI of level %d reads back", level);
        is_int(level_parse(level_name(level)), level, "and its name");
    }
    ok(!level_acr(LEVEL_NONE).at, "no URI for no level");
    ok(str_equal(level_acr(LEVEL_SUBSTANTIAL), STR(NSIS "Substantial")), "NSIS spelling");
    return done_testing();
}
