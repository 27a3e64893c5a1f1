/* SPDX-License-Identifier: MIT */
/* overblik sources, source: how each source is, and what an operator decides about one. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/str.h"
#include "command/admin_client.h"
#include "command/command.h"

enum { URL_PATH_MAX = 256 };

struct options {
    struct admin_client client;
    const char *authority, *until, *message_da, *message_en, *reason;
};

static void print_help(bool is_list)
{
    printf(is_list ? "usage: overblik sources [--json]\n\n"
                     "Shows how each source is.\n\n"
                   : "usage: overblik source ACTION ID --reason TEXT [OPTION ...]\n"
                     "       overblik source show ID\n"
                     "       overblik source new ID [OPTION ...]              (its own --help)\n"
                     "       overblik source preview MANIFEST ANSWER [OPTION ...]\n"
                     "       overblik source simulate ID|MANIFEST [OPTION ...]\n"
                     "       overblik source test ID|FILE|URL [OPTION ...]    (its own --help)\n"
                     "       overblik source cases [--language LANG]          (what is tested)\n"
                     "       overblik source report RESULT [OPTION ...]\n\n"
                     "  enable       ask it again\n"
                     "  disable      do not ask it\n"
                     "  drain        do not ask it any more; what is under way may end\n"
                     "  maintenance  do not ask it, and tell citizens why\n"
                     "  rearm        it was off after a foreign answer, or its breaker is open: a\n"
                     "               human has looked, and it may be asked again\n\n"
                     "  --reason TEXT      why, for the log and the record\n"
                     "  --until TIME       2026-12-24T08:00:00+01:00; then it is asked again\n"
                     "  --message-da TEXT  what citizens are told, in both languages\n"
                     "  --message-en TEXT\n"
                     "  --authority CVR    rearm: this authority of the source alone\n\n");
    admin_print_options();
}

/* -1: go on; else the exit status. */
static int parse_options(int argc, char **argv, bool is_list, struct options *options)
{
    static const struct option known[] = {{"authority", required_argument, NULL, 'A'},
                                          {"until", required_argument, NULL, 'u'},
                                          {"message-da", required_argument, NULL, 'd'},
                                          {"message-en", required_argument, NULL, 'e'},
                                          {"reason", required_argument, NULL, 'r'},
                                          {"help", no_argument, NULL, 'h'},
                                          ADMIN_OPTIONS('a'),
                                          {NULL, 0, NULL, 0}};
    *options = (struct options){0};
    for (int option, index; (option = getopt_long(argc, argv, "c:h", known, &index)) != -1;)
        switch (option) {
        case 'A':
            options->authority = optarg;
            break;
        case 'u':
            options->until = optarg;
            break;
        case 'd':
            options->message_da = optarg;
            break;
        case 'e':
            options->message_en = optarg;
            break;
        case 'r':
            options->reason = optarg;
            break;
        case 'c':
            options->client.config = optarg;
            break;
        case 'a':
            admin_option(&options->client, known[index].name, optarg);
            break;
        case 'h':
            print_help(is_list);
            return EX_OK;
        default:
            return EX_USAGE;
        }
    return -1;
}

/* ---- showing ---- */

/* What an operator sees first: why it is not asked, or that it is. */
static void print_state(const json_t *source, char *text, size_t size)
{
    const char *mode = admin_member(source, "mode"), *breaker = admin_member(source, "breaker");
    size_t off = json_array_size(json_object_get(source, "authorities_off"));
    if (json_is_false(json_object_get(source, "has_endpoint")))
        snprintf(text, size, "no endpoint in this environment");
    else if (json_is_false(json_object_get(source, "enabled")))
        snprintf(text, size, "not configured to be asked");
    else if (json_is_true(json_object_get(source, "switched_off")))
        snprintf(text, size, "OFF: foreign answer");
    else if (strcmp(mode, "on") != 0)
        snprintf(text, size, "%s", mode);
    else if (strcmp(breaker, "closed") != 0)
        snprintf(text, size, "breaker %s", breaker);
    else if (off > 0)
        snprintf(text, size, "on; %zu authorities OFF", off);
    else
        snprintf(text, size, "on");
}

static void print_row(const json_t *source)
{
    char state[64];
    print_state(source, state, sizeof state);
    printf("%-24s %-28s %6lld %8lld %8lld  %s\n", admin_member(source, "id"), state,
           admin_number(source, "in_flight"), admin_number(source, "calls"),
           admin_number(source, "failures"), admin_member(source, "last_error"));
}

static void print_list(const json_t *answer)
{
    const json_t *source;
    size_t i;
    printf("%-24s %-28s %6s %8s %8s  %s\n", "source", "state", "flight", "calls", "failed",
           "last error");
    json_array_foreach(json_object_get(answer, "sources"), i, source) print_row(source);
}

static void print_one(const json_t *source)
{
    const json_t *cvr, *message = json_object_get(source, "message");
    char state[64];
    size_t i;
    print_state(source, state, sizeof state);
    printf("%s (%s): %s\n", admin_member(source, "id"), admin_member(source, "name"), state);
    if (json_is_string(json_object_get(source, "until")))
        printf("  until       %s\n", admin_member(source, "until"));
    if (message && !json_is_null(message))
        printf("  message     %s / %s\n", admin_member(message, "da"), admin_member(message, "en"));
    json_array_foreach(json_object_get(source, "authorities_off"), i, cvr)
        printf("  off         authority %s, after a foreign answer\n", json_string_value(cvr));
    printf("  breaker     %s, opened %lld times\n", admin_member(source, "breaker"),
           admin_number(source, "trips"));
    printf("  calls       %lld, %lld failed, %lld under way\n", admin_number(source, "calls"),
           admin_number(source, "failures"), admin_number(source, "in_flight"));
    if (json_is_string(json_object_get(source, "last_error")))
        printf("  last error  %s, %s\n", admin_member(source, "last_error"),
               admin_member(source, "last_error_at"));
}

int command_sources(int argc, char **argv)
{
    struct options options;
    json_t *answer;
    int status = parse_options(argc, argv, true, &options);
    if (status >= 0)
        return status;
    status = admin_ask(&options.client, "GET", "/sources", NULL, &answer);
    if (status != EX_OK)
        return status;
    if (options.client.json)
        admin_print_json(answer);
    else
        print_list(answer);
    json_decref(answer);
    return EX_OK;
}

/* ---- deciding ---- */

static bool is_action(const char *text)
{
    static const char *const actions[] = {"enable",      "disable", "drain",
                                          "maintenance", "rearm",   "show"};
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (strcmp(text, actions[i]) == 0)
            return true;
    return false;
}

/* A new reference. */
static json_t *make_body(const struct options *options)
{
    json_t *body = json_pack("{s:s}", "reason", options->reason);
    if (options->authority)
        json_object_set_new(body, "authority", json_string(options->authority));
    if (options->until)
        json_object_set_new(body, "until", json_string(options->until));
    if (options->message_da && options->message_en)
        json_object_set_new(
            body, "message",
            json_pack("{s:s,s:s}", "da", options->message_da, "en", options->message_en));
    return body;
}

/* What is missing or wrong, in words; NULL: nothing. */
static const char *complaint(int argc, char **argv, const struct options *options)
{
    if (argc - optind != 2 || !is_action(argv[optind]))
        return "expected enable, disable, drain, maintenance, rearm or show, and the source's id";
    bool is_show = strcmp(argv[optind], "show") == 0;
    if (!is_show && (!options->reason || !*options->reason))
        return "--reason is missing: say why, for the log and the record";
    if (!options->message_da != !options->message_en)
        return "a message is told in both languages: --message-da and --message-en";
    struct str id = str_of(argv[optind + 1]);
    if (id.len == 0 || id.len > 128 ||
        strspn(id.at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") !=
            id.len)
        return "the source's id has letters, digits, dots and hyphens only";
    return NULL;
}

/* Those that ask no gateway; NULL: none of them. */
static int (*find_offline(const char *name))(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } commands[] = {
        {"new", command_source_new},     {"preview", command_source_preview},
        {"test", command_source_test},   {"simulate", command_source_simulate},
        {"cases", command_source_cases}, {"report", command_source_report},
    };
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].run;
    return NULL;
}

int command_source(int argc, char **argv)
{
    int (*offline)(int, char **) = argc > 1 ? find_offline(argv[1]) : NULL;
    if (offline)
        return offline(argc - 1, argv + 1);
    struct options options;
    char path[URL_PATH_MAX];
    json_t *answer, *body = NULL;
    int status = parse_options(argc, argv, false, &options);
    if (status >= 0)
        return status;
    const char *wrong = complaint(argc, argv, &options);
    if (wrong) {
        fprintf(stderr, "overblik source: %s; try overblik source --help\n", wrong);
        return EX_USAGE;
    }
    const char *action = argv[optind], *id = argv[optind + 1];
    bool is_show = strcmp(action, "show") == 0;
    snprintf(path, sizeof path, is_show ? "/sources/%s" : "/sources/%s/%s", id, action);
    if (!is_show)
        body = make_body(&options);
    status = admin_ask(&options.client, is_show ? "GET" : "POST", path, body, &answer);
    json_decref(body);
    if (status != EX_OK)
        return status;
    if (options.client.json)
        admin_print_json(answer);
    else
        print_one(answer);
    json_decref(answer);
    return EX_OK;
}
