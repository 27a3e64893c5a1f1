/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "command/command.h"
#include "command/demo_options.h"
#include "command/plain_json.h"
#include "command/stream_client.h"

enum { LIFE_S = 300, REPLY_MAX = 16 * 1024 * 1024 };

struct options {
    struct demo demo;
    const char *verb, *id;
    const char *citizen, *service, *kinds, *sources, *until, *language;
    bool json;
};

static void print_help(void)
{
    printf(
        "usage: overblik consent give --citizen NAME --kinds benefit,payment --until DAY\n"
        "       overblik consent list --citizen NAME\n"
        "       overblik consent withdraw --citizen NAME ID\n\n"
        "Lets a service read some of what is held about a person of the sandbox. give prints the\n"
        "service's token, and how the service uses it.\n\n"
        "  --citizen NAME     id or name of a person of the sandbox\n"
        "  --service ID       which service may read (budget)\n"
        "  --kinds LIST       which kinds of items\n"
        "  --sources LIST     at which sources; all when absent\n"
        "  --until DAY        the last day, 2027-06-30; or a date-time\n"
        "  --json             the answer as it came\n"
        "  --language da|en   language of the answer (da)\n\n");
    demo_print_options();
}

/* -1: go on; else the exit status. */
static int parse_options(int argc, char **argv, struct options *options)
{
    const struct demo_own_option own[] = {
        {"citizen", &options->citizen, NULL},  {"service", &options->service, NULL},
        {"kinds", &options->kinds, NULL},      {"sources", &options->sources, NULL},
        {"until", &options->until, NULL},      {"json", NULL, &options->json},
        {"language", &options->language, NULL}};
    *options = (struct options){.service = "budget", .language = "da"};
    int status =
        demo_options_read(argc, argv, own, sizeof own / sizeof own[0], &options->demo, print_help);
    if (status >= 0)
        return status;
    options->verb = optind < argc ? argv[optind++] : "";
    options->id = optind < argc ? argv[optind++] : NULL;
    bool is_give = strcmp(options->verb, "give") == 0;
    bool is_withdraw = strcmp(options->verb, "withdraw") == 0;
    if (!options->citizen || optind < argc || is_withdraw != (options->id != NULL) ||
        (is_give && (!options->kinds || !options->until)) ||
        (!is_give && !is_withdraw && strcmp(options->verb, "list") != 0)) {
        fprintf(stderr, "overblik consent: expected give, list or withdraw with their options; try "
                        "overblik consent --help\n");
        return EX_USAGE;
    }
    return -1;
}

/* ---- asking ---- */

static void on_line(void *ctx, struct str line)
{
    buf_add_str(ctx, line);
}

static void on_tick(void *ctx)
{
    (void)ctx;
}

/* The HTTP status; -1: told on stderr. The answer lies in `reply`. */
static int ask(const struct options *options, const char *token, const char *method,
               struct str body, struct buf *reply)
{
    char ca_file[DEMO_TEXT_MAX + 16], url[DEMO_TEXT_MAX];
    const char *why = "";

    snprintf(ca_file, sizeof ca_file, "%s/ca.pem", options->demo.certs);
    snprintf(url, sizeof url, "%s/v1/consents%s%s", options->demo.gateway, options->id ? "/" : "",
             options->id ? options->id : "");
    const struct stream_request request = {.url = url,
                                           .ca_file = ca_file,
                                           .token = token,
                                           .language = options->language,
                                           .accept = "application/json",
                                           .method = method,
                                           .body = body};
    const struct stream_events events = {on_line, on_tick, reply};
    int status = stream_client_get(&request, &events, &why);
    if (status < 0)
        fprintf(stderr, "overblik: %s: %s\n", options->demo.gateway, why);
    return status;
}

/* "a,b" as ["a","b"]; NULL: none. */
static json_t *list_of(const char *text)
{
    json_t *list = text ? json_array() : NULL;
    struct str rest = str_of(text);

    while (rest.at) {
        struct str word = str_split(&rest, ',');
        json_array_append_new(list, json_stringn(word.at, word.len));
    }
    return list;
}

static char *body_of(const struct options *options)
{
    json_t *body = json_pack("{s:s, s:o, s:s, s:o*}", "service", options->service, "kinds",
                             list_of(options->kinds), "until", options->until, "sources",
                             list_of(options->sources));
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;

    json_decref(body);
    return text;
}

/* ---- showing ---- */

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "-";
}

static void show_given(const struct options *options, const json_t *root)
{
    const char *certs = options->demo.certs;

    printf("%s\n", text_of(root, "token"));
    fprintf(stderr,
            "\nThis is the service's token; nobody else can use it. As the service:\n\n"
            "  curl --cacert %s/ca.pem --cert %s/service-%s.pem --key %s/service-%s.key \\\n"
            "    -H 'Authorization: Bearer %s' \\\n    '%s/v1/overview'\n\n"
            "Withdraw it: overblik consent withdraw --citizen %s %s\n",
            certs, certs, options->service, certs, options->service, text_of(root, "token"),
            options->demo.gateway, options->citizen,
            text_of(json_object_get(root, "consent"), "id"));
}

static void show_list(const json_t *root)
{
    const json_t *consents = json_object_get(root, "consents"), *one, *kind;
    size_t i, j;

    if (json_array_size(consents) == 0)
        printf("no consents\n");
    json_array_foreach(consents, i, one)
    {
        const json_t *service = json_object_get(one, "service");
        printf("%s  %-9s  %s, until %s, last used %s:", text_of(one, "id"), text_of(one, "state"),
               text_of(service, json_is_string(json_object_get(service, "name")) ? "name" : "id"),
               text_of(one, "until"), text_of(one, "used"));
        json_array_foreach(json_object_get(one, "kinds"), j, kind)
            printf(" %s", json_string_value(kind));
        printf("\n");
    }
}

static void show(const struct options *options, int status, struct str reply)
{
    json_t *root = plain_json_parse(reply);

    if (stream_client_print_problem(root)) {
        json_decref(root);
        return;
    }
    if (options->json)
        printf("%.*s\n", STR_ARG(reply));
    else if (status == 204)
        printf("withdrawn\n");
    else if (status == 201)
        show_given(options, root);
    else
        show_list(root);
    json_decref(root);
}

int command_consent(int argc, char **argv)
{
    struct options options;
    struct buf reply;
    int status = parse_options(argc, argv, &options);
    if (status >= 0)
        return status;
    if (!demo_complete(&options.demo, true))
        return EX_NOINPUT;
    json_t *citizen = demo_citizen(&options.demo, options.citizen);
    char *token = citizen ? demo_token(&options.demo, citizen, "RS256", LIFE_S, 0) : NULL;
    char *body = strcmp(options.verb, "give") == 0 ? body_of(&options) : NULL;
    status = EX_NOINPUT;
    if (token) {
        buf_init(&reply, REPLY_MAX);
        int http = ask(&options, token, options.id ? "DELETE" : NULL, str_of(body), &reply);
        if (http > 0)
            show(&options, http, buf_str(&reply));
        status = http > 0 ? stream_client_exit(http) : EX_UNAVAILABLE;
        buf_clear(&reply);
    }
    free(body);
    free(token);
    json_decref(citizen);
    return status;
}
