/* SPDX-License-Identifier: MIT */
#include "joining/answer_shape.h"
#include "tests/config.h"

enum { ARENA_MAX = 4 << 20 };

/* "path words\n" of each that holds a value; those in lists begin with their list and a blank. */
static void describe(const struct answer_shape *shape, struct arena *arena, struct buf *out)
{
    buf_reset(out);
    for (const struct shape *one = shape->root; one; one = shape_next(one)) {
        const struct shape *list = shape_list(one);
        if (!one->parent || !(one->holds & ~(unsigned)SHAPE_GROUP))
            continue;
        if (list)
            buf_format(out, "%.*s ", STR_ARG(shape_path(list, NULL, arena)));
        buf_format(out, "%.*s: %.*s\n", STR_ARG(shape_path(one, list, arena)),
                   STR_ARG(shape_words(one, arena)));
    }
    buf_add_byte(out, '\0');
}

static void test_paths(void)
{
    static const struct {
        const char *answer, *paths;
    } rows[] = {
        {"{\"a/b~c\": 1, \"d\": [true, null], \"e\": null}",
         "/a~1b~0c: a number\n/d/*: true or false\n"},
        {"{\"who\": \"610170-9995\", \"l\": [{\"on\": \"21.11.2026\"}, {\"at\": "
         "\"2026-11-21T10:00:00Z\", \"on\": null}]}",
         "/who: a personal number\n/l/* /on: a date: %d.%m.%Y\n/l/* /at: a date: iso\n"},
        {"[{\"a\": {\"b\": [{\"c\": \"x\"}]}}]", "/*/a/b/* /c: a text\n"},
        {"[[1, 2], [3]]", "/*/*: a number\n"},
        {"<a xmlns='urn:x'><b id='1'>t</b><b id='2'/><c>6101709995</c></a>",
         "/n1:a/n1:b .: a text\n/n1:a/n1:b /@id: a text\n/n1:a/n1:c: a personal number\n"},
        {"<a><l><i><x>1</x></i></l><l><i><x>2</x></i></l></a>", "/a/l /i/x: a text\n"},
        {" <?xml version='1.0'?><a><b>  </b></a>", NULL},
        {"<!DOCTYPE a><a/>", NULL},
        {"{\"a\": 1", NULL},
        {"", NULL},
        {"text", NULL},
    };
    struct buf out;

    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_shape shape;
        const char *why = NULL;
        bool is_read = answer_shape_read(str_of(rows[i].answer), arena, &shape, &why);

        ok(is_read == (rows[i].paths != NULL), "row %zu is%s read", i, rows[i].paths ? "" : " not");
        if (is_read) {
            describe(&shape, arena, &out);
            is_str(out.at, rows[i].paths, "row %zu: its paths", i);
        } else {
            ok(why, "row %zu: a reason", i);
        }
        arena_free(&arena);
    }
    buf_clear(&out);
}

/* More than is listed is counted, and nothing breaks. */
static void test_ceilings(void)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct answer_shape shape;
    const char *why;
    struct buf many;

    buf_init(&many, 1 << 20);
    buf_add_byte(&many, '{');
    for (int i = 0; i < SHAPE_STEPS_MAX + 7; i++)
        buf_format(&many, "%s\"m%d\": {\"x\": 1}", i ? "," : "", i);
    buf_add_byte(&many, '}');
    ok(answer_shape_read(buf_str(&many), arena, &shape, &why), "very many members are read");
    ok(shape.steps == SHAPE_STEPS_MAX && shape.left_out > 7, "the rest is counted");
    buf_reset(&many);
    for (int i = 0; i < 30; i++)
        buf_add_str(&many, STR("{\"d\":"));
    buf_add_byte(&many, '1');
    for (int i = 0; i < 30; i++)
        buf_add_byte(&many, '}');
    ok(answer_shape_read(buf_str(&many), arena, &shape, &why) && shape.left_out > 0,
       "what lies too deep is left out");
    buf_clear(&many);
    arena_free(&arena);
}

static void test_living(void)
{
    static const char day[] = "010170", number[] = "9995";
    char living[64];

    ok(answer_shape_living(STR("\"6101709995\" and 610170-9995")) == 28, "replacement numbers");
    snprintf(living, sizeof living, "{\"x\": \"%s%s\"}", day, number);
    is_int((long long)answer_shape_living(str_of(living)), 7, "one that may be somebody's");
    snprintf(living, sizeof living, "<a>%s-%s</a>", day, number);
    is_int((long long)answer_shape_living(str_of(living)), 3, "with a hyphen, in XML");
    snprintf(living, sizeof living, "7%s%s, %s%s8", day, number, day, number);
    is_int((long long)answer_shape_living(str_of(living)), (long long)strlen(living),
           "longer numbers are something else");
}

int main(void)
{
    test_paths();
    test_ceilings();
    test_living();
    return done_testing();
}
