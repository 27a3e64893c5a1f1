/* SPDX-License-Identifier: MIT */
/* Any bytes as a correction and as an authority's receipt: what is taken is whole, within its
 * ceilings, and leaves as JSON that is taken again. */
#include <assert.h>

#include "serve/correction.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    enum { TEXT_MAX = 4000, RECEIPTS = 65536 };
    static const struct cpr cpr = {"6101709995"};
    struct arena *arena = arena_new((size_t)8 * 1024 * 1024);
    const struct str input = {(const char *)bytes, len};
    struct correction correction;
    struct problem problem = {.kind = PROBLEM_NONE};

    if (correction_parse(input, TEXT_MAX, arena, &correction, &problem)) {
        const struct correction_letter letter = {
            .id = STR("id"), .source = STR("s"), .citizen = &cpr, .correction = &correction};
        struct buf out;
        struct reader r;
        assert(correction.text.len > 0 && !correction.handle.at == !!correction.source.at);
        buf_init(&out, (size_t)4 * 1024 * 1024);
        correction_write(&letter, &out);
        reader_init(&r, buf_str(&out), arena);
        reader_skip(&r);
        assert(!out.failed && reader_end(&r));
        buf_clear(&out);
    } else {
        assert(problem.kind != PROBLEM_NONE);
    }
    assert(correction_receipt(input, arena).len <= CORRECTION_RECEIPT_MAX);
    arena_free(&arena);
    return 0;
}
