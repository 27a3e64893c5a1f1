/* SPDX-License-Identifier: MIT */
/* overblik mandates: whom a person of the sandbox may act for, and who may act for that person. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "command/command.h"
#include "command/demo_options.h"
#include "command/plain_json.h"
#include "command/stream_client.h"

struct options {
    struct demo demo;
    const char *citizen;
    bool json;
};

static void print_help(void)
{
    printf(
        "usage: overblik mandates --citizen NAME [--json]\n\n"
        "Logs a person of the sandbox in, and lists whom the person may act for, and who may act\n"
        "for the person. A handle goes with overblik overview --act-for HANDLE.\n\n"
        "  --citizen NAME   id or name of a person of the sandbox\n"
        "  --json           the answer as it came\n\n");
    demo_print_options();
}

/* -1: go on; else the exit status. */
static int parse_options(int argc, char **argv, struct options *options)
{
    const struct demo_own_option own[] = {{"citizen", &options->citizen, NULL},
                                          {"json", NULL, &options->json}};
    int status =
        demo_options_read(argc, argv, own, sizeof own / sizeof own[0], &options->demo, print_help);
    if (status >= 0)
        return status;
    if (options->citizen && optind == argc)
        return -1;
    fprintf(stderr, "overblik mandates: --citizen is needed; try overblik mandates --help\n");
    return EX_USAGE;
}

/* ---- showing ---- */

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static void print_covers(const json_t *covers)
{
    const json_t *cover, *kind;
    size_t i, j;
    json_array_foreach(covers, i, cover)
    {
        printf("      %s:", text_of(cover, "source"));
        json_array_foreach(json_object_get(cover, "kinds"), j, kind)
            printf("%s %s", j > 0 ? "," : "", json_string_value(kind));
        printf("\n");
    }
    if (json_array_size(covers) == 0)
        printf("      opens nothing\n");
}

static void print_list(const char *title, const json_t *list)
{
    const json_t *one;
    size_t i;
    printf("%s\n", title);
    if (json_array_size(list) == 0)
        printf("  nobody\n");
    json_array_foreach(list, i, one)
    {
        const char *to = text_of(one, "to"), *handle = text_of(one, "mandate");
        const char *name = text_of(one, "name");
        printf("  %s: %s, %s%s%.10s\n", name[0] ? name : "(name protected)", text_of(one, "kind"),
               text_of(one, "state"), to[0] ? ", until " : "", to);
        if (handle[0])
            printf("      --act-for %s\n", handle);
        print_covers(json_object_get(one, "covers"));
    }
}

static void print_answer(const json_t *answer)
{
    print_list("may act for", json_object_get(answer, "may_act_for"));
    if (json_array_size(json_object_get(answer, "by_token")) > 0)
        print_list("by the token's privileges", json_object_get(answer, "by_token"));
    print_list("may be acted for by", json_object_get(answer, "may_act_for_me"));
    if (!json_is_true(json_object_get(answer, "complete")))
        printf("a source of mandates did not answer: there may be more\n");
}

static void on_line(void *ctx, struct str line)
{
    const struct options *options = ctx;
    json_t *answer = options->json ? NULL : plain_json_parse(line);
    if (options->json)
        printf("%.*s\n", STR_ARG(line));
    else if (!json_object_get(answer, "may_act_for"))
        fprintf(stderr, "%s. %s\n", text_of(answer, "title"), text_of(answer, "detail"));
    else
        print_answer(answer);
    json_decref(answer);
}

static void on_tick(void *ctx)
{
    (void)ctx;
}

static int ask(struct options *options, const char *token)
{
    char ca_file[DEMO_TEXT_MAX + 16], url[DEMO_TEXT_MAX];
    const char *why = "";
    snprintf(url, sizeof url, "%s/v1/mandates", options->demo.gateway);
    snprintf(ca_file, sizeof ca_file, "%s/ca.pem", options->demo.certs);
    const struct stream_request request = {.url = url,
                                           .ca_file = ca_file,
                                           .token = token,
                                           .language = "en",
                                           .accept = "application/json"};
    const struct stream_events events = {on_line, on_tick, options};
    int status = stream_client_get(&request, &events, &why);
    if (status < 0)
        fprintf(stderr, "overblik: %s: %s\n", options->demo.gateway, why);
    return status < 0      ? EX_UNAVAILABLE
           : status >= 500 ? EX_TEMPFAIL
           : status >= 400 ? EX_NOPERM
                           : EX_OK;
}

int command_mandates(int argc, char **argv)
{
    enum { LIFE_S = 300 };
    struct options options = {0};
    int status = parse_options(argc, argv, &options);
    if (status >= 0)
        return status;
    if (!demo_complete(&options.demo, true))
        return EX_NOINPUT;
    json_t *citizen = demo_citizen(&options.demo, options.citizen);
    char *token = citizen ? demo_token(&options.demo, citizen, "RS256", LIFE_S, 0) : NULL;
    status = token ? ask(&options, token) : EX_NOINPUT;
    free(token);
    json_decref(citizen);
    return status;
}
