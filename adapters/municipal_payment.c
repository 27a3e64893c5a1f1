/* SPDX-License-Identifier: MIT */
#include "adapters/municipal_payment.h"

enum payment_tag {
    PAYMENT = TAG_PAYMENTS,
    PAYMENT_REGISTRATION,
    PAYMENT_PROPERTIES,
    PAYMENT_GROSS,
    PAYMENT_DATE,
    PAYMENT_AFTER_TAX,
    PAYMENT_SENT,
    PAYMENT_PAID,
    PAYMENT_BENEFIT,
    PAYMENT_BENEFIT_GRANT,
    PAYMENT_BENEFIT_ID,
    PAYMENT_ACTOR,
    PAYMENT_ACTOR_NAME,
    PAYMENT_ACTOR_CVR,
    PAYMENT_SYSTEM,
    PAYMENT_SYSTEM_NAME,
    PAYMENT_PARTY
};

/* ---- what a payment may hold (OekonomiskEffektueringIndeks.xsd) ---- */

static const struct soap_element properties_children[] = {
    SOAP_ONE(NS_OEI, "Virkning", TAG_PLAIN, &municipal_effect_type),
    SOAP_ONE(NS_OEI, "SamletBruttobeloeb", PAYMENT_GROSS, NULL),
    SOAP_ONE(NS_OEI, "Dispositionsdato", PAYMENT_DATE, NULL),
    SOAP_ONE(NS_OEI, "BeloebEfterSkatATP", PAYMENT_AFTER_TAX, NULL),
    SOAP_ONE(NS_OEI, "BeloebSendtTilUdbetaling", PAYMENT_SENT, NULL),
    SOAP_ONE(NS_OEI, "BeloebUdbetalt", PAYMENT_PAID, NULL),
};
static const struct soap_type properties_type = SOAP_TYPE(properties_children);
static const struct soap_element attributes_children[] = {
    SOAP_MANY(NS_OEI, "Egenskaber", PAYMENT_PROPERTIES, &properties_type),
};
static const struct soap_type attributes_type = SOAP_TYPE(attributes_children);

static const struct soap_element ref_children[] = {
    SOAP_ONE(NS_SD, "UUIDIdentifikator", PAYMENT_BENEFIT_GRANT, NULL),
    SOAP_ONE(NS_OEI, "BevilgetYdelseId", PAYMENT_BENEFIT_ID, NULL),
};
static const struct soap_type ref_type = SOAP_TYPE(ref_children);
static const struct soap_element benefit_children[] = {
    MUNICIPAL_RELATION,
    SOAP_ONE(NS_OEI, "BevilgetYdelseRef", TAG_PLAIN, &ref_type),
};
static const struct soap_type benefit_type = SOAP_TYPE(benefit_children);
static const struct soap_element actor_children[] = {
    MUNICIPAL_RELATION,
    SOAP_ONE(NS_OEI, "FuldtNavn", PAYMENT_ACTOR_NAME, NULL),
    SOAP_ONE(NS_OEI, "CVR-nr", PAYMENT_ACTOR_CVR, NULL),
};
static const struct soap_type actor_type = SOAP_TYPE(actor_children);
static const struct soap_element system_children[] = {
    MUNICIPAL_RELATION,
    SOAP_ONE(NS_OEI, "SystemNavn", PAYMENT_SYSTEM_NAME, NULL),
};
static const struct soap_type system_type = SOAP_TYPE(system_children);
static const struct soap_element party_children[] = {MUNICIPAL_RELATION};
static const struct soap_type party_type = SOAP_TYPE(party_children);
static const struct soap_element relations_children[] = {
    SOAP_MANY(NS_OEI, "OekonomiskYdelseEffektueringRelation", PAYMENT_BENEFIT, &benefit_type),
    SOAP_MANY(NS_OEI, "Aktoer", PAYMENT_ACTOR, &actor_type),
    SOAP_MANY(NS_OEI, "ItSystem", PAYMENT_SYSTEM, &system_type),
    SOAP_MANY(NS_OEI, "OekonomiskEffektueringPart", PAYMENT_PARTY, &party_type),
};
static const struct soap_type relations_type = SOAP_TYPE(relations_children);

static const struct soap_element registration_children[] = {
    MUNICIPAL_REGISTRATION,
    SOAP_ONE(NS_OEI, "AttributListe", TAG_PLAIN, &attributes_type),
    SOAP_ONE(NS_OEI, "RelationListe", TAG_PLAIN, &relations_type),
};
static const struct soap_type registration_type = SOAP_TYPE(registration_children);
static const struct soap_element payment_children[] = {
    SOAP_ONE(NS_OEI, "ObjektType", TAG_PLAIN, &municipal_object_type),
    SOAP_MANY(NS_OEI, "Registrering", PAYMENT_REGISTRATION, &registration_type),
};
const struct soap_type municipal_payment_type = SOAP_TYPE(payment_children);

/* ---- reading ---- */

struct amounts {
    struct money gross, after_tax, sent, paid;
    struct date date;
};

struct draft {
    struct municipal_payment whole;
    struct wall registered;
    struct municipal_choice properties, owner, system;
    struct amounts amounts;
    struct party **party_end;
    struct municipal_benefit_ref **ref_end;
};

struct municipal_payment_reader {
    struct municipal_reader *r;
    struct draft draft, newest;
    bool has_newest;
    /* the entries being read */
    struct amounts amounts;
    char grant[MUNICIPAL_UUID_TEXT];
    struct str benefit_id;
};

struct municipal_payment_reader *municipal_payment_reader_new(struct municipal_reader *r)
{
    struct municipal_payment_reader *p = ARENA_NEW(r->arena, struct municipal_payment_reader);

    if (p)
        p->r = r;
    return p;
}

const struct municipal_payment *municipal_payment_read(const struct municipal_payment_reader *p)
{
    return &p->newest.whole;
}

const char *municipal_payment_enter(struct municipal_payment_reader *p, int tag)
{
    struct draft *d = &p->draft;

    switch (tag) {
    case PAYMENT:
        municipal_begin_object(p->r);
        p->newest = (struct draft){.whole.is_gone = true};
        p->has_newest = false;
        return NULL;
    case PAYMENT_REGISTRATION:
        municipal_begin_registration(p->r);
        *d = (struct draft){.whole.item.kind = ITEM_PAYMENT};
        d->party_end = &d->whole.item.parties;
        d->ref_end = &d->whole.refs;
        return NULL;
    case PAYMENT_PROPERTIES:
        p->amounts = (struct amounts){0};
        break;
    case PAYMENT_BENEFIT:
        p->grant[0] = '\0';
        p->benefit_id = STR_NONE;
        break;
    case PAYMENT_ACTOR:
    case PAYMENT_SYSTEM:
    case PAYMENT_PARTY:
        break;
    default:
        return NULL;
    }
    municipal_begin_effect(p->r);
    return NULL;
}

static bool prefers(struct municipal_payment_reader *p, struct municipal_choice *held)
{
    return municipal_prefers(held, &p->r->effect, p->r->question->now);
}

static const char *take_benefit(struct municipal_payment_reader *p)
{
    struct municipal_benefit_ref *ref;

    if (!p->grant[0])
        return NULL;
    if (!(ref = ARENA_NEW(p->r->arena, struct municipal_benefit_ref)))
        return "no room";
    ref->benefit = arena_format(p->r->arena, "%s/%.*s", p->grant, STR_ARG(p->benefit_id));
    *p->draft.ref_end = ref;
    p->draft.ref_end = &ref->next;
    return ref->benefit.at ? NULL : "no room";
}

static const char *take_system(struct municipal_payment_reader *p)
{
    struct municipal_relation *relation = &p->r->relation;
    struct str *system = &p->draft.whole.item.sending_system;

    if (!prefers(p, &p->draft.system))
        return NULL;
    *system = relation->name;
    return relation->uuid[0] ? municipal_copy(p->r, str_of(relation->uuid), system) : NULL;
}

/* What is known of an amount that moves: paid, else on its way, else worked out. A negative amount
 * goes back to the authority. */
static void take_amounts(struct item *item, const struct amounts *amounts, struct date today)
{
    item->date = amounts->date;
    item->gross = amounts->gross;
    item->net = amounts->paid.known   ? amounts->paid
                : amounts->sent.known ? amounts->sent
                                      : amounts->after_tax;
    item->direction = DIRECTION_TO_CITIZEN;
    if ((item->net.known ? item->net : item->gross).oere < 0) {
        item->direction = DIRECTION_FROM_CITIZEN;
        item->net.oere = -item->net.oere;
        item->gross.oere = -item->gross.oere;
    }
    if (amounts->paid.known)
        item->status = STATUS_PAID;
    else if (date_is_known(amounts->date) && date_compare(amounts->date, today) >= 0)
        item->status = STATUS_DUE;
}

static void take_registration(struct municipal_payment_reader *p)
{
    struct draft *d = &p->draft;

    d->registered = p->r->registered;
    if (p->has_newest && d->registered.unix_ms < p->newest.registered.unix_ms)
        return;
    d->whole.is_gone = p->r->is_gone;
    d->whole.item.changed = d->registered;
    take_amounts(&d->whole.item, &d->amounts, wall_date(p->r->question->now));
    p->newest = *d;
    p->has_newest = true;
}

const char *municipal_payment_leave(struct municipal_payment_reader *p, int tag, struct str text)
{
    struct municipal_relation *relation = &p->r->relation;

    switch (tag) {
    case PAYMENT_GROSS:
        return municipal_money(text, &p->amounts.gross);
    case PAYMENT_DATE:
        return municipal_date(text, &p->amounts.date);
    case PAYMENT_AFTER_TAX:
        return municipal_money(text, &p->amounts.after_tax);
    case PAYMENT_SENT:
        return municipal_money(text, &p->amounts.sent);
    case PAYMENT_PAID:
        return municipal_money(text, &p->amounts.paid);
    case PAYMENT_PROPERTIES:
        if (prefers(p, &p->draft.properties))
            p->draft.amounts = p->amounts;
        return NULL;
    case PAYMENT_BENEFIT_GRANT:
        return municipal_uuid_parse(municipal_trim(text), p->grant) ? NULL : "a UUID is malformed";
    case PAYMENT_BENEFIT_ID:
        return municipal_copy(p->r, text, &p->benefit_id);
    case PAYMENT_BENEFIT:
        return take_benefit(p);
    case PAYMENT_ACTOR_NAME:
        return relation->role == ROLE_PAYMENT_OWNER ? municipal_copy(p->r, text, &relation->name)
                                                    : NULL;
    case PAYMENT_ACTOR_CVR:
        municipal_cvr(text, relation->cvr);
        return NULL;
    case PAYMENT_ACTOR:
        return relation->role == ROLE_PAYMENT_OWNER && prefers(p, &p->draft.owner)
                   ? municipal_authority(p->r, &p->draft.whole.item.authority)
                   : NULL;
    case PAYMENT_SYSTEM_NAME:
        return municipal_copy(p->r, text, &relation->name);
    case PAYMENT_SYSTEM:
        return take_system(p);
    case PAYMENT_PARTY:
        return municipal_party(
            p->r, relation->role == ROLE_PAYMENT_RECEIVER ? PARTY_PRIMARY : PARTY_OTHER,
            &p->draft.party_end);
    case PAYMENT_REGISTRATION:
        take_registration(p);
        return NULL;
    case PAYMENT:
        memcpy(p->newest.whole.uuid, p->r->object, sizeof p->r->object);
        return p->r->object[0] ? NULL : "a payment without UUID";
    default:
        return NULL;
    }
}
