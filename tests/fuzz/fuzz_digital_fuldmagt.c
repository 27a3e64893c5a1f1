/* SPDX-License-Identifier: MIT */
/* Whatever Digital Fuldmagt answers: an outcome, a reason when there are no mandates, and none that
 * is not between those who were asked about. */
#include <assert.h>

#include "adapters/digital_fuldmagt.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const struct mandate_question question = {
        .path = STR("/"),
        .giver = {"7205399984"},
        .receiver = {"8708669982"},
        .request_id = STR("01890000-0000-7000-8000-000000000001"),
    };
    struct answer answer = {
        .http_status = 200,
        .content_type = STR("text/xml"),
        .body = str_make((const char *)bytes, len),
    };
    struct arena *arena = arena_new(1 << 20);
    struct answer_fault fault;
    struct mandate_list list;
    enum outcome outcome = digital_fuldmagt_parse(arena, &question, &answer, &list, &fault);

    assert(outcome_is_positive(outcome) == (fault.why == NULL) && list.count <= MANDATES_MAX);
    assert((outcome == OUTCOME_ANSWERED) == (list.count > 0));
    for (size_t i = 0; i < list.count; i++) {
        const struct mandate *one = &list.at[i];
        assert(cpr_equal(&one->giver, &question.giver) && one->id.len > 0);
        assert(cpr_equal(&one->receiver, &question.receiver));
        for (size_t j = 0; j < one->group_count; j++)
            assert(cpr_equal(&one->groups[j].represented, &question.giver));
    }
    arena_free(&arena);
    return 0;
}
