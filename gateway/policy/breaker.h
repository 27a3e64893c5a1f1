/* SPDX-License-Identifier: MIT */
/* breaker: what is known of a source's health, as values: the plan reads them, overview/health
 * copies them out of its locks. Today: the switch that a foreign answer throws, and an operator's.
 * (The breaker proper comes with the policy engine.) */
#ifndef POLICY_BREAKER_H
#define POLICY_BREAKER_H

#include "base/str.h"

enum { HEALTH_AUTHORITIES_MAX = 16 };

struct health_values {
    bool is_off;      /* the whole source, until a human re-arms it */
    size_t off_count; /* authorities of it that are off, by CVR */
    char off[HEALTH_AUTHORITIES_MAX][9];
    bool is_full; /* its calls in flight have reached their maximum */
};

/* Is this authority of the source off? `cvr` STR_NONE asks for the source as a whole. */
bool health_is_off(const struct health_values *values, struct str cvr);

#endif
