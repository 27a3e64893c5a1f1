/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/writer.h"
#include "command/command.h"
#include "command/demo_options.h"
#include "command/plain_json.h"
#include "command/stream_client.h"

enum { TEXT_BYTES_MAX = 128 * 1024, ANSWER_MAX = 1024 * 1024, LIFE_S = 300 };

struct options {
    struct demo demo;
    const char *citizen, *handle, *source, *municipality, *reply_to, *language, *key;
    bool json;
};

static void print_help(void)
{
    printf("usage: overblik correct --citizen NAME (--handle HANDLE | --source SOURCE)\n"
           "                        [--municipality CODE] [--reply-to TEXT]\n\n"
           "Reads from standard input what is wrong, and tells the authority so, for a person of\n"
           "the sandbox; or says whom to write to.\n\n"
           "  --citizen NAME       id or name of a person of the sandbox\n"
           "  --handle HANDLE      the item that is wrong, as the overview names it\n"
           "  --source SOURCE      or all that this source says\n"
           "  --municipality CODE  whose, for a source that is asked per municipality\n"
           "  --reply-to TEXT      how to answer: a telephone number, an e-mail address\n"
           "  --key KEY            sent before without an answer: the same Idempotency-Key again\n"
           "  --json               the answer as it came\n"
           "  --language da|en     language of the answer (da)\n\n");
    demo_print_options();
}

/* -1: go on; else the exit status. */
static int parse_options(int argc, char **argv, struct options *options)
{
    const struct demo_own_option own[] = {
        {"citizen", &options->citizen, NULL},   {"handle", &options->handle, NULL},
        {"source", &options->source, NULL},     {"municipality", &options->municipality, NULL},
        {"reply-to", &options->reply_to, NULL}, {"key", &options->key, NULL},
        {"language", &options->language, NULL}, {"json", NULL, &options->json}};
    *options = (struct options){.language = "da"};
    int status =
        demo_options_read(argc, argv, own, sizeof own / sizeof own[0], &options->demo, print_help);
    if (status >= 0)
        return status;
    if (options->citizen && !options->handle != !options->source)
        return -1;
    fprintf(stderr, "overblik correct: expected --citizen, and either --handle or --source; try "
                    "overblik correct --help\n");
    return EX_USAGE;
}

/* The text without the newline that ends it. False: there is too much of it. */
static bool read_text(struct buf *text)
{
    char bytes[4096];
    size_t len;

    while ((len = fread(bytes, 1, sizeof bytes, stdin)) > 0)
        buf_add(text, bytes, len);
    if (!text->failed && text->len > 0 && text->at[text->len - 1] == '\n')
        text->len--;
    return !text->failed;
}

static void write_body(const struct options *options, struct str text, struct buf *body)
{
    struct writer w;

    writer_init(&w, body);
    writer_object(&w);
    if (options->handle)
        writer_member_str(&w, "handle", str_of(options->handle));
    if (options->source)
        writer_member_str(&w, "source", str_of(options->source));
    if (options->municipality)
        writer_member_str(&w, "municipality", str_of(options->municipality));
    writer_member_str(&w, "text", text);
    if (options->reply_to)
        writer_member_str(&w, "reply_to", str_of(options->reply_to));
    writer_object_end(&w);
}

static const char *member(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

static void show(const json_t *answer)
{
    const json_t *authority = json_object_get(answer, "authority"), *contact;
    const char *receipt = json_string_value(json_object_get(answer, "authority_receipt"));
    bool is_sent = strcmp(member(answer, "state"), "forwarded") == 0;
    size_t i;

    printf(is_sent ? "Sent to %s." : "%s takes no corrections here. Write to it:",
           member(authority, "name"));
    printf(receipt ? " Its receipt: %s\n" : "\n", receipt);
    json_array_foreach(json_object_get(authority, "contacts"), i, contact)
    {
        printf("  %s: %s\n", member(contact, "type"), member(contact, "value"));
    }
    printf("  %s\n  %s\n", member(authority, "data_protection"), member(authority, "breach"));
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

static int send_correction(const struct options *options, const char *token, struct str body)
{
    char ca_file[DEMO_TEXT_MAX + 16], url[DEMO_TEXT_MAX + 32];
    struct buf answer;
    const char *why = "";

    buf_init(&answer, ANSWER_MAX);
    snprintf(url, sizeof url, "%s/v1/corrections", options->demo.gateway);
    snprintf(ca_file, sizeof ca_file, "%s/ca.pem", options->demo.certs);
    const struct stream_request request = {.url = url,
                                           .ca_file = ca_file,
                                           .token = token,
                                           .language = options->language,
                                           .accept = "application/json",
                                           .body = body,
                                           .key = options->key};
    const struct stream_events events = {on_line, on_tick, &answer};
    int http_status = stream_client_get(&request, &events, &why), status = EX_UNAVAILABLE;
    if (http_status < 0) {
        fprintf(stderr, "overblik: %s: %s\n", options->demo.gateway, why);
    } else {
        json_t *json = plain_json_parse(buf_str(&answer));
        status = stream_client_exit(http_status);
        if (options->json)
            printf("%.*s", STR_ARG(buf_str(&answer)));
        else if (!stream_client_print_problem(json))
            show(json);
        json_decref(json);
    }
    buf_clear(&answer);
    return status;
}

int command_correct(int argc, char **argv)
{
    struct options options;
    struct buf text, body;
    int status = parse_options(argc, argv, &options);
    if (status >= 0)
        return status;
    if (!demo_complete(&options.demo, true))
        return EX_NOINPUT;
    json_t *citizen = demo_citizen(&options.demo, options.citizen);
    char *token = citizen ? demo_token(&options.demo, citizen, "RS256", LIFE_S, 0) : NULL;
    buf_init(&text, TEXT_BYTES_MAX);
    buf_init(&body, 8 * TEXT_BYTES_MAX);
    status = EX_NOINPUT;
    if (token && !read_text(&text)) {
        fprintf(stderr, "overblik: the text is too long\n");
        status = EX_DATAERR;
    } else if (token) {
        write_body(&options, buf_str(&text), &body);
        status = send_correction(&options, token, buf_str(&body));
    }
    buf_clear(&text);
    buf_clear(&body);
    free(token);
    json_decref(citizen);
    return status;
}
