/* SPDX-License-Identifier: MIT */
#include "adapters/mapping_field.h"

#include "adapters/borgervendt_parts.h"

enum { CURSOR_MAX = 800, REQUEST_ID_MAX = 200, WORD_MAX = 40 };

#define ANY         ((1u << ITEM_KIND_COUNT) - 1)
#define CASE        ITEM_KIND_BIT(ITEM_CASE)
#define DOCUMENT    ITEM_KIND_BIT(ITEM_DOCUMENT)
#define BENEFIT     ITEM_KIND_BIT(ITEM_BENEFIT)
#define PAYMENT     ITEM_KIND_BIT(ITEM_PAYMENT)
#define CREDENTIAL  ITEM_KIND_BIT(ITEM_CREDENTIAL)
#define SERVICE     ITEM_KIND_BIT(ITEM_SERVICE)
#define APPOINTMENT ITEM_KIND_BIT(ITEM_APPOINTMENT)

static const struct field_code statuses[] = {
#define X(name, code) {STR_INIT(code), name},
    ITEM_STATUSES(X)
#undef X
        {STR_INIT(""), 0}};
static const struct field_code sensitivities[] = {
    {STR_INIT("ordinary"), SENSITIVITY_ORDINARY},
    {STR_INIT("confidential"), SENSITIVITY_CONFIDENTIAL},
    {STR_INIT("sensitive"), SENSITIVITY_SENSITIVE},
    {STR_INIT("vip"), SENSITIVITY_VIP},
    {STR_INIT(""), 0}};
static const struct field_code awaitings[] = {{STR_INIT("unknown"), AWAITING_UNKNOWN},
                                              {STR_INIT("citizen"), AWAITING_CITIZEN},
                                              {STR_INIT("authority"), AWAITING_AUTHORITY},
                                              {STR_INIT("nobody"), AWAITING_NOBODY},
                                              {STR_INIT(""), 0}};
static const struct field_code directions[] = {{STR_INIT("unknown"), DIRECTION_UNKNOWN},
                                               {STR_INIT("to_citizen"), DIRECTION_TO_CITIZEN},
                                               {STR_INIT("from_citizen"), DIRECTION_FROM_CITIZEN},
                                               {STR_INIT("other"), DIRECTION_OTHER},
                                               {STR_INIT(""), 0}};
static const struct field_code frequencies[] = {
    {STR_INIT("once"), 0},    {STR_INIT("weekly"), 0},    {STR_INIT("fortnightly"), 0},
    {STR_INIT("monthly"), 0}, {STR_INIT("quarterly"), 0}, {STR_INIT("yearly"), 0},
    {STR_INIT(""), 0}};
static const struct field_code contact_types[] = {{STR_INIT("digital_post"), CONTACT_DIGITAL_POST},
                                                  {STR_INIT("phone"), CONTACT_PHONE},
                                                  {STR_INIT("fax"), CONTACT_FAX},
                                                  {STR_INIT("email"), CONTACT_EMAIL},
                                                  {STR_INIT("website"), CONTACT_WEBSITE},
                                                  {STR_INIT("name"), CONTACT_NAME},
                                                  {STR_INIT(""), 0}};
static const struct field_code link_types[] = {{STR_INIT("self_service"), LINK_SELF_SERVICE},
                                               {STR_INIT("decision"), LINK_DECISION},
                                               {STR_INIT("digital_post"), LINK_DIGITAL_POST},
                                               {STR_INIT("other"), LINK_OTHER},
                                               {STR_INIT(""), 0}};
static const struct field_code sign_ons[] = {{STR_INIT("unknown"), SIGN_ON_UNKNOWN},
                                             {STR_INIT("single"), SIGN_ON_SINGLE},
                                             {STR_INIT("anew"), SIGN_ON_ANEW},
                                             {STR_INIT(""), 0}};
static const struct field_code roles[] = {{STR_INIT("primary"), PARTY_PRIMARY},
                                          {STR_INIT("secondary"), PARTY_SECONDARY},
                                          {STR_INIT("property_owner"), PARTY_PROPERTY_OWNER},
                                          {STR_INIT("other"), PARTY_OTHER},
                                          {STR_INIT(""), 0}};
static const struct field_code relation_types[] = {{STR_INIT("parent"), 1},
                                                   {STR_INIT("other"), 2},
                                                   {STR_INIT("precedent"), 3},
                                                   {STR_INIT("joint"), 4},
                                                   {STR_INIT(""), 0}};

#define ITEM_FIELD(name, kinds, form, field, max, codes, closed)                                   \
    {                                                                                              \
        STR_INIT(name), kinds, form, offsetof(struct item, field), max, codes, closed              \
    }
/* In the order of struct item; a name that means something else in another kind comes twice. */
static const struct field_type fields[] = {
    ITEM_FIELD("id", ANY, FIELD_TEXT, id, ID_MAX, NULL, false),
    ITEM_FIELD("title", ANY, FIELD_WORDS, title, TITLE_MAX, NULL, false),
    ITEM_FIELD("status", ANY, FIELD_CODE, status, 0, statuses, false),
    ITEM_FIELD("status_text", ANY, FIELD_WORDS, status_text, TEXT_MAX, NULL, false),
    ITEM_FIELD("authority_cvr", ANY, FIELD_DIGITS, authority.cvr, 8, NULL, false),
    ITEM_FIELD("authority_code", ANY, FIELD_DIGITS, authority.code, 4, NULL, false),
    ITEM_FIELD("authority_name", ANY, FIELD_TEXT, authority.name, NAME_MAX, NULL, false),
    ITEM_FIELD("created", ANY, FIELD_TIME, created, 0, NULL, false),
    ITEM_FIELD("changed", ANY, FIELD_TIME, changed, 0, NULL, false),
    ITEM_FIELD("as_of", ANY, FIELD_TIME, as_of, 0, NULL, false),
    ITEM_FIELD("owner_id", DOCUMENT | PAYMENT, FIELD_TEXT, owner_id, ID_MAX, NULL, false),
    ITEM_FIELD("sending_system", ANY, FIELD_TEXT, sending_system, NAME_MAX, NULL, false),
    ITEM_FIELD("unit", ANY, FIELD_UUID, unit, 0, NULL, false),
    ITEM_FIELD("sensitivity", ANY, FIELD_CODE, sensitivity, 0, sensitivities, true),
    ITEM_FIELD("display_class", ANY, FIELD_TEXT, display_class, NAME_MAX, NULL, false),
    ITEM_FIELD("has_security_profile", ANY, FIELD_FLAG, has_security_profile, 0, NULL, false),
    ITEM_FIELD("is_exempt", ANY, FIELD_FLAG, is_exempt, 0, NULL, false),
    ITEM_FIELD("is_journal_note", DOCUMENT, FIELD_FLAG, is_journal_note, 0, NULL, false),
    ITEM_FIELD("has_protected_address", ANY, FIELD_FLAG, has_protected_address, 0, NULL, false),
    ITEM_FIELD("kle", CASE | BENEFIT, FIELD_WORDS, kle, NAME_MAX, NULL, false),
    ITEM_FIELD("facet", CASE, FIELD_WORDS, facet, NAME_MAX, NULL, false),
    ITEM_FIELD("number", CASE, FIELD_WORDS, number, NAME_MAX, NULL, false),
    ITEM_FIELD("number", CREDENTIAL, FIELD_MASKED, number, 0, NULL, false),
    ITEM_FIELD("uuid", CASE, FIELD_UUID, uuid, 0, NULL, false),
    ITEM_FIELD("awaiting", CASE, FIELD_CODE, awaiting, 0, awaitings, false),
    ITEM_FIELD("decision_expected", CASE, FIELD_DATE, decision_expected, 0, NULL, false),
    ITEM_FIELD("type", DOCUMENT | SERVICE, FIELD_WORDS, type, NAME_MAX, NULL, false),
    ITEM_FIELD("type", CREDENTIAL, FIELD_WORD, type, WORD_MAX, NULL, false),
    ITEM_FIELD("direction", DOCUMENT | PAYMENT, FIELD_CODE, direction, 0, directions, false),
    ITEM_FIELD("date", DOCUMENT | PAYMENT, FIELD_DATE, date, 0, NULL, false),
    ITEM_FIELD("payer", BENEFIT | PAYMENT, FIELD_WORDS, payer, NAME_MAX, NULL, false),
    ITEM_FIELD("frequency", BENEFIT, FIELD_NAMED, frequency, NAME_MAX, frequencies, false),
    ITEM_FIELD("gross", BENEFIT | PAYMENT, FIELD_MONEY, gross, 0, NULL, false),
    ITEM_FIELD("net", BENEFIT, FIELD_MONEY, net, 0, NULL, false),
    ITEM_FIELD("amount", PAYMENT, FIELD_MONEY, net, 0, NULL, false),
    ITEM_FIELD("valid_from", BENEFIT | CREDENTIAL | SERVICE, FIELD_DATE, valid_from, 0, NULL,
               false),
    ITEM_FIELD("valid_to", BENEFIT | CREDENTIAL | SERVICE, FIELD_DATE, valid_to, 0, NULL, false),
    ITEM_FIELD("starts", APPOINTMENT, FIELD_TIME, starts, 0, NULL, false),
    ITEM_FIELD("ends", APPOINTMENT, FIELD_TIME, ends, 0, NULL, false),
    ITEM_FIELD("place", APPOINTMENT, FIELD_WORDS, place, TEXT_MAX, NULL, false),
    ITEM_FIELD("deadline", APPOINTMENT, FIELD_DATE, deadline, 0, NULL, false),
};
enum { FIELD_COUNT = sizeof fields / sizeof *fields };

#define PART_FIELD(part, name, form, field, max, codes, closed)                                    \
    {                                                                                              \
        STR_INIT(name), ANY, form, offsetof(part, field), max, codes, closed                       \
    }
enum { PART_FIELDS_MAX = 4 };
static const struct field_type part_fields[PART_LIST_COUNT][PART_FIELDS_MAX] = {
    [PART_CONTACTS] = {PART_FIELD(struct contact, "type", FIELD_CODE, type, 0, contact_types,
                                  false),
                       PART_FIELD(struct contact, "value", FIELD_TEXT, value, NAME_MAX, NULL,
                                  false)},
    [PART_LINKS] = {PART_FIELD(struct item_link, "type", FIELD_CODE, type, 0, link_types, false),
                    PART_FIELD(struct item_link, "url", FIELD_LINK, url, TEXT_MAX, NULL, false),
                    PART_FIELD(struct item_link, "sign_on", FIELD_CODE, sign_on, 0, sign_ons,
                               false)},
    [PART_PARTIES] = {PART_FIELD(struct party, "role", FIELD_CODE, role, 0, roles, true),
                      PART_FIELD(struct party, "cpr", FIELD_CPR, cpr, 0, NULL, false),
                      PART_FIELD(struct party, "from", FIELD_TIME, from, 0, NULL, false),
                      PART_FIELD(struct party, "to", FIELD_TIME, to, 0, NULL, false)},
    [PART_HISTORY] = {PART_FIELD(struct status_step, "status", FIELD_CODE, status, 0, statuses,
                                 false),
                      PART_FIELD(struct status_step, "from", FIELD_TIME, from, 0, NULL, false),
                      PART_FIELD(struct status_step, "to", FIELD_TIME, to, 0, NULL, false)},
    [PART_RELATIONS] = {PART_FIELD(struct relation, "type", FIELD_CODE, type, 0, relation_types,
                                   false),
                        PART_FIELD(struct relation, "id", FIELD_TEXT, id, ID_MAX, NULL, false)},
};

const struct field_type field_subject = {STR_INIT("subject"), ANY, FIELD_CPR, 0, 0, NULL, true};
const struct field_type field_request_id = {STR_INIT("request_id"), ANY,  FIELD_TEXT, 0,
                                            REQUEST_ID_MAX,         NULL, true};
const struct field_type field_as_of = {STR_INIT("as_of"), ANY, FIELD_TIME, 0, 0, NULL, false};
const struct field_type field_cursor = {STR_INIT("cursor"), ANY,  FIELD_TEXT, 0,
                                        CURSOR_MAX,         NULL, false};

struct str field_form_name(enum field_form form)
{
    static const struct str names[] = {
#define X(name, text) [name] = STR_INIT(text),
        FIELD_FORMS(X)
#undef X
    };
    return names[form];
}

struct str part_list_name(enum part_list list)
{
    static const struct str names[] = {
#define X(name, text, type) [name] = STR_INIT(text),
        PART_LISTS(X)
#undef X
    };
    return names[list];
}

bool part_list_fits(enum part_list list, enum item_kind kind)
{
    return kind == ITEM_CASE || (list != PART_HISTORY && list != PART_RELATIONS);
}

const struct field_type *field_at(size_t index)
{
    return index < FIELD_COUNT ? &fields[index] : NULL;
}

const struct field_type *part_field_at(enum part_list list, size_t index)
{
    return index < PART_FIELDS_MAX && part_fields[list][index].name.len > 0
               ? &part_fields[list][index]
               : NULL;
}

const struct field_type *field_find(struct str name, enum item_kind kind)
{
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if ((fields[i].kinds & ITEM_KIND_BIT(kind)) && str_equal(fields[i].name, name))
            return &fields[i];
    return NULL;
}

const struct field_type *part_field_find(enum part_list list, struct str name)
{
    const struct field_type *type;

    for (size_t i = 0; (type = part_field_at(list, i)); i++)
        if (str_equal(type->name, name))
            return type;
    return NULL;
}

bool field_code_find(const struct field_type *type, struct str name, unsigned *value)
{
    for (const struct field_code *code = type->codes; code && code->name.len > 0; code++) {
        if (str_equal(code->name, name)) {
            *value = code->value;
            return true;
        }
    }
    return false;
}
