/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include "tests/tap.h"

int main(void)
{
    static const struct {
        const char *header;
        enum language language;
    } rows[] = {
        {NULL, LANGUAGE_DA},
        {"", LANGUAGE_DA},
        {"da", LANGUAGE_DA},
        {"en", LANGUAGE_EN},
        {"EN-gb", LANGUAGE_EN},
        {"da-DK", LANGUAGE_DA},
        {"de, fr;q=0.5", LANGUAGE_DA},
        {"en-US,en;q=0.9,da;q=0.8", LANGUAGE_EN},
        {"da;q=0.8, en;q=0.9", LANGUAGE_EN},
        {"da , en", LANGUAGE_DA},
        {"en , da", LANGUAGE_EN},
        {"de, en;q=0.1", LANGUAGE_EN},
        {"*", LANGUAGE_DA},
        {"en;q=0.5, *", LANGUAGE_DA},
        {"en, *;q=0.5", LANGUAGE_EN},
        {"da;q=0, *", LANGUAGE_EN},
        {"da;q=0", LANGUAGE_DA},
        {"en;q=0", LANGUAGE_DA},
        {"en;q=0.000, da;q=0.001", LANGUAGE_DA},
        {"da;q=0.999, en;q=1.000", LANGUAGE_EN},
        {"en ; Q=0.7 , da; q=0.6", LANGUAGE_EN},
        {"en;q=1.001", LANGUAGE_DA},
        {"en;q=2", LANGUAGE_DA},
        {"en;q=", LANGUAGE_DA},
        {"en;q", LANGUAGE_DA},
        {"en;q=0.1234, da;q=0.1", LANGUAGE_DA},
        {"en;q=-1", LANGUAGE_DA},
        {"en;q=.5", LANGUAGE_DA},
        {"en;q=0.x", LANGUAGE_DA},
        {"en;q=1.0.", LANGUAGE_DA},
        {"en;level=1", LANGUAGE_DA},
        {"english", LANGUAGE_DA},
        {"e", LANGUAGE_DA},
        {",,,en,,", LANGUAGE_EN},
        {";;;=,=;q,-", LANGUAGE_DA},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        is_int(language_choose(str_of(rows[i].header)), rows[i].language, "Accept-Language: %s",
               rows[i].header ? rows[i].header : "(absent)");
    ok(str_equal(language_tag(LANGUAGE_DA), STR("da")), "the tag of Danish");
    ok(str_equal(language_tag(LANGUAGE_EN), STR("en")), "the tag of English");
    return done_testing();
}
