/* SPDX-License-Identifier: MIT */
/* standard_config: which configuration a command means that names none: the demo's where it is, the
 * installed one, the repository's example. */
#ifndef COMMAND_STANDARD_CONFIG_H
#define COMMAND_STANDARD_CONFIG_H

/* For help texts, behind "(" and before ")". */
#define STANDARD_CONFIG_HELP                                                                       \
    "build/demo/conf/overblikd.json where the\n"                                                   \
    "                      demo is, else /etc/overblik/overblikd.json"

/* The last of them when none is there. */
const char *standard_config(void);

#endif
