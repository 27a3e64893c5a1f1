/* SPDX-License-Identifier: MIT */
#include "base/writer.h"

#include <jansson.h>

#include "tests/tap.h"

static struct buf out;
static struct writer w;

static void begin(void)
{
    buf_reset(&out);
    writer_init(&w, &out);
}

static void is_written(const char *want, const char *name)
{
    is_bytes(out.at, out.len, want, strlen(want), "%s", name);
}

static void test_commas(void)
{
    begin();
    writer_object(&w);
    writer_object_end(&w);
    is_written("{}", "an empty object");

    begin();
    writer_object(&w);
    writer_name(&w, "a");
    writer_array(&w);
    writer_array_end(&w);
    writer_name(&w, "b");
    writer_array(&w);
    writer_int(&w, 1);
    writer_array(&w);
    writer_array_end(&w);
    writer_object(&w);
    writer_member_null(&w, "x");
    writer_object_end(&w);
    writer_bool(&w, true);
    writer_array_end(&w);
    writer_member_str(&w, "c", STR("d"));
    writer_member_bool(&w, "e", false);
    writer_member_int(&w, "f", -7);
    writer_name_text(&w, STR("g\"\n"));
    writer_raw(&w, STR("[1, 2]"));
    writer_object_end(&w);
    is_written("{\"a\":[],\"b\":[1,[],{\"x\":null},true],\"c\":\"d\",\"e\":false,\"f\":-7,"
               "\"g\\\"\\n\":[1, 2]}",
               "commas on all levels");
}

static void test_scalars(void)
{
    static const struct {
        int64_t value;
        const char *whole, *oere;
    } rows[] = {
        {0, "0", "\"0.00\""},
        {7, "7", "\"0.07\""},
        {-7, "-7", "\"-0.07\""},
        {99, "99", "\"0.99\""},
        {100, "100", "\"1.00\""},
        {-123450, "-123450", "\"-1234.50\""},
        {INT64_MAX, "9223372036854775807", "\"92233720368547758.07\""},
        {INT64_MIN, "-9223372036854775808", "\"-92233720368547758.08\""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin();
        writer_int(&w, rows[i].value);
        is_written(rows[i].whole, "a whole number");
        begin();
        writer_oere(&w, rows[i].value);
        is_written(rows[i].oere, "an amount");
    }
    begin();
    writer_array(&w);
    writer_str(&w, STR_NONE);
    writer_str(&w, STR(""));
    writer_date(&w, DATE_NONE);
    writer_date(&w, (struct date){2026, 3, 9});
    writer_wall(&w, WALL_NONE);
    writer_wall(&w, wall_of_unix(1795254120));
    writer_array_end(&w);
    is_written("[null,\"\",null,\"2026-03-09\",null,\"2026-11-21T10:42:00+01:00\"]",
               "absent values are null");
}

static void test_escapes(void)
{
    static const struct {
        struct str in;
        const char *out;
    } rows[] = {
        {STR_INIT("\"\\/"), "\"\\\"\\\\/\""},
        {STR_INIT("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\""},
        {STR_INIT("\0\x01\x1F\x7F"), "\"\\u0000\\u0001\\u001f\x7F\""},
        {STR_INIT("bl\xC3\xA5"), "\"bl\xC3\xA5\""},
        {STR_INIT("\xF0\x9F\x98\x80"), "\"\xF0\x9F\x98\x80\""},
        {STR_INIT("a\xC3"), "\"a\xEF\xBF\xBD\""},
        {STR_INIT("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {STR_INIT("\xFF\"\xFE"), "\"\xEF\xBF\xBD\\\"\xEF\xBF\xBD\""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin();
        writer_str(&w, rows[i].in);
        is_written(rows[i].out, "escapes");
    }
}

/* A special byte at each place of texts of each length up to three steps of the scan; jansson reads
 * back what went in. */
static void test_scan(void)
{
    static const char specials[] = {'"', '\\', '\n', '\x01', '\x1F', ' ', '\x7F', '/'};
    int wrong = 0, tried = 0;

    for (size_t len = 1; len <= 50; len++)
        for (size_t at = 0; at < len; at++)
            for (size_t i = 0; i < sizeof specials; i++, tried++) {
                char *text = malloc(len);
                json_t *back;

                memset(text, 'x', len);
                text[at] = specials[i];
                begin();
                writer_str(&w, str_make(text, len));
                back = json_loadb(out.at, out.len, JSON_DECODE_ANY, NULL);
                wrong += !back || json_string_length(back) != len ||
                         memcmp(json_string_value(back), text, len) != 0;
                json_decref(back);
                free(text);
            }
    is_int(wrong, 0, "%d texts come back from another reader", tried);
}

static void test_ceiling(void)
{
    struct buf small;

    buf_init(&small, 8);
    writer_init(&w, &small);
    writer_array(&w);
    writer_str(&w, STR("much too long"));
    writer_int(&w, 1);
    writer_array_end(&w);
    ok(small.failed && small.len == 0, "a ceiling shows in the buffer, which stays empty");
    buf_clear(&small);
}

int main(void)
{
    buf_init(&out, 1 << 20);
    test_commas();
    test_scalars();
    test_escapes();
    test_scan();
    test_ceiling();
    buf_clear(&out);
    return done_testing();
}
