/* SPDX-License-Identifier: MIT */
/* window: when a source is closed by its own timetable: weekly hours, dates and public holidays, in
 * Danish local time. Summer time is minded: what stands at 02:30 happens once in March (an hour on)
 * and lasts through both in October. Pure. */
#ifndef POLICY_WINDOW_H
#define POLICY_WINDOW_H

#include "policy/document.h"

enum { WINDOWS_MAX = 64, WINDOW_HOLIDAY = 7 /* the bit after Sunday's */ };

/* Closed from `from` to `to` minutes after midnight, on those days; `to` may be tomorrow's. */
struct window {
    unsigned days;    /* bit 0 Monday, 6 Sunday, 7 public holidays; 0: `date` alone */
    struct date date; /* absent: every week */
    int from, to;
};
struct windows {
    const struct window *at;
    size_t count;
};

/* Reads a list: [{"days": ["sun", "holiday"], "from": "02:00", "to": "04:00"},
 * {"dates": ["2026-12-24"]}]; absent hours: the whole day. It lies in the faults' arena. */
struct windows windows_parse(struct node list, struct faults *faults);

/* Is it closed now? Then *until says when it opens: at the end of the last of the windows that
 * follow without a pause. */
bool windows_are_closed(const struct windows *windows, struct wall now, struct wall *until);

#endif
