/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <time.h>

#include "tests/tap.h"

static void test_instants(void)
{
    instant before = clock_instant(), after = clock_instant();

    ok(before > 0 && after >= before, "the monotonic clock does not run backwards");
    is_int(instant_after_ms(5, 2), 2005, "two milliseconds later");
    is_int(instant_left_ms(0, 2000), 2, "left, exactly");
    is_int(instant_left_ms(0, 2001), 3, "left, rounded up: never early");
    is_int(instant_left_ms(0, 1), 1, "a microsecond left is a millisecond");
    is_int(instant_left_ms(7, 7), 0, "now is past");
    is_int(instant_left_ms(8, 7), 0, "past is 0");
    ok(instant_left_ms(0, INSTANT_NEVER) == INT64_MAX / 1000 + 1, "never is far");
    is_int(instant_min(3, INSTANT_NEVER), 3, "the sooner one");
    ok(clock_wall().known && clock_wall().unix_ms > INT64_C(1700000000000),
       "the wall clock is of this age");
}

static void test_dates(void)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"2026-11-21", true},   {"2024-02-29", true},   {"2023-02-29", false},
        {"1900-02-29", false},  {"2000-02-29", true},   {"2026-04-31", false},
        {"2026-13-01", false},  {"2026-00-01", false},  {"2026-01-00", false},
        {"2026-01-32", false},  {"0001-01-01", true},   {"9999-12-31", true},
        {"0000-01-01", false},  {"2026-1-01", false},   {"26-01-01", false},
        {"2026-01-01 ", false}, {" 2026-01-01", false}, {"2026-01-01Z", false},
        {"2026/01/01", false},  {"20260101", false},    {"-026-01-01", false},
        {"+026-01-01", false},  {"2026-01-0x", false},  {"", false},
        {"02026-01-01", false}, {"2026-01-1", false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct date date = {1, 2, 3};
        char text[DATE_TEXT];
        bool good = date_parse(str_of(rows[i].text), &date);

        is_int(good, rows[i].good, "is \"%s\" a date", rows[i].text);
        if (rows[i].good)
            is_str(date_format(date, text).at, rows[i].text, "\"%s\" comes back", rows[i].text);
        else
            ok(date.year == 1 && date.month == 2 && date.day == 3, "no date, nothing written");
    }
}

/* Every day of ten thousand years, against a count that only knows the months' lengths. */
static void test_days(void)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t days = date_to_days((struct date){1, 1, 1});
    int wrong = 0;

    is_int(date_to_days((struct date){1970, 1, 1}), 0, "the epoch");
    is_int(days, -719162, "the first day of year 1");
    for (int year = 1; year <= 9999; year++)
        for (int month = 1; month <= 12; month++) {
            bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
            int length = lengths[month - 1] + (month == 2 && is_leap);

            for (int day = 1; day <= length; day++, days++) {
                struct date d = {(int16_t)year, (uint8_t)month, (uint8_t)day};

                wrong += !date_is_valid(d) || date_to_days(d) != days ||
                         date_compare(date_of_days(days), d) != 0;
            }
            wrong +=
                date_is_valid((struct date){(int16_t)year, (uint8_t)month, (uint8_t)(length + 1)});
        }
    is_int(wrong, 0, "all dates to days and back");
    ok(!date_is_known(date_of_days(days)), "the day after the last year is no date");
    ok(!date_is_known(date_of_days(-719163)), "the day before the first year is no date");
    ok(!date_is_known(date_of_days(INT64_MAX)) && !date_is_known(date_of_days(INT64_MIN)),
       "days beyond all calendars are no dates");
}

static void test_compare(void)
{
    struct date a = {2025, 12, 31}, b = {2026, 1, 1}, c = {2026, 1, 2}, d = {2026, 2, 1};

    ok(date_compare(a, b) < 0 && date_compare(b, c) < 0 && date_compare(c, d) < 0, "before");
    ok(date_compare(d, c) > 0 && date_compare(b, a) > 0 && date_compare(b, b) == 0, "after, same");
    ok(date_compare(DATE_NONE, (struct date){1, 1, 1}) < 0, "the absent date is before all");
}

/* Against the C library's own table of Copenhagen, each hour from 1996 to 2037. */
static void test_offset_against_tzdata(void)
{
    int wrong = 0;

    setenv("TZ", "Europe/Copenhagen", 1);
    tzset();
    if (strcmp(tzname[0], "CET") != 0) {
        skip("no time zone data on this machine");
        return;
    }
    for (time_t t = 820454400; t < 2145916800; t += 3600) {
        struct tm local;

        localtime_r(&t, &local);
        wrong += wall_offset_minutes(wall_of_unix(t)) != local.tm_gmtoff / 60;
    }
    is_int(wrong, 0, "Denmark's offset is the one of the time zone database");
}

static void test_walls(void)
{
    static const struct {
        const char *text;
        int64_t unix_ms;
        const char *danish;
    } rows[] = {
        {"2026-11-21T10:42:00+01:00", 1795254120000, "2026-11-21T10:42:00+01:00"},
        {"2026-11-21T09:42:00Z", 1795254120000, "2026-11-21T10:42:00+01:00"},
        {"2026-11-21t09:42:00z", 1795254120000, "2026-11-21T10:42:00+01:00"},
        {"2026-11-21T09:42:00.5Z", 1795254120500, "2026-11-21T10:42:00+01:00"},
        {"2026-11-21T09:42:00.123456789Z", 1795254120123, "2026-11-21T10:42:00+01:00"},
        {"2026-11-21T10:42:00", 1795254120000, "2026-11-21T10:42:00+01:00"},
        {"2026-11-21T10:42:00.25", 1795254120250, "2026-11-21T10:42:00+01:00"},
        {"2026-07-01T12:00:00", 1782900000000, "2026-07-01T12:00:00+02:00"},
        {"2026-07-01T00:30:00-05:00", 1782883800000, "2026-07-01T07:30:00+02:00"},
        {"2026-07-01T00:00:00+05:45", 1782843300000, "2026-06-30T20:15:00+02:00"},
        {"1970-01-01T00:00:00Z", 0, "1970-01-01T01:00:00+01:00"},
        {"1969-12-31T23:59:59.999Z", -1, "1970-01-01T00:59:59+01:00"},
        /* March 2026: 01:59:59 is followed by 03:00:00. */
        {"2026-03-29T01:59:59", 1774745999000, "2026-03-29T01:59:59+01:00"},
        {"2026-03-29T02:00:00", 1774746000000, "2026-03-29T03:00:00+02:00"},
        {"2026-03-29T02:30:00", 1774747800000, "2026-03-29T03:30:00+02:00"},
        {"2026-03-29T03:00:00", 1774746000000, "2026-03-29T03:00:00+02:00"},
        /* October 2026: 02:59:59 summer time is followed by 02:00:00 winter time. */
        {"2026-10-25T01:59:59", 1792886399000, "2026-10-25T01:59:59+02:00"},
        {"2026-10-25T02:30:00", 1792888200000, "2026-10-25T02:30:00+02:00"},
        {"2026-10-25T02:30:00+01:00", 1792891800000, "2026-10-25T02:30:00+01:00"},
        {"2026-10-25T03:00:00", 1792893600000, "2026-10-25T03:00:00+01:00"},
        {"2016-12-31T23:59:60Z", 1483228800000, "2017-01-01T01:00:00+01:00"},
        {"0001-01-01T00:00:00", -62135600400000, "0001-01-01T00:00:00+01:00"},
        {"9999-12-31T23:59:59", 253402297199000, "9999-12-31T23:59:59+01:00"},
    };
    static const char *const refused[] = {
        "",
        "2026-11-21",
        "2026-11-21T",
        "2026-11-21 10:42:00Z",
        "2026-11-21T10:42Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T23:60:00Z",
        "2026-11-21T23:59:61Z",
        "2026-11-21T23:58:60Z",
        "2026-11-21T10:42:00.Z",
        "2026-11-21T10:42:00.",
        "2026-11-21T10:42:00.1234567890Z",
        "2026-11-21T10:42:00,5Z",
        "2026-11-21T10:42:00+0100",
        "2026-11-21T10:42:00+01",
        "2026-11-21T10:42:00+24:00",
        "2026-11-21T10:42:00+01:60",
        "2026-11-21T10:42:00+01:00x",
        "2026-11-21T10:42:00Z ",
        " 2026-11-21T10:42:00Z",
        "2026-11-21T10:42:00ZZ",
        "2026-02-30T10:42:00Z",
        "2026-11-21T1:42:00Z",
        "2026-11-21T-1:42:00Z",
        "0001-01-01T00:00:00+02:00",
        "9999-12-31T23:30:00Z",
        "9999-12-31T23:59:60",
        "12026-11-21T10:42:00Z",
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wall wall = WALL_NONE;
        char text[WALL_TEXT];

        ok(wall_parse(str_of(rows[i].text), &wall) && wall.known, "\"%s\" is a time", rows[i].text);
        is_int(wall.unix_ms, rows[i].unix_ms, "value of \"%s\"", rows[i].text);
        is_str(wall_format(wall, text).at, rows[i].danish, "\"%s\" in Denmark", rows[i].text);
    }
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct wall wall = {4711, false};

        ok(!wall_parse(str_of(refused[i]), &wall), "\"%s\" is no time", refused[i]);
        ok(wall.unix_ms == 4711 && !wall.known, "and nothing is written");
    }
}

static void test_absent(void)
{
    char date_text[DATE_TEXT], wall_text[WALL_TEXT];
    struct date date = wall_date(wall_of_unix(1795302000)); /* 2026-11-22T00:00:00+01:00 */

    ok(date_format(DATE_NONE, date_text).at == NULL, "the absent date has no text");
    ok(wall_format(WALL_NONE, wall_text).at == NULL, "the absent time has no text");
    ok(!date_is_known(wall_date(WALL_NONE)), "the absent time has no date");
    ok(wall_format((struct wall){INT64_MAX, true}, wall_text).at == NULL &&
           wall_format((struct wall){INT64_MIN, true}, wall_text).at == NULL,
       "times beyond all calendars have no text");
    is_int(date.day, 22, "midnight is the new day in Denmark, not in Greenwich");
    is_int(wall_date(wall_of_unix(1795301999)).day, 21, "and a second before the old one");
}

int main(void)
{
    test_instants();
    test_dates();
    test_days();
    test_compare();
    test_offset_against_tzdata();
    test_walls();
    test_absent();
    return done_testing();
}
