/* SPDX-License-Identifier: MIT */
/* access_view: what a person is told of a look-up of their data, out of its two records. Pure;
 * texts are borrowed from the records' bytes or lie in the arena. */
#ifndef RECORD_ACCESS_VIEW_H
#define RECORD_ACCESS_VIEW_H

#include "base/arena.h"
#include "base/clock.h"

enum { ACCESS_ROWS_MAX = 1000, ACCESS_STATUS_UNKNOWN = -1 };

/* A source that was asked. */
struct access_row {
    struct str source, authority; /* authority: a municipality's code; STR_NONE: the source's own */
    struct str state;             /* STR_NONE: not known how it ended */
    int64_t items;                /* shown; -1: not known */
};

struct access_view {
    struct str receipt, operation, portal, purpose;
    struct str mandate;          /* STR_NONE: none */
    struct str service, consent; /* STR_NONE: none */
    struct str operator;         /* who looked at the operator's; STR_NONE: nobody */
    struct wall time;
    bool is_by_another; /* who looked is not whose data it is */
    int status;         /* of the answer; 0: the client left; or ACCESS_STATUS_UNKNOWN */
    struct access_row *rows;
    size_t row_count;
};

/* From the intent; then, when there is one, from the outcome. False: not such a record, or the
 * arena is full. Members that are not known are passed over. */
bool access_view_intent(struct str body, struct arena *arena, struct access_view *view)
    __attribute__((warn_unused_result));
bool access_view_outcome(struct str body, struct arena *arena, struct access_view *view)
    __attribute__((warn_unused_result));

#endif
