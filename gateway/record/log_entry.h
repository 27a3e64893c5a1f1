/* SPDX-License-Identifier: MIT */
/* log_entry: how a line that was handed in becomes a record of the chain: its canonical bytes, and
 * what it is found by. Pure.
 *
 * A record is the line, one JSON object, with its place put in front:
 *   {"node":"…","seq":7,"previous":"<leaf of record 6, hex>","event":…}
 * "previous" of the first is all zeros. These bytes are what is hashed and kept. */
#ifndef RECORD_LOG_ENTRY_H
#define RECORD_LOG_ENTRY_H

#include "base/arena.h"
#include "base/buf.h"
#include "record/log_store.h"

/* Fills *row; its body is `out`'s bytes, the rest borrows the line and the arena. False: the line
 * is not an object in JSON, or `out` is full. */
bool log_entry_make(struct str line, struct str node, uint64_t seq,
                    const struct chain_hash *previous, struct arena *arena, struct buf *out,
                    struct log_row *row) __attribute__((warn_unused_result));

/* What a record is found by, read of its bytes: fills the row's time, receipt, subject and actor.
 * Texts borrow the bytes and the arena. False: it is no record. */
bool log_entry_read(struct str body, struct arena *arena, struct log_row *row)
    __attribute__((warn_unused_result));

/* The place that a record's bytes say they stand at. False: they do not begin as a record. */
struct log_place {
    struct str node;
    uint64_t seq;
    struct chain_hash previous;
};
bool log_entry_place(struct str body, struct log_place *place) __attribute__((warn_unused_result));

#endif
