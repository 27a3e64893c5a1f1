/* SPDX-License-Identifier: MIT */
#include "overview/export_visit.h"

/* One item is at most as large as its answer, and is read one at a time. */
enum { SCRATCH_MAX = 64 * 1024 * 1024 };

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
