/* SPDX-License-Identifier: MIT */
#include "policy/agreement.h"

#include "policy/hint.h"

enum { AGREEMENTS_MAX = 10000 };

static bool contains(const struct str *list, size_t count, struct str text)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(list[i], text))
            return true;
    return false;
}

static void parse_one(struct node node, struct agreement *one, struct faults *faults)
{
    static const char *const known[] = {"portal", "sources", "authorities"};
    struct node sources = node_member(node, "sources", faults);

    node_only(node, known, sizeof known / sizeof *known, faults);
    one->portal = node_str_needed(node_member(node, "portal", faults), faults);
    one->sources = node_strs(sources, &one->source_count, faults);
    one->authorities =
        node_strs(node_member(node, "authorities", faults), &one->authority_count, faults);
    if (one->source_count == 0)
        node_fault(sources, faults, "expected a list of source ids, or [\"*\"] for all");
}

void agreements_parse(struct node root, struct agreements *list, struct arena *arena,
                      struct faults *faults)
{
    static const char *const known[] = {"agreements"};
    struct node node = node_member(root, known[0], faults);
    size_t count = node_count(node);

    *list = (struct agreements){0};
    node_only(root, known, 1, faults);
    if (node_is_present(node) ? !json_is_array(node.value) : node_is_present(root))
        node_fault(node, faults, "expected a list; an empty one lets nobody ask");
    if (count > AGREEMENTS_MAX) {
        node_fault(node, faults, "expected at most %d", AGREEMENTS_MAX);
        return;
    }
    list->at = arena_calloc(arena, count + 1, sizeof *list->at);
    for (size_t i = 0; list->at && i < count; i++)
        parse_one(node_element(node, i, faults), &list->at[list->count++], faults);
}

void agreements_check(struct node root, const struct str *ids, size_t id_count,
                      struct faults *faults)
{
    struct node list = node_member(root, "agreements", faults);

    for (size_t i = 0; i < node_count(list); i++) {
        struct node sources = node_member(node_element(list, i, faults), "sources", faults);

        for (size_t j = 0; j < node_count(sources); j++) {
            struct node source = node_element(sources, j, faults);
            struct str id = str_of(json_string_value(source.value));

            if (id.len > 0 && !str_equal(id, STR("*")) && !contains(ids, id_count, id))
                node_fault(source, faults, "there is no source \"%.*s\"%.*s", STR_ARG(id),
                           STR_ARG(hint_text(faults->arena, id, ids, id_count)));
        }
    }
}

const struct agreement *agreement_find(const struct agreements *list, struct str portal,
                                       struct str source)
{
    for (size_t i = 0; portal.len > 0 && i < list->count; i++) {
        const struct agreement *one = &list->at[i];

        if (str_equal(one->portal, portal) && (contains(one->sources, one->source_count, source) ||
                                               contains(one->sources, one->source_count, STR("*"))))
            return one;
    }
    return NULL;
}

bool agreement_knows(const struct agreements *list, struct str portal)
{
    for (size_t i = 0; portal.len > 0 && i < list->count; i++)
        if (str_equal(list->at[i].portal, portal))
            return true;
    return false;
}
