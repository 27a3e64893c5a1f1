/* SPDX-License-Identifier: MIT */
/* report_output: a finished report as JSON (docs/report.schema.json), as CSV (RFC 4180), as lines
 * for a terminal; as a page for people: record/report_page. Pure. docs/reports.md describes them.
 */
#ifndef RECORD_REPORT_OUTPUT_H
#define RECORD_REPORT_OUTPUT_H

#include "base/buf.h"
#include "record/report.h"

/* X(enumerator, name, media type) */
#define REPORT_FORMATS(X)                                                                          \
    X(REPORT_JSON, "json", "application/json")                                                     \
    X(REPORT_CSV, "csv", "text/csv; charset=utf-8; header=present")                                \
    X(REPORT_HTML, "html", "text/html; charset=utf-8")                                             \
    X(REPORT_TEXT, "text", "text/plain; charset=utf-8")

enum report_format {
#define X(name, text, type) name,
    REPORT_FORMATS(X)
#undef X
        REPORT_FORMAT_COUNT
};
bool report_format_parse(struct str name, enum report_format *format)
    __attribute__((warn_unused_result));
struct str report_media_type(enum report_format format);

/* What a report is written with: names come from the configuration. */
struct report_context {
    const struct snapshot *snapshot;
    enum language language; /* of the page; JSON and CSV name what they name by codes */
    struct wall now;
};

/* At the buffer's ceiling it is failed. */
void report_write(const struct report *report, const struct report_context *context,
                  enum report_format format, struct buf *out);

/* The name of a municipality or a source; its code when the configuration has it no more. */
struct str report_municipality_name(const struct report_context *context, struct str code);
struct str report_source_name(const struct report_context *context, struct str id);
/* Is the month over, so that nothing more is counted in it? */
bool report_is_over(const struct report *report, const struct report_context *context);
struct date report_last_day(const struct report *report);

#endif
