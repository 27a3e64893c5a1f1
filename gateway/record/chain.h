/* SPDX-License-Identifier: MIT */
/* chain: what makes the access record tamper evident, as a Merkle tree of RFC 9162, section 2.1:
 * a leaf is SHA-256(0x00 ‖ record), a node SHA-256(0x01 ‖ left ‖ right). A record names the leaf of
 * the one before it, so that each says where it stands; a tree head says all of them in 32 bytes.
 * Pure: who stores hashes hands in a function that reads them.
 *
 * The tree grows by a frontier, the roots of its complete subtrees, at most one a level. Of the
 * inner nodes only those CHAIN_TILE levels apart are kept (one for every 256 records, one for every
 * 65,536): a proof works out the rest from at most 256 hashes a level. */
#ifndef RECORD_CHAIN_H
#define RECORD_CHAIN_H

#include "base/str.h"

enum { CHAIN_HASH = 32, CHAIN_LEVELS = 48, CHAIN_TILE = 8, CHAIN_PROOF_MAX = 2 * CHAIN_LEVELS };

struct chain_hash {
    unsigned char bytes[CHAIN_HASH];
};

struct chain_hash chain_leaf(struct str record);
struct chain_hash chain_parent(const struct chain_hash *left, const struct chain_hash *right);
bool chain_hash_equal(const struct chain_hash *a, const struct chain_hash *b);

/* ---- growing ---- */

struct chain_frontier {
    uint64_t size;                         /* leaves */
    struct chain_hash peaks[CHAIN_LEVELS]; /* [k] counts where bit k of size is set */
};

/* Called for each inner node that is to be kept: level is a multiple of CHAIN_TILE. */
typedef void chain_keep_fn(void *ctx, unsigned level, uint64_t index,
                           const struct chain_hash *hash);

/* Adds a leaf; `keep` may be NULL. The tree holds at most 2^48 - 1 leaves. */
void chain_add(struct chain_frontier *frontier, const struct chain_hash *leaf, chain_keep_fn *keep,
               void *ctx);
/* The tree head; of an empty tree SHA-256 of nothing. */
struct chain_hash chain_root(const struct chain_frontier *frontier);

/* ---- reading ---- */

/* A kept hash: leaf `index` for level 0, else the node over the leaves from index << level.
 * False: it could not be read. */
typedef bool chain_read_fn(void *ctx, unsigned level, uint64_t index, struct chain_hash *hash);

struct chain_reader {
    chain_read_fn *read;
    void *ctx;
};

/* The frontier of the first `size` leaves, from what is kept. */
bool chain_frontier_read(const struct chain_reader *reader, uint64_t size,
                         struct chain_frontier *frontier) __attribute__((warn_unused_result));

/* ---- proofs ---- */

struct chain_proof {
    size_t count;
    struct chain_hash path[CHAIN_PROOF_MAX];
};

/* That leaf `index` is in the tree of `size` leaves (RFC 9162, 2.1.3); index < size. */
bool chain_prove_inclusion(const struct chain_reader *reader, uint64_t index, uint64_t size,
                           struct chain_proof *proof) __attribute__((warn_unused_result));
bool chain_check_inclusion(const struct chain_hash *leaf, uint64_t index, uint64_t size,
                           const struct chain_proof *proof, const struct chain_hash *root)
    __attribute__((warn_unused_result));

/* That the tree of `size` leaves begins with the tree of `first` leaves (RFC 9162, 2.1.4);
 * 0 < first <= size. */
bool chain_prove_consistency(const struct chain_reader *reader, uint64_t first, uint64_t size,
                             struct chain_proof *proof) __attribute__((warn_unused_result));
bool chain_check_consistency(uint64_t first, const struct chain_hash *first_root, uint64_t size,
                             const struct chain_hash *root, const struct chain_proof *proof)
    __attribute__((warn_unused_result));

#endif
