/* SPDX-License-Identifier: MIT */
#include "policy/operator.h"

enum { THUMBPRINT_LEN = 64 };

static const struct str roles[] = {[OPERATOR_NONE] = STR_INIT("none"),
                                   [OPERATOR_VIEWER] = STR_INIT("viewer"),
                                   [OPERATOR_OPERATOR] = STR_INIT("operator")};

struct str operator_role_name(enum operator_role role)
{
    return roles[role];
}

static bool is_thumbprint(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!((text.at[i] >= '0' && text.at[i] <= '9') || (text.at[i] >= 'a' && text.at[i] <= 'f')))
            return false;
    return text.len == THUMBPRINT_LEN;
}

static void check_twin(const struct operators *list, const struct operator_entry *entry,
                       struct node node, struct faults *faults)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct operator_entry *other = &list->at[i];
        if ((entry->thumbprint.at && str_equal(entry->thumbprint, other->thumbprint)) ||
            (entry->common_name.at && str_equal(entry->common_name, other->common_name)))
            node_fault(node, faults, "is the same certificate as operator %zu", i);
    }
}

static struct operator_entry parse_one(struct node node, struct faults *faults)
{
    static const char *const known[] = {"name", "thumbprint", "common_name", "role"};
    struct node thumbprint = node_member(node, "thumbprint", faults);
    struct node role = node_member(node, "role", faults);
    struct str role_text = node_str_needed(role, faults);
    struct operator_entry entry = {
        .name = node_str_needed(node_member(node, "name", faults), faults),
        .thumbprint = node_str(thumbprint, faults),
        .common_name = node_str(node_member(node, "common_name", faults), faults),
    };
    node_only(node, known, sizeof known / sizeof *known, faults);
    if (str_equal(role_text, roles[OPERATOR_VIEWER]))
        entry.role = OPERATOR_VIEWER;
    else if (str_equal(role_text, roles[OPERATOR_OPERATOR]))
        entry.role = OPERATOR_OPERATOR;
    else if (role_text.at)
        node_fault(role, faults, "expected viewer or operator");
    if (entry.thumbprint.at && !is_thumbprint(entry.thumbprint))
        node_fault(thumbprint, faults,
                   "expected the certificate's SHA-256 as 64 hexadecimal digits, small letters");
    if (!entry.thumbprint.at == !entry.common_name.at)
        node_fault(node, faults, "expected a thumbprint or a common_name, one of the two");
    return entry;
}

void operators_parse(struct node root, struct operators *list, struct faults *faults)
{
    static const char *const known[] = {"operators"};
    struct node entries = node_member(root, "operators", faults);
    size_t count = node_count(entries);

    *list = (struct operators){0};
    node_only(root, known, 1, faults);
    if (count > OPERATORS_MAX) {
        node_fault(entries, faults, "expected at most %d", OPERATORS_MAX);
        return;
    }
    list->at = arena_calloc(faults->arena, count + 1, sizeof *list->at);
    for (size_t i = 0; list->at && i < count; i++) {
        struct node node = node_element(entries, i, faults);
        struct operator_entry entry = parse_one(node, faults);
        check_twin(list, &entry, node, faults);
        list->at[list->count++] = entry;
    }
}

const struct operator_entry *operator_find(const struct operators *list, struct str thumbprint,
                                           struct str common_name)
{
    const struct operator_entry *by_name = NULL;
    for (size_t i = 0; thumbprint.len == THUMBPRINT_LEN && i < list->count; i++) {
        const struct operator_entry *entry = &list->at[i];
        if (entry->thumbprint.at && str_equal(entry->thumbprint, thumbprint))
            return entry;
        if (entry->common_name.at && common_name.len > 0 &&
            str_equal(entry->common_name, common_name))
            by_name = entry;
    }
    return by_name;
}
