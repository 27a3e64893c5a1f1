/* SPDX-License-Identifier: MIT */
#include "record/report.h"

#include "base/die.h"

#include <stdlib.h>

enum { TEXTS_MAX = 32 * 1024 * 1024 };

/* ---- words ---- */

static const struct {
    struct str name;
    struct text title;
} columns[] = {
#define X(column, text, da, en) [column] = {STR_INIT(text), {{STR_INIT(da), STR_INIT(en)}}},
    REPORT_COLUMNS(X)
#undef X
};
static const struct {
    struct str name;
    struct text title;
} groups[] = {
#define X(group, text, da, en) [group] = {STR_INIT(text), {{STR_INIT(da), STR_INIT(en)}}},
    REPORT_GROUPS(X)
#undef X
};

struct str report_column_name(enum report_column column)
{
    return columns[column].name;
}

struct str report_column_title(enum report_column column, enum language language)
{
    return columns[column].title.in[language];
}

struct str report_group_name(enum report_group group)
{
    return groups[group].name;
}

struct str report_group_title(enum report_group group, enum language language)
{
    return groups[group].title.in[language];
}

enum report_group report_group_of(unsigned kinds)
{
    const unsigned cases = ITEM_KIND_BIT(ITEM_CASE) | ITEM_KIND_BIT(ITEM_DOCUMENT);
    const unsigned benefits =
        ITEM_KIND_BIT(ITEM_BENEFIT) | ITEM_KIND_BIT(ITEM_PAYMENT) | ITEM_KIND_BIT(ITEM_SERVICE);
    if ((kinds & cases) && (kinds & benefits))
        return GROUP_BOTH;
    return kinds & cases ? GROUP_CASES : kinds & benefits ? GROUP_BENEFITS : GROUP_OTHER;
}

/* ---- times ---- */

/* So many hundredths took at most this long; none was timed: REPORT_WITHHELD. */
static int64_t percentile(const uint64_t *buckets, uint64_t timed, uint64_t percent)
{
    uint64_t rank = (timed * percent + 99) / 100, passed = 0;
    for (unsigned i = 0; timed > 0 && i < REPORT_BUCKETS; i++) {
        passed += buckets[i];
        if (passed >= rank)
            return report_bucket_ms(i);
    }
    return REPORT_WITHHELD;
}

static void set_times(struct report_line *line, const uint64_t *buckets)
{
    line->timed = 0;
    for (unsigned i = 0; i < REPORT_BUCKETS; i++)
        line->timed += buckets[i];
    line->p50_ms = percentile(buckets, line->timed, 50);
    line->p95_ms = percentile(buckets, line->timed, 95);
    line->p99_ms = percentile(buckets, line->timed, 99);
}

/* ---- cells come in ---- */

struct report *report_new(int month, struct str only_municipality, struct str only_source)
{
    struct report *report = die_calloc(1, sizeof *report);
    report->arena = arena_new(TEXTS_MAX);
    report->month = month;
    report->only_municipality = arena_copy(report->arena, only_municipality);
    report->only_source = arena_copy(report->arena, only_source);
    return report;
}

void report_free(struct report **slot)
{
    struct report *report = *slot;
    if (!report)
        return;
    arena_free(&report->arena);
    free(report->rows);
    free(report->sources);
    free(report);
    *slot = NULL;
}

/* Room for one more. */
static void *grow(void *array, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return array;
    *cap = *cap ? 2 * *cap : 64;
    array = realloc(array, *cap * size);
    if (!array)
        die("out of memory");
    return array;
}

static struct report_sum *sum_of(struct report *report, struct str source)
{
    for (size_t i = 0; i < report->source_count; i++)
        if (str_equal(report->sources[i].source, source))
            return &report->sources[i];
    report->sources =
        grow(report->sources, report->source_count, &report->source_cap, sizeof *report->sources);
    struct report_sum *sum = &report->sources[report->source_count++];
    *sum = (struct report_sum){.source = source};
    return sum;
}

static void add_line(struct report_sum *sum, const struct report_line *line,
                     const uint64_t *buckets)
{
    for (int i = 0; i < COLUMN_COUNT; i++)
        sum->line.counts[i] += line->counts[i];
    for (int i = 0; i < REPORT_BUCKETS; i++)
        sum->buckets[i] += buckets[i];
}

/* The newest row has all of its cells. Until now COLUMN_CALLS holds what had begun. */
static void close_row(struct report *report)
{
    if (report->row_count == 0)
        return;
    struct report_row *row = &report->rows[report->row_count - 1];
    int64_t *counts = row->line.counts, settled = 0;
    for (int i = COLUMN_WITH; i < COLUMN_UNFINISHED; i++)
        settled += counts[i];
    int64_t begun = counts[COLUMN_CALLS] - counts[COLUMN_HELD_BACK];
    counts[COLUMN_UNFINISHED] = begun > settled ? begun - settled : 0;
    counts[COLUMN_CALLS] = settled + counts[COLUMN_UNFINISHED];
    set_times(&row->line, report->buckets);
    add_line(sum_of(report, row->source), &row->line, report->buckets);
    memset(report->buckets, 0, sizeof report->buckets);
}

static bool begin_row(struct report *report, const struct report_cell *cell)
{
    close_row(report);
    if (report->row_count == REPORT_ROWS_MAX)
        return false;
    report->rows = grow(report->rows, report->row_count, &report->row_cap, sizeof *report->rows);
    struct report_row *row = &report->rows[report->row_count++];
    *row = (struct report_row){.municipality = arena_copy(report->arena, cell->municipality),
                               .source = arena_copy(report->arena, cell->source)};
    return row->municipality.at && row->source.at;
}

static bool is_wanted(const struct report *report, const struct report_cell *cell)
{
    return (report->only_municipality.len == 0 ||
            str_equal(report->only_municipality, cell->municipality)) &&
           (report->only_source.len == 0 || str_equal(report->only_source, cell->source));
}

bool report_take(void *ctx, const struct report_cell *cell)
{
    static const enum report_column columns_of[REPORT_WHAT_COUNT] = {
        [REPORT_BEGUN] = COLUMN_CALLS,
        [REPORT_WITH_DATA] = COLUMN_WITH,
        [REPORT_WITHOUT_DATA] = COLUMN_WITHOUT,
        [REPORT_LATE] = COLUMN_LATE,
        [REPORT_FAILED] = COLUMN_FAILED,
        [REPORT_INVALID] = COLUMN_INVALID,
        [REPORT_FOREIGN] = COLUMN_FOREIGN,
        [REPORT_REFUSED] = COLUMN_REFUSED,
        [REPORT_BUSY] = COLUMN_BUSY,
        [REPORT_ABANDONED] = COLUMN_ABANDONED,
        [REPORT_HELD_BACK] = COLUMN_HELD_BACK,
        [REPORT_DETAILS] = COLUMN_DETAILS,
    };
    struct report *report = ctx;

    if (!is_wanted(report, cell))
        return true;
    struct report_row *row = report->row_count ? &report->rows[report->row_count - 1] : NULL;
    bool is_same = row && str_equal(row->source, cell->source) &&
                   str_equal(row->municipality, cell->municipality);
    if (!is_same && !begin_row(report, cell)) {
        report->is_full = true;
        return false;
    }
    row = &report->rows[report->row_count - 1];
    if (cell->what < REPORT_WHAT_COUNT)
        row->line.counts[columns_of[cell->what]] += (int64_t)cell->count;
    else if (cell->what >= REPORT_BUCKET && cell->what < REPORT_BUCKET + REPORT_BUCKETS)
        report->buckets[cell->what - REPORT_BUCKET] += cell->count;
    return true; /* what a newer version counts is not ours to show */
}

/* ---- the end ---- */

static enum report_group group_of(const struct snapshot *snapshot, struct str source)
{
    const struct route *route = snapshot_route(snapshot, source);
    return route ? report_group_of(route->source.kinds) : GROUP_UNKNOWN;
}

static int compare_rows(const void *one, const void *other)
{
    const struct report_row *a = one, *b = other;
    int by = (int)a->group - (int)b->group;
    if (by == 0)
        by = str_compare(a->municipality, b->municipality);
    return by ? by : str_compare(a->source, b->source);
}

static int compare_sources(const void *one, const void *other)
{
    const struct report_sum *a = one, *b = other;
    int by = (int)a->group - (int)b->group;
    return by ? by : str_compare(a->source, b->source);
}

static bool is_small(int64_t count, int64_t least)
{
    return count > 0 && count < least;
}

/* True: something was withheld. With and without data go together: their sum can be reckoned. */
static bool withhold(struct report_line *line, int64_t least)
{
    int64_t *counts = line->counts;
    bool is_all = is_small(counts[COLUMN_CALLS], least);
    bool is_split = is_small(counts[COLUMN_WITH], least) || is_small(counts[COLUMN_WITHOUT], least);
    bool is_details = is_small(counts[COLUMN_DETAILS], least);

    for (int i = 0; i < COLUMN_COUNT && is_all; i++)
        counts[i] = REPORT_WITHHELD;
    if (is_split)
        counts[COLUMN_WITH] = counts[COLUMN_WITHOUT] = REPORT_WITHHELD;
    if (is_details)
        counts[COLUMN_DETAILS] = REPORT_WITHHELD;
    if (is_all || is_small((int64_t)line->timed, least))
        line->p50_ms = line->p95_ms = line->p99_ms = REPORT_WITHHELD;
    return is_all || is_split || is_details;
}

void report_finish(struct report *report, const struct snapshot *snapshot, int64_t least)
{
    close_row(report);
    for (size_t i = 0; i < report->source_count; i++) {
        struct report_sum *sum = &report->sources[i];
        sum->group = group_of(snapshot, sum->source);
        set_times(&sum->line, sum->buckets);
        add_line(&report->groups[sum->group], &sum->line, sum->buckets);
    }
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        report->groups[i].group = (enum report_group)i;
        set_times(&report->groups[i].line, report->groups[i].buckets);
    }
    report->least = least > 1 ? least : 0;
    for (size_t i = 0; i < report->row_count; i++) {
        struct report_row *row = &report->rows[i];
        row->group = group_of(snapshot, row->source);
        report->has_withheld = withhold(&row->line, report->least) || report->has_withheld;
    }
    if (report->row_count > 1)
        qsort(report->rows, report->row_count, sizeof *report->rows, compare_rows);
    if (report->source_count > 1)
        qsort(report->sources, report->source_count, sizeof *report->sources, compare_sources);
}
