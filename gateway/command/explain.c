/* SPDX-License-Identifier: MIT */
/* overblik explain: what became of one overview, source by source, as a timeline. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/str.h"
#include "command/admin_client.h"
#include "command/command.h"

enum { BAR_CELLS = 40, RECEIPT_LEN = 36, NAME_BYTES = 128 };

static void print_help(void)
{
    printf(
        "usage: overblik explain RECEIPT [--json]\n\n"
        "Shows what became of an overview: for each source when it was asked, connected, began\n"
        "to answer and ended, how, and which rule decided. Holds no personal data. On a terminal\n"
        "each call is a bar: . connecting, - waiting for the first byte, = receiving.\n\n");
    admin_print_options();
}

/* Milliseconds with a decimal, or "-". */
static const char *ms(const json_t *object, const char *name, char text[24])
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_integer(value))
        return "-";
    snprintf(text, 24, "%.1f", (double)json_integer_value(value) / 1000);
    return text;
}

static int cell_of(const json_t *attempt, const char *name, double cells_per_us, int otherwise)
{
    const json_t *value = json_object_get(attempt, name);
    int cell = json_is_integer(value) ? (int)((double)json_integer_value(value) * cells_per_us)
                                      : otherwise;
    return cell < 0 ? 0 : cell > BAR_CELLS ? BAR_CELLS : cell;
}

/* [      ..----==            ] */
static void print_bar(const json_t *attempt, long long whole_us)
{
    char bar[BAR_CELLS + 1];
    double cells_per_us = whole_us > 0 ? (double)BAR_CELLS / (double)whole_us : 0;
    int ended = cell_of(attempt, "ended_us", cells_per_us, BAR_CELLS);
    int began = cell_of(attempt, "started_us", cells_per_us, 0);
    int connected = cell_of(attempt, "connected_us", cells_per_us, ended);
    int first = cell_of(attempt, "first_byte_us", cells_per_us, ended);
    if (ended == began && ended < BAR_CELLS)
        ended++; /* all of it within one cell */
    for (int i = 0; i < BAR_CELLS; i++)
        bar[i] = i < began || i >= ended ? ' ' : i < connected ? '.' : i < first ? '-' : '=';
    bar[BAR_CELLS] = '\0';
    printf("[%s] ", bar);
}

static void print_attempt(const json_t *attempt, bool is_terminal, long long whole_us)
{
    char started[24], connected[24], first[24], ended[24];
    printf("    ");
    if (is_terminal)
        print_bar(attempt, whole_us);
    printf("page %lld %s: started %s, %s %s, first byte %s, ended %s ms; %s",
           admin_number(attempt, "page"), admin_member(attempt, "kind"),
           ms(attempt, "started_us", started),
           json_is_true(json_object_get(attempt, "connection_reused")) ? "reused" : "connected",
           ms(attempt, "connected_us", connected), ms(attempt, "first_byte_us", first),
           ms(attempt, "ended_us", ended), admin_member(attempt, "ended"));
    if (admin_number(attempt, "http_status"))
        printf(", HTTP %lld", admin_number(attempt, "http_status"));
    printf(", %lld bytes\n", admin_number(attempt, "bytes"));
}

static void print_source(const json_t *source, bool is_terminal, long long whole_us)
{
    const char *code = json_string_value(json_object_get(source, "municipality"));
    const char *rule = json_string_value(json_object_get(source, "rule"));
    const char *why = json_string_value(json_object_get(source, "why"));
    const char *verdict;
    char name[NAME_BYTES], settled[24];
    const json_t *value;
    size_t i;

    snprintf(name, sizeof name, "%s%s%s", admin_member(source, "source"), code ? "/" : "",
             code ? code : "");
    printf("%-28s %s %-12s", name, admin_member(source, "code"), admin_member(source, "state"));
    if (json_is_true(json_object_get(source, "planned")))
        printf(" %8s ms  %lld held, %lld shown", ms(source, "settled_us", settled),
               admin_number(source, "held"), admin_number(source, "shown"));
    else
        printf(" not asked");
    printf("%s%s%s%s\n", rule ? "; rule " : "", rule ? rule : "", why ? "; " : "", why ? why : "");
    json_object_foreach(json_object_get(source, "withheld"), verdict, value)
        printf("    withheld: %lld by %s\n", (long long)json_integer_value(value), verdict);
    json_array_foreach(json_object_get(source, "timeline"), i, value)
        print_attempt(value, is_terminal, whole_us);
}

static void print_explanation(const json_t *answer)
{
    const json_t *source;
    char elapsed[24];
    size_t i;
    printf("%s %s\n", admin_member(answer, "operation"), admin_member(answer, "receipt"));
    printf("portal %s, configuration %s, ended %s after %s ms", admin_member(answer, "portal"),
           admin_member(answer, "revision"), admin_member(answer, "ended"),
           ms(answer, "elapsed_us", elapsed));
    if (json_string_value(json_object_get(answer, "mandate")))
        printf(", under mandate %s", admin_member(answer, "mandate"));
    if (admin_number(answer, "status"))
        printf(" with status %lld\n\n", admin_number(answer, "status"));
    else
        printf("; the client had left\n\n");
    json_array_foreach(json_object_get(answer, "sources"), i, source)
        print_source(source, isatty(STDOUT_FILENO), admin_number(answer, "elapsed_us"));
}

int command_explain(int argc, char **argv)
{
    static const struct option known[] = {
        {"help", no_argument, NULL, 'h'}, ADMIN_OPTIONS('a'), {NULL, 0, NULL, 0}};
    struct admin_client client = {0};
    char path[RECEIPT_LEN + 16];
    json_t *answer;

    for (int option, index; (option = getopt_long(argc, argv, "c:h", known, &index)) != -1;)
        switch (option) {
        case 'c':
            client.config = optarg;
            break;
        case 'a':
            admin_option(&client, known[index].name, optarg);
            break;
        case 'h':
            print_help();
            return EX_OK;
        default:
            return EX_USAGE;
        }
    const char *receipt = argc - optind == 1 ? argv[optind] : "";
    if (strlen(receipt) != RECEIPT_LEN || strspn(receipt, "0123456789abcdef-") != RECEIPT_LEN) {
        fprintf(stderr, "overblik explain: expected a receipt, 36 characters, as it stands in the "
                        "answer and in its field Overblik-Receipt; try overblik explain --help\n");
        return EX_USAGE;
    }
    snprintf(path, sizeof path, "/explain/%s", receipt);
    int status = admin_ask(&client, "GET", path, NULL, &answer);
    if (status != EX_OK)
        return status;
    if (client.json)
        admin_print_json(answer);
    else
        print_explanation(answer);
    json_decref(answer);
    return EX_OK;
}
