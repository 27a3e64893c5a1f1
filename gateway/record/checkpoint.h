/* SPDX-License-Identifier: MIT */
/* checkpoint: a signed tree head: who has it knows all records before it, and can tell when any of
 * them is changed, left out or cut off. Its text is five lines, in the manner of a signed note:
 *
 *     overblik access record
 *     <node>
 *     <records>
 *     <root, hex>
 *     <time, RFC 3339>
 *
 * signed with ES256 over these bytes, the last line's end included. */
#ifndef RECORD_CHECKPOINT_H
#define RECORD_CHECKPOINT_H

#include "identity/assertion.h"
#include "identity/keys.h"
#include "record/log_store.h"

enum { CHECKPOINT_TEXT_MAX = 256, CHECKPOINT_SIGNATURE = 86, CHECKPOINT_KID_MAX = 64 };

struct checkpoint {
    char text[CHECKPOINT_TEXT_MAX];
    char kid[CHECKPOINT_KID_MAX];
    char signature[CHECKPOINT_SIGNATURE + 1]; /* base64url */
};

/* False: it could not be signed. */
bool checkpoint_make(struct assertion_signer *signer, struct str node, uint64_t size,
                     const struct chain_hash *root, struct wall now, struct checkpoint *checkpoint)
    __attribute__((warn_unused_result));

/* What a checkpoint says; `node` is borrowed from the text. False: not such a text. */
struct checkpoint_head {
    struct str node;
    uint64_t size;
    struct chain_hash root;
    struct wall time;
};
bool checkpoint_parse(struct str text, struct checkpoint_head *head)
    __attribute__((warn_unused_result));

/* NULL: signed by one of these keys, and says what the store says of it; else what is wrong. */
const char *checkpoint_fault(const struct log_checkpoint *checkpoint, struct str node,
                             const struct key_set *keys, struct checkpoint_head *head);

#endif
