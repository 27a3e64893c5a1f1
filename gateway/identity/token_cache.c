/* SPDX-License-Identifier: MIT */
#include "identity/token_cache.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/die.h"
#include "identity/citizen_make.h"

enum {
    DIGEST_BYTES = 32,
    ENTRY_BYTES = 512,
    WAYS = 4, /* a token may lie in this many places */
};

/* Zeroed memory is an empty entry. */
struct entry {
    unsigned char digest[DIGEST_BYTES];
    instant until; /* 0: empty */
    struct wall expires, logged_in;
    struct cpr subject, actor;
    enum level level;
    uint16_t name_len, portal_len, issuer_len;
    bool has_name, has_portal;
    char texts[]; /* name, portal, issuer */
};

enum { TEXTS_MAX = ENTRY_BYTES - sizeof(struct entry) };

struct slot {
    _Alignas(ENTRY_BYTES) char bytes[ENTRY_BYTES];
};

struct token_cache {
    struct slot *slots; /* sets of `ways`, one after the other; outside core dumps */
    size_t set_count, ways, used;
    uint64_t epoch;
    EVP_MD *sha256;
    EVP_MD_CTX *ctx;
};

static struct entry *entry_at(const struct token_cache *cache, size_t index)
{
    return (struct entry *)cache->slots[index].bytes;
}

static size_t slot_count(const struct token_cache *cache)
{
    return cache->set_count * cache->ways;
}

struct token_cache *token_cache_new(size_t entries_max)
{
    struct token_cache *cache = die_calloc(1, sizeof *cache);
    if (entries_max == 0)
        return cache;
    cache->ways = entries_max < WAYS ? entries_max : WAYS;
    cache->set_count = entries_max / cache->ways;
    size_t size;
    if (__builtin_mul_overflow(slot_count(cache), sizeof(struct slot), &size))
        die("token cache: %zu entries are too many", entries_max);
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || madvise(memory, size, MADV_DONTDUMP) != 0)
        die("token cache: no memory for %zu entries", entries_max);
    cache->slots = memory;
    cache->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    cache->ctx = EVP_MD_CTX_new();
    if (!cache->sha256 || !cache->ctx)
        die("token cache: no SHA-256");
    return cache;
}

static void wipe(struct token_cache *cache, struct entry *entry)
{
    OPENSSL_cleanse(entry, ENTRY_BYTES);
    cache->used--;
}

void token_cache_sweep(struct token_cache *cache, instant now)
{
    for (size_t i = 0; cache->used && i < slot_count(cache); i++)
        if (entry_at(cache, i)->until && entry_at(cache, i)->until <= now)
            wipe(cache, entry_at(cache, i));
}

size_t token_cache_count(const struct token_cache *cache)
{
    return cache->used;
}

void token_cache_free(struct token_cache **cache)
{
    struct token_cache *gone = *cache;
    *cache = NULL;
    if (!gone)
        return;
    token_cache_sweep(gone, INSTANT_NEVER);
    if (gone->slots)
        munmap(gone->slots, slot_count(gone) * sizeof(struct slot));
    EVP_MD_CTX_free(gone->ctx);
    EVP_MD_free(gone->sha256);
    free(gone);
}

static bool digest(struct token_cache *cache, struct str token, unsigned char out[DIGEST_BYTES])
{
    return EVP_DigestInit_ex2(cache->ctx, cache->sha256, NULL) == 1 &&
           EVP_DigestUpdate(cache->ctx, token.at, token.len) == 1 &&
           EVP_DigestFinal_ex(cache->ctx, out, NULL) == 1;
}

/* The first entry of the set a digest belongs to. */
static size_t set_of(const struct token_cache *cache, const unsigned char bytes[DIGEST_BYTES])
{
    uint64_t hash;
    memcpy(&hash, bytes, sizeof hash);
    return (size_t)(hash % cache->set_count) * cache->ways;
}

/* Makes the cache speak of this epoch only. */
static void enter_epoch(struct token_cache *cache, uint64_t epoch)
{
    if (cache->epoch != epoch)
        token_cache_sweep(cache, INSTANT_NEVER);
    cache->epoch = epoch;
}

static struct entry *find(struct token_cache *cache, const unsigned char bytes[DIGEST_BYTES])
{
    size_t first = set_of(cache, bytes);
    for (size_t i = first; i < first + cache->ways; i++) {
        struct entry *entry = entry_at(cache, i);
        if (entry->until && CRYPTO_memcmp(entry->digest, bytes, DIGEST_BYTES) == 0)
            return entry;
    }
    return NULL;
}

static const struct citizen *citizen_of(const struct entry *entry, struct arena *arena)
{
    const char *portal = entry->texts + entry->name_len;
    const char *issuer = portal + entry->portal_len;
    struct citizen_facts facts = {
        .subject = entry->subject,
        .actor = entry->actor,
        .name = entry->has_name ? str_make(entry->texts, entry->name_len) : STR_NONE,
        .portal = entry->has_portal ? str_make(portal, entry->portal_len) : STR_NONE,
        .issuer = str_make(issuer, entry->issuer_len),
        .level = entry->level,
        .expires = entry->expires,
        .logged_in = entry->logged_in,
    };
    const struct citizen *citizen = citizen_make(arena, &facts);
    OPENSSL_cleanse(&facts, sizeof facts);
    return citizen;
}

const struct citizen *token_cache_find(struct token_cache *cache, struct str token, uint64_t epoch,
                                       instant now, struct wall wall, struct arena *arena)
{
    unsigned char bytes[DIGEST_BYTES];
    enter_epoch(cache, epoch);
    if (cache->used == 0 || !digest(cache, token, bytes))
        return NULL;
    struct entry *entry = find(cache, bytes);
    if (!entry)
        return NULL;
    if (now >= entry->until || wall.unix_ms >= entry->expires.unix_ms) {
        wipe(cache, entry);
        return NULL;
    }
    return citizen_of(entry, arena);
}

/* The token's own place when it has one, else an empty one, else that of the entry that ends
 * first. */
static struct entry *make_room(struct token_cache *cache, const unsigned char bytes[DIGEST_BYTES])
{
    size_t first = set_of(cache, bytes);
    struct entry *chosen = find(cache, bytes);
    if (!chosen) {
        chosen = entry_at(cache, first);
        for (size_t i = first + 1; i < first + cache->ways; i++)
            if (entry_at(cache, i)->until < chosen->until)
                chosen = entry_at(cache, i);
    }
    if (chosen->until)
        wipe(cache, chosen);
    return chosen;
}

static char *put(char *at, struct str text)
{
    if (text.len)
        memcpy(at, text.at, text.len);
    return at + text.len;
}

void token_cache_add(struct token_cache *cache, struct str token, uint64_t epoch, instant now,
                     const struct citizen *citizen)
{
    struct str name = citizen_name(citizen), portal = citizen_portal(citizen);
    struct str issuer = citizen_issuer(citizen);
    unsigned char bytes[DIGEST_BYTES];
    enter_epoch(cache, epoch);
    if (citizen_privileges(citizen).at)
        return; /* too large for an entry, and rare */
    if (cache->set_count == 0 || name.len > TEXTS_MAX || portal.len > TEXTS_MAX - name.len ||
        issuer.len > TEXTS_MAX - name.len - portal.len || !digest(cache, token, bytes))
        return;
    struct entry *entry = make_room(cache, bytes);
    memcpy(entry->digest, bytes, DIGEST_BYTES);
    entry->until = instant_after_ms(now, TOKEN_CACHE_LIFE_MS);
    entry->expires = citizen_expires(citizen);
    entry->logged_in = citizen_logged_in(citizen);
    entry->subject = *citizen_subject(citizen);
    entry->actor = *citizen_actor(citizen);
    entry->level = citizen_level(citizen);
    entry->has_name = name.at;
    entry->has_portal = portal.at;
    entry->name_len = (uint16_t)name.len;
    entry->portal_len = (uint16_t)portal.len;
    entry->issuer_len = (uint16_t)issuer.len;
    put(put(put(entry->texts, name), portal), issuer);
    cache->used++;
}
