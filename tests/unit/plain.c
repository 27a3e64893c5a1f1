/* SPDX-License-Identifier: MIT */
#include "base/plain.h"
#include "tests/tap.h"

#define LOST "\xef\xbf\xbd"

static void test_texts(void)
{
    static const struct {
        struct str text;
        const char *shown;
        size_t width;
    } rows[] = {
        {STR_INIT("Blåbær & æbler"), "Blåbær & æbler", 14},
        {STR_INIT(""), "", 0},
        {STR_INIT("a\tb\r\nc"), "a b  c", 6},
        {STR_INIT("\033[31mred"), LOST "[31mred", 8},
        {STR_INIT("\033]0;title\007"), LOST "]0;title" LOST, 10},
        {STR_INIT("nul\0x"), "nul" LOST "x", 5},
        {STR_INIT("\x7f"), LOST, 1},
        {STR_INIT("\xc2\x9b"
                  "2J"),
         LOST "2J", 3},                                       /* CSI in one character */
        {STR_INIT("\x9b"), LOST, 1},                          /* and as a byte */
        {STR_INIT("\xe2\x80\xae"), LOST, 1},                  /* right to left from here */
        {STR_INIT("\xe2\x81\xa6\xe2\x81\xa9"), LOST LOST, 2}, /* isolates */
        {STR_INIT("\xe2\x80\xa8"), LOST, 1},                  /* a line separator */
        {STR_INIT("\xef\xbb\xbf"), LOST, 1},
        {STR_INIT("\xf3\xa0\x80\x81"), LOST, 1}, /* a tag, that nobody sees */
        {STR_INIT("e\xcc\x81"), "e\xcc\x81", 1}, /* é, combined */
        {STR_INIT("\xc3"), LOST, 1},
    };
    struct buf out;

    buf_init(&out, 1000);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_reset(&out);
        plain_add(&out, rows[i].text);
        is_bytes(buf_str(&out).at, out.len, rows[i].shown, strlen(rows[i].shown), "row %zu", i);
        is_int((long long)plain_width(rows[i].text), (long long)rows[i].width, "row %zu: width", i);
    }
    buf_clear(&out);
}

/* Whatever byte it is, alone or behind another: nothing that a terminal obeys is left. */
static void test_all_bytes(void)
{
    bool is_plain = true;
    struct buf out;

    buf_init(&out, 1000);
    for (int a = 0; a < 256; a++)
        for (int b = 0; b < 256; b++) {
            const char text[] = {(char)a, (char)b, 'x'};
            buf_reset(&out);
            plain_add(&out, str_make(text, 3));
            for (size_t i = 0; i < out.len; i++) {
                unsigned char c = (unsigned char)out.at[i];
                is_plain &= c >= 0x20 && c != 0x7f;
                is_plain &= c != 0xc2 || (i + 1 < out.len && (unsigned char)out.at[i + 1] >= 0xa0);
            }
            is_plain &= str_is_utf8(buf_str(&out));
        }
    ok(is_plain, "no two bytes make a control character");
    buf_clear(&out);
}

static void test_cuts(void)
{
    static const struct {
        size_t width;
        const char *shown;
    } rows[] = {{0, ""}, {1, "…"}, {4, "blå…"}, {6, "blåbær"}, {9, "blåbær"}};
    struct buf out;

    buf_init(&out, 1000);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_reset(&out);
        size_t width = plain_add_cut(&out, STR("blåbær"), rows[i].width);
        is_bytes(buf_str(&out).at, out.len, rows[i].shown, strlen(rows[i].shown), "cut at %zu",
                 rows[i].width);
        ok(width <= rows[i].width, "it takes no more than it may");
    }
    buf_clear(&out);
}

int main(void)
{
    test_texts();
    test_all_bytes();
    test_cuts();
    return done_testing();
}
