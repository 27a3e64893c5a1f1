/* SPDX-License-Identifier: MIT */
#include "serve/source_words.h"

#include "net/fetch.h"
#include "tests/tap.h"

static const struct wall now = {1764345600000, true}; /* 2025-11-28T17:00+01:00, a Friday */

static const struct window always = {.days = 0x7f, .from = 0, .to = 24 * 60};

static const struct {
    const char *what;
    struct route route;
    struct health_report report;
    enum source_state state;
} cases[] = {
    {"one that is asked", {.enabled = true}, {.in_flight = 0}, SOURCE_WELL},
    {"no address", {.is_elsewhere = true}, {.in_flight = 0}, SOURCE_ELSEWHERE},
    {"switched off by a file",
     {.enabled = false},
     {.values = {.is_off = true}},
     SOURCE_NOT_ENABLED},
    {"a foreign answer is worse than maintenance",
     {.enabled = true},
     {.values = {.is_off = true, .mode = MODE_MAINTENANCE}},
     SOURCE_OFF},
    {"maintenance", {.enabled = true}, {.values = {.mode = MODE_MAINTENANCE}}, SOURCE_MAINTENANCE},
    {"draining", {.enabled = true}, {.values = {.mode = MODE_DRAINING}}, SOURCE_DRAINING},
    {"disabled", {.enabled = true}, {.values = {.mode = MODE_DISABLED}}, SOURCE_DISABLED},
    {"a decision that has ended",
     {.enabled = true},
     {.values = {.mode = MODE_DISABLED, .mode_until = {1764345600000 - 1, true}}},
     SOURCE_WELL},
    {"its timetable",
     {.enabled = true, .rules = {.windows = {.mode = RULE_ENFORCE, .closed = {&always, 1}}}},
     {.in_flight = 0},
     SOURCE_CLOSED},
    {"a timetable that is only observed",
     {.enabled = true, .rules = {.windows = {.mode = RULE_OBSERVE, .closed = {&always, 1}}}},
     {.in_flight = 0},
     SOURCE_WELL},
    {"planned maintenance",
     {.enabled = true, .rules = {.maintenance = {.is_set = true, .from = {1, true}}}},
     {.in_flight = 0},
     SOURCE_MAINTENANCE},
    {"failing", {.enabled = true}, {.breaker = BREAKER_OPEN}, SOURCE_FAILING},
    {"tried again", {.enabled = true}, {.breaker = BREAKER_HALF_OPEN}, SOURCE_TRYING},
    {"one authority off", {.enabled = true}, {.values = {.off_count = 1}}, SOURCE_PARTLY_OFF},
};

/* Each way a fetch can end has a sentence in both languages. */
static void test_errors(void)
{
    static const struct str codes[] = {
#define X(name, code) STR_INIT(code),
        FETCH_STATUSES(X)
#undef X
    };
    for (size_t i = 1; i < sizeof codes / sizeof *codes; i++) /* the first is no error */
        for (int language = 0; language < LANGUAGES; language++)
            ok(!str_equal(source_error_text(codes[i].at, (enum language)language), codes[i]),
               "%s has words in %s", codes[i].at, language_tag((enum language)language).at);
    is_str(source_error_text("a member is twice", LANGUAGE_DA).at, "a member is twice",
           "what has no words is told as it is");
    ok(source_error_text(NULL, LANGUAGE_EN).len > 0, "nor is nothing silent");
}

int main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        is_int(source_state_of(&cases[i].route, &cases[i].report, now).state, cases[i].state, "%s",
               cases[i].what);
    test_errors();
    return done_testing();
}
