/* SPDX-License-Identifier: MIT */
/* arena: the memory of one request. Everything in it lives until the request ends and is wiped
 * then, since it holds personal data. It has a limit: at the limit arena_alloc returns NULL and
 * arena_is_full stays true, which the caller turns into an outcome.
 *
 * The build option ARENA_NOPOOL gives each object its own malloc so that AddressSanitizer sees it.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct arena;

/* An arena that hands out at most `limit` bytes. Small arenas cost little: the first block is a few
 * kilobytes, later ones grow. */
struct arena *arena_new(size_t limit);
void arena_free(struct arena **arena); /* wipes, frees, clears the caller's pointer; NULL: no-op */

/* Wipes and forgets all objects but keeps a block for the next request: the first, or a later one
 * of at most 32 kB, so that what is asked for again and again soon fits into one block. */
void arena_reset(struct arena *arena);

/* `size` bytes aligned for any type, NOT zeroed by promise of arena_alloc; NULL at the limit. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((warn_unused_result));
/* count * size bytes, zeroed; NULL at the limit or on overflow. */
void *arena_calloc(struct arena *arena, size_t count, size_t size)
    __attribute__((warn_unused_result));

#define ARENA_NEW(arena, type) ((type *)arena_calloc((arena), 1, sizeof(type)))

/* A copy of s (terminated by a NUL that is not counted); STR_NONE at the limit or for STR_NONE. */
struct str arena_copy(struct arena *arena, struct str s);
/* printf into the arena; STR_NONE at the limit. Terminated like arena_copy. */
struct str arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

bool arena_is_full(const struct arena *arena); /* has an allocation been refused since the reset? */
size_t arena_used(const struct arena *arena);  /* bytes handed out since the reset */

/* Arenas for one thread that wait for their next use. Zeroed memory is the empty pool; NULL stands
 * for one that keeps nothing. */
enum { ARENA_POOL_MAX = 64 };
struct arena_pool {
    struct arena *idle[ARENA_POOL_MAX];
    size_t count;
};
struct arena *arena_pool_take(struct arena_pool *pool, size_t limit);
/* Resets it, or frees it when enough are waiting; clears the caller's pointer; NULL: no-op. */
void arena_pool_give(struct arena_pool *pool, struct arena **arena);
void arena_pool_clear(struct arena_pool *pool);

#endif
