/* SPDX-License-Identifier: MIT */
/* breaker: when a source that fails is left alone, and when it is tried again; a pure state machine
 * by time values. Closed: calls pass and are counted. Open: nobody asks until an instant. Half
 * open: one probe, then a few trials that must all succeed. Whoever holds it (overview/health) has
 * a lock.
 *
 * Beside it what is known of a source's health, as values: the plan reads them, overview/health
 * copies them out of its locks. */
#ifndef POLICY_BREAKER_H
#define POLICY_BREAKER_H

#include "base/clock.h"
#include "base/text.h"

/* ---- rules, as configured ---- */

/* Every rule is off, only watched (what it would have done is counted and logged) or in force. */
enum rule_mode { RULE_OFF, RULE_OBSERVE, RULE_ENFORCE };

struct breaker_rule {
    enum rule_mode mode;
    int64_t failures;       /* in a row open it */
    int64_t calls_min;      /* or, of at least so many calls in the window, */
    int64_t failed_percent; /* more than this share failed */
    int64_t window_s;
    int64_t open_ms, open_max_ms; /* the first time; doubled each time, up to */
    int64_t trials;               /* after the probe, all of which must succeed */
};

/* ---- the machine ---- */

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN };
struct str breaker_state_name(enum breaker_state state); /* "closed" "open" "half-open" */

enum { BREAKER_BUCKETS = 10 };

/* Zeroed memory is a closed breaker. */
struct breaker {
    enum breaker_state state;
    int64_t row; /* failures in a row */
    struct breaker_bucket {
        int64_t number; /* which slice of time */
        int32_t calls, failed;
    } buckets[BREAKER_BUCKETS]; /* of the window */
    instant opened, until;      /* open since and until then */
    int64_t open_ms;            /* how long it was opened, before jitter; 0: has not been */
    int64_t out, good;          /* half open: trials under way, and that succeeded */
    uint64_t round; /* counts changes of state: what began before one says nothing after */
    uint64_t trips;
};

/* What a call that has ended says of its source. */
enum call_verdict {
    CALL_NEUTRAL, /* nothing: we cut it, the client left, or the source refused this question */
    CALL_GOOD,
    CALL_BAD,
};

/* A permission to call; given back once by breaker_settle. */
struct breaker_pass {
    bool is_trial; /* it tries a half-open breaker */
    bool is_spent; /* it was settled already */
    uint64_t round;
};

/* Would a call pass now? Changes nothing. */
bool breaker_passes(const struct breaker *breaker, const struct breaker_rule *rule, instant now);
/* Lets a call pass, or not. */
bool breaker_claim(struct breaker *breaker, const struct breaker_rule *rule, instant now,
                   struct breaker_pass *pass) __attribute__((warn_unused_result));
/* How the call ended. `random` spreads the next try by a fifth to either side, so that not all
 * processes come back at once. Returns whether it opened the breaker. */
bool breaker_settle(struct breaker *breaker, const struct breaker_rule *rule,
                    struct breaker_pass pass, enum call_verdict verdict, instant now,
                    uint32_t random);
/* An open one is not tried before `then`: the end of a service window. */
void breaker_postpone(struct breaker *breaker, instant then);
/* Closes it and forgets what was counted. */
void breaker_close(struct breaker *breaker);

/* ---- health, as the plan sees it ---- */

enum { HEALTH_AUTHORITIES_MAX = 16 };

/* What an operator has decided about a source. */
enum source_mode {
    MODE_ON,
    MODE_DISABLED,    /* not asked: outcome OPEN */
    MODE_DRAINING,    /* not asked any more, what is under way may end: OPEN */
    MODE_MAINTENANCE, /* closed, with a message and perhaps an end: CLOSED */
};
struct str source_mode_name(enum source_mode mode); /* "on" "disabled" "draining" "maintenance" */
bool source_mode_parse(struct str name, enum source_mode *mode);

struct health_values {
    bool is_off;      /* the whole source, until a human re-arms it */
    size_t off_count; /* authorities of it that are off, by CVR */
    char off[HEALTH_AUTHORITIES_MAX][9];
    bool is_full;                    /* its calls in flight have reached their maximum */
    enum source_mode mode;           /* an operator's word; over when `mode_until` has passed */
    struct wall mode_until;          /* unknown: until somebody says otherwise */
    const struct text *mode_message; /* for people; NULL: none. Lives as long as the health */
    bool is_open;                    /* its breaker lets nobody pass */
    unsigned open_s;                 /* then: for so many seconds yet */
};

/* Is this authority of the source off? `cvr` STR_NONE asks for the source as a whole. */
bool health_is_off(const struct health_values *values, struct str cvr);
/* The operator's mode that counts at this time. */
enum source_mode health_mode(const struct health_values *values, struct wall now);

#endif
