/* SPDX-License-Identifier: MIT */
#include "policy/index.h"

#include "tests/tap.h"

enum { NAMES = 3000 };

int main(void)
{
    struct arena *arena = arena_new((size_t)4 * 1024 * 1024), *small = arena_new(16);
    struct index index = {0};
    size_t found = 0;

    is_int(index_find(&index, STR("a")), INDEX_NONE, "an empty one holds nothing");
    is_int(index_add(&index, STR("a"), 1), INDEX_NONE, "and takes nothing");
    is_int(index_find(&index, STR("a")), INDEX_NONE, "so it is not found");

    index_init(&index, NAMES, arena);
    for (uint32_t i = 0; i < NAMES; i++)
        found += index_add(&index, arena_format(arena, "source.%u", i), i) == INDEX_NONE;
    is_int((long long)found, NAMES, "each name is new once");
    found = 0;
    for (uint32_t i = 0; i < NAMES; i++)
        found += index_find(&index, arena_format(arena, "source.%u", i)) == i;
    is_int((long long)found, NAMES, "and found again");
    is_int(index_add(&index, STR("source.7"), 8), 7, "a second time it is told who has it");
    is_int(index_find(&index, STR("source.7")), 7, "who keeps it");
    is_int(index_find(&index, STR("source.3000")), INDEX_NONE, "a stranger is not found");
    is_int(index_find(&index, STR_NONE), INDEX_NONE, "nor is nobody");

    index_init(&index, NAMES, small);
    is_int(index_add(&index, STR("a"), 1), INDEX_NONE, "without memory it stays empty");
    is_int(index_find(&index, STR("a")), INDEX_NONE, "and says so");
    arena_free(&small);
    arena_free(&arena);
    return done_testing();
}
