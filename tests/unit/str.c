/* SPDX-License-Identifier: MIT */
#include "base/str.h"

#include "tests/tap.h"

/* What a table holds as a C string, as a struct str of exactly that many bytes on the heap, so that
 * the sanitizer sees a look beyond its end. */
static struct str exact(const char *bytes, size_t len)
{
    char *copy = malloc(len ? len : 1);

    if (!copy)
        abort();
    memcpy(copy, bytes, len);
    return str_make(copy, len);
}

static void drop(struct str s)
{
    free((void *)(uintptr_t)s.at);
}

static int sign(int number)
{
    return (number > 0) - (number < 0);
}

static void test_absent_and_empty(void)
{
    struct str absent = str_of(NULL);

    ok(absent.at == NULL && str_is_empty(absent), "str_of(NULL) is absent");
    ok(str_of("").at != NULL && str_is_empty(str_of("")), "the empty text is not absent");
    ok(str_equal(absent, STR("")), "absent and empty hold the same bytes");
    ok(str_equal_nocase(absent, absent), "absent equals absent without case");
    ok(!str_equal(STR("a"), STR("b")) && !str_equal(STR("a"), STR("aa")), "equal means equal");
    ok(str_equal(STR("a\0b"), str_make("a\0b", 3)), "a NUL is a byte like others");
    ok(!str_equal(STR("a\0b"), STR("a\0c")), "bytes behind a NUL count");
    is_int((long long)str_find(absent, STR("x")), 0, "nothing is found in the absent text");
    ok(str_skip(absent, 3).at == NULL, "nothing is skipped in the absent text");
    ok(str_trim(absent).at == NULL, "the absent text is trimmed to itself");
    ok(str_is_utf8(absent) && !str_is_digits(absent), "the absent text is UTF-8 and no number");
}

static void test_compare(void)
{
    static const struct {
        struct str a, b;
        int order;
        bool same_nocase;
    } rows[] = {
        {STR_INIT("abc"), STR_INIT("abc"), 0, true},
        {STR_INIT("abc"), STR_INIT("ABC"), 1, true},
        {STR_INIT("ab"), STR_INIT("abc"), -1, false},
        {STR_INIT(""), STR_INIT("a"), -1, false},
        {STR_INIT("z"), STR_INIT("\xC3\xA6"), -1, false},
        {STR_INIT("@[`{"), STR_INIT("`{@["), -1, false},
        {STR_INIT("\xC3\x86"), STR_INIT("\xC3\xA6"), -1, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        is_int(sign(str_compare(rows[i].a, rows[i].b)), rows[i].order, "order of row %zu", i);
        is_int(sign(str_compare(rows[i].b, rows[i].a)), -rows[i].order, "reversed row %zu", i);
        is_int(str_equal_nocase(rows[i].a, rows[i].b), rows[i].same_nocase, "case, row %zu", i);
    }
}

static void test_find(void)
{
    static const struct {
        struct str in, needle;
        size_t at;
    } rows[] = {
        {STR_INIT("aab"), STR_INIT("ab"), 1},      {STR_INIT("abc"), STR_INIT("abcd"), 3},
        {STR_INIT("abc"), STR_INIT("c"), 2},       {STR_INIT("abc"), STR_INIT(""), 0},
        {STR_INIT(""), STR_INIT("a"), 0},          {STR_INIT("aaab"), STR_INIT("aab"), 1},
        {STR_INIT("abab"), STR_INIT("abc"), 4},    {STR_INIT("a\0b"), STR_INIT("\0b"), 1},
        {STR_INIT("\r\n\r"), STR_INIT("\r\n"), 0}, {STR_INIT("xyab"), STR_INIT("abc"), 4},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str in = exact(rows[i].in.at, rows[i].in.len);

        is_int((long long)str_find(in, rows[i].needle), (long long)rows[i].at, "find, row %zu", i);
        drop(in);
    }
    is_int((long long)str_find_byte(STR("abca"), 'a'), 0, "the first of two bytes");
    is_int((long long)str_find_byte(STR("abc"), 'x'), 3, "a byte that is not there");
    ok(str_starts_with(STR("Bearer x"), STR("Bearer ")), "starts with");
    ok(!str_starts_with(STR("Bear"), STR("Bearer ")), "a prefix longer than the text");
    ok(str_ends_with(STR("a.json"), STR(".json")) && !str_ends_with(STR("son"), STR(".json")) &&
           !str_ends_with(STR("a.jsonx"), STR(".json")),
       "ends with");
}

static void test_cut(void)
{
    struct str s = STR("hello"), t;

    t = str_skip(s, 2);
    is_bytes(t.at, t.len, "llo", 3, "skip");
    t = str_skip(s, 99);
    ok(t.len == 0 && t.at == s.at + 5, "skip beyond the end");
    t = str_head(s, 2);
    is_bytes(t.at, t.len, "he", 2, "head");
    ok(str_equal(str_head(s, 99), s), "head beyond the end");
    t = str_trim(STR(" \t a b\t "));
    is_bytes(t.at, t.len, "a b", 3, "trim keeps what is inside");
    t = str_trim(STR("\n a \r"));
    is_bytes(t.at, t.len, "\n a \r", 5, "line ends are no blanks");
    ok(str_trim(STR(" \t ")).len == 0, "trim to nothing");
}

static void test_split(void)
{
    static const struct {
        const char *all, *joined; /* parts, each in angle brackets */
    } rows[] = {
        {"a,b,c", "<a><b><c>"}, {"a", "<a>"}, {"", "<>"}, {",", "<><>"}, {"a,,b,", "<a><><b><>"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str rest = str_of(rows[i].all);
        char joined[64] = "";
        int turns = 0;

        while (rest.at && turns++ < 20) {
            struct str part = str_split(&rest, ',');

            snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "<%.*s>",
                     STR_ARG(part));
        }
        is_str(joined, rows[i].joined, "split \"%s\"", rows[i].all);
    }
}

static void test_numbers(void)
{
    static const struct {
        const char *text;
        uint64_t max, value;
        bool good;
    } rows[] = {
        {"0", 0, 0, true},
        {"1", 0, 0, false},
        {"007", 7, 7, true},
        {"8", 7, 0, false},
        {"10", 9, 0, false},
        {"65535", 65535, 65535, true},
        {"65536", 65535, 0, false},
        {"18446744073709551615", UINT64_MAX, UINT64_MAX, true},
        {"18446744073709551616", UINT64_MAX, 0, false},
        {"99999999999999999999999999", UINT64_MAX, 0, false},
        {"", 9, 0, false},
        {"-1", 9, 0, false},
        {"+1", 9, 0, false},
        {" 1", 9, 0, false},
        {"1 ", 9, 0, false},
        {"0x1", 99, 0, false},
        {"\xD9\xA1", 99, 0, false}, /* ARABIC-INDIC DIGIT ONE */
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t value = 4711;
        bool good = str_to_u64(str_of(rows[i].text), rows[i].max, &value);

        is_int(good, rows[i].good, "is \"%s\" a number up to %llu", rows[i].text,
               (unsigned long long)rows[i].max);
        ok(value == (rows[i].good ? rows[i].value : 4711), "value of \"%s\"", rows[i].text);
    }
}

static void test_utf8(void)
{
    static const struct {
        struct str bytes;
        size_t sequence;
    } rows[] = {
        {STR_INIT("a"), 1},
        {STR_INIT("\0"), 1},
        {STR_INIT("\x7F"), 1},
        {STR_INIT("\x80"), 0},
        {STR_INIT("\xBF"), 0},
        {STR_INIT("\xC0\x80"), 0},
        {STR_INIT("\xC1\xBF"), 0},
        {STR_INIT("\xC2\x80"), 2},
        {STR_INIT("\xC3\xA6"), 2},
        {STR_INIT("\xC3"), 0},
        {STR_INIT("\xC3("), 0},
        {STR_INIT("\xDF\xBF"), 2},
        {STR_INIT("\xE0\x9F\xBF"), 0},
        {STR_INIT("\xE0\xA0\x80"), 3},
        {STR_INIT("\xE2\x82"), 0},
        {STR_INIT("\xE2\x82\xAC"), 3},
        {STR_INIT("\xE2\x82\x2C"), 0},
        {STR_INIT("\xED\x9F\xBF"), 3},
        {STR_INIT("\xED\xA0\x80"), 0}, /* U+D800 */
        {STR_INIT("\xED\xBF\xBF"), 0}, /* U+DFFF */
        {STR_INIT("\xEE\x80\x80"), 3},
        {STR_INIT("\xEF\xBF\xBF"), 3},
        {STR_INIT("\xF0\x8F\xBF\xBF"), 0},
        {STR_INIT("\xF0\x90\x80\x80"), 4},
        {STR_INIT("\xF4\x8F\xBF\xBF"), 4},
        {STR_INIT("\xF4\x90\x80\x80"), 0}, /* U+110000 */
        {STR_INIT("\xF5\x80\x80\x80"), 0},
        {STR_INIT("\xF0\x9F\x98"), 0},
        {STR_INIT("\xF0\x9F\x98\x2E"), 0},
        {STR_INIT("\xFF"), 0},
        {STR_INIT(""), 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str s = exact(rows[i].bytes.at, rows[i].bytes.len);

        is_int((long long)str_utf8_sequence(s), (long long)rows[i].sequence, "UTF-8, row %zu", i);
        is_int(str_is_utf8(s), rows[i].sequence == s.len, "UTF-8 as a whole, row %zu", i);
        drop(s);
    }
    ok(!str_is_utf8(STR("K\xC3\xB8"
                        "benhavn \xC3")),
       "a text cut inside a letter is no UTF-8");
}

static void test_hash(void)
{
    ok(str_hash(STR("")) == UINT64_C(0xcbf29ce484222325), "FNV-1a of nothing");
    ok(str_hash(STR("a")) == UINT64_C(0xaf63dc4c8601ec8c), "FNV-1a of a");
    ok(str_hash(STR("foobar")) == UINT64_C(0x85944171f73967e8), "FNV-1a of foobar");
    ok(str_hash(STR("\xC3\xA6")) != str_hash(STR("\xC3\xA5")), "bytes above 0x7F count");
}

int main(void)
{
    test_absent_and_empty();
    test_compare();
    test_find();
    test_cut();
    test_split();
    test_numbers();
    test_utf8();
    test_hash();
    return done_testing();
}
