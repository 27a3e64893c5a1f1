/* SPDX-License-Identifier: MIT */
/* log: what the `overblik log` commands share: the configuration, and the access record it names.
 */
#ifndef COMMAND_LOG_H
#define COMMAND_LOG_H

#include "policy/snapshot.h"
#include "record/log_check.h"

struct log_command {
    struct snapshot *snapshot;
    struct log_store *store;
    struct arena *arena;
    const char *config, *keys_file;
    const char *argument; /* what stands behind the command's name; NULL: nothing does */
    uint64_t from, limit;
    struct date first, last;
    const char *receipt;
    bool is_json, wants_citizen;
};

/* Each returns an exit status and says on stderr what is wrong. */
int log_export(struct log_command *command);
int log_authority(struct log_command *command);

#endif
