/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/die.h"

#ifndef ARENA_NOPOOL
#define ARENA_NOPOOL 0
#endif

enum {
    BLOCK_FIRST = 4096,
    BLOCK_KEPT = 32768,
    BLOCK_MAX = 65536,
    ALIGNMENT = _Alignof(max_align_t)
};

struct block {
    struct block *next;
    size_t size;
    _Alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *first;   /* where the arena begins */
    struct block *others;  /* all but the first, newest first */
    struct block *current; /* small objects are cut from it, between at and end */
    char *at, *end;
    size_t used, limit;
    bool full;
};

static struct block *block_new(size_t size)
{
    struct block *block = size <= SIZE_MAX - sizeof *block ? malloc(sizeof *block + size) : NULL;

    if (block)
        *block = (struct block){NULL, size};
    return block;
}

static void cut_from(struct arena *arena, struct block *block)
{
    arena->current = block;
    arena->at = block->bytes;
    arena->end = ARENA_NOPOOL ? block->bytes : block->bytes + block->size;
}

struct arena *arena_new(size_t limit)
{
    struct arena *arena = die_calloc(1, sizeof *arena);

    arena->limit = limit;
    arena->first = block_new(BLOCK_FIRST);
    if (!arena->first)
        die("no memory for an arena");
    cut_from(arena, arena->first);
    return arena;
}

/* Only the current block may have a part that nobody was given. */
static void wipe(struct arena *arena, struct block *block)
{
    bool is_current = block == arena->current;

    explicit_bzero(block->bytes, is_current ? (size_t)(arena->at - block->bytes) : block->size);
}

void arena_reset(struct arena *arena)
{
    struct block *kept = arena->current;

    if (ARENA_NOPOOL || kept->size > BLOCK_KEPT)
        kept = arena->first;
    arena->first->next = arena->others;
    for (struct block *block = arena->first, *next; block; block = next) {
        next = block->next;
        wipe(arena, block);
        if (block != kept)
            free(block);
    }
    arena->first = kept;
    arena->first->next = arena->others = NULL;
    cut_from(arena, arena->first);
    arena->used = 0;
    arena->full = false;
}

void arena_free(struct arena **arena)
{
    if (!*arena)
        return;
    arena_reset(*arena);
    free((*arena)->first);
    free(*arena);
    *arena = NULL;
}

/* A large object gets a block of its own, so that the rest of the current block is not lost. */
static char *take_from_new_block(struct arena *arena, size_t size)
{
    size_t grown = arena->current->size < BLOCK_MAX ? arena->current->size * 2 : BLOCK_MAX;
    bool is_large = ARENA_NOPOOL || size > grown / 4;
    struct block *block = block_new(is_large ? size : grown);

    if (!block)
        return NULL;
    block->next = arena->others;
    arena->others = block;
    if (!is_large) {
        cut_from(arena, block);
        arena->at += size;
    }
    return block->bytes;
}

/* `alignment` is a power of two. What counts against the limit is the sum of sizes and paddings as
 * if all objects lay in one row, so that the limit means the same however the blocks fall. */
static void *take(struct arena *arena, size_t size, size_t alignment)
{
    size_t padding = -arena->used & (alignment - 1);
    size_t left = arena->limit - arena->used;
    size_t skip = -(uintptr_t)arena->at & (alignment - 1);
    size_t room = (size_t)(arena->end - arena->at);
    char *object;

    if (size == 0)
        size = 1;
    if (padding > left || size > left - padding) {
        arena->full = true;
        return NULL;
    }
    if (skip <= room && size <= room - skip) {
        object = arena->at + skip;
        arena->at = object + size;
    } else {
        object = take_from_new_block(arena, size);
        if (!object) {
            arena->full = true;
            return NULL;
        }
    }
    arena->used += padding + size;
    return object;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return take(arena, size, ALIGNMENT);
}

void *arena_calloc(struct arena *arena, size_t count, size_t size)
{
    void *object;
    size_t total;

    if (__builtin_mul_overflow(count, size, &total)) {
        arena->full = true;
        return NULL;
    }
    object = take(arena, total, ALIGNMENT);
    return object ? memset(object, 0, total) : NULL;
}

struct str arena_copy(struct arena *arena, struct str s)
{
    char *copy;

    if (!s.at)
        return STR_NONE;
    copy = s.len < SIZE_MAX ? take(arena, s.len + 1, 1) : NULL;
    if (!copy)
        return STR_NONE;
    memcpy(copy, s.at, s.len);
    copy[s.len] = '\0';
    return str_make(copy, s.len);
}

/* Most texts fit into what is left of the current block, so they are written there at once. */
struct str arena_format(struct arena *arena, const char *format, ...)
{
    size_t room = (size_t)(arena->end - arena->at);
    char *guess = arena->at, *text;
    va_list arguments;
    int len;

    va_start(arguments, format);
    len = vsnprintf(room > 0 ? guess : NULL, room, format, arguments);
    va_end(arguments);
    text = len >= 0 ? take(arena, (size_t)len + 1, 1) : NULL;
    if (text != guess && room > 0)
        explicit_bzero(guess, room); /* nobody was given it, so nobody else would wipe it */
    if (!text)
        return STR_NONE;
    if (text != guess || room == 0) {
        va_start(arguments, format);
        vsnprintf(text, (size_t)len + 1, format, arguments);
        va_end(arguments);
    }
    return str_make(text, (size_t)len);
}

bool arena_is_full(const struct arena *arena)
{
    return arena->full;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}

/* ---- a pool ---- */

struct arena *arena_pool_take(struct arena_pool *pool, size_t limit)
{
    if (!pool || pool->count == 0)
        return arena_new(limit);
    struct arena *arena = pool->idle[--pool->count];
    arena->limit = limit;
    return arena;
}

void arena_pool_give(struct arena_pool *pool, struct arena **arena)
{
    if (!*arena)
        return;
    if (!pool || pool->count == ARENA_POOL_MAX) {
        arena_free(arena);
        return;
    }
    arena_reset(*arena);
    pool->idle[pool->count++] = *arena;
    *arena = NULL;
}

void arena_pool_clear(struct arena_pool *pool)
{
    while (pool->count > 0)
        arena_free(&pool->idle[--pool->count]);
}
