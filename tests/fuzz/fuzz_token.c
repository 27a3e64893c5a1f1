/* SPDX-License-Identifier: MIT */
/* First byte 'r': what follows is a token as it comes. Else: a header, a line feed and claims,
 * which are signed here, so that what lies behind the signature is reached. What we take, jansson
 * takes too: our reading is the stricter one. */
#include <assert.h>
#include <jansson.h>

#include "tests/issuers.h"

static enum token_fault verify_signed(struct arena *arena, struct str input,
                                      const struct citizen **citizen)
{
    struct str claims = input, header = str_split(&claims, '\n');
    struct str token = test_token(arena, &ed, header, claims.at ? claims : STR(""));
    enum token_fault fault = verify(arena, token, NOW_S, citizen);
    if (fault == TOKEN_OK) {
        json_t *tree = json_loadb(claims.at, claims.len, JSON_REJECT_DUPLICATES, NULL);
        assert(json_is_object(tree));
        assert(json_is_integer(json_object_get(tree, "exp")));
        json_decref(tree);
    }
    return fault;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static bool started;
    if (!started) {
        issuers_start();
        atexit(issuers_end);
    }
    started = true;
    if (len == 0 || len > TOKEN_BYTES_MAX + 16)
        return 0;
    struct arena *arena = arena_new(256 * 1024);
    struct str input = str_make((const char *)bytes + 1, len - 1);
    const struct citizen *citizen;
    enum token_fault fault = bytes[0] == 'r' ? verify(arena, input, NOW_S, &citizen)
                                             : verify_signed(arena, input, &citizen);
    assert(fault < TOKEN_FAULT_COUNT && token_fault_code(fault).len > 0);
    assert((fault == TOKEN_OK) == (citizen != NULL));
    assert(!citizen || (cpr_is_known(citizen_subject(citizen)) && citizen_portal(citizen).len));
    token_of_authorization(input);
    arena_free(&arena);
    return 0;
}
