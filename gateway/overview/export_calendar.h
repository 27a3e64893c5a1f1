/* SPDX-License-Identifier: MIT */
/* export_calendar: the dates of an overview as a calendar file (iCalendar, RFC 5545): payments due,
 * credentials that end, deadlines and appointments from today on, however far ahead. Whole days but
 * for appointments with a time. The UID of an item stays the same, so that a later file moves its
 * entry instead of adding another.
 *
 * What is missing is said in X-OVERBLIK-MISSING, one a source, and, since no calendar shows that,
 * as an entry on the day the file was made; one says too when there is nothing ahead. Pure. */
#ifndef OVERVIEW_EXPORT_CALENDAR_H
#define OVERVIEW_EXPORT_CALENDAR_H

#include "overview/export_visit.h"

bool export_calendar(const struct export *export, struct buf *out)
    __attribute__((warn_unused_result));

/* "NAME:text" with text escaped, folded at 75 octets between characters (RFC 5545, 3.1). */
void export_calendar_line(struct str name, struct str text, struct buf *out);

#endif
