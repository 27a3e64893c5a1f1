/* SPDX-License-Identifier: MIT */
/* export_csv: the payments of an overview as a table for spreadsheets (RFC 4180, UTF-8 with the
 * byte order mark that spreadsheets know it by). The first column tells of what is missing, and
 * those rows stand on top, right under the headings: who looks at the table sees them first, and
 * who sums the amounts sums nothing of them. Amounts have a point and two decimals, dates are ISO
 * 8601.
 *
 * A text that a spreadsheet would take for a formula gets an apostrophe in front. Pure. */
#ifndef OVERVIEW_EXPORT_CSV_H
#define OVERVIEW_EXPORT_CSV_H

#include "overview/export_visit.h"

bool export_csv(const struct export *export, struct buf *out) __attribute__((warn_unused_result));

/* One text as a quoted cell: quotes doubled, a formula disarmed, control characters as spaces. */
void export_csv_cell(struct str text, struct buf *out);

#endif
