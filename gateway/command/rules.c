/* SPDX-License-Identifier: MIT */
/* overblik rules: a municipality's own rules of what it shows (docs/self-service.md). */
#include "base/buf.h"
#include "command/command.h"
#include "command/owners.h"
#include "joining/shown.h"

#include <stdio.h>

static void print_rules(const json_t *answer)
{
    const json_t *version = json_object_get(answer, "version");
    printf("%s (%s), rules of the %s", admin_member(answer, "name"),
           admin_member(answer, "municipality"), admin_member(answer, "origin"));
    if (json_is_integer(version))
        printf(", version %lld", (long long)json_integer_value(version));
    printf("\n");
    admin_print_json(json_object_get(answer, "document"));
}

static void print_changes(const json_t *answer)
{
    struct buf text;
    buf_init(&text, (size_t)16 * 1024 * 1024);
    shown_print(json_object_get(answer, "changes"), &text);
    printf("%.*s", (int)text.len, text.at ? text.at : "");
    buf_clear(&text);
}

int command_rules(int argc, char **argv)
{
    static const struct owners_verb verbs[] = {
        {"show", "the rules that count now, and whose they are", "GET", "", TAKES_NOTHING, false,
         print_rules},
        {"versions", "what was handed in, and each step", "GET", "/versions", TAKES_NOTHING, false,
         owners_print_steps},
        {"submit", "hand FILE in as a draft, which counts for nothing yet", "PUT", "", TAKES_FILE,
         false, owners_print_step},
        {"preview", "what VERSION would show otherwise of the test citizens", "POST", "/preview",
         TAKES_VERSION, false, print_changes},
        {"activate", "put VERSION in force, at once and without a restart", "POST", "/activate",
         TAKES_VERSION, false, owners_print_step},
        {"undo", "back to what was in force before", "POST", "/undo", TAKES_NOTHING, false,
         owners_print_step},
        {"retire", "back to the operator's rules", "POST", "/retire", TAKES_NOTHING, false,
         owners_print_step},
    };
    static const struct owners_command command = {
        .name = "rules",
        .what = "CODE",
        .prefix = "/exposure",
        .help = "  --citizen ID     preview: this test citizen alone\n"
                "  --portal ID      preview: as this portal would show it\n",
        .verbs = verbs,
        .count = sizeof verbs / sizeof *verbs,
    };
    return owners_run(&command, argc, argv);
}
