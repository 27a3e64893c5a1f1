/* SPDX-License-Identifier: MIT */
/* label: threads */
#include "overview/health.h"
#include "tests/tap.h"

#include <pthread.h>
#include <stdatomic.h>

static const struct rules plain; /* every rule is off */
static const struct health_now at_start = {0, {1800000000000, true}, 0};

static bool claim(struct health_entry *entry, int64_t most)
{
    struct breaker_pass pass;
    unsigned would;
    return health_claim(entry, &plain, most, 0, &pass, &would) == HEALTH_GIVEN;
}

static void release(struct health_entry *entry)
{
    struct breaker_pass pass = {.is_spent = true};
    (void)health_release(entry, &plain, pass, CALL_NEUTRAL, NULL, &at_start);
}

static void counts_claims(void)
{
    struct health *health = health_new();
    struct health_entry *entry = health_entry(health, STR("atp.pension"));
    struct health_values values;

    ok(health_entry(health, STR("atp.pension")) == entry, "one entry for each source");
    ok(health_entry(health, STR("atp.pensio")) != entry, "told apart by the whole id");
    ok(claim(entry, 2) && claim(entry, 2), "two places");
    ok(!claim(entry, 2), "no third");
    is_int(health_in_flight(entry), 2, "a lost claim takes no place");
    health_read(entry, &plain, 2, 0, &values);
    ok(values.is_full, "full");
    health_read(entry, &plain, 3, 0, &values);
    ok(!values.is_full, "not full where more are allowed");
    release(entry);
    health_read(entry, &plain, 2, 0, &values);
    ok(!values.is_full && claim(entry, 2), "a place that is given back is taken again");
    release(entry);
    release(entry);
    is_int(health_in_flight(entry), 0, "all given back");
    ok(!claim(entry, 0), "a maximum of none");
    health_free(&health);
    ok(!health, "freed");
}

static bool is_off(struct health_entry *entry, const char *cvr)
{
    struct health_values values;
    health_read(entry, &plain, 100, 0, &values);
    return health_is_off(&values, str_of(cvr));
}

static void switches_off(void)
{
    struct health *health = health_new();
    struct health_entry *entry = health_entry(health, STR("kommuner.sager"));
    struct health_entry *other = health_entry(health, STR("kommuner.ydelser"));

    ok(!is_off(entry, "29189714") && !is_off(entry, NULL), "on, at first");
    ok(health_switch_off(entry, STR("29189714")), "one authority goes off");
    ok(is_off(entry, "29189714"), "it is off");
    ok(!is_off(entry, "64942212") && !is_off(entry, NULL), "the others are not");
    ok(!is_off(other, "29189714"), "nor is it at another source");
    ok(!health_switch_off(entry, STR("29189714")), "a second time is no news");
    ok(health_switch_off(entry, STR_NONE), "the whole source goes off");
    ok(is_off(entry, "64942212") && is_off(entry, NULL), "with all authorities");
    ok(!health_switch_off(entry, STR("64942212")), "then one of them is no news");
    health_rearm(entry);
    ok(!is_off(entry, "29189714") && !is_off(entry, NULL), "re-armed");

    const char *const odd[] = {"2918971", "291897144", "29189714000000000000000"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        health_rearm(entry);
        ok(health_switch_off(entry, str_of(odd[i])) && is_off(entry, "64942212"),
           "\"%s\" is no CVR number: all is off", odd[i]);
    }
    health_rearm(entry);
    for (int i = 0; i <= HEALTH_AUTHORITIES_MAX; i++) {
        char cvr[16];
        snprintf(cvr, sizeof cvr, "%08d", 10000000 + i);
        health_switch_off(entry, str_of(cvr));
        if (i < HEALTH_AUTHORITIES_MAX && (!is_off(entry, cvr) || is_off(entry, NULL)))
            ok(false, "authority %d is off, alone", i);
    }
    ok(is_off(entry, NULL), "one more than can be remembered: all is off");
    health_rearm(entry);
    health_switch_off(entry, STR("64942212"));
    health_switch_off(entry, STR("29189714"));
    ok(!health_rearm_authority(entry, STR("33236072")), "one that was not off");
    ok(health_rearm_authority(entry, STR("64942212")), "one is re-armed");
    ok(!is_off(entry, "64942212") && is_off(entry, "29189714"), "and the other stays off");
    health_switch_off(entry, STR_NONE);
    ok(!health_rearm_authority(entry, STR("29189714")), "the whole source is off all the same");
    health_rearm(entry);
    ok(!is_off(entry, NULL), "until it is re-armed");
    health_free(&health);
}

static void note_report(void *ctx, const struct health_report *report)
{
    if (str_equal(report->source, STR("atp.pension")))
        *(struct health_report *)ctx = *report;
}

static void takes_an_operators_word(void)
{
    struct health *health = health_new();
    struct health_entry *entry = health_entry(health, STR("atp.pension"));
    char da[] = "Vi flytter";
    struct text message = {{str_of(da), STR("We move")}};
    struct wall now = {1800000000000, true}, until = {1800000060000, true};
    struct health_values values;
    struct health_report report = {0};

    ok(health_set_mode(entry, MODE_MAINTENANCE, until, &message), "maintenance");
    memset(da, 'x', sizeof da);
    health_read(entry, &plain, 1, 0, &values);
    ok(health_mode(&values, now) == MODE_MAINTENANCE && values.mode_message &&
           str_equal(values.mode_message->in[LANGUAGE_DA], STR("Vi flytter")),
       "with a message of its own");
    ok(health_mode(&values, until) == MODE_ON, "until then");
    health_rearm(entry);
    health_each(health, note_report, &report);
    ok(report.values.mode == MODE_MAINTENANCE, "to re-arm ends no maintenance");
    ok(health_set_mode(entry, MODE_DRAINING, WALL_NONE, NULL), "draining");
    health_read(entry, &plain, 1, 0, &values);
    ok(health_mode(&values, until) == MODE_DRAINING && !values.mode_message, "without an end");
    ok(health_set_mode(entry, MODE_ON, until, &message), "on");
    health_read(entry, &plain, 1, 0, &values);
    ok(values.mode == MODE_ON && !values.mode_message && !values.mode_until.known, "as before");
    static char huge[2000];
    memset(huge, 'x', sizeof huge);
    message.in[LANGUAGE_EN] = str_make(huge, sizeof huge);
    ok(!health_set_mode(entry, MODE_DISABLED, WALL_NONE, &message), "a message too long");
    health_read(entry, &plain, 1, 0, &values);
    ok(values.mode == MODE_ON, "changes nothing");
    health_free(&health);
}

static enum health_claim ask_once(struct health_entry *entry, const struct rules *rules,
                                  instant now, enum call_verdict verdict)
{
    const struct health_now moment = {now, {1800000000000 + now / 1000, true}, 12345};
    struct breaker_pass pass;
    unsigned would;
    enum health_claim claim = health_claim(entry, rules, 10, now, &pass, &would);
    if (claim == HEALTH_GIVEN)
        (void)health_release(entry, rules, pass, verdict, "it failed", &moment);
    return claim;
}

static void opens_and_closes(void)
{
    struct health *health = health_new();
    struct health_entry *entry = health_entry(health, STR("atp.pension"));
    struct rules rules = rules_standard(), probe;
    struct health_values values;
    struct health_report report = {0};
    instant now = 0, later = instant_after_ms(0, 6001), second = later;

    rules.probe_grace_ms = 10000;
    probe = rules;
    probe.probe_grace_ms = 0;
    probe.is_probe = true;
    for (int i = 0; i < 5; i++)
        ok(ask_once(entry, &rules, now, CALL_BAD) == HEALTH_GIVEN, "failure %d", i + 1);
    ok(health_read(entry, &rules, 10, now, &values) && values.is_open && values.open_s >= 4 &&
           values.open_s <= 6,
       "open, for %u s", values.open_s);
    ok(ask_once(entry, &rules, now, CALL_GOOD) == HEALTH_OPEN, "nobody is let in");
    is_int(health_in_flight(entry), 0, "and no place is kept");
    ok(ask_once(entry, &rules, later, CALL_GOOD) == HEALTH_OPEN, "a citizen waits for the probe");
    ok(ask_once(entry, &probe, later, CALL_BAD) == HEALTH_GIVEN, "the probe is let in");
    second = instant_after_ms(later, 5000);
    ok(ask_once(entry, &probe, instant_after_ms(later, 4999), CALL_GOOD) == HEALTH_OPEN,
       "and again after the first interval");
    ok(ask_once(entry, &rules, second, CALL_GOOD) == HEALTH_OPEN, "for citizens it has doubled");
    for (int i = 0; i < 4; i++)
        ok(ask_once(entry, &probe, second, CALL_GOOD) == HEALTH_GIVEN, "success %d", i + 1);
    ok(!health_read(entry, &rules, 10, second, &values) && !values.is_open, "closed");
    health_each(health, note_report, &report);
    is_int((long long)report.trips, 2, "two trips");
    is_int((long long)report.ill_us, 11001 * 1000, "not closed from the first until it closed");
    ok(!report.is_ill, "which is over");
    is_int((long long)report.failures, 6, "six failures");
    is_int((long long)report.calls, 10, "of ten calls");
    is_str(report.last_error, "it failed", "the last error");
    is_int((long long)report.enforced[RULE_BREAKER], 4, "four were refused");

    rules.breaker.mode = RULE_OBSERVE;
    for (int i = 0; i < 9; i++)
        ok(ask_once(entry, &rules, second, CALL_BAD) == HEALTH_GIVEN, "observed: all are let in");
    health_each(health, note_report, &report);
    is_int((long long)report.observed[RULE_BREAKER], 4, "four would not have been");
    health_free(&health);
}

static void waits_for_the_window(void)
{
    struct health *health = health_new();
    struct health_entry *entry = health_entry(health, STR("atp.pension"));
    struct rules rules = rules_standard();
    /* 15 January 2027, 09:00 in Denmark: closed until 11:00. */
    static const struct window window = {.days = 0x7f, .from = 9 * 60, .to = 11 * 60};
    rules.windows.closed = (struct windows){&window, 1};
    for (int i = 0; i < 5; i++)
        ask_once(entry, &rules, 0, CALL_BAD);
    instant end = instant_after_ms(0, 2 * 3600 * 1000);
    ok(ask_once(entry, &rules, end - 1, CALL_GOOD) == HEALTH_OPEN, "not before its end");
    ok(ask_once(entry, &rules, end, CALL_GOOD) == HEALTH_GIVEN, "then");
    health_free(&health);
}

static void repeats_within_its_budget(void)
{
    struct health *health = health_new();
    struct health_entry *entry = health_entry(health, STR("atp.pension"));
    struct rules rules = rules_standard();
    const struct health_now now = {1000, {1800000000000, true}, 0};
    struct breaker_pass pass;
    enum health_change change;
    unsigned would;
    int retries = 0;

    rules.breaker.mode = RULE_OFF;
    rules.retry.per_s = 0;
    for (int i = 0; i < 100; i++) {
        if (health_claim(entry, &rules, 1000, 1000, &pass, &would) != HEALTH_GIVEN)
            abort();
        health_note(entry, &rules, 1000, 40000, true, 1000);
        retries += health_retry(entry, &rules, &pass, "reset", 100000, &now, &would, &change);
        (void)health_release(entry, &rules, pass, CALL_GOOD, NULL, &now);
    }
    is_int(retries, 10, "a tenth");
    rules.retry.percent = 100;
    ok(!health_retry(entry, &rules, &pass, "reset", 40000, &now, &would, &change),
       "not without the source's usual time");
    ok(health_retry(entry, &rules, &pass, "reset", 60000, &now, &would, &change), "with it");
    rules.retry.mode = RULE_OBSERVE;
    ok(!health_retry(entry, &rules, &pass, "reset", 60000, &now, &would, &change) &&
           would == RULE_BIT(RULE_RETRY),
       "observed only");

    is_int(health_hedge_us(entry, &rules), 0, "no hedge where the source does not allow it");
    rules.hedge.is_allowed = true;
    is_int(health_hedge_us(entry, &rules), 50000, "at the p95, and never sooner than 50 ms");
    rules.hedge.after_ms = 70;
    is_int(health_hedge_us(entry, &rules), 70000, "or as configured");
    for (int i = 0; i < 100; i++)
        if (health_claim(entry, &rules, 1000, 1000, &pass, &would) != HEALTH_GIVEN)
            abort();
    ok(!health_hedge(entry, &rules, 100, 1000, &would), "not above the owner's maximum");
    ok(health_hedge(entry, &rules, 1000, 1000, &would) &&
           health_hedge(entry, &rules, 1000, 1000, &would) &&
           !health_hedge(entry, &rules, 1000, 1000, &would),
       "two of a hundred");
    is_int(health_in_flight(entry), 102, "each in a place of its own");
    health_free(&health);
}

/* Eight threads fight for three places. */
enum { THREADS = 8, ROUNDS = 20000, PLACES = 3 };
static struct health *shared;
static atomic_int inside, most;
static atomic_bool was_mixed;

static void *fight(void *ctx)
{
    char cvr[16];
    snprintf(cvr, sizeof cvr, "%08d", 20000000 + *(const int *)ctx);
    for (int i = 0; i < ROUNDS; i++) {
        struct health_entry *entry = health_entry(shared, STR("star.ydelser"));
        if (claim(entry, PLACES)) {
            int now = atomic_fetch_add(&inside, 1) + 1, before = atomic_load(&most);
            while (now > before && !atomic_compare_exchange_weak(&most, &before, now))
                ;
            atomic_fetch_sub(&inside, 1);
            release(entry);
        }
        if (i == ROUNDS / 2)
            health_switch_off(entry, str_of(cvr));
        if (i > ROUNDS / 2 && !is_off(entry, cvr))
            atomic_store(&was_mixed, true);
    }
    return NULL;
}

static void holds_between_threads(void)
{
    pthread_t threads[THREADS];
    int numbers[THREADS];
    shared = health_new();
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        pthread_create(&threads[i], NULL, fight, &numbers[i]);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    ok(atomic_load(&most) > 0 && atomic_load(&most) <= PLACES, "at most %d were inside, of %d",
       atomic_load(&most), PLACES);
    is_int(health_in_flight(health_entry(shared, STR("star.ydelser"))), 0, "none is inside now");
    ok(!atomic_load(&was_mixed), "what a thread has switched off stays off");
    health_free(&shared);
}

int main(void)
{
    counts_claims();
    switches_off();
    takes_an_operators_word();
    opens_and_closes();
    waits_for_the_window();
    repeats_within_its_budget();
    holds_between_threads();
    return done_testing();
}
