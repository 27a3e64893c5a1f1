/* SPDX-License-Identifier: MIT */
/* report_page: a report as one HTML page, in Danish or English: a table for each group, whose first
 * column shows as a bar what became of the calls, and what each column means. It loads nothing and
 * runs nothing. Pure. */
#ifndef RECORD_REPORT_PAGE_H
#define RECORD_REPORT_PAGE_H

#include "record/report_output.h"

void report_page_write(const struct report *report, const struct report_context *context,
                       struct buf *out);

#endif
