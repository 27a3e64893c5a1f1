/* SPDX-License-Identifier: MIT */
#include "adapters/mapped_items.h"

#include "adapters/link.h"
#include "adapters/mapped_value.h"
#include "adapters/settle.h"

enum { PARTS_MAX = 100 };

#define NO_ROOM "the answer needs more room than it may have"

struct making {
    struct mapped_reading *in;
    const struct question *question;
    struct parsed *parsed;
    size_t items_max;
};

/* The first fault counts. */
static bool fail(struct mapped_reading *in, const char *why, struct str rule, const char *at)
{
    const char *start = in->body.at;

    in->fault.why = why;
    in->fault.rule = rule;
    in->fault.offset =
        at && start && at >= start && at <= start + in->body.len ? (size_t)(at - start) : 0;
    return false;
}

/* ---- fields ---- */

static void tell(const struct making *making, const struct item *item, struct str list,
                 const struct field_type *type, const struct mapping_value *rule,
                 struct taken value)
{
    const struct mapped_trace *trace = making->in->trace;
    struct mapped_origin origin = {.field = type->name,
                                   .rule = rule->place,
                                   .path = rule->source == VALUE_PATH ? rule->path.text : STR_NONE,
                                   .text = str_make(value.at, value.len)};

    if (!trace || !trace->on_field)
        return;
    if (list.at)
        origin.field =
            arena_format(making->in->arena, "%.*s.%.*s", STR_ARG(list), STR_ARG(type->name));
    trace->on_field(trace->ctx, item, &origin);
}

/* `list`: whose part it is; STR_NONE: the item's own. */
static bool set_fields(const struct making *making, const struct instance *instance,
                       const struct mapping_field *fields, size_t count, const struct item *item,
                       struct str list, void *object)
{
    struct mapped_reading *in = making->in;

    for (const struct mapping_field *field = fields; field < fields + count; field++) {
        const struct mapping_value *rule = field->value;
        struct taken value = rule->is_plain ? instance->slots[rule->path.slot]
                                            : mapped_value_find(in, instance, &rule);
        const char *why;

        if (value.type == TAKEN_NOTHING)
            continue;
        why = mapped_value_put(in->arena, making->question->subject, field->type, rule, value,
                               (char *)object + field->type->offset);
        if (why)
            return fail(in, why, rule->place, value.at);
        if (in->trace)
            tell(making, item, list, field->type, rule, value);
    }
    return true;
}

bool mapped_field_set(struct mapped_reading *in, const struct question *question,
                      const struct field_type *type, const struct mapping_value *rule, void *at)
{
    const struct mapping_value *chosen = rule;
    struct taken value;
    const char *why;

    if (!rule)
        return true;
    value = mapped_value_find(in, in->root, &chosen);
    if (value.type == TAKEN_NOTHING)
        return true;
    why = mapped_value_put(in->arena, question->subject, type, chosen, value, at);
    return !why || fail(in, why, chosen->place, value.at);
}

/* ---- parts ---- */

/* NULL: it is whole. */
static const char *add_contact(struct item *item, struct contact *contact,
                               const struct cpr *subject)
{
    struct contact **end = &item->contacts;

    if (!contact->value.at)
        return "a contact without a value";
    if (contact->type == CONTACT_WEBSITE && !link_is_safe(contact->value, subject))
        return "a link is no safe https address";
    if (contact->type == 0)
        return NULL; /* a kind that we do not know cannot be shown in words */
    while (*end)
        end = &(*end)->next;
    *end = contact;
    return NULL;
}

static const char *add_link(struct item *item, struct item_link *link)
{
    struct item_link **end = &item->links;

    if (!link->url.at)
        return "a link without an address";
    while (*end)
        end = &(*end)->next;
    *end = link;
    return NULL;
}

static const char *add_party(struct item *item, struct party *party)
{
    struct party **end = &item->parties;

    while (*end)
        end = &(*end)->next;
    *end = party;
    return NULL;
}

static bool is_later(struct wall a, struct wall b)
{
    return a.known && (!b.known || a.unix_ms > b.unix_ms);
}

/* Oldest first, in whichever order the source writes them. */
static const char *add_step(struct item *item, struct status_step *step)
{
    struct status_step **place = &item->history;

    while (*place && !is_later((*place)->from, step->from))
        place = &(*place)->next;
    step->next = *place;
    *place = step;
    return NULL;
}

static const char *add_relation(struct item *item, struct relation *relation)
{
    struct relation **end = &item->relations;

    if (!relation->id.at)
        return "a relation without an id";
    if (relation->type == 0)
        return NULL;
    while (*end)
        end = &(*end)->next;
    *end = relation;
    return NULL;
}

static const char *add_part(struct item *item, enum part_list list, void *part,
                            const struct cpr *subject)
{
    switch (list) {
    case PART_CONTACTS:
        return add_contact(item, part, subject);
    case PART_LINKS:
        return add_link(item, part);
    case PART_PARTIES:
        return add_party(item, part);
    case PART_HISTORY:
        return add_step(item, part);
    case PART_RELATIONS:
        return add_relation(item, part);
    case PART_LIST_COUNT:
        break;
    }
    return "no list of ours";
}

/* What a part is before anything is said of it. */
static void *part_new(struct arena *arena, enum part_list list)
{
    static const size_t sizes[] = {
#define X(name, text, type) [name] = sizeof(type),
        PART_LISTS(X)
#undef X
    };
    void *part = arena_calloc(arena, 1, sizes[list]);

    if (part && list == PART_LINKS)
        ((struct item_link *)part)->type = LINK_OTHER;
    if (part && list == PART_PARTIES)
        ((struct party *)part)->role = PARTY_OTHER; /* nobody's primary party */
    return part;
}

/* A part none of whose fields is there does not exist. */
static bool is_absent(const struct making *making, const struct instance *instance,
                      const struct mapping_part *rule)
{
    for (size_t i = 0; i < rule->field_count; i++) {
        const struct mapping_value *value = rule->fields[i].value;
        bool is_constant =
            value->source == VALUE_TEXT && value->piece_count == 1 && !value->pieces[0].is_path;

        if (!is_constant && mapped_value_find(making->in, instance, &value).type != TAKEN_NOTHING)
            return false;
    }
    return true;
}

static bool make_part(const struct making *making, const struct instance *instance,
                      const struct mapping_part *rule, struct item *item, size_t *count)
{
    const char *why;
    void *part;

    if (!mapped_condition_holds(instance, rule->when))
        return true;
    if (++*count > PARTS_MAX)
        return fail(making->in, "too many parts in one item", STR_NONE, NULL);
    part = part_new(making->in->arena, rule->list);
    if (!part)
        return fail(making->in, NO_ROOM, STR_NONE, NULL);
    if (!set_fields(making, instance, rule->fields, rule->field_count, item,
                    part_list_name(rule->list), part))
        return false;
    why = add_part(item, rule->list, part, making->question->subject);
    return !why || fail(making->in, why, rule->fields[0].value->place, NULL);
}

static bool make_parts(const struct making *making, const struct instance *instance,
                       const struct mapping_item *rule, struct item *item)
{
    for (const struct mapping_part *part = rule->parts; part < rule->parts + rule->part_count;
         part++) {
        size_t count = 0;

        if (part->scope == MAPPING_NONE) {
            if (!is_absent(making, instance, part) &&
                !make_part(making, instance, part, item, &count))
                return false;
            continue;
        }
        for (const struct instance *one = instance->first; one; one = one->next)
            if (one->scope == part->scope && !make_part(making, one, part, item, &count))
                return false;
    }
    return true;
}

/* ---- items ---- */

/* An item that must name its citizen, and whom it names. */
static bool judge_subject(const struct making *making, const struct instance *instance,
                          const struct mapping_item *rule)
{
    const struct mapping_value *chosen = rule->subject;
    struct cpr named = CPR_NONE;
    struct taken value;
    const char *why;

    if (!rule->subject)
        return true;
    value = mapped_value_find(making->in, instance, &chosen);
    if (value.type == TAKEN_NOTHING)
        return fail(making->in, "an item does not name its citizen", rule->subject->place, NULL);
    why = mapped_value_put(making->in->arena, NULL, &field_subject, chosen, value, &named);
    if (why)
        return fail(making->in, why, chosen->place, value.at);
    if (!cpr_is_known(&making->parsed->subject) || !cpr_equal(&named, making->question->subject))
        making->parsed->subject = named;
    return true;
}

static const char *judge_item(const struct making *making, struct item *item,
                              const struct item *owner)
{
    const struct question *question = making->question;

    if (!item->id.at)
        return "an item without an id";
    if (item->kind == ITEM_CREDENTIAL && !item->type.at)
        return "a credential without a type";
    if (!owner && question->kind == QUESTION_DETAIL && making->in->mapping->detail &&
        !str_equal(item->id, settle_asked_id(question)))
        return "another item than the one asked for";
    if (owner && !settle_owner(item, owner, making->in->arena))
        return NO_ROOM;
    return settle_authority(item, question);
}

/* Of a source without a service for one item the list is asked for, and the one is kept. */
static bool is_unasked(const struct making *making, const struct item *item,
                       const struct item *owner)
{
    return !owner && making->question->kind == QUESTION_DETAIL && !making->in->mapping->detail &&
           !str_equal(item->id, settle_asked_id(making->question));
}

static bool make_items(const struct making *making, const struct instance *outer,
                       const struct mapping_item *rules, size_t rule_count,
                       const struct item *owner);

static bool make_item(const struct making *making, const struct instance *instance,
                      const struct mapping_item *rule, const struct item *owner)
{
    struct mapped_reading *in = making->in;
    struct item_list *list = &making->parsed->items;
    struct item **end = list->end;
    struct item *item;
    const char *why;

    if (!mapped_condition_holds(instance, rule->when))
        return true;
    if (!judge_subject(making, instance, rule))
        return false;
    if (list->count >= making->items_max)
        return fail(in, "more items than an answer may have", STR_NONE, NULL);
    item = item_list_add(list, in->arena, making->items_max);
    if (!item)
        return fail(in, NO_ROOM, STR_NONE, NULL);
    item->kind = rule->kind;
    if (!set_fields(making, instance, rule->fields, rule->field_count, item, STR_NONE, item) ||
        !make_parts(making, instance, rule, item))
        return false;
    why = judge_item(making, item, owner);
    if (why)
        return fail(in, why, rule->fields[0].value->place, NULL);
    if (is_unasked(making, item, owner)) {
        *end = NULL;
        list->end = end;
        list->count--;
        return true;
    }
    return make_items(making, instance, rule->items, rule->item_count, item);
}

/* Recursion is bounded by MAPPING_NESTING_MAX. */
static bool make_items(const struct making *making, const struct instance *outer,
                       const struct mapping_item *rules, size_t rule_count,
                       const struct item *owner)
{
    if (rule_count == 0)
        return true;
    for (const struct mapping_item *rule = rules; rule < rules + rule_count; rule++)
        if (rule->scope == outer->scope && !make_item(making, outer, rule, owner))
            return false;
    for (const struct instance *one = outer->first; one; one = one->next)
        for (const struct mapping_item *rule = rules; rule < rules + rule_count; rule++)
            if (rule->scope == one->scope && !make_item(making, one, rule, owner))
                return false;
    return true;
}

bool mapped_items_make(struct mapped_reading *in, const struct question *question, size_t items_max,
                       struct parsed *parsed)
{
    struct making making = {in, question, parsed, items_max};

    return make_items(&making, in->root, in->mapping->items, in->mapping->item_count, NULL) &&
           (!arena_is_full(in->arena) || fail(in, NO_ROOM, STR_NONE, NULL));
}
