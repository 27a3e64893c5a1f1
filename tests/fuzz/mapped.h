/* SPDX-License-Identifier: MIT */
/* For the fuzz drivers of mappings: a mapping of tests/mapping, and what holds of every answer. */
#pragma once

#include "adapters/mapped.h"
#include "base/die.h"
#include "policy/mapping.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    FUZZ_ANY_KIND = (1u << ITEM_KIND_COUNT) - 1,
    FUZZ_ITEMS_MAX = 50,
    FUZZ_ANSWER_ROOM = 1 << 18,
    FUZZ_MAPPING_ROOM = 4 << 20
};

static const struct cpr fuzz_subject = {"6101709995"};

/* Of a mapping's text: it lives as long as the arena. NULL: it has faults. */
static inline const struct mapping *fuzz_compile(struct arena *arena, struct str bytes)
{
    struct mapping *mapping = ARENA_NEW(arena, struct mapping);
    struct faults faults;
    bool is_good = false;

    faults_init(&faults, arena);
    struct document *document = document_parse(STR("m.json"), bytes, &faults);
    if (document && mapping) {
        struct node root = document_node(document), member = node_member(root, "mapping", &faults);
        is_good = mapping_parse(node_is_present(member) ? member : root, FUZZ_ANY_KIND, arena,
                                mapping, &faults);
    }
    assert(is_good || faults.count > 0 || arena_is_full(arena));
    document_free(&document);
    return is_good ? mapping : NULL;
}

static inline const struct mapping *fuzz_mapping(const char *path)
{
    enum { KEPT_MAX = 4 };
    static struct arena *kept[KEPT_MAX]; /* until the end, where nobody calls it a leak */
    static size_t count;
    static char bytes[1 << 20];
    const char *root = getenv("OVERBLIK_ROOT");
    char whole[4096];

    snprintf(whole, sizeof whole, "%s/%s", root ? root : ".", path);
    FILE *file = fopen(whole, "rb");
    if (!file)
        die("%s cannot be read", whole);
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert(count < KEPT_MAX);
    kept[count] = arena_new(FUZZ_MAPPING_ROOM);
    const struct mapping *mapping = fuzz_compile(kept[count++], str_make(bytes, len));
    if (!mapping)
        die("%s has faults", path);
    return mapping;
}

static void on_field(void *ctx, const struct item *item, const struct mapped_origin *origin)
{
    (void)ctx;
    assert(item->kind < ITEM_KIND_COUNT && origin->field.len > 0 && origin->rule.at);
}

static void on_unmapped(void *ctx, struct str path)
{
    (void)ctx;
    assert(path.at);
}

static inline void fuzz_answer(const struct mapping *mapping, struct str body, int status)
{
    static const struct mapped_trace trace = {NULL, on_field, on_unmapped};
    const struct source source = {.kinds = FUZZ_ANY_KIND, .mapping = mapping};
    const struct question question = {.source = &source, .subject = &fuzz_subject};
    const struct answer answer = {.http_status = status, .body = body, .items_max = FUZZ_ITEMS_MAX};
    struct arena *arena = arena_new(FUZZ_ANSWER_ROOM);
    struct answer_fault fault;
    struct parsed parsed;
    enum outcome outcome =
        mapped_parse(arena, &question, &answer, body.len % 2 ? &trace : NULL, &parsed, &fault);

    assert(outcome_is_positive(outcome) == (fault.why == NULL) && fault.offset <= body.len);
    if (outcome_is_positive(outcome)) {
        assert(parsed.items.count <= FUZZ_ITEMS_MAX);
        assert((outcome == OUTCOME_EMPTY) == (parsed.items.count == 0 && !parsed.cursor.at));
        for (const struct item *item = parsed.items.first; item; item = item->next)
            assert(item->id.len > 0 && item->kind < ITEM_KIND_COUNT &&
                   item->status < ITEM_STATUS_COUNT);
    }
    arena_free(&arena);
}
