/* SPDX-License-Identifier: MIT */
/* Whatever an index answers: an outcome, items within the ceiling, a reason when there are none;
 * and what is taken has an id, belongs to the kinds of this index, and inherits from its own list.
 */
#include <assert.h>

#include "adapters/municipal_cases.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const struct cpr subject = {"6101709995"};
    static const struct source source = {.path = {"/", 1}};
    struct question question = {
        .source = &source,
        .subject = &subject,
        .journal_notes = len % 2,
        .municipality = STR("0710"),
        .municipality_cvr = STR("29189714"),
        .now = wall_of_unix(1795258800),
    };
    struct answer answer = {
        .http_status = 200,
        .content_type = STR("text/xml"),
        .body = str_make((const char *)bytes, len),
        .items_max = 50,
    };
    struct arena *arena = arena_new(1 << 18);
    struct answer_fault fault;
    struct parsed parsed;
    enum outcome outcome =
        adapter_municipal_cases.parse(arena, &question, &answer, &parsed, &fault);

    assert(outcome == OUTCOME_INVALID || outcome == OUTCOME_FAILED || outcome == OUTCOME_EMPTY ||
           outcome == OUTCOME_ANSWERED);
    assert(outcome_is_positive(outcome) == (fault.why == NULL) && fault.offset <= len);
    if (outcome_is_positive(outcome)) {
        assert(parsed.items.count <= answer.items_max);
        assert((outcome == OUTCOME_EMPTY) == (parsed.items.count == 0 && !parsed.cursor.at));
        for (const struct item *item = parsed.items.first; item; item = item->next) {
            assert(item->id.len > 0 && item->status < ITEM_STATUS_COUNT);
            assert(item->kind == ITEM_CASE || item->kind == ITEM_DOCUMENT);
            assert(!item->owner_id.at || item->kind == ITEM_DOCUMENT);
        }
    }
    arena_free(&arena);
    return 0;
}
