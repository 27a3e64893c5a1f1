/* SPDX-License-Identifier: MIT */
#include "adapters/municipal_grant.h"

enum { BENEFITS_MAX = 100 }; /* of one grant */

enum grant_tag {
    GRANT = TAG_GRANTS,
    GRANT_REGISTRATION,
    GRANT_PROPERTIES,
    GRANT_FROM,
    GRANT_TO,
    GRANT_SENSITIVITY,
    GRANT_BENEFIT,
    GRANT_BENEFIT_ID,
    GRANT_BENEFIT_NAME,
    GRANT_BENEFIT_FROM,
    GRANT_BENEFIT_TO,
    GRANT_SYSTEM,
    GRANT_SYSTEM_NAME,
    GRANT_KIND_NAME,
    GRANT_CLASS_KEY,
    GRANT_PLAN,
    GRANT_PLAN_FROM,
    GRANT_PLAN_TO,
    GRANT_PLAN_FREQUENCY,
    GRANT_PLAN_AMOUNT,
    GRANT_PARTY,
    GRANT_ACTOR,
    GRANT_ACTOR_NAME,
    GRANT_ACTOR_CVR,
    GRANT_PROFILE
};

/* ---- what a grant may hold (BevillingIndeks.xsd) ---- */

static const struct soap_element properties_children[] = {
    SOAP_ONE(NS_BI, "Virkning", TAG_PLAIN, &municipal_effect_type),
    SOAP_ONE(NS_BI, "Bevillingstartdato", GRANT_FROM, NULL),
    SOAP_ONE(NS_BI, "Bevillingslutdato", GRANT_TO, NULL),
    SOAP_ONE(NS_BI, "Foelsomhed", GRANT_SENSITIVITY, NULL),
};
static const struct soap_type properties_type = SOAP_TYPE(properties_children);

static const struct soap_element system_children[] = {
    SOAP_ONE(NS_BI, "Rolle", TAG_PLAIN, &municipal_id_type),
    SOAP_ONE(NS_BI, "ReferenceID", TAG_PLAIN, &municipal_reference_type),
    SOAP_ONE(NS_BI, "SystemNavn", GRANT_SYSTEM_NAME, NULL),
};
static const struct soap_type system_type = SOAP_TYPE(system_children);
static const struct soap_element class_children[] = {
    SOAP_ONE(NS_BI, "BrugervendtNoegle", GRANT_CLASS_KEY, NULL),
};
static const struct soap_type class_type = SOAP_TYPE(class_children);
static const struct soap_element kind_children[] = {
    SOAP_ONE(NS_BI, "Ydelsesnavn", GRANT_KIND_NAME, NULL),
    SOAP_ONE(NS_BI, "Klassifikation", TAG_PLAIN, &class_type),
};
static const struct soap_type kind_type = SOAP_TYPE(kind_children);
static const struct soap_element plan_children[] = {
    SOAP_ONE(NS_BI, "EffektueringsplanStartdato", GRANT_PLAN_FROM, NULL),
    SOAP_ONE(NS_BI, "EffektueringsplanSlutdato", GRANT_PLAN_TO, NULL),
    SOAP_ONE(NS_BI, "Beregningsfrekvens", GRANT_PLAN_FREQUENCY, NULL),
    SOAP_ONE(NS_BI, "Ydelsesbeloeb", GRANT_PLAN_AMOUNT, NULL),
};
static const struct soap_type plan_type = SOAP_TYPE(plan_children);
static const struct soap_element benefit_children[] = {
    SOAP_ONE(NS_BI, "Virkning", TAG_PLAIN, &municipal_effect_type),
    SOAP_ONE(NS_BI, "Id", GRANT_BENEFIT_ID, NULL),
    SOAP_ONE(NS_BI, "Navn", GRANT_BENEFIT_NAME, NULL),
    SOAP_ONE(NS_BI, "BevilgetYdelseStartdato", GRANT_BENEFIT_FROM, NULL),
    SOAP_ONE(NS_BI, "BevilgetYdelseSlutdato", GRANT_BENEFIT_TO, NULL),
    SOAP_MANY(NS_BI, "ItSystem", GRANT_SYSTEM, &system_type),
    SOAP_ONE(NS_BI, "Ydelse", TAG_PLAIN, &kind_type),
    SOAP_MANY(NS_BI, "OekonomiskEffektueringsplan", GRANT_PLAN, &plan_type),
};
static const struct soap_type benefit_type = SOAP_TYPE(benefit_children);
static const struct soap_element attributes_children[] = {
    SOAP_MANY(NS_BI, "Egenskaber", GRANT_PROPERTIES, &properties_type),
    SOAP_MANY(NS_BI, "BevilgetYdelse", GRANT_BENEFIT, &benefit_type),
};
static const struct soap_type attributes_type = SOAP_TYPE(attributes_children);

static const struct soap_element party_children[] = {MUNICIPAL_RELATION};
static const struct soap_type party_type = SOAP_TYPE(party_children);
static const struct soap_element actor_children[] = {
    MUNICIPAL_RELATION,
    SOAP_ONE(NS_BI, "FuldtNavn", GRANT_ACTOR_NAME, NULL),
    SOAP_ONE(NS_BI, "CVR-nr", GRANT_ACTOR_CVR, NULL),
};
static const struct soap_type actor_type = SOAP_TYPE(actor_children);
static const struct soap_element relations_children[] = {
    SOAP_MANY(NS_BI, "Bevillingspart", GRANT_PARTY, &party_type),
    SOAP_MANY(NS_BI, "Bevillingsaktoer", GRANT_ACTOR, &actor_type),
    SOAP_MANY(NS_BI, "Sikkerhedsprofil", GRANT_PROFILE, &soap_opaque),
};
static const struct soap_type relations_type = SOAP_TYPE(relations_children);

static const struct soap_element registration_children[] = {
    MUNICIPAL_REGISTRATION,
    SOAP_ONE(NS_BI, "AttributListe", TAG_PLAIN, &attributes_type),
    SOAP_ONE(NS_BI, "RelationListe", TAG_PLAIN, &relations_type),
};
static const struct soap_type registration_type = SOAP_TYPE(registration_children);
static const struct soap_element grant_children[] = {
    SOAP_ONE(NS_BI, "ObjektType", TAG_PLAIN, &municipal_object_type),
    SOAP_MANY(NS_BI, "Registrering", GRANT_REGISTRATION, &registration_type),
};
const struct soap_type municipal_grant_type = SOAP_TYPE(grant_children);

/* ---- reading ---- */

/* What the grant gives to each of its benefits. */
struct shared {
    struct date from, to;
    enum sensitivity sensitivity;
};

/* OekonomiskEffektueringsplan: how often and how much, for a time. */
struct plan {
    struct date from, to;
    struct str frequency;
    struct money amount;
};

struct draft {
    struct municipal_benefit *benefits;
    size_t benefit_count;
    struct wall registered;
    struct shared shared;
    struct authority authority;
    struct party *parties, **party_end;
    bool has_profile;
    struct municipal_choice properties, owner;
};

struct municipal_grant_reader {
    struct municipal_reader *r;
    struct draft draft, newest;
    bool has_newest;
    /* the entries being read */
    struct shared properties;
    struct municipal_benefit benefit;
    struct str name, kind_name, sender_system;
    struct plan plan;
    struct municipal_choice plan_choice;
};

struct municipal_grant_reader *municipal_grant_reader_new(struct municipal_reader *r)
{
    struct municipal_grant_reader *g = ARENA_NEW(r->arena, struct municipal_grant_reader);

    if (g)
        g->r = r;
    return g;
}

const struct municipal_benefit *municipal_grant_read(const struct municipal_grant_reader *g)
{
    return g->newest.benefits;
}

const char *municipal_grant_enter(struct municipal_grant_reader *g, int tag)
{
    switch (tag) {
    case GRANT:
        municipal_begin_object(g->r);
        g->newest = (struct draft){0};
        g->has_newest = false;
        g->r->objects++;
        return NULL;
    case GRANT_REGISTRATION:
        municipal_begin_registration(g->r);
        g->draft = (struct draft){0};
        g->draft.party_end = &g->draft.parties;
        return NULL;
    case GRANT_PROPERTIES:
        g->properties = (struct shared){0};
        break;
    case GRANT_BENEFIT:
        g->benefit = (struct municipal_benefit){.item.kind = ITEM_BENEFIT};
        g->name = g->kind_name = g->sender_system = STR_NONE;
        g->plan_choice = (struct municipal_choice){0};
        break;
    case GRANT_SYSTEM: /* inside a benefit, whose Virkning must stay */
        g->r->relation = (struct municipal_relation){0};
        return NULL;
    case GRANT_PLAN:
        g->plan = (struct plan){0};
        return NULL;
    case GRANT_PARTY:
    case GRANT_ACTOR:
        break;
    case GRANT_PROFILE:
        g->draft.has_profile = true;
        return NULL;
    default:
        return NULL;
    }
    municipal_begin_effect(g->r);
    return NULL;
}

static bool prefers(struct municipal_grant_reader *g, struct municipal_choice *held)
{
    return municipal_prefers(held, &g->r->effect, g->r->question->now);
}

/* Days as points of time, so that periods of dates, the last one included, can be compared. */
static struct wall day(struct date date, int64_t more)
{
    return date_is_known(date) ? wall_of_unix((date_to_days(date) + more) * 86400) : WALL_NONE;
}

static struct wall today(const struct municipal_grant_reader *g)
{
    return day(wall_date(g->r->question->now), 0);
}

static const char *take_system(struct municipal_grant_reader *g)
{
    struct municipal_relation *relation = &g->r->relation;
    bool is_sender = relation->role == ROLE_SYSTEM_SENDER;
    struct str *system = is_sender ? &g->sender_system : &g->benefit.item.sending_system;

    if (!is_sender && relation->role != ROLE_SYSTEM_MASTER)
        return NULL;
    *system = relation->name;
    return relation->uuid[0] ? municipal_copy(g->r, str_of(relation->uuid), system) : NULL;
}

static struct str frequency_code(struct str text)
{
    static const struct {
        struct str text, code;
    } known[] = {
#define X(text, code) {STR_INIT(text), STR_INIT(code)},
        MUNICIPAL_FREQUENCIES(X)
#undef X
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (str_equal_nocase(text, known[i].text))
            return known[i].code;
    return STR_NONE;
}

static void take_plan(struct municipal_grant_reader *g)
{
    struct municipal_effect effect = {day(g->plan.from, 0), day(g->plan.to, 1)};

    if (!municipal_prefers(&g->plan_choice, &effect, today(g)))
        return;
    g->benefit.item.frequency = g->plan.frequency;
    g->benefit.item.gross = g->plan.amount;
}

/* The same benefit may come several times, each for its time. */
static const char *take_benefit(struct municipal_grant_reader *g)
{
    struct municipal_benefit **at = &g->draft.benefits, *next;

    g->benefit.item.title = g->name.at ? g->name : g->kind_name;
    if (g->sender_system.at)
        g->benefit.item.sending_system = g->sender_system;
    while (*at && (!g->benefit.id[0] || strcmp((*at)->id, g->benefit.id) != 0))
        at = &(*at)->next;
    if (!*at) {
        if (g->draft.benefit_count++ == BENEFITS_MAX)
            return "a grant of too many benefits";
        if (!(*at = ARENA_NEW(g->r->arena, struct municipal_benefit)))
            return "no room";
    }
    g->benefit.choice = (*at)->choice;
    if (!prefers(g, &g->benefit.choice))
        return NULL;
    next = (*at)->next;
    **at = g->benefit;
    (*at)->next = next;
    return NULL;
}

static const char *take_party(struct municipal_grant_reader *g)
{
    enum party_role role = g->r->relation.role == ROLE_GRANT_HOLDER     ? PARTY_PRIMARY
                           : g->r->relation.role == ROLE_GRANT_RECEIVER ? PARTY_SECONDARY
                                                                        : PARTY_OTHER;

    return municipal_party(g->r, role, &g->draft.party_end);
}

/* Who was granted the benefit is its primary party. Where nobody is named so, who receives it is
 * [D]. */
static void name_primary_party(struct party *parties)
{
    for (const struct party *party = parties; party; party = party->next)
        if (party->role == PARTY_PRIMARY)
            return;
    for (struct party *party = parties; party; party = party->next)
        if (party->role == PARTY_SECONDARY)
            party->role = PARTY_PRIMARY;
}

static enum item_status status_of(const struct item *item, struct wall today)
{
    struct municipal_effect effect = {day(item->valid_from, 0), day(item->valid_to, 1)};

    if (!effect.from.known && !effect.to.known)
        return STATUS_UNKNOWN;
    return municipal_effect_covers(&effect, today) ? STATUS_ACTIVE : STATUS_INACTIVE;
}

static void take_registration(struct municipal_grant_reader *g)
{
    struct draft *d = &g->draft;

    d->registered = g->r->registered;
    if (g->has_newest && d->registered.unix_ms < g->newest.registered.unix_ms)
        return;
    name_primary_party(d->parties);
    for (struct municipal_benefit *b = d->benefits; b; b = b->next) {
        b->item.changed = d->registered;
        b->item.authority = d->authority;
        b->item.payer = d->authority.name;
        b->item.parties = d->parties;
        b->item.sensitivity = d->shared.sensitivity;
        b->item.has_security_profile = d->has_profile;
        if (!date_is_known(b->item.valid_from))
            b->item.valid_from = d->shared.from;
        if (!date_is_known(b->item.valid_to))
            b->item.valid_to = d->shared.to;
        b->item.status = status_of(&b->item, today(g));
    }
    if (g->r->is_gone)
        d->benefits = NULL;
    g->newest = *d;
    g->has_newest = true;
}

static const char *take_grant(struct municipal_grant_reader *g)
{
    size_t number = 0;

    if (!g->r->object[0])
        return "a grant without UUID";
    for (struct municipal_benefit *b = g->newest.benefits; b; b = b->next) {
        number++;
        b->item.id = b->id[0] ? arena_format(g->r->arena, "%s/%s", g->r->object, b->id)
                              : arena_format(g->r->arena, "%s/#%zu", g->r->object, number);
        if (!b->item.id.at)
            return "no room";
    }
    return NULL;
}

static const char *take_id(struct municipal_grant_reader *g, struct str text)
{
    text = municipal_trim(text);
    if (text.len >= sizeof g->benefit.id)
        return "an Id is too long";
    if (text.len)
        memcpy(g->benefit.id, text.at, text.len);
    g->benefit.id[text.len] = '\0';
    return NULL;
}

/* The grant's own dates are free text: what is no date is unknown. */
static void take_text_date(struct str text, struct date *date)
{
    if (municipal_date(text, date))
        *date = DATE_NONE;
}

const char *municipal_grant_leave(struct municipal_grant_reader *g, int tag, struct str text)
{
    struct item *item = &g->benefit.item;
    struct municipal_relation *relation = &g->r->relation;

    switch (tag) {
    case GRANT_FROM:
        take_text_date(text, &g->properties.from);
        return NULL;
    case GRANT_TO:
        take_text_date(text, &g->properties.to);
        return NULL;
    case GRANT_SENSITIVITY:
        return municipal_sensitivity(text, &g->properties.sensitivity);
    case GRANT_PROPERTIES:
        if (prefers(g, &g->draft.properties))
            g->draft.shared = g->properties;
        return NULL;
    case GRANT_BENEFIT_ID:
        return take_id(g, text);
    case GRANT_BENEFIT_NAME:
        return municipal_copy(g->r, text, &g->name);
    case GRANT_BENEFIT_FROM:
        return municipal_date(text, &item->valid_from);
    case GRANT_BENEFIT_TO:
        return municipal_date(text, &item->valid_to);
    case GRANT_SYSTEM_NAME:
    case GRANT_ACTOR_NAME:
        return tag == GRANT_SYSTEM_NAME || relation->role == ROLE_GRANT_OWNER
                   ? municipal_copy(g->r, text, &relation->name)
                   : NULL;
    case GRANT_SYSTEM:
        return take_system(g);
    case GRANT_KIND_NAME:
        return municipal_copy(g->r, text, &g->kind_name);
    case GRANT_CLASS_KEY:
        return municipal_is_kle(municipal_trim(text)) ? municipal_copy(g->r, text, &item->kle)
                                                      : NULL;
    case GRANT_PLAN_FROM:
        return municipal_date(text, &g->plan.from);
    case GRANT_PLAN_TO:
        return municipal_date(text, &g->plan.to);
    case GRANT_PLAN_FREQUENCY:
        g->plan.frequency = frequency_code(municipal_trim(text));
        return NULL;
    case GRANT_PLAN_AMOUNT:
        return municipal_money(text, &g->plan.amount);
    case GRANT_PLAN:
        take_plan(g);
        return NULL;
    case GRANT_BENEFIT:
        return take_benefit(g);
    case GRANT_PARTY:
        return take_party(g);
    case GRANT_ACTOR_CVR:
        municipal_cvr(text, relation->cvr);
        return NULL;
    case GRANT_ACTOR:
        return relation->role == ROLE_GRANT_OWNER && prefers(g, &g->draft.owner)
                   ? municipal_authority(g->r, &g->draft.authority)
                   : NULL;
    case GRANT_REGISTRATION:
        take_registration(g);
        return NULL;
    case GRANT:
        return take_grant(g);
    default:
        return NULL;
    }
}
