/* SPDX-License-Identifier: MIT */
#include "policy/test_citizen.h"

static void parse_one(struct node node, const struct test_citizens *list, struct test_citizen *one,
                      struct faults *faults)
{
    static const char *const known[] = {"id", "cpr", "name"};
    struct node id = node_member(node, "id", faults), cpr = node_member(node, "cpr", faults);

    node_only(node, known, sizeof known / sizeof *known, faults);
    one->id = node_str_needed(id, faults);
    if (one->id.at && test_citizen_find(list, one->id))
        node_fault(id, faults, "there is another test citizen of this id");
    one->name = node_str_needed(node_member(node, "name", faults), faults);
    struct str digits = node_str_needed(cpr, faults);
    /* What was written is not repeated: it may be somebody's number. */
    if (digits.at && (!cpr_parse(digits, &one->cpr) || !cpr_is_replacement(&one->cpr)))
        node_fault(cpr, faults,
                   "expected a replacement number: ten digits, of which the day is 61 to 91");
}

void test_citizens_parse(struct node root, struct test_citizens *list, struct faults *faults)
{
    struct node node = node_member(root, "test_citizens", faults);
    size_t count = node_count(node);

    *list = (struct test_citizens){0};
    if (node_is_present(node) && !json_is_array(node.value))
        node_fault(node, faults, "expected a list");
    if (count > TEST_CITIZENS_MAX) {
        node_fault(node, faults, "expected at most %d", TEST_CITIZENS_MAX);
        return;
    }
    list->at = arena_calloc(faults->arena, count + 1, sizeof *list->at);
    for (size_t i = 0; list->at && i < count; i++) {
        struct test_citizen *one = &list->at[list->count];
        parse_one(node_element(node, i, faults), list, one, faults);
        list->count++;
    }
}

const struct test_citizen *test_citizen_find(const struct test_citizens *list, struct str id)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_equal(list->at[i].id, id))
            return &list->at[i];
    return NULL;
}
