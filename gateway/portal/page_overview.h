/* SPDX-License-Identifier: MIT */
/* page_overview: the overview, in the pieces in which it is sent: the frame with a place for each
 * source of the plan; a section for each source, whenever it lands; at the end what needed all of
 * them: things to do, the state of the answer, cases in progress, the next payments and dates.
 *
 * The places are slots of a declarative shadow root (HTML, 4.12.3): the browser puts each piece
 * where it belongs, also without script. One that does not know them shows the pieces as they came.
 */
#ifndef PORTAL_PAGE_OVERVIEW_H
#define PORTAL_PAGE_OVERVIEW_H

#include "portal/page_item.h"

/* `plan`, `done`: those records of the stream. */
void page_overview_begin(struct buf *out, const struct page *page, const json_t *plan);
/* `sources`: an array of the source records that came, each with its "place". `done` NULL: the
 * stream broke off. */
void page_overview_end(struct buf *out, const struct page *page, const json_t *plan,
                       const json_t *sources, const json_t *done);

/* The place of a source in the plan, by its id and municipality; the plan's size: none. */
size_t page_overview_place(const json_t *plan, const json_t *source);

#endif
