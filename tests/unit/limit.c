/* SPDX-License-Identifier: MIT */
#include "policy/limit.h"

#include "tests/tap.h"

static const struct limit_rule rule = {.mode = RULE_ENFORCE,
                                       .least = 2,
                                       .tolerance_percent = 150,
                                       .growth = 4,
                                       .smoothing_percent = 20};

/* So many windows of a hundred milliseconds, each of twenty answers after so long. */
static void play(struct limit *limit, int64_t most, instant *now, int windows, int64_t took_us)
{
    for (int i = 0; i < windows * 20; i++) {
        *now = instant_after_ms(*now, 6);
        limit_note(limit, &rule, most, took_us, *now);
    }
}

static const struct row {
    const char *name;
    int64_t most;
    int64_t first_us, then_us; /* usual; then for so many windows */
    int windows;
    int64_t least, greatest; /* the limit is between */
} rows[] = {
    {"nothing is known", 100, 10000, 10000, 0, 100, 100},
    {"as ever", 100, 10000, 10000, 50, 100, 100},
    {"half as long again is as ever", 100, 10000, 14900, 30, 100, 100},
    {"twice as long, a moment", 100, 10000, 20000, 1, 90, 99},
    {"twice as long, a while", 100, 10000, 20000, 20, 15, 50},
    {"ten times as long", 100, 10000, 100000, 40, 4, 12},
    {"never less than the least", 100, 10000, 100000000, 200, 2, 100},
    {"faster", 100, 10000, 1000, 30, 100, 100},
    {"the owner's maximum always wins", 1, 10000, 10000, 50, 1, 1},
};

static void plays(const struct row *row)
{
    struct limit limit = {0};
    instant now = 0;
    play(&limit, row->most, &now, 20, row->first_us);
    play(&limit, row->most, &now, row->windows, row->then_us);
    int64_t value = limit_value(&limit, &rule, row->most);
    ok(value >= row->least && value <= row->greatest, "%s: %lld", row->name, (long long)value);
}

static void recovers(void)
{
    struct limit limit = {0};
    instant now = 0;
    play(&limit, 100, &now, 20, 10000);
    play(&limit, 100, &now, 60, 200000);
    int64_t low = limit_value(&limit, &rule, 100);
    play(&limit, 100, &now, 200, 10000);
    ok(low < 20, "low: %lld", (long long)low);
    is_int(limit_value(&limit, &rule, 100), 100, "and back");
    is_int(limit_value(&limit, &rule, 5), 5, "a smaller maximum counts at once");
}

static void needs_more_than_a_few(void)
{
    struct limit limit = {0};
    for (int i = 0; i < 9; i++)
        limit_note(&limit, &rule, 50, i < 5 ? 1000 : 9000000, instant_after_ms(0, i * 1000));
    is_int(limit_value(&limit, &rule, 50), 50, "nine answers say nothing");
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        plays(&rows[i]);
    recovers();
    needs_more_than_a_few();
    return done_testing();
}
