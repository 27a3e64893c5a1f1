/* SPDX-License-Identifier: MIT */
#include "command/policy.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "command/admin_client.h"
#include "joining/difference.h"
#include "joining/shown.h"

enum { MEMORY_MAX = 512 * 1024 * 1024, OUTPUT_MAX = 64 * 1024 * 1024 };

/* What the command line says. */
struct options {
    struct admin_client client; /* its `config` is the configuration in force */
    const char *other;
    bool insecure_sources, shown;
    json_t *municipalities; /* codes; empty: each that can be asked */
    const char *portal;
};

static void print_help(void)
{
    printf("usage: overblik policy diff [-c FILE] [--json] NEW\n"
           "       overblik policy diff --shown [--municipality CODE ...] [--portal ID] NEW\n\n"
           "Compares the configuration in force with NEW, the main file of another: whom each\n"
           "portal would ask otherwise, at each level of login, for each municipality. Nobody is\n"
           "asked. The exit status is 0, also when they differ, and 78 when one has faults.\n\n"
           "With --shown the running gateway also asks the municipal indexes about the test\n"
           "citizens of each configuration, and what would be shown otherwise is told item by\n"
           "item. Who looks is recorded.\n\n"
           "  -c, --config FILE       the configuration in force (conf/overblikd.json)\n"
           "      --shown             what would be shown, too\n"
           "      --municipality CODE only this one, may repeat; else each that can be asked\n"
           "      --portal ID         through which portal's agreements; else the first\n"
           "      --socket PATH       the running gateway's; else that of the configuration\n"
           "      --json              for programs\n"
           "      --insecure-sources  as for overblikd\n");
}

/* ---- what would be shown ---- */

static int preview(const struct options *options, const char *code, const char *configuration,
                   json_t **answer)
{
    json_t *body = json_pack("{s:s}", "municipality", code);
    if (options->portal)
        json_object_set_new(body, "portal", json_string(options->portal));
    if (configuration)
        json_object_set_new(body, "configuration", json_string(configuration));
    int status = admin_ask(&options->client, "POST", "/exposure/preview", body, answer);
    json_decref(body);
    return status;
}

static int compare_municipality(const struct options *options, const char *code,
                                const char *configuration, json_t *changes)
{
    json_t *before = NULL, *after = NULL;
    int status = preview(options, code, NULL, &before);
    if (status == EX_OK)
        status = preview(options, code, configuration, &after);
    if (status == EX_OK)
        shown_compare(before, after, changes);
    json_decref(before);
    json_decref(after);
    return status;
}

/* The codes asked for, else those of both configurations that have a CVR number. A new reference.
 */
static json_t *find_codes(const struct options *options, const struct snapshot *before,
                          const struct snapshot *after)
{
    json_t *codes = json_array();
    if (json_array_size(options->municipalities) > 0) {
        json_array_extend(codes, options->municipalities);
        return codes;
    }
    for (size_t i = 0; i < before->municipalities.count; i++) {
        const struct municipality *one = &before->municipalities.at[i];
        const struct municipality *other = municipality_find(&after->municipalities, one->code);
        if (one->cvr.at && other && other->cvr.at)
            json_array_append_new(codes, json_stringn(one->code.at, one->code.len));
    }
    return codes;
}

static int compare_shown(const struct options *options, const struct snapshot *before,
                         const struct snapshot *after, json_t *changes)
{
    char *configuration = realpath(options->other, NULL); /* the gateway stands elsewhere */
    json_t *codes = find_codes(options, before, after), *code;
    int status = configuration ? EX_OK : EX_NOINPUT;
    size_t i;

    json_array_foreach(codes, i, code) if (status == EX_OK) status =
        compare_municipality(options, json_string_value(code), configuration, changes);
    json_decref(codes);
    free(configuration);
    return status;
}

/* ---- the whole ---- */

static void write_all(const struct difference *difference, const json_t *changes, bool as_json,
                      struct buf *out)
{
    char *shown = changes && as_json ? json_dumps(changes, JSON_COMPACT) : NULL;
    if (as_json) {
        difference_write(difference, str_of(shown), out);
        buf_add_byte(out, '\n');
    } else {
        difference_print(difference, out);
        if (changes)
            shown_print(changes, out);
    }
    free(shown);
}

static int compare(const struct options *options, const struct snapshot *before,
                   const struct snapshot *after)
{
    struct arena *arena = arena_new(MEMORY_MAX);
    json_t *changes = options->shown ? json_array() : NULL;
    struct difference difference;
    struct buf out;
    int status = EX_OK;

    buf_init(&out, OUTPUT_MAX);
    if (!difference_make(arena, before, after, clock_wall(), &difference)) {
        fprintf(stderr, "overblik policy diff: the two have more portals and municipalities than "
                        "can be compared at once\n");
        status = EX_SOFTWARE;
    } else if (changes) {
        status = compare_shown(options, before, after, changes);
    }
    if (status == EX_OK) {
        write_all(&difference, changes, options->client.json, &out);
        if (out.failed) {
            fprintf(stderr, "overblik policy diff: more differences than can be told\n");
            status = EX_SOFTWARE;
        } else {
            printf("%.*s", (int)out.len, out.at ? out.at : "");
        }
    }
    json_decref(changes);
    buf_clear(&out);
    arena_free(&arena);
    return status;
}

/* -1: go on; else the exit status. */
static int parse_options(int argc, char **argv, struct options *options)
{
    enum { INSECURE = 256, SHOWN, MUNICIPALITY, PORTAL, ADMIN };
    static const struct option known[] = {{"insecure-sources", no_argument, NULL, INSECURE},
                                          {"shown", no_argument, NULL, SHOWN},
                                          {"municipality", required_argument, NULL, MUNICIPALITY},
                                          {"portal", required_argument, NULL, PORTAL},
                                          {"help", no_argument, NULL, 'h'},
                                          ADMIN_OPTIONS(ADMIN),
                                          {NULL, 0, NULL, 0}};
    for (int option, index; (option = getopt_long(argc, argv, "c:h", known, &index)) != -1;)
        switch (option) {
        case INSECURE:
            options->insecure_sources = true;
            break;
        case SHOWN:
            options->shown = true;
            break;
        case MUNICIPALITY:
            json_array_append_new(options->municipalities, json_string(optarg));
            break;
        case PORTAL:
            options->portal = optarg;
            break;
        case 'c':
            options->client.config = optarg;
            break;
        case ADMIN:
            admin_option(&options->client, known[index].name, optarg);
            break;
        case 'h':
            print_help();
            return EX_OK;
        default:
            return EX_USAGE;
        }
    if (optind == argc - 1) {
        options->other = argv[optind];
        return -1;
    }
    fprintf(stderr, "overblik policy diff: expected one other configuration\n");
    return EX_USAGE;
}

int policy_diff(int argc, char **argv)
{
    struct options options = {.client.config = "conf/overblikd.json",
                              .municipalities = json_array()};
    int status = parse_options(argc, argv, &options);

    if (status < 0) {
        struct snapshot *before = policy_read(options.client.config, options.insecure_sources);
        struct snapshot *after = policy_read(options.other, options.insecure_sources);
        status = before && after ? compare(&options, before, after) : EX_CONFIG;
        snapshot_unref(&before);
        snapshot_unref(&after);
    }
    json_decref(options.municipalities);
    return status;
}
