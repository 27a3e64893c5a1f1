/* SPDX-License-Identifier: MIT */
/* consent_request: the body of POST /v1/consents. Pure.
 *
 *     {"service": "budget", "kinds": ["benefit", "payment"], "until": "2027-06-30",
 *      "sources": ["atp.pension"]}
 *
 * `until` is the last day, or a date-time, to the second; `sources` may be absent: whichever hold
 * those kinds. */
#ifndef SERVE_CONSENT_REQUEST_H
#define SERVE_CONSENT_REQUEST_H

#include "base/problem.h"
#include "identity/consent.h"
#include "policy/snapshot.h"

/* Fills in service, kinds, sources and until, in the arena. False: *problem says which member is
 * wrong and what was expected. */
bool consent_request_parse(struct str body, const struct snapshot *snapshot, struct wall now,
                           struct arena *arena, struct consent *consent, struct problem *problem)
    __attribute__((warn_unused_result));

#endif
