/* SPDX-License-Identifier: MIT */
/* die: the end of a process that cannot go on: no memory for a small fixed thing, or a fault that
 * only we can have made. Nothing an outsider sends may lead here. */
#ifndef BASE_DIE_H
#define BASE_DIE_H

#include <stddef.h>

/* Prints one line on stderr and aborts. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* malloc, calloc and realloc for small fixed things; they die instead of returning NULL. */
void *die_malloc(size_t size) __attribute__((malloc, returns_nonnull));
void *die_calloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
char *die_strdup(const char *text) __attribute__((malloc, returns_nonnull));

#endif
