/* SPDX-License-Identifier: MIT */
/*
 * TAP 13 for the tests in C, read by prove. A test program calls checks and ends main with
 * `return done_testing();`, which prints the plan: a program that dies early has none and fails.
 * Each check takes its name as a printf format, is one line of output, and returns whether it held;
 * a failed one tells file, line and both values.
 * Not for several threads at once: threads take notes, main checks them.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ok(cond, ...)          tap_ok((cond), #cond, TAP_HERE, tap_name(__VA_ARGS__))
#define is_int(got, want, ...) tap_int((got), (want), TAP_HERE, tap_name(__VA_ARGS__))
/* C strings; NULL equals only NULL. */
#define is_str(got, want, ...) tap_str((got), (want), TAP_HERE, tap_name(__VA_ARGS__))
#define is_bytes(got, got_len, want, want_len, ...)                                                \
    tap_bytes((got), (got_len), (want), (want_len), TAP_HERE, tap_name(__VA_ARGS__))
/* One check that could not be made here: the reason. */
#define skip(...)   tap_skip(tap_name(__VA_ARGS__))

#define TAP_HERE    __FILE__, __LINE__
#define TAP_MAYBE   __attribute__((unused))
#define TAP_CHECKED __attribute__((unused, warn_unused_result))

static int tap_run, tap_failed;

static TAP_MAYBE __attribute__((format(printf, 1, 2))) const char *tap_name(const char *format, ...)
{
    static char name[512];
    va_list args;
    va_start(args, format);
    vsnprintf(name, sizeof name, format, args);
    va_end(args);
    return name;
}

static TAP_MAYBE bool tap_ok(bool held, const char *text, const char *file, int line,
                             const char *name)
{
    if (tap_run++ == 0)
        printf("TAP version 13\n");
    printf("%sok %d - %s\n", held ? "" : "not ", tap_run, name);
    if (!held)
        printf("#   at %s:%d\n#   false: %s\n", file, line, text);
    fflush(stdout); /* a crash or a fork must not lose or double a line */
    tap_failed += !held;
    return held;
}

static TAP_MAYBE bool tap_int(long long got, long long want, const char *file, int line,
                              const char *name)
{
    bool held = tap_ok(got == want, "got == want", file, line, name);
    if (!held)
        printf("#   got:  %lld\n#   want: %lld\n", got, want);
    return held;
}

static TAP_MAYBE void tap_show(const char *label, const void *at, size_t len)
{
    printf("#   %s%s", label, at ? "" : "NULL");
    for (size_t i = 0; at && i < len; i++) {
        unsigned char c = ((const unsigned char *)at)[i];
        printf(c < ' ' || c == 127 || c == '\\' ? "\\x%02x" : "%c", c);
    }
    printf("\n");
}

static TAP_MAYBE bool tap_bytes(const void *got, size_t got_len, const void *want, size_t want_len,
                                const char *file, int line, const char *name)
{
    bool same = got_len == want_len && !got == !want &&
                (!got || got_len == 0 || memcmp(got, want, got_len) == 0);
    bool held = tap_ok(same, "got == want", file, line, name);
    if (!held) {
        tap_show("got:  ", got, got_len);
        tap_show("want: ", want, want_len);
    }
    return held;
}

static TAP_MAYBE bool tap_str(const char *got, const char *want, const char *file, int line,
                              const char *name)
{
    return tap_bytes(got, got ? strlen(got) : 0, want, want ? strlen(want) : 0, file, line, name);
}

static TAP_MAYBE void tap_skip(const char *reason)
{
    if (tap_run++ == 0)
        printf("TAP version 13\n");
    printf("ok %d # SKIP %s\n", tap_run, reason);
    fflush(stdout);
}

/* Nothing of this program can be checked here. */
static TAP_MAYBE __attribute__((noreturn)) void skip_all(const char *reason)
{
    printf("TAP version 13\n1..0 # SKIP %s\n", reason);
    exit(EXIT_SUCCESS);
}

/* The exit status of the program. No check at all is a failure. */
static TAP_CHECKED int done_testing(void)
{
    printf("1..%d\n", tap_run);
    if (tap_failed)
        printf("# %d of %d failed\n", tap_failed, tap_run);
    fflush(stdout); /* a leak's report ends the program before it would be written */
    return tap_failed || tap_run == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
