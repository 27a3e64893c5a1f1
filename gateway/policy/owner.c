/* SPDX-License-Identifier: MIT */
#include "policy/owner.h"

static struct str parse_cvr(struct node node, struct faults *faults)
{
    struct str cvr = node_str_needed(node, faults);

    if (cvr.at && (cvr.len != CVR_DIGITS || !str_is_digits(cvr)))
        node_fault(node, faults, "expected eight digits");
    return cvr;
}

static bool has_any(struct node node, const char *const *names, size_t count, struct faults *faults)
{
    for (size_t i = 0; i < count; i++)
        if (node_is_present(node_member(node, names[i], faults)))
            return true;
    return false;
}

static void parse_owner(const struct card_reading *reading, struct node node, struct owner *owner)
{
    static const char *const known[] = {"cvr",    "name",       "contacts", "data_protection",
                                        "breach", "corrections"};
    enum { KNOWN = sizeof known / sizeof *known, NAMES = 2 };
    struct faults *faults = reading->faults;

    node_only(node, known, KNOWN, faults);
    if (!node_is_present(node)) {
        node_fault(node, faults, "is needed: who answers, by \"cvr\" and \"name\"");
        return;
    }
    owner->authority.cvr = parse_cvr(node_member(node, "cvr", faults), faults);
    owner->authority.name = node_str_needed(node_member(node, "name", faults), faults);
    if (!has_any(node, known + NAMES, KNOWN - NAMES, faults))
        return;
    owner->card = ARENA_NEW(reading->arena, struct authority_card);
    if (owner->card)
        authority_card_parse(reading, node, owner->authority.cvr, true, owner->card);
}

static void parse_answers_for(struct node node, struct owner *owner, struct faults *faults)
{
    bool is_list = json_is_array(node.value);
    size_t count = node_count(node);

    owner->is_for_municipalities =
        str_equal(str_of(json_string_value(node.value)), STR("municipalities"));
    if (!node_is_present(node) || owner->is_for_municipalities)
        return;
    if (!is_list || count == 0 || count > ANSWERS_FOR_MAX) {
        node_fault(node, faults,
                   "expected \"municipalities\", or a list of at most %d CVR numbers; absent: its "
                   "owner alone",
                   ANSWERS_FOR_MAX);
        return;
    }
    owner->answers_for = node_strs(node, &owner->answers_for_count, faults);
    for (size_t i = 0; i < count; i++)
        (void)parse_cvr(node_element(node, i, faults), faults);
}

void owner_parse(const struct card_reading *reading, struct node root, struct owner *owner)
{
    struct faults *faults = reading->faults;

    *owner = (struct owner){0};
    parse_owner(reading, node_member(root, "owner", faults), owner);
    parse_answers_for(node_member(root, "answers_for", faults), owner, faults);
}
