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
 * and, where several nodes share the store, a line for each other chain that has a checkpoint
 * there, by name: the head that its newest one signs.
 *
 *     <node> <records> <root, hex>
 *
 * Signed with ES256 over these bytes, the last line's end included. So a chain that goes back, or
 * is gone with all of its checkpoints, is told by those of the others. */
#ifndef RECORD_CHECKPOINT_H
#define RECORD_CHECKPOINT_H

#include "base/buf.h"
#include "identity/assertion.h"
#include "identity/keys.h"
#include "record/log_store.h"

enum {
    CHECKPOINT_OTHER_MAX = LOG_NODE_MAX + 2 * CHAIN_HASH + 24, /* a line */
    CHECKPOINT_TEXT_MAX = 256 + LOG_NODES_MAX * CHECKPOINT_OTHER_MAX,
    CHECKPOINT_SIGNATURE = 86,
    CHECKPOINT_KID_MAX = 64
};

struct checkpoint {
    char text[CHECKPOINT_TEXT_MAX];
    char kid[CHECKPOINT_KID_MAX];
    char signature[CHECKPOINT_SIGNATURE + 1]; /* base64url */
};

/* The head of one chain. */
struct chain_head {
    struct str node;
    uint64_t size;
    struct chain_hash root;
};

/* `others`: heads of other chains as checkpoint_add_other wrote them, "" for none. False: it could
 * not be signed. */
bool checkpoint_make(struct assertion_signer *signer, const struct chain_head *head,
                     struct str others, struct wall now, struct checkpoint *checkpoint)
    __attribute__((warn_unused_result));
void checkpoint_add_other(struct buf *others, const struct chain_head *head);

/* What a checkpoint says, borrowed from its text. False: not such a text. */
struct checkpoint_head {
    struct chain_head own;
    struct wall time;
    struct str others; /* their lines; "": none */
};
bool checkpoint_parse(struct str text, struct checkpoint_head *head)
    __attribute__((warn_unused_result));
/* Takes the first line off `others`; false: none is left, or it is not such a line. */
bool checkpoint_next_other(struct str *others, struct chain_head *head)
    __attribute__((warn_unused_result));
/* What lines say of a node; false: nothing. */
bool checkpoint_find_other(struct str others, struct str node, struct chain_head *head)
    __attribute__((warn_unused_result));

/* NULL: signed by one of these keys, and says what the store says of it; else what is wrong. */
const char *checkpoint_fault(const struct log_checkpoint *checkpoint, struct str node,
                             const struct key_set *keys, struct checkpoint_head *head);

#endif
