/* SPDX-License-Identifier: MIT */
/* Any bytes as a privilege list, as base64 and as what base64 holds: groups within the ceilings,
 * each with somebody and something, or a reason. */
#include <assert.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "identity/privilege.h"

static void check(struct str base64)
{
    struct arena *arena = arena_new(1 << 20);
    struct privilege_list list;
    const char *why = NULL;

    if (privileges_parse(arena, base64, &list, &why)) {
        assert(list.count + list.passed_over <= PRIVILEGE_GROUPS_MAX);
        for (size_t i = 0; i < list.count; i++) {
            const struct privilege_group *group = &list.groups[i];
            assert(cpr_is_known(&group->represented));
            assert(group->privilege_count > 0 && group->privilege_count <= PRIVILEGES_MAX);
            assert(group->kle_count <= PRIVILEGE_KLE_MAX);
            for (size_t j = 0; j < group->kle_count; j++)
                assert(kle_pattern_is_valid(group->kle[j]));
        }
    } else {
        assert(why && list.count == 0);
    }
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    char *text = len < PRIVILEGE_TEXT_MAX / 2 ? malloc(4 * ((len + 2) / 3) + 1) : NULL;

    check(str_make((const char *)bytes, len));
    if (text) {
        int encoded = EVP_EncodeBlock((unsigned char *)text, bytes, (int)len);
        check(str_make(text, (size_t)encoded));
    }
    free(text);
    return 0;
}
