/* SPDX-License-Identifier: MIT */
/* part: what became of one row of the plan: its outcome and, when it answered, the items that may
 * be shown, already written as JSON. Both forms of the answer, the whole document and the stream's
 * records, are written from parts, so that they cannot say different things. */
#ifndef OVERVIEW_PART_H
#define OVERVIEW_PART_H

#include "overview/attention.h"
#include "policy/exposure.h"
#include "policy/plan.h"

/* A shown item: where its JSON stands in the part, and what sorting and merging need of it. */
struct shown {
    size_t at, len;
    enum item_kind kind;
    struct wall changed;
    struct str id; /* the source's own; orders, never leaves */
    struct str handle;
    struct str duplicate; /* key that a duplicate in another source would have too; STR_NONE */
    bool is_open_case;
    enum awaiting awaiting;      /* of an open case */
    struct attention *attention; /* NULL: nothing to do */
};

enum { PART_ATTEMPTS_MAX = 8 }; /* kept of one row; the rest are counted */

enum attempt_kind {
    ATTEMPT_FIRST, /* of its page */
    ATTEMPT_RETRY, /* after one that failed */
    ATTEMPT_HEDGE, /* beside one that is slow */
};

/* One call of a row: what it was for, when things happened, how it ended. No data. */
struct attempt {
    struct fetch_times times;
    enum attempt_kind kind;
    unsigned page;     /* from 1 */
    bool is_over;      /* else `times` and `status` say nothing yet */
    bool is_cancelled; /* by us, before it ended: the overview's deadline, or a better answer */
    enum fetch_status status; /* unless cancelled */
    int http_status;          /* 0: none came */
};

struct part {
    const struct plan_row *row;
    size_t position; /* of the row in the plan */
    enum outcome outcome;
    const char *why; /* for logs and explanations: constant text, no data */
    instant started, settled;
    struct wall at;    /* when it settled, for people */
    struct wall as_of; /* the source's own word; unknown: as of the answer */
    const char *rule; /* which rule of ours decided the outcome: constant; NULL: none, the source */
    unsigned retry_after_s;
    unsigned pages;
    unsigned attempts, retries, hedges; /* calls in all, and of them */
    size_t bytes_in;                    /* received by all of them */
    struct attempt timeline[PART_ATTEMPTS_MAX];
    unsigned timeline_count;
    size_t held;         /* items the source holds, before exposure */
    bool is_optional;    /* an overview without it is complete */
    bool is_stale;       /* the source says itself that it is old */
    struct arena *arena; /* of what is shown. Arena and bytes are the row's own, with a ceiling */
    struct buf json;     /* each: no source can take the room of another. The items' bytes */
    struct shown *shown; /* count shown, in order: kind, changed descending, id */
    size_t shown_count, shown_cap;
    size_t withheld[EXPOSURE_VERDICT_COUNT];
    size_t would_withhold[EXPOSURE_VERDICT_COUNT]; /* by rules that are only observed */
};

int64_t part_elapsed_ms(const struct part *part); /* 0 for rows that were not asked */
/* Counts a new call and gives its place in the timeline; NULL: that is full. */
struct attempt *part_attempt(struct part *part, enum attempt_kind kind);
/* The bytes of a shown item, as JSON. */
struct str part_item(const struct part *part, const struct shown *shown);
/* Forgets what is shown and frees it. */
void part_clear(struct part *part, struct arena_pool *arenas);

/* How a transfer that brought no answer counts. Ours and theirs are kept apart: LATE is a matter of
 * patience, INVALID broke the contract, FAILED is the rest. */
enum outcome part_outcome_of(enum fetch_status status);

#endif
