/* SPDX-License-Identifier: MIT */
/* overblik source preview: what becomes of an answer, by a manifest. */
#include "joining/source_preview.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sysexits.h>
#include <unistd.h>

#include "adapters/mapped.h"
#include "command/command.h"
#include "command/source_file.h"
#include "serve/configuration.h"

enum { OUTPUT_MAX = 256 * 1024 * 1024, DIFFERENT = 1, WIDTH_MAX = 400 };

struct options {
    const char *config, *citizen, *municipality, *output, *expect, *content_type;
    int status;
    enum { AS_TEXT, AS_HTML, AS_JSON } format;
    struct preview_look look;
    bool insecure_sources;
};

static void print_help(void)
{
    printf(
        "usage: overblik source preview MANIFEST ANSWER [OPTION ...]\n\n"
        "Shows what becomes of an answer: each item with the rule behind each field, what a\n"
        "citizen sees of it in Danish and English, and what nobody mapped. Nobody is asked. The\n"
        "exit status is 0 when the answer is good and proven to be a test citizen's, 65 when it\n"
        "is not, 1 when its items are not those of --expect, 78 when the manifest has faults.\n\n"
        "  MANIFEST               the source's file; it need not be in the configuration\n"
        "  ANSWER                 what the source answers: its body, as it is sent\n\n"
        "  -c, --config FILE      whose words and rules (conf/joining.json)\n"
        "      --citizen ID       the test citizen that it is about (whom it is proven to be of)\n"
        "      --municipality M   of an index: the code\n"
        "      --status N         its HTTP status (200)\n"
        "      --content-type T   its media type (text/xml or application/json, by its first byte)\n"
        "      --expect FILE      {\"items\": […]}: what the items must be\n"
        "      --format FORMAT    text, html or json\n"
        "      --output FILE      where it goes (stdout)\n"
        "      --brief            without the answer itself\n"
        "      --insecure-sources as for overblikd\n");
}

/* ---- options ---- */

/* NULL, or what is wrong. */
static const char *take_format(struct options *options, const char *value)
{
    static const char *const names[] = {"text", "html", "json"};

    for (unsigned i = 0; i < 3; i++)
        if (strcmp(value, names[i]) == 0) {
            options->format = i;
            return NULL;
        }
    return "--format is text, html or json";
}

static const char *take_status(struct options *options, const char *value)
{
    uint64_t number;

    if (!str_to_u64(str_of(value), 599, &number) || number < 100)
        return "--status is an HTTP status, as 200";
    options->status = (int)number;
    return NULL;
}

static const char *take(struct options *options, int option, const char *value)
{
    switch (option) {
    case 'c':
        options->config = value;
        break;
    case 'z':
        options->citizen = value;
        break;
    case 'm':
        options->municipality = value;
        break;
    case 's':
        return take_status(options, value);
    case 't':
        options->content_type = value;
        break;
    case 'x':
        options->expect = value;
        break;
    case 'f':
        return take_format(options, value);
    case 'o':
        options->output = value;
        break;
    case 'b':
        options->look.is_brief = true;
        break;
    case 'i':
        options->insecure_sources = true;
        break;
    default:
        return "try --help";
    }
    return NULL;
}

/* -1: go on; else the exit status. */
static int parse_options(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                          {"citizen", required_argument, NULL, 'z'},
                                          {"municipality", required_argument, NULL, 'm'},
                                          {"status", required_argument, NULL, 's'},
                                          {"content-type", required_argument, NULL, 't'},
                                          {"expect", required_argument, NULL, 'x'},
                                          {"format", required_argument, NULL, 'f'},
                                          {"output", required_argument, NULL, 'o'},
                                          {"brief", no_argument, NULL, 'b'},
                                          {"insecure-sources", no_argument, NULL, 'i'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    const char *wrong = NULL;

    *options = (struct options){.config = "conf/joining.json", .status = 200};
    for (int option; !wrong && (option = getopt_long(argc, argv, "c:h", known, NULL)) != -1;) {
        if (option == 'h') {
            print_help();
            return EX_OK;
        }
        wrong = take(options, option, optarg);
    }
    if (!wrong && argc - optind != 2)
        wrong = "expected a manifest and an answer; try --help";
    if (!wrong)
        return -1;
    fprintf(stderr, "overblik source preview: %s\n", wrong);
    return EX_USAGE;
}

/* ---- telling ---- */

/* Columns and colours where it goes to a terminal. */
static void look_around(struct options *options)
{
    struct winsize size;

    if (options->output || !isatty(STDOUT_FILENO))
        return;
    options->look.has_colour = !getenv("NO_COLOR");
    options->look.width = 80;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        options->look.width = size.ws_col < WIDTH_MAX ? size.ws_col : WIDTH_MAX;
}

static bool tell(const struct options *options, const json_t *preview)
{
    char *json = NULL;
    struct buf out;

    buf_init(&out, OUTPUT_MAX);
    if (options->format == AS_TEXT)
        source_preview_text(preview, &options->look, &out);
    else if (options->format == AS_HTML)
        source_preview_html(preview, &out);
    else if ((json = json_dumps(preview, JSON_INDENT(2))))
        buf_format(&out, "%s\n", json);
    free(json);
    bool is_well = !out.failed && source_file_write(options->output, buf_str(&out));
    if (out.failed)
        fprintf(stderr, "overblik source preview: more than %d bytes\n", OUTPUT_MAX);
    buf_clear(&out);
    return is_well;
}

/* EX_OK, DIFFERENT, or EX_NOINPUT with faults. */
static int compare(const json_t *preview, const char *path, struct arena *arena,
                   struct faults *faults)
{
    struct str bytes = configuration_file(str_of(path), arena, faults);
    struct document *document = bytes.at ? document_parse(str_of(path), bytes, faults) : NULL;
    struct buf out;
    size_t count;

    if (!document)
        return EX_NOINPUT;
    buf_init(&out, OUTPUT_MAX);
    count = source_preview_differences(preview, document_root(document), &out);
    if (count > 0)
        fprintf(stderr, "%.*s%s: %zu difference%s\n", (int)out.len, out.at ? out.at : "", path,
                count, count == 1 ? "" : "s");
    buf_clear(&out);
    document_free(&document);
    return count > 0 ? DIFFERENT : EX_OK;
}

/* ---- the command ---- */

static const struct municipality *find_municipality(const struct options *options,
                                                    const struct source_file *file,
                                                    struct faults *faults)
{
    const struct municipality *one =
        options->municipality
            ? municipality_find(&file->snapshot->municipalities, str_of(options->municipality))
            : NULL;

    if (file->route.source.per_municipality && (!one || !one->cvr.at))
        faults_add(faults, file->name,
                   "is asked for one municipality at a time: --municipality CODE, of one that has "
                   "a CVR number in municipalities.json");
    return one;
}

/* What a server would say that it is, where nobody says it. */
static struct str content_type_of(const struct options *options, struct str body)
{
    if (options->content_type)
        return str_of(options->content_type);
    return str_starts_with(body, STR("<")) ? STR("text/xml") : STR("application/json");
}

static int preview_answer(const struct options *options, struct source_file *file,
                          const char *answer_file, struct faults *faults)
{
    struct str body = configuration_file(str_of(answer_file), file->arena, faults);
    const struct municipality *municipality = find_municipality(options, file, faults);
    size_t most = (size_t)file->snapshot->settings.limits_answer_max;

    if (body.at && body.len > most)
        faults_add(faults, str_of(answer_file),
                   "has %zu bytes; an answer has at most %zu (limits.answer_max)", body.len, most);
    if (faults->count > 0)
        return EX_CONFIG;
    const struct source_preview_spec spec = {
        .snapshot = file->snapshot,
        .route = &file->route,
        .manifest = file->manifest,
        .manifest_file = file->name,
        .citizens = &file->citizens,
        .municipality = municipality,
        .answer = {.http_status = options->status,
                   .content_type = content_type_of(options, body),
                   .body = body,
                   .items_max = (size_t)file->snapshot->settings.limits_items_max},
        .answer_file = str_of(answer_file),
        .now = clock_wall()};
    json_t *preview = source_preview_make(&spec, file->arena);
    if (!preview) {
        fprintf(stderr, "overblik source preview: there is no room for this answer\n");
        return EX_SOFTWARE;
    }
    bool is_good = json_is_true(json_object_get(preview, "is_good"));
    int status = !tell(options, preview) ? EX_CANTCREAT : is_good ? EX_OK : EX_DATAERR;
    if (status == EX_OK && options->expect)
        status = compare(preview, options->expect, file->arena, faults);
    json_decref(preview);
    return status;
}

int command_source_preview(int argc, char **argv)
{
    struct options options;
    struct source_file file;
    struct faults faults;
    int status = parse_options(argc, argv, &options);

    if (status >= 0)
        return status;
    look_around(&options);
    status = EX_CONFIG;
    if (source_file_read(options.config, argv[optind], options.insecure_sources, &file, &faults) &&
        (!options.citizen || source_file_choose(&file, options.citizen, &faults)))
        status = preview_answer(&options, &file, argv[optind + 1], &faults);
    configuration_complain(&faults);
    source_file_clear(&file);
    return status;
}
