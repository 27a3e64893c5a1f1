/* SPDX-License-Identifier: MIT */
/* attention: what the citizen should do, derived from the items that are shown: a case that waits
 * for them, a payment that is due, a credential that ends soon, an appointment or a deadline. */
#ifndef OVERVIEW_ATTENTION_H
#define OVERVIEW_ATTENTION_H

#include "policy/settings.h"
#include "policy/texts.h"

struct attention {
    enum attention_type type;
    struct date date;     /* the last day, or the day it happens; absent: none is known */
    struct str handle;    /* of the item; as in its JSON */
    struct str title;     /* the item's */
    struct str authority; /* its name */
    struct str link;      /* where to do it; STR_NONE */
    size_t row;           /* of the plan; a stable second order */
};

/* Is the item a case that is not decided, closed or turned down? */
bool item_is_open_case(const struct item *item);

/* Is there something to do about this item? Fills all but handle and row; strings are borrowed. */
bool attention_find(const struct item *item, const struct settings *settings, struct date today,
                    struct attention *attention) __attribute__((warn_unused_result));

/* Soonest first; those without a date come first of all, since they wait already. */
int attention_compare(const struct attention *a, const struct attention *b);

#endif
