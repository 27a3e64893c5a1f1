/* SPDX-License-Identifier: MIT */
#include "overview/health.h"

#include "base/die.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct health_entry {
    struct health_entry *next;
    char *source;
    atomic_int_least64_t in_flight;
    pthread_mutex_t lock;     /* guards `off` alone */
    atomic_bool anything_off; /* lets the usual case read without the lock */
    struct health_values off;
};

struct health {
    pthread_mutex_t lock; /* guards the list; entries are never removed */
    struct health_entry *first;
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
        entry->next = health->first;
        health->first = entry;
    }
    pthread_mutex_unlock(&health->lock);
    return entry;
}

void health_read(struct health_entry *entry, int64_t in_flight_max, struct health_values *values)
{
    if (atomic_load(&entry->anything_off)) {
        pthread_mutex_lock(&entry->lock);
        *values = entry->off;
        pthread_mutex_unlock(&entry->lock);
    } else {
        values->is_off = false;
        values->off_count = 0;
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
        atomic_store(&entry->anything_off, true);
    }
    pthread_mutex_unlock(&entry->lock);
    return is_news;
}

void health_rearm_all(struct health *health)
{
    pthread_mutex_lock(&health->lock);
    for (struct health_entry *entry = health->first; entry; entry = entry->next)
        health_rearm(entry);
    pthread_mutex_unlock(&health->lock);
}

void health_rearm(struct health_entry *entry)
{
    pthread_mutex_lock(&entry->lock);
    memset(&entry->off, 0, sizeof entry->off);
    atomic_store(&entry->anything_off, false);
    pthread_mutex_unlock(&entry->lock);
}
