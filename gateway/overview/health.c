/* SPDX-License-Identifier: MIT */
#include "overview/health.h"

#include "base/die.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { MESSAGES_MAX = 10000, MESSAGE_BYTES_MAX = 1000 };

/* What operators have said, each text once: it is lent to requests, so it stays. */
struct message {
    struct message *next;
    struct text text;
    char bytes[];
};

struct health_entry {
    struct health_entry *next;
    struct health *health;
    char *source;
    atomic_int_least64_t in_flight;
    pthread_mutex_t lock;     /* guards all that follows */
    atomic_bool is_unusual;   /* lets the usual case read without the lock */
    struct health_values off; /* the switches and the mode */
    struct breaker breaker;
    uint64_t calls, failures;
    const char *last_error;
    struct wall last_error_at;
};

struct health {
    pthread_mutex_t lock; /* guards the lists; nothing is ever removed */
    struct health_entry *first;
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
    pthread_mutex_lock(&health->lock);
    struct health_entry *entry = health->first;
    while (entry && !str_equal(str_of(entry->source), source))
        entry = entry->next;
    if (!entry) {
        entry = die_calloc(1, sizeof *entry);
        entry->source = die_calloc(1, source.len + 1);
        memcpy(entry->source, source.at, source.len);
        pthread_mutex_init(&entry->lock, NULL);
        entry->health = health;
        entry->next = health->first;
        health->first = entry;
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

void health_read(struct health_entry *entry, int64_t in_flight_max, struct health_values *values)
{
    if (atomic_load(&entry->is_unusual)) {
        pthread_mutex_lock(&entry->lock);
        *values = entry->off;
        pthread_mutex_unlock(&entry->lock);
    } else {
        memset(values, 0, sizeof *values);
    }
    values->is_full = atomic_load(&entry->in_flight) >= in_flight_max;
}

bool health_claim(struct health_entry *entry, int64_t in_flight_max)
{
    if (atomic_fetch_add(&entry->in_flight, 1) < in_flight_max)
        return true;
    atomic_fetch_sub(&entry->in_flight, 1);
    return false;
}

void health_release(struct health_entry *entry)
{
    atomic_fetch_sub(&entry->in_flight, 1);
}

int64_t health_in_flight(struct health_entry *entry)
{
    return atomic_load(&entry->in_flight);
}

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

void health_rearm_all(struct health *health)
{
    pthread_mutex_lock(&health->lock);
    for (struct health_entry *entry = health->first; entry; entry = entry->next) {
        pthread_mutex_lock(&entry->lock);
        rearm_switches(entry);
        pthread_mutex_unlock(&entry->lock);
    }
    pthread_mutex_unlock(&health->lock);
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
            .last_error = entry->last_error,
            .last_error_at = entry->last_error_at,
        };
        pthread_mutex_unlock(&entry->lock);
        each(ctx, &report);
    }
}
