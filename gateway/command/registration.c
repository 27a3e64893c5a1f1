/* SPDX-License-Identifier: MIT */
/* overblik registration: a source that its owner registers (docs/self-service.md). */
#include "base/str.h"
#include "command/command.h"
#include "command/owners.h"

#include <stdio.h>

static void print_version(const json_t *version)
{
    printf("%-28s %3lld  %-10s %s  %s: %s\n", admin_member(version, "id"),
           admin_number(version, "version"), admin_member(version, "state"),
           admin_member(version, "at"), admin_member(version, "who"), admin_member(version, "why"));
    if (json_is_string(json_object_get(version, "report")))
        printf("%-32s  report %s\n", "", admin_member(version, "report"));
}

static void print_list(const json_t *answer)
{
    const json_t *version;
    size_t i;
    json_array_foreach(json_object_get(answer, "registrations"), i, version) print_version(version);
}

static void print_one(const json_t *answer)
{
    const json_t *version;
    size_t i;
    json_array_foreach(json_object_get(answer, "versions"), i, version) print_version(version);
    printf("\n");
    owners_print_steps(answer);
}

static void print_figures(const json_t *answer)
{
    const json_t *outcomes = json_object_get(answer, "outcomes"), *count;
    const json_t *budget = json_object_get(answer, "error_budget");
    const json_t *breaker = json_object_get(answer, "breaker");
    const json_t *days = json_object_get(answer, "certificate_days");
    const char *name;
    printf("%s, since %s\n", admin_member(answer, "id"), admin_member(answer, "since"));
    json_object_foreach((json_t *)outcomes, name, count) if (json_integer_value(count) > 0)
        printf("  %-14s %lld\n", name, (long long)json_integer_value(count));
    printf("  p50, p95, p99  %lld, %lld, %lld ms\n", admin_number(answer, "p50_ms"),
           admin_number(answer, "p95_ms"), admin_number(answer, "p99_ms"));
    printf("  breaker        %s, opened %lld times, not closed for %lld ms in all\n",
           admin_member(breaker, "state"), admin_number(breaker, "opened"),
           admin_number(breaker, "not_closed_ms"));
    printf("  error budget   %lld of %lld failures left\n", admin_number(budget, "left"),
           admin_number(budget, "allowed"));
    printf("  certificates   ours %lld days, roots %lld days\n", admin_number(days, "ours"),
           admin_number(days, "roots"));
}

static const struct owners_verb verbs[] = {
    {"list", "what was handed in, and how far each is", "GET", "", TAKES_NOTHING, true, print_list},
    {"show", "each version of one, and each step", "GET", "", TAKES_NOTHING, false, print_one},
    {"submit", "hand the manifest FILE in: it is checked and tried", "PUT", "", TAKES_FILE, false,
     owners_print_step},
    {"report", "the newest signed report of its conformance", "GET", "/report", TAKES_NOTHING,
     false, NULL},
    {"retry", "try one that failed again", "POST", "/retry", MAY_TAKE_VERSION, false,
     owners_print_step},
    {"withdraw", "end it", "POST", "/withdraw", MAY_TAKE_VERSION, false, owners_print_step},
    {"approve", "operators: show VERSION, by the report that was read", "POST", "/approve",
     TAKES_VERSION, false, owners_print_step},
    {"reject", "operators: do not", "POST", "/reject", TAKES_VERSION, false, owners_print_step},
};

static const struct owners_verb figures[] = {
    {"figures", "how it does", "GET", "/figures", TAKES_NOTHING, false, print_figures},
};

int command_registration(int argc, char **argv)
{
    static const struct owners_command command = {
        .name = "registration",
        .what = "ID",
        .prefix = "/registrations",
        .help = "  --report HASH    approve: the SHA-256 of the report that was read (see show)\n"
                "  --from DATE      approve: the first day on which it is shown\n"
                "  --municipality CODE  approve: in this one only; may repeat\n"
                "  --kle PATTERN    approve: these subjects only, 32.*; may repeat\n\n"
                "  overblik registration figures ID: how a source does that is in force\n",
        .verbs = verbs,
        .count = sizeof verbs / sizeof *verbs,
    };
    static const struct owners_command of_source = {.name = "registration",
                                                    .what = "ID",
                                                    .prefix = "/sources",
                                                    .help = "",
                                                    .verbs = figures,
                                                    .count = 1};
    bool wants_figures = argc > 1 && str_equal(str_of(argv[1]), STR("figures"));
    return owners_run(wants_figures ? &of_source : &command, argc, argv);
}
