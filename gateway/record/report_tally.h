/* SPDX-License-Identifier: MIT */
/* report_tally: the numbers that monthly reports are made of, added up in memory until they go to
 * the store. Pure.
 *
 * A cell is one number: so many, in this month, of this municipality and source. What it counts is
 * a code that lies in stores for years: codes are added and never given another meaning. Times are
 * counted in buckets, each at most a thirty-second as wide as what it holds is long: of a bucket
 * its middle is told, which is wrong by at most REPORT_TIME_ERROR, whatever is added to whatever.
 */
#ifndef RECORD_REPORT_TALLY_H
#define RECORD_REPORT_TALLY_H

#include "base/arena.h"
#include "base/clock.h"

enum report_what {
    REPORT_BEGUN = 0, /* rows of plans that become one of the next ten, or are unfinished */
    REPORT_WITH_DATA = 1,
    REPORT_WITHOUT_DATA = 2,
    REPORT_LATE = 3,
    REPORT_FAILED = 4,
    REPORT_INVALID = 5,
    REPORT_FOREIGN = 6,
    REPORT_REFUSED = 7,
    REPORT_BUSY = 8,
    REPORT_ABANDONED = 9,
    REPORT_HELD_BACK = 10, /* not asked after all: no call */
    REPORT_DETAILS = 11,   /* one item was asked for: no call, and not begun */
    REPORT_WHAT_COUNT,
    REPORT_BUCKET = 100 /* and those after it: the buckets of times */
};

enum { REPORT_BUCKETS = 448 }; /* up to 262 s; longer is the last */
#define REPORT_TIME_ERROR 0.016

unsigned report_bucket(int64_t ms);        /* 0 .. REPORT_BUCKETS - 1 */
int64_t report_bucket_ms(unsigned bucket); /* its middle */

/* The month in Denmark, as 202611. */
int report_month(struct wall time);
/* "2026-11"; false: it is none. */
bool report_month_parse(struct str text, int *month) __attribute__((warn_unused_result));
/* The date of its first day; so many months later. */
struct date report_month_first(int month);
int report_month_later(int month, int months);

struct report_cell {
    int month;
    struct str municipality; /* code; "": the source is asked for all of the country */
    struct str source;
    unsigned what;
    uint64_t count;
};

struct report_tally {
    struct arena *arena;
    struct report_cell *cells;
    size_t count, cap;
    uint32_t *slots; /* open addressing over cells; index + 1 */
    size_t slot_count;
};

void report_tally_init(struct report_tally *tally);
void report_tally_clear(struct report_tally *tally);
void report_tally_reset(struct report_tally *tally);
/* The cell's texts are copied. False: more cells than any configuration has. */
bool report_tally_add(struct report_tally *tally, const struct report_cell *cell)
    __attribute__((warn_unused_result));

#endif
