/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "command/command.h"
#include "command/demo_options.h"
#include "command/plain_json.h"
#include "command/screen.h"
#include "command/stream_client.h"

struct options {
    struct demo demo;
    const char *citizen, *municipality, *language, *act_for;
    bool stream, json;
};

static void print_help(void)
{
    printf("usage: overblik overview --citizen NAME [--act-for HANDLE] [--stream] [--json]\n"
           "                         [--language da|en] [--municipality CODES]\n\n"
           "Logs a person of the sandbox in, asks the gateway, and shows the overview.\n\n"
           "  --citizen NAME        id or name of a person of the sandbox\n"
           "  --act-for HANDLE      the overview of another: a mandate of overblik mandates\n"
           "  --stream              show each source when it lands\n"
           "  --json                the answer as it came (with --stream: a record a line)\n"
           "  --language da|en      language of the answer (da)\n"
           "  --municipality CODES  instead of where the person lives or lived: 0710,0101;\n"
           "                        with --act-for those of the other, else none\n\n");
    demo_print_options();
}

/* -1: go on; else the exit status. */
static int parse_options(int argc, char **argv, struct options *options)
{
    const struct demo_own_option own[] = {{"citizen", &options->citizen, NULL},
                                          {"stream", NULL, &options->stream},
                                          {"json", NULL, &options->json},
                                          {"language", &options->language, NULL},
                                          {"municipality", &options->municipality, NULL},
                                          {"act-for", &options->act_for, NULL}};
    *options = (struct options){.language = "da"};
    int status =
        demo_options_read(argc, argv, own, sizeof own / sizeof own[0], &options->demo, print_help);
    if (status >= 0)
        return status;
    if (!options->citizen) {
        fprintf(stderr, "overblik overview: --citizen is missing; try overblik overview --help\n");
        return EX_USAGE;
    }
    return -1;
}

/* …/v1/overview?municipality=0710&municipality=0101 */
static void make_url(const struct options *options, const json_t *citizen, struct buf *url)
{
    buf_format(url, "%s/v1/overview", options->demo.gateway);
    /* Where another lives is not known here. */
    const json_t *whose = options->act_for ? NULL : citizen;
    demo_add_municipalities(whose, options->municipality, '?', url);
    buf_add_byte(url, '\0');
}

/* ---- showing ---- */

struct show {
    struct screen *screen; /* NULL: as it came */
};

static void on_line(void *ctx, struct str line)
{
    struct show *show = ctx;
    if (!show->screen) {
        printf("%.*s\n", STR_ARG(line));
        fflush(stdout);
        return;
    }
    json_t *record = plain_json_parse(line);
    if (!stream_client_print_problem(record))
        screen_take(show->screen, record);
    json_decref(record);
}

static void on_tick(void *ctx)
{
    struct show *show = ctx;
    if (show->screen)
        screen_tick(show->screen);
}

static int ask(const struct options *options, const json_t *citizen, const char *token)
{
    char ca_file[DEMO_TEXT_MAX + 16];
    struct buf url;
    const char *why = "";
    bool is_english = strncmp(options->language, "en", 2) == 0;
    struct show show = {0};
    int status = EX_OK;

    buf_init(&url, 64 * 1024);
    make_url(options, citizen, &url);
    snprintf(ca_file, sizeof ca_file, "%s/ca.pem", options->demo.certs);
    if (!options->json)
        show.screen = screen_new(isatty(STDOUT_FILENO), is_english, options->stream);
    const struct stream_request request = {
        .url = url.at,
        .ca_file = ca_file,
        .token = token,
        .language = options->language,
        .accept = options->json && !options->stream ? "application/json" : "application/x-ndjson",
        .act_for = options->act_for};
    const struct stream_events events = {on_line, on_tick, &show};
    int http_status = stream_client_get(&request, &events, &why);
    if (http_status < 0) {
        fprintf(stderr, "overblik: %s: %s\n", options->demo.gateway, why);
        status = EX_UNAVAILABLE;
    } else if (http_status >= 400) {
        status = stream_client_exit(http_status);
    } else if (show.screen && !screen_has_ended(show.screen)) {
        fprintf(stderr, "overblik: the answer broke off\n");
        status = EX_TEMPFAIL;
    }
    screen_free(&show.screen);
    buf_clear(&url);
    return status;
}

int command_overview(int argc, char **argv)
{
    enum { LIFE_S = 300 };
    struct options options;
    int status = parse_options(argc, argv, &options);
    if (status >= 0)
        return status;
    if (!demo_complete(&options.demo, true))
        return EX_NOINPUT;
    json_t *citizen = demo_citizen(&options.demo, options.citizen);
    char *token = citizen ? demo_token(&options.demo, citizen, "RS256", LIFE_S, 0) : NULL;
    status = token ? ask(&options, citizen, token) : EX_NOINPUT;
    free(token);
    json_decref(citizen);
    return status;
}
