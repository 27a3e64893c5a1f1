/* SPDX-License-Identifier: MIT */
#include "trace.h"

#include <stdarg.h>
#include <stdio.h>

static struct {
    bool is_printed;
    instant now;
    uint64_t hash;
    char fault[512];
} state;

void trace_begin(bool is_printed)
{
    state.is_printed = is_printed;
    state.now = 0;
    state.hash = 0;
    state.fault[0] = '\0';
}

void trace_clock(instant now)
{
    state.now = now;
}

void trace(const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    state.hash = state.hash * 1099511628211u ^ str_hash(str_of(line)) ^ (uint64_t)state.now;
    if (state.is_printed)
        printf("# %9.3f ms  %s\n", (double)state.now / INSTANT_PER_MS, line);
}

uint64_t trace_hash(void)
{
    return state.hash;
}

void fault(const char *format, ...)
{
    char line[sizeof state.fault];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    trace("FAULT: %s", line);
    if (!state.fault[0])
        memcpy(state.fault, line, sizeof line);
}

const char *trace_fault(void)
{
    return state.fault[0] ? state.fault : NULL;
}
