/* SPDX-License-Identifier: MIT */
/* conformance_report: a result file (joining/conformance_result) in the forms that others read: TAP
 * for prove, JUnit's XML for build servers, a page for people. Pure.
 *
 * In TAP a remark is a test that fails and may (TODO), and what was not tested is skipped. */
#ifndef JOINING_CONFORMANCE_REPORT_H
#define JOINING_CONFORMANCE_REPORT_H

#include "base/buf.h"
#include "base/text.h"

#include <jansson.h>

/* X(enumerator, name) */
#define CONFORMANCE_FORMATS(X)                                                                     \
    X(CONFORMANCE_JSON, "json")                                                                    \
    X(CONFORMANCE_TAP, "tap")                                                                      \
    X(CONFORMANCE_JUNIT, "junit")                                                                  \
    X(CONFORMANCE_HTML, "html")

enum conformance_format {
#define X(name, text) name,
    CONFORMANCE_FORMATS(X)
#undef X
        CONFORMANCE_FORMAT_COUNT
};
bool conformance_format_parse(struct str name, enum conformance_format *format)
    __attribute__((warn_unused_result));

/* All cases, as chapters of Markdown: what each asks, how it is verified, what to do. */
void conformance_describe(enum language language, struct buf *out);

/* Is it such a file, as far as a report reads it? NULL, or what is wrong. */
const char *conformance_report_fault(const json_t *file);
/* Of a file without fault. */
void conformance_report_write(const json_t *file, enum conformance_format format,
                              enum language language, struct buf *out);

#endif
