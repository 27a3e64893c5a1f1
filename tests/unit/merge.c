/* SPDX-License-Identifier: MIT */
#include "overview/merge.h"
#include "tests/tap.h"

enum { PARTS_MAX = 8, SHOWN_MAX = 4 };

/* One letter a row: how it ended. */
static enum outcome outcome_of(char letter)
{
    switch (letter) {
    case 'a':
        return OUTCOME_ANSWERED;
    case 'e':
        return OUTCOME_EMPTY;
    case 's':
        return OUTCOME_STALE;
    case 'l':
        return OUTCOME_LATE;
    case 'f':
        return OUTCOME_FAILED;
    case 'i':
        return OUTCOME_INVALID;
    case 'F':
        return OUTCOME_FOREIGN;
    case 'r':
        return OUTCOME_REFUSED;
    case 'b':
        return OUTCOME_BUSY;
    case 'o':
        return OUTCOME_OPEN;
    case 'c':
        return OUTCOME_CLOSED;
    case 'N':
        return OUTCOME_NOT_AGREED;
    case 'n':
        return OUTCOME_NOT_NEEDED;
    case 'L':
        return OUTCOME_LEVEL;
    case 'm':
        return OUTCOME_MUNICIPALITY;
    case 'h':
        return OUTCOME_NOT_SHOWN;
    default:
        exit(EXIT_FAILURE);
    }
}

static const struct {
    const char *rows;
    int asked, answered;
    bool is_complete;
    int status;
} verdicts[] = {
    {"", 0, 0, true, 200},      {"a", 1, 1, true, 200},    {"aes", 3, 3, true, 200},
    {"l", 1, 0, false, 504},    {"lll", 3, 0, false, 504}, {"lal", 3, 1, false, 200},
    {"lf", 2, 0, false, 502},   {"f", 1, 0, false, 502},   {"fF", 2, 0, false, 502},
    {"i", 1, 0, false, 502},    {"r", 1, 0, false, 502},   {"b", 1, 0, false, 502},
    {"lb", 2, 0, false, 502},   {"ab", 2, 1, false, 200},  {"aF", 2, 1, false, 200},
    {"o", 0, 0, false, 200},    {"c", 0, 0, false, 200},   {"L", 0, 0, false, 200},
    {"m", 0, 0, false, 200},    {"N", 0, 0, true, 200},    {"n", 0, 0, true, 200},
    {"h", 0, 0, true, 200},     {"Nnh", 0, 0, true, 200},  {"aNnh", 1, 1, true, 200},
    {"ao", 1, 1, false, 200},   {"aL", 1, 1, false, 200},  {"am", 1, 1, false, 200},
    {"lo", 1, 0, false, 504},   {"lN", 1, 0, false, 504},  {"fmL", 1, 0, false, 502},
    {"eeeee", 5, 5, true, 200}, {"sl", 2, 1, false, 200},
};

static void judges_the_whole(struct arena *arena)
{
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
        struct part parts[PARTS_MAX] = {0};
        struct merged merged;
        size_t count = strlen(verdicts[i].rows);
        for (size_t row = 0; row < count; row++)
            parts[row] =
                (struct part){.position = row, .outcome = outcome_of(verdicts[i].rows[row])};
        ok(merge_parts(arena, parts, count, &merged), "\"%s\"", verdicts[i].rows);
        is_int((int)merged.asked, verdicts[i].asked, "\"%s\": asked", verdicts[i].rows);
        is_int((int)merged.answered, verdicts[i].answered, "\"%s\": answered", verdicts[i].rows);
        is_int(merged.complete, verdicts[i].is_complete, "\"%s\": complete", verdicts[i].rows);
        is_int(merged.status, verdicts[i].status, "\"%s\": status", verdicts[i].rows);
    }
}

/* Rows apart by "|", a letter an open case: y waits for you, a for its authority, 0 for nobody,
 * u unknown; . is anything else. */
static const struct {
    const char *name, *rows, *cases;
    int open_cases;
    int64_t awaiting_you;
} counts[] = {
    {"no case: nobody waits", "a", "", 0, 0},
    {"nothing asked, nothing waits", "N", "", 0, 0},
    {"a case that waits", "a", "y", 1, 1},
    {"cases of every kind", "a", "ya0.", 3, 1},
    {"one case does not say", "a", "yu", 2, -1},
    {"two rows", "aa", "y|y0", 3, 2},
    {"an empty row beside", "ae", "y|", 1, 1},
    {"one source is late: it may hold a case", "al", "y|", 1, -1},
    {"even when nothing is shown", "l", "", 0, -1},
    {"one was not asked and should have been", "ao", "y|", 1, -1},
    {"one was not agreed", "aN", "y|", 1, 1},
    {"stale still counts", "s", "y", 1, 1},
};

static void counts_cases(struct arena *arena)
{
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct part parts[PARTS_MAX] = {0};
        struct shown shown[PARTS_MAX][SHOWN_MAX] = {0};
        struct merged merged;
        size_t count = strlen(counts[i].rows), row = 0;

        for (size_t r = 0; r < count; r++)
            parts[r] = (struct part){
                .position = r, .outcome = outcome_of(counts[i].rows[r]), .shown = shown[r]};
        for (const char *c = counts[i].cases; *c; c++) {
            static const char letters[] = "uya0";
            const char *letter = strchr(letters, *c);
            if (*c == '|') {
                row++;
                continue;
            }
            shown[row][parts[row].shown_count++] = (struct shown){
                .is_open_case = letter != NULL,
                .awaiting = letter ? (enum awaiting)(letter - letters) : AWAITING_UNKNOWN};
        }
        ok(merge_parts(arena, parts, count, &merged), "%s", counts[i].name);
        is_int((int)merged.open_cases, counts[i].open_cases, "%s: open cases", counts[i].name);
        is_int(merged.awaiting_you, counts[i].awaiting_you, "%s: waiting for you", counts[i].name);
    }
}

/* Rows of keys, apart by "|"; "-" has none. `dropped`: "row.item<row.item" for each. */
static const struct {
    const char *name, *keys, *dropped;
    int open_cases;
} doubles[] = {
    {"none", "A|B|-", "", 3},
    {"no key is no double", "--|--", "", 4},
    {"the later one is dropped", "A|A", "1.0<0.0", 1},
    {"all later ones, for the first", "A|A|A", "1.0<0.0 2.0<0.0", 1},
    {"two pairs, by place", "AB|BA", "1.0<0.1 1.1<0.0", 2},
    {"beside others", "-A|B-A|A", "1.2<0.1 2.0<0.1", 4},
    {"a longer key", "A|AA", "", 2},
    {"twice at one source", "AA", "0.1<0.0", 1},
};

static void drops_doubles(struct arena *arena)
{
    for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++) {
        struct part parts[PARTS_MAX] = {0};
        struct shown shown[PARTS_MAX][SHOWN_MAX] = {0};
        struct attention things[PARTS_MAX][SHOWN_MAX] = {0};
        struct merged merged;
        char told[128] = "";
        size_t row = 0, count = 1;

        for (const char *c = doubles[i].keys; *c; c++) {
            if (*c == '|') {
                row++;
                count++;
                continue;
            }
            struct part *part = &parts[row];
            struct shown *one = &shown[row][part->shown_count];
            size_t len = c[1] == 'A' && c[0] == 'A' && strstr(doubles[i].name, "longer") ? 2 : 1;
            *one = (struct shown){.is_open_case = true, .awaiting = AWAITING_NOBODY};
            one->duplicate = *c == '-' ? STR_NONE : str_make(c, len);
            one->attention = &things[row][part->shown_count++];
            one->attention->row = row;
            c += len - 1;
        }
        for (size_t r = 0; r < count; r++) {
            parts[r].position = r;
            parts[r].outcome = OUTCOME_ANSWERED;
            parts[r].shown = shown[r];
        }
        ok(merge_parts(arena, parts, count, &merged), "%s", doubles[i].name);
        for (size_t d = 0; d < merged.duplicate_count; d++) {
            const struct duplicate *one = &merged.duplicates[d];
            snprintf(told + strlen(told), sizeof told - strlen(told), "%s%zu.%zu<%zu.%zu",
                     d ? " " : "", one->dropped_row, one->dropped_item, one->kept_row,
                     one->kept_item);
            ok(merged_drops(&merged, one->dropped_row, one->dropped_item) &&
                   !merged_drops(&merged, one->kept_row, one->kept_item),
               "%s: it is dropped, the other is kept", doubles[i].name);
        }
        is_str(told, doubles[i].dropped, "%s: what for what", doubles[i].name);
        is_int((int)merged.open_cases, doubles[i].open_cases, "%s: counted once", doubles[i].name);
        is_int((int)merged.attention_count, doubles[i].open_cases, "%s: to do once",
               doubles[i].name);
    }
}

static void orders_attention(struct arena *arena)
{
    struct attention late = {.date = {2026, 12, 1}, .row = 0},
                     soon = {.date = {2026, 11, 1}, .row = 1}, now = {.date = DATE_NONE, .row = 1};
    struct shown first[] = {{.attention = &late}, {.attention = NULL}};
    struct shown second[] = {{.attention = &soon}, {.attention = &now}};
    struct part parts[] = {
        {.outcome = OUTCOME_ANSWERED, .shown = first, .shown_count = 2},
        {.position = 1, .outcome = OUTCOME_ANSWERED, .shown = second, .shown_count = 2}};
    struct merged merged;
    ok(merge_parts(arena, parts, 2, &merged) && merged.attention_count == 3, "three things to do");
    ok(merged.attention[0] == &now && merged.attention[1] == &soon && merged.attention[2] == &late,
       "what has no date waits already, then the soonest, whatever the source");
}

static void says_when_there_is_no_room(void)
{
    struct arena *small = arena_new(64);
    struct attention thing = {0};
    struct shown shown[] = {{.duplicate = STR("A"), .attention = &thing},
                            {.duplicate = STR("A"), .attention = &thing}};
    struct part part = {.outcome = OUTCOME_ANSWERED, .shown = shown, .shown_count = 2};
    struct merged merged;
    ok(!merge_parts(small, &part, 1, &merged), "no room for doubles");
    arena_free(&small);
}

int main(void)
{
    struct arena *arena = arena_new(1 << 20);
    judges_the_whole(arena);
    counts_cases(arena);
    drops_doubles(arena);
    orders_attention(arena);
    says_when_there_is_no_room();
    arena_free(&arena);
    return done_testing();
}
