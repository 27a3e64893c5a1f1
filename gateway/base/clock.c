/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <time.h>

enum {
    MS_PER_DAY = 86400000,
    MS_PER_HOUR = 3600000,
    MS_PER_MINUTE = 60000,
    WINTER_OFFSET = 60, /* minutes east of Greenwich */
    SUMMER_OFFSET = 120,
    DAYS_PER_ERA = 146097, /* 400 Gregorian years */
    EPOCH_DAYS = 719468,   /* from 0000-03-01 to 1970-01-01 */
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

instant clock_instant(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (instant)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct wall clock_wall(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (struct wall){(int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, true};
}

int64_t instant_left_ms(instant now, instant then)
{
    int64_t left = then - now;

    return then <= now ? 0 : left / INSTANT_PER_MS + (left % INSTANT_PER_MS > 0);
}

/* Years are counted from the first of March here, so that the leap day is a year's last. */
static int64_t days_of(int64_t year, int month, int day)
{
    int64_t from_march = (month + 9) % 12;
    int64_t y = year - (month <= 2);
    int64_t era = floor_div(y, 400), in_era = y - era * 400;
    int64_t in_year = (153 * from_march + 2) / 5 + day - 1;

    return era * DAYS_PER_ERA + in_era * 365 + in_era / 4 - in_era / 100 + in_year - EPOCH_DAYS;
}

static int64_t civil_of(int64_t days, int *month, int *day)
{
    int64_t shifted = days + EPOCH_DAYS;
    int64_t era = floor_div(shifted, DAYS_PER_ERA), in_era = shifted - era * DAYS_PER_ERA;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
    int64_t from_march = (5 * in_year + 2) / 153;

    *day = (int)(in_year - (153 * from_march + 2) / 5 + 1);
    *month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
    return era * 400 + year + (*month <= 2);
}

static int days_in_month(int year, int month)
{
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    if (month == 2)
        return is_leap ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool date_is_valid(struct date d)
{
    return d.year >= 1 && d.year <= 9999 && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
           d.day <= days_in_month(d.year, d.month);
}

int date_compare(struct date a, struct date b)
{
    if (a.year != b.year)
        return a.year < b.year ? -1 : 1;
    if (a.month != b.month)
        return a.month < b.month ? -1 : 1;
    return (a.day > b.day) - (a.day < b.day);
}

int64_t date_to_days(struct date d)
{
    return days_of(d.year, d.month, d.day);
}

struct date date_of_days(int64_t days)
{
    int month, day;
    int64_t year;

    if (days < days_of(1, 1, 1) || days > days_of(9999, 12, 31))
        return DATE_NONE;
    year = civil_of(days, &month, &day);
    return (struct date){(int16_t)year, (uint8_t)month, (uint8_t)day};
}

/* Summer time begins and ends at 01:00 UTC of the month's last Sunday (1970-01-01: a Thursday). */
static int64_t changeover_ms(int64_t year, int month)
{
    int64_t last = days_of(year, month, 31);
    int64_t since_sunday = (last + 4) - floor_div(last + 4, 7) * 7;

    return (last - since_sunday) * MS_PER_DAY + MS_PER_HOUR;
}

/* Years 1-9999 and a day on both sides: further out there are no dates, and sums could overflow. */
static bool is_in_calendar(struct wall w)
{
    const int64_t first = INT64_C(-719163) * MS_PER_DAY; /* 0000-12-31 */
    const int64_t end = INT64_C(2932898) * MS_PER_DAY;   /* 10000-01-02 */

    return w.known && w.unix_ms >= first && w.unix_ms < end;
}

/* Only in March and October does it depend on the day. */
static int offset_in(int64_t year, int month, int64_t unix_ms)
{
    if (month != 3 && month != 10)
        return month > 3 && month < 10 ? SUMMER_OFFSET : WINTER_OFFSET;
    return (unix_ms >= changeover_ms(year, month)) == (month == 3) ? SUMMER_OFFSET : WINTER_OFFSET;
}

/* A point of time as clocks in Denmark show it. */
struct local {
    struct date date; /* DATE_NONE: outside the years 1-9999 */
    int64_t ms;       /* since midnight */
    int offset;       /* minutes */
};

static struct local local_of(struct wall w)
{
    int month, day;
    int64_t year, ms, days;

    if (!is_in_calendar(w))
        return (struct local){DATE_NONE, 0, WINTER_OFFSET};
    days = floor_div(w.unix_ms, MS_PER_DAY);
    year = civil_of(days, &month, &day);
    int offset = offset_in(year, month, w.unix_ms);
    ms = w.unix_ms - days * MS_PER_DAY + offset * (int64_t)MS_PER_MINUTE;
    if (ms >= MS_PER_DAY) {
        ms -= MS_PER_DAY;
        year = civil_of(days + 1, &month, &day);
    }
    if (year < 1 || year > 9999)
        return (struct local){DATE_NONE, ms, offset};
    return (struct local){{(int16_t)year, (uint8_t)month, (uint8_t)day}, ms, offset};
}

int wall_offset_minutes(struct wall w)
{
    return local_of(w).offset;
}

struct date wall_date(struct wall w)
{
    return local_of(w).date;
}

/* Takes exactly `count` digits, four at most. */
static bool take_digits(struct str *s, size_t count, int *value)
{
    int number = 0;

    if (s->len < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (s->at[i] < '0' || s->at[i] > '9')
            return false;
        number = number * 10 + (s->at[i] - '0');
    }
    s->at += count;
    s->len -= count;
    *value = number;
    return true;
}

static bool take_byte(struct str *s, char a, char b)
{
    if (s->len == 0 || (s->at[0] != a && s->at[0] != b))
        return false;
    s->at++;
    s->len--;
    return true;
}

static bool take_date(struct str *s, struct date *date)
{
    int year, month, day;

    if (!take_digits(s, 4, &year) || !take_byte(s, '-', '-') || !take_digits(s, 2, &month) ||
        !take_byte(s, '-', '-') || !take_digits(s, 2, &day))
        return false;
    *date = (struct date){(int16_t)year, (uint8_t)month, (uint8_t)day};
    return date_is_valid(*date);
}

/* A leap second (RFC 3339, 5.6) counts as the first of the next minute. */
static bool take_time(struct str *s, int64_t *ms)
{
    int hour, minute, second;

    if (!take_digits(s, 2, &hour) || !take_byte(s, ':', ':') || !take_digits(s, 2, &minute) ||
        !take_byte(s, ':', ':') || !take_digits(s, 2, &second))
        return false;
    *ms = ((hour * 60 + minute) * 60 + second) * (int64_t)1000;
    return hour <= 23 && minute <= 59 && (second <= 59 || (second == 60 && minute == 59));
}

/* None, or a point and one to nine digits, of which the first three count. */
static bool take_decimals(struct str *s, int64_t *ms)
{
    int scale = 100, digits = 0, digit;

    *ms = 0;
    if (!take_byte(s, '.', '.'))
        return true;
    for (; take_digits(s, 1, &digit); digits++) {
        *ms += digit * scale;
        scale /= 10;
    }
    return digits >= 1 && digits <= 9;
}

static bool take_offset(struct str *s, int64_t *ms)
{
    bool is_west = s->len && s->at[0] == '-';
    int hour, minute;

    *ms = 0;
    if (take_byte(s, 'Z', 'z'))
        return true;
    if (!take_byte(s, '+', '-') || !take_digits(s, 2, &hour) || !take_byte(s, ':', ':') ||
        !take_digits(s, 2, &minute))
        return false;
    *ms = (hour * 60 + minute) * (int64_t)MS_PER_MINUTE * (is_west ? -1 : 1);
    return hour <= 23 && minute <= 59;
}

/* Summer time is tried first: so the hour that occurs twice is the first one; and a time in the
 * hour that is left out is not in summer by this reckoning, and the other one moves it on. */
static struct wall wall_of_local(int64_t ms)
{
    struct wall summer = {ms - SUMMER_OFFSET * (int64_t)MS_PER_MINUTE, true};
    struct wall winter = {ms - WINTER_OFFSET * (int64_t)MS_PER_MINUTE, true};

    return wall_offset_minutes(summer) == SUMMER_OFFSET ? summer : winter;
}

bool date_parse(struct str s, struct date *date)
{
    struct date parsed;

    if (!take_date(&s, &parsed) || s.len)
        return false;
    *date = parsed;
    return true;
}

bool wall_parse(struct str s, struct wall *wall)
{
    int64_t time_ms, decimals_ms, offset_ms, local;
    struct wall parsed;
    struct date date;

    if (!take_date(&s, &date) || !take_byte(&s, 'T', 't') || !take_time(&s, &time_ms) ||
        !take_decimals(&s, &decimals_ms))
        return false;
    local = date_to_days(date) * MS_PER_DAY + time_ms + decimals_ms;
    if (s.len == 0)
        parsed = wall_of_local(local);
    else if (take_offset(&s, &offset_ms) && s.len == 0)
        parsed = (struct wall){local - offset_ms, true};
    else
        return false;
    /* An offset may lead out of the years 1-9999. */
    if ((date.year == 1 || date.year == 9999) && !date_is_known(wall_date(parsed)))
        return false;
    *wall = parsed;
    return true;
}

static char *put_digits(char *at, int number, int count)
{
    for (int i = count; i-- > 0; number /= 10)
        at[i] = (char)('0' + number % 10);
    return at + count;
}

static char *put_date(char *at, struct date d)
{
    at = put_digits(at, d.year, 4);
    *at++ = '-';
    at = put_digits(at, d.month, 2);
    *at++ = '-';
    return put_digits(at, d.day, 2);
}

struct str date_format(struct date d, char text[DATE_TEXT])
{
    char *end = text;

    if (date_is_valid(d))
        end = put_date(end, d);
    *end = '\0';
    return end > text ? str_make(text, (size_t)(end - text)) : STR_NONE;
}

struct str wall_format(struct wall w, char text[WALL_TEXT])
{
    struct local local = local_of(w);
    int seconds = (int)(local.ms / 1000);
    char *at = text;

    *at = '\0';
    if (!date_is_known(local.date))
        return STR_NONE;
    at = put_date(at, local.date);
    *at++ = 'T';
    at = put_digits(at, seconds / 3600, 2);
    *at++ = ':';
    at = put_digits(at, seconds / 60 % 60, 2);
    *at++ = ':';
    at = put_digits(at, seconds % 60, 2);
    *at++ = '+';
    at = put_digits(at, local.offset / 60, 2);
    *at++ = ':';
    at = put_digits(at, local.offset % 60, 2);
    *at = '\0';
    return str_make(text, (size_t)(at - text));
}
