/* SPDX-License-Identifier: MIT */
#include "overview/output.h"

static struct str fill(const struct output_context *context, const struct text *template,
                       const struct text_values *values)
{
    buf_reset(context->sentence);
    text_fill(template->in[context->language], values, context->sentence);
    return buf_str(context->sentence);
}

/* ---- sources ---- */

struct str output_source_name(const struct output_context *context, const struct part *part)
{
    if (part->row->municipality)
        return part->row->municipality->name;
    return part->row->route->source.name.in[context->language];
}

/* "You" is the one who reads; acting for another, it is not about you. */
static const struct text *sentence_of(const struct output_context *context, enum outcome outcome,
                                      bool nothing_shown)
{
    const struct texts *texts = &context->snapshot->texts;

    if (citizen_is_on_behalf(context->citizen))
        return nothing_shown ? &texts->nothing_shown_for_another
                             : &texts->outcome_for_another[outcome];
    return nothing_shown ? &texts->nothing_shown : &texts->outcome[outcome];
}

struct str output_source_sentence(const struct output_context *context, const struct part *part)
{
    char time[64], opens[64];
    struct text_values values = {
        .source = output_source_name(context, part),
        .authority = output_source_name(context, part),
        .time = text_time(part->at, context->language, time),
    };
    struct wall until = part->row->until;
    if (!until.known && part->retry_after_s > 0)
        until = (struct wall){part->at.unix_ms + (int64_t)part->retry_after_s * 1000, true};
    if (until.known) {
        bool is_today = date_compare(wall_date(until), wall_date(part->at)) == 0;
        values.until = is_today ? text_time(until, context->language, opens)
                                : text_moment(until, context->language, opens);
    }
    if (part->outcome == OUTCOME_STALE)
        values.time = text_moment(part->as_of, context->language, time);
    /* It did not answer "nothing", so it must not read as if; but there is nothing to see. */
    bool nothing_shown = part->outcome == OUTCOME_ANSWERED && part->shown_count == 0;
    return fill(context, sentence_of(context, part->outcome, nothing_shown), &values);
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
    writer_member_str(w, "title", output_source_sentence(context, part));
    writer_member_int(w, "status", outcome_incumbent_status(part->outcome));
    writer_member_str(w, "incumbent_type", incumbent);
    writer_object_end(w);
}

static void write_source_head(struct writer *w, const struct output_context *context,
                              const struct part *part)
{
    struct authority authority = plan_row_authority(part->row);
    writer_member_str(w, "id", part->row->route->source.id);
    writer_member_str(w, "name", output_source_name(context, part));
    writer_name(w, "asked_for");
    output_text(w, &part->row->route->source.asked_for, context->language);
    writer_name(w, "authority");
    output_authority(w, &authority);
}

static void write_source(struct writer *w, const struct output_context *context,
                         const struct part *part, size_t items)
{
    bool was_asked = outcome_class(part->outcome) != VERDICT_NOT_ASKED;

    writer_object(w);
    write_source_head(w, context, part);
    writer_member_str(w, "state", outcome_name(part->outcome));
    writer_member_str(w, "text", output_source_sentence(context, part));
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
    if (part->row->municipality) {
        writer_name(w, "shows");
        output_text(w, snapshot_shows(context->snapshot, part->row->municipality),
                    context->language);
    }
    writer_member_bool(w, "required", !plan_row_rules(part->row)->is_optional);
    writer_name(w, "until");
    writer_wall(w, part->row->until);
    writer_name(w, "message");
    if (part->row->message)
        output_text(w, part->row->message, context->language);
    else
        writer_null(w);
    if (part->outcome == OUTCOME_LEVEL)
        writer_member_str(w, "acr_values", level_acr(plan_row_level(part->row)));
    writer_object_end(w);
}

/* ---- what both forms of the answer share ---- */

/* The subject's name stands beside it; the mandate has the name that the access record uses. */
static void write_mandate(struct writer *w, const struct output_context *context)
{
    writer_object(w);
    writer_member_str(w, "mandate", citizen_mandate(context->citizen));
    writer_object_end(w);
}

/* Under which configuration the whole answer was made: it never changes on the way. */
static void write_receipt(struct writer *w, const struct output_context *context)
{
    writer_member_str(w, "receipt", context->receipt);
    writer_member_str(w, "revision", str_of(context->snapshot->revision));
}

static void write_subject(struct writer *w, const struct output_context *context)
{
    writer_name(w, "subject");
    writer_object(w);
    writer_member_str(w, "name", citizen_name(context->citizen));
    writer_name(w, "on_behalf_of");
    if (citizen_is_on_behalf(context->citizen))
        write_mandate(w, context);
    else
        writer_null(w);
    if (citizen_service(context->citizen).at) {
        writer_name(w, "consent");
        writer_object(w);
        writer_member_str(w, "id", citizen_consent(context->citizen));
        writer_member_str(w, "service", citizen_service(context->citizen));
        writer_object_end(w);
    }
    writer_object_end(w);
}

static void write_summary(struct writer *w, const struct output_context *context,
                          const struct merged *merged)
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
    writer_member_int(w, "left_out", (int64_t)context->left_out);
    writer_object_end(w);
}

struct str output_attention_sentence(const struct output_context *context,
                                     const struct attention *attention)
{
    char date[64];
    struct text_values values = {.authority = attention->authority, .source = attention->authority};

    if (date_is_known(attention->date))
        values.date = text_date(attention->date, context->language, date);
    return fill(context, &context->snapshot->texts.attention[attention->type], &values);
}

static void write_attention(struct writer *w, const struct output_context *context,
                            const struct merged *merged)
{
    writer_name(w, "attention");
    writer_array(w);
    for (size_t i = 0; i < merged->attention_count; i++) {
        const struct attention *attention = merged->attention[i];
        writer_object(w);
        writer_member_str(w, "type", attention_type_name(attention->type));
        writer_member_str(w, "text", output_attention_sentence(context, attention));
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
            writer_raw(w, part_item(part, &part->shown[i]));
}

/* ---- the two forms ---- */

void output_document(const struct output_context *context, const struct part *parts, size_t count,
                     const struct merged *merged, struct buf *out)
{
    struct writer w;
    writer_init(&w, out);
    writer_object(&w);
    write_receipt(&w, context);
    write_subject(&w, context);
    write_summary(&w, context, merged);
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
    output_text(&w, &context->snapshot->texts.declaration, context->language);
    writer_object_end(&w);
}

static int status_of_outcome(enum outcome outcome)
{
    if (outcome_is_positive(outcome))
        return 200;
    if (outcome == OUTCOME_LATE)
        return 504;
    if (outcome == OUTCOME_NOT_AGREED || outcome == OUTCOME_NOT_COVERED)
        return 403;
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
    write_receipt(&w, context);
    write_subject(&w, context);
    writer_name(&w, "item");
    if (wanted)
        writer_raw(&w, part_item(part, wanted));
    else
        writer_null(&w);
    writer_name(&w, "related");
    writer_array(&w);
    for (size_t i = 0; part && i < part->shown_count; i++)
        if (&part->shown[i] != wanted)
            writer_raw(&w, part_item(part, &part->shown[i]));
    writer_array_end(&w);
    writer_name(&w, "source");
    if (part)
        write_source(&w, context, part, part->shown_count);
    else
        writer_null(&w);
    writer_name(&w, "declaration");
    output_text(&w, &context->snapshot->texts.declaration, context->language);
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
    write_receipt(&w, context);
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
        writer_member_int(&w, "waits_at_most_ms", plan_row_rules(parts[i].row)->total_ms);
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
    write_receipt(&w, context);
    writer_member_int(&w, "status", merged->status);
    write_summary(&w, context, merged);
    write_attention(&w, context, merged);
    write_duplicates(&w, parts, merged);
    writer_name(&w, "declaration");
    output_text(&w, &context->snapshot->texts.declaration, context->language);
    writer_object_end(&w);
}
