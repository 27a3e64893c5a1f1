/* SPDX-License-Identifier: MIT */
/* The pure part of net/fetch.h, the same whoever fetches. */
#include <assert.h>

#include "net/fetch.h"

static uint64_t hash_add(uint64_t hash, const void *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3;
    return hash;
}

/* Each field after its length, so that no two targets run together (FNV-1a, 64 bits). */
uint64_t fetch_target_identity(const struct fetch_target *target)
{
    const struct str texts[] = {
        target->url,      target->ca_file,   target->cert_file,        target->key_file,
        target->crl_file, target->addresses, target->public_exceptions};
    const unsigned char flags[] = {target->insecure, target->no_reuse, target->is_public_only};
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        uint64_t len = texts[i].at ? texts[i].len : UINT64_MAX; /* absent is not empty */
        hash = hash_add(hash, &len, sizeof len);
        hash = hash_add(hash, texts[i].at, texts[i].len);
    }
    return hash_add(hash, flags, sizeof flags);
}

struct str fetch_status_code(enum fetch_status status)
{
    static const struct str codes[] = {
#define X(name, code) [name] = STR_INIT(code),
        FETCH_STATUSES(X)
#undef X
    };
    assert((size_t)status < FETCH_STATUS_COUNT);
    return codes[status];
}
