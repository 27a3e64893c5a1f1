/* SPDX-License-Identifier: MIT */
/* health: what the process knows of each source, across workers, requests and reloads: calls in
 * flight, its breaker, what is switched off, what an operator has decided. One small locked struct
 * per source id. A foreign answer switches source × owner authority off until a human re-arms it.
 */
#ifndef OVERVIEW_HEALTH_H
#define OVERVIEW_HEALTH_H

#include "policy/breaker.h"

struct health;
struct health_entry; /* one source; lives as long as the health */

struct health *health_new(void);
void health_free(struct health **health);

/* The entry of this source, made when it is new. Thread-safe, as all that follows. */
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
/* A human has looked: the source is on with all its authorities, and its breaker closed. */
void health_rearm(struct health_entry *entry);
/* One authority of it. False: it was not off, or all of the source is. */
bool health_rearm_authority(struct health_entry *entry, struct str cvr);
void health_rearm_all(struct health *health); /* the switches; breakers stay as they are */

/* What an operator decides. `until` unknown: until somebody says otherwise; `message` NULL: none
 * (it is copied). False: too many messages are remembered, nothing was changed. */
bool health_set_mode(struct health_entry *entry, enum source_mode mode, struct wall until,
                     const struct text *message) __attribute__((warn_unused_result));

/* ---- for operators ---- */

struct health_report {
    struct str source; /* borrowed from the entry */
    struct health_values values;
    int64_t in_flight;
    enum breaker_state breaker;
    instant breaker_until; /* when open */
    uint64_t trips;
    uint64_t calls, failures; /* counted by the breaker, since the start */
    const char *last_error;   /* of a call: constant text; NULL: none yet */
    struct wall last_error_at;
};
/* Tells of each source that is known, in no order; not from inside another call of this header. */
typedef void health_each_fn(void *ctx, const struct health_report *report);
void health_each(struct health *health, health_each_fn *each, void *ctx);

#endif
