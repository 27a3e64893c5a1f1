/* SPDX-License-Identifier: MIT */
#include "overview/output.h"

static void write_text(struct writer *w, const struct text *text, enum language language)
{
    writer_str(w, text->in[language]);
}

static void write_filled(struct writer *w, const struct output_context *context,
                         const struct text *template, const struct text_values *values)
{
    buf_reset(context->sentence);
    text_fill(template->in[context->language], values, context->sentence);
    writer_str(w, buf_str(context->sentence));
}

static void write_authority(struct writer *w, const struct authority *authority)
{
    writer_object(w);
    writer_member_str(w, "cvr", authority->cvr);
    writer_member_str(w, "code", authority->code);
    writer_member_str(w, "name", authority->name);
    writer_object_end(w);
}

static void write_status(struct writer *w, const struct output_context *context,
                         const struct item *item)
{
    const struct texts *texts = &context->snapshot->texts;
    bool waits = item->awaiting == AWAITING_CITIZEN && item_is_open_case(item);

    writer_name(w, "status");
    if (item->kind == ITEM_DOCUMENT && item->status == STATUS_UNKNOWN) {
        writer_null(w); /* a letter has no progress that could be unknown */
        return;
    }
    writer_object(w);
    writer_member_str(w, "code", item_status_code(item->status));
    writer_name(w, "text");
    write_text(w, waits ? &texts->awaiting_citizen : &texts->status[item->status],
               context->language);
    writer_member_str(w, "source_text", item->status_text);
    writer_object_end(w);
}

static void write_contacts(struct writer *w, const struct contact *contact)
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

static void write_case(struct writer *w, const struct output_context *context,
                       const struct item *item)
{
    writer_member_str(w, "number", item->number);
    writer_member_str(w, "kle", item->kle);
    writer_member_str(w, "facet", item->facet);
    writer_member_str(w, "awaiting", awaiting_name(item->awaiting));
    writer_name(w, "decision_expected");
    writer_date(w, item->decision_expected);
    writer_name(w, "history");
    writer_array(w);
    for (const struct status_step *step = item->history; step; step = step->next) {
        writer_object(w);
        writer_member_str(w, "code", item_status_code(step->status));
        writer_name(w, "text");
        write_text(w, &context->snapshot->texts.status[step->status], context->language);
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
        write_text(w, &texts->untitled[item->kind], context->language);
    write_status(w, context, item);
    writer_name(w, "authority");
    write_authority(w, &item->authority);
    writer_member_str(w, "source", row->route->source.id);
    writer_name(w, "created");
    writer_wall(w, item->created);
    writer_name(w, "changed");
    writer_wall(w, item->changed);
    writer_name(w, "as_of");
    writer_wall(w, item->as_of.known ? item->as_of : as_of);
    writer_name(w, "contacts");
    write_contacts(w, item->contacts ? item->contacts : row->route->contacts);
    write_links(w, item->links);
    write_kind_fields(w, context, item);
    writer_object_end(w);
}

/* ---- sources ---- */

static struct str source_name(const struct output_context *context, const struct part *part)
{
    if (part->row->municipality)
        return part->row->municipality->name;
    return part->row->route->source.name.in[context->language];
}

/* The sentence that tells people what became of this source. */
static void write_sentence(struct writer *w, const struct output_context *context,
                           const struct part *part)
{
    char time[64], opens[64];
    struct wall until = part->at;
    until.unix_ms += (int64_t)part->retry_after_s * 1000;
    struct text_values values = {
        .source = source_name(context, part),
        .authority = source_name(context, part),
        .time = text_time(part->at, context->language, time),
        .until = text_time(until, context->language, opens),
    };
    if (part->outcome == OUTCOME_STALE)
        values.time = text_moment(part->as_of, context->language, time);
    write_filled(w, context, &context->snapshot->texts.outcome[part->outcome], &values);
}

/* RFC 9457, for every state that is not a positive answer; null else. */
static void write_problem(struct writer *w, const struct output_context *context,
                          const struct part *part)
{
    struct str incumbent = outcome_incumbent_type(part->outcome);
    if (outcome_is_positive(part->outcome) || incumbent.len == 0) {
        writer_null(w);
        return;
    }
    writer_object(w);
    char type[128];
    snprintf(type, sizeof type, "https://overblik.dk/problems/source-%.*s",
             STR_ARG(outcome_name(part->outcome)));
    writer_member_str(w, "type", str_of(type));
    writer_name(w, "title");
    write_sentence(w, context, part);
    writer_member_int(w, "status", outcome_incumbent_status(part->outcome));
    writer_member_str(w, "incumbent_type", incumbent);
    writer_object_end(w);
}

static void write_source_head(struct writer *w, const struct output_context *context,
                              const struct part *part)
{
    struct authority authority = plan_row_authority(part->row);
    writer_member_str(w, "id", part->row->route->source.id);
    writer_member_str(w, "name", source_name(context, part));
    writer_name(w, "asked_for");
    write_text(w, &part->row->route->source.asked_for, context->language);
    writer_name(w, "authority");
    write_authority(w, &authority);
}

static void write_source(struct writer *w, const struct output_context *context,
                         const struct part *part, size_t items)
{
    bool was_asked = outcome_class(part->outcome) != VERDICT_NOT_ASKED;

    writer_object(w);
    write_source_head(w, context, part);
    writer_member_str(w, "state", outcome_name(part->outcome));
    writer_name(w, "text");
    write_sentence(w, context, part);
    writer_name(w, "problem");
    write_problem(w, context, part);
    writer_name(w, "elapsed_ms");
    if (was_asked)
        writer_int(w, part_elapsed_ms(part));
    else
        writer_null(w);
    writer_name(w, "items");
    if (outcome_is_positive(part->outcome))
        writer_int(w, (int64_t)items);
    else
        writer_null(w);
    writer_name(w, "as_of");
    writer_wall(w, part->as_of);
    writer_name(w, "retry_after");
    if (part->retry_after_s > 0)
        writer_int(w, part->retry_after_s);
    else
        writer_null(w);
    if (part->outcome == OUTCOME_LEVEL)
        writer_member_str(w, "acr_values", level_acr(part->row->route->level));
    writer_object_end(w);
}

/* ---- what both forms of the answer share ---- */

static void write_subject(struct writer *w, const struct output_context *context)
{
    writer_name(w, "subject");
    writer_object(w);
    writer_member_str(w, "name", citizen_name(context->citizen));
    writer_name(w, "on_behalf_of");
    if (citizen_is_on_behalf(context->citizen))
        writer_bool(w, true);
    else
        writer_null(w);
    writer_object_end(w);
}

static void write_summary(struct writer *w, const struct merged *merged)
{
    writer_name(w, "summary");
    writer_object(w);
    writer_member_int(w, "open_cases", (int64_t)merged->open_cases);
    writer_name(w, "awaiting_you");
    if (merged->awaiting_you < 0)
        writer_null(w);
    else
        writer_int(w, merged->awaiting_you);
    writer_member_bool(w, "complete", merged->complete);
    writer_member_int(w, "answered", (int64_t)merged->answered);
    writer_member_int(w, "asked", (int64_t)merged->asked);
    writer_object_end(w);
}

static void write_attention(struct writer *w, const struct output_context *context,
                            const struct merged *merged)
{
    writer_name(w, "attention");
    writer_array(w);
    for (size_t i = 0; i < merged->attention_count; i++) {
        const struct attention *attention = merged->attention[i];
        char date[64];
        struct text_values values = {.authority = attention->authority,
                                     .source = attention->authority};
        if (date_is_known(attention->date))
            values.date = text_date(attention->date, context->language, date);
        writer_object(w);
        writer_member_str(w, "type", attention_type_name(attention->type));
        writer_name(w, "text");
        write_filled(w, context, &context->snapshot->texts.attention[attention->type], &values);
        writer_member_str(w, "title", attention->title);
        writer_member_str(w, "handle", attention->handle);
        writer_name(w, "date");
        writer_date(w, attention->date);
        writer_member_str(w, "authority", attention->authority);
        writer_member_str(w, "link", attention->link);
        writer_object_end(w);
    }
    writer_array_end(w);
}

static void write_duplicates(struct writer *w, const struct part *parts,
                             const struct merged *merged)
{
    writer_name(w, "duplicates");
    writer_array(w);
    for (size_t i = 0; i < merged->duplicate_count; i++) {
        const struct duplicate *duplicate = &merged->duplicates[i];
        const struct part *dropped = &parts[duplicate->dropped_row];
        const struct part *kept = &parts[duplicate->kept_row];
        writer_object(w);
        writer_member_str(w, "dropped", dropped->shown[duplicate->dropped_item].handle);
        writer_member_str(w, "dropped_source", dropped->row->route->source.id);
        writer_member_str(w, "kept", kept->shown[duplicate->kept_item].handle);
        writer_member_str(w, "kept_source", kept->row->route->source.id);
        writer_object_end(w);
    }
    writer_array_end(w);
}

static void write_items(struct writer *w, const struct part *part, const struct merged *merged)
{
    for (size_t i = 0; i < part->shown_count; i++)
        if (!merged || !merged_drops(merged, part->position, i))
            writer_raw(w, str_make(part->json->at + part->shown[i].at, part->shown[i].len));
}

/* ---- the two forms ---- */

void output_document(const struct output_context *context, const struct part *parts, size_t count,
                     const struct merged *merged, struct buf *out)
{
    struct writer w;
    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "receipt", context->receipt);
    write_subject(&w, context);
    write_summary(&w, merged);
    write_attention(&w, context, merged);
    writer_name(&w, "items");
    writer_array(&w);
    for (size_t i = 0; i < count; i++)
        write_items(&w, &parts[i], merged);
    writer_array_end(&w);
    writer_name(&w, "sources");
    writer_array(&w);
    for (size_t i = 0; i < count; i++)
        write_source(&w, context, &parts[i], parts[i].shown_count);
    writer_array_end(&w);
    write_duplicates(&w, parts, merged);
    writer_name(&w, "declaration");
    write_text(&w, &context->snapshot->texts.declaration, context->language);
    writer_object_end(&w);
}

static int status_of_outcome(enum outcome outcome)
{
    if (outcome_is_positive(outcome))
        return 200;
    if (outcome == OUTCOME_LATE)
        return 504;
    return outcome_class(outcome) == VERDICT_UNANSWERED && outcome != OUTCOME_BUSY ? 502 : 503;
}

int output_item_document(const struct output_context *context, const struct part *parts,
                         size_t count, struct str id, struct buf *out)
{
    const struct part *part = count > 0 ? &parts[0] : NULL;
    const struct shown *wanted = NULL;
    struct writer w;

    for (size_t i = 0; part && i < part->shown_count && !wanted; i++)
        if (str_equal(part->shown[i].id, id))
            wanted = &part->shown[i];
    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "receipt", context->receipt);
    write_subject(&w, context);
    writer_name(&w, "item");
    if (wanted)
        writer_raw(&w, str_make(part->json->at + wanted->at, wanted->len));
    else
        writer_null(&w);
    writer_name(&w, "related");
    writer_array(&w);
    for (size_t i = 0; part && i < part->shown_count; i++)
        if (&part->shown[i] != wanted)
            writer_raw(&w, str_make(part->json->at + part->shown[i].at, part->shown[i].len));
    writer_array_end(&w);
    writer_name(&w, "source");
    if (part)
        write_source(&w, context, part, part->shown_count);
    else
        writer_null(&w);
    writer_name(&w, "declaration");
    write_text(&w, &context->snapshot->texts.declaration, context->language);
    writer_object_end(&w);
    if (!part)
        return 404;
    int status = status_of_outcome(part->outcome);
    return status == 200 && !wanted ? 404 : status;
}

void output_plan_record(const struct output_context *context, const struct part *parts,
                        size_t count, struct buf *out)
{
    struct writer w;
    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "record", STR("plan"));
    writer_member_str(&w, "receipt", context->receipt);
    write_subject(&w, context);
    writer_name(&w, "sources");
    writer_array(&w);
    for (size_t i = 0; i < count; i++) {
        if (parts[i].outcome != OUTCOME_PENDING &&
            outcome_class(parts[i].outcome) == VERDICT_NOT_ASKED) {
            write_source(&w, context, &parts[i], 0);
            continue;
        }
        writer_object(&w);
        write_source_head(&w, context, &parts[i]);
        writer_member_str(&w, "state", STR("asked"));
        writer_member_int(&w, "waits_at_most_ms", parts[i].row->route->total_ms);
        writer_object_end(&w);
    }
    writer_array_end(&w);
    writer_object_end(&w);
}

void output_source_record(const struct output_context *context, const struct part *part,
                          struct buf *out)
{
    struct writer w;
    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "record", STR("source"));
    writer_name(&w, "source");
    write_source(&w, context, part, part->shown_count);
    writer_name(&w, "items");
    writer_array(&w);
    write_items(&w, part, NULL);
    writer_array_end(&w);
    writer_object_end(&w);
}

void output_heartbeat_record(int64_t elapsed_ms, struct buf *out)
{
    struct writer w;
    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "record", STR("heartbeat"));
    writer_member_int(&w, "elapsed_ms", elapsed_ms);
    writer_object_end(&w);
}

void output_done_record(const struct output_context *context, const struct part *parts,
                        size_t count, const struct merged *merged, struct buf *out)
{
    struct writer w;
    (void)count;
    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "record", STR("done"));
    writer_member_str(&w, "receipt", context->receipt);
    writer_member_int(&w, "status", merged->status);
    write_summary(&w, merged);
    write_attention(&w, context, merged);
    write_duplicates(&w, parts, merged);
    writer_name(&w, "declaration");
    write_text(&w, &context->snapshot->texts.declaration, context->language);
    writer_object_end(&w);
}
