/* SPDX-License-Identifier: MIT */
#include "policy/processing_time.h"

#include <stdlib.h>

/* The times of one municipality. */
struct processing_town {
    struct str code;
    struct kle_table table;
};

static int compare_towns(const void *a, const void *b)
{
    const struct processing_town *x = a, *y = b;

    return str_compare(x->code, y->code);
}

/* ---- the file ---- */

static void parse_time(struct node node, struct processing_town *town, struct processing_time *time,
                       struct faults *faults)
{
    static const char *const known[] = {"kle", "days", "working_weeks"};
    struct node kle_node = node_member(node, "kle", faults);
    struct node days = node_member(node, "days", faults);
    struct node weeks = node_member(node, "working_weeks", faults);
    struct str pattern = node_str_needed(kle_node, faults);
    struct kle kle;

    node_only(node, known, sizeof known / sizeof *known, faults);
    time->days = (int)node_int(days, 0, 1, PROCESSING_DAYS_MAX, faults);
    time->weeks = (int)node_int(weeks, 0, 1, PROCESSING_WEEKS_MAX, faults);
    if (node_is_present(days) == node_is_present(weeks))
        node_fault(node, faults, "expected \"days\" or \"working_weeks\", and not both");
    if (!pattern.at)
        return;
    if (!kle_pattern_parse(pattern, &kle)) {
        node_fault(kle_node, faults, KLE_PATTERN_EXPECTED);
        return;
    }
    void **at = kle_table_at(&town->table, kle);
    if (*at)
        node_fault(kle_node, faults, "another time of this municipality has the same pattern");
    *at = time;
}

static void parse_town(struct node node, const struct municipalities *municipalities,
                       struct processing_town *town, size_t *total, struct arena *arena,
                       struct faults *faults)
{
    static const char *const known[] = {"municipality", "times"};
    struct node code = node_member(node, "municipality", faults);
    struct node list = node_member(node, "times", faults);
    size_t count = node_count(list);

    node_only(node, known, sizeof known / sizeof *known, faults);
    town->code = node_str_needed(code, faults);
    if (town->code.at && municipalities->count > 0 &&
        !municipality_find(municipalities, town->code))
        node_fault(code, faults, "there is no municipality \"%.*s\"", STR_ARG(town->code));
    *total += count;
    if (!json_is_array(list.value) || *total > PROCESSING_TIMES_MAX) {
        node_fault(list, faults, "expected a list of times, at most %d in all",
                   PROCESSING_TIMES_MAX);
        return;
    }
    struct processing_time *times = arena_calloc(arena, count + 1, sizeof *times);
    if (!times || !kle_table_init(&town->table, arena, count))
        return;
    for (size_t i = 0; i < count; i++)
        parse_time(node_element(list, i, faults), town, &times[i], faults);
}

void processing_times_parse(struct node root, const struct municipalities *municipalities,
                            struct processing_times *times, struct arena *arena,
                            struct faults *faults)
{
    static const char *const known[] = {"processing_times"};
    struct node towns = node_member(root, known[0], faults);
    size_t count = node_count(towns), total = 0;

    *times = (struct processing_times){0};
    node_only(root, known, 1, faults);
    if (!json_is_array(towns.value) || count > MUNICIPALITIES_MAX) {
        node_fault(towns, faults, "expected a list of at most %d municipalities",
                   MUNICIPALITIES_MAX);
        return;
    }
    if (!(times->at = arena_calloc(arena, count + 1, sizeof *times->at)))
        return;
    for (size_t i = 0; i < count; i++)
        parse_town(node_element(towns, i, faults), municipalities, &times->at[times->count++],
                   &total, arena, faults);
    qsort(times->at, times->count, sizeof *times->at, compare_towns);
    for (size_t i = 1; i < times->count; i++)
        if (times->at[i].code.at && str_equal(times->at[i - 1].code, times->at[i].code))
            node_fault(towns, faults, "the municipality %.*s comes twice",
                       STR_ARG(times->at[i].code));
}

/* ---- using it ---- */

const struct processing_time *processing_time_find(const struct processing_times *times,
                                                   struct str code, struct kle kle)
{
    const struct processing_town key = {.code = code};
    const struct processing_town *town =
        times->count > 0 && code.len > 0
            ? bsearch(&key, times->at, times->count, sizeof *times->at, compare_towns)
            : NULL;

    if (!town)
        return NULL;
    struct kle_walk walk = kle_walk_start(&town->table, kle);
    return kle_walk_next(&walk);
}

/* 1970-01-01 was a Thursday. A case of a weekend begins on Monday. */
static int64_t next_working_day(int64_t days)
{
    enum { WEEK = 7, THURSDAY = 3, SATURDAY = 5 };
    int64_t weekday = ((days + THURSDAY) % WEEK + WEEK) % WEEK;

    return weekday < SATURDAY ? days : days + WEEK - weekday;
}

struct date processing_time_end(const struct processing_time *time, struct date from)
{
    enum { WEEK = 7 };
    int64_t days = date_to_days(from);

    /* Five working days are a week whatever the day one begins on. */
    return date_of_days(time->days > 0 ? days + time->days
                                       : next_working_day(days) + (int64_t)time->weeks * WEEK);
}

void processing_time_apply(const struct processing_times *times, struct str code, struct item *item)
{
    bool is_open = item->status == STATUS_CREATED || item->status == STATUS_OPENED ||
                   item->status == STATUS_IN_PROGRESS;

    if (item->kind != ITEM_CASE || !is_open || !item->created.known ||
        date_is_known(item->decision_expected))
        return;
    const struct processing_time *time =
        processing_time_find(times, code, kle_of(item->kle, item->facet));
    if (!time)
        return;
    item->decision_expected = processing_time_end(time, wall_date(item->created));
    item->is_decision_published = true;
}
