/* SPDX-License-Identifier: MIT */
#include "policy/operator.h"

enum { THUMBPRINT_LEN = 64, CVR_LEN = 8 };

static const struct str roles[] = {[OPERATOR_NONE] = STR_INIT("none"),
                                   [OPERATOR_AUTHORITY] = STR_INIT("authority"),
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

static enum operator_role parse_role(struct node node, struct faults *faults)
{
    struct str text = node_str_needed(node, faults);
    for (enum operator_role role = OPERATOR_AUTHORITY; role <= OPERATOR_OPERATOR; role++)
        if (str_equal(text, roles[role]))
            return role;
    if (text.at)
        node_fault(node, faults, "expected viewer, operator or authority");
    return OPERATOR_NONE;
}

static struct operator_entry parse_one(struct node node, struct faults *faults)
{
    static const char *const known[] = {"name", "thumbprint", "common_name", "role", "authority"};
    struct node thumbprint = node_member(node, "thumbprint", faults);
    struct node authority = node_member(node, "authority", faults);
    struct operator_entry entry = {
        .name = node_str_needed(node_member(node, "name", faults), faults),
        .thumbprint = node_str(thumbprint, faults),
        .common_name = node_str(node_member(node, "common_name", faults), faults),
        .authority = node_str(authority, faults),
        .role = parse_role(node_member(node, "role", faults), faults),
    };
    node_only(node, known, sizeof known / sizeof *known, faults);
    if (entry.role == OPERATOR_AUTHORITY &&
        (entry.authority.len != CVR_LEN || !str_is_digits(entry.authority)))
        node_fault(authority, faults, "expected the authority's CVR number, eight digits");
    if (entry.role != OPERATOR_AUTHORITY && entry.authority.at)
        node_fault(authority, faults, "stands with the role authority only");
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
