/* SPDX-License-Identifier: MIT */
#include "adapters/outcome.h"

#include "tests/config.h"

/* A log is read by its codes: two letters each, none twice. */
static void test_codes(void)
{
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        struct str code = outcome_code((enum outcome)i);
        int same = 0;
        ok(code.len == 2 && code.at[0] >= 'A' && code.at[0] <= 'Z' && code.at[1] >= 'A' &&
               code.at[1] <= 'Z',
           "%.*s is two letters", STR_ARG(code));
        for (int j = 0; j < OUTCOME_COUNT; j++)
            same += str_equal(code, outcome_code((enum outcome)j));
        is_int(same, 1, "%.*s stands for one state", STR_ARG(code));
    }
}

/* docs/operations.md explains each code, under the state's name, and no other. */
static void test_page(void)
{
    struct str page = config_read("docs/operations.md"), rest = page;
    char row[64];
    int rows = 0;

    for (int i = OUTCOME_PENDING + 1; i < OUTCOME_COUNT; i++) {
        struct str code = outcome_code((enum outcome)i), name = outcome_name((enum outcome)i);
        snprintf(row, sizeof row, "\n| `%.*s` | `%.*s` | ", STR_ARG(code), STR_ARG(name));
        ok(str_find(page, str_of(row)) < page.len, "explained:%s", row + 1);
    }
    ok(str_find(page, STR("\n| `AB` | | ")) < page.len, "explained: AB");
    for (size_t at; (at = str_find(rest, STR("\n| `"))) < rest.len; rest = str_skip(rest, at + 1))
        rows += rest.at[at + 6] == '`' && rest.at[at + 4] >= 'A' && rest.at[at + 4] <= 'Z';
    is_int(rows, OUTCOME_COUNT, "as many rows as codes");
    free((void *)page.at);
}

int main(void)
{
    test_codes();
    test_page();
    return done_testing();
}
