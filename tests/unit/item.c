/* SPDX-License-Identifier: MIT */
#include "adapters/item.h"

#include "adapters/outcome.h"
#include "base/writer.h"
#include "tests/tap.h"

static void test_money(void)
{
    static const struct {
        const char *text;
        bool is_money;
        int64_t oere;
    } cases[] = {
        {"0", true, 0},
        {"1", true, 100},
        {"1234.5", true, 123450},
        {"1234.50", true, 123450},
        {"-1234.56", true, -123456},
        {"-0.01", true, -1},
        {"0.004", true, 0},
        {"0.005", true, 1},
        {"-0.005", true, -1},
        {"0.0049999999999999999999999", true, 0},
        {"1.995", true, 200},
        {"9.999", true, 1000},
        {"007.10", true, 710},
        {"999999999999999.99", true, INT64_C(99999999999999999)},
        {"-999999999999999.995", true, -INT64_C(100000000000000000)},
        {"1000000000000000", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"--1", false, 0},
        {"+1", false, 0},
        {".5", false, 0},
        {"5.", false, 0},
        {"1.2.3", false, 0},
        {"1,50", false, 0},
        {"1.234,50", false, 0},
        {"1e3", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1.-5", false, 0},
        {"0x10", false, 0},
        {"NaN", false, 0},
        {"\xd9\xa1", false, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct money money = {.oere = 77, .known = false};
        bool is_money = money_parse(str_of(cases[i].text), &money);

        is_int(is_money, cases[i].is_money, "'%s' is money or not", cases[i].text);
        is_int(money.oere, is_money ? cases[i].oere : 77, "'%s' in oere", cases[i].text);
        is_int(money.known, is_money, "'%s' is known", cases[i].text);
    }
    struct money money = MONEY_NONE;
    ok(!money_parse(STR_NONE, &money), "the absent text is no money");
    ok(!money_parse(str_make("1\0"
                             "2",
                             3),
                    &money),
       "a NUL is no digit");
}

static void test_kinds(void)
{
    for (unsigned i = 0; i < ITEM_KIND_COUNT; i++) {
        enum item_kind kind = (enum item_kind)i, found = ITEM_KIND_COUNT;

        ok(item_kind_parse(item_kind_name(kind), &found) && found == kind, "kind %u by its name",
           i);
        ok(str_starts_with(item_kind_model(kind), STR("Borgervendt")), "kind %u has a model", i);
    }
    enum item_kind kind;
    ok(!item_kind_parse(STR("cases"), &kind), "no kind of another name");
    ok(!item_kind_parse(STR(""), &kind) && !item_kind_parse(STR_NONE, &kind), "nor of none");
}

static void test_codes(void)
{
    for (unsigned i = 0; i < ITEM_STATUS_COUNT; i++)
        for (unsigned j = 0; j <= i; j++)
            if (str_equal(item_status_code((enum item_status)i),
                          item_status_code((enum item_status)j)))
                is_int(i, j, "status codes are all different");
    for (unsigned i = OUTCOME_PENDING; i < OUTCOME_COUNT; i++) {
        enum outcome outcome = (enum outcome)i;
        int status = outcome_incumbent_status(outcome);

        ok(outcome_name(outcome).len > 0, "outcome %u has a name", i);
        is_int(outcome_incumbent_type(outcome).len == 0, status == 200,
               "%.*s: an error type exactly when the status is one",
               STR_ARG(outcome_name(outcome)));
        ok(!outcome_is_positive(outcome) || outcome_keeps_complete(outcome),
           "%.*s: an answer does not make the overview incomplete", STR_ARG(outcome_name(outcome)));
        ok(outcome_class(outcome) != VERDICT_UNANSWERED || !outcome_keeps_complete(outcome),
           "%.*s: a missing answer does", STR_ARG(outcome_name(outcome)));
    }
    ok(!outcome_is_positive(OUTCOME_PENDING), "what is pending is not answered");
}

static void test_list(void)
{
    struct arena *arena = arena_new(1 << 20), *tiny = arena_new(8);
    struct item_list list;

    item_list_init(&list);
    struct item *first = item_list_add(&list, arena, 2);
    struct item *second = item_list_add(&list, arena, 2);
    ok(first && second && list.first == first && first->next == second && !second->next,
       "items stand in the order in which they came");
    ok(!item_list_add(&list, arena, 2), "no third where two may be");
    is_int((long long)list.count, 2, "the refused one is not counted");
    ok(!second->next && !arena_is_full(arena), "nor linked, nor allocated");

    item_list_init(&list);
    ok(!item_list_add(&list, tiny, 2) && list.count == 0 && !list.first, "no memory, no item");
    arena_free(&arena);
    arena_free(&tiny);
}

static void test_kinds_written(void)
{
    static const struct {
        unsigned kinds;
        const char *want;
    } rows[] = {
        {0, "[]"},
        {ITEM_KIND_BIT(ITEM_BENEFIT), "[\"benefit\"]"},
        {ITEM_KIND_BIT(ITEM_APPOINTMENT) | ITEM_KIND_BIT(ITEM_CASE), "[\"case\",\"appointment\"]"},
        {ITEM_KIND_BIT(ITEM_KIND_COUNT), "[]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out;
        struct writer w;
        buf_init(&out, 256);
        writer_init(&w, &out);
        item_kinds_write(&w, rows[i].kinds);
        buf_add_byte(&out, '\0');
        is_str(out.at, rows[i].want, "kinds %zu", i);
        buf_clear(&out);
    }
}

int main(void)
{
    test_money();
    test_kinds();
    test_kinds_written();
    test_codes();
    test_list();
    return done_testing();
}
