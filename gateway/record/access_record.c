/* SPDX-License-Identifier: MIT */
#include "record/access_record.h"

#include <assert.h>
#include <stdio.h>

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

/* Who looked: a person by a pseudonym, mostly the subject's own, or a service, which is nobody's
 * number. */
static void write_actor(struct writer *w, const struct access_subject *subject, struct str own)
{
    const struct citizen *citizen = subject->citizen;
    char actor[CONSENT_SERVICE_MAX + sizeof "service:"];
    static_assert(sizeof actor >= PSEUDONYM_TEXT, "either fits");

    if (citizen_service(citizen).at) {
        snprintf(actor, sizeof actor, "service:%.*s", STR_ARG(citizen_service(citizen)));
        own = str_of(actor);
    } else if (citizen_is_on_behalf(citizen)) {
        pseudonym_make(subject->key, citizen_actor(citizen), subject->now, actor);
        own = str_of(actor);
    }
    writer_member_str(w, "actor", own);
}

/* A consent by which a service reads, or that is given or withdrawn, with its scope. */
static void write_consent(struct writer *w, const struct access_subject *subject)
{
    const struct consent *consent = subject->consent;

    if (citizen_service(subject->citizen).at) {
        writer_member_str(w, "service", citizen_service(subject->citizen));
        writer_member_str(w, "consent", citizen_consent(subject->citizen));
    }
    if (!consent)
        return;
    writer_member_str(w, "service", consent->service);
    writer_member_str(w, "consent", consent->id);
    writer_name(w, "kinds");
    item_kinds_write(w, consent->kinds);
    writer_name(w, "sources");
    writer_array(w);
    for (size_t i = 0; i < consent->source_count; i++)
        writer_str(w, consent->sources[i]);
    writer_array_end(w);
    writer_name(w, "until");
    writer_wall(w, consent->until);
}

static struct str purpose_of(const struct access_subject *subject)
{
    if (subject->purpose.at)
        return subject->purpose;
    if (str_equal(subject->operation, STR("probe")))
        return STR("check of a source");
    if (citizen_service(subject->citizen).at)
        return STR("a service's overview, by consent");
    return citizen_is_on_behalf(subject->citizen) ? STR("another's overview, by mandate")
                                                  : STR("citizen's own overview");
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
    write_actor(&w, subject, str_of(pseudonym));
    writer_member_bool(&w, "on_behalf", citizen_is_on_behalf(citizen));
    if (citizen_mandate(citizen).at)
        writer_member_str(&w, "mandate", citizen_mandate(citizen));
    write_consent(&w, subject);
    writer_member_str(&w, "purpose", purpose_of(subject));
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
