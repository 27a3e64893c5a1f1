/* SPDX-License-Identifier: MIT */
#include "overview/output_item.h"

void output_text(struct writer *w, const struct text *text, enum language language)
{
    writer_str(w, text->in[language]);
}

void output_authority(struct writer *w, const struct authority *authority)
{
    writer_object(w);
    writer_member_str(w, "cvr", authority->cvr);
    writer_member_str(w, "code", authority->code);
    writer_member_str(w, "name", authority->name);
    writer_object_end(w);
}

/* With the unit that answers for it, when it is known by name. */
static void write_item_authority(struct writer *w, const struct output_context *context,
                                 const struct item *item)
{
    writer_object(w);
    writer_member_str(w, "cvr", item->authority.cvr);
    writer_member_str(w, "code", item->authority.code);
    writer_member_str(w, "name", item->authority.name);
    writer_member_str(w, "unit", units_name(&context->snapshot->units, item->unit));
    writer_object_end(w);
}

static const struct text *status_sentence(const struct output_context *context,
                                          const struct item *item)
{
    const struct texts *texts = &context->snapshot->texts;
    bool waits = item->awaiting == AWAITING_CITIZEN && item_is_open_case(item);

    if (citizen_is_on_behalf(context->citizen))
        return waits ? &texts->awaiting_citizen_for_another
                     : &texts->status_for_another[item->status];
    return waits ? &texts->awaiting_citizen : &texts->status[item->status];
}

static void write_status(struct writer *w, const struct output_context *context,
                         const struct item *item)
{
    writer_name(w, "status");
    if (item->kind == ITEM_DOCUMENT && item->status == STATUS_UNKNOWN) {
        writer_null(w); /* a letter has no progress that could be unknown */
        return;
    }
    writer_object(w);
    writer_member_str(w, "code", item_status_code(item->status));
    writer_name(w, "text");
    output_text(w, status_sentence(context, item), context->language);
    writer_member_str(w, "source_text", item->status_text);
    writer_object_end(w);
}

void output_contacts(struct writer *w, const struct contact *contact)
{
    static const struct str types[] = {[CONTACT_DIGITAL_POST] = STR_INIT("digital_post"),
                                       [CONTACT_PHONE] = STR_INIT("phone"),
                                       [CONTACT_FAX] = STR_INIT("fax"),
                                       [CONTACT_EMAIL] = STR_INIT("email"),
                                       [CONTACT_WEBSITE] = STR_INIT("website"),
                                       [CONTACT_NAME] = STR_INIT("name")};
    writer_array(w);
    for (; contact; contact = contact->next) {
        writer_object(w);
        writer_member_str(w, "type", types[contact->type]);
        writer_member_str(w, "value", contact->value);
        writer_object_end(w);
    }
    writer_array_end(w);
}

static void write_links(struct writer *w, const struct item_link *link)
{
    static const struct str types[] = {[LINK_SELF_SERVICE] = STR_INIT("self_service"),
                                       [LINK_DECISION] = STR_INIT("decision"),
                                       [LINK_DIGITAL_POST] = STR_INIT("digital_post"),
                                       [LINK_OTHER] = STR_INIT("other")};
    writer_name(w, "links");
    writer_array(w);
    for (; link; link = link->next) {
        writer_object(w);
        writer_member_str(w, "type", types[link->type]);
        writer_member_str(w, "url", link->url);
        writer_name(w, "single_sign_on");
        if (link->sign_on == SIGN_ON_UNKNOWN)
            writer_null(w);
        else
            writer_bool(w, link->sign_on == SIGN_ON_SINGLE);
        writer_object_end(w);
    }
    writer_array_end(w);
}

static void write_money(struct writer *w, struct money money)
{
    if (money.known)
        writer_oere(w, money.oere);
    else
        writer_null(w);
}

static struct str awaiting_name(enum awaiting awaiting)
{
    switch (awaiting) {
    case AWAITING_CITIZEN:
        return STR("you");
    case AWAITING_AUTHORITY:
        return STR("authority");
    case AWAITING_NOBODY:
        return STR("nobody");
    case AWAITING_UNKNOWN:
        break;
    }
    return STR_NONE;
}

static struct str direction_name(enum direction direction)
{
    switch (direction) {
    case DIRECTION_TO_CITIZEN:
        return STR("to_you");
    case DIRECTION_FROM_CITIZEN:
        return STR("from_you");
    case DIRECTION_OTHER:
        return STR("other");
    case DIRECTION_UNKNOWN:
        break;
    }
    return STR_NONE;
}

/* Sagsrelationstype: Oversag, AndenSag, Præcedens, Samlesag. */
static struct str relation_name(int type)
{
    static const struct str names[] = {STR_INIT("parent"), STR_INIT("other"), STR_INIT("precedent"),
                                       STR_INIT("joint")};
    return type >= 1 && type <= 4 ? names[type - 1] : STR_NONE;
}

/* Whose word the expected decision is: the authority's on this case, or the time that it has
 * published for all such cases, which is no promise. */
static void write_basis(struct writer *w, const struct output_context *context,
                        const struct item *item)
{
    bool is_published = date_is_known(item->decision_expected) && item->is_decision_published;

    writer_member_str(w, "decision_expected_basis",
                      is_published                             ? STR("published_time")
                      : date_is_known(item->decision_expected) ? STR("source")
                                                               : STR_NONE);
    writer_name(w, "decision_expected_text");
    if (is_published)
        output_text(w, &context->snapshot->texts.exposure.at[SAYS_PUBLISHED], context->language);
    else
        writer_null(w);
}

static void write_case(struct writer *w, const struct output_context *context,
                       const struct item *item)
{
    writer_member_str(w, "number", item->number);
    writer_member_str(w, "kle", item->kle);
    writer_member_str(w, "facet", item->facet);
    writer_member_str(w, "awaiting", awaiting_name(item->awaiting));
    writer_name(w, "decision_expected");
    writer_date(w, item->decision_expected);
    write_basis(w, context, item);
    writer_name(w, "history");
    writer_array(w);
    for (const struct status_step *step = item->history; step; step = step->next) {
        writer_object(w);
        writer_member_str(w, "code", item_status_code(step->status));
        writer_name(w, "text");
        output_text(w, &context->snapshot->texts.status[step->status], context->language);
        writer_name(w, "from");
        writer_wall(w, step->from);
        writer_name(w, "to");
        writer_wall(w, step->to);
        writer_object_end(w);
    }
    writer_array_end(w);
    writer_name(w, "relations");
    writer_array(w);
    for (const struct relation *relation = item->relations; relation; relation = relation->next) {
        writer_object(w);
        writer_member_str(w, "type", relation_name(relation->type));
        writer_member_str(w, "handle", relation->handle);
        writer_object_end(w);
    }
    writer_array_end(w);
}

static void write_kind_fields(struct writer *w, const struct output_context *context,
                              const struct item *item)
{
    switch (item->kind) {
    case ITEM_CASE:
        write_case(w, context, item);
        break;
    case ITEM_DOCUMENT:
        writer_member_str(w, "type", item->type);
        writer_member_str(w, "direction", direction_name(item->direction));
        writer_name(w, "date");
        writer_date(w, item->date);
        break;
    case ITEM_BENEFIT:
        writer_member_str(w, "payer", item->payer);
        writer_member_str(w, "kle", item->kle);
        writer_member_str(w, "frequency", item->frequency);
        writer_name(w, "gross");
        write_money(w, item->gross);
        writer_name(w, "net");
        write_money(w, item->net);
        writer_name(w, "valid_from");
        writer_date(w, item->valid_from);
        writer_name(w, "valid_to");
        writer_date(w, item->valid_to);
        break;
    case ITEM_PAYMENT:
        writer_member_str(w, "direction", direction_name(item->direction));
        writer_name(w, "gross");
        write_money(w, item->gross);
        writer_name(w, "amount");
        write_money(w, item->net);
        writer_name(w, "date");
        writer_date(w, item->date);
        break;
    case ITEM_CREDENTIAL:
        writer_member_str(w, "type", item->type);
        writer_member_str(w, "number", item->number);
        writer_name(w, "valid_from");
        writer_date(w, item->valid_from);
        writer_name(w, "valid_to");
        writer_date(w, item->valid_to);
        break;
    case ITEM_SERVICE:
        writer_member_str(w, "type", item->type);
        writer_name(w, "valid_from");
        writer_date(w, item->valid_from);
        writer_name(w, "valid_to");
        writer_date(w, item->valid_to);
        break;
    case ITEM_APPOINTMENT:
        writer_name(w, "starts");
        writer_wall(w, item->starts);
        writer_name(w, "ends");
        writer_wall(w, item->ends);
        writer_member_str(w, "place", item->place);
        writer_name(w, "deadline");
        writer_date(w, item->deadline);
        break;
    case ITEM_KIND_COUNT:
        break;
    }
}

void output_item(struct writer *w, const struct output_context *context, const struct plan_row *row,
                 const struct item *item, struct str handle, struct wall as_of)
{
    const struct texts *texts = &context->snapshot->texts;

    writer_object(w);
    writer_member_str(w, "handle", handle);
    writer_member_str(w, "kind", item_kind_name(item->kind));
    writer_member_str(w, "model", item_kind_model(item->kind));
    writer_name(w, "title");
    if (item->title.len > 0)
        writer_str(w, item->title);
    else
        output_text(w, &texts->untitled[item->kind], context->language);
    write_status(w, context, item);
    writer_name(w, "authority");
    write_item_authority(w, context, item);
    writer_member_str(w, "source", row->route->source.id);
    writer_name(w, "created");
    writer_wall(w, item->created);
    writer_name(w, "changed");
    writer_wall(w, item->changed);
    writer_name(w, "as_of");
    writer_wall(w, item->as_of.known ? item->as_of : as_of);
    writer_name(w, "contacts");
    output_contacts(w, item->contacts ? item->contacts : row->contacts);
    write_links(w, item->links);
    write_kind_fields(w, context, item);
    writer_object_end(w);
}
