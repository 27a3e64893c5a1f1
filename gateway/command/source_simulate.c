/* SPDX-License-Identifier: MIT */
/* overblik source simulate: the gateway's side, for a server that is under way. */
#include "joining/source_simulate.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "command/command.h"
#include "command/source_file.h"
#include "command/source_test.h"
#include "joining/source_preview.h"
#include "serve/configuration.h"

enum { OUTPUT_MAX = 64 * 1024 * 1024, NOT_SO = 1 };

struct options {
    struct source_test_options subject;
    enum simulate_fault faults[SIMULATE_FAULT_COUNT];
    size_t fault_count;
};

static void print_help(void)
{
    printf("usage: overblik source simulate ID|MANIFEST [OPTION ...]\n\n"
           "Asks a source as the gateway asks it, for a test citizen only, and shows what went\n"
           "over the wire and what becomes of the answer; or does something wrong on purpose and\n"
           "says whether the source did what it must. The exit status is 0 when it did, 1 when\n"
           "not. `overblik source test` tries all there is.\n\n"
           "  -c, --config FILE      the configuration (conf/joining.json)\n"
           "      --environment E    its endpoint for production or test\n"
           "      --citizen ID       whom to ask for (its first test citizen)\n"
           "      --municipality M   of an index: 0710, or 0710=29189714\n"
           "      --assertion-key FILE  who signs our tokens, PEM\n"
           "      --issuer URL       its name\n"
           "      --insecure-sources http:// on loopback\n"
           "      --fault FAULT      may repeat; all: each of them\n\n");
    for (int i = 0; i < SIMULATE_FAULT_COUNT; i++)
        printf("        %-15.*s %.*s\n", STR_ARG(simulate_fault_name((enum simulate_fault)i)),
               STR_ARG(simulate_fault_what((enum simulate_fault)i)));
}

/* NULL, or what is wrong. */
static const char *take_fault(struct options *options, const char *name)
{
    enum simulate_fault fault;

    if (strcmp(name, "all") == 0) {
        for (int i = 0; i < SIMULATE_FAULT_COUNT; i++)
            options->faults[i] = (enum simulate_fault)i;
        options->fault_count = SIMULATE_FAULT_COUNT;
        return NULL;
    }
    if (!simulate_fault_parse(str_of(name), &fault))
        return "there is no such fault";
    if (options->fault_count == SIMULATE_FAULT_COUNT)
        return "there are too many faults";
    options->faults[options->fault_count++] = fault;
    return NULL;
}

static const char *take(struct options *options, int option, const char *value)
{
    struct source_test_options *subject = &options->subject;

    switch (option) {
    case 'c':
        subject->config = value;
        break;
    case 'e':
        subject->environment = value;
        break;
    case 'z':
        subject->citizens[0] = value;
        subject->citizen_count = 1;
        break;
    case 'm':
        subject->municipalities[0] = value;
        subject->municipality_count = 1;
        break;
    case 'k':
        /* Nothing is signed but tokens. */
        subject->assertion_key = subject->sign_key = value;
        break;
    case 'u':
        subject->issuer = value;
        break;
    case 'i':
        subject->insecure_sources = true;
        break;
    case 'f':
        return take_fault(options, value);
    default:
        return "try --help";
    }
    return NULL;
}

/* -1: go on; else the exit status. */
static int parse_options(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                          {"environment", required_argument, NULL, 'e'},
                                          {"citizen", required_argument, NULL, 'z'},
                                          {"municipality", required_argument, NULL, 'm'},
                                          {"assertion-key", required_argument, NULL, 'k'},
                                          {"issuer", required_argument, NULL, 'u'},
                                          {"fault", required_argument, NULL, 'f'},
                                          {"insecure-sources", no_argument, NULL, 'i'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    const char *wrong = NULL;

    *options = (struct options){.subject = {.config = "conf/joining.json"}};
    for (int option; !wrong && (option = getopt_long(argc, argv, "c:h", known, NULL)) != -1;) {
        if (option == 'h') {
            print_help();
            return EX_OK;
        }
        wrong = take(options, option, optarg);
    }
    if (!wrong && argc - optind != 1)
        wrong = "expected a source's id or manifest; try --help";
    if (wrong) {
        fprintf(stderr, "overblik source simulate: %s\n", wrong);
        return EX_USAGE;
    }
    options->subject.what = argv[optind];
    if (options->fault_count == 0)
        options->faults[options->fault_count++] = SIMULATE_NONE;
    return -1;
}

/* ---- what becomes of the answer ---- */

static void add_preview(const struct source_subject *subject, const struct simulated *simulated,
                        struct buf *out)
{
    const struct observed *o = &simulated->observed;
    struct faults faults;
    struct document *manifest = NULL;

    if (!simulated->exchange.answer.at || subject->citizens.count == 0)
        return;
    faults_init(&faults, subject->arena);
    struct str bytes = subject->manifest.at
                           ? configuration_file(subject->manifest, subject->arena, &faults)
                           : STR_NONE;
    if (bytes.at)
        manifest = document_parse(subject->manifest, bytes, &faults);
    const struct source_preview_spec spec = {
        .snapshot = subject->snapshot,
        .route = &subject->route,
        .manifest = manifest,
        .manifest_file = subject->manifest,
        .citizens = &subject->citizens,
        .municipality = subject->municipality_count ? subject->municipalities[0] : NULL,
        .answer = {.http_status = o->http_status,
                   .content_type = simulated->exchange.content_type,
                   .body = simulated->exchange.answer,
                   .items_max = (size_t)subject->settings.limits_items_max},
        .request_id = o->question.request_id,
        .now = clock_wall()};
    json_t *preview = source_preview_make(&spec, subject->arena);
    if (preview) {
        buf_add_byte(out, '\n');
        source_preview_text(preview, &(struct preview_look){.is_brief = true}, out);
    }
    json_decref(preview);
    document_free(&manifest);
}

static int run(const struct options *options, const struct source_subject *subject)
{
    const struct conformance_spec spec = {
        .route = &subject->route,
        .settings = &subject->settings,
        .citizens = &subject->citizens,
        .municipalities = subject->municipalities,
        .municipality_count = subject->municipality_count,
        .issuer = subject->issuer,
        .pairwise_key = str_make((const char *)subject->pairwise_key, sizeof subject->pairwise_key),
        .signer = subject->signer,
    };
    int status = EX_OK;
    struct buf out;

    signal(SIGPIPE, SIG_IGN);
    buf_init(&out, OUTPUT_MAX);
    for (size_t i = 0; i < options->fault_count; i++) {
        struct simulated simulated;

        buf_reset(&out);
        source_simulate(&spec, options->faults[i], subject->arena, &simulated);
        source_simulate_print(&simulated, options->faults[i], &out);
        if (options->faults[i] == SIMULATE_NONE)
            add_preview(subject, &simulated, &out);
        buf_add_byte(&out, '\n');
        if (simulated.state == CONFORMANCE_FAILED && status == EX_OK)
            status = NOT_SO;
        if (!source_file_write(NULL, buf_str(&out)))
            status = EX_IOERR;
    }
    buf_clear(&out);
    return status;
}

int command_source_simulate(int argc, char **argv)
{
    struct options options;
    struct source_subject subject;
    struct faults faults;
    int status = parse_options(argc, argv, &options);

    if (status >= 0)
        return status;
    status = EX_CONFIG;
    bool is_made = source_subject_make(&options.subject, &subject, &faults);
    if (is_made && subject.citizens.count == 0)
        faults_add(&faults, str_of(options.subject.what),
                   "there is no test citizen to ask for; \"test_citizens\" names them");
    if (is_made && faults.count == 0)
        status = run(&options, &subject);
    configuration_complain(&faults);
    source_subject_clear(&subject);
    return status;
}
