/* SPDX-License-Identifier: MIT */
#include "policy/classification_report.h"

#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

#include "command/command.h"
#include "serve/check.h"
#include "serve/configuration.h"

enum { MEMORY_MAX = 64 * 1024 * 1024 };

static void print_help(void)
{
    printf("usage: overblik classification report [-c FILE] [--date DATE]\n\n"
           "Names the rules whose subjects (KLE) have expired or are not in policies/kle.json,\n"
           "a line each: file:line:column: what. A running gateway logs the same whenever\n"
           "another classification comes into force. Put a new edition into the file and look\n"
           "ahead with --date before it counts.\n\n"
           "  -c, --config FILE       the configuration (conf/overblikd.json)\n"
           "      --date DATE         as of that day, 2027-01-01 (today)\n"
           "      --insecure-sources  allow http:// towards sources on loopback (bench only)\n");
}

struct options {
    const char *config;
    struct date date;
    bool insecure_sources;
};

static int print_report(const struct options *options)
{
    struct arena *arena = arena_new(MEMORY_MAX);
    struct faults faults, remarks;

    faults_init(&faults, arena);
    faults_init(&remarks, arena);
    struct snapshot *snapshot =
        configuration_read(options->config, options->insecure_sources, &faults);
    if (snapshot) {
        const struct classification *table = &snapshot->classification;
        char date[DATE_TEXT];

        classification_report(snapshot, options->date, &remarks);
        printf("edition %.*s, %zu entries, digest %s, as of %.*s: %zu remark%s\n",
               STR_ARG(table->edition.at ? table->edition : STR("-")), table->count, table->digest,
               STR_ARG(date_format(options->date, date)), remarks.count,
               remarks.count == 1 ? "" : "s");
        for (const struct fault *one = remarks.first; one; one = one->next)
            printf("%.*s: %.*s\n", STR_ARG(one->where), STR_ARG(one->what));
    } else {
        configuration_complain(&faults);
        check_count("overblik classification", faults.count);
    }
    int status = snapshot ? EX_OK : EX_CONFIG;
    snapshot_unref(&snapshot);
    arena_free(&arena);
    return status;
}

int command_classification(int argc, char **argv)
{
    enum { DATE = 256, INSECURE };
    static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                          {"date", required_argument, NULL, DATE},
                                          {"insecure-sources", no_argument, NULL, INSECURE},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    struct options options = {.config = "conf/overblikd.json", .date = wall_date(clock_wall())};

    for (int option; (option = getopt_long(argc, argv, "c:h", known, NULL)) != -1;)
        switch (option) {
        case 'c':
            options.config = optarg;
            break;
        case DATE:
            if (date_parse(str_of(optarg), &options.date))
                break;
            fprintf(stderr, "overblik classification: expected a date as 2027-01-01\n");
            return EX_USAGE;
        case INSECURE:
            options.insecure_sources = true;
            break;
        case 'h':
            print_help();
            return EX_OK;
        default:
            return EX_USAGE;
        }
    if (optind + 1 != argc || strcmp(argv[optind], "report") != 0) {
        fprintf(stderr, "overblik classification: expected \"report\"; try --help\n");
        return EX_USAGE;
    }
    return print_report(&options);
}
