/* SPDX-License-Identifier: MIT */
/* overblik plan: what would be asked, and why the rest would not; asks nobody. */
#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/str.h"
#include "command/admin_client.h"
#include "command/command.h"

struct options {
    struct admin_client client;
    const char *citizen, *portal, *level;
    json_t *municipalities;
    json_t *privileges, *subjects; /* of a mandate; no privileges: for oneself */
};

static void print_help(void)
{
    printf("usage: overblik plan --citizen ID --portal ID [--municipality CODES] [--level LEVEL]\n"
           "                     [--privilege URN [--kle NUMBER]]\n\n"
           "Shows which sources would be asked, and why the others would not. Asks nobody.\n\n"
           "  --citizen ID          one of the configuration's test_citizens\n"
           "  --portal ID           a portal of policies/agreements.json\n"
           "  --municipality CODES  where the citizen lives and lived: 0710,0101; may repeat\n"
           "  --level LEVEL         of the login: low, substantial (the standard), high\n"
           "  --privilege URN       acting for another, by a mandate with it; may repeat\n"
           "  --kle NUMBER          on these subjects alone: 27.35.16, or 27.*; may repeat\n\n");
    admin_print_options();
}

static void add_municipalities(struct options *options, const char *codes)
{
    struct str rest = str_of(codes);
    while (rest.at) {
        struct str code = str_split(&rest, ',');
        json_array_append_new(options->municipalities, json_stringn(code.at, code.len));
    }
}

/* -1: go on; else the exit status. */
static int parse_options(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {{"citizen", required_argument, NULL, 'C'},
                                          {"portal", required_argument, NULL, 'p'},
                                          {"municipality", required_argument, NULL, 'm'},
                                          {"level", required_argument, NULL, 'l'},
                                          {"privilege", required_argument, NULL, 'P'},
                                          {"kle", required_argument, NULL, 'k'},
                                          {"help", no_argument, NULL, 'h'},
                                          ADMIN_OPTIONS('a'),
                                          {NULL, 0, NULL, 0}};
    for (int option, index; (option = getopt_long(argc, argv, "c:h", known, &index)) != -1;)
        switch (option) {
        case 'C':
            options->citizen = optarg;
            break;
        case 'p':
            options->portal = optarg;
            break;
        case 'm':
            add_municipalities(options, optarg);
            break;
        case 'l':
            options->level = optarg;
            break;
        case 'P':
            json_array_append_new(options->privileges, json_string(optarg));
            break;
        case 'k':
            json_array_append_new(options->subjects, json_string(optarg));
            break;
        case 'c':
            options->client.config = optarg;
            break;
        case 'a':
            admin_option(&options->client, known[index].name, optarg);
            break;
        case 'h':
            print_help();
            return EX_OK;
        default:
            return EX_USAGE;
        }
    /* --municipality 0710 0101: what follows it belongs to it. */
    for (; optind < argc; optind++)
        add_municipalities(options, argv[optind]);
    if (json_array_size(options->subjects) > 0 && json_array_size(options->privileges) == 0) {
        fprintf(stderr, "overblik plan: --kle goes with --privilege\n");
        return EX_USAGE;
    }
    if (options->citizen && options->portal)
        return -1;
    fprintf(stderr, "overblik plan: --citizen and --portal are needed; try overblik plan --help\n");
    return EX_USAGE;
}

static void print_asked(const char *name, const json_t *row)
{
    const json_t *kind;
    size_t i;
    printf("  %-28s ask   at most %lld ms", name, admin_number(row, "total_ms"));
    json_array_foreach(json_object_get(row, "covered"), i, kind)
        printf("%s%s", i > 0 ? ", " : "; the mandate opens ", json_string_value(kind));
    printf("\n");
}

static void print_plan(const json_t *plan)
{
    const json_t *row;
    size_t i;
    printf("portal %s, login %s, configuration %s\n", admin_member(plan, "portal"),
           admin_member(plan, "level"), admin_member(plan, "revision"));
    json_array_foreach(json_object_get(plan, "sources"), i, row)
    {
        char name[128];
        const char *code = json_string_value(json_object_get(row, "municipality"));
        const char *rule = json_string_value(json_object_get(row, "rule"));
        snprintf(name, sizeof name, "%s%s%s", admin_member(row, "source"), code ? "/" : "",
                 code ? code : "");
        if (json_is_true(json_object_get(row, "ask")))
            print_asked(name, row);
        else
            printf("  %-28s skip  %s%s%s\n", name, admin_member(row, "skip"),
                   rule ? ", by rule " : "", rule ? rule : "");
    }
}

int command_plan(int argc, char **argv)
{
    struct options options = {
        .municipalities = json_array(), .privileges = json_array(), .subjects = json_array()};
    json_t *answer = NULL;
    int status = parse_options(argc, argv, &options);
    if (status < 0) {
        json_t *body = json_pack("{s:s,s:s,s:O}", "citizen", options.citizen, "portal",
                                 options.portal, "municipalities", options.municipalities);
        if (options.level)
            json_object_set_new(body, "level", json_string(options.level));
        if (json_array_size(options.privileges) > 0)
            json_object_set_new(
                body, "mandate",
                json_pack("{s:O,s:O}", "privileges", options.privileges, "kle", options.subjects));
        status = admin_ask(&options.client, "POST", "/plan", body, &answer);
        json_decref(body);
    }
    if (answer && options.client.json)
        admin_print_json(answer);
    else if (answer)
        print_plan(answer);
    json_decref(answer);
    json_decref(options.municipalities);
    json_decref(options.privileges);
    json_decref(options.subjects);
    return status;
}
