/* SPDX-License-Identifier: MIT */
/* export: a citizen's overview to take away, in four forms, written from the parts of a fan-out
 * that has ended. Each says which sources are missing, and says it first: a failed authority must
 * not look like an empty one in a file that is opened a year later. Pure. */
#ifndef OVERVIEW_EXPORT_H
#define OVERVIEW_EXPORT_H

#include "overview/export_visit.h"

/* X(enumerator, what `format` and the file's name call it, media type) in order of preference when
 * the client has none */
#define EXPORT_FORMS(X)                                                                            \
    X(EXPORT_JSON, "json", "application/json")                                                     \
    X(EXPORT_HTML, "html", "text/html")                                                            \
    X(EXPORT_CSV, "csv", "text/csv")                                                               \
    X(EXPORT_CALENDAR, "ics", "text/calendar")

enum export_form {
#define X(name, extension, type) name,
    EXPORT_FORMS(X)
#undef X
        EXPORT_FORM_COUNT
};
struct str export_form_name(enum export_form form);
struct str export_form_type(enum export_form form); /* without parameters */
bool export_form_parse(struct str name, enum export_form *form) __attribute__((warn_unused_result));

/* False: an item could not be read back, or memory or the buffer's ceiling was reached. */
bool export_write(const struct export *export, enum export_form form, struct buf *out)
    __attribute__((warn_unused_result));

#endif
