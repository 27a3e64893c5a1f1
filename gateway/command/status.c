/* SPDX-License-Identifier: MIT */
/* overblik status, reload, log: the gateway as a whole. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "command/admin_client.h"
#include "command/command.h"

/* Options that these commands all have. -1: go on; else the exit status. */
static int parse_options(int argc, char **argv, const char *help, struct admin_client *client)
{
    static const struct option known[] = {
        {"help", no_argument, NULL, 'h'}, ADMIN_OPTIONS('a'), {NULL, 0, NULL, 0}};
    *client = (struct admin_client){0};
    for (int option, index; (option = getopt_long(argc, argv, "c:h", known, &index)) != -1;)
        switch (option) {
        case 'c':
            client->config = optarg;
            break;
        case 'a':
            admin_option(client, known[index].name, optarg);
            break;
        case 'h':
            printf("%s", help);
            admin_print_options();
            return EX_OK;
        default:
            return EX_USAGE;
        }
    return -1;
}

static bool is_true(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

static void print_status(const json_t *status)
{
    const json_t *worker;
    size_t i;
    long long overviews = 0;

    json_array_foreach(json_object_get(status, "workers"), i, worker) overviews +=
        admin_number(worker, "overviews");
    printf("%s, version %s, since %s\n", is_true(status, "ready") ? "ready" : "NOT READY",
           admin_member(status, "version"), admin_member(status, "started"));
    if (!is_true(status, "keys_loaded"))
        printf("  an issuer's keys are not known: its tokens are refused\n");
    if (!is_true(status, "record_writable"))
        printf("  the access record cannot be written: nothing is shown\n");
    if (is_true(status, "draining"))
        printf("  it drains and is about to end\n");
    printf("configuration  %s, in force since %s%s\n", admin_member(status, "revision"),
           admin_member(status, "loaded"),
           is_true(status, "last_reload_refused") ? "; the last reload was REFUSED" : "");
    printf("sources        %lld, of which %lld not well (overblik sources)\n",
           admin_number(status, "sources"), admin_number(status, "sources_not_well"));
    printf("workers        %zu, %lld overviews under way\n",
           json_array_size(json_object_get(status, "workers")), overviews);
    printf("log level      %s\n", admin_member(status, "log_level"));
}

int command_status(int argc, char **argv)
{
    struct admin_client client;
    json_t *answer;
    int status = parse_options(argc, argv,
                               "usage: overblik status [--json]\n\n"
                               "Shows how the gateway is.\n\n",
                               &client);
    if (status >= 0)
        return status;
    status = admin_ask(&client, "GET", "/status", NULL, &answer);
    if (status != EX_OK)
        return status;
    if (client.json)
        admin_print_json(answer);
    else
        print_status(answer);
    json_decref(answer);
    return EX_OK;
}

static void print_report(const json_t *report)
{
    const json_t *fault;
    size_t i;
    if (is_true(report, "accepted")) {
        printf("in force: %s\n", admin_member(report, "revision"));
        return;
    }
    json_array_foreach(json_object_get(report, "faults"), i, fault)
        fprintf(stderr, "%s: %s\n", admin_member(fault, "where"), admin_member(fault, "what"));
    fprintf(stderr, "overblik: refused: %lld faults. The configuration in force stays.\n",
            admin_number(report, "fault_count"));
}

int command_reload(int argc, char **argv)
{
    struct admin_client client;
    json_t *answer;
    int status = parse_options(argc, argv,
                               "usage: overblik reload [--json]\n\n"
                               "Has the configuration read again: all of it, or none of it.\n\n",
                               &client);
    if (status >= 0)
        return status;
    status = admin_ask(&client, "POST", "/reload", NULL, &answer);
    if (status != EX_OK)
        return status;
    if (client.json)
        admin_print_json(answer);
    else
        print_report(answer);
    status = is_true(answer, "accepted") ? EX_OK : EX_CONFIG;
    json_decref(answer);
    return status;
}

int command_log_level(int argc, char **argv)
{
    struct admin_client client;
    json_t *answer, *body = NULL;
    int status = parse_options(argc, argv,
                               "usage: overblik log level [error|warn|info|debug]\n\n"
                               "Shows, or changes until the next start, how much is logged.\n\n",
                               &client);
    if (status >= 0)
        return status;
    if (optind >= argc || strcmp(argv[optind], "level") != 0 || argc - optind > 2) {
        fprintf(stderr, "overblik log level: expected perhaps error, warn, info or debug; try "
                        "overblik log level --help\n");
        return EX_USAGE;
    }
    if (argc - optind == 2)
        body = json_pack("{s:s}", "level", argv[optind + 1]);
    status = admin_ask(&client, body ? "PUT" : "GET", "/log/level", body, &answer);
    json_decref(body);
    if (status != EX_OK)
        return status;
    if (client.json)
        admin_print_json(answer);
    else
        printf("%s\n", admin_member(answer, "level"));
    json_decref(answer);
    return EX_OK;
}
