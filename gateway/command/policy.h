/* SPDX-License-Identifier: MIT */
/* policy: what `overblik policy` does, one function for each of its words. argv[0] is the word. */
#ifndef COMMAND_POLICY_H
#define COMMAND_POLICY_H

#include "policy/snapshot.h"

int policy_test(int argc, char **argv);
int policy_diff(int argc, char **argv);
int policy_replay(int argc, char **argv);

/* A configuration to judge by; its keys and certificates are not looked at. NULL: its faults were
 * told on stderr, which is EX_CONFIG. */
struct snapshot *policy_read(const char *path, bool insecure_sources);

#endif
