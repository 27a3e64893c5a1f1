/* SPDX-License-Identifier: MIT */
/* export_visit: what the forms of an export are written from: the parts of a fan-out that has
 * ended, their items read back one at a time, and which sources are missing. Pure. */
#ifndef OVERVIEW_EXPORT_VISIT_H
#define OVERVIEW_EXPORT_VISIT_H

#include "overview/export_item.h"
#include "overview/output.h"

struct export
{
    const struct output_context *context;
    const struct part *parts;
    size_t count;
    const struct merged *merged;
    struct wall now;
};

/* Is what this source holds not in the file? Not so when nobody needed to ask it. */
bool export_is_missing(const struct part *part);
size_t export_missing_count(const struct export *export);

/* Each item of one of these kinds (ITEM_KIND_BIT), in the document's order, duplicates left out.
 * What `visit` gets is borrowed for the call. False: an item could not be
 * read back, or memory was at its ceiling. */
typedef void export_visit_fn(void *ctx, const struct part *part, const struct export_item *item);
bool export_visit(const struct export *export, unsigned kinds, export_visit_fn *visit, void *ctx)
    __attribute__((warn_unused_result));
size_t export_item_count(const struct export *export, unsigned kinds);

#endif
