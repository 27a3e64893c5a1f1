/* SPDX-License-Identifier: MIT */
/* mandate_citizen: how acting for another begins. Only serve/mandate_check, which has just asked
 * the mandate's source, and tests may include this (tests/unit/layers checks it). */
#ifndef IDENTITY_MANDATE_CITIZEN_H
#define IDENTITY_MANDATE_CITIZEN_H

#include "identity/mandate.h"

/* The citizen that the receiver is while acting for the giver, in the arena. `actor` is who logged
 * in; `reference` names the mandate in answers and records, without naming persons. NULL: the
 * mandate is not in force, is another's, or is one's own; or the arena is full. */
const struct citizen *mandate_citizen(struct arena *arena, const struct mandate *mandate,
                                      const struct mandate_ages *ages, const struct citizen *actor,
                                      struct str reference, struct wall now)
    __attribute__((warn_unused_result));

#endif
