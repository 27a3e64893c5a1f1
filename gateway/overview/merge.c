/* SPDX-License-Identifier: MIT */
#include "overview/merge.h"

#include <stdlib.h>

/* An item that another source may also have told of. */
struct candidate {
    struct str key;
    size_t row, item;
};

static int compare_position(size_t row_a, size_t item_a, size_t row_b, size_t item_b)
{
    if (row_a != row_b)
        return row_a < row_b ? -1 : 1;
    return (item_a > item_b) - (item_a < item_b);
}

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    int order = str_compare(x->key, y->key);
    return order != 0 ? order : compare_position(x->row, x->item, y->row, y->item);
}

static int compare_duplicates(const void *a, const void *b)
{
    const struct duplicate *x = a, *y = b;
    return compare_position(x->dropped_row, x->dropped_item, y->dropped_row, y->dropped_item);
}

static int compare_attention(const void *a, const void *b)
{
    return attention_compare(*(struct attention *const *)a, *(struct attention *const *)b);
}

static bool find_duplicates(struct arena *arena, const struct part *parts, size_t count,
                            struct merged *merged)
{
    size_t candidates = 0;
    for (size_t row = 0; row < count; row++)
        for (size_t i = 0; i < parts[row].shown_count; i++)
            candidates += parts[row].shown[i].duplicate.len > 0;
    if (candidates < 2)
        return true;

    struct candidate *all = arena_calloc(arena, candidates, sizeof *all);
    merged->duplicates = arena_calloc(arena, candidates, sizeof *merged->duplicates);
    if (!all || !merged->duplicates)
        return false;
    size_t n = 0;
    for (size_t row = 0; row < count; row++)
        for (size_t i = 0; i < parts[row].shown_count; i++)
            if (parts[row].shown[i].duplicate.len > 0)
                all[n++] = (struct candidate){parts[row].shown[i].duplicate, row, i};
    qsort(all, n, sizeof *all, compare_candidates);

    for (size_t kept = 0, i = 1; i < n; i++) {
        if (!str_equal(all[kept].key, all[i].key))
            kept = i;
        else
            merged->duplicates[merged->duplicate_count++] =
                (struct duplicate){all[i].row, all[i].item, all[kept].row, all[kept].item};
    }
    qsort(merged->duplicates, merged->duplicate_count, sizeof *merged->duplicates,
          compare_duplicates);
    return true;
}

bool merged_drops(const struct merged *merged, size_t row, size_t item)
{
    struct duplicate wanted = {.dropped_row = row, .dropped_item = item};
    return merged->duplicate_count > 0 &&
           bsearch(&wanted, merged->duplicates, merged->duplicate_count, sizeof *merged->duplicates,
                   compare_duplicates);
}

/* The status speaks of the request: 504 when all that was asked came late, 502 when nothing
 * positive came and not all of it was late, else 200, also when there was nothing to ask. */
static void judge(const struct part *parts, size_t count, struct merged *merged)
{
    size_t late = 0;
    merged->complete = merged->is_whole = true;
    for (size_t row = 0; row < count; row++) {
        enum outcome outcome = parts[row].outcome;
        if (outcome_class(outcome) != VERDICT_NOT_ASKED)
            merged->asked++;
        if (outcome_is_positive(outcome))
            merged->answered++;
        if (outcome == OUTCOME_LATE)
            late++;
        bool is_there = outcome_keeps_complete(outcome);
        merged->complete = merged->complete && (is_there || parts[row].is_optional);
        merged->is_whole = merged->is_whole && is_there;
    }
    if (merged->asked == 0 || merged->answered > 0)
        merged->status = 200;
    else
        merged->status = late == merged->asked ? 504 : 502;
}

/* What waits for the citizen is known only when every source answered and every open case says
 * whom it waits for; else the number is unknown, never 0. */
static void count_cases(const struct part *parts, size_t count, struct merged *merged)
{
    int64_t waiting = 0;
    bool is_known = merged->is_whole;
    for (size_t row = 0; row < count; row++)
        for (size_t i = 0; i < parts[row].shown_count; i++) {
            const struct shown *shown = &parts[row].shown[i];
            if (!shown->is_open_case || merged_drops(merged, row, i))
                continue;
            merged->open_cases++;
            waiting += shown->awaiting == AWAITING_CITIZEN;
            is_known = is_known && shown->awaiting != AWAITING_UNKNOWN;
        }
    merged->awaiting_you = is_known ? waiting : -1;
}

static bool collect_attention(struct arena *arena, const struct part *parts, size_t count,
                              struct merged *merged)
{
    size_t things = 0;
    for (size_t row = 0; row < count; row++)
        for (size_t i = 0; i < parts[row].shown_count; i++)
            things += parts[row].shown[i].attention != NULL;
    if (things == 0)
        return true;
    merged->attention = arena_calloc(arena, things, sizeof(struct attention *));
    if (!merged->attention)
        return false;
    for (size_t row = 0; row < count; row++)
        for (size_t i = 0; i < parts[row].shown_count; i++) {
            struct attention *attention = parts[row].shown[i].attention;
            if (attention && !merged_drops(merged, row, i))
                merged->attention[merged->attention_count++] = attention;
        }
    qsort(merged->attention, merged->attention_count, sizeof(struct attention *),
          compare_attention);
    return true;
}

bool merge_parts(struct arena *arena, const struct part *parts, size_t count, struct merged *merged)
{
    memset(merged, 0, sizeof *merged);
    if (!find_duplicates(arena, parts, count, merged))
        return false;
    judge(parts, count, merged);
    count_cases(parts, count, merged);
    return collect_attention(arena, parts, count, merged);
}
