/* SPDX-License-Identifier: MIT */
#include "policy/classification_report.h"

#include "tests/config.h"

static const char list[] =
    "{'edition': '2026-4', 'numbers': ["
    "{'number': '32.24.04', 'title': 'K'},"
    "{'number': '32.24.05', 'title': 'L', 'to': '2026-01-01'},"
    "{'number': '32.30', 'title': 'a group', 'from': '2020-01-01'},"
    "{'number': '32.30.01', 'title': 'M', 'to': '2026-01-01'},"
    "{'number': '32.30.02', 'title': 'N', 'to': '2025-01-01'},"
    "{'number': '32.30.02', 'title': 'O', 'from': '2025-01-01', 'to': '2026-10-01'},"
    "{'number': '40.00.01', 'title': 'P', 'from': '2027-01-01'},"
    "{'number': '41', 'title': 'a group alone'},"
    "{'number': 'G01', 'title': 'G'}, {'number': 'Ø30', 'title': 'Ø', 'to': '2026-01-01'}]}";

static void judges_patterns(void)
{
    static const struct {
        const char *pattern, *date, *remark;
    } cases[] = {
        {"*", "2026-11-21", ""},
        {"32.24.04", "2026-11-21", ""},
        {"32.24.04/G01", "2026-11-21", ""},
        {"32.24.*", "2026-11-21", ""},
        {"32.*", "2026-11-21", ""},
        {"*/G01", "2026-11-21", ""},
        {"32.24.05", "2026-11-21", "f:1:2: 32.24.05 (L) has expired: it held until 2026-01-01\n"},
        {"32.24.05", "2025-12-31", ""},
        {"32.30.02", "2026-11-21", "f:1:2: 32.30.02 (O) has expired: it held until 2026-10-01\n"},
        {"32.30.02", "2024-11-21", ""},
        {"40.00.01", "2026-11-21", "f:1:2: 40.00.01 (P) is not in force before 2027-01-01\n"},
        {"40.00.01", "2027-01-01", ""},
        {"99.99.99", "2026-11-21", "f:1:2: 99.99.99 is not in this edition (2026-4)\n"},
        {"32.30.*", "2026-11-21", "f:1:2: every number of 32.30.* has expired\n"},
        {"32.30.*", "2026-09-30", ""},
        {"40.*", "2026-11-21", "f:1:2: no number of 40.* is in force yet\n"},
        {"41.*", "2026-11-21", "f:1:2: no number of 41.* is in this edition\n"},
        {"3.*", "2026-11-21", "f:1:2: no number of 3.* is in this edition\n"},
        {"99.*", "2026-11-21", "f:1:2: no number of 99.* is in this edition\n"},
        {"00.*", "2026-11-21", "f:1:2: no number of 00.* is in this edition\n"},
        {"32.24.04/Ø30", "2026-11-21", "f:1:2: Ø30 (Ø) has expired: it held until 2026-01-01\n"},
        {"*/A01", "2026-11-21", "f:1:2: A01 is not in this edition (2026-4)\n"},
        {"99.*/A01", "2026-11-21",
         "f:1:2: no number of 99.* is in this edition\nf:1:2: A01 is not in this edition "
         "(2026-4)\n"},
        {"", "2026-11-21", "f:1:2:  is not in this edition (2026-4)\n"},
    };
    struct config config;
    struct classification table, empty = {0};
    struct node root = config_parse(&config, list);
    classification_parse(root, &table, config.arena, &config.faults);
    is_str(config_faults(&config), "", "the list is good");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct faults remarks;
        struct date date;
        ok(date_parse(str_of(cases[i].date), &date), "a date");
        faults_init(&remarks, config.arena);
        classification_judge(&table, date, str_of(cases[i].pattern), STR("f:1:2"), &remarks);
        is_str(config_lines(&config.lines, &remarks), cases[i].remark, "\"%s\" on %s",
               cases[i].pattern, cases[i].date);
        classification_judge(&empty, date, str_of(cases[i].pattern), STR("f:1:2"), &remarks);
        is_str(config_lines(&config.lines, &remarks), cases[i].remark,
               "an empty list says nothing of it");
    }
    config_clear(&config);
}

static void reports_rules(void)
{
    static struct exposure_rule standard[] = {
        {.where = STR_INIT("e:1:1"), .pattern = STR_INIT("*"), .mode = EXPOSURE_ENFORCE},
        {.where = STR_INIT("e:2:1"), .pattern = STR_INIT("32.24.05"), .mode = EXPOSURE_ENFORCE},
    };
    static struct exposure_rule own[] = {
        {.where = STR_INIT("e:3:1"), .pattern = STR_INIT("32.30.01"), .mode = EXPOSURE_OBSERVE},
        {.where = STR_INIT("e:4:1"), .pattern = STR_INIT("32.30.01"), .mode = EXPOSURE_OFF},
        {.where = STR_INIT("e:5:1"),
         .pattern = STR_INIT("32.30.01"),
         .mode = EXPOSURE_ENFORCE,
         .valid_to = {2025, 12, 31}},
        {.where = STR_INIT("e:6:1"),
         .pattern = STR_INIT("32.30.01"),
         .mode = EXPOSURE_ENFORCE,
         .valid_to = {2026, 11, 21}},
    };
    static const struct str building[] = {STR_INIT("32.24."), STR_INIT("02.34."),
                                          STR_INIT("32.30.02")};
    struct exposure_set sets[] = {{.rules = standard, .rule_count = 2},
                                  {.rules = own, .rule_count = 4}};
    struct snapshot snapshot = {
        .exposure = {.building_kle = building,
                     .building_kle_count = 3,
                     .sets = {.at = &sets[1], .count = 1, .standard = &sets[0]}}};
    struct config config;
    struct faults remarks;
    struct node root = config_parse(&config, list);
    classification_parse(root, &snapshot.classification, config.arena, &config.faults);
    faults_init(&remarks, config.arena);
    classification_report(&snapshot, (struct date){2026, 11, 21}, &remarks);
#define BUILDING "exposure.json: /building_cases/kle: "
    is_str(config_lines(&config.lines, &remarks),
           BUILDING "no number of 02.34.* is in this edition\n" BUILDING
                    "32.30.02 (O) has expired: it held until 2026-10-01\n"
                    "e:2:1: 32.24.05 (L) has expired: it held until 2026-01-01\n"
                    "e:3:1: 32.30.01 (M) has expired: it held until 2026-01-01\n"
                    "e:6:1: 32.30.01 (M) has expired: it held until 2026-01-01\n",
           "the rules that count, in order");
    config_clear(&config);
}

int main(void)
{
    judges_patterns();
    reports_rules();
    return done_testing();
}
