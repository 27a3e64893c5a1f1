/* SPDX-License-Identifier: MIT */
#include "record/report_output.h"

#include "base/writer.h"
#include "record/report_page.h"

#include <inttypes.h>
#include <stdio.h>

static const struct {
    struct str name, media_type;
} formats[] = {
#define X(format, text, type) [format] = {STR_INIT(text), STR_INIT(type)},
    REPORT_FORMATS(X)
#undef X
};

bool report_format_parse(struct str name, enum report_format *format)
{
    for (size_t i = 0; i < REPORT_FORMAT_COUNT; i++)
        if (str_equal(name, formats[i].name)) {
            *format = (enum report_format)i;
            return true;
        }
    return false;
}

struct str report_media_type(enum report_format format)
{
    return formats[format].media_type;
}

/* ---- what the configuration says ---- */

struct str report_municipality_name(const struct report_context *context, struct str code)
{
    const struct municipality *municipality =
        municipality_find(&context->snapshot->municipalities, code);
    return municipality ? municipality->name : code;
}

struct str report_source_name(const struct report_context *context, struct str id)
{
    const struct route *route = snapshot_route(context->snapshot, id);
    return route ? route->source.name.in[context->language] : id;
}

bool report_is_over(const struct report *report, const struct report_context *context)
{
    return report_month(context->now) > report->month;
}

struct date report_last_day(const struct report *report)
{
    struct date next = report_month_first(report_month_later(report->month, 1));
    return date_of_days(date_to_days(next) - 1);
}

/* ---- JSON ---- */

static void write_count(struct writer *w, struct str name, int64_t count)
{
    writer_name_text(w, name);
    if (count == REPORT_WITHHELD)
        writer_null(w);
    else
        writer_int(w, count);
}

static void write_line(struct writer *w, const struct report_line *line)
{
    for (int i = 0; i < COLUMN_COUNT; i++)
        write_count(w, report_column_name((enum report_column)i), line->counts[i]);
    write_count(w, STR("p50_ms"), line->p50_ms);
    write_count(w, STR("p95_ms"), line->p95_ms);
    write_count(w, STR("p99_ms"), line->p99_ms);
}

static void write_row(struct writer *w, const struct report_context *context,
                      const struct report_row *row)
{
    writer_object(w);
    writer_member_str(w, "group", report_group_name(row->group));
    writer_name(w, "municipality");
    if (row->municipality.len > 0) {
        writer_object(w);
        writer_member_str(w, "code", row->municipality);
        writer_member_str(w, "name", report_municipality_name(context, row->municipality));
        writer_object_end(w);
    } else {
        writer_null(w);
    }
    writer_member_str(w, "source", row->source);
    write_line(w, &row->line);
    writer_object_end(w);
}

/* Sums would tell what was withheld. */
static void write_sums(struct writer *w, const struct report *report)
{
    writer_name(w, "sources");
    writer_array(w);
    for (size_t i = 0; i < report->source_count && !report->has_withheld; i++) {
        const struct report_sum *sum = &report->sources[i];
        writer_object(w);
        writer_member_str(w, "group", report_group_name(sum->group));
        writer_member_str(w, "source", sum->source);
        write_line(w, &sum->line);
        writer_object_end(w);
    }
    writer_array_end(w);
    writer_name(w, "groups");
    writer_array(w);
    for (int i = 0; i < GROUP_COUNT && !report->has_withheld; i++) {
        writer_object(w);
        writer_member_str(w, "group", report_group_name((enum report_group)i));
        write_line(w, &report->groups[i].line);
        writer_object_end(w);
    }
    writer_array_end(w);
}

static void write_month(int month, char text[16])
{
    snprintf(text, 16, "%04d-%02d", month / 100, month % 100);
}

static void write_json(const struct report *report, const struct report_context *context,
                       struct buf *out)
{
    struct writer w;
    char month[16];
    write_month(report->month, month);
    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "month", str_of(month));
    writer_name(&w, "first");
    writer_date(&w, report_month_first(report->month));
    writer_name(&w, "last");
    writer_date(&w, report_last_day(report));
    writer_member_bool(&w, "over", report_is_over(report, context));
    writer_name(&w, "made");
    writer_wall(&w, context->now);
    writer_member_int(&w, "least", report->least);
    writer_member_bool(&w, "withheld", report->has_withheld);
    writer_name(&w, "rows");
    writer_array(&w);
    for (size_t i = 0; i < report->row_count; i++)
        write_row(&w, context, &report->rows[i]);
    writer_array_end(&w);
    write_sums(&w, report);
    writer_object_end(&w);
    buf_add_byte(out, '\n');
}

/* ---- CSV ---- */

static void add_field(struct buf *out, struct str text)
{
    bool is_plain = str_find_byte(text, ',') == text.len && str_find_byte(text, '"') == text.len &&
                    str_find_byte(text, '\n') == text.len && str_find_byte(text, '\r') == text.len;
    if (is_plain) {
        buf_add_str(out, text);
        return;
    }
    buf_add_byte(out, '"');
    while (text.at) {
        buf_add_str(out, str_split(&text, '"'));
        if (text.at)
            buf_add_str(out, STR("\"\""));
    }
    buf_add_byte(out, '"');
}

static void add_number(struct buf *out, int64_t number)
{
    buf_add_byte(out, ',');
    if (number != REPORT_WITHHELD)
        buf_format(out, "%" PRId64, number);
}

static void write_csv(const struct report *report, const struct report_context *context,
                      struct buf *out)
{
    char month[16];
    write_month(report->month, month);
    buf_add_str(out, STR("month,group,municipality,municipality_name,source"));
    for (int i = 0; i < COLUMN_COUNT; i++) {
        buf_add_byte(out, ',');
        buf_add_str(out, report_column_name((enum report_column)i));
    }
    buf_add_str(out, STR(",p50_ms,p95_ms,p99_ms\r\n"));
    for (size_t i = 0; i < report->row_count; i++) {
        const struct report_row *row = &report->rows[i];
        buf_format(out, "%s,%.*s,%.*s,", month, STR_ARG(report_group_name(row->group)),
                   STR_ARG(row->municipality));
        add_field(out, report_municipality_name(context, row->municipality));
        buf_add_byte(out, ',');
        add_field(out, row->source);
        for (int j = 0; j < COLUMN_COUNT; j++)
            add_number(out, row->line.counts[j]);
        add_number(out, row->line.p50_ms);
        add_number(out, row->line.p95_ms);
        add_number(out, row->line.p99_ms);
        buf_add_str(out, STR("\r\n"));
    }
}

/* ---- lines for a terminal ---- */

enum { NAME_WIDTH = 28, NUMBER_WIDTH = 7 };

static int width_of(int column)
{
    size_t len = report_column_title((enum report_column)column, LANGUAGE_EN).len;
    return len > NUMBER_WIDTH ? (int)len : NUMBER_WIDTH;
}

static void add_cell(struct buf *out, int width, int64_t number)
{
    if (number == REPORT_WITHHELD)
        buf_format(out, "  %*s", width, "-");
    else
        buf_format(out, "  %*" PRId64, width, number);
}

/* As far as they were ever needed: what is nought throughout is not shown. */
static bool is_shown(const struct report *report, int column)
{
    if (column <= COLUMN_WITHOUT)
        return true;
    for (size_t i = 0; i < report->row_count; i++)
        if (report->rows[i].line.counts[column] != 0)
            return true;
    return false;
}

static void add_text_line(const struct report *report, const char *name,
                          const struct report_line *line, struct buf *out)
{
    buf_format(out, "%-*s", NAME_WIDTH, name);
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (is_shown(report, i))
            add_cell(out, width_of(i), line->counts[i]);
    add_cell(out, NUMBER_WIDTH, line->p50_ms);
    add_cell(out, NUMBER_WIDTH, line->p95_ms);
    add_cell(out, NUMBER_WIDTH, line->p99_ms);
    buf_add_byte(out, '\n');
}

static void add_text_head(const struct report *report, enum report_group group, struct buf *out)
{
    buf_format(out, "\n%-*.*s", NAME_WIDTH, STR_ARG(report_group_title(group, LANGUAGE_EN)));
    for (int i = 0; i < COLUMN_COUNT; i++) {
        struct str title = report_column_title((enum report_column)i, LANGUAGE_EN);
        if (is_shown(report, i))
            buf_format(out, "  %*.*s", width_of(i), STR_ARG(title));
    }
    buf_format(out, "  %*s  %*s  %*s\n", NUMBER_WIDTH, "p50 ms", NUMBER_WIDTH, "p95 ms",
               NUMBER_WIDTH, "p99 ms");
}

static void write_text(const struct report *report, const struct report_context *context,
                       struct buf *out)
{
    char month[16], name[128];
    write_month(report->month, month);
    buf_format(out, "%s%s\n", month, report_is_over(report, context) ? "" : ", so far");
    if (report->row_count == 0)
        buf_add_str(out, STR("No call was counted.\n"));
    for (size_t i = 0; i < report->row_count; i++) {
        const struct report_row *row = &report->rows[i];
        bool is_first = i == 0 || row->group != row[-1].group;
        bool is_last = i + 1 == report->row_count || row->group != row[1].group;
        if (is_first)
            add_text_head(report, row->group, out);
        snprintf(name, sizeof name, "%-4.*s %.*s", STR_ARG(row->municipality),
                 STR_ARG(row->source));
        add_text_line(report, name, &row->line, out);
        if (is_last && !report->has_withheld)
            add_text_line(report, "     sum", &report->groups[row->group].line, out);
    }
    if (report->has_withheld)
        buf_format(out, "\n-: fewer than %" PRId64 ", or tells of such\n", report->least);
}

void report_write(const struct report *report, const struct report_context *context,
                  enum report_format format, struct buf *out)
{
    static void (*const writers[])(const struct report *, const struct report_context *,
                                   struct buf *) = {
        [REPORT_JSON] = write_json,
        [REPORT_CSV] = write_csv,
        [REPORT_HTML] = report_page_write,
        [REPORT_TEXT] = write_text,
    };
    writers[format](report, context, out);
}
