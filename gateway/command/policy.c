/* SPDX-License-Identifier: MIT */
#include "command/policy.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "command/command.h"
#include "serve/check.h"
#include "serve/configuration.h"

enum { FAULTS_MAX = 16 * 1024 * 1024 };

static const struct {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
} words[] = {
    {"test", "run a table of examples against a configuration", policy_test},
    {"diff", "what another configuration would ask otherwise", policy_diff},
    {"replay", "what another configuration's timers would have done to recorded overviews",
     policy_replay},
};
enum { WORDS = sizeof words / sizeof *words };

struct snapshot *policy_read(const char *path, bool insecure_sources)
{
    struct arena *arena = arena_new(FAULTS_MAX);
    struct faults faults;

    faults_init(&faults, arena);
    struct snapshot *snapshot = configuration_read(path, insecure_sources, &faults);
    configuration_complain(&faults);
    if (faults.count > 0)
        check_count("overblik policy", faults.count);
    arena_free(&arena);
    return snapshot;
}

static void print_help(FILE *out)
{
    fprintf(out, "usage: overblik policy WORD [OPTION ...]\n\n");
    for (size_t i = 0; i < WORDS; i++)
        fprintf(out, "  %-7s %s\n", words[i].name, words[i].summary);
    fprintf(out, "\nEach asks nobody and changes nothing; docs/policies.md has the formats.\n");
}

int command_policy(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    for (size_t i = 0; i < WORDS; i++)
        if (strcmp(name, words[i].name) == 0)
            return words[i].run(argc - 1, argv + 1);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        print_help(stdout);
        return EX_OK;
    }
    if (name[0])
        fprintf(stderr, "overblik policy: there is no word %s\n\n", name);
    print_help(stderr);
    return EX_USAGE;
}
