/* SPDX-License-Identifier: MIT */
/* case_status: what each sending system means by its free text (Sagsstatus): whom a case waits for
 * and where it stands, from policies/case_status.json [D]. A text that is not in the table means
 * unknown, never "nothing to do". Pure. */
#ifndef POLICY_CASE_STATUS_H
#define POLICY_CASE_STATUS_H

#include "adapters/item.h"
#include "policy/document.h"

enum { CASE_STATUS_SYSTEMS_MAX = 500, CASE_STATUS_TEXTS_MAX = 20000 };

struct case_meaning {
    struct str system;       /* UUID or name of the sending system */
    struct str text;         /* compared without regard to case */
    enum awaiting awaiting;  /* AWAITING_UNKNOWN: not said */
    enum item_status status; /* STATUS_UNKNOWN: not said */
};

/* Zeroed memory is the empty table. */
struct case_status {
    struct case_meaning *at; /* sorted by system and text */
    size_t count;
};
void case_status_parse(struct node root, struct case_status *table, struct arena *arena,
                       struct faults *faults);
const struct case_meaning *case_status_find(const struct case_status *table, struct str system,
                                            struct str text);

/* Takes over what the sender's text means, for a case of which the source has not said more: whom
 * it waits for, unless that is known; where it stands, when that is unknown or merely "opened",
 * which senders use for all that is not decided. */
void case_status_apply(const struct case_status *table, struct item *item);

#endif
