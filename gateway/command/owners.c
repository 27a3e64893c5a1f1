/* SPDX-License-Identifier: MIT */
#include "command/owners.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { DOCUMENT_MAX = 4 * 1024 * 1024, PATH_SIZE = 256, EXIT_FAULTS = 1 };

/* X(option, member of the body, may repeat) */
#define BODY_OPTIONS(X)                                                                            \
    X("report", false)                                                                             \
    X("from", false)                                                                               \
    X("municipality", true)                                                                        \
    X("kle", true)                                                                                 \
    X("citizen", false)                                                                            \
    X("portal", false)                                                                             \
    X("reason", false)

struct asking {
    struct admin_client client;
    const char *reason;
    json_t *body;
};

/* ---- options ---- */

static void print_help(const struct owners_command *command)
{
    printf("usage: overblik %s VERB [%s] [FILE or VERSION] [OPTION ...]\n\n", command->name,
           command->what);
    for (size_t i = 0; i < command->count; i++)
        printf("  %-10s %s\n", command->verbs[i].name, command->verbs[i].help);
    printf("\n  --reason TEXT    why, for the log and the record\n%s\n", command->help);
    admin_print_options();
}

/* "municipality" is told as a list of that name in the plural. */
static void take_body(struct asking *asking, const char *name, const char *value, bool may_repeat)
{
    const char *member = strcmp(name, "municipality") == 0 ? "municipalities" : name;
    if (strcmp(name, "reason") == 0)
        asking->reason = value;
    if (!may_repeat) {
        json_object_set_new(asking->body, member, json_string(value));
        return;
    }
    json_t *list = json_object_get(asking->body, member);
    if (!list)
        json_object_set_new(asking->body, member, list = json_array());
    json_array_append_new(list, json_string(value));
}

static void take_option(struct asking *asking, const char *name, const char *value)
{
#define X(option, may_repeat)                                                                      \
    if (strcmp(name, option) == 0) {                                                               \
        take_body(asking, name, value, may_repeat);                                                \
        return;                                                                                    \
    }
    BODY_OPTIONS(X)
#undef X
    admin_option(&asking->client, name, value);
}

/* -1: go on; else the exit status. */
static int parse_options(const struct owners_command *command, int argc, char **argv,
                         struct asking *asking)
{
    static const struct option known[] = {
#define X(option, may_repeat) {option, required_argument, NULL, 'o'},
        BODY_OPTIONS(X)
#undef X
            {"help", no_argument, NULL, 'h'},
        ADMIN_OPTIONS('o'),
        {NULL, 0, NULL, 0}};
    for (int option, index = 0; (option = getopt_long(argc, argv, "c:h", known, &index)) != -1;) {
        if (option == 'h') {
            print_help(command);
            return EX_OK;
        }
        if (option == '?')
            return EX_USAGE;
        take_option(asking, option == 'c' ? "config" : known[index].name, optarg);
    }
    for (const char *c = asking->reason ? asking->reason : ""; *c; c++)
        if ((unsigned char)*c < ' ') {
            fprintf(stderr, "overblik %s: --reason is one line of text\n", command->name);
            return EX_USAGE;
        }
    return -1;
}

/* ---- arguments ---- */

static const struct owners_verb *find_verb(const struct owners_command *command, const char *name)
{
    for (size_t i = 0; i < command->count; i++)
        if (strcmp(command->verbs[i].name, name) == 0)
            return &command->verbs[i];
    return NULL;
}

static bool is_name(const char *text)
{
    static const char known[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t len = strlen(text);
    return len > 0 && len <= 128 && strspn(text, known) == len;
}

static bool take_version(struct asking *asking, const char *text)
{
    char *end = NULL;
    long long version = strtoll(text, &end, 10);
    json_object_set_new(asking->body, "version", json_integer(version));
    return version > 0 && *end == '\0';
}

/* The file's bytes, terminated; NULL, with a complaint. */
static char *read_document(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *bytes = calloc(1, DOCUMENT_MAX + 1);
    size_t len = file && bytes ? fread(bytes, 1, DOCUMENT_MAX + 1, file) : 0;
    bool is_read = file && bytes && !ferror(file) && len <= DOCUMENT_MAX;

    if (!is_read)
        fprintf(stderr, "overblik: %s: %s\n", path,
                len > DOCUMENT_MAX ? "is too large" : strerror(errno));
    if (file)
        fclose(file);
    if (is_read && memchr(bytes, '\0', len)) {
        fprintf(stderr, "overblik: %s: is no text\n", path);
        is_read = false;
    }
    if (is_read) {
        bytes[len] = '\0';
        return bytes;
    }
    free(bytes);
    return NULL;
}

/* NULL: nothing is wrong. */
static const char *complaint(const struct owners_verb *verb, struct asking *asking, int count,
                             char **words)
{
    int named = verb->has_no_name ? 0 : 1;
    bool is_optional = verb->argument == MAY_TAKE_VERSION;
    int wanted = named + (verb->argument != TAKES_NOTHING);

    if (count != wanted && !(is_optional && count == named))
        return "the verb takes other words";
    if (named && !is_name(words[0]))
        return "a name has letters, digits, dots and hyphens only";
    if ((verb->argument == TAKES_VERSION || is_optional) && count == wanted &&
        !take_version(asking, words[1]))
        return "a version is a number";
    return NULL;
}

/* ---- asking ---- */

static int show(const struct owners_verb *verb, const struct asking *asking, const char *file,
                const json_t *answer)
{
    if (admin_print_faults(answer, file ? file : "the version"))
        return EXIT_FAULTS;
    if (asking->client.json || !verb->print)
        admin_print_json(answer);
    else
        verb->print(answer);
    return EX_OK;
}

static int ask(const struct owners_command *command, const struct owners_verb *verb,
               const struct asking *asking, char **words)
{
    char path[PATH_SIZE];
    const char *file = verb->argument == TAKES_FILE ? words[1] : NULL;
    char *text = file ? read_document(file) : NULL;
    json_t *answer = NULL;
    int status = EX_NOINPUT;

    snprintf(path, sizeof path, "%s%s%s%s", command->prefix, verb->has_no_name ? "" : "/",
             verb->has_no_name ? "" : words[0], verb->suffix);
    if (!file && strcmp(verb->method, "GET") != 0)
        text = json_dumps(asking->body, JSON_COMPACT);
    if (text || strcmp(verb->method, "GET") == 0)
        status = admin_send(&asking->client, verb->method, path, text, asking->reason, &answer);
    if (status == EX_OK)
        status = show(verb, asking, file, answer);
    json_decref(answer);
    free(text);
    return status;
}

int owners_run(const struct owners_command *command, int argc, char **argv)
{
    struct asking asking = {.body = json_object()};
    int status = parse_options(command, argc, argv, &asking);
    if (status < 0) {
        const struct owners_verb *verb = optind < argc ? find_verb(command, argv[optind]) : NULL;
        char **words = argv + optind + 1;
        const char *wrong =
            verb ? complaint(verb, &asking, argc - optind - 1, words) : "expected one of its verbs";
        if (wrong) {
            fprintf(stderr, "overblik %s: %s; try overblik %s --help\n", command->name, wrong,
                    command->name);
            status = EX_USAGE;
        } else {
            status = ask(command, verb, &asking, words);
        }
    }
    json_decref(asking.body);
    return status;
}

/* ---- telling ---- */

void owners_print_step(const json_t *answer)
{
    const json_t *version = json_object_get(answer, "version");
    const char *id = json_string_value(json_object_get(answer, "id"));
    printf("%s", id ? id : admin_member(answer, "municipality"));
    if (json_is_integer(version))
        printf(" version %lld", (long long)json_integer_value(version));
    printf(": %s\n", admin_member(answer, "state"));
}

void owners_print_steps(const json_t *answer)
{
    const json_t *step;
    size_t i;
    json_array_foreach(json_object_get(answer, "steps"), i, step) printf(
        "%s  version %lld  %-10s %s: %s\n", admin_member(step, "at"), admin_number(step, "version"),
        admin_member(step, "state"), admin_member(step, "who"), admin_member(step, "why"));
}
