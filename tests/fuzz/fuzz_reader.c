/* SPDX-License-Identifier: MIT */
/* jansson is the oracle: both take the bytes or both refuse them. They may differ on numbers beyond
 * jansson's types, on a NUL behind a number, which jansson loses, and on our lower depth. */
#include <assert.h>
#include <jansson.h>

#include "base/reader.h"

static bool is_known_difference(const struct reader *r, const json_error_t *error)
{
    if (r->fault && memchr(r->start, '\0', (size_t)(r->end - r->start)))
        return true;
    return json_error_code(error) == json_error_numeric_overflow ||
           (r->fault && strcmp(r->fault, "nested too deeply") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    json_error_t error = {0};
    json_t *tree = json_loadb((const char *)bytes, len, JSON_DECODE_ANY, &error);
    struct reader r;
    bool taken;

    reader_init(&r, str_make((const char *)bytes, len), NULL);
    reader_skip(&r);
    taken = reader_end(&r);
    assert(taken == (tree != NULL) || is_known_difference(&r, &error));
    json_decref(tree);
    return 0;
}
