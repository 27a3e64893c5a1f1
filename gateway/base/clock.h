/* SPDX-License-Identifier: MIT */
/* clock: two clocks, two types. `instant` is monotonic and is what one waits for; `struct wall` is
 * the calendar's time, for service windows, dates and expiry. Pure functions get both as values;
 * only the rim reads them (clock_instant, clock_wall).
 *
 * Danish local time is computed here, by the rule of directive 2000/84/EC (summer time from the
 * last Sunday of March 01:00 UTC to the last Sunday of October 01:00 UTC), so that it needs no
 * files and no locks. The rule holds from 1996; earlier times use the same rule [D]. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/str.h"

/* Microseconds on CLOCK_MONOTONIC. */
typedef int64_t instant;

enum { INSTANT_PER_MS = 1000 };
#define INSTANT_NEVER INT64_MAX

/* A point of calendar time; unix_ms 0 never occurs in data, so `known` tells an absent one. */
struct wall {
    int64_t unix_ms;
    bool known;
};

/* A calendar date; year 0 is the absent date. */
struct date {
    int16_t year;
    uint8_t month; /* 1-12 */
    uint8_t day;   /* 1-31 */
};

#define WALL_NONE ((struct wall){0, false})
#define DATE_NONE ((struct date){0, 0, 0})

instant clock_instant(void);
struct wall clock_wall(void);

static inline instant instant_after_ms(instant now, int64_t ms)
{
    return now + ms * INSTANT_PER_MS;
}
/* Whole milliseconds from `now` to `then`, rounded up; 0 when it has passed. */
int64_t instant_left_ms(instant now, instant then);
static inline instant instant_min(instant a, instant b)
{
    return a < b ? a : b;
}

static inline struct wall wall_of_unix(int64_t unix_s)
{
    return (struct wall){unix_s * 1000, true};
}
static inline bool date_is_known(struct date d)
{
    return d.year != 0;
}

bool date_is_valid(struct date d);              /* exists in the Gregorian calendar, years 1-9999 */
int date_compare(struct date a, struct date b); /* < 0, 0, > 0; absent is before all */
int64_t date_to_days(struct date d);            /* days since 1970-01-01 */
struct date date_of_days(int64_t days);
struct date wall_date(struct wall w);   /* the date in Denmark */
int wall_offset_minutes(struct wall w); /* Denmark's offset from UTC then: 60 or 120 */

/* "2026-11-21": ten characters exactly, valid date. */
bool date_parse(struct str s, struct date *date) __attribute__((warn_unused_result));
/* RFC 3339 with offset or Z and up to 9 decimals; also xs:dateTime without offset and the
 * Orkestreringskomponent's `yyyy-mm-ddThh:mm:ss`, which are Danish local time. A local time that
 * occurs twice (October) is the first one; one that does not exist (March) is moved an hour on. */
bool wall_parse(struct str s, struct wall *wall) __attribute__((warn_unused_result));

enum { DATE_TEXT = 11, WALL_TEXT = 26 }; /* sizes with the terminating NUL */
/* "2026-11-21"; "2026-11-21T10:42:00+01:00" (Denmark's offset, whole seconds). What is absent or
 * outside the years 1-9999 is STR_NONE. */
struct str date_format(struct date d, char text[DATE_TEXT]);
struct str wall_format(struct wall w, char text[WALL_TEXT]);

#endif
