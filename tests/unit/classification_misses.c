/* SPDX-License-Identifier: MIT */
/* label: threads */
#include "overview/classification_misses.h"

#include <pthread.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "tests/tap.h"

#define UNIT       "0a17e000-0000-4000-8000-000000000001"
#define OTHER_UNIT "0a17e000-0000-4000-8000-000000000009"

static struct snapshot snapshot;
static char log_file[] = "/tmp/classification-misses-XXXXXX";

static void setup(struct arena *arena)
{
    static struct classification_entry entries[] = {
        {.number = STR_INIT("32.24.04"), .title = STR_INIT("K")},
        {.number = STR_INIT("99.01.01"), .title = STR_INIT("expired"), .to = {2020, 1, 1}},
        {.number = STR_INIT("G01"), .title = STR_INIT("G")},
    };
    static struct unit unit = {STR_INIT(UNIT), STR_INIT("Enhed")};
    ok(classification_make(&snapshot.classification, STR_NONE, entries, 3, arena) == 0, "a list");
    snapshot.units = (struct units){&unit, 1};
    close(mkstemp(log_file));
    ok(log_open(log_file, "test", LOG_DEBUG), "a log");
}

static int logged(const char *what)
{
    char text[1 << 16];
    FILE *file = fopen(log_file, "r");
    size_t len = file ? fread(text, 1, sizeof text, file) : 0;
    struct str rest = str_make(text, len);
    int lines = 0;
    if (file)
        fclose(file);
    for (size_t at; (at = str_find(rest, str_of(what))) < rest.len; lines++)
        rest = str_skip(rest, at + strlen(what));
    return lines;
}

static void describe(struct classification_misses *misses, size_t max, struct buf *out)
{
    struct classification_miss list[MISSES_MAX];
    size_t count = classification_misses_read(misses, list, max);
    buf_reset(out);
    for (size_t i = 0; i < count; i++)
        buf_format(out, "%.*s %s %d; ", STR_ARG(miss_kind_name(list[i].kind)), list[i].key,
                   (int)list[i].count);
    for (int kind = 0; kind < MISS_KIND_COUNT; kind++)
        buf_format(out, "%s%d", kind ? "/" : "others ",
                   (int)classification_misses_others(misses, (enum miss_kind)kind));
    buf_add_byte(out, '\0');
}

static void counts_what_has_no_name(void)
{
    static const struct {
        const char *name;
        struct item item;
        const char *misses;
    } cases[] = {
        {"nothing", {0}, "others 0/0/0"},
        {"a number that is known", {.kle = STR_INIT("32.24.04")}, "others 0/0/0"},
        {"one that has expired has a name", {.kle = STR_INIT("99.01.01")}, "others 0/0/0"},
        {"one that is not known", {.kle = STR_INIT("99.99.99")}, "number 99.99.99 1; others 0/0/0"},
        {"a facet that is known", {.facet = STR_INIT("G01")}, "others 0/0/0"},
        {"one that is not", {.facet = STR_INIT("Ø30")}, "facet Ø30 1; others 0/0/0"},
        {"a unit that is known", {.unit = STR_INIT(UNIT)}, "others 0/0/0"},
        {"one that is not", {.unit = STR_INIT(OTHER_UNIT)}, "unit " OTHER_UNIT " 1; others 0/0/0"},
        {"all three",
         {.kle = STR_INIT("99.99.99"), .facet = STR_INIT("Ø30"), .unit = STR_INIT(OTHER_UNIT)},
         "number 99.99.99 1; facet Ø30 1; unit " OTHER_UNIT " 1; others 0/0/0"},
        {"a number that is none is not remembered",
         {.kle = STR_INIT("610170-9995")},
         "others 1/0/0"},
        {"nor one that is empty", {.kle = STR_INIT("")}, "others 1/0/0"},
        {"nor a facet", {.facet = STR_INIT("Hans Hansen")}, "others 0/1/0"},
        {"nor a unit", {.unit = STR_INIT("Hans Hansen")}, "others 0/0/1"},
    };
    struct buf text;
    buf_init(&text, 1 << 16);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct classification_misses *misses = classification_misses_new();
        classification_misses_note(misses, &snapshot, &cases[i].item);
        describe(misses, MISSES_MAX, &text);
        is_str(text.at, cases[i].misses, "%s", cases[i].name);
        classification_misses_free(&misses);
    }
    struct snapshot nothing = {0};
    struct classification_misses *misses = classification_misses_new();
    classification_misses_note(misses, &nothing, &cases[8].item);
    describe(misses, MISSES_MAX, &text);
    is_str(text.at, "others 0/0/0", "without lists nothing is missed");
    classification_misses_free(&misses);
    buf_clear(&text);
}

static void tells_the_most_frequent(void)
{
    static const char *const numbers[] = {"10.00.00", "11.00.00", "12.00.00"};
    struct classification_misses *misses = classification_misses_new();
    struct buf text;
    buf_init(&text, 1 << 16);
    for (size_t i = 0; i < 3; i++)
        for (size_t n = 0; n <= (i + 1) % 3; n++) {
            struct item item = {.kle = str_of(numbers[i])};
            classification_misses_note(misses, &snapshot, &item);
        }
    describe(misses, MISSES_MAX, &text);
    is_str(text.at, "number 11.00.00 3; number 10.00.00 2; number 12.00.00 1; others 0/0/0",
           "most frequent first");
    describe(misses, 1, &text);
    is_str(text.at, "number 11.00.00 3; others 0/0/0", "as many as are wanted");
    is_int(logged("key=11.00.00 "), 1, "each is logged once");
    classification_misses_clear(misses);
    describe(misses, MISSES_MAX, &text);
    is_str(text.at, "others 0/0/0", "forgotten");
    classification_misses_note(misses, &snapshot, &(struct item){.kle = STR("11.00.00")});
    is_int(logged("key=11.00.00 "), 2, "and logged anew");
    classification_misses_free(&misses);
    buf_clear(&text);
}

static void keeps_its_ceiling(void)
{
    struct classification_misses *misses = classification_misses_new();
    struct classification_miss list[MISSES_MAX];
    for (int turn = 0; turn < 2; turn++)
        for (int i = 0; i < MISSES_MAX + 10; i++) {
            char number[32];
            snprintf(number, sizeof number, "50.%02d.%02d", i / 100, i % 100);
            classification_misses_note(misses, &snapshot, &(struct item){.kle = str_of(number)});
        }
    is_int((long long)classification_misses_read(misses, list, MISSES_MAX), MISSES_MAX,
           "the list is full");
    ok(list[0].count == 2 && list[MISSES_MAX - 1].count == 2, "and counts on what it holds");
    is_int((long long)classification_misses_others(misses, MISS_NUMBER), 20,
           "the others are counted");
    classification_misses_free(&misses);
}

enum { THREADS = 4, TURNS = 2000 };

static void *note_often(void *ctx)
{
    for (int i = 0; i < TURNS; i++)
        classification_misses_note(
            ctx, &snapshot, &(struct item){.kle = i % 2 ? STR("60.00.00") : STR("61.00.00")});
    return NULL;
}

static void is_shared_by_threads(void)
{
    struct classification_misses *misses = classification_misses_new();
    struct classification_miss list[2];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, note_often, misses) != 0)
            abort();
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    is_int((long long)classification_misses_read(misses, list, 2), 2, "two numbers");
    is_int((long long)(list[0].count + list[1].count), THREADS * TURNS, "no count is lost");
    is_int(logged("key=60.00.00 "), 1, "and each is logged once");
    classification_misses_free(&misses);
}

int main(void)
{
    struct arena *arena = arena_new(65536);
    setup(arena);
    counts_what_has_no_name();
    tells_the_most_frequent();
    keeps_its_ceiling();
    is_shared_by_threads();
    unlink(log_file);
    arena_free(&arena);
    return done_testing();
}
