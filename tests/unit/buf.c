/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include "tests/tap.h"

static void test_ceiling(void)
{
    struct buf buf;

    buf_init(&buf, 10);
    ok(buf_str(&buf).at && buf_str(&buf).len == 0, "a new buffer is empty, not absent");
    ok(buf_add(&buf, NULL, 0), "nothing can be added");
    ok(buf_add_str(&buf, STR("0123456789")), "up to the ceiling");
    ok(!buf_add_byte(&buf, 'x'), "not beyond it");
    ok(buf.failed && buf.len == 0, "a failed buffer is empty");
    ok(!buf_add_byte(&buf, 'x') && !buf_add(&buf, "", 0) && !buf_format(&buf, "%s", ""),
       "a failed buffer takes nothing");
    ok(buf_reserve(&buf, 1) == NULL && buf_str(&buf).len == 0, "nor does it give room");
    buf_reset(&buf);
    ok(buf_add_str(&buf, STR("again")) && buf.len == 5, "a reset forgets the failure");
    ok(!buf_add(&buf, "x", SIZE_MAX) && buf.failed, "a size that wraps fails");
    buf_clear(&buf);
    ok(!buf.failed && buf.at == NULL && buf.max == 10, "clear is as new, with its ceiling");
    ok(buf_reserve(&buf, 11) == NULL && buf.failed, "too much room fails like an addition");
    buf_clear(&buf);

    buf_init(&buf, 0);
    ok(!buf_add_byte(&buf, 'x') && buf.failed, "a ceiling of 0");
    buf_clear(&buf);
}

static void test_growth(void)
{
    enum { BYTES = 100003 };
    struct buf buf;
    int wrong = 0;

    buf_init(&buf, BYTES);
    for (int i = 0; i < BYTES; i++)
        buf_add_byte(&buf, (char)(i % 251));
    is_int((long long)buf.len, BYTES, "all bytes are there");
    for (int i = 0; i < BYTES; i++)
        wrong += (unsigned char)buf.at[i] != i % 251;
    is_int(wrong, 0, "all bytes are as they were added");
    ok(buf.cap <= BYTES, "memory stays within the ceiling");
    buf_clear(&buf);
}

static void test_format(void)
{
    struct buf buf;
    char *room;

    buf_init(&buf, 600);
    ok(buf_format(&buf, "%s %d", "HTTP", 200), "format into a new buffer");
    is_bytes(buf.at, buf.len, "HTTP 200", 8, "what was formatted");
    ok(buf_format(&buf, "%*s", 592, "") && buf.len == 600, "format exactly up to the ceiling");
    ok(!buf_format(&buf, "x") && buf.failed, "not beyond");
    buf_reset(&buf);
    ok(buf_format(&buf, "%*s|", 511, "") && buf.len == 512, "format that fills the first memory");
    ok(buf_format(&buf, "%s", "more") && buf.len == 516, "and grows from there");
    is_bytes(buf.at + 511, 5, "|more", 5, "without a gap");
    buf_reset(&buf);
    room = buf_reserve(&buf, 4);
    memcpy(room, "abcd", 4);
    buf_commit(&buf, 3);
    is_bytes(buf.at, buf.len, "abc", 3, "only what is committed counts");
    buf_clear(&buf);
}

static void test_drop_and_wipe(void)
{
    struct buf buf;
    const char *memory;

    buf_init(&buf, 100);
    buf_add_str(&buf, STR("GET / x"));
    memory = buf.at;
    buf_drop(&buf, 4);
    is_bytes(buf.at, buf.len, "/ x", 3, "drop moves the rest down");
    is_bytes(memory + 3, 4, "\0\0\0\0", 4, "and wipes what became free");
    buf_drop(&buf, 0);
    is_int((long long)buf.len, 3, "drop nothing");
    buf_drop(&buf, 3);
    is_int((long long)buf.len, 0, "drop all");
    buf_add_str(&buf, STR("6101709995"));
    buf_reset(&buf);
    ok(buf.at == memory, "a reset keeps the memory");
    is_bytes(memory, 10, "\0\0\0\0\0\0\0\0\0\0", 10, "and wipes it");
    buf_clear(&buf);
    buf_drop(&buf, 0);
    buf_clear(&buf);
}

static void test_move(void)
{
    struct buf from, to;

    buf_init(&from, 1000);
    buf_init(&to, 10);
    buf_add_str(&to, STR("old"));
    buf_reset(&to);
    buf_add_str(&from, STR("twelve bytes"));
    buf_move(&to, &from);
    is_bytes(to.at, to.len, "twelve bytes", 12, "the bytes have moved");
    ok(buf_add_str(&to, STR("!")) && to.len == 13, "and can grow under their own ceiling");
    ok(from.at == NULL && from.len == 0 && from.max == 1000, "nothing is left behind");
    ok(buf_add_str(&from, STR("next")), "the source can be used again");
    buf_clear(&from);
    buf_clear(&to);

    buf_init(&from, 1);
    buf_add_str(&from, STR("xx"));
    buf_move(&to, &from);
    ok(to.failed && !from.failed, "a failure moves, too");
    buf_clear(&to);
}

int main(void)
{
    test_ceiling();
    test_growth();
    test_format();
    test_drop_and_wipe();
    test_move();
    return done_testing();
}
