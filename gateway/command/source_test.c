/* SPDX-License-Identifier: MIT */
/* overblik source test, cases, report: is a source what the contract asks for; what that is; and a
 * result once more in another form. */
#include "command/source_test.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/clock.h"
#include "command/command.h"
#include "command/pdf.h"
#include "serve/configuration.h"
#include "version.h"

enum { REPORT_MAX = 16 * 1024 * 1024, PROGRAM_MAX = 256 * 1024 * 1024 };

/* How the result is told. */
struct telling {
    bool is_text, is_pdf;
    enum conformance_format format;
    enum language language;
    const char *output; /* of the report; NULL: stdout */
    const char *result; /* of the signed file; NULL: nowhere */
};

static void print_help(void)
{
    printf(
        "usage: overblik source test ID|FILE|URL [OPTION ...]\n"
        "       overblik source cases [--language LANG]\n"
        "       overblik source report RESULT [--format FORMAT] [--output FILE]\n\n"
        "Tries a source, case by case, as the gateway would ask it, for test citizens only, and\n"
        "says whether it is approved. No gateway needs to run. docs/conformance.md tells of each\n"
        "case. The exit status is 0: approved, 1: with remarks, 2: not approved.\n\n"
        "  ID                    a source of the configuration\n"
        "  FILE                  a source's manifest (conf/sources/….json)\n"
        "  URL                   https://host:port, with the options below\n\n"
        "  -c, --config FILE     the configuration (of an ID: conf/overblikd.json)\n"
        "      --environment E   of a FILE: its endpoint for production or test\n"
        "      --citizens FILE   {\"test_citizens\": […]}; replacement numbers only\n"
        "                        (the manifest's own, else the configuration's)\n"
        "      --citizen ID      this test citizen alone; may repeat\n"
        "      --municipality M  of an index: 0710, or 0710=29189714; may repeat\n"
        "      --p95-ms N        the time that the owner has declared (first_byte_ms)\n"
        "      --result FILE     where the signed result goes\n"
        "      --format FORMAT   text (a line as each case ends), json, tap, junit, html, pdf\n"
        "      --output FILE     where the report goes (stdout)\n"
        "      --language LANG   da or en (en)\n\n"
        "Without a configuration:\n"
        "      --assertion-key FILE, --issuer URL    who signs our tokens, and its name\n"
        "      --sign-key FILE                       who signs the result\n"
        "      --insecure-sources                    http:// on loopback\n"
        "Of a URL:\n"
        "      --id ID  --dialect DIALECT  --path PATH  --detail-path PATH  --kinds KIND,…\n"
        "      --cvr CVR  --level LEVEL  --addresses RANGES\n"
        "      --ca FILE  --certificate FILE  --key FILE\n");
}

/* ---- options ---- */

/* Options with one text each.  X(name on the line, member) */
#define TEXT_OPTIONS(X)                                                                            \
    X("citizens", citizens_file)                                                                   \
    X("assertion-key", assertion_key)                                                              \
    X("issuer", issuer)                                                                            \
    X("sign-key", sign_key)                                                                        \
    X("id", id)                                                                                    \
    X("dialect", dialect)                                                                          \
    X("environment", environment)                                                                  \
    X("path", path)                                                                                \
    X("detail-path", detail_path)                                                                  \
    X("kinds", kinds)                                                                              \
    X("cvr", cvr)                                                                                  \
    X("level", level)                                                                              \
    X("addresses", addresses)                                                                      \
    X("ca", ca)                                                                                    \
    X("certificate", certificate)                                                                  \
    X("key", key)

static bool take_text(struct source_test_options *options, const char *name, const char *value)
{
#define X(text, member)                                                                            \
    if (strcmp(name, text) == 0)                                                                   \
        return options->member = value, true;
    TEXT_OPTIONS(X)
#undef X
    return false;
}

static const char *take_format(struct telling *telling, const char *value)
{
    telling->is_text = strcmp(value, "text") == 0;
    telling->is_pdf = strcmp(value, "pdf") == 0;
    if (telling->is_pdf)
        telling->format = CONFORMANCE_HTML;
    else if (!telling->is_text && !conformance_format_parse(str_of(value), &telling->format))
        return "--format is text, json, tap, junit, html or pdf";
    return NULL;
}

static const char *take_language(struct telling *telling, const char *value)
{
    for (int i = 0; i < LANGUAGES; i++)
        if (str_equal(str_of(value), language_tag((enum language)i))) {
            telling->language = (enum language)i;
            return NULL;
        }
    return "--language is da or en";
}

static const char *take_ms(const char *value, int64_t *ms)
{
    uint64_t number;

    if (!str_to_u64(str_of(value), 600000, &number) || number == 0)
        return "--p95-ms is a number of milliseconds";
    *ms = (int64_t)number;
    return NULL;
}

static const char *take_choice(const char *value, const char **choices, size_t *count)
{
    if (*count == SOURCE_TEST_CHOICES_MAX)
        return "there are too many citizens or municipalities";
    choices[(*count)++] = value;
    return NULL;
}

/* NULL, or what is wrong. */
static const char *take_option(struct source_test_options *options, struct telling *telling,
                               const char *name, const char *value)
{
    if (strcmp(name, "config") == 0)
        options->config = value;
    else if (strcmp(name, "insecure-sources") == 0)
        options->insecure_sources = true;
    else if (strcmp(name, "output") == 0)
        telling->output = value;
    else if (strcmp(name, "result") == 0)
        telling->result = value;
    else if (strcmp(name, "format") == 0)
        return take_format(telling, value);
    else if (strcmp(name, "language") == 0)
        return take_language(telling, value);
    else if (strcmp(name, "p95-ms") == 0)
        return take_ms(value, &options->p95_ms);
    else if (strcmp(name, "citizen") == 0)
        return take_choice(value, options->citizens, &options->citizen_count);
    else if (strcmp(name, "municipality") == 0)
        return take_choice(value, options->municipalities, &options->municipality_count);
    else if (!take_text(options, name, value))
        return "unknown option";
    return NULL;
}

/* -1: go on; else the exit status. `arguments`: how many there must be. */
static int parse_options(int argc, char **argv, int arguments, struct source_test_options *options,
                         struct telling *telling)
{
    static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                          {"citizen", required_argument, NULL, 'o'},
                                          {"municipality", required_argument, NULL, 'o'},
                                          {"p95-ms", required_argument, NULL, 'o'},
                                          {"result", required_argument, NULL, 'o'},
                                          {"format", required_argument, NULL, 'o'},
                                          {"output", required_argument, NULL, 'o'},
                                          {"language", required_argument, NULL, 'o'},
                                          {"insecure-sources", no_argument, NULL, 'o'},
#define X(text, member) {text, required_argument, NULL, 'o'},
                                          TEXT_OPTIONS(X)
#undef X
                                              {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    *options = (struct source_test_options){0};
    *telling = (struct telling){.is_text = true, .language = LANGUAGE_EN};
    for (int option, index = 0; (option = getopt_long(argc, argv, "c:h", known, &index)) != -1;) {
        const char *wrong = NULL;

        if (option == 'h') {
            print_help();
            return EX_OK;
        }
        if (option == '?')
            return EX_USAGE;
        wrong = take_option(options, telling, option == 'c' ? "config" : known[index].name, optarg);
        if (wrong) {
            fprintf(stderr, "overblik %s: %s\n", argv[0], wrong);
            return EX_USAGE;
        }
    }
    if (optind + arguments != argc) {
        fprintf(stderr, "overblik source %s: expected %s argument; try --help\n", argv[0],
                arguments ? "one" : "no");
        return EX_USAGE;
    }
    if (telling->is_pdf && !telling->output) {
        fprintf(stderr, "overblik source %s: a PDF goes to a file: --output FILE\n", argv[0]);
        return EX_USAGE;
    }
    options->what = arguments ? argv[optind] : NULL;
    return -1;
}

/* ---- telling ---- */

static void on_settled(void *ctx, enum conformance_id id, const struct conformance_result *result)
{
    const struct telling *telling = ctx;
    const struct conformance_case *one = &conformance_cases[id];
    struct str state = conformance_state_name(result->state), number = conformance_number(id);
    struct str title = one->title.in[telling->language], mend = one->mend.in[telling->language];
    bool is_bad = result->state == CONFORMANCE_FAILED || result->state == CONFORMANCE_REMARK;

    if (!telling->is_text)
        return;
    printf("%-5.*s %-12.*s %.*s: %s", STR_ARG(number), STR_ARG(state), STR_ARG(title),
           result->seen);
    if (result->took_us > 0)
        printf(" (%.1f ms)", (double)result->took_us / 1000);
    if (is_bad)
        printf("\n                   -> %.*s", STR_ARG(mend));
    printf("\n");
    fflush(stdout);
}

static bool write_file(const char *path, struct str bytes)
{
    FILE *file = path ? fopen(path, "wb") : stdout;
    bool is_well = file && fwrite(bytes.at, 1, bytes.len, file) == bytes.len;

    if (file)
        is_well &= path ? fclose(file) == 0 : fflush(file) == 0;
    if (!is_well)
        fprintf(stderr, "overblik: %s cannot be written\n", path ? path : "stdout");
    return is_well;
}

/* In the form that was asked for; false: it could not be written. */
static bool tell(const json_t *file, const struct telling *telling)
{
    struct buf out;
    bool is_well = true;

    buf_init(&out, REPORT_MAX);
    if (telling->result) {
        conformance_report_write(file, CONFORMANCE_JSON, telling->language, &out);
        is_well = write_file(telling->result, buf_str(&out));
        buf_reset(&out);
    }
    if (!telling->is_text) {
        conformance_report_write(file, telling->format, telling->language, &out);
        is_well &= telling->is_pdf ? pdf_print(buf_str(&out), telling->output)
                                   : write_file(telling->output, buf_str(&out));
    }
    buf_clear(&out);
    return is_well;
}

static void print_summary(const struct conformance *c, const struct telling *telling,
                          bool is_signed)
{
    struct text verdict = conformance_verdict_text(conformance_verdict(c));

    printf("\n%.*s: %zu passed, %zu remarks, %zu failed, %zu not tested, %zu not relevant\n",
           STR_ARG(verdict.in[telling->language]), conformance_count(c, CONFORMANCE_PASSED),
           conformance_count(c, CONFORMANCE_REMARK), conformance_count(c, CONFORMANCE_FAILED),
           conformance_count(c, CONFORMANCE_NOT_TESTED),
           conformance_count(c, CONFORMANCE_NOT_RELEVANT));
    if (telling->result)
        printf("%s result: %s\n", is_signed ? "signed" : "unsigned", telling->result);
}

/* ---- running ---- */

/* Of the program that runs. "": it cannot be read. */
static void digest_program(char text[CONFORMANCE_DIGEST_TEXT])
{
    FILE *file = fopen("/proc/self/exe", "rb");
    struct buf bytes;
    char *room;

    text[0] = '\0';
    buf_init(&bytes, PROGRAM_MAX);
    while (file && (room = buf_reserve(&bytes, 1 << 20))) {
        size_t got = fread(room, 1, 1 << 20, file);
        buf_commit(&bytes, got);
        if (got == 0)
            break;
    }
    if (file && !ferror(file) && !bytes.failed)
        conformance_digest(buf_str(&bytes), text);
    if (file)
        fclose(file);
    buf_clear(&bytes);
}

static int run(const struct source_test_options *options, const struct source_subject *subject,
               const struct telling *telling)
{
    const struct conformance_spec spec = {
        .route = &subject->route,
        .settings = &subject->settings,
        .citizens = &subject->citizens,
        .municipalities = subject->municipalities,
        .municipality_count = subject->municipality_count,
        .p95_ms = options->p95_ms,
        .issuer = subject->issuer,
        .pairwise_key = str_make((const char *)subject->pairwise_key, sizeof subject->pairwise_key),
        .signer = subject->signer,
    };
    struct conformance c = {.settled = on_settled, .ctx = (void *)telling};
    struct conformance_about about = {.spec = &spec,
                                      .manifest = subject->manifest,
                                      .version = OVERBLIK_VERSION,
                                      .began = clock_wall()};

    signal(SIGPIPE, SIG_IGN);
    memcpy(about.manifest_digest, subject->manifest_digest, sizeof about.manifest_digest);
    digest_program(about.build_digest);
    conformance_run(&spec, subject->arena, &c);
    about.ended = clock_wall();
    json_t *file =
        conformance_sign(conformance_result(&c, &about), subject->result_signer, about.ended);
    bool is_told = tell(file, telling);
    if (telling->is_text)
        print_summary(&c, telling, subject->result_signer);
    json_decref(file);
    return is_told ? (int)conformance_verdict(&c) : EX_IOERR;
}

int command_source_test(int argc, char **argv)
{
    struct source_test_options options;
    struct source_subject subject;
    struct telling telling;
    struct faults faults;
    int status = parse_options(argc, argv, 1, &options, &telling);

    if (status >= 0)
        return status;
    if (source_subject_make(&options, &subject, &faults)) {
        status = run(&options, &subject, &telling);
    } else {
        configuration_complain(&faults);
        status = EX_CONFIG;
    }
    source_subject_clear(&subject);
    return status;
}

int command_source_cases(int argc, char **argv)
{
    struct source_test_options options;
    struct telling telling;
    struct buf out;
    int status = parse_options(argc, argv, 0, &options, &telling);

    if (status >= 0)
        return status;
    buf_init(&out, REPORT_MAX);
    conformance_describe(telling.language, &out);
    status = write_file(telling.output, buf_str(&out)) ? EX_OK : EX_IOERR;
    buf_clear(&out);
    return status;
}

int command_source_report(int argc, char **argv)
{
    struct source_test_options options;
    struct telling telling;
    json_error_t error;
    int status = parse_options(argc, argv, 1, &options, &telling);

    if (status >= 0)
        return status;
    if (telling.is_text) {
        telling.is_text = false;
        telling.format = CONFORMANCE_HTML;
    }
    json_t *file = json_load_file(options.what, JSON_REJECT_DUPLICATES, &error);
    const char *why = file ? conformance_report_fault(file) : error.text;
    if (why)
        fprintf(stderr, "overblik source report: %s: %s\n", options.what, why);
    status = why ? EX_DATAERR : tell(file, &telling) ? EX_OK : EX_IOERR;
    json_decref(file);
    return status;
}
