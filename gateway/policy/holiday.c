/* SPDX-License-Identifier: MIT */
#include "policy/holiday.h"

/* The anonymous algorithm of 1876 (Meeus, Astronomical Algorithms, chapter 8). */
struct date holiday_easter(int year)
{
    int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4;
    int g = (b - (b + 8) / 25 + 1) / 3;
    int h = (19 * a + b - d - g + 15) % 30;
    int l = (32 + 2 * e + 2 * (c / 4) - h - c % 4) % 7;
    int m = (a + 11 * h + 22 * l) / 451;
    int n = h + l - 7 * m + 114;
    return (struct date){(int16_t)year, (uint8_t)(n / 31), (uint8_t)(n % 31 + 1)};
}

bool holiday_is(struct date date)
{
    static const int from_easter[] = {-3, -2, 0, 1, 39, 49, 50};
    enum { STORE_BEDEDAG = 26, LAST_STORE_BEDEDAG = 2023 };
    if ((date.month == 1 && date.day == 1) ||
        (date.month == 12 && (date.day == 25 || date.day == 26)))
        return true;
    int64_t days = date_to_days(date) - date_to_days(holiday_easter(date.year));
    for (size_t i = 0; i < sizeof from_easter / sizeof *from_easter; i++)
        if (days == from_easter[i])
            return true;
    return days == STORE_BEDEDAG && date.year <= LAST_STORE_BEDEDAG;
}
