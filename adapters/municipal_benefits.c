/* SPDX-License-Identifier: MIT */
#include "adapters/municipal_benefits.h"

#include "adapters/municipal_grant.h"
#include "adapters/municipal_payment.h"

#include <stdlib.h>

/* Ids: a benefit's is "<grant>/<BevilgetYdelse Id>", a payment's "<grant>/payment/<its UUID>", or
 * "payment/<its UUID>" when it names no grant. BevilgetYdelse Ids are too short to be mistaken. */
#define PAYMENT_MARK "payment/"

/* ---- asking ---- */

static bool write_uuids(struct buf *out, struct str item_id)
{
    char uuid[MUNICIPAL_UUID_TEXT];
    struct str mark = STR(PAYMENT_MARK);
    bool has_grant = municipal_uuid_parse(str_head(item_id, MUNICIPAL_UUID_TEXT - 1), uuid);
    bool has_payment;

    if (has_grant) {
        soap_text(out, "yi:BevillingUuid", str_of(uuid));
        item_id = str_skip(item_id, MUNICIPAL_UUID_TEXT);
    }
    has_payment =
        str_starts_with(item_id, mark) && municipal_uuid_parse(str_skip(item_id, mark.len), uuid);
    if (has_payment)
        soap_text(out, "yi:OekonomiskEffektueringUuid", str_of(uuid));
    return has_grant || has_payment;
}

/* Grants of one owner authority in which the citizen has this role. */
static void write_grant_search(struct buf *out, const struct question *question, uint64_t start,
                               enum municipal_role role)
{
    buf_add_str(out, STR("<yi:SoegBevillingIndeks>"));
    municipal_write_page(out, start);
    buf_add_str(out, STR("<bi:AttributListe/><bi:TilstandListe/><bi:RelationListe>"
                         "<bi:Bevillingspart>"));
    municipal_write_role(out, role);
    municipal_write_citizen(out, question->subject);
    buf_add_str(out, STR("</bi:Bevillingspart>"));
    if (question->municipality_cvr.at) {
        buf_add_str(out, STR("<bi:Bevillingsaktoer>"));
        municipal_write_role(out, ROLE_GRANT_OWNER);
        soap_text(out, "bi:CVR-nr", question->municipality_cvr);
        buf_add_str(out, STR("</bi:Bevillingsaktoer>"));
    }
    buf_add_str(out, STR("</bi:RelationListe></yi:SoegBevillingIndeks>"));
}

static void write_payment_search(struct buf *out, const struct question *question)
{
    buf_add_str(out, STR("<yi:SoegOekonomiskEffektueringIndeks>"));
    municipal_write_page(out, 0);
    buf_add_str(out, STR("<oei:AttributListe/><oei:TilstandListe/><oei:RelationListe>"));
    if (question->municipality_cvr.at) {
        buf_add_str(out, STR("<oei:Aktoer>"));
        municipal_write_role(out, ROLE_PAYMENT_OWNER);
        soap_text(out, "oei:CVR-nr", question->municipality_cvr);
        buf_add_str(out, STR("</oei:Aktoer>"));
    }
    buf_add_str(out, STR("<oei:OekonomiskEffektueringPart>"));
    municipal_write_role(out, ROLE_PAYMENT_RECEIVER);
    municipal_write_citizen(out, question->subject);
    buf_add_str(out, STR("</oei:OekonomiskEffektueringPart></oei:RelationListe>"
                         "</yi:SoegOekonomiskEffektueringIndeks>"));
}

/* What is not named here is not given. A payment's parties cannot be asked for. */
static void write_filter(struct buf *out)
{
    static const char *const of_grants[] = {"egenskaber",     "egenskaberlokaludvidelse",
                                            "bevilgetydelse", "part",
                                            "aktoer-ejer",    "sikkerhedsprofil"};
    static const char *const of_payments[] = {"egenskaber", "aktoer",
                                              "oekonomiskeydelseeffektueringer", "itsystem"};

    buf_add_str(out, STR("<yi:Filter>"));
    for (size_t i = 0; i < sizeof of_grants / sizeof of_grants[0]; i++)
        buf_format(out, "<yi:BevillingVis><yi:Vis>%s</yi:Vis></yi:BevillingVis>", of_grants[i]);
    for (size_t i = 0; i < sizeof of_payments / sizeof of_payments[0]; i++)
        buf_format(out,
                   "<yi:OekonomiskEffektueringVis><yi:Vis>%s</yi:Vis>"
                   "</yi:OekonomiskEffektueringVis>",
                   of_payments[i]);
    buf_add_str(out, STR("</yi:Filter>"));
}

static bool build(struct arena *arena, const struct question *question, struct ask *ask)
{
    struct buf *out = ask->body;
    uint64_t start;

    ask->path = question->source->path;
    if (!municipal_page_start(question, &start) ||
        !soap_headers(arena, ask, "http://kombit.dk/sts/ydelseindeks/fremsoeg"))
        return false;
    soap_open(out, question->request_id);
    buf_add_str(out, STR("<yi:FremsoegYdelseIndeksInput>"));
    if (question->kind == QUESTION_DETAIL && !write_uuids(out, question->item_id))
        return false;
    buf_add_str(out, STR("<yi:SoegUdtryk><yi:operation>OR</yi:operation>"));
    write_grant_search(out, question, start, ROLE_GRANT_HOLDER);
    write_grant_search(out, question, start, ROLE_GRANT_RECEIVER);
    if (start == 0)
        write_payment_search(out, question);
    buf_add_str(out, STR("</yi:SoegUdtryk>"));
    write_filter(out);
    buf_add_str(out, STR("<yi:Sortering><yi:OekonomiskEffektueringSortering>"
                         "<yi:Element>Dispositionsdato</yi:Element>"
                         "<yi:Retning>Faldende</yi:Retning><yi:Sekvens>1</yi:Sekvens>"
                         "</yi:OekonomiskEffektueringSortering></yi:Sortering>"
                         "</yi:FremsoegYdelseIndeksInput>"));
    soap_close(out);
    return !out->failed;
}

/* ---- reading ---- */

static const struct soap_element count_children[] = {
    SOAP_ONE(NS_YI, "Element", TAG_COUNT_ELEMENT, NULL),
    SOAP_ONE(NS_YI, "Antal", TAG_COUNT, NULL),
};
static const struct soap_type count_type = SOAP_TYPE(count_children);
static const struct soap_element output_children[] = {
    SOAP_ONE(NS_SD, "StandardRetur", TAG_PLAIN, &municipal_return_type),
    SOAP_MANY(NS_YI, "Antal", TAG_PLAIN, &count_type),
    MUNICIPAL_GRANT,
    MUNICIPAL_PAYMENT,
};
static const struct soap_type output_type = SOAP_TYPE(output_children);
static const struct soap_element output =
    SOAP_ONE(NS_YI, "FremsoegYdelseIndeksOutput", TAG_OUTPUT, &output_type);

struct reading {
    struct municipal_reader r;
    struct municipal_grant_reader *grant;
    struct municipal_payment_reader *payment;
    struct municipal_payment *payments, **payments_end;
};

static const char *add_grant(struct reading *reading)
{
    const struct municipal_benefit *benefit = municipal_grant_read(reading->grant);

    for (; benefit; benefit = benefit->next)
        if (!municipal_add(&reading->r, &benefit->item))
            return "too many items";
    return NULL;
}

static const char *keep_payment(struct reading *reading)
{
    const struct municipal_payment *read = municipal_payment_read(reading->payment);
    struct municipal_payment *kept;

    if (read->is_gone)
        return NULL;
    if (!(kept = ARENA_NEW(reading->r.arena, struct municipal_payment)))
        return "no room";
    *kept = *read;
    *reading->payments_end = kept;
    reading->payments_end = &kept->next;
    return NULL;
}

static const char *on_enter(void *ctx, int tag)
{
    struct reading *reading = ctx;

    if (tag >= TAG_PAYMENTS)
        return municipal_payment_enter(reading->payment, tag);
    return tag >= TAG_GRANTS ? municipal_grant_enter(reading->grant, tag) : NULL;
}

static const char *on_leave(void *ctx, int tag, struct str text)
{
    struct reading *reading = ctx;
    const char *why;

    if (tag >= TAG_PAYMENTS) {
        why = municipal_payment_leave(reading->payment, tag, text);
        return why || tag != TAG_PAYMENTS ? why : keep_payment(reading);
    }
    if (tag >= TAG_GRANTS) {
        why = municipal_grant_leave(reading->grant, tag, text);
        return why || tag != TAG_GRANTS ? why : add_grant(reading);
    }
    return municipal_leave(&reading->r, tag, text);
}

static int compare_ids(const void *left, const void *right)
{
    return str_compare((*(struct item *const *)left)->id, (*(struct item *const *)right)->id);
}

static const struct item *find_benefit(struct item *const *benefits, size_t count, struct str id)
{
    struct item sought = {.id = id}, *key = &sought;
    struct item *const *found =
        count ? bsearch(&key, benefits, count, sizeof benefits[0], compare_ids) : NULL;

    return found ? *found : NULL;
}

/* What a payment has from its benefit, the first one when it covers several; the sensitivity is
 * the highest of all. */
static void inherit(struct item *payment, const struct item *benefit)
{
    if (benefit->sensitivity > payment->sensitivity)
        payment->sensitivity = benefit->sensitivity;
    payment->has_security_profile |= benefit->has_security_profile;
    if (payment->owner_id.at)
        return;
    payment->owner_id = benefit->id;
    payment->title = benefit->title;
    if (!payment->parties)
        payment->parties = benefit->parties;
    if (!payment->authority.cvr.at)
        payment->authority = benefit->authority;
    if (!payment->sending_system.at)
        payment->sending_system = benefit->sending_system;
}

static bool add_payment(struct reading *reading, struct municipal_payment *read,
                        struct item *const *benefits, size_t count)
{
    struct arena *arena = reading->r.arena;
    struct item *payment = &read->item;

    for (struct municipal_benefit_ref *ref = read->refs; ref; ref = ref->next) {
        const struct item *benefit = find_benefit(benefits, count, ref->benefit);

        if (!benefit)
            continue;
        inherit(payment, benefit);
        if (!item_own(payment, benefit, arena))
            return false;
    }
    payment->id = read->refs
                      ? arena_format(arena, "%.*s/" PAYMENT_MARK "%s", MUNICIPAL_UUID_TEXT - 1,
                                     read->refs->benefit.at, read->uuid)
                      : arena_format(arena, PAYMENT_MARK "%s", read->uuid);
    return payment->id.at && municipal_add(&reading->r, payment);
}

static bool add_payments(struct reading *reading)
{
    size_t count = reading->r.items->count, i = 0;
    struct item **benefits = arena_calloc(reading->r.arena, count + 1, sizeof(struct item *));

    if (!benefits)
        return false;
    for (struct item *item = reading->r.items->first; item; item = item->next)
        benefits[i++] = item;
    qsort(benefits, count, sizeof benefits[0], compare_ids);
    for (struct municipal_payment *p = reading->payments; p; p = p->next)
        if (!add_payment(reading, p, benefits, count))
            return false;
    return true;
}

static enum outcome parse(struct arena *arena, const struct question *question,
                          const struct answer *answer, struct parsed *parsed,
                          struct answer_fault *fault)
{
    static const struct soap_handler handler = {on_enter, on_leave};
    enum outcome outcome = soap_http_outcome(answer, fault);
    struct reading *reading = ARENA_NEW(arena, struct reading);

    if (outcome != OUTCOME_ANSWERED)
        return outcome;
    if (!reading)
        return fault->why = "no room", OUTCOME_INVALID;
    municipal_begin(&reading->r, arena, question, answer, parsed, STR("bevillinger"));
    reading->payments_end = &reading->payments;
    reading->grant = municipal_grant_reader_new(&reading->r);
    reading->payment = municipal_payment_reader_new(&reading->r);
    if (!reading->grant || !reading->payment)
        return fault->why = "no room", OUTCOME_INVALID;

    outcome = municipal_read(&reading->r, answer, &output, &handler, reading, parsed, fault);
    if (!outcome_is_positive(outcome))
        return outcome;
    if (!add_payments(reading))
        return fault->why = "too many items", OUTCOME_INVALID;
    return municipal_end(parsed);
}

const struct adapter adapter_municipal_benefits = {
    .name = STR_INIT("ydelsesindeks"),
    .build = build,
    .parse = parse,
};
