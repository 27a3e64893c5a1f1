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
    health_switch_off(other, STR("64942212"));
    health_rearm_all(health);
    ok(!is_off(entry, NULL) && !is_off(other, "64942212"), "all re-armed");
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
    holds_between_threads();
    return done_testing();
}
