/* SPDX-License-Identifier: MIT */
#include "policy/kle.h"

#include <assert.h>

/* A pattern's length is twice its depth, and one more with a facet: from LENGTH_MAX down to 0. */
enum { DEPTH_MAX = 3, LENGTH_MAX = 2 * DEPTH_MAX + 1, NUMBER_LEN = 8, PAIR_LEN = 3 };

struct kle_slot {
    uint64_t key; /* 0: free */
    void *value;
};

static bool take_pair(struct str text, uint8_t *pair)
{
    if (text.len < 2 || !str_is_digits(str_head(text, 2)))
        return false;
    *pair = (uint8_t)((text.at[0] - '0') * 10 + (text.at[1] - '0'));
    return true;
}

/* A letter, which may be Ø, and two digits; 0: neither. */
static uint32_t facet_of(struct str text)
{
    size_t len = text.at ? str_utf8_sequence(text) : 0;
    uint32_t letter = 0;
    uint8_t pair;

    if (len == 0 || len > 2 || text.len != len + 2 || !take_pair(str_skip(text, len), &pair))
        return 0;
    if (len == 1 && !(text.at[0] >= 'A' && text.at[0] <= 'Z'))
        return 0;
    for (size_t i = 0; i < len; i++)
        letter = letter << 8 | (unsigned char)text.at[i];
    return letter << 8 | pair;
}

static bool take_number(struct str text, struct kle *kle)
{
    if (text.len != NUMBER_LEN || text.at[2] != '.' || text.at[5] != '.')
        return false;
    for (size_t i = 0; i < DEPTH_MAX; i++)
        if (!take_pair(str_skip(text, PAIR_LEN * i), &kle->pairs[i]))
            return false;
    kle->depth = DEPTH_MAX;
    return true;
}

struct kle kle_of(struct str number, struct str facet)
{
    struct kle kle = {.facet = facet_of(facet)};

    if (!take_number(number, &kle))
        return (struct kle){.facet = kle.facet};
    return kle;
}

bool kle_pattern_parse(struct str text, struct kle *pattern)
{
    struct str facet = text, number = str_split(&facet, '/');

    *pattern = (struct kle){0};
    if (facet.at && !(pattern->facet = facet_of(facet)))
        return false;
    if (take_number(number, pattern))
        return true;
    while (number.len > 1) {
        if (pattern->depth == DEPTH_MAX - 1 || number.len < PAIR_LEN + 1 || number.at[2] != '.' ||
            !take_pair(number, &pattern->pairs[pattern->depth]))
            return false;
        pattern->depth++;
        number = str_skip(number, PAIR_LEN);
    }
    return str_equal(number, STR("*"));
}

/* ---- the table ---- */

static struct kle shortened(struct kle kle, unsigned depth, bool with_facet)
{
    struct kle shorter = {.depth = (uint8_t)depth, .facet = with_facet ? kle.facet : 0};

    for (unsigned i = 0; i < depth; i++)
        shorter.pairs[i] = kle.pairs[i];
    return shorter;
}

/* Never 0: the top bit is set. */
static uint64_t key_of(struct kle kle)
{
    return 1ull << 63 | (uint64_t)kle.facet << 26 | (uint64_t)kle.depth << 24 |
           (uint64_t)kle.pairs[0] << 16 | (uint64_t)kle.pairs[1] << 8 | kle.pairs[2];
}

bool kle_equal(struct kle a, struct kle b)
{
    return key_of(a) == key_of(b);
}

bool kle_covers(struct kle wide, struct kle narrow)
{
    return wide.depth <= narrow.depth && (!wide.facet || wide.facet == narrow.facet) &&
           kle_equal(shortened(wide, wide.depth, false), shortened(narrow, wide.depth, false));
}

static unsigned length_of(struct kle kle)
{
    return 2u * kle.depth + (kle.facet != 0);
}

bool kle_table_init(struct kle_table *table, struct arena *arena, size_t count)
{
    size_t size = 4;

    *table = (struct kle_table){0};
    while (size < 2 * count)
        size *= 2;
    table->slots = arena_calloc(arena, size, sizeof *table->slots);
    table->mask = size - 1;
    return table->slots;
}

/* The slot of a key, or the free one where it would stand: half of all are free. */
static struct kle_slot *slot_of(const struct kle_table *table, uint64_t key)
{
    enum { HIGH_BITS = 32 };
    size_t at = (size_t)((key * 0x9e3779b97f4a7c15ull) >> HIGH_BITS) & table->mask;

    while (table->slots[at].key && table->slots[at].key != key)
        at = (at + 1) & table->mask;
    return &table->slots[at];
}

void **kle_table_at(struct kle_table *table, struct kle pattern)
{
    struct kle_slot *slot = slot_of(table, key_of(pattern));

    slot->key = key_of(pattern);
    table->lengths |= 1u << length_of(pattern);
    return &slot->value;
}

struct kle_walk kle_walk_start(const struct kle_table *table, struct kle kle)
{
    assert(kle.depth <= DEPTH_MAX);
    return (struct kle_walk){table, kle, length_of(kle) + 1};
}

void *kle_walk_next(struct kle_walk *walk)
{
    while (walk->length > 0) {
        unsigned length = --walk->length, depth = length / 2;
        bool with_facet = length % 2;

        if (!(walk->table->lengths & 1u << length) || (with_facet && !walk->kle.facet))
            continue;
        struct kle pattern = shortened(walk->kle, depth, with_facet);
        void *value = slot_of(walk->table, key_of(pattern))->value;
        if (value)
            return value;
    }
    return NULL;
}
