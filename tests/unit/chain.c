/* SPDX-License-Identifier: MIT */
/* The Merkle tree: heads as RFC 9162's reference implementations give them, every proof of every
 * small tree, and that no proof proves anything else. */
#include "record/chain.h"

#include "base/hex.h"
#include "tests/tap.h"

enum { LEAVES = 1300 }; /* more than five tiles, and not a power of two */

struct stored {
    struct chain_hash leaves[LEAVES], nodes[LEAVES / 256 + 1];
    unsigned kept, reads;
    bool is_broken;
};
static struct stored stored;

static void keep(void *ctx, unsigned level, uint64_t index, const struct chain_hash *hash)
{
    struct stored *to = ctx;
    if (level == 8 && index < LEAVES / 256 + 1)
        to->nodes[index] = *hash;
    to->kept++;
}

static bool read_hash(void *ctx, unsigned level, uint64_t index, struct chain_hash *hash)
{
    struct stored *from = ctx;
    from->reads++;
    if (from->is_broken || (level != 0 && level != 8))
        return false;
    *hash = level == 0 ? from->leaves[index] : from->nodes[index];
    return true;
}

static const struct chain_reader reader = {read_hash, &stored};

static void is_hash(const struct chain_hash *got, const char *want, const char *what)
{
    char text[2 * CHAIN_HASH + 1];
    hex_encode(got->bytes, CHAIN_HASH, text);
    is_str(text, want, "%s", what);
}

/* The inputs and heads that Certificate Transparency's implementations share. */
static void knows_the_published_heads(void)
{
    static const struct {
        struct str leaf;
        const char *root;
    } steps[] = {
        {STR_INIT(""), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
        {STR_INIT("\x00"), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
        {STR_INIT("\x10"), "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
        {STR_INIT("\x20\x21"), "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
        {STR_INIT("\x30\x31"), "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
        {STR_INIT("\x40\x41\x42\x43"),
         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
        {STR_INIT("\x50\x51\x52\x53\x54\x55\x56\x57"),
         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
        {STR_INIT("\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"),
         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
    };
    struct chain_frontier frontier = {0};
    struct chain_hash root = chain_root(&frontier);
    is_hash(&root, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "empty");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct chain_hash leaf = chain_leaf(steps[i].leaf);
        chain_add(&frontier, &leaf, NULL, NULL);
        root = chain_root(&frontier);
        is_hash(&root, steps[i].root, "the head");
    }
}

static struct chain_hash root_of(uint64_t size)
{
    struct chain_frontier frontier = {0};
    for (uint64_t i = 0; i < size; i++)
        chain_add(&frontier, &stored.leaves[i], NULL, NULL);
    return chain_root(&frontier);
}

static void fill(void)
{
    struct chain_frontier frontier = {0};
    for (int i = 0; i < LEAVES; i++) {
        char text[32];
        snprintf(text, sizeof text, "record %d", i);
        stored.leaves[i] = chain_leaf(str_of(text));
        chain_add(&frontier, &stored.leaves[i], keep, &stored);
    }
    is_int(stored.kept, LEAVES / 256, "one node for every 256 leaves is kept");
}

static void a_frontier_is_read_again(void)
{
    int wrong = 0;
    for (uint64_t size = 0; size <= LEAVES; size += 1 + size % 7) {
        struct chain_frontier frontier;
        struct chain_hash want = root_of(size), got;
        bool is_read = chain_frontier_read(&reader, size, &frontier);
        got = chain_root(&frontier);
        wrong += !is_read || frontier.size != size || !chain_hash_equal(&want, &got);
    }
    is_int(wrong, 0, "the frontier of any size, from what is kept");
    stored.reads = 0;
    struct chain_frontier frontier;
    ok(chain_frontier_read(&reader, LEAVES, &frontier), "read");
    ok(stored.reads < 300, "from %u hashes, not all %d", stored.reads, LEAVES);
    stored.is_broken = true;
    ok(!chain_frontier_read(&reader, 3, &frontier), "what cannot be read is said");
    stored.is_broken = false;
}

static void proves_inclusion(void)
{
    int wrong = 0, fooled = 0;
    for (uint64_t size = 1; size <= 70; size++) {
        struct chain_hash root = root_of(size), other = root_of(size - 1);
        for (uint64_t index = 0; index < size; index++) {
            struct chain_proof proof;
            const struct chain_hash *leaf = &stored.leaves[index];
            wrong += !chain_prove_inclusion(&reader, index, size, &proof) ||
                     !chain_check_inclusion(leaf, index, size, &proof, &root);
            fooled += chain_check_inclusion(leaf, index, size, &proof, &other);
            fooled += chain_check_inclusion(&stored.leaves[index + 1], index, size, &proof, &root);
            fooled += chain_check_inclusion(leaf, size, size, &proof, &root);
            if (proof.count > 0) {
                proof.path[proof.count - 1].bytes[7] ^= 1;
                fooled += chain_check_inclusion(leaf, index, size, &proof, &root);
                proof.path[proof.count - 1].bytes[7] ^= 1;
                proof.count--;
                fooled += chain_check_inclusion(leaf, index, size, &proof, &root);
            }
        }
    }
    is_int(wrong, 0, "every leaf of every tree up to 70");
    is_int(fooled, 0, "no head, leaf, place, hash or length is taken for another");

    struct chain_hash root = root_of(LEAVES);
    for (uint64_t index = 0; index < LEAVES; index += 13) {
        struct chain_proof proof;
        wrong += !chain_prove_inclusion(&reader, index, LEAVES, &proof) || proof.count > 11 ||
                 !chain_check_inclusion(&stored.leaves[index], index, LEAVES, &proof, &root);
    }
    is_int(wrong, 0, "over several tiles, by at most 11 hashes");
}

static void proves_consistency(void)
{
    int wrong = 0, fooled = 0;
    for (uint64_t size = 1; size <= 70; size++) {
        struct chain_hash root = root_of(size);
        for (uint64_t first = 1; first <= size; first++) {
            struct chain_proof proof;
            struct chain_hash first_root = root_of(first), other = root_of(first - 1);
            wrong += !chain_prove_consistency(&reader, first, size, &proof) ||
                     !chain_check_consistency(first, &first_root, size, &root, &proof);
            fooled += chain_check_consistency(first, &other, size, &root, &proof);
            fooled += chain_check_consistency(first, &first_root, size, &other, &proof);
            fooled += chain_check_consistency(size + 1, &first_root, size, &root, &proof);
            fooled += chain_check_consistency(0, &first_root, size, &root, &proof);
            if (proof.count > 0) {
                proof.path[0].bytes[0] ^= 1;
                fooled += chain_check_consistency(first, &first_root, size, &root, &proof);
                proof.path[0].bytes[0] ^= 1;
                proof.count--;
                fooled += chain_check_consistency(first, &first_root, size, &root, &proof);
            }
        }
    }
    is_int(wrong, 0, "every tree up to 70 begins with every smaller one");
    is_int(fooled, 0, "and with no other");

    struct chain_hash root = root_of(LEAVES), first_root = root_of(777);
    struct chain_proof proof;
    ok(chain_prove_consistency(&reader, 777, LEAVES, &proof) &&
           chain_check_consistency(777, &first_root, LEAVES, &root, &proof),
       "over several tiles");
}

int main(void)
{
    knows_the_published_heads();
    fill();
    a_frontier_is_read_again();
    proves_inclusion();
    proves_consistency();
    return done_testing();
}
