/* SPDX-License-Identifier: MIT */
#include "record/report_tally.h"

#include "base/die.h"

#include <stdlib.h>

enum { TEXTS_MAX = 64 * 1024 * 1024, SLOTS_FIRST = 1024 };

/* ---- times: exact below 32 ms, then 32 buckets from each power of two to the next ---- */

enum { EXACT = 32, EXACT_BITS = 5 };

unsigned report_bucket(int64_t ms)
{
    if (ms < EXACT)
        return ms > 0 ? (unsigned)ms : 0;
    unsigned octave = 63 - (unsigned)__builtin_clzll((unsigned long long)ms) - EXACT_BITS;
    uint64_t bucket = (uint64_t)octave * EXACT + ((uint64_t)ms >> octave);
    return bucket < REPORT_BUCKETS ? (unsigned)bucket : REPORT_BUCKETS - 1;
}

int64_t report_bucket_ms(unsigned bucket)
{
    if (bucket < 2 * EXACT) /* each of one millisecond */
        return bucket;
    unsigned octave = bucket / EXACT - 1;
    int64_t first = (int64_t)(EXACT + bucket % EXACT) << octave;
    return first + ((int64_t)1 << octave) / 2;
}

/* ---- months ---- */

int report_month(struct wall time)
{
    struct date day = wall_date(time);
    return day.year * 100 + day.month;
}

bool report_month_parse(struct str text, int *month)
{
    char day[DATE_TEXT];
    struct date first;
    if (text.len != sizeof "2026-11" - 1)
        return false;
    memcpy(day, text.at, text.len);
    memcpy(day + text.len, "-01", sizeof "-01");
    if (!date_parse(str_of(day), &first))
        return false;
    *month = first.year * 100 + first.month;
    return true;
}

struct date report_month_first(int month)
{
    return (struct date){(int16_t)(month / 100), (uint8_t)(month % 100), 1};
}

int report_month_later(int month, int months)
{
    int since = month / 100 * 12 + month % 100 - 1 + months;
    return since / 12 * 100 + since % 12 + 1;
}

/* ---- cells ---- */

void report_tally_init(struct report_tally *tally)
{
    *tally = (struct report_tally){.arena = arena_new(TEXTS_MAX), .slot_count = SLOTS_FIRST};
    tally->slots = die_calloc(tally->slot_count, sizeof *tally->slots);
}

void report_tally_clear(struct report_tally *tally)
{
    arena_free(&tally->arena);
    free(tally->cells);
    free(tally->slots);
    *tally = (struct report_tally){0};
}

void report_tally_reset(struct report_tally *tally)
{
    if (tally->count == 0)
        return;
    arena_reset(tally->arena);
    memset(tally->slots, 0, tally->slot_count * sizeof *tally->slots);
    tally->count = 0;
}

static uint64_t hash_of(const struct report_cell *cell)
{
    uint64_t hash = str_hash(cell->source) ^ (str_hash(cell->municipality) << 1);
    hash ^= ((uint64_t)cell->what << 32) + (uint64_t)cell->month;
    return hash * 0x9e3779b97f4a7c15u >> 20;
}

static bool is_same(const struct report_cell *a, const struct report_cell *b)
{
    return a->what == b->what && a->month == b->month && str_equal(a->source, b->source) &&
           str_equal(a->municipality, b->municipality);
}

/* Where the cell stands, or may. */
static uint32_t *find_slot(struct report_tally *tally, const struct report_cell *cell)
{
    size_t at = (size_t)hash_of(cell) & (tally->slot_count - 1);
    while (tally->slots[at] && !is_same(&tally->cells[tally->slots[at] - 1], cell))
        at = (at + 1) & (tally->slot_count - 1);
    return &tally->slots[at];
}

/* At most half of the slots are taken. */
static void grow(struct report_tally *tally)
{
    if (tally->count == tally->cap) {
        tally->cap = tally->cap ? 2 * tally->cap : SLOTS_FIRST / 2;
        tally->cells = realloc(tally->cells, tally->cap * sizeof *tally->cells);
        if (!tally->cells)
            die("out of memory");
    }
    if (2 * tally->count < tally->slot_count)
        return;
    free(tally->slots);
    tally->slot_count *= 2;
    tally->slots = die_calloc(tally->slot_count, sizeof *tally->slots);
    for (size_t i = 0; i < tally->count; i++)
        *find_slot(tally, &tally->cells[i]) = (uint32_t)i + 1;
}

bool report_tally_add(struct report_tally *tally, const struct report_cell *cell)
{
    uint32_t *slot = find_slot(tally, cell);
    if (*slot) {
        tally->cells[*slot - 1].count += cell->count;
        return true;
    }
    grow(tally);
    struct report_cell *added = &tally->cells[tally->count];
    *added = *cell;
    added->source = arena_copy(tally->arena, cell->source);
    added->municipality = arena_copy(tally->arena, cell->municipality);
    if (!added->source.at || !added->municipality.at)
        return false;
    tally->count++;
    *find_slot(tally, added) = (uint32_t)tally->count;
    return true;
}
