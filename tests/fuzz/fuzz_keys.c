/* SPDX-License-Identifier: MIT */
/* A key set as it comes. A set that is taken can be asked for anything, and no made-up signature is
 * right. */
#include <assert.h>

#include "identity/keys.h"

static void try_key(const struct key *key, struct str bytes)
{
    static const size_t lengths[] = {0, 63, 64, 256, 384, 1024};
    static char signature[1024];
    assert(key_algorithms(key) != 0);
    for (unsigned algorithm = ALGORITHM_RS256; algorithm <= ALGORITHM_EDDSA; algorithm <<= 1)
        for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
            assert(!key_verify(key, (enum signature_algorithm)algorithm, bytes,
                               str_make(signature, lengths[i])));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const struct str kids[] = {STR_INIT(""), STR_INIT("a"), STR_INIT("b")};
    struct str input = str_make((const char *)bytes, len);
    const char *why = NULL;
    struct key_set *set = key_set_parse(input, &why);
    assert(set ? key_set_count(set) > 0 && key_set_count(set) <= KEYS_MAX : why != NULL);
    for (size_t i = 0; set && i < sizeof kids / sizeof kids[0]; i++) {
        const struct key *key = key_set_find(set, kids[i]);
        if (key)
            try_key(key, input);
    }
    key_set_unref(&set);
    return 0;
}
