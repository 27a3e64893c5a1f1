/* SPDX-License-Identifier: MIT */
/* GET /report: a month's table, as JSON, CSV, a page or lines. The store is read by the access
 * record's own reader, so neither this thread nor a worker waits for it. Tells of no person. */
#include "base/die.h"
#include "net/http_parse.h"
#include "record/report_output.h"
#include "serve/admin_call.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { REPORTS_MAX = 8, LEAST_MAX = 1000000, CODE_LEN = 4 };

/* What is asked for. */
struct asked {
    int month;
    enum report_format format;
    struct str municipality, source;
    uint64_t least;
};

/* One report that somebody waits for. */
struct admin_report {
    struct admin *admin;
    struct http_exchange *exchange; /* slot */
    struct access_query *query;     /* slot */
    struct snapshot *snapshot;      /* a reference */
    enum language language;
    enum report_format format;
    int64_t least;
};

static void free_wait(struct admin_report *wait)
{
    access_query_cancel(&wait->query);
    snapshot_unref(&wait->snapshot);
    wait->admin->reports--;
    free(wait);
}

static void on_gone(void *ctx)
{
    free_wait(ctx);
}

static void refuse(struct admin_report *wait, const char *what)
{
    struct problem problem = problem_make(PROBLEM_UNAVAILABLE, "%s", what);
    http_reply_problem(wait->exchange, &problem, wait->language, STR_NONE, NULL, 0);
    free_wait(wait);
}

static void on_read(void *ctx, struct report *report)
{
    struct admin_report *wait = ctx;
    const struct report_context context = {wait->snapshot, wait->language,
                                           loop_wall(wait->admin->loop)};
    char file[64];
    struct buf body;

    if (!report) {
        refuse(wait, "the store cannot be read now; the log says why");
        return;
    }
    report_finish(report, wait->snapshot, wait->least);
    buf_init(&body, ADMIN_REPLY_MAX);
    report_write(report, &context, wait->format, &body);
    snprintf(file, sizeof file, "attachment; filename=\"overblik-%04d-%02d.csv\"",
             report->month / 100, report->month % 100);
    const struct http_field fields[] = {
        {STR("Content-Type"), report_media_type(wait->format)},
        {STR("Cache-Control"), STR("no-store")},
        {STR("X-Content-Type-Options"), STR("nosniff")},
        {STR("Content-Security-Policy"), STR("default-src 'none'; style-src 'unsafe-inline'")},
        {STR("Content-Disposition"), str_of(file)}};
    size_t count = sizeof fields / sizeof *fields - (wait->format != REPORT_CSV);
    report_free(&report);
    if (body.failed) {
        buf_clear(&body);
        refuse(wait, "the report is too large; ask for one municipality or source");
        return;
    }
    http_reply(wait->exchange, 200, fields, count, &body);
    free_wait(wait);
}

/* ---- what is asked ---- */

static const char *take_month(struct asked *asked, struct str value)
{
    return report_month_parse(value, &asked->month) ? NULL : "expected a month, as 2026-11";
}

static const char *take_format(struct asked *asked, struct str value)
{
    return report_format_parse(value, &asked->format) ? NULL : "expected json, csv, html or text";
}

static const char *take_municipality(struct asked *asked, struct str value)
{
    asked->municipality = value;
    return value.len == CODE_LEN && str_is_digits(value) ? NULL
                                                         : "expected a municipality's four digits";
}

static const char *take_source(struct asked *asked, struct str value)
{
    asked->source = value;
    return value.len > 0 && value.len <= ROUTE_ID_MAX ? NULL : "expected a source's id";
}

static const char *take_least(struct asked *asked, struct str value)
{
    return str_to_u64(value, LEAST_MAX, &asked->least) ? NULL : "expected a number";
}

static const struct {
    struct str name;
    const char *(*take)(struct asked *asked, struct str value); /* NULL: well; else what is not */
} parameters[] = {
    {STR_INIT("month"), take_month},   {STR_INIT("format"), take_format},
    {STR_INIT("source"), take_source}, {STR_INIT("municipality"), take_municipality},
    {STR_INIT("least"), take_least},
};
enum { PARAMETERS = sizeof parameters / sizeof *parameters };

static const char *take_parameter(struct admin_call *call, struct asked *asked, struct str name,
                                  struct str value, unsigned *seen)
{
    char *decoded = arena_alloc(call->arena, value.len + 1);
    size_t len = 0;
    if (!decoded || !http_percent_decode(value, true, decoded, &len))
        return "a wrong percent escape";
    for (size_t i = 0; i < PARAMETERS; i++) {
        if (!str_equal(name, parameters[i].name))
            continue;
        if (*seen & 1u << i)
            return "given twice";
        *seen |= 1u << i;
        return parameters[i].take(asked, str_make(decoded, len));
    }
    return "expected month, format, municipality, source or least";
}

/* False: it was refused. */
static bool parse(struct admin_call *call, struct asked *asked)
{
    struct str query = call->request->head->query;
    unsigned seen = 0;

    *asked = (struct asked){.month = report_month(loop_wall(call->admin->loop)),
                            .municipality = STR(""),
                            .source = STR("")};
    while (query.at) {
        struct str value = str_split(&query, '&');
        struct str name = str_split(&value, '=');
        const char *why = name.len == 0 && value.len == 0
                              ? NULL
                              : take_parameter(call, asked, name, value, &seen);
        if (why) {
            admin_refuse(call, PROBLEM_BAD_PARAMETER, "%.*s: %s", STR_ARG(str_head(name, 32)), why);
            return false;
        }
    }
    return true;
}

void admin_get_report(struct admin_call *call)
{
    struct asked asked;
    if (!parse(call, &asked))
        return;
    if (call->admin->reports == REPORTS_MAX) {
        admin_refuse(call, PROBLEM_UNAVAILABLE, "%d reports are under way; ask again soon",
                     REPORTS_MAX);
        return;
    }
    struct admin_report *wait = die_calloc(1, sizeof *wait);
    *wait = (struct admin_report){.admin = call->admin,
                                  .snapshot = snapshot_ref(call->facts.snapshot),
                                  .language = call->language,
                                  .format = asked.format,
                                  .least = (int64_t)asked.least};
    call->admin->reports++;
    http_keep(call->exchange, &wait->exchange, on_gone, wait);
    struct report *report = report_new(asked.month, asked.municipality, asked.source);
    if (!access_report_start(call->facts.shared->access_reader, call->admin->loop, report,
                             &wait->query, on_read, wait))
        refuse(wait, "too many read the access record now");
}
