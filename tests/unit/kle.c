/* SPDX-License-Identifier: MIT */
#include "policy/kle.h"

#include "tests/tap.h"

static void parses_patterns(void)
{
    static const struct {
        const char *text;
        int depth; /* -1: none */
        bool has_facet;
    } cases[] = {
        {"*", 0, false},
        {"32.*", 1, false},
        {"32.24.*", 2, false},
        {"32.24.04", 3, false},
        {"32.24.04/G01", 3, true},
        {"32.*/Ø30", 1, true},
        {"*/A00", 0, true},
        {"", -1, false},
        {"32", -1, false},
        {"32.", -1, false},
        {"32.24", -1, false},
        {"32.24.", -1, false},
        {"32.24.04.*", -1, false},
        {"32*", -1, false},
        {"3.*", -1, false},
        {"32.2x.*", -1, false},
        {"32,24,04", -1, false},
        {"32.24.4", -1, false},
        {"32.24.044", -1, false},
        {" 32.24.04", -1, false},
        {"**", -1, false},
        {".*", -1, false},
        {"32.*.04", -1, false},
        {"32.24.04/", -1, false},
        {"32.24.04/G1", -1, false},
        {"32.24.04/g01", -1, false},
        {"32.24.04/G011", -1, false},
        {"32.24.04/G01/G02", -1, false},
        {"32.24.04/\xc3", -1, false},
        {"32.24.04/€30", -1, false},
        {"/G01", -1, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kle pattern;
        bool is_pattern = kle_pattern_parse(str_of(cases[i].text), &pattern);
        is_int(is_pattern ? pattern.depth : -1, cases[i].depth, "'%s'", cases[i].text);
        if (is_pattern)
            is_int(pattern.facet != 0, cases[i].has_facet, "'%s': its facet", cases[i].text);
    }
}

static struct kle pattern_of(const char *text)
{
    struct kle pattern;
    ok(kle_pattern_parse(str_of(text), &pattern), "%s is a pattern", text);
    return pattern;
}

/* Which of the table's patterns a number finds, in which order. */
static void finds_the_longest(void)
{
    static const char *const patterns[] = {"*",        "32.*",         "32.24.*", "32.24.04",
                                           "32.*/Ø30", "32.24.04/G01", "*/G01",   "02.34.02",
                                           "00.*",     "00.00.00"};
    static const struct {
        const char *number, *facet, *found;
    } cases[] = {
        {"32.24.04", NULL, "32.24.04 32.24.* 32.* * "},
        {"32.24.04", "G01", "32.24.04/G01 32.24.04 32.24.* 32.* */G01 * "},
        {"32.24.04", "G02", "32.24.04 32.24.* 32.* * "},
        {"32.24.05", "Ø30", "32.24.* 32.*/Ø30 32.* * "},
        {"32.25.04", NULL, "32.* * "},
        {"33.24.04", "G01", "*/G01 * "},
        {"02.34.02", NULL, "02.34.02 * "},
        {"02.34.03", NULL, "* "},
        {"00.00.00", NULL, "00.00.00 00.* * "},
        {"00.01.00", NULL, "00.* * "},
        {NULL, NULL, "* "},
        {NULL, "G01", "*/G01 * "},
        {"32.24", NULL, "* "},
        {"32.24.4", NULL, "* "},
        {"32.24.04 ", NULL, "* "},
        {"32.24.04", "G1", "32.24.04 32.24.* 32.* * "},
    };
    enum { PATTERNS = sizeof patterns / sizeof *patterns };
    struct arena *arena = arena_new(65536);
    struct kle_table table;
    ok(kle_table_init(&table, arena, PATTERNS), "a table");
    for (size_t i = 0; i < PATTERNS; i++) {
        void **at = kle_table_at(&table, pattern_of(patterns[i]));
        ok(!*at, "%s is new", patterns[i]);
        *at = (void *)(uintptr_t)patterns[i];
    }
    for (size_t i = 0; i < PATTERNS; i++)
        ok(*kle_table_at(&table, pattern_of(patterns[i])) == patterns[i], "%s is found again",
           patterns[i]);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char found[256] = "";
        size_t len = 0;
        struct kle_walk walk =
            kle_walk_start(&table, kle_of(str_of(cases[i].number), str_of(cases[i].facet)));
        for (const char *one; (one = kle_walk_next(&walk));)
            len += (size_t)snprintf(found + len, sizeof found - len, "%s ", one);
        is_str(found, cases[i].found, "%s/%s", cases[i].number ? cases[i].number : "none",
               cases[i].facet ? cases[i].facet : "none");
    }
    struct kle_table empty = {0};
    struct kle_walk walk = kle_walk_start(&empty, kle_of(STR("32.24.04"), STR("G01")));
    ok(!kle_walk_next(&walk), "an empty table has nothing");
    arena_free(&arena);
}

/* Every number of a hundred groups at once: none is lost, none finds another's. */
static void holds_thousands(void)
{
    enum { MAIN = 20, GROUPS = 25, SUBJECTS = 20, COUNT = MAIN * GROUPS * SUBJECTS };
    struct arena *arena = arena_new((size_t)16 * 1024 * 1024);
    struct kle_table table;
    static char texts[COUNT][40];
    size_t count = 0, wrong = 0;
    ok(kle_table_init(&table, arena, COUNT), "room for %d", COUNT);
    for (int a = 0; a < MAIN; a++)
        for (int b = 0; b < GROUPS; b++)
            for (int c = 0; c < SUBJECTS; c++) {
                struct kle pattern;
                snprintf(texts[count], sizeof texts[0], "%02d.%02d.%02d", a, b, c);
                wrong += !kle_pattern_parse(str_of(texts[count]), &pattern);
                *kle_table_at(&table, pattern) = texts[count];
                count++;
            }
    for (size_t i = 0; i < COUNT; i++) {
        struct kle_walk walk = kle_walk_start(&table, kle_of(str_of(texts[i]), STR_NONE));
        wrong += kle_walk_next(&walk) != texts[i] || kle_walk_next(&walk);
    }
    struct kle_walk walk = kle_walk_start(&table, kle_of(STR("20.00.00"), STR_NONE));
    ok(wrong == 0 && !kle_walk_next(&walk), "each finds itself alone");
    arena_free(&arena);
}

static void covers(void)
{
    static const struct {
        const char *wide, *narrow;
        bool covers;
    } cases[] = {
        {"*", "32.24.04", true},
        {"32.*", "32.24.*", true},
        {"32.24.*", "32.*", false},
        {"32.24.04", "32.24.04", true},
        {"32.*", "33.24.04", false},
        {"*", "*/G01", true},
        {"*/G01", "*", false},
        {"32.*/G01", "32.24.04/G01", true},
        {"32.*/G01", "32.24.04/G02", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        is_int(kle_covers(pattern_of(cases[i].wide), pattern_of(cases[i].narrow)), cases[i].covers,
               "%s and %s", cases[i].wide, cases[i].narrow);
}

int main(void)
{
    parses_patterns();
    finds_the_longest();
    holds_thousands();
    covers();
    return done_testing();
}
