/* SPDX-License-Identifier: MIT */
#include "overview/shadow.h"

#include "tests/tap.h"

enum { ITEMS_MAX = 8 };

/* One letter an item, in order; the letter is its id. A capital: an open case. */
static void make(struct part *part, struct shown *shown, const char *items, enum outcome outcome)
{
    *part = (struct part){.outcome = outcome, .shown = shown};
    for (; *items; items++)
        shown[part->shown_count++] = (struct shown){
            .kind = ITEM_CASE, .id = str_make(items, 1), .is_open_case = *items < 'a'};
}

static const struct row {
    const char *shadow, *twin;
    enum outcome shadow_outcome, twin_outcome;
    bool is_comparable;
    int equal, different;
} rows[] = {
    {"", "", OUTCOME_EMPTY, OUTCOME_EMPTY, true, 0, 0},
    {"abc", "abc", OUTCOME_ANSWERED, OUTCOME_ANSWERED, true, 3, 0},
    {"abc", "abd", OUTCOME_ANSWERED, OUTCOME_ANSWERED, true, 2, 2},
    {"ac", "abc", OUTCOME_ANSWERED, OUTCOME_STALE, true, 2, 1},
    {"", "abc", OUTCOME_EMPTY, OUTCOME_ANSWERED, true, 0, 3},
    {"abcd", "", OUTCOME_ANSWERED, OUTCOME_EMPTY, true, 0, 4},
    {"abc", "abc", OUTCOME_ANSWERED, OUTCOME_LATE, false, 0, 0},
    {"abc", "abc", OUTCOME_PENDING, OUTCOME_ANSWERED, false, 0, 0},
};

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct part shadow, twin;
        struct shown a[ITEMS_MAX], b[ITEMS_MAX];
        make(&shadow, a, rows[i].shadow, rows[i].shadow_outcome);
        make(&twin, b, rows[i].twin, rows[i].twin_outcome);
        struct shadow_finding finding = shadow_compare(&shadow, &twin);
        is_int(finding.is_comparable, rows[i].is_comparable, "\"%s\", \"%s\"", rows[i].shadow,
               rows[i].twin);
        is_int((int)finding.equal, rows[i].equal, "equal");
        is_int((int)finding.different, rows[i].different, "different");
    }
    struct part shadow, twin;
    struct shown a[ITEMS_MAX], b[ITEMS_MAX];
    make(&shadow, a, "a", OUTCOME_ANSWERED);
    make(&twin, b, "a", OUTCOME_ANSWERED);
    b[0].is_open_case = true;
    ok(shadow_compare(&shadow, &twin).different == 1, "the same item, in another state");
    ok(!shadow_compare(&shadow, NULL).is_comparable, "nothing to compare with");
    return done_testing();
}
