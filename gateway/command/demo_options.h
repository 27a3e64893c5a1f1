/* SPDX-License-Identifier: MIT */
/* demo_options: the command line of a command that speaks as a citizen of the sandbox: its own long
 * options, --help, and those of the demo. */
#ifndef COMMAND_DEMO_OPTIONS_H
#define COMMAND_DEMO_OPTIONS_H

#include "command/demo.h"

/* An own option: one that takes a value, or a switch. */
struct demo_own_option {
    const char *name; /* without dashes */
    const char **value;
    bool *is_set; /* a switch's; then `value` is NULL */
};
enum { DEMO_OWN_OPTIONS_MAX = 16 };

/* Reads them; what is no option is left from `optind` on. -1: go on; else the exit status: help was
 * printed, or said on stderr what is wrong. */
int demo_options_read(int argc, char **argv, const struct demo_own_option *own, size_t count,
                      struct demo *demo, void (*print_help)(void));

#endif
