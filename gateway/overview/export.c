/* SPDX-License-Identifier: MIT */
#include "overview/export.h"

#include "overview/export_calendar.h"
#include "overview/export_csv.h"
#include "overview/export_html.h"

/* One item is at most as large as its answer, and is read one at a time. */
enum { SCRATCH_MAX = 64 * 1024 * 1024 };

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

bool export_is_missing(const struct part *part)
{
    return !outcome_is_positive(part->outcome) && part->outcome != OUTCOME_NOT_NEEDED;
}

size_t export_missing_count(const struct export *export)
{
    size_t count = 0;
    for (size_t i = 0; i < export->count; i++)
        count += export_is_missing(&export->parts[i]);
    return count;
}

static bool is_wanted(const struct export *export, unsigned kinds, size_t row, size_t item)
{
    return (kinds & ITEM_KIND_BIT(export->parts[row].shown[item].kind)) != 0 &&
           !merged_drops(export->merged, row, item);
}

size_t export_item_count(const struct export *export, unsigned kinds)
{
    size_t count = 0;
    for (size_t row = 0; row < export->count; row++)
        for (size_t i = 0; i < export->parts[row].shown_count; i++)
            count += is_wanted(export, kinds, row, i);
    return count;
}

bool export_visit(const struct export *export, unsigned kinds, export_visit_fn *visit, void *ctx)
{
    struct arena *scratch = arena_new(SCRATCH_MAX);
    bool is_read = true;

    for (size_t row = 0; is_read && row < export->count; row++) {
        const struct part *part = &export->parts[row];
        for (size_t i = 0; is_read && i < part->shown_count; i++) {
            struct export_item item;
            if (!is_wanted(export, kinds, row, i))
                continue;
            is_read = export_item_read(part_item(part, &part->shown[i]), scratch, &item);
            if (is_read)
                visit(ctx, part, &item);
            arena_reset(scratch);
        }
    }
    arena_free(&scratch);
    return is_read;
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
