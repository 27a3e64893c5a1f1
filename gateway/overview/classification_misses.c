/* SPDX-License-Identifier: MIT */
#include "overview/classification_misses.h"

#include <pthread.h>
#include <stdlib.h>

#include "adapters/municipal.h"
#include "base/die.h"
#include "base/log.h"

enum { SLOTS = 2 * MISSES_MAX };

struct classification_misses {
    pthread_mutex_t lock;                 /* guards all below */
    struct classification_miss at[SLOTS]; /* by hash, the next free one else; key "": free */
    size_t count;
    uint64_t others[MISS_KIND_COUNT];
};

struct str miss_kind_name(enum miss_kind kind)
{
    static const struct str names[] = {
#define X(kind, name) [kind] = STR_INIT(name),
        MISS_KINDS(X)
#undef X
    };
    return names[kind];
}

struct classification_misses *classification_misses_new(void)
{
    struct classification_misses *misses = die_calloc(1, sizeof *misses);

    pthread_mutex_init(&misses->lock, NULL);
    return misses;
}

void classification_misses_free(struct classification_misses **slot)
{
    struct classification_misses *misses = *slot;

    *slot = NULL;
    if (!misses)
        return;
    pthread_mutex_destroy(&misses->lock);
    free(misses);
}

/* The slot of this key, or the free one where it belongs. */
static struct classification_miss *slot_of(struct classification_misses *misses,
                                           enum miss_kind kind, struct str key)
{
    size_t i = (str_hash(key) + (size_t)kind) % SLOTS;

    while (misses->at[i].key[0] &&
           (misses->at[i].kind != kind || !str_equal(str_of(misses->at[i].key), key)))
        i = (i + 1) % SLOTS;
    return &misses->at[i];
}

/* What else a source writes there stays out of the list and the log. */
static bool is_key(enum miss_kind kind, struct str key)
{
    char uuid[MUNICIPAL_UUID_TEXT];

    return kind == MISS_UNIT ? municipal_uuid_parse(key, uuid) : classification_is_number(key);
}

static void count(struct classification_misses *misses, enum miss_kind kind, struct str key)
{
    bool is_good = is_key(kind, key), is_new = false;

    pthread_mutex_lock(&misses->lock);
    struct classification_miss *miss = is_good ? slot_of(misses, kind, key) : NULL;
    if (miss && !miss->key[0] && misses->count < MISSES_MAX) {
        miss->kind = kind;
        memcpy(miss->key, key.at, key.len);
        miss->key[key.len] = '\0';
        misses->count++;
        is_new = true;
    }
    if (miss && miss->key[0])
        miss->count++;
    else
        misses->others[kind]++;
    pthread_mutex_unlock(&misses->lock);
    if (is_new)
        log_warn(STR_NONE,
                 "event=classification-miss kind=%.*s key=%.*s action=\"it is shown without its "
                 "name; add it to policies/%s\"",
                 STR_ARG(miss_kind_name(kind)), STR_ARG(key),
                 kind == MISS_UNIT ? "units.json" : "kle.json");
}

static bool is_unknown(const struct classification *table, struct str number)
{
    const struct classification_entry *entry;

    return number.at && table->count > 0 &&
           classification_standing(table, number, DATE_NONE, &entry) == CLASSIFICATION_UNKNOWN;
}

void classification_misses_note(struct classification_misses *misses,
                                const struct snapshot *snapshot, const struct item *item)
{
    if (is_unknown(&snapshot->classification, item->kle))
        count(misses, MISS_NUMBER, item->kle);
    if (is_unknown(&snapshot->classification, item->facet))
        count(misses, MISS_FACET, item->facet);
    if (item->unit.at && snapshot->units.count > 0 && !units_name(&snapshot->units, item->unit).at)
        count(misses, MISS_UNIT, item->unit);
}

/* ---- reading ---- */

static int compare_misses(const void *a, const void *b)
{
    const struct classification_miss *x = a, *y = b;

    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return x->kind != y->kind ? (int)x->kind - (int)y->kind : strcmp(x->key, y->key);
}

size_t classification_misses_read(struct classification_misses *misses,
                                  struct classification_miss *list, size_t max)
{
    struct classification_miss all[MISSES_MAX];
    size_t found = 0;

    pthread_mutex_lock(&misses->lock);
    for (size_t i = 0; i < SLOTS; i++)
        if (misses->at[i].key[0])
            all[found++] = misses->at[i];
    pthread_mutex_unlock(&misses->lock);
    qsort(all, found, sizeof *all, compare_misses);
    if (found > max)
        found = max;
    if (found > 0)
        memcpy(list, all, found * sizeof *list);
    return found;
}

uint64_t classification_misses_others(struct classification_misses *misses, enum miss_kind kind)
{
    pthread_mutex_lock(&misses->lock);
    uint64_t others = misses->others[kind];
    pthread_mutex_unlock(&misses->lock);
    return others;
}

void classification_misses_clear(struct classification_misses *misses)
{
    pthread_mutex_lock(&misses->lock);
    memset(misses->at, 0, sizeof misses->at);
    memset(misses->others, 0, sizeof misses->others);
    misses->count = 0;
    pthread_mutex_unlock(&misses->lock);
}
