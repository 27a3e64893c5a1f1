/* SPDX-License-Identifier: MIT */
#include "serve/check.h"

#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

#include "command/command.h"

static void print_help(void)
{
    printf("usage: overblik check [-c FILE] [--json]\n\n"
           "Reads the whole configuration, as overblikd would, and names every fault of every\n"
           "file at once: file:line:column: what is wrong, and what was expected. Nothing is\n"
           "started. The exit status is 0 when it is good and 78 when it is not.\n\n"
           "  -c, --config FILE       the configuration (conf/overblikd.json)\n"
           "      --json              for editors: {\"ok\", \"revision\", \"faults\": […]}\n"
           "      --insecure-sources  allow http:// towards sources on loopback (bench only)\n");
}

int command_check(int argc, char **argv)
{
    enum { JSON = 256, INSECURE };
    static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                          {"json", no_argument, NULL, JSON},
                                          {"insecure-sources", no_argument, NULL, INSECURE},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    struct check_options options = {.program = "overblik check", .path = "conf/overblikd.json"};

    for (int option; (option = getopt_long(argc, argv, "c:h", known, NULL)) != -1;)
        switch (option) {
        case 'c':
            options.path = optarg;
            break;
        case JSON:
            options.as_json = true;
            break;
        case INSECURE:
            options.insecure_sources = true;
            break;
        case 'h':
            print_help();
            return EX_OK;
        default:
            return EX_USAGE;
        }
    if (optind < argc) {
        fprintf(stderr, "overblik check: unexpected argument %s\n", argv[optind]);
        return EX_USAGE;
    }
    return check_configuration(&options);
}
