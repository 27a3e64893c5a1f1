/* SPDX-License-Identifier: MIT */
/* overblik report: a month's table, read from the store: the gateway need not run. */
#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "command/command.h"
#include "command/standard_config.h"
#include "record/log_store.h"
#include "record/report_output.h"
#include "serve/configuration.h"

enum { ARENA_MAX = 64 * 1024 * 1024, OUTPUT_MAX = 256 * 1024 * 1024, LEAST_MAX = 1000000 };

struct report_command {
    const char *config;
    int month;
    enum report_format format;
    struct str municipality, source;
    enum language language;
    uint64_t least;
    struct snapshot *snapshot;
    struct log_store *store;
};

static void print_help(void)
{
    printf("usage: overblik report [--month 2026-11] [--format text|csv|json|html] [OPTION ...]\n\n"
           "Shows how often each source was asked in a month, what became of the calls and how "
           "long\nthey took. No persons. docs/reports.md says what each number means.\n\n"
           "      --month MONTH       standard: this month, so far\n"
           "      --format FORMAT     standard: text\n"
           "      --municipality CODE this one alone, by its four digits\n"
           "      --source ID         this one alone\n"
           "      --least N           withhold numbers under N, and what would tell them: for a\n"
           "                          report that is published\n"
           "      --language da|en    of the page and the names; standard: da\n"
           "  -c, --config FILE       the configuration (" STANDARD_CONFIG_HELP ")\n");
}

static int complain(const char *what, const char *why)
{
    fprintf(stderr, "overblik report: %s%s\n", what, why);
    return EX_USAGE;
}

/* -1: go on; else the exit status. */
static int take_option(struct report_command *command, const char *name)
{
    struct str value = str_of(optarg), wanted = str_of(name);
    if (str_equal(wanted, STR("month")) && !report_month_parse(value, &command->month))
        return complain("--month takes a month, as ", "2026-11");
    if (str_equal(wanted, STR("format")) && !report_format_parse(value, &command->format))
        return complain("--format takes ", "text, csv, json or html");
    if (str_equal(wanted, STR("municipality")))
        command->municipality = value;
    if (str_equal(wanted, STR("source")))
        command->source = value;
    if (str_equal(wanted, STR("least")) && !str_to_u64(value, LEAST_MAX, &command->least))
        return complain("--least takes ", "a number");
    if (str_equal(wanted, STR("language"))) {
        command->language = str_equal(value, STR("en")) ? LANGUAGE_EN : LANGUAGE_DA;
        if (!str_equal(value, language_tag(command->language)))
            return complain("--language takes ", "da or en");
    }
    return -1;
}

static int parse_options(int argc, char **argv, struct report_command *command)
{
    static const struct option known[] = {{"month", required_argument, NULL, 'o'},
                                          {"format", required_argument, NULL, 'o'},
                                          {"municipality", required_argument, NULL, 'o'},
                                          {"source", required_argument, NULL, 'o'},
                                          {"least", required_argument, NULL, 'o'},
                                          {"language", required_argument, NULL, 'o'},
                                          {"config", required_argument, NULL, 'c'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    int status = -1;
    for (int option, index;
         status < 0 && (option = getopt_long(argc, argv, "c:h", known, &index)) != -1;)
        switch (option) {
        case 'o':
            status = take_option(command, known[index].name);
            break;
        case 'c':
            command->config = optarg;
            break;
        case 'h':
            print_help();
            return EX_OK;
        default:
            status = EX_USAGE;
        }
    if (status < 0 && optind < argc)
        status = complain("expected no more than options; try ", "overblik report --help");
    return status;
}

static bool open_store(struct report_command *command, const char **why)
{
    const struct settings *settings = &command->snapshot->settings;
    const struct log_store_spec spec = {.sqlite = settings->record_store.at,
                                        .postgres = settings->record_postgres.at,
                                        .is_unchecked = true};
    if (!spec.postgres && access(spec.sqlite, F_OK) != 0) /* opening would make one */
        *why = "there is no store";
    else
        command->store = log_store_open(&spec, why);
    return command->store != NULL;
}

/* NULL: *why tells. */
static struct report *read_report(struct report_command *command, const char **why)
{
    if (!open_store(command, why))
        return NULL;
    struct report *report = report_new(command->month, command->municipality, command->source);
    if (!log_store_counts(command->store, command->month, report_take, report))
        *why = log_store_why(command->store);
    else if (report->is_full)
        *why = "the month has more rows than a report may; ask for one municipality or source";
    else
        return report;
    report_free(&report);
    return NULL;
}

static int print_report(struct report_command *command)
{
    const struct report_context context = {command->snapshot, command->language, clock_wall()};
    const char *why = NULL;
    struct report *report = read_report(command, &why);
    struct buf out;

    if (!report) {
        fprintf(stderr, "overblik report: %.*s: %s\n",
                STR_ARG(command->snapshot->settings.record_store), why);
        return EX_NOINPUT;
    }
    report_finish(report, command->snapshot, (int64_t)command->least);
    buf_init(&out, OUTPUT_MAX);
    report_write(report, &context, command->format, &out);
    bool is_written = !out.failed && fwrite(out.at, 1, out.len, stdout) == out.len;
    is_written = fflush(stdout) == 0 && is_written;
    buf_clear(&out);
    report_free(&report);
    if (!is_written)
        fprintf(stderr, "overblik report: the report could not be written\n");
    return is_written ? EX_OK : EX_IOERR;
}

int command_report(int argc, char **argv)
{
    struct report_command command = {.config = standard_config(),
                                     .month = report_month(clock_wall()),
                                     .format = REPORT_TEXT,
                                     .municipality = STR(""),
                                     .source = STR("")};
    struct arena *arena;
    struct faults faults;
    int status = parse_options(argc, argv, &command);

    if (status >= 0)
        return status;
    arena = arena_new(ARENA_MAX);
    faults_init(&faults, arena);
    command.snapshot = configuration_read(command.config, false, &faults);
    configuration_complain(&faults);
    status = command.snapshot ? print_report(&command) : EX_CONFIG;
    log_store_close(&command.store);
    snapshot_unref(&command.snapshot);
    arena_free(&arena);
    return status;
}
