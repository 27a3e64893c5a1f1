/* SPDX-License-Identifier: MIT */
/* chance: numbers that look random and are the same each time for the same seed (splitmix64). */
#ifndef SIMULATION_CHANCE_H
#define SIMULATION_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chance {
    uint64_t state;
};

static inline uint64_t chance_next(struct chance *chance)
{
    uint64_t z = chance->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* From 0 to count - 1. */
static inline unsigned chance_pick(struct chance *chance, unsigned count)
{
    return (unsigned)(chance_next(chance) % count);
}

/* Both ends can come. */
static inline int64_t chance_between(struct chance *chance, int64_t least, int64_t most)
{
    return least + (int64_t)(chance_next(chance) % (uint64_t)(most - least + 1));
}

static inline bool chance_percent(struct chance *chance, unsigned percent)
{
    return chance_pick(chance, 100) < percent;
}

#endif
