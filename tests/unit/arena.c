/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include "tests/tap.h"

enum { LIMIT = 1 << 20 };

static void test_limit(void)
{
    struct arena *arena = arena_new(100);

    ok(arena_alloc(arena, 100) != NULL, "all of the limit in one object");
    ok(!arena_is_full(arena), "used up is not yet full");
    ok(arena_alloc(arena, 1) == NULL && arena_is_full(arena), "one byte more is refused");
    is_int((long long)arena_used(arena), 100, "what is refused is not counted");
    arena_reset(arena);
    ok(!arena_is_full(arena) && arena_used(arena) == 0, "a reset forgets");
    ok(arena_alloc(arena, 101) == NULL, "the limit holds after a reset");
    ok(arena_alloc(arena, 50) != NULL, "a smaller object still fits");
    ok(arena_is_full(arena), "full stays true");
    ok(arena_alloc(arena, SIZE_MAX) == NULL, "the greatest size is refused");
    ok(arena_alloc(arena, SIZE_MAX - 20) == NULL, "a size that padding would wrap is refused");
    arena_free(&arena);
    ok(arena == NULL, "free clears the pointer");
    arena_free(&arena);

    arena = arena_new(0);
    ok(arena_alloc(arena, 1) == NULL, "an arena of nothing gives nothing");
    arena_free(&arena);
    arena = arena_new(SIZE_MAX);
    ok(arena_alloc(arena, SIZE_MAX) == NULL && arena_is_full(arena),
       "more than the machine has is refused, not a crash");
    arena_free(&arena);
}

static void test_calloc(void)
{
    struct arena *arena = arena_new(LIMIT);
    unsigned char *first, *again;
    bool is_zero = true;

    first = arena_alloc(arena, 1000);
    memset(first, 0xAA, 1000);
    arena_reset(arena);
    again = arena_calloc(arena, 10, 100);
    for (size_t i = 0; i < 1000; i++)
        is_zero = is_zero && again[i] == 0;
    ok(is_zero, "calloc gives zeros where a reset left an object");
    ok(arena_calloc(arena, SIZE_MAX / 2, 3) == NULL && arena_is_full(arena), "overflow is refused");
    arena_reset(arena);
    ok(arena_calloc(arena, 0, 8) != NULL, "an object of nothing has a place");
    ok(ARENA_NEW(arena, struct str)->at == NULL, "ARENA_NEW gives a zeroed object");
    arena_free(&arena);
}

/* Objects of many sizes, over the growth of the blocks, keep their bytes and their alignment. */
static void test_apart(void)
{
    enum { OBJECTS = 2000 };
    static unsigned char *objects[OBJECTS];
    static size_t sizes[OBJECTS];
    struct arena *arena = arena_new(64 * (size_t)LIMIT);
    int touched = 0, crooked = 0;
    uint64_t seed = 42;

    for (int i = 0; i < OBJECTS; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        sizes[i] = 1 + (seed >> 40) % (i % 50 == 0 ? 100000 : 200);
        objects[i] = i % 3 ? arena_alloc(arena, sizes[i])
                           : (unsigned char *)(uintptr_t)arena_copy(arena, str_make("x", 1)).at;
        if (i % 3 == 0)
            sizes[i] = 1;
        else
            crooked += (uintptr_t)objects[i] % _Alignof(max_align_t) != 0;
        memset(objects[i], i & 0xFF, sizes[i]);
    }
    for (int i = 0; i < OBJECTS; i++)
        for (size_t k = 0; k < sizes[i]; k++)
            touched += objects[i][k] != (i & 0xFF);
    is_int(touched, 0, "no object touches another");
    is_int(crooked, 0, "every object is aligned for any type");
    arena_free(&arena);
}

static void test_texts(void)
{
    struct arena *arena = arena_new(64);
    struct str s;

    s = arena_copy(arena, STR("a\0b"));
    is_bytes(s.at, s.len + 1, "a\0b\0", 4, "a copy with its NUL, which is not counted");
    s = arena_copy(arena, STR(""));
    ok(s.at && s.len == 0, "a copy of the empty text is not absent");
    ok(arena_copy(arena, STR_NONE).at == NULL && !arena_is_full(arena), "absent stays absent");
    s = arena_format(arena, "%s-%04d", "sag", 17);
    is_bytes(s.at, s.len + 1, "sag-0017", 9, "format");
    s = arena_format(arena, "%*s", 60, "");
    ok(s.at == NULL && arena_is_full(arena), "a format beyond the limit is absent");
    arena_reset(arena);
    s = arena_format(arena, "%*s", 63, "");
    ok(s.len == 63 && !arena_is_full(arena), "a format that just fits");
    arena_free(&arena);
}

/* Freed memory cannot be read, so this looks at the block that a reset keeps. Without the pool no
 * block is kept. */
static void test_wipe(void)
{
#if defined ARENA_NOPOOL && ARENA_NOPOOL
    skip("objects have no common block in this build");
#else
    struct arena *arena = arena_new(LIMIT);
    const char *secret = arena_copy(arena, STR("6101709995")).at;
    bool is_wiped = true;

    for (int i = 0; i < 100; i++)
        ok(arena_alloc(arena, 1000) != NULL, "object %d", i);
    arena_reset(arena);
    for (int i = 0; i < 10; i++)
        is_wiped = is_wiped && secret[i] == 0;
    ok(is_wiped, "a reset wipes what the first block held");
    ok(arena_copy(arena, STR("x")).at == secret, "and keeps that block for the next request");
    arena_free(&arena);
#endif
}

/* What outgrew the first block begins in the second the next time. */
static void test_kept_block(void)
{
#if defined ARENA_NOPOOL && ARENA_NOPOOL
    skip("objects have no common block in this build");
#else
    struct arena *arena = arena_new(LIMIT);
    char *object = NULL;
    int left = 0;

    for (int i = 0; i < 5; i++) {
        object = arena_alloc(arena, 1000); /* four of them fill the first block */
        memset(object, '7', 1000);
    }
    arena_reset(arena);
    for (int i = 0; i < 1000; i++)
        left += object[i] != '\0';
    is_int(left, 0, "a reset wipes the block that it keeps");
    ok(arena_copy(arena, STR("x")).at == object, "which is the one that the arena grew to");
    arena_free(&arena);
#endif
}

static void test_pool(void)
{
    struct arena_pool pool = {0};
    struct arena *arena = arena_pool_take(&pool, 64), *again;
    struct arena *many[ARENA_POOL_MAX + 1];

    again = arena;
    ok(arena_alloc(arena, 65) == NULL, "from an empty pool: a new one, with its limit");
    arena_pool_give(&pool, &arena);
    ok(arena == NULL && pool.count == 1, "given back, it waits");
    arena = arena_pool_take(&pool, 128);
    ok(arena == again && pool.count == 0, "and is taken again");
    ok(!arena_is_full(arena) && arena_alloc(arena, 128), "by who has another limit");
    ok(arena_alloc(arena, 1) == NULL, "which holds as well");
    arena_pool_give(NULL, &arena);
    ok(arena == NULL, "without a pool it is freed");
    arena_pool_give(&pool, &arena);
    is_int((long long)pool.count, 0, "no arena is no arena");
    for (int i = 0; i <= ARENA_POOL_MAX; i++)
        many[i] = arena_pool_take(&pool, 64);
    for (int i = 0; i <= ARENA_POOL_MAX; i++)
        arena_pool_give(&pool, &many[i]);
    is_int((long long)pool.count, ARENA_POOL_MAX, "so many wait and no more");
    arena_pool_clear(&pool);
    is_int((long long)pool.count, 0, "none is left");
}

/* A text that did not fit into the block it was tried in must not stay there. */
static void test_format_leaves_nothing(void)
{
#if defined ARENA_NOPOOL && ARENA_NOPOOL
    skip("objects have no common block in this build");
#else
    static char digits[3000];
    struct arena *arena = arena_new(LIMIT);
    char *first = arena_alloc(arena, 2000);
    int left = 0;

    memset(digits, '7', sizeof digits - 1);
    struct str text = arena_format(arena, "%s", digits);
    is_bytes(text.at, text.len, digits, sizeof digits - 1, "a text with a block of its own");
    arena_reset(arena);
    for (int i = 0; i < 4000; i++)
        left += first[i] != '\0';
    is_int(left, 0, "leaves nothing where it did not fit");
    arena_free(&arena);
#endif
}

int main(void)
{
    test_limit();
    test_calloc();
    test_apart();
    test_texts();
    test_wipe();
    test_kept_block();
    test_pool();
    test_format_leaves_nothing();
    return done_testing();
}
