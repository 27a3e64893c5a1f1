/* SPDX-License-Identifier: MIT */
#include "policy/classification.h"

#include "tests/config.h"

static struct date day(const char *text)
{
    struct date date = DATE_NONE;
    if (*text && !date_parse(str_of(text), &date))
        ok(false, "%s is a date", text);
    return date;
}

static void knows_numbers(void)
{
    static const struct {
        const char *text;
        bool is_number;
    } cases[] = {
        {"32.24.04", true},
        {"32.24", true},
        {"32", true},
        {"00", true},
        {"G01", true},
        {"Ø30", true},
        {"Æ00", true},
        {"Å99", true},
        {"G", true},
        {"Ø", true},
        {"", false},
        {"3", false},
        {"32.", false},
        {"32.2", false},
        {"32.24.", false},
        {"32.24.4", false},
        {"32-24-04", false},
        {"32.24.04.1", false},
        {"32.24.0a", false},
        {"G1", false},
        {"G001", false},
        {"g01", false},
        {"ø30", false},
        {"GG1", false},
        {"G0x", false},
        {"Ø3", false},
        {"\xc3", false},
        {"\xc3\x9f"
         "30",
         false},
        {"É30", false},
        {" G01", false},
        {"G01 ", false},
        {"32.*", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        is_int(classification_is_number(str_of(cases[i].text)), cases[i].is_number, "\"%s\"",
               cases[i].text);
    ok(!classification_is_number(STR_NONE), "nothing");
}

static void tells_every_fault(void)
{
#define N(members) "{'numbers': [{" members "}]}"
    static const struct {
        const char *text, *faults;
        int count;
    } cases[] = {
        {"{'edition': '2026-4', 'numbers': []}", "", 0},
        {N("'number': '32.24.04', 'title': 'K'"), "", 1},
        {"{}", "t.json:1:1: /numbers: expected a list of numbers\n", 0},
        {"{'numbers': {}}", "t.json:1:13: /numbers: expected a list of numbers\n", 0},
        {"{'numbers': [7]}",
         "t.json:1:14: /numbers/0: expected an object\n"
         "t.json:1:14: /numbers/0/number: is needed\nt.json:1:14: /numbers/0/title: is needed\n",
         1},
        {N("'number': '32.24.4', 'title': 'K'"),
         "t.json:1:25: /numbers/0/number: expected a number as \"32.24.04\", \"32.24\", \"32\" or "
         "\"G01\"\n",
         1},
        {N("'number': 'G01', 'title': ''"),
         "t.json:1:41: /numbers/0/title: expected a text that is not empty\n", 1},
        {N("'number': 'G01', 'titel': 'T', 'title': 'T'"),
         "t.json:1:41: /numbers/0/titel: is unknown; did you mean \"title\"?\n", 1},
        {N("'number': 'G01', 'title': 'T', 'from': '2026-13-01'"),
         "t.json:1:54: /numbers/0/from: expected a date as \"2026-11-21\"\n", 1},
        {N("'number': 'G01', 'title': 'T', 'from': '2026-01-01', 'to': '2026-01-01'"),
         "t.json:1:74: /numbers/0/to: expected a day after \"from\"\n", 1},
        {"{'numbers': [\n{'number': 'G01', 'title': 'A', 'from': '2026-01-01'},\n"
         "{'number': 'G01', 'title': 'B', 'to': '2026-01-01'}]}",
         "", 2},
        {"{'numbers': [\n{'number': 'G01', 'title': 'A', 'from': '2026-01-01'},\n"
         "{'number': 'G01', 'title': 'B', 'to': '2026-01-02'}]}",
         "t.json:2:1: /numbers/0: G01 has another entry in the same time, /numbers/1\n", 2},
        {"{'numbers': [\n{'number': 'G01', 'title': 'A'},\n{'number': 'G01', 'title': 'A'}]}",
         "t.json:3:1: /numbers/1: G01 has another entry in the same time, /numbers/0\n", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct classification table;
        struct node root = config_parse(&config, cases[i].text);
        classification_parse(root, &table, config.arena, &config.faults);
        is_str(config_faults(&config), cases[i].faults, "faults of %s", cases[i].text);
        is_int((long long)table.count, cases[i].count, "entries");
        config_clear(&config);
    }
}

/* A list of `count` numbers, or of one number in `count` years; the caller clears it. */
static void write_list(struct buf *text, size_t count, bool is_one_number)
{
    buf_init(text, (size_t)4 * 1024 * 1024);
    buf_format(text, "{'numbers': [");
    for (size_t i = 0; i < count; i++) {
        if (is_one_number)
            buf_format(text, "%s{'number':'G01','title':'T','from':'%zu-01-01','to':'%zu-01-01'}",
                       i ? ",\n" : "", 1900 + i, 1901 + i);
        else
            buf_format(text, "%s{'number':'%02zu.%02zu.%02zu','title':'T'}", i ? ",\n" : "",
                       i / 10000, i / 100 % 100, i % 100);
    }
    buf_format(text, "]}");
    buf_add_byte(text, '\0');
}

static void keeps_its_ceilings(void)
{
    static const struct {
        const char *name, *faults;
        size_t count;
        bool is_one_number;
    } cases[] = {
        {"as many as it holds", "", CLASSIFICATION_ENTRIES_MAX, false},
        {"one more", "t.json:1:13: /numbers: expected at most 20000\n",
         CLASSIFICATION_ENTRIES_MAX + 1, false},
        {"a number of many times", "", CLASSIFICATION_INTERVALS_MAX, true},
        {"a number of too many",
         "t.json:33:1: /numbers/32: expected at most 32 entries of one number\n",
         CLASSIFICATION_INTERVALS_MAX + 1, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct classification table;
        struct buf text;
        write_list(&text, cases[i].count, cases[i].is_one_number);
        struct node root = config_parse(&config, text.at);
        classification_parse(root, &table, config.arena, &config.faults);
        is_str(config_faults(&config), cases[i].faults, "%s", cases[i].name);
        size_t found = 0;
        for (size_t n = 0; n < table.count; n++)
            found += classification_find(&table, table.entries[n].number, table.entries[n].from) ==
                     &table.entries[n];
        is_int((long long)found, (long long)table.count, "%s: each is found", cases[i].name);
        config_clear(&config);
        buf_clear(&text);
    }
    struct config config;
    struct classification table;
    char title[CLASSIFICATION_TITLE_MAX + 2] = {0}, text[CLASSIFICATION_TITLE_MAX + 100];
    memset(title, 'x', sizeof title - 1);
    snprintf(text, sizeof text, "{'numbers': [{'number': 'G01', 'title': '%s'}]}", title);
    struct node root = config_parse(&config, text);
    classification_parse(root, &table, config.arena, &config.faults);
    is_str(config_faults(&config), "t.json:1:41: /numbers/0/title: expected at most 1200 bytes\n",
           "a title that is too long");
    config_clear(&config);
}

static void finds_what_holds_that_day(void)
{
    static const char list[] =
        "{'edition': 'X', 'numbers': ["
        "{'number': '32.24.04', 'title': 'new', 'from': '2026-01-01'},"
        "{'number': '32.24.04', 'title': 'old', 'from': '2021-01-01', 'to': '2025-07-01'},"
        "{'number': '32', 'title': 'group'}, {'number': '32.24', 'title': 'below'},"
        "{'number': '99.01.01', 'title': 'gone', 'to': '2020-01-01'},"
        "{'number': '99.01.02', 'title': 'coming', 'from': '2030-01-01'},"
        "{'number': 'Ø30', 'title': 'facet'}, {'number': 'G01', 'title': 'G'}]}";
    static const struct {
        const char *number, *date, *title;
        enum classification_standing standing;
    } cases[] = {
        {"32.24.04", "2026-11-21", "new", CLASSIFICATION_VALID},
        {"32.24.04", "2026-01-01", "new", CLASSIFICATION_VALID},
        {"32.24.04", "2025-12-31", "old", CLASSIFICATION_EXPIRED},
        {"32.24.04", "2025-07-01", "old", CLASSIFICATION_EXPIRED},
        {"32.24.04", "2025-06-30", "old", CLASSIFICATION_VALID},
        {"32.24.04", "2021-01-01", "old", CLASSIFICATION_VALID},
        {"32.24.04", "2020-12-31", "old", CLASSIFICATION_FUTURE},
        {"32.24.04", "", "old", CLASSIFICATION_FUTURE},
        {"32", "2026-11-21", "group", CLASSIFICATION_VALID},
        {"32", "", "group", CLASSIFICATION_VALID},
        {"32.24", "2026-11-21", "below", CLASSIFICATION_VALID},
        {"99.01.01", "2026-11-21", "gone", CLASSIFICATION_EXPIRED},
        {"99.01.01", "2019-12-31", "gone", CLASSIFICATION_VALID},
        {"99.01.02", "2026-11-21", "coming", CLASSIFICATION_FUTURE},
        {"99.01.02", "2030-01-01", "coming", CLASSIFICATION_VALID},
        {"Ø30", "2026-11-21", "facet", CLASSIFICATION_VALID},
        {"G01", "2026-11-21", "G", CLASSIFICATION_VALID},
        {"G", "2026-11-21", NULL, CLASSIFICATION_UNKNOWN},
        {"99", "2026-11-21", NULL, CLASSIFICATION_UNKNOWN},
        {"00.00.00", "2026-11-21", NULL, CLASSIFICATION_UNKNOWN},
        {"99.99.99", "2026-11-21", NULL, CLASSIFICATION_UNKNOWN},
        {"Å99", "2026-11-21", NULL, CLASSIFICATION_UNKNOWN},
        {"32.24.041", "2026-11-21", NULL, CLASSIFICATION_UNKNOWN},
        {"", "2026-11-21", NULL, CLASSIFICATION_UNKNOWN},
    };
    struct config config;
    struct classification table, empty = {0};
    struct node root = config_parse(&config, list);
    classification_parse(root, &table, config.arena, &config.faults);
    is_str(config_faults(&config), "", "the list has no fault");
    ok(str_equal(table.edition, STR("X")), "its edition");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct classification_entry *entry, *found;
        struct date date = day(cases[i].date);
        struct str number = str_of(cases[i].number);
        is_int(classification_standing(&table, number, date, &entry), cases[i].standing,
               "\"%s\" on %s", cases[i].number, cases[i].date);
        ok(entry ? cases[i].title && str_equal(entry->title, str_of(cases[i].title))
                 : !cases[i].title,
           "and its title");
        found = classification_find(&table, number, date);
        ok(found == (cases[i].standing == CLASSIFICATION_VALID ? entry : NULL),
           "which is found when it holds");
    }
    ok(!classification_find(&table, STR_NONE, day("2026-11-21")), "no number, no entry");
    ok(!classification_find(&empty, STR("G01"), day("2026-11-21")), "the empty table has none");
    config_clear(&config);
}

static void makes_a_table_of_what_is_good(void)
{
    static const struct classification_entry good[] = {
        {.number = STR_INIT("G01"), .title = STR_INIT("second"), .from = {2026, 1, 1}},
        {.number = STR_INIT("G01"), .title = STR_INIT("first"), .to = {2026, 1, 1}},
        {.number = STR_INIT("G01"), .title = STR_INIT("clash"), .from = {2026, 6, 1}},
        {.number = STR_INIT("32.24.04"), .title = STR_INIT("K")},
        {.number = STR_INIT("32.24.04"), .title = STR_INIT("twice")},
        {.number = STR_INIT("none"), .title = STR_INIT("no number")},
        {.number = STR_INIT("G02")},
        {.number = STR_INIT("G03"),
         .title = STR_INIT("never"),
         .from = {2026, 1, 1},
         .to = {2025, 1, 1}},
    };
    struct classification_entry entries[sizeof good / sizeof *good];
    struct arena *arena = arena_new(4096);
    struct classification table;
    const struct classification_entry *found;
    memcpy(entries, good, sizeof good);
    is_int((long long)classification_make(&table, STR("E"), entries, sizeof good / sizeof *good,
                                          arena),
           5, "what is no entry is left out and counted");
    is_int((long long)table.count, 3, "the rest is there");
    found = classification_find(&table, STR("G01"), day("2026-11-21"));
    ok(found && str_equal(found->title, STR("second")), "the interval that came first in time");
    found = classification_find(&table, STR("32.24.04"), day("2026-11-21"));
    ok(found && str_equal(found->title, STR("K")), "of two the same the first");
    memcpy(entries, good, sizeof good);
    struct arena *full = arena_new(8);
    (void)classification_make(&table, STR("E"), entries, sizeof good / sizeof *good, full);
    ok(table.count == 0 && !classification_find(&table, STR("G01"), day("2026-11-21")),
       "no room: the empty table");
    is_int((long long)classification_make(&table, STR_NONE, entries, 0, arena), 0, "none of none");
    arena_free(&arena);
    arena_free(&full);
}

/* "number=title " of each entry. */
static void describe(const struct classification *table, struct buf *out)
{
    buf_reset(out);
    for (size_t i = 0; i < table->count; i++)
        buf_format(out, "%.*s=%.*s ", STR_ARG(table->entries[i].number),
                   STR_ARG(table->entries[i].title));
    buf_add_byte(out, '\0');
}

static void lays_one_over_the_other(void)
{
    static const struct {
        const char *name, *base, *over, *both;
    } cases[] = {
        {"nothing over nothing", "", "", ""},
        {"one alone", "", "G01 a", "G01=a "},
        {"the base alone", "G01 a", "", "G01=a "},
        {"what is over wins", "G01 a", "G01 b", "G01=b "},
        {"each keeps its own", "32 a;G02 c", "G01 b;H01 d", "32=a G01=b G02=c H01=d "},
        {"all times of a number are replaced", "G01 a 2020 2021;G01 b 2021 2022;G02 c",
         "G01 d 2021 2022", "G01=d G02=c "},
        {"by as many as there are", "G01 a", "G01 b 2020 2021;G01 c 2021 2022", "G01=b G01=c "},
    };
    struct buf text;
    buf_init(&text, 4096);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new(65536), *own = arena_new(65536);
        struct classification tables[2], both;
        for (int n = 0; n < 2; n++) {
            struct classification_entry *entries = arena_calloc(arena, 8, sizeof *entries);
            struct str list = str_of(n ? cases[i].over : cases[i].base);
            size_t count = 0;
            while (list.len > 0) {
                struct str one = str_split(&list, ';');
                uint64_t year;
                entries[count].number = str_split(&one, ' ');
                entries[count].title = str_split(&one, ' ');
                if (one.at && str_to_u64(str_split(&one, ' '), 9999, &year))
                    entries[count].from = (struct date){(int16_t)year, 1, 1};
                if (one.at && str_to_u64(one, 9999, &year))
                    entries[count].to = (struct date){(int16_t)year, 1, 1};
                count++;
            }
            is_int((long long)classification_make(&tables[n], STR("E"), entries, count, arena), 0,
                   "%s: all are good", cases[i].name);
        }
        ok(classification_overlay(&both, &tables[0], &tables[1], own), "%s", cases[i].name);
        arena_free(&arena); /* its texts are its own */
        describe(&both, &text);
        is_str(text.at, cases[i].both, "%s: what is in it", cases[i].name);
        ok(str_equal(both.edition, STR("E")), "the edition is the base's");
        arena_free(&own);
    }
    buf_clear(&text);

    struct arena *arena = arena_new((size_t)32 * 1024 * 1024), *small = arena_new(200);
    struct classification base, over, both;
    struct classification_entry *entries[2];
    for (int n = 0; n < 2; n++) {
        entries[n] = arena_calloc(arena, 15000, sizeof *entries[n]);
        for (size_t i = 0; i < 15000; i++)
            entries[n][i] = (struct classification_entry){
                .number = arena_format(arena, "%02zu.%02zu.%02d", i / 100 % 100, i % 100,
                                       n * 50 + (int)(i / 10000)),
                .title = STR("T")};
    }
    is_int((long long)classification_make(&base, STR_NONE, entries[0], 15000, arena), 0, "many");
    is_int((long long)classification_make(&over, STR_NONE, entries[1], 15000, arena), 0, "more");
    ok(!classification_overlay(&both, &base, &over, arena), "together they are too many");
    ok(!classification_overlay(&both, &base, &over, small), "and find no room here");
    arena_free(&arena);
    arena_free(&small);
}

/* The digest tells one list from another, in whatever order it came. */
static void knows_itself(void)
{
    static const struct {
        const char *name, *list;
        bool is_same;
    } cases[] = {
        {"the same",
         "{'numbers': [{'number': 'G01', 'title': 'A'}, {'number': '32', 'title': 'B'}]}", true},
        {"in another order",
         "{'numbers': [{'number': '32', 'title': 'B'}, {'number': 'G01', 'title': 'A'}]}", true},
        {"another edition's name",
         "{'edition': '2', 'numbers': [{'number': 'G01', 'title': 'A'},"
         " {'number': '32', 'title': 'B'}]}",
         true},
        {"another title",
         "{'numbers': [{'number': 'G01', 'title': 'C'}, {'number': '32', 'title': 'B'}]}", false},
        {"one less", "{'numbers': [{'number': 'G01', 'title': 'A'}]}", false},
        {"an end",
         "{'numbers': [{'number': 'G01', 'title': 'A', 'to': '2026-01-01'},"
         " {'number': '32', 'title': 'B'}]}",
         false},
        {"a beginning",
         "{'numbers': [{'number': 'G01', 'title': 'A', 'from': '2026-01-01'},"
         " {'number': '32', 'title': 'B'}]}",
         false},
    };
    char first[CLASSIFICATION_DIGEST] = "";
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct classification table;
        struct node root = config_parse(&config, cases[i].list);
        classification_parse(root, &table, config.arena, &config.faults);
        is_int((long long)strspn(table.digest, "0123456789abcdef"), 16, "16 hex digits");
        if (i == 0)
            memcpy(first, table.digest, sizeof first);
        is_int(strcmp(first, table.digest) == 0, cases[i].is_same, "%s", cases[i].name);
        config_clear(&config);
    }
}

static void finds_what_is_shipped(void)
{
    struct str bytes = config_read("policies/kle.json");
    struct arena *arena = arena_new((size_t)1024 * 1024);
    struct faults faults;
    struct classification table;
    faults_init(&faults, arena);
    struct document *document = document_parse(STR("kle.json"), bytes, &faults);
    classification_parse(document_node(document), &table, arena, &faults);
    document_free(&document);
    free((void *)bytes.at);
    is_int((long long)faults.count, 0, "the shipped file has no fault");
    ok(str_starts_with(table.edition, STR("TEST")), "and is marked as a test list");
    for (size_t i = 0; i < table.count; i++) { /* KL's own list must never slip in */
        struct str number = table.entries[i].number;
        ok(classification_is_number(number) &&
               (str_starts_with(number, STR("99")) || str_starts_with(number, STR("02")) ||
                str_equal(number, STR("32.24.04")) || str_equal(number, STR("G01")) ||
                str_equal(number, STR("Ø30"))),
           "%.*s is one of the test list", STR_ARG(number));
    }
    arena_free(&arena);
}

int main(void)
{
    knows_numbers();
    tells_every_fault();
    keeps_its_ceilings();
    finds_what_holds_that_day();
    makes_a_table_of_what_is_good();
    lays_one_over_the_other();
    knows_itself();
    finds_what_is_shipped();
    return done_testing();
}
