/* SPDX-License-Identifier: MIT */
/* Whatever a manifest says of its mapping: faults, or a mapping by which requests are built without
 * the citizen's number in their head, and answers are read. */
#include "tests/fuzz/mapped.h"

static void build(const struct mapping *mapping, enum question_kind kind)
{
    const struct source source = {.path = STR("/l"), .detail_path = STR("/d"), .mapping = mapping};
    const struct question question = {.kind = kind,
                                      .source = &source,
                                      .subject = &fuzz_subject,
                                      .item_id = STR("i-1"),
                                      .request_id = STR("r-1"),
                                      .now = wall_of_unix(1795254120)};
    struct arena *arena = arena_new(FUZZ_ANSWER_ROOM);
    struct buf body;
    struct ask ask = {.body = &body};

    buf_init(&body, 65536);
    if (adapter_mapped.build(arena, &question, &ask)) {
        assert(ask.path.at && str_find(ask.path, cpr_str(&fuzz_subject)) == ask.path.len);
        for (size_t i = 0; i < ask.header_count; i++)
            for (size_t j = 0; j < ask.headers[i].len; j++)
                assert(ask.headers[i].at[j] >= ' ' && ask.headers[i].at[j] <= '~');
    }
    buf_clear(&body);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char json[] = "{\"c\":\"6101709995\",\"a\":{\"b\":[1,\"x\",null,{\"i\":1}]},"
                               "\"l\":[{\"i\":1,\"t\":\"x\",\"k\":[\"1\"]},{\"i\":2}]}";
    static const char xml[] = "<S r='1'><C>6101709995</C><L><I i='1'><T>x</T></I></L></S>";
    struct arena *arena = arena_new(FUZZ_MAPPING_ROOM);
    const struct mapping *mapping = fuzz_compile(arena, str_make((const char *)bytes, len));

    if (mapping) {
        bool is_json = mapping->format == MAPPING_JSON;
        build(mapping, QUESTION_LIST);
        build(mapping, QUESTION_DETAIL);
        fuzz_answer(mapping, is_json ? str_of(json) : str_of(xml), 200);
    }
    arena_free(&arena);
    return 0;
}
