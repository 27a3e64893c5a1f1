/* SPDX-License-Identifier: MIT */
/* export_details: what an item tells beside its title, as labels and values in words, for pages and
 * cards alike. Its history, contacts and links are lists of their own and not among them. Pure. */
#ifndef OVERVIEW_EXPORT_DETAILS_H
#define OVERVIEW_EXPORT_DETAILS_H

#include "overview/export_item.h"
#include "overview/export_words.h"

enum { EXPORT_MOMENT_TEXT = 128 };

/* Called for each that the item has; what it gets is borrowed for the call. */
typedef void export_detail_fn(void *ctx, struct str label, struct str value);
void export_details(const struct export_item *of, enum language language, export_detail_fn *each,
                    void *ctx);

/* "19. november 2026 kl. 10.42" */
struct str export_moment(struct wall time, enum language language, char text[EXPORT_MOMENT_TEXT]);

#endif
