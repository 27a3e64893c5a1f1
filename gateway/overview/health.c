/* SPDX-License-Identifier: MIT */
#include "overview/health.h"

#include "base/die.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { MESSAGES_MAX = 10000, MESSAGE_BYTES_MAX = 1000, BUCKETS = 1024 /* a power of two */ };

/* What operators have said, each text once: it is lent to requests, so it stays. */
struct message {
    struct message *next;
    struct text text;
    char bytes[];
};

struct health_entry {
    struct health_entry *next;   /* of all */
    struct health_entry *beside; /* of those in its bucket */
    struct health *health;
    char *source;
    atomic_int_least64_t in_flight;
    pthread_mutex_t lock;     /* guards all that follows */
    atomic_bool is_unusual;   /* lets the usual case read without the lock */
    struct health_values off; /* the switches and the mode */
    struct breaker breaker;
    struct budget retry, hedge;
    struct limit limit;
    struct latency latency;
    uint64_t calls, failures, retries, hedges;
    uint64_t enforced[RULE_KIND_COUNT], observed[RULE_KIND_COUNT];
    uint64_t shadow_equal, shadow_different;
    const char *last_error;
    struct wall last_error_at;
    bool is_ill;       /* its breaker is anything but closed */
    instant ill_since; /* … since then */
    int64_t ill_us;    /* … and was in all, before that */
};

struct health {
    pthread_mutex_t lock; /* guards the lists; nothing is ever removed */
    struct health_entry *first;
    struct health_entry *buckets[BUCKETS]; /* by the hash of their sources */
    struct message *messages;
    size_t message_count;
};

struct health *health_new(void)
{
    struct health *health = die_calloc(1, sizeof *health);
    pthread_mutex_init(&health->lock, NULL);
    return health;
}

void health_free(struct health **slot)
{
    struct health *health = *slot;
    if (!health)
        return;
    while (health->first) {
        struct health_entry *entry = health->first;
        health->first = entry->next;
        pthread_mutex_destroy(&entry->lock);
        free(entry->source);
        free(entry);
    }
    while (health->messages) {
        struct message *message = health->messages;
        health->messages = message->next;
        free(message);
    }
    pthread_mutex_destroy(&health->lock);
    free(health);
    *slot = NULL;
}

struct health_entry *health_entry(struct health *health, struct str source)
{
    struct health_entry **bucket = &health->buckets[str_hash(source) & (BUCKETS - 1)];

    pthread_mutex_lock(&health->lock);
    struct health_entry *entry = *bucket;
    while (entry && !str_equal(str_of(entry->source), source))
        entry = entry->beside;
    if (!entry) {
        entry = die_calloc(1, sizeof *entry);
        entry->source = die_calloc(1, source.len + 1);
        memcpy(entry->source, source.at, source.len);
        pthread_mutex_init(&entry->lock, NULL);
        entry->health = health;
        entry->next = health->first;
        health->first = entry;
        entry->beside = *bucket;
        *bucket = entry;
    }
    pthread_mutex_unlock(&health->lock);
    return entry;
}

/* With the lock held: does anything stand in the way of the usual case? */
static void note_unusual(struct health_entry *entry)
{
    const struct health_values *off = &entry->off;
    atomic_store(&entry->is_unusual, off->is_off || off->off_count > 0 || off->mode != MODE_ON ||
                                         entry->breaker.state != BREAKER_CLOSED);
}

/* The time by which an open breaker is judged. Where a source is probed citizens find it open a
 * while longer, so that the probe comes first; and the probe, which burdens nobody, need not wait
 * twice as long each time. */
static instant breaker_time(const struct breaker *breaker, const struct rules *rules, instant now)
{
    if (breaker->state != BREAKER_OPEN)
        return now;
    if (rules->is_probe && now >= instant_after_ms(breaker->opened, rules->breaker.open_ms))
        return now > breaker->until ? now : breaker->until;
    return now - instant_after_ms(0, rules->probe_grace_ms);
}

bool health_read(struct health_entry *entry, const struct rules *rules, int64_t in_flight_max,
                 instant now, struct health_values *values)
{
    bool is_ill = false;
    if (atomic_load(&entry->is_unusual)) {
        pthread_mutex_lock(&entry->lock);
        *values = entry->off;
        values->is_open = rules->breaker.mode != RULE_OFF &&
                          !breaker_passes(&entry->breaker, &rules->breaker,
                                          breaker_time(&entry->breaker, rules, now));
        is_ill = entry->breaker.state != BREAKER_CLOSED;
        if (values->is_open && entry->breaker.state == BREAKER_OPEN)
            values->open_s = (unsigned)((instant_left_ms(now, entry->breaker.until) + 999) / 1000);
        pthread_mutex_unlock(&entry->lock);
    } else {
        memset(values, 0, sizeof *values);
    }
    values->is_full = atomic_load(&entry->in_flight) >= in_flight_max;
    return is_ill;
}

/* ---- calls ---- */

static bool take_place(struct health_entry *entry, int64_t most)
{
    if (atomic_fetch_add(&entry->in_flight, 1) < most)
        return true;
    atomic_fetch_sub(&entry->in_flight, 1);
    return false;
}

static void give_place(struct health_entry *entry)
{
    int64_t before = atomic_fetch_sub(&entry->in_flight, 1);
    assert(before > 0);
}

/* A rule would refuse: does it? */
static bool refuses(struct health_entry *entry, enum rule_mode mode, enum rule_kind kind,
                    unsigned *would)
{
    if (mode == RULE_ENFORCE) {
        entry->enforced[kind]++;
        return true;
    }
    if (mode == RULE_OBSERVE) {
        entry->observed[kind]++;
        *would |= RULE_BIT(kind);
    }
    return false;
}

/* A pass that no settling ever counts. */
static struct breaker_pass no_pass(void)
{
    return (struct breaker_pass){.round = UINT64_MAX};
}

static struct budget_rule hedge_budget(const struct rules *rules)
{
    return (struct budget_rule){.mode = rules->hedge.mode,
                                .percent = rules->hedge.percent,
                                .window_s = rules->hedge.window_s};
}

/* With the lock held. False: the breaker lets nobody pass. */
static bool take_pass(struct health_entry *entry, const struct rules *rules, instant now,
                      struct breaker_pass *pass, unsigned *would)
{
    *pass = no_pass();
    if (rules->breaker.mode == RULE_OFF)
        return true;
    instant then = breaker_time(&entry->breaker, rules, now);
    if (breaker_claim(&entry->breaker, &rules->breaker, then, pass)) {
        note_unusual(entry);
        return true;
    }
    return !refuses(entry, rules->breaker.mode, RULE_BREAKER, would);
}

enum health_claim health_claim(struct health_entry *entry, const struct rules *rules,
                               int64_t in_flight_max, instant now, struct breaker_pass *pass,
                               unsigned *would)
{
    enum health_claim claim = HEALTH_GIVEN;
    struct budget_rule hedging = hedge_budget(rules);
    *would = 0;
    if (!take_place(entry, in_flight_max))
        return HEALTH_FULL;
    pthread_mutex_lock(&entry->lock);
    if (rules->limit.mode != RULE_OFF &&
        atomic_load(&entry->in_flight) > limit_value(&entry->limit, &rules->limit, in_flight_max) &&
        refuses(entry, rules->limit.mode, RULE_LIMIT, would))
        claim = HEALTH_LIMITED;
    else if (!take_pass(entry, rules, now, pass, would))
        claim = HEALTH_OPEN;
    if (claim == HEALTH_GIVEN) {
        budget_note(&entry->retry, &rules->retry, now);
        if (rules->hedge.is_allowed)
            budget_note(&entry->hedge, &hedging, now);
    }
    pthread_mutex_unlock(&entry->lock);
    if (claim != HEALTH_GIVEN)
        give_place(entry);
    return claim;
}

/* The next try of a breaker that has just opened is put off to the end of a service window. */
static void mind_windows(struct health_entry *entry, const struct rules *rules,
                         const struct health_now *now)
{
    const struct text *message;
    const char *rule;
    struct wall until = WALL_NONE, then = now->wall;
    then.unix_ms += instant_left_ms(now->now, entry->breaker.until);
    if (rules_close(rules, then, &until, &message, &rule) && until.known)
        breaker_postpone(&entry->breaker,
                         instant_after_ms(now->now, until.unix_ms - now->wall.unix_ms));
}

/* With the lock held: the breaker may have changed. */
static void note_breaker(struct health_entry *entry, instant now)
{
    bool is_ill = entry->breaker.state != BREAKER_CLOSED;
    if (entry->is_ill && !is_ill)
        entry->ill_us += now - entry->ill_since; /* instants are microseconds */
    if (!entry->is_ill && is_ill)
        entry->ill_since = now;
    entry->is_ill = is_ill;
}

/* With the lock held. */
static enum health_change settle(struct health_entry *entry, const struct rules *rules,
                                 struct breaker_pass pass, enum call_verdict verdict,
                                 const char *why, const struct health_now *now)
{
    enum breaker_state before = entry->breaker.state;
    if (pass.is_spent)
        return HEALTH_SAME;
    entry->calls += verdict != CALL_NEUTRAL;
    entry->failures += verdict == CALL_BAD;
    if (verdict == CALL_BAD) {
        entry->last_error = why;
        entry->last_error_at = now->wall;
    }
    if (breaker_settle(&entry->breaker, &rules->breaker, pass, verdict, now->now, now->random)) {
        mind_windows(entry, rules, now);
        note_unusual(entry);
        note_breaker(entry, now->now);
        return HEALTH_OPENED;
    }
    if (entry->breaker.state == before)
        return HEALTH_SAME;
    note_unusual(entry);
    note_breaker(entry, now->now);
    return HEALTH_CLOSED;
}

enum health_change health_release(struct health_entry *entry, const struct rules *rules,
                                  struct breaker_pass pass, enum call_verdict verdict,
                                  const char *why, const struct health_now *now)
{
    pthread_mutex_lock(&entry->lock);
    enum health_change change = settle(entry, rules, pass, verdict, why, now);
    pthread_mutex_unlock(&entry->lock);
    give_place(entry);
    return change;
}

void health_note(struct health_entry *entry, const struct rules *rules, int64_t in_flight_max,
                 int64_t took_us, bool is_answer, instant now)
{
    pthread_mutex_lock(&entry->lock);
    if (is_answer)
        latency_note(&entry->latency, took_us);
    if (rules->limit.mode != RULE_OFF)
        limit_note(&entry->limit, &rules->limit, in_flight_max, took_us, now);
    pthread_mutex_unlock(&entry->lock);
}

bool health_retry(struct health_entry *entry, const struct rules *rules, struct breaker_pass *pass,
                  const char *why, int64_t left_us, const struct health_now *now, unsigned *would,
                  enum health_change *change)
{
    bool is_given = false;
    *would = 0;
    *change = HEALTH_SAME;
    if (rules->retry.mode == RULE_OFF || pass->is_trial)
        return false;
    pthread_mutex_lock(&entry->lock);
    if (left_us > 0 && left_us >= latency_percentile(&entry->latency, 50) &&
        budget_take(&entry->retry, &rules->retry, now->now)) {
        if (rules->retry.mode == RULE_OBSERVE) {
            entry->observed[RULE_RETRY]++;
            *would |= RULE_BIT(RULE_RETRY);
        } else {
            *change = settle(entry, rules, *pass, CALL_BAD, why, now);
            is_given = take_pass(entry, rules, now->now, pass, would);
            if (is_given)
                entry->retries++;
            else
                pass->is_spent = true;
        }
    }
    pthread_mutex_unlock(&entry->lock);
    return is_given;
}

enum { HEDGE_LEAST_US = 50000 };

int64_t health_hedge_us(struct health_entry *entry, const struct rules *rules)
{
    int64_t after_us = rules->hedge.after_ms * 1000;
    if (!rules->hedge.is_allowed || rules->hedge.mode == RULE_OFF)
        return 0;
    if (after_us == 0) {
        pthread_mutex_lock(&entry->lock);
        after_us = latency_percentile(&entry->latency, 95);
        pthread_mutex_unlock(&entry->lock);
        if (after_us == 0)
            return 0; /* not enough is known yet */
    }
    return after_us > HEDGE_LEAST_US ? after_us : HEDGE_LEAST_US;
}

bool health_hedge(struct health_entry *entry, const struct rules *rules, int64_t in_flight_max,
                  instant now, unsigned *would)
{
    struct budget_rule rule = hedge_budget(rules);
    *would = 0;
    if (!take_place(entry, in_flight_max))
        return false;
    pthread_mutex_lock(&entry->lock);
    bool is_given =
        entry->breaker.state == BREAKER_CLOSED && budget_take(&entry->hedge, &rule, now);
    if (is_given && rules->hedge.mode == RULE_OBSERVE) {
        entry->observed[RULE_HEDGE]++;
        *would |= RULE_BIT(RULE_HEDGE);
        is_given = false;
    }
    entry->hedges += is_given;
    pthread_mutex_unlock(&entry->lock);
    if (!is_given)
        give_place(entry);
    return is_given;
}

void health_unhedge(struct health_entry *entry)
{
    give_place(entry);
}

int64_t health_in_flight(struct health_entry *entry)
{
    return atomic_load(&entry->in_flight);
}

void health_count(struct health_entry *entry, enum rule_kind rule, bool is_observed)
{
    pthread_mutex_lock(&entry->lock);
    if (is_observed)
        entry->observed[rule]++;
    else
        entry->enforced[rule]++;
    pthread_mutex_unlock(&entry->lock);
}

void health_count_shadow(struct health_entry *entry, size_t equal, size_t different)
{
    pthread_mutex_lock(&entry->lock);
    entry->shadow_equal += equal;
    entry->shadow_different += different;
    pthread_mutex_unlock(&entry->lock);
}

/* ---- switches ---- */

bool health_switch_off(struct health_entry *entry, struct str cvr)
{
    pthread_mutex_lock(&entry->lock);
    struct health_values *off = &entry->off;
    bool is_news = !health_is_off(off, cvr);
    if (is_news) {
        /* A number that is none, or one too many to remember: the whole source is off. */
        if (cvr.len != sizeof off->off[0] - 1 || off->off_count == HEALTH_AUTHORITIES_MAX)
            off->is_off = true;
        else
            memcpy(off->off[off->off_count++], cvr.at, cvr.len);
        note_unusual(entry);
    }
    pthread_mutex_unlock(&entry->lock);
    return is_news;
}

static void rearm_switches(struct health_entry *entry)
{
    entry->off.is_off = false;
    entry->off.off_count = 0;
    memset(entry->off.off, 0, sizeof entry->off.off);
    note_unusual(entry);
}

void health_rearm(struct health_entry *entry)
{
    pthread_mutex_lock(&entry->lock);
    breaker_close(&entry->breaker);
    note_breaker(entry, clock_instant());
    rearm_switches(entry);
    pthread_mutex_unlock(&entry->lock);
}

bool health_rearm_authority(struct health_entry *entry, struct str cvr)
{
    pthread_mutex_lock(&entry->lock);
    struct health_values *off = &entry->off;
    size_t i = 0;
    while (i < off->off_count && !str_equal(cvr, str_of(off->off[i])))
        i++;
    bool was_off = i < off->off_count, is_on = was_off && !off->is_off;
    if (was_off) {
        memmove(off->off[i], off->off[i + 1], (off->off_count - i - 1) * sizeof off->off[0]);
        off->off_count--;
        memset(off->off[off->off_count], 0, sizeof off->off[0]);
        note_unusual(entry);
    }
    pthread_mutex_unlock(&entry->lock);
    return is_on;
}

/* ---- what an operator decides ---- */

static bool text_equal(const struct text *a, const struct text *b)
{
    for (size_t i = 0; i < LANGUAGES; i++)
        if (!str_equal(a->in[i], b->in[i]))
            return false;
    return true;
}

/* The text as health remembers it; NULL: one too many, or too long. */
static const struct text *remember(struct health *health, const struct text *text)
{
    size_t total = 0;
    for (size_t i = 0; i < LANGUAGES; i++)
        total += text->in[i].len;
    if (total > MESSAGE_BYTES_MAX)
        return NULL;
    pthread_mutex_lock(&health->lock);
    struct message *message = health->messages;
    while (message && !text_equal(&message->text, text))
        message = message->next;
    if (!message && health->message_count < MESSAGES_MAX) {
        message = die_calloc(1, sizeof *message + total + 1);
        char *at = message->bytes;
        for (size_t i = 0; i < LANGUAGES; i++) {
            if (text->in[i].len > 0)
                memcpy(at, text->in[i].at, text->in[i].len);
            message->text.in[i] = str_make(at, text->in[i].len);
            at += text->in[i].len;
        }
        message->next = health->messages;
        health->messages = message;
        health->message_count++;
    }
    pthread_mutex_unlock(&health->lock);
    return message ? &message->text : NULL;
}

bool health_set_mode(struct health_entry *entry, enum source_mode mode, struct wall until,
                     const struct text *message)
{
    const struct text *kept = message ? remember(entry->health, message) : NULL;
    if (message && !kept)
        return false;
    pthread_mutex_lock(&entry->lock);
    entry->off.mode = mode;
    entry->off.mode_until = mode == MODE_ON ? WALL_NONE : until;
    entry->off.mode_message = mode == MODE_ON ? NULL : kept;
    note_unusual(entry);
    pthread_mutex_unlock(&entry->lock);
    return true;
}

/* ---- for operators ---- */

void health_each(struct health *health, health_each_fn *each, void *ctx)
{
    pthread_mutex_lock(&health->lock);
    struct health_entry *entry = health->first;
    pthread_mutex_unlock(&health->lock);
    for (; entry; entry = entry->next) { /* new ones come in front; none goes */
        pthread_mutex_lock(&entry->lock);
        struct health_report report = {
            .source = str_of(entry->source),
            .values = entry->off,
            .in_flight = atomic_load(&entry->in_flight),
            .breaker = entry->breaker.state,
            .breaker_until = entry->breaker.until,
            .trips = entry->breaker.trips,
            .calls = entry->calls,
            .failures = entry->failures,
            .retries = entry->retries,
            .hedges = entry->hedges,
            .shadow_equal = entry->shadow_equal,
            .shadow_different = entry->shadow_different,
            .limit = (int64_t)entry->limit.value,
            .p50_us = latency_percentile(&entry->latency, 50),
            .p95_us = latency_percentile(&entry->latency, 95),
            .p99_us = latency_percentile(&entry->latency, 99),
            .is_ill = entry->is_ill,
            .ill_since = entry->ill_since,
            .ill_us = entry->ill_us,
            .last_error = entry->last_error,
            .last_error_at = entry->last_error_at,
        };
        memcpy(report.enforced, entry->enforced, sizeof report.enforced);
        memcpy(report.observed, entry->observed, sizeof report.observed);
        pthread_mutex_unlock(&entry->lock);
        each(ctx, &report);
    }
}
