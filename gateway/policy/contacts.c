/* SPDX-License-Identifier: MIT */
#include "policy/contacts.h"

#include "policy/url.h"

enum { CONTACTS_MAX = 20 };

static const struct {
    const char *name;
    enum contact_type type;
} contact_types[] = {{"digital_post", CONTACT_DIGITAL_POST},
                     {"phone", CONTACT_PHONE},
                     {"fax", CONTACT_FAX},
                     {"email", CONTACT_EMAIL},
                     {"website", CONTACT_WEBSITE},
                     {"name", CONTACT_NAME}};

static bool contact_type_parse(struct str name, enum contact_type *type)
{
    for (size_t i = 0; i < sizeof contact_types / sizeof *contact_types; i++)
        if (str_equal(name, str_of(contact_types[i].name))) {
            *type = contact_types[i].type;
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
            node_fault(type, faults, "expected digital_post, phone, fax, email, website or name");
        contact->value = node_str_needed(node_member(element, "value", faults), faults);
        *end = contact;
        end = &contact->next;
    }
    return first;
}
