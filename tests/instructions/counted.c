/* SPDX-License-Identifier: MIT */
#include "counted.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <valgrind/callgrind.h>

static bool is_on;
static uint64_t allocations;

void counted_on(void)
{
    assert(!is_on);
    is_on = true;
    CALLGRIND_TOGGLE_COLLECT;
}

void counted_off(void)
{
    assert(is_on);
    CALLGRIND_TOGGLE_COLLECT;
    is_on = false;
}

uint64_t counted_allocations(void)
{
    return allocations;
}

void counted_end(const char *name)
{
    assert(!is_on);
    CALLGRIND_DUMP_STATS_AT(name);
    (void)name; /* without valgrind's header it would be unused */
    allocations = 0;
}

/* ---- malloc and its like, for this program and the libraries it loads ---- */

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);

void *malloc(size_t size)
{
    allocations += is_on;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    allocations += is_on;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    allocations += is_on;
    return __libc_realloc(memory, size);
}
