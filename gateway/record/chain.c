/* SPDX-License-Identifier: MIT */
#include "record/chain.h"

#include "base/die.h"

#include <assert.h>
#include <openssl/evp.h>

enum { LEAF_PREFIX = 0x00, NODE_PREFIX = 0x01 };

/* ---- hashes ---- */

static struct chain_hash digest(const void *a, size_t a_len, const void *b, size_t b_len)
{
    struct chain_hash hash;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1 ||
        EVP_DigestUpdate(context, a, a_len) != 1 || EVP_DigestUpdate(context, b, b_len) != 1 ||
        EVP_DigestFinal_ex(context, hash.bytes, NULL) != 1)
        die("SHA-256 is not available in this OpenSSL");
    EVP_MD_CTX_free(context);
    return hash;
}

struct chain_hash chain_leaf(struct str record)
{
    static const unsigned char prefix = LEAF_PREFIX;
    return digest(&prefix, 1, record.at, record.len);
}

struct chain_hash chain_parent(const struct chain_hash *left, const struct chain_hash *right)
{
    unsigned char first[1 + CHAIN_HASH] = {NODE_PREFIX};
    memcpy(first + 1, left->bytes, CHAIN_HASH);
    return digest(first, sizeof first, right->bytes, CHAIN_HASH);
}

bool chain_hash_equal(const struct chain_hash *a, const struct chain_hash *b)
{
    return memcmp(a->bytes, b->bytes, CHAIN_HASH) == 0;
}

/* ---- growing ---- */

void chain_add(struct chain_frontier *frontier, const struct chain_hash *leaf, chain_keep_fn *keep,
               void *ctx)
{
    struct chain_hash hash = *leaf;
    unsigned level = 0;

    assert(frontier->size < ((uint64_t)1 << CHAIN_LEVELS) - 1);
    while (frontier->size >> level & 1) {
        hash = chain_parent(&frontier->peaks[level], &hash);
        level++;
        if (level % CHAIN_TILE == 0 && keep)
            keep(ctx, level, frontier->size >> level, &hash);
    }
    frontier->peaks[level] = hash;
    frontier->size++;
}

struct chain_hash chain_root(const struct chain_frontier *frontier)
{
    struct chain_hash root = digest("", 0, "", 0);
    bool any = false;
    for (unsigned level = 0; level < CHAIN_LEVELS; level++) {
        if (!(frontier->size >> level & 1))
            continue;
        root = any ? chain_parent(&frontier->peaks[level], &root) : frontier->peaks[level];
        any = true;
    }
    return root;
}

/* ---- reading ---- */

/* The root of the complete subtree of 2^level leaves from index << level. */
static bool read_complete(const struct chain_reader *reader, unsigned level, uint64_t index,
                          struct chain_hash *hash)
{
    struct chain_hash left, right;
    if (level % CHAIN_TILE == 0)
        return reader->read(reader->ctx, level, index, hash);
    if (!read_complete(reader, level - 1, 2 * index, &left) ||
        !read_complete(reader, level - 1, 2 * index + 1, &right))
        return false;
    *hash = chain_parent(&left, &right);
    return true;
}

bool chain_frontier_read(const struct chain_reader *reader, uint64_t size,
                         struct chain_frontier *frontier)
{
    assert(size < (uint64_t)1 << CHAIN_LEVELS);
    *frontier = (struct chain_frontier){.size = size};
    for (unsigned level = 0; level < CHAIN_LEVELS; level++)
        if (size >> level & 1 &&
            !read_complete(reader, level, (size >> level) - 1, &frontier->peaks[level]))
            return false;
    return true;
}

/* The largest power of two smaller than n, as its exponent; n > 1. */
static unsigned split_level(uint64_t n)
{
    unsigned level = 0;
    while ((uint64_t)2 << level < n)
        level++;
    return level;
}

/* MTH(D[start:start + size]): `start` is a multiple of the power of two that holds the range. */
static bool read_range(const struct chain_reader *reader, uint64_t start, uint64_t size,
                       struct chain_hash *hash)
{
    struct chain_frontier frontier = {.size = size};
    for (unsigned level = 0; level < CHAIN_LEVELS; level++)
        if (size >> level & 1 &&
            !read_complete(reader, level, (start >> level) + (size >> level) - 1,
                           &frontier.peaks[level]))
            return false;
    *hash = chain_root(&frontier);
    return true;
}

/* ---- proofs ---- */

/* Paths are worked out from the root down and told from the leaf up. */
static void turn_round(struct chain_proof *proof)
{
    for (size_t i = 0; i < proof->count / 2; i++) {
        struct chain_hash other = proof->path[i];
        proof->path[i] = proof->path[proof->count - 1 - i];
        proof->path[proof->count - 1 - i] = other;
    }
}

bool chain_prove_inclusion(const struct chain_reader *reader, uint64_t index, uint64_t size,
                           struct chain_proof *proof)
{
    uint64_t start = 0;
    assert(index < size);
    proof->count = 0;
    while (size > 1) {
        uint64_t left = (uint64_t)1 << split_level(size);
        bool is_left = index - start < left;
        if (!read_range(reader, is_left ? start + left : start, is_left ? size - left : left,
                        &proof->path[proof->count++]))
            return false;
        start += is_left ? 0 : left;
        size = is_left ? left : size - left;
    }
    turn_round(proof);
    return true;
}

bool chain_check_inclusion(const struct chain_hash *leaf, uint64_t index, uint64_t size,
                           const struct chain_proof *proof, const struct chain_hash *root)
{
    struct chain_hash hash = *leaf;
    uint64_t at = index, last = size - 1;

    if (index >= size)
        return false;
    for (size_t i = 0; i < proof->count; i++) {
        if (last == 0)
            return false;
        if (at & 1 || at == last) {
            hash = chain_parent(&proof->path[i], &hash);
            while (!(at & 1) && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = chain_parent(&hash, &proof->path[i]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && chain_hash_equal(&hash, root);
}

bool chain_prove_consistency(const struct chain_reader *reader, uint64_t first, uint64_t size,
                             struct chain_proof *proof)
{
    uint64_t start = 0;
    bool is_whole = true; /* the old tree is the whole left edge: its head is known */

    assert(first > 0 && first <= size);
    proof->count = 0;
    while (first != size) {
        uint64_t left = (uint64_t)1 << split_level(size);
        bool goes_left = first <= left;
        if (!read_range(reader, goes_left ? start + left : start, goes_left ? size - left : left,
                        &proof->path[proof->count++]))
            return false;
        if (goes_left) {
            size = left;
        } else {
            start += left;
            first -= left;
            size -= left;
            is_whole = false;
        }
    }
    if (!is_whole && !read_range(reader, start, first, &proof->path[proof->count++]))
        return false;
    turn_round(proof);
    return true;
}

bool chain_check_consistency(uint64_t first, const struct chain_hash *first_root, uint64_t size,
                             const struct chain_hash *root, const struct chain_proof *proof)
{
    if (first == 0 || first > size)
        return false;
    if (first == size)
        return proof->count == 0 && chain_hash_equal(first_root, root);

    bool is_power = (first & (first - 1)) == 0;
    size_t next = 0;
    uint64_t at = first - 1, last = size - 1;
    if (!is_power && proof->count == 0)
        return false;
    struct chain_hash old = is_power ? *first_root : proof->path[next++], new = old;
    while (at & 1) {
        at >>= 1;
        last >>= 1;
    }
    for (; next < proof->count; next++) {
        const struct chain_hash *step = &proof->path[next];
        if (last == 0)
            return false;
        if (at & 1 || at == last) {
            old = chain_parent(step, &old);
            new = chain_parent(step, &new);
            while (!(at & 1) && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new = chain_parent(&new, step);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && chain_hash_equal(&old, first_root) && chain_hash_equal(&new, root);
}
