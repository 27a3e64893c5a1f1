/* SPDX-License-Identifier: MIT */
/* health: what the process knows of each source, across workers, requests and reloads: calls in
 * flight, its breaker, what is switched off, what an operator has decided. One small locked struct
 * per source id. A foreign answer switches source × owner authority off until a human re-arms it.
 */
#ifndef OVERVIEW_HEALTH_H
#define OVERVIEW_HEALTH_H

#include "policy/latency.h"
#include "policy/rules.h"

struct health;
struct health_entry; /* one source; lives as long as the health */

struct health *health_new(void);
void health_free(struct health **health);

/* The entry of this source, made when it is new. Thread-safe, as all that follows. */
struct health_entry *health_entry(struct health *health, struct str source);

/* A copy of what is known. `in_flight_max` decides is_full. Returns whether its breaker is anything
 * but closed. */
bool health_read(struct health_entry *entry, const struct rules *rules, int64_t in_flight_max,
                 instant now, struct health_values *values);

/* ---- calls ---- */

enum health_claim {
    HEALTH_GIVEN,
    HEALTH_FULL,    /* calls in flight have reached the owner's maximum */
    HEALTH_LIMITED, /* or what the source seems to bear */
    HEALTH_OPEN,    /* its breaker lets nobody pass */
};
/* Both clocks, and a number that nobody can foresee. */
struct health_now {
    instant now;
    struct wall wall;
    uint32_t random;
};
enum health_change { HEALTH_SAME, HEALTH_OPENED, HEALTH_CLOSED };

/* Takes a place among the calls in flight and a pass of the breaker. Every claim that is given is
 * released once, with that pass. *would: RULE_BITs of rules that are only watched and would have
 * refused it. */
enum health_claim health_claim(struct health_entry *entry, const struct rules *rules,
                               int64_t in_flight_max, instant now, struct breaker_pass *pass,
                               unsigned *would) __attribute__((warn_unused_result));
/* `why`: constant text, kept of a call that was BAD. An opened breaker is not tried again before a
 * service window has ended. */
enum health_change health_release(struct health_entry *entry, const struct rules *rules,
                                  struct breaker_pass pass, enum call_verdict verdict,
                                  const char *why, const struct health_now *now);
/* One attempt has brought an answer, or none, after so long: what latency and limit learn from. */
void health_note(struct health_entry *entry, const struct rules *rules, int64_t in_flight_max,
                 int64_t took_us, bool is_answer, instant now);
int64_t health_in_flight(struct health_entry *entry);

/* A call has failed before anything came back: may it be repeated, with so much time left? Then its
 * pass was settled as BAD, and *pass is a new one. A trial of a half-open breaker never is. */
bool health_retry(struct health_entry *entry, const struct rules *rules, struct breaker_pass *pass,
                  const char *why, int64_t left_us, const struct health_now *now, unsigned *would,
                  enum health_change *change) __attribute__((warn_unused_result));
/* How long to wait for an answer before a second call is made beside the first; 0: never. */
int64_t health_hedge_us(struct health_entry *entry, const struct rules *rules);
/* May it be made now? It takes a place of its own, given back by health_unhedge. */
bool health_hedge(struct health_entry *entry, const struct rules *rules, int64_t in_flight_max,
                  instant now, unsigned *would) __attribute__((warn_unused_result));
void health_unhedge(struct health_entry *entry);

/* A rule has decided, or would have. */
void health_count(struct health_entry *entry, enum rule_kind rule, bool is_observed);
/* A shadow's items were as many times equal and different. */
void health_count_shadow(struct health_entry *entry, size_t equal, size_t different);

/* ---- switches ---- */

/* Off until re-armed; `cvr` STR_NONE: the whole source. Returns false when it was off already. */
bool health_switch_off(struct health_entry *entry, struct str cvr);
/* A human has looked: the source is on with all its authorities, and its breaker closed. */
void health_rearm(struct health_entry *entry);
/* One authority of it. False: it was not off, or all of the source is. */
bool health_rearm_authority(struct health_entry *entry, struct str cvr);

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
    uint64_t calls, failures; /* since the start: good and bad, and bad */
    uint64_t retries, hedges;
    uint64_t enforced[RULE_KIND_COUNT], observed[RULE_KIND_COUNT]; /* refused, or would have */
    uint64_t shadow_equal, shadow_different;
    int64_t limit;                  /* calls at once that it seems to bear; 0: nothing is known */
    int64_t p50_us, p95_us, p99_us; /* of its answers; 0: too few */
    bool is_ill;                    /* its breaker is anything but closed */
    instant ill_since;              /* … since then */
    int64_t ill_us;                 /* … and was in all, before that */
    const char *last_error;         /* of a call: constant text; NULL: none yet */
    struct wall last_error_at;
};
/* Tells of each source that is known, in no order; not from inside another call of this header. */
typedef void health_each_fn(void *ctx, const struct health_report *report);
void health_each(struct health *health, health_each_fn *each, void *ctx);

#endif
