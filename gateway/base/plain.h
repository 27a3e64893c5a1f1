/* SPDX-License-Identifier: MIT */
/* plain: text of others on a terminal. What moves a cursor, changes a colour or turns the direction
 * of reading is no text: control characters, and those of Unicode that reorder what stands beside
 * them, are shown as U+FFFD, as bytes are that are no UTF-8. */
#ifndef BASE_PLAIN_H
#define BASE_PLAIN_H

#include "base/buf.h"

/* One line: ends of lines and tabs become spaces. */
void plain_add(struct buf *out, struct str text);
/* At most `width` columns of it, "…" where it is cut. Returns the columns that it takes. */
size_t plain_add_cut(struct buf *out, struct str text, size_t width);

/* Columns that it takes: characters, and none for those that combine (U+0300 to U+036F). */
size_t plain_width(struct str text);

#endif
