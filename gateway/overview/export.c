/* SPDX-License-Identifier: MIT */
#include "overview/export.h"

#include "overview/export_calendar.h"
#include "overview/export_csv.h"
#include "overview/export_html.h"

struct str export_form_name(enum export_form form)
{
    static const struct str names[] = {
#define X(name, extension, type) STR_INIT(extension),
        EXPORT_FORMS(X)
#undef X
    };
    return names[form];
}

struct str export_form_type(enum export_form form)
{
    static const struct str types[] = {
#define X(name, extension, type) STR_INIT(type),
        EXPORT_FORMS(X)
#undef X
    };
    return types[form];
}

bool export_form_parse(struct str name, enum export_form *form)
{
    for (unsigned i = 0; i < EXPORT_FORM_COUNT; i++)
        if (str_equal(name, export_form_name((enum export_form)i))) {
            *form = (enum export_form)i;
            return true;
        }
    return false;
}

bool export_write(const struct export *export, enum export_form form, struct buf *out)
{
    bool is_written = true;

    switch (form) {
    case EXPORT_JSON:
        output_document(export->context, export->parts, export->count, export->merged, out);
        break;
    case EXPORT_HTML:
        is_written = export_html(export, out);
        break;
    case EXPORT_CSV:
        is_written = export_csv(export, out);
        break;
    case EXPORT_CALENDAR:
        is_written = export_calendar(export, out);
        break;
    case EXPORT_FORM_COUNT:
        break;
    }
    return is_written && !out->failed;
}
