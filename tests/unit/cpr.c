/* SPDX-License-Identifier: MIT */
/* Ordinary numbers are made here of replacement numbers: none stands in a file. */
#include "identity/cpr.h"
#include "tests/tap.h"

static struct cpr of(const char *text)
{
    struct cpr cpr;
    if (!cpr_parse(str_of(text), &cpr))
        printf("# not a number: %s\n", text);
    return cpr;
}

static void parses(void)
{
    static const struct {
        const char *name;
        struct str text;
        bool good;
    } rows[] = {
        {"ten digits", STR_INIT("6101709995"), true},
        {"with a hyphen", STR_INIT("610170-9995"), true},
        {"the last replacement day", STR_INIT("9112704995"), true},
        {"29 February of a leap year", STR_INIT("8902804991"), true},
        {"29 February of 2000", STR_INIT("8902004991"), true},
        {"29 February of 1900", STR_INIT("8902001991"), false},
        {"29 February of a common year", STR_INIT("8902814991"), false},
        {"31 April", STR_INIT("9104704995"), false},
        {"day 92", STR_INIT("9201704995"), false},
        {"day 60", STR_INIT("6001704995"), false},
        {"day 0", STR_INIT("0001704995"), false},
        {"month 0", STR_INIT("6100704995"), false},
        {"month 13", STR_INIT("6113704995"), false},
        {"nine digits", STR_INIT("610170999"), false},
        {"eleven digits", STR_INIT("61017099955"), false},
        {"a hyphen elsewhere", STR_INIT("61017-09995"), false},
        {"two hyphens", STR_INIT("610170--999"), false},
        {"a space for the hyphen", STR_INIT("610170 9995"), false},
        {"a space before", STR_INIT(" 6101709995"), false},
        {"a line feed after", STR_INIT("6101709995\n"), false},
        {"a letter", STR_INIT("61017O9995"), false},
        {"a NUL", STR_INIT("610170\0995"), false},
        {"a sign", STR_INIT("+101709995"), false},
        {"empty", STR_INIT(""), false},
        {"absent", {NULL, 0}, false},
        {"other digits of Unicode", STR_INIT("\xd9\xa6\xd9\xa1\xd9\xa0\xd9\xa1\xd9\xa7"), false},
        {"a person without CPR", STR_INIT("urn:oio:us:personid:1234567"), false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cpr cpr = {"1234567890"};
        is_int(cpr_parse(rows[i].text, &cpr), rows[i].good, "parse: %s", rows[i].name);
        if (rows[i].good)
            is_int((long long)cpr_str(&cpr).len, CPR_DIGITS, "ten digits without the hyphen");
        else
            ok(!cpr_is_known(&cpr) && cpr_str(&cpr).len == 0, "and the number is absent");
    }
    struct cpr hyphen = of("610170-9995");
    is_str(hyphen.digits, "6101709995", "the hyphen is dropped");
}

static void knows_the_birthday(void)
{
    static const struct {
        int yy;
        char seventh;
        int year;
    } rows[] = {
        {0, '0', 1900},  {99, '0', 1999}, {0, '3', 1900},  {99, '3', 1999}, {36, '4', 2036},
        {37, '4', 1937}, {0, '4', 2000},  {99, '4', 1999}, {57, '5', 2057}, {58, '5', 1858},
        {0, '8', 2000},  {57, '8', 2057}, {58, '8', 1858}, {99, '8', 1899}, {36, '9', 2036},
        {37, '9', 1937}, {99, '9', 1999},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int replaced = 0; replaced <= 1; replaced++) {
            char text[16];
            snprintf(text, sizeof text, "%02d07%02d%c%03d", 14 + replaced * 60, rows[i].yy,
                     rows[i].seventh, 991);
            struct cpr cpr = of(text);
            struct date birth = cpr_birth(&cpr);
            is_int(birth.year, rows[i].year, "year %02d, seventh digit %c, %s", rows[i].yy,
                   rows[i].seventh, replaced ? "replacement number" : "ordinary number");
            ok(birth.day == 14 && birth.month == 7, "day and month");
        }
    ok(!date_is_known(cpr_birth(&CPR_NONE)), "the absent number has no birthday");
}

static void counts_years(void)
{
    static const struct {
        const char *cpr;
        struct date today;
        int age;
    } rows[] = {
        {"7408864995", {2026, 8, 13}, 39}, {"7408864995", {2026, 8, 14}, 40},
        {"7408864995", {2026, 12, 1}, 40}, {"7408864995", {2027, 7, 31}, 40},
        {"8902044995", {2022, 2, 28}, 17}, {"8902044995", {2022, 3, 1}, 18},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cpr cpr = of(rows[i].cpr);
        is_int(cpr_age(&cpr, rows[i].today), rows[i].age, "age, row %zu", i);
    }
}

static void compares(void)
{
    struct cpr a = of("6101709995"), same = of("610170-9995"), none = CPR_NONE;
    ok(cpr_equal(&a, &same), "equal with and without hyphen");
    ok(!cpr_equal(&none, &none), "two absent numbers are not equal");
    ok(!cpr_equal(&a, &none) && !cpr_equal(&none, &a), "an absent number equals none");
    for (int i = 0; i < CPR_DIGITS; i++) {
        struct cpr other = a;
        other.digits[i] ^= 1;
        ok(!cpr_equal(&a, &other), "digit %d tells them apart", i);
    }
}

int main(void)
{
    parses();
    knows_the_birthday();
    counts_years();
    compares();
    return done_testing();
}
