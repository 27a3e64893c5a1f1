/* SPDX-License-Identifier: MIT */
#include "command/policy.h"

#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

#include "joining/difference.h"

enum { MEMORY_MAX = 512 * 1024 * 1024, OUTPUT_MAX = 64 * 1024 * 1024 };

static void print_help(void)
{
    printf("usage: overblik policy diff [-c FILE] [--json] NEW\n\n"
           "Compares the configuration in force with NEW, the main file of another: whom each\n"
           "portal would ask otherwise, at each level of login, for each municipality. Nobody is\n"
           "asked. The exit status is 0, also when they differ, and 78 when one has faults.\n\n"
           "  -c, --config FILE       the configuration in force (conf/overblikd.json)\n"
           "      --json              for programs\n"
           "      --insecure-sources  as for overblikd\n");
}

static int compare(const struct snapshot *before, const struct snapshot *after, bool as_json)
{
    struct arena *arena = arena_new(MEMORY_MAX);
    struct difference difference;
    struct buf out;
    int status = EX_OK;

    buf_init(&out, OUTPUT_MAX);
    if (!difference_make(arena, before, after, clock_wall(), &difference)) {
        fprintf(stderr, "overblik policy diff: the two have more portals and municipalities than "
                        "can be compared at once\n");
        status = EX_SOFTWARE;
    } else if (as_json) {
        difference_write(&difference, STR_NONE, &out);
        buf_add_byte(&out, '\n');
    } else {
        difference_print(&difference, &out);
    }
    if (out.failed) {
        fprintf(stderr, "overblik policy diff: more differences than can be told\n");
        status = EX_SOFTWARE;
    } else {
        printf("%.*s", (int)out.len, out.at ? out.at : "");
    }
    buf_clear(&out);
    arena_free(&arena);
    return status;
}

int policy_diff(int argc, char **argv)
{
    enum { INSECURE = 256, JSON };
    static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                          {"json", no_argument, NULL, JSON},
                                          {"insecure-sources", no_argument, NULL, INSECURE},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    const char *config = "conf/overblikd.json";
    bool insecure_sources = false, as_json = false;

    for (int option; (option = getopt_long(argc, argv, "c:h", known, NULL)) != -1;)
        switch (option) {
        case 'c':
            config = optarg;
            break;
        case JSON:
            as_json = true;
            break;
        case INSECURE:
            insecure_sources = true;
            break;
        case 'h':
            print_help();
            return EX_OK;
        default:
            return EX_USAGE;
        }
    if (optind != argc - 1) {
        fprintf(stderr, "overblik policy diff: expected one other configuration\n");
        return EX_USAGE;
    }
    struct snapshot *before = policy_read(config, insecure_sources);
    struct snapshot *after = policy_read(argv[optind], insecure_sources);
    int status = before && after ? compare(before, after, as_json) : EX_CONFIG;
    snapshot_unref(&before);
    snapshot_unref(&after);
    return status;
}
