/* SPDX-License-Identifier: MIT */
#include "adapters/municipal.h"

#include <assert.h>

enum { PARTIES_MAX = 200 }; /* of one object: more are an attack on whoever compares them */

static const struct str roles[MUNICIPAL_ROLE_COUNT] = {
#define X(role, uuid, name) [role] = STR_INIT(uuid),
    MUNICIPAL_ROLES(X)
#undef X
};

static const struct str types[MUNICIPAL_TYPE_COUNT] = {
#define X(type, uuid) [type] = STR_INIT(uuid),
    MUNICIPAL_TYPES(X)
#undef X
};

struct str municipal_role_uuid(enum municipal_role role)
{
    assert(role > ROLE_UNKNOWN && role < MUNICIPAL_ROLE_COUNT);
    return roles[role];
}

struct str municipal_type_uuid(enum municipal_type type)
{
    assert(type < MUNICIPAL_TYPE_COUNT);
    return types[type];
}

enum municipal_role municipal_role_of(struct str uuid)
{
    for (int role = ROLE_UNKNOWN + 1; role < MUNICIPAL_ROLE_COUNT; role++)
        if (str_equal_nocase(uuid, roles[role]))
            return (enum municipal_role)role;
    return ROLE_UNKNOWN;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool municipal_uuid_parse(struct str s, char uuid[MUNICIPAL_UUID_TEXT])
{
    uuid[0] = '\0';
    if (s.len != MUNICIPAL_UUID_TEXT - 1)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        char c = s.at[i] >= 'A' && s.at[i] <= 'F' ? (char)(s.at[i] | 0x20) : s.at[i];

        if (is_dash ? c != '-' : !is_hex(c))
            return uuid[0] = '\0', false;
        uuid[i] = c;
    }
    uuid[s.len] = '\0';
    return true;
}

/* ---- time ---- */

static bool has_begun(const struct municipal_effect *effect, struct wall now)
{
    return !effect->from.known || effect->from.unix_ms <= now.unix_ms;
}

bool municipal_effect_covers(const struct municipal_effect *effect, struct wall now)
{
    return has_begun(effect, now) && (!effect->to.known || now.unix_ms < effect->to.unix_ms);
}

static bool is_later(struct wall a, struct wall b)
{
    return a.known && (!b.known || a.unix_ms >= b.unix_ms);
}

bool municipal_prefers(struct municipal_choice *held, const struct municipal_effect *effect,
                       struct wall now)
{
    enum { NOTHING, TO_COME, PAST, IN_FORCE };
    int rank = municipal_effect_covers(effect, now) ? IN_FORCE
               : has_begun(effect, now)             ? PAST
                                                    : TO_COME;
    bool is_better = rank > held->rank;

    if (rank == held->rank)
        is_better = is_later(effect->from, held->from) != (rank == TO_COME);
    if (is_better)
        *held = (struct municipal_choice){rank, effect->from};
    return is_better;
}

/* ---- the common fragments of the schemas ---- */

static const struct soap_element from_children[] = {
    SOAP_ONE(NS_SD, "TidsstempelDatoTid", TAG_FROM, NULL),
    SOAP_ONE(NS_SD, "GraenseIndikator", TAG_FROM_OPEN, NULL),
};
static const struct soap_type from_type = SOAP_TYPE(from_children);

static const struct soap_element to_children[] = {
    SOAP_ONE(NS_SD, "TidsstempelDatoTid", TAG_TO, NULL),
    SOAP_ONE(NS_SD, "GraenseIndikator", TAG_TO_OPEN, NULL),
};
static const struct soap_type to_type = SOAP_TYPE(to_children);

static const struct soap_element effect_children[] = {
    SOAP_ONE(NS_SD, "FraTidspunkt", TAG_PLAIN, &from_type),
    SOAP_ONE(NS_SD, "TilTidspunkt", TAG_PLAIN, &to_type),
};
const struct soap_type municipal_effect_type = SOAP_TYPE(effect_children);

static const struct soap_element id_children[] = {
    SOAP_ONE(NS_SD, "UUIDIdentifikator", TAG_ROLE, NULL),
};
const struct soap_type municipal_id_type = SOAP_TYPE(id_children);

static const struct soap_element kind_children[] = {
    SOAP_ONE(NS_SD, "UUIDIdentifikator", TAG_TYPE, NULL),
};
const struct soap_type municipal_kind_type = SOAP_TYPE(kind_children);

static const struct soap_element reference_children[] = {
    SOAP_ONE(NS_SD, "UUIDIdentifikator", TAG_REFERENCE_UUID, NULL),
    SOAP_ONE(NS_SD, "URNIdentifikator", TAG_REFERENCE_URN, NULL),
};
const struct soap_type municipal_reference_type = SOAP_TYPE(reference_children);

static const struct soap_element object_children[] = {
    SOAP_ONE(NS_SD, "UUIDIdentifikator", TAG_OBJECT, NULL),
};
const struct soap_type municipal_object_type = SOAP_TYPE(object_children);

static const struct soap_element return_children[] = {
    SOAP_ONE(NS_SD, "StatusKode", TAG_STATUS_CODE, NULL),
};
const struct soap_type municipal_return_type = SOAP_TYPE(return_children);

/* ---- reading ---- */

void municipal_begin(struct municipal_reader *r, struct arena *arena,
                     const struct question *question, const struct answer *answer,
                     struct parsed *parsed, struct str paged)
{
    *parsed = (struct parsed){.as_of = question->now};
    item_list_init(&parsed->items);
    *r = (struct municipal_reader){.arena = arena,
                                   .question = question,
                                   .items = &parsed->items,
                                   .items_max = answer->items_max,
                                   .paged = paged,
                                   .total = -1};
}

void municipal_begin_object(struct municipal_reader *r)
{
    r->object[0] = '\0';
}

void municipal_begin_registration(struct municipal_reader *r)
{
    r->registered = WALL_NONE;
    r->is_gone = false;
    r->parties = 0;
}

void municipal_begin_effect(struct municipal_reader *r)
{
    r->effect = (struct municipal_effect){0};
    r->relation = (struct municipal_relation){0};
}

struct str municipal_trim(struct str text)
{
    while (text.len && strchr(" \t\r\n", text.at[0]))
        text = str_skip(text, 1);
    while (text.len && strchr(" \t\r\n", text.at[text.len - 1]))
        text.len--;
    return text;
}

const char *municipal_copy(struct municipal_reader *r, struct str text, struct str *copy)
{
    text = municipal_trim(text);
    *copy = text.len ? arena_copy(r->arena, text) : STR_NONE;
    return copy->at || !text.len ? NULL : "no room";
}

const char *municipal_wall(struct str text, struct wall *wall)
{
    return wall_parse(municipal_trim(text), wall) ? NULL : "a date and time is malformed";
}

const char *municipal_date(struct str text, struct date *date)
{
    struct wall wall;

    text = municipal_trim(text);
    if (date_parse(text, date))
        return NULL;
    if (!wall_parse(text, &wall))
        return "a date is malformed";
    *date = wall_date(wall);
    return NULL;
}

const char *municipal_money(struct str text, struct money *money)
{
    return money_parse(municipal_trim(text), money) ? NULL : "an amount is malformed";
}

const char *municipal_sensitivity(struct str text, enum sensitivity *sensitivity)
{
    static const struct {
        struct str word;
        enum sensitivity sensitivity;
    } words[] = {
        {STR_INIT("IKKE_FORTROLIGE_DATA"), SENSITIVITY_ORDINARY},
        {STR_INIT("FORTROLIGE_PERSONOPLYSNINGER"), SENSITIVITY_CONFIDENTIAL},
        {STR_INIT("FOELSOMME_PERSONOPLYSNINGER"), SENSITIVITY_SENSITIVE},
        {STR_INIT("VIP_SAGER"), SENSITIVITY_VIP},
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_equal(municipal_trim(text), words[i].word))
            return *sensitivity = words[i].sensitivity, NULL;
    return "an unknown Foelsomhed";
}

bool municipal_is_kle(struct str key)
{
    if (key.len != 8)
        return false;
    for (size_t i = 0; i < key.len; i++)
        if (i % 3 == 2 ? key.at[i] != '.' : key.at[i] < '0' || key.at[i] > '9')
            return false;
    return true;
}

void municipal_cvr(struct str text, char cvr[9])
{
    text = municipal_trim(text);
    cvr[0] = '\0';
    if (text.len == 8 && str_is_digits(text)) {
        memcpy(cvr, text.at, 8);
        cvr[8] = '\0';
    }
}

/* Persons known by another number than CPR, and organisations, are parties without CPR. */
static void take_urn(struct municipal_relation *relation, struct str urn)
{
    static const struct str person = STR_INIT("urn:oio:cpr-nr:");
    static const struct str company = STR_INIT("urn:oio:cvr-nr:");

    urn = municipal_trim(urn);
    if (str_equal_nocase(str_head(urn, person.len), person)) {
        if (!cpr_parse(str_skip(urn, person.len), &relation->cpr))
            relation->cpr = CPR_NONE;
    } else if (str_equal_nocase(str_head(urn, company.len), company)) {
        municipal_cvr(str_skip(urn, company.len), relation->cvr);
    }
}

static const char *take_lifecycle(struct municipal_reader *r, struct str text)
{
    if (str_equal(text, STR("Passiveret")) || str_equal(text, STR("Slettet")))
        r->is_gone = true;
    else if (!str_equal(text, STR("Opstaaet")) && !str_equal(text, STR("Importeret")))
        return "an unknown LivscyklusKode";
    return NULL;
}

static const char *take_count(struct municipal_reader *r, struct str text)
{
    uint64_t count;

    if (!str_to_u64(text, INT32_MAX, &count))
        return "an Antal is no number";
    if (str_equal(r->count_of, r->paged))
        r->total = (int64_t)count;
    return NULL;
}

const char *municipal_leave(struct municipal_reader *r, int tag, struct str text)
{
    uint64_t number;

    text = municipal_trim(text);
    switch (tag) {
    case TAG_STATUS_CODE:
        if (!str_to_u64(text, 999, &number))
            return "a StatusKode is no number";
        r->status_code = (int64_t)number;
        return NULL;
    case TAG_COUNT_ELEMENT:
        r->count_of = str_equal(text, r->paged) ? r->paged : STR_NONE;
        return NULL;
    case TAG_COUNT:
        return take_count(r, text);
    case TAG_FROM:
        return municipal_wall(text, &r->effect.from);
    case TAG_TO:
        return municipal_wall(text, &r->effect.to);
    case TAG_FROM_OPEN:
    case TAG_TO_OPEN:
        return str_equal(text, STR("true")) || str_equal(text, STR("1"))
                   ? NULL
                   : "a GraenseIndikator is not true";
    case TAG_ROLE:
        r->relation.role = municipal_role_of(text);
        return NULL;
    case TAG_TYPE:
        r->relation.is_unit = str_equal_nocase(text, types[TYPE_UNIT]);
        return NULL;
    case TAG_REFERENCE_UUID:
        return municipal_uuid_parse(text, r->relation.uuid) ? NULL : "a UUID is malformed";
    case TAG_REFERENCE_URN:
        take_urn(&r->relation, text);
        return NULL;
    case TAG_OBJECT:
        return municipal_uuid_parse(text, r->object) ? NULL : "a UUID is malformed";
    case TAG_REGISTERED:
        return municipal_wall(text, &r->registered);
    case TAG_REGISTERED_AT_INDEX:
        return r->registered.known ? NULL : municipal_wall(text, &r->registered);
    case TAG_LIFECYCLE:
        return take_lifecycle(r, text);
    default:
        return NULL;
    }
}

const char *municipal_authority(struct municipal_reader *r, struct authority *authority)
{
    struct str cvr = str_of(r->relation.cvr);
    bool is_asked = cvr.len && str_equal(cvr, r->question->municipality_cvr);
    struct authority named = {.name = r->relation.name};

    if (cvr.len && !(named.cvr = arena_copy(r->arena, cvr)).at)
        return "no room";
    if (is_asked && r->question->municipality.at &&
        !(named.code = arena_copy(r->arena, r->question->municipality)).at)
        return "no room";
    *authority = named;
    return NULL;
}

const char *municipal_party(struct municipal_reader *r, enum party_role role, struct party ***last)
{
    struct party *party;

    if (r->parties++ == PARTIES_MAX)
        return "too many parties";
    if (!(party = ARENA_NEW(r->arena, struct party)))
        return "no room";
    *party = (struct party){
        .role = role, .cpr = r->relation.cpr, .from = r->effect.from, .to = r->effect.to};
    **last = party;
    *last = &party->next;
    return NULL;
}

struct item *municipal_add(struct municipal_reader *r, const struct item *item)
{
    struct item *added = item_list_add(r->items, r->arena, r->items_max);

    if (added) {
        *added = *item;
        added->next = NULL;
    }
    return added;
}

/* ---- asking ---- */

bool municipal_page_start(const struct question *question, uint64_t *start)
{
    *start = 0;
    return !question->cursor.at || str_to_u64(question->cursor, INT32_MAX, start);
}

void municipal_write_page(struct buf *out, uint64_t start)
{
    buf_format(out,
               "<sd:FoersteResultatReference>%llu</sd:FoersteResultatReference>"
               "<sd:MaksimalAntalKvantitet>%d</sd:MaksimalAntalKvantitet>",
               (unsigned long long)start, MUNICIPAL_PAGE);
}

void municipal_write_role(struct buf *out, enum municipal_role role)
{
    buf_add_str(out, STR("<gd:Rolle>"));
    soap_text(out, "sd:UUIDIdentifikator", municipal_role_uuid(role));
    buf_add_str(out, STR("</gd:Rolle>"));
}

void municipal_write_citizen(struct buf *out, const struct cpr *cpr)
{
    buf_format(out,
               "<gd:ReferenceID><sd:URNIdentifikator>urn:oio:cpr-nr:%.*s</sd:URNIdentifikator>"
               "</gd:ReferenceID>",
               STR_ARG(cpr_str(cpr)));
}

/* ---- an answer as a whole ---- */

enum outcome municipal_outcome(const struct municipal_reader *r, const struct soap_message *message,
                               struct answer_fault *fault)
{
    *fault = (struct answer_fault){0};
    if (message->is_fault) {
        fault->why = "a SOAP fault";
        return OUTCOME_FAILED;
    }
    switch (r->status_code) {
    case 20:
        return OUTCOME_ANSWERED;
    case 44:
        if (r->objects == 0)
            return OUTCOME_EMPTY;
        fault->why = "StatusKode 44 with objects";
        return OUTCOME_INVALID;
    case 0:
        fault->why = "no StatusKode";
        return OUTCOME_INVALID;
    case 40:
        fault->why = "StatusKode 40: it does not understand us";
        return OUTCOME_FAILED;
    case 49:
        fault->why = "StatusKode 49: a conflict at the index";
        return OUTCOME_FAILED;
    default:
        fault->why = "another StatusKode than 20 and 44";
        return OUTCOME_FAILED;
    }
}

/* A page without a count is followed by another one if it is full: asking once too often is better
 * than losing what is behind it. */
static struct str next_page(struct municipal_reader *r)
{
    uint64_t start = 0, next;

    if (r->objects == 0 || !municipal_page_start(r->question, &start))
        return STR_NONE;
    next = start + MUNICIPAL_PAGE;
    if (r->total >= 0 ? next >= (uint64_t)r->total : r->objects < MUNICIPAL_PAGE)
        return STR_NONE;
    return arena_format(r->arena, "%llu", (unsigned long long)next);
}

enum outcome municipal_read(struct municipal_reader *r, const struct answer *answer,
                            const struct soap_element *payload, const struct soap_handler *handler,
                            void *ctx, struct parsed *parsed, struct answer_fault *fault)
{
    struct soap_message message;

    if (!soap_read(r->arena, answer->body, payload, handler, ctx, &message, fault))
        return OUTCOME_INVALID;
    parsed->request_id = message.transaction;
    parsed->cursor = next_page(r);
    return municipal_outcome(r, &message, fault);
}

enum outcome municipal_end(const struct parsed *parsed)
{
    return parsed->items.count || parsed->cursor.at ? OUTCOME_ANSWERED : OUTCOME_EMPTY;
}
