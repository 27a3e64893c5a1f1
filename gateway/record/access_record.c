/* SPDX-License-Identifier: MIT */
#include "record/access_record.h"

static void write_head(struct writer *w, const struct access_subject *subject, struct str event)
{
    writer_object(w);
    writer_member_str(w, "event", event);
    writer_member_str(w, "receipt", subject->receipt);
    writer_name(w, "time");
    writer_wall(w, subject->now);
}

static void write_tail(struct writer *w)
{
    writer_object_end(w);
    buf_add_byte(w->out, '\n');
}

static void write_row(struct writer *w, const struct plan_row *row)
{
    writer_member_str(w, "source", row->route->source.id);
    if (plan_row_rules(row)->shadow_of.at)
        writer_member_bool(w, "shadow", true);
    if (row->municipality)
        writer_member_str(w, "authority", row->municipality->code);
}

void access_record_intent(const struct access_subject *subject, const struct plan *plan,
                          struct buf *out)
{
    const struct citizen *citizen = subject->citizen;
    char pseudonym[PSEUDONYM_TEXT];
    struct writer w;

    writer_init(&w, out);
    write_head(&w, subject, STR("intent"));
    writer_member_str(&w, "operation", subject->operation);
    if (subject->format.at)
        writer_member_str(&w, "format", subject->format);
    writer_member_str(&w, "portal", citizen_portal(citizen));
    writer_member_str(&w, "issuer", citizen_issuer(citizen));
    writer_member_str(&w, "level", level_name(citizen_level(citizen)));
    pseudonym_make(subject->key, citizen_subject(citizen), subject->now, pseudonym);
    writer_member_str(&w, "subject", str_of(pseudonym));
    if (citizen_is_on_behalf(citizen))
        pseudonym_make(subject->key, citizen_actor(citizen), subject->now, pseudonym);
    writer_member_str(&w, "actor", str_of(pseudonym));
    writer_member_bool(&w, "on_behalf", citizen_is_on_behalf(citizen));
    if (citizen_mandate(citizen).at)
        writer_member_str(&w, "mandate", citizen_mandate(citizen));
    bool is_probe = str_equal(subject->operation, STR("probe"));
    writer_member_str(&w, "purpose",
                      subject->purpose.at             ? subject->purpose
                      : is_probe                      ? STR("check of a source")
                      : citizen_is_on_behalf(citizen) ? STR("another's overview, by mandate")
                                                      : STR("citizen's own overview"));
    writer_member_str(&w, "revision", str_of(subject->snapshot->revision));
    writer_name(&w, "plan");
    writer_array(&w);
    for (size_t i = 0; i < plan->count + plan->shadow_count; i++) {
        const struct plan_row *row = &plan->rows[i];
        writer_object(&w);
        write_row(&w, row);
        if (row->skip == OUTCOME_PENDING)
            writer_member_bool(&w, "ask", true);
        else
            writer_member_str(&w, "skip", outcome_name(row->skip));
        writer_object_end(&w);
    }
    writer_array_end(&w);
    write_tail(&w);
}

/* How many items each rule withheld, or would have. */
static void write_verdicts(struct writer *w, struct str name, const size_t *counts)
{
    bool any = false;
    for (size_t i = 0; i < EXPOSURE_VERDICT_COUNT; i++)
        any = any || counts[i] > 0;
    if (!any)
        return;
    writer_name_text(w, name);
    writer_object(w);
    for (size_t i = 0; i < EXPOSURE_VERDICT_COUNT; i++)
        if (counts[i] > 0) {
            writer_name_text(w, exposure_code((enum exposure_verdict)i));
            writer_int(w, (int64_t)counts[i]);
        }
    writer_object_end(w);
}

void access_record_outcome(const struct access_subject *subject, int status, int64_t elapsed_ms,
                           const struct part *parts, size_t count, struct buf *out)
{
    struct writer w;
    writer_init(&w, out);
    write_head(&w, subject, STR("outcome"));
    writer_member_str(&w, "operation", subject->operation);
    writer_member_str(&w, "portal", citizen_portal(subject->citizen));
    writer_member_bool(&w, "stream", subject->is_stream);
    writer_member_str(&w, "revision", str_of(subject->snapshot->revision));
    writer_member_int(&w, "status", status);
    writer_member_int(&w, "elapsed_ms", elapsed_ms);
    writer_name(&w, "sources");
    writer_array(&w);
    for (size_t i = 0; i < count; i++) {
        const struct part *part = &parts[i];
        writer_object(&w);
        write_row(&w, part->row);
        writer_member_str(&w, "state",
                          part->outcome == OUTCOME_PENDING ? STR("abandoned")
                                                           : outcome_name(part->outcome));
        if (part->why)
            writer_member_str(&w, "why", str_of(part->why));
        writer_member_int(&w, "items", (int64_t)part->shown_count);
        write_verdicts(&w, STR("withheld"), part->withheld);
        write_verdicts(&w, STR("would_withhold"), part->would_withhold);
        writer_member_int(&w, "pages", part->pages);
        writer_member_int(&w, "elapsed_ms",
                          part->outcome == OUTCOME_PENDING ? 0 : part_elapsed_ms(part));
        writer_object_end(&w);
    }
    writer_array_end(&w);
    write_tail(&w);
}
