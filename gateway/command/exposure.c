/* SPDX-License-Identifier: MIT */
/* overblik exposure: what a municipality's rules show of test citizens and why, and how good the
 * data of its systems are. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "command/admin_client.h"
#include "command/command.h"

static void print_help(void)
{
    printf(
        "usage: overblik exposure preview --municipality CODE [--citizen ID] [--portal ID]\n"
        "       overblik exposure quality --municipality CODE [--citizen ID] [--portal ID]\n\n"
        "Asks the municipality's indexes about the configuration's test citizens and judges what\n"
        "comes by the rules in policies/exposure.json. preview prints each item, shown or\n"
        "withheld, and the rule that decided; quality counts by KLE number and sending system\n"
        "what is shown, withheld, and lacks a number, a title, a status or a history.\n\n"
        "  --municipality CODE  of policies/municipalities.json, as 0710\n"
        "  --citizen ID         of test_citizens in the configuration; all when left out\n"
        "  --portal ID          through which portal's agreements; the first when left out\n\n");
    admin_print_options();
}

/* ---- for people ---- */

static void print_sources(const json_t *answer)
{
    const json_t *source;
    size_t i;

    json_array_foreach(json_object_get(answer, "sources"), i, source)
    {
        printf("%s %s/%s: %s", admin_member(source, "citizen"), admin_member(source, "id"),
               admin_member(source, "municipality"), admin_member(source, "state"));
        if (json_is_integer(json_object_get(source, "held")))
            printf(", %lld held, %lld shown", admin_number(source, "held"),
                   admin_number(source, "shown"));
        printf("\n");
    }
}

/* "by kontanthjaelp (32.24.*, policies/exposure.json:12:5)" */
static void print_rule(const json_t *rule, const char *otherwise)
{
    const char *id = json_string_value(json_object_get(rule, "id"));

    if (!json_is_object(rule))
        printf("%s", otherwise);
    else
        printf("by %s%s%s, %s%s", id ? id : "", id ? " (" : "", admin_member(rule, "kle"),
               admin_member(rule, "at"), id ? ")" : "");
}

static void print_item(const json_t *item)
{
    const char *verdict = admin_member(item, "verdict"), *would_be = admin_member(item, "would_be");
    bool is_shown = json_is_true(json_object_get(item, "shown"));

    printf("%s  %s %-8s %-8s %-4s \"%s\", from %s\n", is_shown ? "shown   " : "withheld",
           admin_member(item, "citizen"), admin_member(item, "kind"), admin_member(item, "kle"),
           admin_member(item, "facet"), admin_member(item, "title"), admin_member(item, "system"));
    printf("          %s ", verdict);
    print_rule(json_object_get(item, "rule"), is_shown ? "by no rule that names it" : "built in");
    printf("\n");
    if (strcmp(verdict, would_be) != 0) {
        printf("          tried: %s ", would_be);
        print_rule(json_object_get(item, "observed"), "no rule names it");
        printf("\n");
    }
}

static void print_preview(const json_t *answer)
{
    const json_t *item;
    size_t i;

    print_sources(answer);
    printf("\n");
    json_array_foreach(json_object_get(answer, "items"), i, item) print_item(item);
    if (admin_number(answer, "left_out") > 0)
        printf("\n%lld more are left out.\n", admin_number(answer, "left_out"));
}

/* "12 %", of nothing "-" */
static const char *share(long long part, long long whole, char text[16])
{
    if (whole > 0)
        snprintf(text, 16, "%lld %%", (100 * part + whole / 2) / whole);
    return whole > 0 ? text : "-";
}

static void print_quality_row(const json_t *row)
{
    char kle[16], title[16], status[16], history[16];
    long long items = admin_number(row, "items");
    bool is_others = json_is_true(json_object_get(row, "others"));
    const char *verdict;
    const json_t *count;

    printf("%-8s %-36s %6lld %6lld %8s %8s %8s %8s ",
           is_others ? "others" : admin_member(row, "kle"),
           is_others ? "" : admin_member(row, "system"), items, admin_number(row, "shown"),
           share(admin_number(row, "without_kle"), items, kle),
           share(admin_number(row, "without_title"), items, title),
           share(admin_number(row, "without_status"), items, status),
           share(admin_number(row, "without_history"), admin_number(row, "cases"), history));
    json_object_foreach((json_t *)json_object_get(row, "withheld"), verdict, count)
        printf(" %s:%lld", verdict, (long long)json_integer_value(count));
    printf("\n");
}

static void print_quality(const json_t *answer)
{
    const json_t *row;
    size_t i;

    print_sources(answer);
    printf("\n%-8s %-36s %6s %6s %8s %8s %8s %8s  %s\n", "KLE", "system", "items", "shown",
           "no KLE", "no title", "no stat.", "no hist.", "withheld by");
    json_array_foreach(json_object_get(answer, "quality"), i, row) print_quality_row(row);
}

/* ---- the command ---- */

static int ask(const struct admin_client *client, const char *what, const json_t *body)
{
    bool is_preview = strcmp(what, "preview") == 0;
    json_t *answer;
    int status = admin_ask(client, "POST", is_preview ? "/exposure/preview" : "/exposure/quality",
                           body, &answer);

    if (status != EX_OK)
        return status;
    if (client->json)
        admin_print_json(answer);
    else if (is_preview)
        print_preview(answer);
    else
        print_quality(answer);
    json_decref(answer);
    return EX_OK;
}

int command_exposure(int argc, char **argv)
{
    static const struct option known[] = {{"municipality", required_argument, NULL, 'm'},
                                          {"citizen", required_argument, NULL, 'z'},
                                          {"portal", required_argument, NULL, 'p'},
                                          {"help", no_argument, NULL, 'h'},
                                          ADMIN_OPTIONS('a'),
                                          {NULL, 0, NULL, 0}};
    struct admin_client client = {0};
    json_t *body = json_object();
    int status = EX_OK;
    bool needs_help = false;

    for (int option, index;
         status == EX_OK && (option = getopt_long(argc, argv, "c:h", known, &index)) != -1;)
        switch (option) {
        case 'm':
        case 'z':
        case 'p':
            json_object_set_new(body, known[index].name, json_string(optarg));
            break;
        case 'c':
            client.config = optarg;
            break;
        case 'a':
            admin_option(&client, known[index].name, optarg);
            break;
        case 'h':
            needs_help = true;
            break;
        default:
            status = EX_USAGE;
        }
    const char *what = argc - optind == 1 ? argv[optind] : "";
    if (needs_help) {
        print_help();
    } else if (status == EX_OK && strcmp(what, "preview") != 0 && strcmp(what, "quality") != 0) {
        fprintf(stderr, "overblik exposure: expected preview or quality; try overblik exposure "
                        "--help\n");
        status = EX_USAGE;
    } else if (status == EX_OK && !json_object_get(body, "municipality")) {
        fprintf(stderr, "overblik exposure: --municipality is missing; try overblik exposure "
                        "--help\n");
        status = EX_USAGE;
    } else if (status == EX_OK) {
        status = ask(&client, what, body);
    }
    json_decref(body);
    return status;
}
