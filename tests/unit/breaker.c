/* SPDX-License-Identifier: MIT */
#include "policy/breaker.h"

#include "tests/tap.h"

static const struct breaker_rule rule = {.mode = RULE_ENFORCE,
                                         .failures = 5,
                                         .calls_min = 10,
                                         .failed_percent = 50,
                                         .window_s = 30,
                                         .open_ms = 5000,
                                         .open_max_ms = 20000,
                                         .trials = 3};
enum { MIDDLE = 1000 }; /* of a first opening's jitter: 5 s sharp */

/* One letter a call or a wait: g, b, n: a call that ends good, bad, neutral, at once; "." a second
 * passes, "_" a hundred milliseconds; G, B: of a trial that is still out (first in, first out);
 * c: a call that begins and stays out; x: a call that must not pass. A letter that is not possible
 * fails. What must be seen afterwards. */
static const struct story {
    const char *name, *calls;
    enum breaker_state state;
    int trips;
} stories[] = {
    {"no call", "", BREAKER_CLOSED, 0},
    {"four failures in a row", "bbbb", BREAKER_CLOSED, 0},
    {"five failures in a row", "bbbbb", BREAKER_OPEN, 1},
    {"one that succeeds between", "bbbbgbbbb", BREAKER_CLOSED, 0},
    {"what is neutral does not break a row", "bbbnnnbb", BREAKER_OPEN, 1},
    {"what is neutral opens nothing", "nnnnnnnnnnnnnnnnnnnn", BREAKER_CLOSED, 0},
    {"half of ten is not more than half", "bgbgbgbgbg", BREAKER_CLOSED, 0},
    {"more than half, of nine", "bbgbbgbbg", BREAKER_CLOSED, 0},
    {"more than half, of ten", "bbgbbgbbgb", BREAKER_OPEN, 1},
    {"more than half, but long ago", "bbgbbgbbg..................................b", BREAKER_CLOSED,
     0},
    {"a row lasts longer than the window", "bbbb..................................b", BREAKER_OPEN,
     1},
    {"open: nobody passes", "bbbbbxx....x", BREAKER_OPEN, 1},
    {"after five seconds one passes, and no other", "bbbbb.....cx", BREAKER_HALF_OPEN, 1},
    {"a probe that fails opens it again", "bbbbb.....b", BREAKER_OPEN, 2},
    {"for twice as long", "bbbbb.....b.........x", BREAKER_OPEN, 2},
    {"and then one passes", "bbbbb.....b..........c", BREAKER_HALF_OPEN, 2},
    {"doubled up to the most", "bbbbb.....b..........b....................b...................x",
     BREAKER_OPEN, 4},
    {"not more", "bbbbb.....b..........b....................b....................c",
     BREAKER_HALF_OPEN, 4},
    {"a neutral probe tells nothing: another may try", "bbbbb.....nc", BREAKER_HALF_OPEN, 1},
    {"after the probe three at once, and no fourth", "bbbbb.....gcccx", BREAKER_HALF_OPEN, 1},
    {"two of three are not enough", "bbbbb.....ggg", BREAKER_HALF_OPEN, 1},
    {"three of three close it", "bbbbb.....gggg", BREAKER_CLOSED, 1},
    {"two of three, one of them neutral", "bbbbb.....gggn", BREAKER_HALF_OPEN, 1},
    {"one of three fails", "bbbbb.....ggb", BREAKER_OPEN, 2},
    {"trials side by side close it too", "bbbbb.....gcccGGG", BREAKER_CLOSED, 1},
    {"one of them fails, the others are no news", "bbbbb.....gcccGBG", BREAKER_OPEN, 2},
    {"recovered, it needs five again", "bbbbb.....ggggbbbb", BREAKER_CLOSED, 1},
    {"the second trip", "bbbbb.....ggggbbbbb", BREAKER_OPEN, 2},
    {"which lasts five seconds again", "bbbbb.....ggggbbbbb....x", BREAKER_OPEN, 2},
    {"and recovers too", "bbbbb.....ggggbbbbb.....gggg", BREAKER_CLOSED, 2},
    {"calls that began before it opened say nothing", "cccbbbbbGGB", BREAKER_OPEN, 1},
    {"nor when it is half open", "cccbbbbb.....nGBB", BREAKER_HALF_OPEN, 1},
};

static void tells(const struct story *story)
{
    struct breaker breaker = {0};
    struct breaker_pass out[64];
    size_t first = 0, last = 0;
    instant now = 77;
    bool is_possible = true;
    for (const char *c = story->calls; *c; c++) {
        struct breaker_pass pass;
        if (*c == '.' || *c == '_') {
            now = instant_after_ms(now, *c == '.' ? 1000 : 100);
            continue;
        }
        if (*c == 'G' || *c == 'B') {
            (void)breaker_settle(&breaker, &rule, out[first++], *c == 'G' ? CALL_GOOD : CALL_BAD,
                                 now, MIDDLE);
            continue;
        }
        bool passes = breaker_passes(&breaker, &rule, now);
        bool is_given = breaker_claim(&breaker, &rule, now, &pass);
        is_possible = is_possible && passes == is_given && is_given == (*c != 'x');
        if (!is_given)
            continue;
        if (*c == 'c')
            out[last++] = pass;
        else
            (void)breaker_settle(&breaker, &rule, pass,
                                 *c == 'g'   ? CALL_GOOD
                                 : *c == 'b' ? CALL_BAD
                                             : CALL_NEUTRAL,
                                 now,
                                 *c == 'b' && breaker.open_ms > 0
                                     ? (uint32_t)(breaker.open_ms * 2 < rule.open_max_ms
                                                      ? breaker.open_ms * 2 / 5
                                                      : rule.open_max_ms / 5)
                                     : MIDDLE);
    }
    ok(is_possible, "%s: each call passes as it should", story->name);
    is_str(breaker_state_name(breaker.state).at, breaker_state_name(story->state).at, "%s",
           story->name);
    is_int((long long)breaker.trips, story->trips, "%s: so many trips", story->name);
}

static void spreads_the_next_try(void)
{
    int64_t least = INT64_MAX, most = 0;
    for (uint32_t random = 0; random < 5000; random++) {
        struct breaker breaker = {0};
        for (int i = 0; i < 5; i++) {
            struct breaker_pass pass;
            if (breaker_claim(&breaker, &rule, 0, &pass))
                (void)breaker_settle(&breaker, &rule, pass, CALL_BAD, 0, random * 2654435761u);
        }
        int64_t lasts_ms = breaker.until / INSTANT_PER_MS;
        least = lasts_ms < least ? lasts_ms : least;
        most = lasts_ms > most ? lasts_ms : most;
    }
    ok(least >= 4000 && least < 4050, "at least four fifths: %lld", (long long)least);
    ok(most <= 6000 && most > 5950, "at most six: %lld", (long long)most);
}

static void waits_for_a_window(void)
{
    struct breaker breaker = {0};
    breaker_postpone(&breaker, 1000);
    ok(breaker_passes(&breaker, &rule, 0), "a closed one is not put off");
    for (int i = 0; i < 5; i++) {
        struct breaker_pass pass;
        if (breaker_claim(&breaker, &rule, 0, &pass))
            (void)breaker_settle(&breaker, &rule, pass, CALL_BAD, 0, 0);
    }
    breaker_postpone(&breaker, instant_after_ms(0, 3600000));
    ok(!breaker_passes(&breaker, &rule, instant_after_ms(0, 3599999)), "not before");
    ok(breaker_passes(&breaker, &rule, instant_after_ms(0, 3600000)), "then");
    breaker_postpone(&breaker, instant_after_ms(0, 1000));
    ok(!breaker_passes(&breaker, &rule, instant_after_ms(0, 1000)), "never sooner");
    breaker_close(&breaker);
    ok(breaker_passes(&breaker, &rule, 0), "a human closes it");
}

/* Found by the storm: after a reload no trial was free and none was out, for ever. */
static void closes_when_fewer_trials_are_wanted(void)
{
    struct breaker_rule fewer = rule;
    struct breaker breaker = {.state = BREAKER_HALF_OPEN, .good = 3};
    struct breaker_pass pass = {0};
    fewer.trials = 1;
    ok(breaker_passes(&breaker, &fewer, 0) && breaker_claim(&breaker, &fewer, 0, &pass),
       "one more may try");
    ok(!breaker_passes(&breaker, &fewer, 0), "and no other beside it");
    (void)breaker_settle(&breaker, &fewer, pass, CALL_GOOD, 0, 0);
    is_int(breaker.state, BREAKER_CLOSED, "which closes it");
}

static void knows_what_is_off(void)
{
    struct health_values well = {0};
    struct health_values off = {.is_off = true};
    struct health_values some = {.off_count = 2, .off = {"64942212", "29189714"}};

    ok(!health_is_off(&well, STR_NONE) && !health_is_off(&well, STR("64942212")), "all well");
    ok(health_is_off(&off, STR_NONE) && health_is_off(&off, STR("64942212")),
       "a source that is off is off for each authority");
    ok(health_is_off(&some, STR("64942212")) && health_is_off(&some, STR("29189714")),
       "authorities that are off");
    ok(!health_is_off(&some, STR("33236072")), "one that is not among them");
    ok(!health_is_off(&some, STR("6494221")) && !health_is_off(&some, STR("")),
       "a part of a number is another number");
    ok(!health_is_off(&some, STR_NONE), "the source itself is not off");
    some.off_count = 1;
    ok(!health_is_off(&some, STR("29189714")), "only as many as are counted");
}

int main(void)
{
    for (size_t i = 0; i < sizeof stories / sizeof *stories; i++)
        tells(&stories[i]);
    spreads_the_next_try();
    waits_for_a_window();
    closes_when_fewer_trials_are_wanted();
    knows_what_is_off();
    return done_testing();
}
