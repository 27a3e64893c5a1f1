/* SPDX-License-Identifier: MIT */
/* output_item: one item's bytes. What the item contract says is never written out (parties, sending
 * system, sensitivity, display class, security profile) cannot be written: no line here names it.
 */
#ifndef OVERVIEW_OUTPUT_ITEM_H
#define OVERVIEW_OUTPUT_ITEM_H

#include "base/writer.h"
#include "overview/part.h"

/* What writing needs beside the data: words, language, and whose overview it is. */
struct output_context {
    const struct snapshot *snapshot;
    enum language language;
    const struct citizen *citizen;
    struct str receipt;
    size_t left_out;      /* sources that the portal may not ask and the plan does not name */
    struct buf *sentence; /* room for one sentence at a time */
};

/* One item as a JSON object. `handle` is its handle, `as_of` the answer's. */
void output_item(struct writer *w, const struct output_context *context, const struct plan_row *row,
                 const struct item *item, struct str handle, struct wall as_of);

/* One text in the reader's language; an authority's three names. */
void output_text(struct writer *w, const struct text *text, enum language language);
void output_authority(struct writer *w, const struct authority *authority);
void output_contacts(struct writer *w, const struct contact *contacts);

#endif
