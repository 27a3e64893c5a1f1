/* SPDX-License-Identifier: MIT */
/* mandate_services: Digital Fuldmagt and a custody register as services (docs/mandate-contract.md),
 * over data/digital-fuldmagt.json:
 *
 *   "persons": {"viggo": {"name", "cpr"}}    who is in no other story, such as children
 *   "/fuldmagt/1", "/foraeldremyndighed/1": [mandate, ...]
 *
 *   mandate: id giver receiver (ids of persons or citizens) profile ("1.1" or "1.2")
 *     groups: [{"for" (whom else than the giver), privileges, kle, constraint (another's name)}]
 *     from to revoked; case: its UUID; case_closed; times in the words of state_data.h
 *
 * The control port changes the times while it runs (POST /mandates). */
#ifndef SANDBOX_MANDATE_SERVICES_H
#define SANDBOX_MANDATE_SERVICES_H

#include "adapters/sandbox/service.h"

enum { MANDATE_SERVICES = 2 };
extern const struct sandbox_service mandate_services[MANDATE_SERVICES];

/* {"id": "…", "revoked": "2026-11-28T10:00:00+01:00", "to": null, …}: sets or takes away members of
 * the mandate of this id. False: there is none, or `wish` is not of this form. */
bool mandate_change(json_t *holdings, const json_t *wish) __attribute__((warn_unused_result));

#endif
