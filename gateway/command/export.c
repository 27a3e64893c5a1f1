/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/buf.h"
#include "command/command.h"
#include "command/demo_options.h"
#include "command/stream_client.h"

enum { FILE_MAX = 256 * 1024 * 1024, LIFE_S = 300 };

struct options {
    struct demo demo;
    const char *citizen, *municipality, *language, *format, *output;
};

static void print_help(void)
{
    printf(
        "usage: overblik export --citizen NAME [--format json|html|csv|ics] [--output FILE]\n\n"
        "Logs a person of the sandbox in and takes the overview away as a file.\n\n"
        "  --citizen NAME        id or name of a person of the sandbox\n"
        "  --format FORMAT       json: all of it (standard); html: a page to print; csv: payments\n"
        "                        for a spreadsheet; ics: dates for a calendar\n"
        "  --output FILE         a new file, for its owner alone; else standard output\n"
        "  --language da|en      language of the file (da)\n"
        "  --municipality CODES  instead of where the person lives or lived: 0710,0101\n\n");
    demo_print_options();
}

/* -1: go on; else the exit status. */
static int parse_options(int argc, char **argv, struct options *options)
{
    const struct demo_own_option own[] = {{"citizen", &options->citizen, NULL},
                                          {"format", &options->format, NULL},
                                          {"output", &options->output, NULL},
                                          {"language", &options->language, NULL},
                                          {"municipality", &options->municipality, NULL}};
    *options = (struct options){.language = "da", .format = "json"};
    int status =
        demo_options_read(argc, argv, own, sizeof own / sizeof own[0], &options->demo, print_help);
    if (status >= 0)
        return status;
    if (options->citizen)
        return -1;
    fprintf(stderr, "overblik export: --citizen is missing; try overblik export --help\n");
    return EX_USAGE;
}

static void on_line(void *ctx, struct str line)
{
    buf_add_str(ctx, line);
    buf_add_byte(ctx, '\n');
}

static void on_tick(void *ctx)
{
    (void)ctx;
}

/* Nobody else reads it, and nothing that stands there is overwritten. */
static int write_file(const char *name, struct str bytes)
{
    mode_t before = umask(077);
    FILE *file = name ? fopen(name, "wx") : stdout;
    umask(before);
    if (!file) {
        fprintf(stderr, "overblik: %s: %s\n", name, strerror(errno));
        return EX_CANTCREAT;
    }
    bool is_written = fwrite(bytes.at, 1, bytes.len, file) == bytes.len;
    is_written = (name ? fclose(file) : fflush(file)) == 0 && is_written;
    if (!is_written)
        fprintf(stderr, "overblik: %s: %s\n", name ? name : "standard output", strerror(errno));
    return is_written ? EX_OK : EX_IOERR;
}

static int ask(const struct options *options, const json_t *citizen, const char *token)
{
    char ca_file[DEMO_TEXT_MAX + 16];
    struct buf url, body;
    const char *why = "";

    buf_init(&url, 64 * 1024);
    buf_init(&body, FILE_MAX);
    buf_format(&url, "%s/v1/export?format=%s", options->demo.gateway, options->format);
    demo_add_municipalities(citizen, options->municipality, '&', &url);
    buf_add_byte(&url, '\0');
    snprintf(ca_file, sizeof ca_file, "%s/ca.pem", options->demo.certs);
    const struct stream_request request = {.url = url.at,
                                           .ca_file = ca_file,
                                           .token = token,
                                           .language = options->language,
                                           .accept = "*/*"};
    const struct stream_events events = {on_line, on_tick, &body};
    int http_status = stream_client_get(&request, &events, &why), status;
    if (http_status < 0 || body.failed) {
        fprintf(stderr, "overblik: %s: %s\n", options->demo.gateway,
                body.failed ? "the file is too large" : why);
        status = EX_UNAVAILABLE;
    } else if (http_status == 200) {
        status = write_file(options->output, buf_str(&body));
    } else {
        json_t *problem = json_loadb(buf_str(&body).at, body.len, 0, NULL);
        if (!stream_client_print_problem(problem))
            fprintf(stderr, "overblik: the gateway answered %d\n", http_status);
        json_decref(problem);
        status = stream_client_exit(http_status);
    }
    buf_clear(&url);
    buf_clear(&body);
    return status;
}

int command_export(int argc, char **argv)
{
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
