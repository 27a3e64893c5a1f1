/* SPDX-License-Identifier: MIT */
#include "base/reader.h"

#include <jansson.h>

#include "tests/tap.h"

enum { ARENA_LIMIT = 1 << 20 };

static struct arena *arena;

/* A document of exactly its bytes on the heap, so that the sanitizer sees a look beyond the end. */
struct document {
    char *bytes;
    struct reader r;
};

static struct reader *document_open(struct document *d, struct str bytes)
{
    d->bytes = malloc(bytes.len ? bytes.len : 1);
    if (bytes.len)
        memcpy(d->bytes, bytes.at, bytes.len);
    reader_init(&d->r, str_make(d->bytes, bytes.len), arena);
    return &d->r;
}

static void document_close(struct document *d)
{
    free(d->bytes);
    arena_reset(arena);
}

static bool is_valid(struct str bytes)
{
    struct document d;
    struct reader *r = document_open(&d, bytes);
    bool valid;

    reader_skip(r);
    valid = reader_end(r);
    document_close(&d);
    return valid;
}

static void test_grammar(void)
{
    static const struct str good[] = {
        STR_INIT("{}"),
        STR_INIT("[]"),
        STR_INIT(" \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : null } \n"),
        STR_INIT("0"),
        STR_INIT("-0"),
        STR_INIT("-0.0e-0"),
        STR_INIT("1E+9"),
        STR_INIT("123.456e78"),
        STR_INIT("\"\""),
        STR_INIT("true"),
        STR_INIT("false"),
        STR_INIT("null"),
        STR_INIT("[[[]],{\"\":{}}]"),
        STR_INIT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\""),
        STR_INIT("\"\\ud83d\\uDE00\""),
        STR_INIT("\"\x7F\xC2\x80\xEF\xBF\xBF\xF4\x8F\xBF\xBF\""),
        STR_INIT("{\"a\":1,\"a\":2}"), /* only reader_field knows what a duplicate is */
    };
    static const struct str bad[] = {
        STR_INIT(""),
        STR_INIT(" "),
        STR_INIT("{"),
        STR_INIT("["),
        STR_INIT("}"),
        STR_INIT("]"),
        STR_INIT("{]"),
        STR_INIT("[}"),
        STR_INIT("[1}"),
        STR_INIT("{\"a\":1]"),
        STR_INIT("[1,]"),
        STR_INIT("[,1]"),
        STR_INIT("[1,,2]"),
        STR_INIT("[1 2]"),
        STR_INIT("{\"a\":1,}"),
        STR_INIT("{,\"a\":1}"),
        STR_INIT("{\"a\" 1}"),
        STR_INIT("{\"a\"}"),
        STR_INIT("{\"a\":}"),
        STR_INIT("{\"a\"::1}"),
        STR_INIT("{a:1}"),
        STR_INIT("{1:1}"),
        STR_INIT("{\"a\":1 \"b\":2}"),
        STR_INIT("{\"a\":1}}"),
        STR_INIT("[]]"),
        STR_INIT("[] []"),
        STR_INIT("1 2"),
        STR_INIT("1x"),
        STR_INIT("[]\0"),
        STR_INIT("\0[]"),
        STR_INIT("[\0]"),
        STR_INIT("\xEF\xBB\xBF[]"),
        STR_INIT("\v[]"),
        STR_INIT("\xC2\xA0[]"),
        STR_INIT("01"),
        STR_INIT("-"),
        STR_INIT("-01"),
        STR_INIT("+1"),
        STR_INIT(".5"),
        STR_INIT("5."),
        STR_INIT("5.e1"),
        STR_INIT("1e"),
        STR_INIT("1e+"),
        STR_INIT("1e5.5"),
        STR_INIT("--1"),
        STR_INIT("0x10"),
        STR_INIT("NaN"),
        STR_INIT("Infinity"),
        STR_INIT("-Infinity"),
        STR_INIT("True"),
        STR_INIT("tru"),
        STR_INIT("truex"),
        STR_INIT("nul"),
        STR_INIT("nulll"),
        STR_INIT("'a'"),
        STR_INIT("\""),
        STR_INIT("\"a"),
        STR_INIT("\"\\"),
        STR_INIT("\"\\\""),
        STR_INIT("\"\\x\""),
        STR_INIT("\"\\'\""),
        STR_INIT("\"\\U0041\""),
        STR_INIT("\"\\\0\""),
        STR_INIT("\"\\u004\""),
        STR_INIT("\"\\u004g\""),
        STR_INIT("\"\\u 041\""),
        STR_INIT("\"\\u"),
        STR_INIT("\"\\u00"),
        STR_INIT("\"\\u0000\""),
        STR_INIT("\"a\0b\""),
        STR_INIT("\"a\nb\""),
        STR_INIT("\"a\tb\""),
        STR_INIT("\"\x1F\""),
        STR_INIT("\"\\ud83d\""),
        STR_INIT("\"\\ud83dx\""),
        STR_INIT("\"\\ud83d\\n\""),
        STR_INIT("\"\\ud83d\\u0041\""),
        STR_INIT("\"\\ud83d\\ud83d\""),
        STR_INIT("\"\\ude00\""),
        STR_INIT("\"\\ud83d\\ude0"),
        STR_INIT("\"\x80\""),
        STR_INIT("\"\xC3\""),
        STR_INIT("\"\xC3"),
        STR_INIT("\"\xC0\x80\""),
        STR_INIT("\"\xED\xA0\x80\""),
        STR_INIT("\"\xF4\x90\x80\x80\""),
        STR_INIT("\"\xE6\""), /* Latin-1 */
        STR_INIT("[1] // comment"),
        STR_INIT("/**/[1]"),
        STR_INIT("<html>502</html>"),
    };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ok(is_valid(good[i]), "good: %.*s", STR_ARG(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ok(!is_valid(bad[i]), "bad, row %zu: %.*s", i, STR_ARG(bad[i]));
}

static void test_depth(void)
{
    char text[4 * READER_DEPTH_MAX];

    for (int depth = READER_DEPTH_MAX - 1; depth <= READER_DEPTH_MAX + 1; depth++) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        is_int(is_valid(str_make(text, 2 * (size_t)depth)), depth <= READER_DEPTH_MAX, "%d deep",
               depth);
    }
    memset(text, '[', sizeof text);
    ok(!is_valid(str_make(text, sizeof text)), "deep and never closed");
}

/* Everything a document can be cut to is refused, and every byte of it can be anything, without a
 * look beyond the end and, where it differs, as jansson judges. */
static void test_every_cut(void)
{
    static const struct str whole =
        STR_INIT("{\"n\":-1.5e3,\"s\":\"\xC3\xA6\\n\\ud83d\\ude00\",\"a\":[true,false,null,{}]}");
    int taken = 0;

    for (size_t len = 0; len < whole.len; len++)
        taken += is_valid(str_head(whole, len));
    is_int(taken, 0, "no cut document is valid");
    ok(is_valid(whole), "the whole one is");
}

static void test_every_byte(void)
{
    static const struct str whole =
        STR_INIT("[{\"a\":1},-2.5e3,\"\xC3\xA6\\n\\u00e6\\ud83d\\ude00\",true,null, 0]");
    int differ = 0;

    for (size_t at = 0; at < whole.len; at++)
        for (int byte = 0; byte < 256; byte++) {
            char text[64];
            json_t *tree;

            memcpy(text, whole.at, whole.len);
            text[at] = (char)byte;
            tree = json_loadb(text, whole.len, 0, NULL);
            if ((tree != NULL) != is_valid(str_make(text, whole.len)) && differ++ == 0)
                printf("# byte %02x at %zu\n", (unsigned)byte, at);
            json_decref(tree);
        }
    is_int(differ, 0, "jansson agrees whatever byte stands where");
}

static void test_strings(void)
{
    static const struct {
        struct str json, text;
        bool is_borrowed;
    } rows[] = {
        {STR_INIT("\"\""), STR_INIT(""), true},
        {STR_INIT("\"bl\xC3\xA5\""), STR_INIT("bl\xC3\xA5"), true},
        {STR_INIT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), STR_INIT("\"\\/\b\f\n\r\t"), false},
        {STR_INIT("\"x\\u0041y\""), STR_INIT("xAy"), false},
        {STR_INIT("\"\\u0001\\u007f\\u0080\\u07FF\""), STR_INIT("\x01\x7F\xC2\x80\xDF\xBF"), false},
        {STR_INIT("\"\\u0800\\uffff\\ud7ff\\ue000\""),
         STR_INIT("\xE0\xA0\x80\xEF\xBF\xBF\xED\x9F\xBF\xEE\x80\x80"), false},
        {STR_INIT("\"\\ud800\\udc00\\udbff\\udfff\""), STR_INIT("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"),
         false},
        {STR_INIT("\"\\n\""), STR_INIT("\n"), false},
        {STR_INIT("\"a long text before the escape \\t and after\""),
         STR_INIT("a long text before the escape \t and after"), false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct document d;
        struct reader *r = document_open(&d, rows[i].json);
        struct str got = reader_string(r);

        is_bytes(got.at, got.len, rows[i].text.at, rows[i].text.len, "text of %.*s",
                 STR_ARG(rows[i].json));
        ok(reader_end(r), "and nothing more");
        is_int(got.at == d.bytes + 1, rows[i].is_borrowed, "borrowed or in the arena");
        document_close(&d);
    }
}

/* The scan goes by sixteen bytes: each special thing at each place. */
static void test_scan(void)
{
    static const struct {
        struct str piece;
        bool good;
    } rows[] = {
        {STR_INIT("x"), true},     {STR_INIT("\xC3\xA6"), true}, {STR_INIT("\\n"), true},
        {STR_INIT("\x7F"), true},  {STR_INIT("\x1F"), false},    {STR_INIT("\0"), false},
        {STR_INIT("\xC3"), false}, {STR_INIT("\xFF"), false},    {STR_INIT("\\q"), false},
        {STR_INIT("\""), false},
    };
    int wrong = 0;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t before = 0; before < 40; before++)
            for (size_t after = 0; after < 20; after++) {
                char text[128] = "\"";
                size_t len = 1;

                memset(text + len, 'a', before);
                len += before;
                memcpy(text + len, rows[i].piece.at, rows[i].piece.len);
                len += rows[i].piece.len;
                memset(text + len, ' ', after);
                len += after;
                text[len++] = '"';
                wrong += is_valid(str_make(text, len)) != rows[i].good;
            }
    is_int(wrong, 0, "special bytes at all places of the scan");
}

static void test_numbers(void)
{
    static const struct {
        const char *json;
        int64_t min, max, value;
        bool good;
    } rows[] = {
        {"0", 0, 0, 0, true},
        {"-0", 0, 0, 0, true},
        {"9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX, true},
        {"-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN, true},
        {"9223372036854775808", INT64_MIN, INT64_MAX, 0, false},
        {"-9223372036854775809", INT64_MIN, INT64_MAX, 0, false},
        {"99999999999999999999999", INT64_MIN, INT64_MAX, 0, false},
        {"5", 1, 5, 5, true},
        {"6", 1, 5, 0, false},
        {"0", 1, 5, 0, false},
        {"1.0", 0, 9, 0, false},
        {"1e0", 0, 9, 0, false},
        {"\"1\"", 0, 9, 0, false},
        {"null", 0, 9, 0, false},
        {"01", 0, 9, 0, false},
    };
    struct document d;
    struct str text;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reader *r = document_open(&d, str_of(rows[i].json));
        int64_t value = reader_int(r, rows[i].min, rows[i].max);
        bool good = reader_end(r);

        ok(good == rows[i].good && (!good || value == rows[i].value), "%s within its bounds: %s",
           rows[i].json, d.r.fault ? d.r.fault : "yes");
        document_close(&d);
    }
    text = reader_number(document_open(&d, STR(" -12.50E+3 ")));
    is_bytes(text.at, text.len, "-12.50E+3", 9, "a number's text, as written");
    ok(reader_end(&d.r), "and nothing more");
    document_close(&d);
}

static void test_types(void)
{
    static const struct {
        struct str json;
        enum json_type type;
    } rows[] = {
        {STR_INIT("{}"), JSON_TYPE_OBJECT},    {STR_INIT("[]"), JSON_TYPE_ARRAY},
        {STR_INIT("\"a\""), JSON_TYPE_STRING}, {STR_INIT("-1"), JSON_TYPE_NUMBER},
        {STR_INIT("0"), JSON_TYPE_NUMBER},     {STR_INIT(" true"), JSON_TYPE_TRUE},
        {STR_INIT("false"), JSON_TYPE_FALSE},  {STR_INIT("null"), JSON_TYPE_NULL},
        {STR_INIT(""), JSON_TYPE_NONE},        {STR_INIT("x"), JSON_TYPE_NONE},
        {STR_INIT("]"), JSON_TYPE_NONE},       {STR_INIT("+1"), JSON_TYPE_NONE},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum json_type type = rows[i].type;
        struct str json = rows[i].json;
        const char *name = json.at;
        struct document d;

        is_int(reader_peek(document_open(&d, json)), type, "type of '%s'", name);
        is_int(d.r.fault != NULL, type == JSON_TYPE_NONE, "peek at '%s' fails only at nothing",
               name);
        document_close(&d);

        ok(reader_object(document_open(&d, json)) == (type == JSON_TYPE_OBJECT),
           "is '%s' an object", name);
        document_close(&d);
        ok(reader_array(document_open(&d, json)) == (type == JSON_TYPE_ARRAY), "is '%s' an array",
           name);
        document_close(&d);
        ok((reader_string(document_open(&d, json)).at != NULL) == (type == JSON_TYPE_STRING),
           "is '%s' a string", name);
        document_close(&d);
        ok((reader_number(document_open(&d, json)).at != NULL) == (type == JSON_TYPE_NUMBER),
           "is '%s' a number", name);
        document_close(&d);
        ok(reader_bool(document_open(&d, json)) == (type == JSON_TYPE_TRUE) &&
               !d.r.fault == (type == JSON_TYPE_TRUE || type == JSON_TYPE_FALSE),
           "is '%s' true or false", name);
        document_close(&d);
        ok(reader_null(document_open(&d, json)) == (type == JSON_TYPE_NULL) && !d.r.fault,
           "is '%s' null, and never a fault", name);
        document_close(&d);
        ok(reader_string_or_null(document_open(&d, json)).at ||
               !d.r.fault == (type == JSON_TYPE_NULL),
           "is '%s' a string or null", name);
        document_close(&d);
    }
}

static void test_times(void)
{
    struct document d;
    struct reader *r = document_open(
        &d, STR("[\"2026-11-21\",null,\"2026-11-21T10:42:00+01:00\",null,\"2026-02-30\"]"));

    reader_array(r);
    reader_element(r);
    is_int(reader_date(r).day, 21, "a date");
    reader_element(r);
    ok(!date_is_known(reader_date(r)) && !r->fault, "null is the absent date");
    reader_element(r);
    is_int(reader_wall(r).unix_ms, 1795254120000, "a time");
    reader_element(r);
    ok(!reader_wall(r).known && !r->fault, "null is the absent time");
    reader_element(r);
    ok(!date_is_known(reader_date(r)), "the 30th of February is no date");
    is_str(r->fault, "expected a date", "and a fault");
    document_close(&d);
    ok(!reader_wall(document_open(&d, STR("\"\""))).known && d.r.fault,
       "the empty text is not the absent time");
    document_close(&d);
}

enum field { FIELD_ID, FIELD_TITLE, FIELD_COUNT };
static const struct str fields[FIELD_COUNT] = {
    [FIELD_ID] = STR_INIT("id"),
    [FIELD_TITLE] = STR_INIT("title"),
};

/* As an adapter reads: known fields are taken, others skipped. */
static bool read_item(struct reader *r, struct str *id, struct str *title)
{
    struct str name;
    uint64_t seen = 0;

    if (reader_object(r))
        while (reader_member(r, &name))
            switch (reader_field(r, name, fields, FIELD_COUNT, &seen)) {
            case FIELD_ID:
                *id = reader_string(r);
                break;
            case FIELD_TITLE:
                *title = reader_string_or_null(r);
                break;
            default:
                reader_skip(r);
            }
    return reader_end(r);
}

static void test_fields(void)
{
    static const struct {
        const char *json, *fault;
    } rows[] = {
        {"{\"id\":\"1\",\"title\":\"T\"}", NULL},
        {"{\"title\":null,\"id\":\"1\"}", NULL},
        {"{\"more\":{\"id\":[1,{\"id\":2}]},\"id\":\"1\",\"x\":\"\\u00e6\"}", NULL},
        {"{\"i\\u0064\":\"1\"}", NULL},
        {"{\"id\":\"1\",\"more\":1,\"more\":2}", NULL},
        {"{\"id\":\"1\",\"id\":\"2\"}", "duplicate member"},
        {"{\"id\":\"1\",\"\\u0069d\":\"2\"}", "duplicate member"},
        {"{\"id\":1}", "expected a string"},
        {"{\"id\":null}", "expected a string"},
        {"[]", "expected an object"},
        {"null", "expected an object"},
        {"{\"id\":\"1\"} x", "trailing bytes"},
        {"{\"id\":\"1\"", "unexpected end"},
        {"{\"id\":\"1\";", "expected a comma or the object's end"},
        {"{\"more\":[1;", "expected a comma or the array's end"},
        {"{\"more\" 1}", "expected a colon"},
        {"{\"more\":nope}", "expected null"},
        {"{\"more\":\"\\x\"}", "unknown escape"},
        {"", "unexpected end"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str id = STR_NONE, title = STR_NONE;
        struct document d;
        bool good = read_item(document_open(&d, str_of(rows[i].json)), &id, &title);

        ok(good == !rows[i].fault, "item %s", rows[i].json);
        is_str(d.r.fault, rows[i].fault, "its fault");
        if (good)
            is_bytes(id.at, id.len, "1", 1, "its id");
        document_close(&d);
    }
}

static void test_skip(void)
{
    struct document d;
    struct reader *r = document_open(&d, STR("[ {\"a\" : [1, \"\\n\"]} , 7]"));
    size_t used = arena_used(arena);
    struct str text;

    reader_array(r);
    reader_element(r);
    text = reader_skip(r);
    is_bytes(text.at, text.len, "{\"a\" : [1, \"\\n\"]}", 17, "skip gives the value's bytes");
    is_int((long long)arena_used(arena), (long long)used, "and resolves no escape");
    reader_element(r);
    is_int(reader_int(r, 0, 9), 7, "what follows it can be read");
    ok(!reader_element(r) && reader_end(r), "to the end");
    document_close(&d);
}

/* After a fault nothing is given any more, and the first fault stays. */
static void test_total(void)
{
    struct document d;
    struct reader *r = document_open(&d, STR("{\"a\": [1, x], \"b\": 2}"));
    struct str name = STR_NONE;

    reader_object(r);
    reader_member(r, &name);
    reader_array(r);
    reader_element(r);
    reader_skip(r);
    reader_element(r);
    ok(reader_skip(r).at == NULL, "what is no value is not skipped");
    is_str(r->fault, "expected a value", "the fault");
    is_int((long long)r->fault_offset, 10, "and where");
    reader_fail(r, "later");
    ok(!reader_element(r) && !reader_member(r, &name) && !reader_object(r) && !reader_array(r) &&
           reader_peek(r) == JSON_TYPE_NONE && !reader_string(r).at && !reader_bool(r) &&
           !reader_null(r) && reader_int(r, 5, 9) == 0 && !reader_number(r).at &&
           !reader_wall(r).known && !reader_end(r),
       "a failed reader gives nothing");
    is_str(r->fault, "expected a value", "the first fault stays");
    document_close(&d);

    r = document_open(&d, STR("[[1]]"));
    reader_array(r);
    reader_element(r);
    reader_array(r);
    reader_fail(r, "from outside");
    ok(!reader_element(r) && !reader_end(r), "a failure from outside ends the loops");
    is_str(r->fault, "from outside", "with its own words");
    document_close(&d);

    r = document_open(&d, STR("[1,2]"));
    reader_array(r);
    reader_element(r);
    ok(!reader_element(r) && r->fault, "a value that was not read is a fault");
    document_close(&d);
    r = document_open(&d, STR("1 2"));
    reader_int(r, 0, 9);
    ok(reader_int(r, 0, 9) == 0 && r->fault, "a second value at the top is a fault");
    document_close(&d);
    r = document_open(&d, STR("[1]"));
    reader_array(r);
    ok(!reader_end(r), "the end inside a value is a fault");
    document_close(&d);
}

static void test_room(void)
{
    struct arena *small = arena_new(4);
    struct reader r;

    reader_init(&r, STR("\"\\n12345\""), small);
    ok(!reader_string(&r).at && r.fault && arena_is_full(small), "a full arena is a fault");
    reader_init(&r, STR("\"\\n12345\""), NULL);
    ok(!reader_string(&r).at && r.fault, "no arena, no escapes");
    reader_init(&r, STR("\"12345\""), NULL);
    ok(reader_string(&r).len == 5 && reader_end(&r), "a string without escapes needs none");
    reader_init(&r, STR_NONE, NULL);
    ok(!reader_object(&r) && !reader_end(&r), "the absent document is not valid");
    arena_free(&small);
}

int main(void)
{
    arena = arena_new(ARENA_LIMIT);
    test_grammar();
    test_depth();
    test_every_cut();
    test_every_byte();
    test_strings();
    test_scan();
    test_numbers();
    test_types();
    test_times();
    test_fields();
    test_skip();
    test_total();
    test_room();
    arena_free(&arena);
    return done_testing();
}
