/* SPDX-License-Identifier: MIT */
/* model: what must be seen of a request, worked out from the script alone, by the words of the
 * design and without the code that is tested: which rows, how each may end and when, which items
 * are shown and in what order, and what the whole overview then says. */
#ifndef SIMULATION_MODEL_H
#define SIMULATION_MODEL_H

#include "script.h"

enum { ROW_ITEMS_MAX = PAGES_MAX * ITEMS_MAX, SHOWN_MAX = ROWS_MAX * ROW_ITEMS_MAX };

/* What a foreign answer has switched off at one source. */
struct model_off {
    bool whole, own, municipality[MUNICIPALITIES];
};

struct model_row {
    unsigned source, municipality;
    bool has_municipality;
    enum outcome skip;      /* PENDING: asked */
    unsigned allowed;       /* bits of outcomes: more than one where two things come in one tick */
    bool is_loose;          /* a ceiling may end it at any page */
    instant settles;        /* the tick */
    enum outcome positive;  /* when it answers: ANSWERED, EMPTY or STALE */
    int64_t as_of_ms;       /* when it answers; 0: not said */
    unsigned retry_after_s; /* when it ends by an HTTP error */
    const struct script_row *script;
    const struct script_item *items[ROW_ITEMS_MAX]; /* shown when it answers, in order */
    size_t item_count;
};

struct model {
    struct model_row rows[ROWS_MAX];
    size_t count;
    unsigned subject;
    instant starts, deadline, hard; /* exact */
    instant settled;                /* tick of the last row */
    instant recorded;               /* tick of the record's end; INSTANT_NEVER */
    bool is_loose;
};

/* `in_flight`: calls under way at each source; `now`: the start, as the calendar says it. */
void model_make(const struct script *script, unsigned request, const struct model_off *off,
                const unsigned *in_flight, instant starts, struct wall now, struct model *model);
/* The row of a question; NULL: nobody may ask it. */
const struct model_row *model_find_row(const struct model *model, unsigned source,
                                       unsigned municipality);
/* Is this page foreign? If so, *off grows by what it switches off. */
bool model_switches_off(const struct script *script, const struct model_row *row, unsigned page,
                        struct model_off *off);
/* Must the connection be closed that this page came over? */
bool model_must_distrust(const struct script *script, const struct model_row *row, unsigned page);

/* Once it is known how each row has ended: */
struct model_sum {
    size_t asked, answered;
    bool is_complete;
    int status;
    size_t open_cases;
    int64_t awaiting_you; /* -1: unknown */
    struct model_shown {
        size_t row;
        const struct script_item *item;
        size_t kept_by; /* index of the item it doubles, or SIZE_MAX */
    } shown[SHOWN_MAX]; /* in the document's order, doubles included */
    size_t shown_count, dropped, things_to_do;
};
void model_add_up(const struct model *model, const enum outcome *outcomes, struct model_sum *sum);
/* The status of a detail's reply. */
int model_detail_status(const struct model *model, const enum outcome *outcomes, unsigned number);

#endif
