/* SPDX-License-Identifier: MIT */
/* command: the groups of `overblik` commands, one file each, and the table that names them. Exit
 * status by sysexits. */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

int command_main(int argc, char **argv);

/* argv[0] is the command's own name. */
int command_log(int argc, char **argv);
int command_overview(int argc, char **argv);
int command_token(int argc, char **argv);

#endif
