/* SPDX-License-Identifier: MIT */
/* log_check: proves that a node's records are those that were written, in their order, none
 * changed, left out or cut off behind a checkpoint; or names the first that is wrong, and what is
 * wrong. */
#ifndef RECORD_LOG_CHECK_H
#define RECORD_LOG_CHECK_H

#include "record/checkpoint.h"

enum { LOG_FAULT_MAX = 200 };

struct log_report {
    uint64_t size;          /* records that are there, pruned ones too */
    uint64_t pruned;        /* of these, whose content was deleted: the first so many */
    uint64_t signed_size;   /* records that the newest checkpoint speaks for */
    struct wall signed_at;  /* when it was signed; unknown: none is */
    size_t checkpoints;     /* that were looked at */
    struct chain_hash root; /* of all records */

    bool has_fault;
    uint64_t bad; /* the first record that is wrong */
    char what[LOG_FAULT_MAX];
};

/* Every record, every kept hash, every checkpoint. `keys`: those that checkpoints are signed with.
 * False: it could not be read to the end, which is a fault as well: see report.what. */
bool log_check_whole(struct log_store *store, struct str node, const struct key_set *keys,
                     struct log_report *report) __attribute__((warn_unused_result));
/* The newest few hundred records and the newest checkpoint; `keys` NULL: not its signature. */
bool log_check_end(struct log_store *store, struct str node, const struct key_set *keys,
                   struct log_report *report) __attribute__((warn_unused_result));

#endif
