/* SPDX-License-Identifier: MIT */
/* consent_citizen: how reading by consent begins. Only serve/consent_check, which has just asked
 * the store, and tests may include this (tests/unit/layers checks it). */
#ifndef IDENTITY_CONSENT_CITIZEN_H
#define IDENTITY_CONSENT_CITIZEN_H

#include "base/arena.h"
#include "identity/citizen.h"
#include "identity/consent.h"

/* The citizen whose data a service reads, in the arena: nobody logged in, so there is no actor and
 * no name. `client` is the service's client id. NULL: the consent is not in force, or the arena is
 * full. */
const struct citizen *consent_citizen(struct arena *arena, const struct consent *consent,
                                      const struct cpr *subject, struct str client, struct wall now)
    __attribute__((warn_unused_result));

#endif
