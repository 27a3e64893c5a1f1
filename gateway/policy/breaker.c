/* SPDX-License-Identifier: MIT */
#include "policy/breaker.h"

#include <assert.h>

/* ---- counting ---- */

static instant bucket_width(const struct breaker_rule *rule)
{
    instant width = instant_after_ms(0, rule->window_s * 1000) / BREAKER_BUCKETS;
    return width > 0 ? width : 1;
}

static void count(struct breaker *breaker, const struct breaker_rule *rule, bool is_bad,
                  instant now)
{
    int64_t number = now / bucket_width(rule);
    struct breaker_bucket *bucket = &breaker->buckets[(uint64_t)number % BREAKER_BUCKETS];
    if (bucket->number != number)
        *bucket = (struct breaker_bucket){.number = number};
    if (bucket->calls < INT32_MAX) {
        bucket->calls++;
        bucket->failed += is_bad;
    }
    breaker->row = is_bad ? breaker->row + 1 : 0;
}

static bool is_failing(const struct breaker *breaker, const struct breaker_rule *rule, instant now)
{
    int64_t number = now / bucket_width(rule), calls = 0, failed = 0;
    if (breaker->row >= rule->failures)
        return true;
    for (size_t i = 0; i < BREAKER_BUCKETS; i++)
        if (breaker->buckets[i].number > number - BREAKER_BUCKETS) {
            calls += breaker->buckets[i].calls;
            failed += breaker->buckets[i].failed;
        }
    return calls >= rule->calls_min && failed * 100 > calls * rule->failed_percent;
}

/* ---- changes of state ---- */

static void enter(struct breaker *breaker, enum breaker_state state)
{
    breaker->state = state;
    breaker->out = breaker->good = breaker->row = 0;
    breaker->round++;
}

void breaker_close(struct breaker *breaker)
{
    enter(breaker, BREAKER_CLOSED);
    breaker->open_ms = 0;
    memset(breaker->buckets, 0, sizeof breaker->buckets);
}

static void open_it(struct breaker *breaker, const struct breaker_rule *rule, instant now,
                    uint32_t random)
{
    int64_t wanted = breaker->open_ms > 0 ? breaker->open_ms * 2 : rule->open_ms;
    breaker->open_ms = wanted < rule->open_max_ms ? wanted : rule->open_max_ms;
    int64_t fifth = breaker->open_ms / 5;
    int64_t lasts_ms = breaker->open_ms - fifth + (int64_t)(random % (uint64_t)(2 * fifth + 1));
    enter(breaker, BREAKER_OPEN);
    breaker->opened = now;
    breaker->until =
        instant_after_ms(now, lasts_ms < rule->open_max_ms ? lasts_ms : rule->open_max_ms);
    breaker->trips++;
}

void breaker_postpone(struct breaker *breaker, instant then)
{
    if (breaker->state == BREAKER_OPEN && breaker->until < then)
        breaker->until = then;
}

/* ---- calls ---- */

/* How many may be under way beside each other: the probe alone, then the trials. One always may: a
 * reload may have made them fewer than have succeeded already. */
static int64_t trials_free(const struct breaker *breaker, const struct breaker_rule *rule)
{
    int64_t more = breaker->good == 0 ? 1 : 1 + rule->trials - breaker->good;
    return (more > 1 ? more : 1) - breaker->out;
}

bool breaker_passes(const struct breaker *breaker, const struct breaker_rule *rule, instant now)
{
    switch (breaker->state) {
    case BREAKER_OPEN:
        return now >= breaker->until;
    case BREAKER_HALF_OPEN:
        return trials_free(breaker, rule) > 0;
    case BREAKER_CLOSED:
        break;
    }
    return true;
}

bool breaker_claim(struct breaker *breaker, const struct breaker_rule *rule, instant now,
                   struct breaker_pass *pass)
{
    if (!breaker_passes(breaker, rule, now))
        return false;
    if (breaker->state == BREAKER_OPEN)
        enter(breaker, BREAKER_HALF_OPEN);
    bool is_trial = breaker->state == BREAKER_HALF_OPEN;
    breaker->out += is_trial;
    *pass = (struct breaker_pass){.is_trial = is_trial, .round = breaker->round};
    return true;
}

bool breaker_settle(struct breaker *breaker, const struct breaker_rule *rule,
                    struct breaker_pass pass, enum call_verdict verdict, instant now,
                    uint32_t random)
{
    if (pass.is_spent || pass.round != breaker->round)
        return false; /* the state it spoke of is over */
    if (pass.is_trial) {
        assert(breaker->state == BREAKER_HALF_OPEN && breaker->out > 0);
        breaker->out--;
        if (verdict == CALL_BAD) {
            open_it(breaker, rule, now, random);
            return true;
        }
        breaker->good += verdict == CALL_GOOD;
        if (breaker->good > rule->trials)
            breaker_close(breaker);
        return false;
    }
    if (verdict == CALL_NEUTRAL)
        return false;
    count(breaker, rule, verdict == CALL_BAD, now);
    if (verdict == CALL_GOOD || !is_failing(breaker, rule, now))
        return false;
    open_it(breaker, rule, now, random);
    return true;
}

struct str breaker_state_name(enum breaker_state state)
{
    static const struct str names[] = {
        [BREAKER_CLOSED] = STR_INIT("closed"),
        [BREAKER_OPEN] = STR_INIT("open"),
        [BREAKER_HALF_OPEN] = STR_INIT("half-open"),
    };
    return names[state];
}

/* ---- health ---- */

bool health_is_off(const struct health_values *values, struct str cvr)
{
    if (values->is_off)
        return true;
    for (size_t i = 0; cvr.at && i < values->off_count; i++)
        if (str_equal(cvr, str_of(values->off[i])))
            return true;
    return false;
}

enum source_mode health_mode(const struct health_values *values, struct wall now)
{
    bool is_over = values->mode_until.known && now.unix_ms >= values->mode_until.unix_ms;
    return is_over ? MODE_ON : values->mode;
}

static const struct str mode_names[] = {
    [MODE_ON] = STR_INIT("on"),
    [MODE_DISABLED] = STR_INIT("disabled"),
    [MODE_DRAINING] = STR_INIT("draining"),
    [MODE_MAINTENANCE] = STR_INIT("maintenance"),
};

struct str source_mode_name(enum source_mode mode)
{
    return mode_names[mode];
}

bool source_mode_parse(struct str name, enum source_mode *mode)
{
    for (size_t i = 0; i < sizeof mode_names / sizeof *mode_names; i++)
        if (str_equal(name, mode_names[i])) {
            *mode = (enum source_mode)i;
            return true;
        }
    return false;
}
