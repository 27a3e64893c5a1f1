/* SPDX-License-Identifier: MIT */
/* health: what the process knows of each source, across workers, requests and reloads: calls in
 * flight, and what is switched off. One small locked struct per source id. A foreign answer
 * switches source × owner authority off until a human re-arms it. */
#ifndef OVERVIEW_HEALTH_H
#define OVERVIEW_HEALTH_H

#include "policy/breaker.h"

struct health;
struct health_entry; /* one source; lives as long as the health */

struct health *health_new(void);
void health_free(struct health **health);

/* The entry of this source, made when it is new. Thread-safe. */
struct health_entry *health_entry(struct health *health, struct str source);

/* A copy of what is known. `in_flight_max` decides is_full. */
void health_read(struct health_entry *entry, int64_t in_flight_max, struct health_values *values);

/* Takes a place among the calls in flight; false: full. Every claim is released once. */
bool health_claim(struct health_entry *entry, int64_t in_flight_max)
    __attribute__((warn_unused_result));
void health_release(struct health_entry *entry);
int64_t health_in_flight(struct health_entry *entry);

/* Off until re-armed; `cvr` STR_NONE: the whole source. Returns false when it was off already. */
bool health_switch_off(struct health_entry *entry, struct str cvr);
void health_rearm(struct health_entry *entry);
void health_rearm_all(struct health *health);

#endif
