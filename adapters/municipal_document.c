/* SPDX-License-Identifier: MIT */
#include "adapters/municipal_document.h"

enum document_tag {
    DOCUMENT = TAG_DOCUMENTS,
    DOCUMENT_REGISTRATION,
    DOCUMENT_PROPERTIES,
    DOCUMENT_TITLE,
    DOCUMENT_EXEMPT,
    DOCUMENT_DATE,
    DOCUMENT_SENSITIVITY,
    DOCUMENT_TYPE,
    DOCUMENT_STEP,
    DOCUMENT_STEP_CODE,
    DOCUMENT_PARTY,
    DOCUMENT_PROFILE,
    DOCUMENT_SYSTEM,
    DOCUMENT_SYSTEM_NAME
};

/* ---- what a document may hold (DokumentIndeks.xsd) ---- */

static const struct soap_element properties_children[] = {
    SOAP_ONE(NS_DI, "Virkning", TAG_PLAIN, &municipal_effect_type),
    SOAP_ONE(NS_DI, "Titel", DOCUMENT_TITLE, NULL),
    SOAP_ONE(NS_DI, "BrevDato", DOCUMENT_DATE, NULL),
    SOAP_ONE(NS_DI, "OffentlighedUndtaget", DOCUMENT_EXEMPT, &soap_opaque),
    SOAP_ONE(NS_DI, "Foelsomhed", DOCUMENT_SENSITIVITY, NULL),
    SOAP_ONE(NS_DI, "Type", DOCUMENT_TYPE, NULL),
};
static const struct soap_type properties_type = SOAP_TYPE(properties_children);
static const struct soap_element attributes_children[] = {
    SOAP_MANY(NS_DI, "Egenskaber", DOCUMENT_PROPERTIES, &properties_type),
};
static const struct soap_type attributes_type = SOAP_TYPE(attributes_children);

static const struct soap_element step_children[] = {
    SOAP_ONE(NS_DI, "Virkning", TAG_PLAIN, &municipal_effect_type),
    SOAP_ONE(NS_DI, "FremdriftStatusKode", DOCUMENT_STEP_CODE, NULL),
};
static const struct soap_type step_type = SOAP_TYPE(step_children);
static const struct soap_element states_children[] = {
    SOAP_MANY(NS_DI, "Fremdrift", DOCUMENT_STEP, &step_type),
};
static const struct soap_type states_type = SOAP_TYPE(states_children);

static const struct soap_element party_children[] = {MUNICIPAL_RELATION};
static const struct soap_type party_type = SOAP_TYPE(party_children);
static const struct soap_element system_children[] = {
    MUNICIPAL_RELATION,
    SOAP_ONE(NS_DI, "SystemNavn", DOCUMENT_SYSTEM_NAME, NULL),
};
static const struct soap_type system_type = SOAP_TYPE(system_children);
static const struct soap_element relation_extra_children[] = {
    SOAP_MANY(NS_DI, "Sikkerhedsprofil", DOCUMENT_PROFILE, &soap_opaque),
    SOAP_MANY(NS_DI, "DokumentitsystemRelation", DOCUMENT_SYSTEM, &system_type),
};
static const struct soap_type relation_extra_type = SOAP_TYPE(relation_extra_children);
static const struct soap_element relations_children[] = {
    SOAP_MANY(NS_DI, "Dokumentpart", DOCUMENT_PARTY, &party_type),
    SOAP_ONE(NS_GD, "LokalUdvidelseListe", TAG_PLAIN, &relation_extra_type),
};
static const struct soap_type relations_type = SOAP_TYPE(relations_children);

static const struct soap_element registration_children[] = {
    MUNICIPAL_REGISTRATION,
    SOAP_ONE(NS_DI, "AttributListe", TAG_PLAIN, &attributes_type),
    SOAP_ONE(NS_DI, "TilstandListe", TAG_PLAIN, &states_type),
    SOAP_ONE(NS_DI, "RelationListe", TAG_PLAIN, &relations_type),
};
static const struct soap_type registration_type = SOAP_TYPE(registration_children);
static const struct soap_element document_children[] = {
    SOAP_ONE(NS_DI, "ObjektType", TAG_PLAIN, &municipal_object_type),
    SOAP_MANY(NS_DI, "Registrering", DOCUMENT_REGISTRATION, &registration_type),
};
const struct soap_type municipal_document_type = SOAP_TYPE(document_children);

/* ---- reading ---- */

struct draft {
    struct municipal_document whole;
    struct wall registered;
    struct municipal_choice properties, step, system;
    struct party **party_end;
    bool is_unsent;
    /* the entry being read */
    struct item entry;
    bool entry_is_unsent;
};

struct municipal_document_reader {
    struct municipal_reader *r;
    struct draft draft, newest;
    bool has_newest;
};

struct municipal_document_reader *municipal_document_reader_new(struct municipal_reader *r)
{
    struct municipal_document_reader *d = ARENA_NEW(r->arena, struct municipal_document_reader);

    if (d)
        d->r = r;
    return d;
}

const struct municipal_document *municipal_document_read(const struct municipal_document_reader *d)
{
    return &d->newest.whole;
}

const char *municipal_document_enter(struct municipal_document_reader *d, int tag)
{
    struct draft *draft = &d->draft;

    switch (tag) {
    case DOCUMENT:
        municipal_begin_object(d->r);
        d->newest = (struct draft){.whole.is_gone = true};
        d->has_newest = false;
        return NULL;
    case DOCUMENT_REGISTRATION:
        municipal_begin_registration(d->r);
        *draft = (struct draft){.whole.item.kind = ITEM_DOCUMENT};
        draft->party_end = &draft->whole.item.parties;
        return NULL;
    case DOCUMENT_PROPERTIES:
        draft->entry = (struct item){0};
        break;
    case DOCUMENT_STEP:
        draft->entry_is_unsent = false;
        break;
    case DOCUMENT_PARTY:
    case DOCUMENT_SYSTEM:
        break;
    case DOCUMENT_EXEMPT:
        draft->entry.is_exempt = true;
        return NULL;
    case DOCUMENT_PROFILE:
        draft->whole.item.has_security_profile = true;
        return NULL;
    default:
        return NULL;
    }
    municipal_begin_effect(d->r);
    return NULL;
}

static bool prefers(struct municipal_document_reader *d, struct municipal_choice *held)
{
    return municipal_prefers(held, &d->r->effect, d->r->question->now);
}

static void take_properties(struct municipal_document_reader *d)
{
    struct item *item = &d->draft.whole.item;
    const struct item *entry = &d->draft.entry;

    if (!prefers(d, &d->draft.properties))
        return;
    item->title = entry->title;
    item->type = entry->type;
    item->date = entry->date;
    item->sensitivity = entry->sensitivity;
    item->is_exempt = entry->is_exempt;
}

/* Being written or reviewed: nobody has sent or received it. */
static bool is_unsent(struct str code)
{
    return str_equal(code, STR("Underudarbejdelse")) || str_equal(code, STR("Underreview"));
}

static const char *take_party(struct municipal_document_reader *d)
{
    enum municipal_role role = d->r->relation.role;

    return municipal_party(d->r,
                           role == ROLE_DOCUMENT_PARTY  ? PARTY_PRIMARY
                           : role == ROLE_DOCUMENT_COPY ? PARTY_SECONDARY
                                                        : PARTY_OTHER,
                           &d->draft.party_end);
}

static const char *take_system(struct municipal_document_reader *d)
{
    const struct municipal_relation *relation = &d->r->relation;
    struct str *system = &d->draft.whole.item.sending_system;

    if (!prefers(d, &d->draft.system))
        return NULL;
    *system = relation->name;
    return relation->uuid[0] ? municipal_copy(d->r, str_of(relation->uuid), system) : NULL;
}

static void take_registration(struct municipal_document_reader *d)
{
    struct draft *draft = &d->draft;

    draft->registered = d->r->registered;
    if (d->has_newest && draft->registered.unix_ms < d->newest.registered.unix_ms)
        return;
    draft->whole.is_gone = d->r->is_gone || draft->is_unsent;
    draft->whole.item.changed = draft->registered;
    d->newest = *draft;
    d->has_newest = true;
}

const char *municipal_document_leave(struct municipal_document_reader *d, int tag, struct str text)
{
    struct draft *draft = &d->draft;

    switch (tag) {
    case DOCUMENT_TITLE:
        return municipal_copy(d->r, text, &draft->entry.title);
    case DOCUMENT_DATE:
        return municipal_date(text, &draft->entry.date);
    case DOCUMENT_SENSITIVITY:
        return municipal_sensitivity(text, &draft->entry.sensitivity);
    case DOCUMENT_TYPE:
        return municipal_copy(d->r, text, &draft->entry.type);
    case DOCUMENT_PROPERTIES:
        take_properties(d);
        return NULL;
    case DOCUMENT_STEP_CODE:
        draft->entry_is_unsent = is_unsent(municipal_trim(text));
        return NULL;
    case DOCUMENT_STEP:
        if (prefers(d, &draft->step))
            draft->is_unsent = draft->entry_is_unsent;
        return NULL;
    case DOCUMENT_PARTY:
        return take_party(d);
    case DOCUMENT_SYSTEM_NAME:
        return municipal_copy(d->r, text, &d->r->relation.name);
    case DOCUMENT_SYSTEM:
        return take_system(d);
    case DOCUMENT_REGISTRATION:
        take_registration(d);
        return NULL;
    case DOCUMENT:
        memcpy(d->newest.whole.uuid, d->r->object, sizeof d->r->object);
        return d->r->object[0] ? NULL : "a document without UUID";
    default:
        return NULL;
    }
}

enum direction municipal_document_direction(const struct item *document, const struct cpr *subject)
{
    static const struct {
        struct str type; /* di:Type */
        enum direction direction;
    } types[] = {
        {STR_INIT("Brev, indgaaende"), DIRECTION_FROM_CITIZEN},
        {STR_INIT("Brev, udgaaende"), DIRECTION_TO_CITIZEN},
        {STR_INIT("Internt Notat"), DIRECTION_OTHER},
    };
    bool is_party = false;

    for (const struct party *party = document->parties; party; party = party->next)
        is_party |= cpr_equal(&party->cpr, subject);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (str_equal(document->type, types[i].type))
            return is_party ? types[i].direction : DIRECTION_OTHER;
    return DIRECTION_UNKNOWN;
}
