/* SPDX-License-Identifier: MIT */
/* page_item: what one source holds, as a section: its sentence, its items, each with its state in
 * words, who holds it, when it was fetched and where there is more. Payments of the past are
 * folded, and so are closed cases and credentials that have ended. Pure. */
#ifndef PORTAL_PAGE_ITEM_H
#define PORTAL_PAGE_ITEM_H

#include "portal/json.h"
#include "portal/page.h"

/* `record`: {"source": {…}, "items": […]}. `place`: the section's number on the page. */
void page_source(struct buf *out, const struct page *page, const json_t *record, size_t place);

/* Does the page lack something because of this state of a source? */
bool page_state_is_missing(struct str state);

#endif
