/* SPDX-License-Identifier: MIT */
#include "base/die.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void die(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("fatal: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    abort();
}

void *die_malloc(size_t size)
{
    void *memory = malloc(size ? size : 1);

    if (!memory)
        die("no memory for %zu bytes", size);
    return memory;
}

void *die_calloc(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size ? size : 1);

    if (!memory)
        die("no memory for %zu times %zu bytes", count, size);
    return memory;
}

char *die_strdup(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(die_malloc(size), text, size);
}
