/* SPDX-License-Identifier: MIT */
/* Whatever Klassifikation answers: an outcome, no more ids and classes than there is room for, a
 * reason when nothing is believed; and a table that is made of the rest finds what it holds. */
#include <assert.h>

#include "adapters/klassifikation.h"
#include "policy/classification.h"

enum { CLASSES_MAX = 64 };

#define REQUEST_ID STR("019a0000-0000-7000-8000-000000000002")

static void check_soeg(struct arena *arena, const struct answer *answer)
{
    struct klassifikation_ids *ids = ARENA_NEW(arena, struct klassifikation_ids);
    struct answer_fault fault;
    char uuid[MUNICIPAL_UUID_TEXT];

    assert(ids);
    enum outcome outcome = klassifikation_parse_soeg(arena, REQUEST_ID, answer, ids, &fault);
    assert(outcome == OUTCOME_INVALID || outcome == OUTCOME_FAILED || outcome == OUTCOME_EMPTY ||
           outcome == OUTCOME_ANSWERED);
    assert(outcome_is_positive(outcome) == (fault.why == NULL) && fault.offset <= answer->body.len);
    for (size_t i = 0; outcome_is_positive(outcome) && i < ids->count; i++)
        assert(municipal_uuid_parse(str_of(ids->at[i].text), uuid));
}

static void check_table(struct arena *arena, const struct klassifikation_classes *classes)
{
    struct classification_entry entries[CLASSES_MAX];
    struct classification table;

    for (size_t i = 0; i < classes->count; i++)
        entries[i] = (struct classification_entry){.number = classes->at[i].number,
                                                   .title = classes->at[i].title,
                                                   .from = classes->at[i].from,
                                                   .to = classes->at[i].to};
    size_t left_out = classification_make(&table, STR_NONE, entries, classes->count, arena);
    assert(table.count + left_out == classes->count || arena_is_full(arena));
    for (size_t i = 0; i < table.count; i++)
        assert(classification_find(&table, table.entries[i].number, table.entries[i].from) ==
               &table.entries[i]);
}

static void check_list(struct arena *arena, const struct answer *answer)
{
    static const struct klassifikation_id asked[] = {{"c1a55e00-0000-4000-8000-000000000004"},
                                                     {"c1a55e00-0000-4000-8000-000000000013"},
                                                     {"c1a55e00-0000-4000-8000-000000000020"},
                                                     {"c1a55e00-0000-4000-8000-000000000091"}};
    enum { ASKED = sizeof asked / sizeof *asked };
    struct klassifikation_class room[CLASSES_MAX];
    struct klassifikation_classes classes = {.at = room, .max = CLASSES_MAX};
    struct answer_fault fault;
    enum outcome outcome =
        klassifikation_parse_list(arena, REQUEST_ID, answer, asked, ASKED, &classes, &fault);

    assert(outcome_is_positive(outcome) == (fault.why == NULL) && fault.offset <= answer->body.len);
    assert(classes.count <= CLASSES_MAX && classes.missing <= ASKED);
    if (outcome_is_positive(outcome))
        check_table(arena, &classes);
    else
        assert(classes.count == 0 && classes.missing == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct answer answer = {.http_status = 200,
                            .content_type = STR("text/xml"),
                            .body = str_make((const char *)bytes, len)};
    struct arena *arena = arena_new(1 << 18);

    check_soeg(arena, &answer);
    arena_reset(arena);
    check_list(arena, &answer);
    arena_free(&arena);
    return 0;
}
