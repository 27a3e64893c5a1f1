/* SPDX-License-Identifier: MIT */
#include "policy/window.h"

#include "policy/holiday.h"
#include "tests/config.h"

static void knows_holidays(void)
{
    static const struct {
        int year;
        const char *easter;
    } easters[] = {{2000, "2000-04-23"}, {2008, "2008-03-23"}, {2011, "2011-04-24"},
                   {2024, "2024-03-31"}, {2025, "2025-04-20"}, {2026, "2026-04-05"},
                   {2027, "2027-03-28"}, {2038, "2038-04-25"}, {2100, "2100-03-28"}};
    for (size_t i = 0; i < sizeof easters / sizeof *easters; i++) {
        char text[DATE_TEXT];
        is_str(date_format(holiday_easter(easters[i].year), text).at, easters[i].easter, "easter");
    }
    static const struct {
        const char *date;
        bool is_holiday;
    } days[] = {
        {"2026-01-01", true},  {"2026-01-02", false}, {"2026-04-01", false}, {"2026-04-02", true},
        {"2026-04-03", true},  {"2026-04-04", false}, {"2026-04-05", true},  {"2026-04-06", true},
        {"2026-04-07", false}, {"2026-05-01", false}, {"2023-05-05", true},  {"2024-04-26", false},
        {"2026-05-14", true},  {"2026-05-24", true},  {"2026-05-25", true},  {"2026-06-05", false},
        {"2026-12-24", false}, {"2026-12-25", true},  {"2026-12-26", true},  {"2026-12-31", false}};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        struct date date;
        if (!date_parse(str_of(days[i].date), &date))
            abort();
        ok(holiday_is(date) == days[i].is_holiday, "%s is %sa holiday", days[i].date,
           days[i].is_holiday ? "" : "not ");
    }
}

#define SUNDAYS  "[{'days': ['sun'], 'from': '02:00', 'to': '04:00'}]"
#define GAP      "[{'days': ['sun'], 'from': '02:30', 'to': '02:45'}]"
#define NIGHTS   "[{'days': ['fri'], 'from': '22:00', 'to': '04:00'}]"
#define HOLIDAYS "[{'days': ['holiday']}]"
#define WEEKEND  "[{'days': ['sat', 'sun']}, {'days': ['fri'], 'from': '18:00'}]"
#define DATES    "[{'dates': ['2026-12-24', '2026-12-31'], 'from': '12:00'}]"
#define ALWAYS   "[{'days': ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']}]"

static const struct row {
    const char *windows, *now, *until; /* NULL: open */
} rows[] = {
    {"[]", "2026-11-29T03:00:00+01:00", NULL},
    {SUNDAYS, "2026-11-29T01:59:59+01:00", NULL},
    {SUNDAYS, "2026-11-29T02:00:00+01:00", "2026-11-29T04:00:00+01:00"},
    {SUNDAYS, "2026-11-29T03:59:59+01:00", "2026-11-29T04:00:00+01:00"},
    {SUNDAYS, "2026-11-29T04:00:00+01:00", NULL},
    {SUNDAYS, "2026-11-28T03:00:00+01:00", NULL},
    {SUNDAYS, "2026-11-30T03:00:00+01:00", NULL},
    {SUNDAYS, "2026-07-05T02:00:00+02:00", "2026-07-05T04:00:00+02:00"},
    {SUNDAYS, "2026-07-05T02:00:00+01:00", "2026-07-05T04:00:00+02:00"},
    /* 29 March 2026: after 01:59:59 comes 03:00. Two hours by the clock are one. */
    {SUNDAYS, "2026-03-29T01:59:59+01:00", NULL},
    {SUNDAYS, "2026-03-29T03:00:00+02:00", "2026-03-29T04:00:00+02:00"},
    {SUNDAYS, "2026-03-29T04:00:00+02:00", NULL},
    /* what the clock never shows happens an hour on */
    {GAP, "2026-03-29T01:45:00+01:00", NULL},
    {GAP, "2026-03-29T03:35:00+02:00", "2026-03-29T03:45:00+02:00"},
    {GAP, "2026-03-29T03:45:00+02:00", NULL},
    /* 25 October 2026: 02:00 to 03:00 comes twice. Two hours by the clock are three. */
    {SUNDAYS, "2026-10-25T02:00:00+02:00", "2026-10-25T04:00:00+01:00"},
    {SUNDAYS, "2026-10-25T02:30:00+01:00", "2026-10-25T04:00:00+01:00"},
    {SUNDAYS, "2026-10-25T01:59:59+02:00", NULL},
    {GAP, "2026-10-25T02:30:00+02:00", "2026-10-25T02:45:00+01:00"},
    {GAP, "2026-10-25T02:50:00+02:00", "2026-10-25T02:45:00+01:00"},
    {GAP, "2026-10-25T02:45:00+01:00", NULL},
    {NIGHTS, "2026-11-27T22:00:00+01:00", "2026-11-28T04:00:00+01:00"},
    {NIGHTS, "2026-11-28T03:59:00+01:00", "2026-11-28T04:00:00+01:00"},
    {NIGHTS, "2026-11-28T04:00:00+01:00", NULL},
    {NIGHTS, "2026-11-27T03:00:00+01:00", NULL},
    {NIGHTS, "2026-11-28T22:00:00+01:00", NULL},
    {HOLIDAYS, "2026-12-25T12:00:00+01:00", "2026-12-27T00:00:00+01:00"},
    {HOLIDAYS, "2026-04-02T12:00:00+02:00", "2026-04-04T00:00:00+02:00"},
    {HOLIDAYS, "2026-12-24T12:00:00+01:00", NULL},
    {WEEKEND, "2026-11-27T17:59:00+01:00", NULL},
    {WEEKEND, "2026-11-27T18:00:00+01:00", "2026-11-30T00:00:00+01:00"},
    {WEEKEND, "2026-11-29T23:59:59+01:00", "2026-11-30T00:00:00+01:00"},
    {DATES, "2026-12-24T11:59:59+01:00", NULL},
    {DATES, "2026-12-24T12:00:00+01:00", "2026-12-25T00:00:00+01:00"},
    {DATES, "2027-12-24T12:00:00+01:00", NULL},
    {DATES, "2026-12-31T23:00:00+01:00", "2027-01-01T00:00:00+01:00"},
    {ALWAYS, "2026-11-29T03:00:00+01:00", "2027-03-09T00:00:00+01:00"}, /* far enough */
};

static void closes(const struct row *row)
{
    struct config config;
    struct windows windows = windows_parse(config_parse(&config, row->windows), &config.faults);
    struct wall now, until;
    char text[WALL_TEXT];
    is_str(config_faults(&config), "", "%s", row->windows);
    if (!wall_parse(str_of(row->now), &now))
        abort();
    bool is_closed = windows_are_closed(&windows, now, &until);
    is_str(is_closed ? wall_format(until, text).at : NULL, row->until, "%s at %s", row->windows,
           row->now);
    ok(until.known == is_closed, "an end when it is closed");
    config_clear(&config);
}

static void complains(void)
{
    static const struct {
        const char *text, *faults;
    } cases[] = {
        {"{}", "t.json:1:1: expected a list of windows\n"},
        {"[{}]", "t.json:1:2: /0: expected \"days\" or \"dates\"\n"},
        {"[{'days': ['sunday']}]",
         "t.json:1:12: /0/days/0: expected mon, tue, wed, thu, fri, sat, sun or holiday\n"
         "t.json:1:2: /0: expected \"days\" or \"dates\"\n"},
        {"[{'days': ['sun'], 'from': '2:00'}]",
         "t.json:1:28: /0/from: expected a time of day, \"00:00\" to \"24:00\"\n"},
        {"[{'days': ['sun'], 'to': '24:01'}]",
         "t.json:1:26: /0/to: expected a time of day, \"00:00\" to \"24:00\"\n"},
        {"[{'days': ['sun'], 'from': '02:00', 'to': '02:00'}]",
         "t.json:1:43: /0/to: expected another time than \"from\"\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        windows_parse(config_parse(&config, cases[i].text), &config.faults);
        is_str(config_faults(&config), cases[i].faults, "%s", cases[i].text);
        config_clear(&config);
    }
}

int main(void)
{
    knows_holidays();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        closes(&rows[i]);
    complains();
    return done_testing();
}
