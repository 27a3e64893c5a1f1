/* SPDX-License-Identifier: MIT */
#include "policy/kinds.h"

unsigned kinds_parse(struct node node, struct faults *faults)
{
    static const struct str names[] = {
#define X(name, text, model) [name] = STR_INIT(text),
        ITEM_KINDS(X)
#undef X
    };
    unsigned kinds = 0;

    for (size_t i = 0; i < node_count(node); i++) {
        struct node element = node_element(node, i, faults);
        enum item_kind kind;

        if (item_kind_parse(node_str_needed(element, faults), &kind))
            kinds |= ITEM_KIND_BIT(kind);
        else
            node_fault_name(element, faults, names, ITEM_KIND_COUNT, "is no kind of item");
    }
    return kinds;
}
