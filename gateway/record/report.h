/* SPDX-License-Identifier: MIT */
/* report: a month's table: of each municipality and source how many calls, what became of them and
 * how long they took, and the same for each source and each group of kinds. Pure: cells of a store
 * in (record/report_tally.h), numbers out; record/report_output writes them down.
 *
 * A call is a row of an overview's plan that was asked, whatever pages and retries it took. calls
 * is the sum of REPORT_SETTLED columns and unfinished, always. docs/reports.md tells what each
 * column means. */
#ifndef RECORD_REPORT_H
#define RECORD_REPORT_H

#include "policy/snapshot.h"
#include "record/report_tally.h"

/* X(enumerator, name, da, en) in the order of a table. Those between WITH and UNFINISHED, both
 * included, add up to the calls; those behind are no calls. */
#define REPORT_COLUMNS(X)                                                                          \
    X(COLUMN_CALLS, "calls", "Kald", "Calls")                                                      \
    X(COLUMN_WITH, "with_data", "Med data", "With data")                                           \
    X(COLUMN_WITHOUT, "without_data", "Uden data", "Without data")                                 \
    X(COLUMN_LATE, "late", "For sent", "Late")                                                     \
    X(COLUMN_FAILED, "failed", "Fejlet", "Failed")                                                 \
    X(COLUMN_INVALID, "invalid", "Ugyldigt", "Invalid")                                            \
    X(COLUMN_FOREIGN, "foreign", "Fremmed", "Foreign")                                             \
    X(COLUMN_REFUSED, "refused", "Afvist", "Refused")                                              \
    X(COLUMN_BUSY, "busy", "Optaget", "Busy")                                                      \
    X(COLUMN_ABANDONED, "abandoned", "Opgivet", "Abandoned")                                       \
    X(COLUMN_UNFINISHED, "unfinished", "Uafsluttet", "Unfinished")                                 \
    X(COLUMN_HELD_BACK, "held_back", "Ikke spurgt", "Held back")                                   \
    X(COLUMN_DETAILS, "details", "Enkeltopslag", "Details")

enum report_column {
#define X(name, text, da, en) name,
    REPORT_COLUMNS(X)
#undef X
        COLUMN_COUNT
};
struct str report_column_name(enum report_column column);
struct str report_column_title(enum report_column column, enum language language);

/* What a source was asked for, by the kinds that its configuration names. One that gives of both is
 * a group of its own, so that no call counts twice and neither is made larger than it is.
 * X(enumerator, name, da, en) */
#define REPORT_GROUPS(X)                                                                           \
    X(GROUP_CASES, "cases", "Sager", "Cases")            /* case, document */                      \
    X(GROUP_BENEFITS, "benefits", "Ydelser", "Benefits") /* benefit, payment, service */           \
    X(GROUP_BOTH, "both", "Sager og ydelser", "Cases and benefits")                                \
    X(GROUP_OTHER, "other", "Andet", "Other")        /* credential, appointment */                 \
    X(GROUP_UNKNOWN, "unknown", "Ukendt", "Unknown") /* the configuration has it no more */

enum report_group {
#define X(name, text, da, en) name,
    REPORT_GROUPS(X)
#undef X
        GROUP_COUNT
};
struct str report_group_name(enum report_group group);
struct str report_group_title(enum report_group group, enum language language);
enum report_group report_group_of(unsigned kinds); /* ITEM_KIND_BITs */

enum { REPORT_ROWS_MAX = 50000 };
#define REPORT_WITHHELD (-1)

/* What a row, a source or a group comes to. */
struct report_line {
    int64_t counts[COLUMN_COUNT];   /* REPORT_WITHHELD: small, and withheld */
    uint64_t timed;                 /* calls that the times are of: with, without, late */
    int64_t p50_ms, p95_ms, p99_ms; /* REPORT_WITHHELD also when none was timed */
};

struct report_row {
    struct str municipality; /* code; "": of all of the country */
    struct str source;
    enum report_group group;
    struct report_line line;
};

struct report_sum {
    struct str source; /* of a source's */
    enum report_group group;
    struct report_line line;
    uint64_t buckets[REPORT_BUCKETS];
};

struct report {
    int month;
    struct report_row *rows; /* by group, municipality, source */
    size_t row_count;
    struct report_sum *sources; /* by group and id */
    size_t source_count;
    struct report_sum groups[GROUP_COUNT]; /* those without calls stay empty */
    int64_t least;                         /* 0: nothing is withheld */
    bool is_full;                          /* more than REPORT_ROWS_MAX: it is not to be shown */
    bool has_withheld; /* then sums would tell what is: nobody is to show them */
    /* from here on private */
    struct arena *arena;
    struct str only_municipality, only_source;
    size_t row_cap, source_cap;
    uint64_t buckets[REPORT_BUCKETS]; /* of the newest row */
};

/* "" or STR_NONE: all. */
struct report *report_new(int month, struct str only_municipality, struct str only_source);
void report_free(struct report **report);
/* The next cell, in the order of log_store_counts. False: more rows than REPORT_ROWS_MAX. */
bool report_take(void *report, const struct report_cell *cell);
/* After the last cell, once: groups by the configuration, sorts, and withholds numbers under
 * `least` (0 or 1: none), with what would tell them: docs/reports.md. */
void report_finish(struct report *report, const struct snapshot *snapshot, int64_t least);

#endif
