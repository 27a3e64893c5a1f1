/* SPDX-License-Identifier: MIT */
#include "adapters/municipal_case.h"

#include "adapters/municipal_case_schema.h"

enum { STEPS_MAX = 100 }; /* of a case's history: more is no history but an attack */

/* One registration as far as it has been read. */
struct draft {
    struct municipal_case whole;
    struct wall registered;
    struct municipal_choice properties, index, owner, responsible, subject, action, sender, master;
    struct str sender_system, master_system;
    struct party **party_end;
    struct relation **relation_end;
    struct municipal_journal **journal_end;
    size_t steps;
    /* the entry being read */
    struct str key, number, title, status_text;
    bool is_exempt, is_note;
    enum sensitivity sensitivity;
    struct wall created;
    enum item_status status;
};

struct municipal_case_reader {
    struct municipal_reader *r;
    struct draft draft, newest;
    bool has_newest;
};

struct municipal_case_reader *municipal_case_reader_new(struct municipal_reader *r)
{
    struct municipal_case_reader *c = ARENA_NEW(r->arena, struct municipal_case_reader);

    if (c)
        c->r = r;
    return c;
}

const struct municipal_case *municipal_case_read(const struct municipal_case_reader *c)
{
    return &c->newest.whole;
}

const char *municipal_case_enter(struct municipal_case_reader *c, int tag)
{
    struct draft *d = &c->draft;

    switch (tag) {
    case CASE:
        municipal_begin_object(c->r);
        c->newest = (struct draft){.whole.is_gone = true};
        c->has_newest = false;
        c->r->objects++;
        return NULL;
    case CASE_REGISTRATION:
        municipal_begin_registration(c->r);
        *d = (struct draft){.whole.item.kind = ITEM_CASE};
        d->party_end = &d->whole.item.parties;
        d->relation_end = &d->whole.item.relations;
        d->journal_end = &d->whole.journal;
        return NULL;
    case CASE_PROPERTIES:
        d->key = d->number = d->title = STR_NONE;
        d->is_exempt = false;
        break;
    case CASE_INDEX:
        d->status_text = STR_NONE;
        d->sensitivity = SENSITIVITY_UNKNOWN;
        d->created = WALL_NONE;
        break;
    case CASE_STEP:
        d->status = STATUS_UNKNOWN;
        break;
    case CASE_JOURNAL:
        d->is_note = false;
        d->title = STR_NONE;
        break;
    case CASE_ACTOR:
    case CASE_CLASS:
    case CASE_PARTY:
    case CASE_RELATION:
    case CASE_SYSTEM:
        break;
    case CASE_EXEMPT:
        d->is_exempt = true;
        return NULL;
    case CASE_NOTE:
        d->is_note = true;
        return NULL;
    case CASE_PROFILE:
        d->whole.item.has_security_profile = true;
        return NULL;
    default:
        return NULL;
    }
    municipal_begin_effect(c->r);
    return NULL;
}

static bool prefers(struct municipal_case_reader *c, struct municipal_choice *held)
{
    return municipal_prefers(held, &c->r->effect, c->r->question->now);
}

static bool is_in_force(const struct municipal_case_reader *c)
{
    return municipal_effect_covers(&c->r->effect, c->r->question->now);
}

static void take_properties(struct municipal_case_reader *c)
{
    struct draft *d = &c->draft;

    if (!prefers(c, &d->properties))
        return;
    d->whole.item.title = d->title;
    d->whole.item.number = d->number.at ? d->number : d->key;
    d->whole.item.is_exempt = d->is_exempt;
}

static void take_index(struct municipal_case_reader *c)
{
    struct draft *d = &c->draft;

    if (!prefers(c, &d->index))
        return;
    d->whole.item.status_text = d->status_text;
    d->whole.item.sensitivity = d->sensitivity;
    d->whole.item.created = d->created;
}

static const char *take_step_code(struct draft *d, struct str text)
{
    static const struct {
        struct str code;
        enum item_status status;
    } codes[] = {
        {STR_INIT("Opstaaet"), STATUS_OPENED},
        {STR_INIT("Oplyst"), STATUS_IN_PROGRESS},
        {STR_INIT("Afgjort"), STATUS_DECIDED},
        {STR_INIT("Afsluttet"), STATUS_CLOSED},
    };

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (str_equal(municipal_trim(text), codes[i].code))
            return d->status = codes[i].status, NULL;
    return "an unknown FremdriftStatusKode";
}

static bool begins_before(struct wall a, struct wall b)
{
    return !a.known ? b.known : b.known && a.unix_ms < b.unix_ms;
}

/* Into the history, oldest first. What has not begun is no history yet. */
static const char *take_step(struct municipal_case_reader *c)
{
    struct draft *d = &c->draft;
    struct municipal_effect effect = c->r->effect;
    struct status_step **at = &d->whole.item.history;
    struct status_step *step;

    if (d->status == STATUS_UNKNOWN)
        return NULL;
    if (effect.from.known && effect.from.unix_ms > c->r->question->now.unix_ms)
        return NULL;
    if (d->steps++ == STEPS_MAX)
        return "a history without end";
    if (!(step = ARENA_NEW(c->r->arena, struct status_step)))
        return "no room";
    while (*at && !begins_before(effect.from, (*at)->from))
        at = &(*at)->next;
    *step = (struct status_step){d->status, effect.from, effect.to, *at};
    *at = step;
    return NULL;
}

/* Who answers for the case, when it is a unit: what stands there of a person is not kept. */
static const char *take_unit(struct municipal_case_reader *c)
{
    struct municipal_relation *relation = &c->r->relation;

    if (!relation->is_unit || !relation->uuid[0] || !prefers(c, &c->draft.responsible))
        return NULL;
    return municipal_copy(c->r, str_of(relation->uuid), &c->draft.whole.item.unit);
}

static const char *take_actor(struct municipal_case_reader *c)
{
    struct draft *d = &c->draft;

    if (c->r->relation.role == ROLE_CASE_RESPONSIBLE)
        return take_unit(c);
    if (c->r->relation.role != ROLE_CASE_OWNER || !prefers(c, &d->owner))
        return NULL;
    return municipal_authority(c->r, &d->whole.item.authority);
}

/* A letter, which may be Ø, and two digits. */
static bool is_action(struct str key)
{
    return key.len >= 3 && key.len <= 4 && str_utf8_sequence(key) == key.len - 2 &&
           str_is_digits(str_skip(key, key.len - 2));
}

/* A class in another role than its own is not guessed at: the case then has none, which hides it.
 */
static void take_class(struct municipal_case_reader *c)
{
    struct draft *d = &c->draft;
    struct str key = c->r->relation.key;

    switch (c->r->relation.role) {
    case ROLE_CASE_SUBJECT:
        if (prefers(c, &d->subject))
            d->whole.item.kle = municipal_is_kle(key) ? key : STR_NONE;
        break;
    case ROLE_CASE_ACTION:
        if (prefers(c, &d->action))
            d->whole.item.facet = is_action(key) ? key : STR_NONE;
        break;
    case ROLE_CASE_DISPLAY:
        if (is_in_force(c))
            d->whole.item.display_class = key.at ? key : STR("unnamed");
        break;
    default:
        break;
    }
}

static const char *take_party(struct municipal_case_reader *c)
{
    enum party_role role;

    switch (c->r->relation.role) {
    case ROLE_CASE_PARTY:
        role = PARTY_PRIMARY;
        break;
    case ROLE_CASE_PROPERTY_OWNER:
        role = PARTY_PROPERTY_OWNER;
        break;
    case ROLE_CASE_OTHER_PARTY:
        role = PARTY_SECONDARY;
        break;
    default:
        role = PARTY_OTHER;
    }
    return municipal_party(c->r, role, &c->draft.party_end);
}

static const char *take_relation(struct municipal_case_reader *c)
{
    enum { ABOVE = 1, OTHER, PRECEDENT, COLLECTION }; /* Sagsrelationstype of the incumbent */
    enum municipal_role role = c->r->relation.role;
    struct relation *relation;

    if (!c->r->relation.uuid[0] || !is_in_force(c))
        return NULL;
    if (!(relation = ARENA_NEW(c->r->arena, struct relation)))
        return "no room";
    relation->type = role == ROLE_CASE_ABOVE        ? ABOVE
                     : role == ROLE_CASE_PRECEDENT  ? PRECEDENT
                     : role == ROLE_CASE_COLLECTION ? COLLECTION
                                                    : OTHER;
    *c->draft.relation_end = relation;
    c->draft.relation_end = &relation->next;
    return municipal_copy(c->r, str_of(c->r->relation.uuid), &relation->id);
}

static const char *take_journal(struct municipal_case_reader *c)
{
    struct draft *d = &c->draft;
    bool is_note = d->is_note || c->r->relation.role == ROLE_JOURNAL_NOTE;
    struct municipal_journal *entry;

    if (!is_in_force(c) || (is_note ? !c->r->question->journal_notes : !c->r->relation.uuid[0]))
        return NULL;
    if (!(entry = ARENA_NEW(c->r->arena, struct municipal_journal)))
        return "no room";
    if (is_note)
        entry->title = d->title;
    else
        memcpy(entry->document, c->r->relation.uuid, sizeof entry->document);
    *d->journal_end = entry;
    d->journal_end = &entry->next;
    return NULL;
}

static const char *take_system(struct municipal_case_reader *c)
{
    struct draft *d = &c->draft;
    struct municipal_relation *relation = &c->r->relation;
    bool is_sender = relation->role == ROLE_SYSTEM_SENDER;
    struct str *system = is_sender ? &d->sender_system : &d->master_system;

    if (!is_sender && relation->role != ROLE_SYSTEM_MASTER)
        return NULL;
    if (!prefers(c, is_sender ? &d->sender : &d->master))
        return NULL;
    *system = relation->name;
    return relation->uuid[0] ? municipal_copy(c->r, str_of(relation->uuid), system) : NULL;
}

/* What follows from the registration as a whole. */
static void take_registration(struct municipal_case_reader *c)
{
    struct draft *d = &c->draft;
    struct item *item = &d->whole.item;
    struct municipal_choice held = {0};

    d->registered = c->r->registered;
    if (c->has_newest && d->registered.unix_ms < c->newest.registered.unix_ms)
        return;
    d->whole.is_gone = c->r->is_gone;
    for (const struct status_step *step = item->history; step; step = step->next) {
        struct municipal_effect effect = {step->from, step->to};

        if (municipal_prefers(&held, &effect, c->r->question->now))
            item->status = step->status;
    }
    item->sending_system = d->sender_system.at ? d->sender_system : d->master_system;
    if (item->status == STATUS_CLOSED) /* whom else it waits for the sender's words tell */
        item->awaiting = AWAITING_NOBODY;
    item->changed = d->registered;
    if (!item->created.known && item->history)
        item->created = item->history->from;
    c->newest = *d;
    c->has_newest = true;
}

static const char *take_case(struct municipal_case_reader *c)
{
    struct item *item = &c->newest.whole.item;

    if (!c->r->object[0])
        return "a case without UUID";
    item->uuid = arena_copy(c->r->arena, str_of(c->r->object));
    item->id = item->uuid;
    return item->id.at ? NULL : "no room";
}

const char *municipal_case_leave(struct municipal_case_reader *c, int tag, struct str text)
{
    struct draft *d = &c->draft;
    struct municipal_relation *relation = &c->r->relation;

    switch (tag) {
    case CASE_KEY:
        return municipal_copy(c->r, text, &d->key);
    case CASE_NUMBER:
        return municipal_copy(c->r, text, &d->number);
    case CASE_TITLE:
    case CASE_NOTE_TITLE:
        return municipal_copy(c->r, text, &d->title);
    case CASE_PROPERTIES:
        take_properties(c);
        return NULL;
    case CASE_STATUS_TEXT:
        return municipal_copy(c->r, text, &d->status_text);
    case CASE_SENSITIVITY:
        return municipal_sensitivity(text, &d->sensitivity);
    case CASE_CREATED:
        return municipal_wall(text, &d->created);
    case CASE_INDEX:
        take_index(c);
        return NULL;
    case CASE_STEP_CODE:
        return take_step_code(d, text);
    case CASE_STEP:
        return take_step(c);
    case CASE_ACTOR_NAME: /* the owner is an organisation; others may be people */
        return relation->role == ROLE_CASE_OWNER ? municipal_copy(c->r, text, &relation->name)
                                                 : NULL;
    case CASE_ACTOR_CVR:
        municipal_cvr(text, relation->cvr);
        return NULL;
    case CASE_ACTOR:
        return take_actor(c);
    case CASE_CLASS_KEY:
        return municipal_copy(c->r, text, &relation->key);
    case CASE_CLASS:
        take_class(c);
        return NULL;
    case CASE_PARTY:
        return take_party(c);
    case CASE_RELATION:
        return take_relation(c);
    case CASE_JOURNAL:
        return take_journal(c);
    case CASE_SYSTEM_NAME:
        return municipal_copy(c->r, text, &relation->name);
    case CASE_SYSTEM:
        return take_system(c);
    case CASE_REGISTRATION:
        take_registration(c);
        return NULL;
    case CASE:
        return take_case(c);
    default:
        return NULL;
    }
}
