/* SPDX-License-Identifier: MIT */
#include "command/command.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "serve/versions.h"
#include "version.h"

static const struct {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"overview", "ask the gateway for a sandbox citizen's overview and show it", command_overview},
    {"mandates", "whom a sandbox citizen may act for, and by whom", command_mandates},
    {"export", "take a sandbox citizen's overview away as a file", command_export},
    {"correct", "tell an authority that something is wrong", command_correct},
    {"consent", "let a service read as a sandbox citizen: give, list, withdraw", command_consent},
    {"check", "read a configuration and name every fault of every file", command_check},
    {"classification", "name the rules whose subjects (KLE) have expired", command_classification},
    {"policy", "try a configuration: test, diff, replay", command_policy},
    {"schema", "print the JSON Schema of conf/overblikd.json", command_schema},
    {"token", "print a token for a sandbox citizen, as a login would give", command_token},
    {"status", "how the gateway is", command_status},
    {"sources", "how each source is", command_sources},
    {"source", "begin, preview, simulate, test or operate a source", command_source},
    {"portal", "print the page that tells a portal's developer the first call", command_portal},
    {"plan", "what would be asked for a test citizen, and why not the rest", command_plan},
    {"registration", "an authority's source: hand it in, approve it, end it", command_registration},
    {"rules", "a municipality's own rules: hand in, preview, activate, undo", command_rules},
    {"explain", "what became of an overview, by its receipt", command_explain},
    {"exposure", "what a municipality's rules show of test citizens, and why", command_exposure},
    {"log", "read, prove and keep the access record; how much is logged", command_log},
    {"report", "a month's calls of each municipality and source: table, CSV, JSON, page",
     command_report},
    {"reload", "have the configuration read again", command_reload},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(FILE *out)
{
    fprintf(out, "overblik: one overview of what every authority holds about a citizen\n\n"
                 "usage: overblik COMMAND [OPTION ...]\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-14s %s\n", commands[i].name, commands[i].summary);
    fprintf(out, "\n  --version  ours and every library's\n"
                 "  --help     also after a command\n");
}

int command_main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    if (strcmp(name, "--version") == 0) {
        versions_print("overblik");
        printf("%-9s %s (signs sandbox tokens)\n", "libjwt", LIBJWT_VERSION);
        return EX_OK;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help(stdout);
        return EX_OK;
    }
    if (name[0])
        fprintf(stderr, "overblik: there is no command %s\n\n", name);
    print_help(stderr);
    return EX_USAGE;
}
