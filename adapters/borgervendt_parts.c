/* SPDX-License-Identifier: MIT */
#include "adapters/borgervendt_parts.h"

#include "adapters/link.h"

enum { PARTS_MAX = 100 };

/* Enters the list of parts that comes next; false: null, or no list. `taken`: does the field hold
 * one already? Then it came in two spellings. */
static bool enter_parts(struct reading *in, bool taken)
{
    if (reader_null(&in->reader))
        return false;
    if (taken)
        reader_fail(&in->reader, "duplicate member in another spelling");
    return reader_array(&in->reader);
}

/* A zeroed part for the next element, or NULL at the list's end and at every ceiling. */
static void *next_part(struct reading *in, size_t size, size_t *count)
{
    void *part;

    if (!reader_element(&in->reader))
        return NULL;
    if (++*count > PARTS_MAX) {
        reader_fail(&in->reader, "too many parts in one item");
        return NULL;
    }
    part = arena_calloc(in->reader.arena, 1, size);
    if (!part)
        reader_fail(&in->reader, "the answer needs more room than it may have");
    return part;
}

#define SHAPE_OF struct contact
static const struct code contact_types[] = {{STR_INIT("1"), CONTACT_DIGITAL_POST},
                                            {STR_INIT("2"), CONTACT_PHONE},
                                            {STR_INIT("3"), CONTACT_FAX},
                                            {STR_INIT("4"), CONTACT_EMAIL},
                                            {STR_INIT("5"), CONTACT_WEBSITE},
                                            {STR_INIT("6"), CONTACT_NAME},
                                            {STR_INIT(""), 0}};
#define CONTACT_MEMBERS(X)                                                                         \
    X("kontaktpunktNavn", read_code, type, 0, contact_types)                                       \
    X("kontaktpunktVaerdi", read_text, value, NAME_MAX, NULL)
SHAPE(contact, CONTACT_MEMBERS);

/* A kind of contact that we do not know cannot be shown in words, so it is left out. */
void read_contacts(struct reading *in, void *at, const struct rule *rule)
{
    struct contact **end = at, *contact;
    size_t count = 0;

    (void)rule;
    if (!enter_parts(in, *end != NULL))
        return;
    while ((contact = next_part(in, sizeof *contact, &count))) {
        shape_read(in, &contact_shape, contact);
        if (!contact->value.at)
            reader_fail(&in->reader, "a contact without a value");
        else if (contact->type == CONTACT_WEBSITE &&
                 !link_is_safe(contact->value, in->question->subject))
            reader_fail(&in->reader, "a link is no safe https address");
        if (contact->type != 0) {
            *end = contact;
            end = &contact->next;
        }
    }
}
#undef SHAPE_OF

#define SHAPE_OF struct item_link
static const struct code link_types[] = {{STR_INIT("Selvbetjening"), LINK_SELF_SERVICE},
                                         {STR_INIT("Afgoerelse"), LINK_DECISION},
                                         {STR_INIT("DigitalPost"), LINK_DIGITAL_POST},
                                         {STR_INIT(""), LINK_OTHER}};
#define LINK_MEMBERS(X)                                                                            \
    X("type", read_code, type, 0, link_types)                                                      \
    X("url", read_text, url, TEXT_MAX, NULL)
SHAPE(link, LINK_MEMBERS);

void read_links(struct reading *in, void *at, const struct rule *rule)
{
    struct item_link **end = at, *link;
    size_t count = 0;

    (void)rule;
    if (!enter_parts(in, false))
        return;
    while ((link = next_part(in, sizeof *link, &count))) {
        link->type = LINK_OTHER;
        shape_read(in, &link_shape, link);
        if (!link_is_safe(link->url, in->question->subject))
            reader_fail(&in->reader, "a link is no safe https address");
        *end = link;
        end = &link->next;
    }
}
#undef SHAPE_OF

#define SHAPE_OF struct party
static const struct code party_roles[] = {{STR_INIT("Primaer"), PARTY_PRIMARY},
                                          {STR_INIT("Sekundaer"), PARTY_SECONDARY},
                                          {STR_INIT("Ejer"), PARTY_PROPERTY_OWNER},
                                          {STR_INIT("Anden"), PARTY_OTHER},
                                          {STR_INIT(""), CODE_CLOSED}};
#define PARTY_MEMBERS(X)                                                                           \
    X("rolle", read_code, role, 0, party_roles)                                                    \
    X("CPR-nr", read_cpr, cpr, 0, NULL)                                                            \
    X("fra", read_wall, from, 0, NULL)                                                             \
    X("til", read_wall, to, 0, NULL)
SHAPE(party, PARTY_MEMBERS);

void read_parties(struct reading *in, void *at, const struct rule *rule)
{
    struct party **end = at, *party;
    size_t count = 0;

    (void)rule;
    if (!enter_parts(in, false))
        return;
    while ((party = next_part(in, sizeof *party, &count))) {
        party->role = PARTY_OTHER; /* a party without a role is nobody's primary party */
        shape_read(in, &party_shape, party);
        *end = party;
        end = &party->next;
    }
}
#undef SHAPE_OF

#define SHAPE_OF struct status_step
const struct code case_statuses[] = {
    {STR_INIT("1"), STATUS_CREATED},  {STR_INIT("2"), STATUS_IN_PROGRESS},
    {STR_INIT("3"), STATUS_DECIDED},  {STR_INIT("4"), STATUS_CLOSED},
    {STR_INIT("5"), STATUS_REJECTED}, {STR_INIT(""), STATUS_UNKNOWN}};
#define STEP_MEMBERS(X)                                                                            \
    X("sagstatus", read_code, status, 0, case_statuses)                                            \
    X("fra", read_wall, from, 0, NULL)                                                             \
    X("til", read_wall, to, 0, NULL)
SHAPE(step, STEP_MEMBERS);

static bool is_later(struct wall a, struct wall b)
{
    return a.known && (!b.known || a.unix_ms > b.unix_ms);
}

/* Oldest first, in whichever order the source writes them. */
void read_history(struct reading *in, void *at, const struct rule *rule)
{
    struct status_step **first = at, *step;
    size_t count = 0;

    (void)rule;
    if (!enter_parts(in, false))
        return;
    while ((step = next_part(in, sizeof *step, &count))) {
        struct status_step **place = first;

        shape_read(in, &step_shape, step);
        while (*place && !is_later((*place)->from, step->from))
            place = &(*place)->next;
        step->next = *place;
        *place = step;
    }
}
#undef SHAPE_OF

#define SHAPE_OF struct relation
static const struct code relation_types[] = {{STR_INIT("1"), 1},
                                             {STR_INIT("2"), 2},
                                             {STR_INIT("3"), 3},
                                             {STR_INIT("4"), 4},
                                             {STR_INIT(""), 0}};
#define RELATION_MEMBERS(X)                                                                        \
    X("Sagsrelationstype", read_code, type, 0, relation_types)                                     \
    X("sagsrelationstype", read_code, type, 0, relation_types)                                     \
    X("id", read_text, id, ID_MAX, NULL)
SHAPE(relation, RELATION_MEMBERS);

void read_relations(struct reading *in, void *at, const struct rule *rule)
{
    struct relation **end = at, *relation;
    size_t count = 0;

    (void)rule;
    if (!enter_parts(in, false))
        return;
    while ((relation = next_part(in, sizeof *relation, &count))) {
        shape_read(in, &relation_shape, relation);
        if (!relation->id.at)
            reader_fail(&in->reader, "a relation without an id");
        if (relation->type != 0) {
            *end = relation;
            end = &relation->next;
        }
    }
}
#undef SHAPE_OF

#define SHAPE_OF struct authority
#define AUTHORITY_MEMBERS(X)                                                                       \
    X("CVR-nr", read_digits, cvr, 8, NULL)                                                         \
    X("myndighedskode", read_digits, code, 4, NULL)                                                \
    X("myndighedsnavn", read_text, name, NAME_MAX, NULL)                                           \
    X("myndighedsnavnbeskrivelse", read_text, name, NAME_MAX, NULL)
SHAPE(authority, AUTHORITY_MEMBERS);

void read_authority(struct reading *in, void *at, const struct rule *rule)
{
    struct authority *authority = at;

    (void)rule;
    if (reader_null(&in->reader))
        return;
    shape_read(in, &authority_shape, authority);
    if (!authority->cvr.at)
        reader_fail(&in->reader, "an authority without its CVR number");
}
#undef SHAPE_OF
