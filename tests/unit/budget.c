/* SPDX-License-Identifier: MIT */
#include "policy/budget.h"

#include "tests/tap.h"

static const struct row {
    const char *name;
    int64_t percent, per_s, window_s;
    int calls, wait_s, wants, gets;
} rows[] = {
    {"nothing without calls", 10, 0, 10, 0, 0, 5, 0},
    {"a share of the calls", 10, 0, 10, 100, 0, 20, 10},
    {"rounded down", 10, 0, 10, 109, 0, 20, 10},
    {"a few each second besides", 0, 1, 10, 0, 0, 20, 10},
    {"both", 10, 1, 10, 100, 0, 50, 20},
    {"calls are remembered for the window", 10, 0, 10, 100, 8, 20, 10},
    {"and not longer", 10, 0, 10, 100, 11, 20, 0},
    {"another window", 2, 0, 60, 100, 50, 20, 2},
    {"no budget at all", 0, 0, 10, 100, 0, 5, 0},
    {"one for each", 100, 0, 10, 7, 0, 20, 7},
};

static void plays(const struct row *row)
{
    const struct budget_rule rule = {.mode = RULE_ENFORCE,
                                     .percent = row->percent,
                                     .per_s = row->per_s,
                                     .window_s = row->window_s};
    struct budget budget = {0};
    instant now = instant_after_ms(0, 123456);
    int got = 0;
    for (int i = 0; i < row->calls; i++)
        budget_note(&budget, &rule, now);
    now = instant_after_ms(now, row->wait_s * INT64_C(1000));
    for (int i = 0; i < row->wants; i++)
        got += budget_take(&budget, &rule, now);
    is_int(got, row->gets, "%s", row->name);
}

/* In every window, wherever it begins, no more is spent than the share and the few. */
static void is_never_exceeded(void)
{
    enum { STEPS = 20000, STEP_MS = 20, SPAN = 10000 / STEP_MS };
    static int calls[STEPS], spent[STEPS];
    const struct budget_rule rule = {
        .mode = RULE_ENFORCE, .percent = 10, .per_s = 1, .window_s = 10};
    struct budget budget = {0};
    uint32_t random = 1;
    int worst = 0;
    for (int i = 0; i < STEPS; i++) {
        instant now = instant_after_ms(0, (int64_t)i * STEP_MS);
        random = random * 1664525u + 1013904223u;
        calls[i] = (int)(random >> 29);
        for (int j = 0; j < calls[i]; j++) {
            budget_note(&budget, &rule, now);
            spent[i] += budget_take(&budget, &rule, now);
        }
    }
    for (int i = SPAN; i < STEPS; i++) {
        int called = 0, used = 0;
        for (int j = i - SPAN + SPAN / 10; j <= i; j++) { /* whole slices of the window */
            called += calls[j];
            used += spent[j];
        }
        int over = used - (called + SPAN / 10 * 7) / 10 - 10;
        worst = over > worst ? over : worst;
    }
    is_int(worst, 0, "never more than a tenth and one a second");
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        plays(&rows[i]);
    is_never_exceeded();
    return done_testing();
}
