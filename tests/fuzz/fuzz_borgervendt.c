/* SPDX-License-Identifier: MIT */
/* Whatever a source of the contract answers: an outcome, items within the ceiling, a reason when
 * there are none; and what is taken speaks of known kinds by ids that are not empty. */
#include <assert.h>

#include "adapters/adapters.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const struct cpr subject = {"6101709995"};
    static const struct source source = {.kinds = (1u << ITEM_KIND_COUNT) - 1};
    struct question question = {.source = &source, .subject = &subject};
    struct answer answer = {
        .http_status = 200, .body = str_make((const char *)bytes, len), .items_max = 50};
    struct arena *arena = arena_new(1 << 18);
    struct answer_fault fault;
    struct parsed parsed;
    enum outcome outcome = adapter_borgervendt.parse(arena, &question, &answer, &parsed, &fault);

    assert(outcome == OUTCOME_INVALID || outcome == OUTCOME_EMPTY || outcome == OUTCOME_ANSWERED);
    assert((outcome == OUTCOME_INVALID) == (fault.why != NULL) && fault.offset <= len);
    if (outcome != OUTCOME_INVALID) {
        assert(parsed.items.count <= answer.items_max);
        assert((outcome == OUTCOME_EMPTY) == (parsed.items.count == 0 && !parsed.cursor.at));
        for (const struct item *item = parsed.items.first; item; item = item->next)
            assert(item->id.len > 0 && item->kind < ITEM_KIND_COUNT &&
                   item->status < ITEM_STATUS_COUNT);
    }
    arena_free(&arena);
    return 0;
}
