/* SPDX-License-Identifier: MIT */
/* check: reads a whole configuration with its keys and certificates as a start would, and tells
 * what it found: `overblikd -t` and `overblik check`. */
#ifndef SERVE_CHECK_H
#define SERVE_CHECK_H

#include <stdbool.h>

struct check_options {
    const char *program; /* who speaks */
    const char *path;    /* the main file */
    bool insecure_sources;
    bool as_json; /* for editors, on stdout */
};

/* Good: one line with the revision on stdout, EX_OK. Else every fault, one a line, on stderr, and
 * EX_CONFIG. What is right but may not be meant comes after the summary, as remarks. As JSON:
 * {"ok","file","revision","summary":{…},"faults":[{"file","line","column","message"}],"remarks":[…]},
 * where line and column are null for a fault of a whole file. */
int check_configuration(const struct check_options *options);

/* After faults: says on stderr how many they were. */
void check_count(const char *program, unsigned long count);

#endif
