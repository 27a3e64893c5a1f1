/* SPDX-License-Identifier: MIT */
#include "policy/contacts.h"

#include "policy/url.h"

enum { CONTACTS_MAX = 20 };

static const struct str contact_types[] = {
    [CONTACT_DIGITAL_POST - 1] = STR_INIT("digital_post"),
    [CONTACT_PHONE - 1] = STR_INIT("phone"),
    [CONTACT_FAX - 1] = STR_INIT("fax"),
    [CONTACT_EMAIL - 1] = STR_INIT("email"),
    [CONTACT_WEBSITE - 1] = STR_INIT("website"),
    [CONTACT_NAME - 1] = STR_INIT("name"),
};
enum { CONTACT_TYPES = sizeof contact_types / sizeof *contact_types };

static bool contact_type_parse(struct str name, enum contact_type *type)
{
    for (unsigned i = 0; i < CONTACT_TYPES; i++)
        if (str_equal(name, contact_types[i])) {
            *type = (enum contact_type)(i + 1);
            return true;
        }
    return false;
}

struct contact *contacts_parse(struct node node, struct arena *arena, struct faults *faults)
{
    static const char *const known[] = {"type", "value"};
    struct contact *first = NULL, **end = &first;

    if (node_is_present(node) && !json_is_array(node.value))
        node_fault(node, faults, "expected a list");
    if (node_count(node) > CONTACTS_MAX)
        node_fault(node, faults, "expected at most %d", CONTACTS_MAX);
    for (size_t i = 0; i < node_count(node) && i < CONTACTS_MAX; i++) {
        struct node element = node_element(node, i, faults);
        struct node type = node_member(element, "type", faults);
        struct contact *contact = ARENA_NEW(arena, struct contact);

        if (!contact)
            break;
        node_only(element, known, 2, faults);
        if (!contact_type_parse(node_str_needed(type, faults), &contact->type))
            node_fault_name(type, faults, contact_types, CONTACT_TYPES,
                            "expected digital_post, phone, fax, email, website or name");
        contact->value = node_str_needed(node_member(element, "value", faults), faults);
        *end = contact;
        end = &contact->next;
    }
    return first;
}
