/* SPDX-License-Identifier: MIT */
#include "command/policy.h"

#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

#include "joining/cases.h"
#include "serve/check.h"
#include "serve/configuration.h"

enum { MEMORY_MAX = 256 * 1024 * 1024, SOME_FAILED = 1 };

static void print_help(void)
{
    printf("usage: overblik policy test [-c FILE] CASES\n\n"
           "Runs the examples of the file CASES against a configuration, and says as TAP which\n"
           "of them are as they are to be: whom the gateway would ask, and what it would show.\n"
           "The exit status is 0 when all are, 1 when one is not, and 78 when the configuration\n"
           "or CASES has faults.\n\n"
           "  -c, --config FILE       the configuration (conf/overblikd.json)\n"
           "      --insecure-sources  as for overblikd\n");
}

/* Each complaint has lines of its own, which TAP wants to begin with "#". */
static void print_complaint(struct str complaint)
{
    while (complaint.len > 0) {
        struct str line = str_split(&complaint, '\n');
        printf("#   %.*s\n", STR_ARG(line));
    }
}

static void print_results(const struct case_results *results)
{
    printf("TAP version 13\n1..%zu\n", results->count);
    for (size_t i = 0; i < results->count; i++) {
        const struct case_result *result = &results->at[i];

        printf("%sok %zu - %.*s\n", result->complaint.at ? "not " : "", i + 1,
               STR_ARG(result->name));
        if (!result->complaint.at)
            continue;
        printf("#   at %.*s\n", STR_ARG(result->where));
        print_complaint(result->complaint);
    }
    if (results->failed > 0)
        printf("# %zu of %zu failed\n", results->failed, results->count);
}

static int run(const char *file, const struct snapshot *snapshot)
{
    struct arena *arena = arena_new(MEMORY_MAX);
    const struct case_context context = {snapshot, clock_wall(), arena};
    struct case_results results = {0};
    struct faults faults;

    faults_init(&faults, arena);
    struct str bytes = configuration_file(str_of(file), arena, &faults);
    struct document *document = bytes.at ? document_parse(str_of(file), bytes, &faults) : NULL;
    if (document)
        cases_run(document_node(document), &context, &results, &faults);
    document_free(&document);
    if (arena_is_full(arena))
        faults_add(&faults, str_of(file), "needs more than %d bytes", MEMORY_MAX);
    int status = results.failed > 0 ? SOME_FAILED : EX_OK;
    if (faults.count > 0) {
        configuration_complain(&faults);
        fprintf(stderr, "overblik policy test: %zu fault%s in the cases\n", faults.count,
                faults.count == 1 ? "" : "s");
        status = EX_CONFIG;
    } else {
        print_results(&results);
    }
    arena_free(&arena);
    return status;
}

int policy_test(int argc, char **argv)
{
    enum { INSECURE = 256 };
    static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                          {"insecure-sources", no_argument, NULL, INSECURE},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    const char *config = "conf/overblikd.json";
    bool insecure_sources = false;

    for (int option; (option = getopt_long(argc, argv, "c:h", known, NULL)) != -1;)
        switch (option) {
        case 'c':
            config = optarg;
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
        fprintf(stderr, "overblik policy test: expected one file of cases\n");
        return EX_USAGE;
    }
    struct snapshot *snapshot = policy_read(config, insecure_sources);
    if (!snapshot)
        return EX_CONFIG;
    int status = run(argv[optind], snapshot);
    snapshot_unref(&snapshot);
    return status;
}
