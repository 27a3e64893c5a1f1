/* SPDX-License-Identifier: MIT */
/* What we ask the Ydelsesindeks, and what we understand of its answer. */
#include "tests/unit/municipal_benefits.h"

static bool is_money(struct money money, long long oere)
{
    return money.known && money.oere == oere;
}

/* ---- asking ---- */

static bool builds(const struct question *asked, struct buf *body)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct ask ask = {.body = body};
    bool built = adapter->build(arena, asked, &ask);

    if (built)
        ok(is(ask.path, "/index/6") &&
               is(ask.headers[1], "SOAPAction: \"http://kombit.dk/sts/ydelseindeks/fremsoeg\""),
           "to the source's path, as SOAP 1.1");
    arena_free(&arena);
    return built;
}

static void test_request(void)
{
    struct question asked = question;
    struct buf body;

    buf_init(&body, 1 << 16);
    ok(builds(&asked, &body), "a list is asked for");
    ok(holds(buf_str(&body), "<rh:TransactionUUID>" REQUEST_ID "</rh:TransactionUUID>"),
       "under our request's id");
    ok(holds(buf_str(&body), "urn:oio:cpr-nr:" SELF) && holds(buf_str(&body), HOLDER) &&
           holds(buf_str(&body), RECEIVER) && holds(buf_str(&body), PAYMENT_PART),
       "about the citizen as holder and receiver");
    ok(holds(buf_str(&body), OWNER) && holds(buf_str(&body), "<bi:CVR-nr>29189714</bi:CVR-nr>") &&
           holds(buf_str(&body), "<oei:CVR-nr>29189714</oei:CVR-nr>"),
       "at one owner");
    ok(holds(buf_str(&body), "<yi:Vis>bevilgetydelse</yi:Vis>") &&
           holds(buf_str(&body), "<yi:Vis>oekonomiskeydelseeffektueringer</yi:Vis>"),
       "naming the parts that are wanted");
    ok(!holds(buf_str(&body), "Uuid>"), "and nothing single");

    buf_reset(&body);
    asked.cursor = STR("100");
    ok(builds(&asked, &body), "a later page");
    ok(holds(buf_str(&body), "<sd:FoersteResultatReference>100</sd:FoersteResultatReference>") &&
           !holds(buf_str(&body), "SoegOekonomiskEffektueringIndeks"),
       "is of grants only");
    buf_clear(&body);
}

static void test_detail(void)
{
    static const struct {
        const char *id, *grant, *payment;
    } ids[] = {
        {GRANT_ID "/1", GRANT_ID, NULL},
        {GRANT_ID "/#2", GRANT_ID, NULL},
        {GRANT_ID "/payment/" PAYMENT_ID, GRANT_ID, PAYMENT_ID},
        {"payment/" PAYMENT_ID, NULL, PAYMENT_ID},
        {GRANT_ID "/payment/x", GRANT_ID, NULL},
    };
    struct question asked = question;
    struct buf body;

    asked.kind = QUESTION_DETAIL;
    buf_init(&body, 1 << 16);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        char grant[128], payment[128];

        snprintf(grant, sizeof grant, "<yi:BevillingUuid>%s<", ids[i].grant ? ids[i].grant : "");
        snprintf(payment, sizeof payment, "<yi:OekonomiskEffektueringUuid>%s<",
                 ids[i].payment ? ids[i].payment : "");
        buf_reset(&body);
        asked.item_id = str_of(ids[i].id);
        ok(builds(&asked, &body), "a detail is asked for: %s", ids[i].id);
        is_int(holds(buf_str(&body), grant), ids[i].grant != NULL, "by its grant");
        is_int(holds(buf_str(&body), payment), ids[i].payment != NULL, "by its own UUID");
    }
    asked.item_id = STR("no-uuid");
    ok(!builds(&asked, &body), "an id that is none of ours is not asked for");
    buf_clear(&body);
    buf_init(&body, 700);
    ok(!builds(&question, &body), "a body that does not fit is told");
    buf_clear(&body);
}

/* ---- understanding ---- */

static void test_whole(void)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct answer_fault fault;
    struct parsed parsed;
    const struct item *first, *second, *payment;

    if (!is_int(parse(adapter, arena, WHOLE, &parsed, &fault), OUTCOME_ANSWERED,
                "a whole answer") ||
        !is_int((long long)parsed.items.count, 3, "two benefits and a payment")) {
        printf("# %s\n", fault.why);
        arena_free(&arena);
        return;
    }
    ok(is(parsed.request_id, REQUEST_ID) && !cpr_is_known(&parsed.subject) && !parsed.cursor.at,
       "our id comes back, nobody is named, no page follows");

    first = item_at(&parsed, 0);
    ok(first->kind == ITEM_BENEFIT && is(first->id, GRANT_ID "/1"), "a benefit of its grant");
    ok(is(first->title, "Kontanthjælp"), "the name it was granted under");
    ok(is(first->kle, "32.24.04"), "its subject");
    ok(is_day(first->valid_from, 2026, 2, 1) && !date_is_known(first->valid_to) &&
           first->status == STATUS_ACTIVE,
       "runs without end");
    ok(is(first->frequency, "monthly") && is_money(first->gross, 1232600) && !first->net.known,
       "how often and how much by the plan in force");
    ok(first->sensitivity == SENSITIVITY_CONFIDENTIAL, "the grant's sensitivity");
    ok(is(first->authority.cvr, "29189714") && is(first->authority.code, "0710") &&
           is(first->payer, "Prøve Kommune"),
       "the owner pays");
    ok(is(first->sending_system, SYSTEM_ID), "the system that sent it");
    ok(is_time(first->changed, "2026-10-01T10:00:00Z"), "when it was registered");
    ok(first->parties && first->parties->role == PARTY_SECONDARY &&
           first->parties->next->role == PARTY_PRIMARY &&
           cpr_equal(&first->parties->next->cpr, &subject),
       "who holds it is the primary party, who receives it is not");

    second = item_at(&parsed, 1);
    ok(is(second->id, GRANT_ID "/2") && !second->title.at && is(second->kle, "99.32.07"),
       "the other benefit has its own subject");
    ok(is_day(second->valid_to, 2026, 3, 31) && second->status == STATUS_INACTIVE, "and has ended");
    ok(!second->frequency.at && !second->gross.known, "without a plan nothing is known");

    payment = item_at(&parsed, 2);
    ok(payment->kind == ITEM_PAYMENT && is(payment->id, GRANT_ID "/payment/" PAYMENT_ID) &&
           is(payment->owner_id, GRANT_ID "/1"),
       "a payment knows its benefit");
    ok(is(payment->title, "Kontanthjælp"), "and is called like it");
    ok(is_money(payment->gross, 1232600) && is_money(payment->net, 899900),
       "gross, and what was paid, rounded to whole øre");
    ok(payment->status == STATUS_PAID && is_day(payment->date, 2026, 11, 1) &&
           payment->direction == DIRECTION_TO_CITIZEN,
       "paid to the citizen");
    ok(payment->parties == first->parties && payment->sensitivity == first->sensitivity,
       "parties and sensitivity are the grant's");
    ok(is(payment->authority.code, "0710"), "its owner");
    arena_free(&arena);
}

struct variation {
    const char *name, *sample;
    size_t index;
    bool (*holds)(const struct item *item);
};

static bool is_known_by_kind(const struct item *item)
{
    return is(item->title, "Grundbeløb");
}
static bool is_known_by_place(const struct item *item)
{
    return is(item->id, GRANT_ID "/#2") && !item->kle.at && item->status == STATUS_UNKNOWN;
}
static bool has_dates_of_its_grant(const struct item *item)
{
    return is_day(item->valid_from, 2026, 1, 1) && is_day(item->valid_to, 2026, 12, 31) &&
           item->status == STATUS_ACTIVE;
}
static bool has_no_dates(const struct item *item)
{
    return !date_is_known(item->valid_from) && !date_is_known(item->valid_to);
}
static bool runs_today(const struct item *item)
{
    return item->status == STATUS_ACTIVE;
}
static bool runs_not(const struct item *item)
{
    return item->status == STATUS_INACTIVE;
}
static bool receiver_is_primary(const struct item *item)
{
    return item->parties && item->parties->role == PARTY_PRIMARY;
}
static bool has_unknown_frequency(const struct item *item)
{
    return !item->frequency.at && is_money(item->gross, 100);
}
static bool is_paid_weekly(const struct item *item)
{
    return is(item->frequency, "weekly") && is_money(item->gross, 100);
}
static bool is_in_force_now(const struct item *item)
{
    return is(item->title, "Nu") && is(item->id, GRANT_ID "/1");
}
static bool has_no_subject(const struct item *item)
{
    return !item->kle.at;
}
static bool has_profile(const struct item *item)
{
    return item->has_security_profile;
}
static bool is_sent_by_sender(const struct item *item)
{
    return is(item->sending_system, SYSTEM_ID);
}

static void test_benefits(void)
{
    static const struct variation variations[] = {
        {"a name of its kind only",
         ANSWER(GRANT(BENEFIT("<bi:Ydelse><bi:Ydelsesnavn>Grundbeløb</bi:Ydelsesnavn></bi:Ydelse>"),
                      "")),
         0, is_known_by_kind},
        {"benefits without Id", ANSWER(GRANT(BENEFIT("") BENEFIT(""), "")), 1, is_known_by_place},
        {"dates on the grant only",
         ANSWER(GRANT(PROPERTIES("<bi:Bevillingstartdato>2026-01-01</bi:Bevillingstartdato>"
                                 "<bi:Bevillingslutdato>2026-12-31T00:00:00</bi:Bevillingslutdato>")
                          BENEFIT(""),
                      "")),
         0, has_dates_of_its_grant},
        {"words where the grant's dates belong",
         ANSWER(GRANT(
             PROPERTIES("<bi:Bevillingstartdato>snart</bi:Bevillingstartdato>") BENEFIT(""), "")),
         0, has_no_dates},
        {"the first day", ANSWER(GRANT(BENEFIT(FROM("2026-11-21")), "")), 0, runs_today},
        {"the day before", ANSWER(GRANT(BENEFIT(FROM("2026-11-22")), "")), 0, runs_not},
        {"the last day", ANSWER(GRANT(BENEFIT(TO("2026-11-21")), "")), 0, runs_today},
        {"the day behind", ANSWER(GRANT(BENEFIT(TO("2026-11-20")), "")), 0, runs_not},
        {"a receiver and no holder", ANSWER(GRANT(BENEFIT(""), PART(RECEIVER, PERSON(SELF)))), 0,
         receiver_is_primary},
        {"a frequency by UUID",
         ANSWER(GRANT(BENEFIT(PLAN("2026-01-01", "", "7772f4e3-b06d-4ef8-b599-9134cf3fdee4", "1")),
                      "")),
         0, has_unknown_frequency},
        {"the last day of a plan",
         ANSWER(GRANT(BENEFIT(PLAN("2026-11-01", PLAN_TO("2026-11-21"), "Ugentligt", "1")
                                  PLAN("2026-11-10", PLAN_TO("2026-11-20"), "Årlig", "2")),
                      "")),
         0, is_paid_weekly},
        {"a benefit over time",
         ANSWER(GRANT(
             "<bi:BevilgetYdelse>" EFFECT("bi", OPEN, TIME("2026-06-01T00:00:00Z")) "<bi:Id>1</bi:Id><bi:Navn>Før</bi:Navn></bi:BevilgetYdelse>" BENEFIT(
                 "<bi:Id>1</bi:Id><bi:Navn>Nu</bi:Navn>") "<bi:BevilgetYdelse>" SINCE("bi",
                                                                                      "2027-01-01T00:00:00Z") "<bi:Id>1</bi:Id><bi:Navn>Snart</bi:Navn></bi:BevilgetYdelse>",
             "")),
         0, is_in_force_now},
        {"KLE that is none", ANSWER(GRANT(BENEFIT(KLE("Kontanthjælp")), "")), 0, has_no_subject},
        {"a security profile", ANSWER(GRANT(BENEFIT(""), "<bi:Sikkerhedsprofil/>")), 0,
         has_profile},
        {"sender before master",
         ANSWER(GRANT(BENEFIT("<bi:ItSystem><bi:Rolle>" UUID(
                          MASTER) "</bi:Rolle><bi:SystemNavn>"
                                  "Andet</bi:SystemNavn></bi:ItSystem>" SYSTEM(SENDER)),
                      "")),
         0, is_sent_by_sender},
    };

    for (size_t i = 0; i < sizeof variations / sizeof variations[0]; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct parsed parsed;
        enum outcome outcome = parse(adapter, arena, variations[i].sample, &parsed, &fault);
        const struct item *item =
            outcome == OUTCOME_ANSWERED ? item_at(&parsed, variations[i].index) : NULL;

        ok(item && item->kind == ITEM_BENEFIT && variations[i].holds(item), "%s",
           variations[i].name);
        arena_free(&arena);
    }
}

static bool is_due(const struct item *item)
{
    return item->status == STATUS_DUE && is_money(item->net, 90050);
}
static bool is_neither_due_nor_paid(const struct item *item)
{
    return item->status == STATUS_UNKNOWN && is_money(item->net, 100);
}
static bool is_of_unknown_amount(const struct item *item)
{
    return !item->net.known && !item->gross.known && item->status == STATUS_UNKNOWN;
}
static bool goes_back(const struct item *item)
{
    return item->direction == DIRECTION_FROM_CITIZEN && is_money(item->net, 50050) &&
           is_money(item->gross, 60000);
}
static bool has_nobody(const struct item *item)
{
    return !item->parties && !item->owner_id.at && !item->title.at &&
           is(item->id, GRANT_2_ID "/payment/" PAYMENT_ID);
}
static bool has_no_grant(const struct item *item)
{
    return !item->parties && is(item->id, "payment/" PAYMENT_ID);
}
static bool has_the_highest_sensitivity(const struct item *item)
{
    return item->sensitivity == SENSITIVITY_VIP && is(item->owner_id, GRANT_ID "/1") &&
           item->has_security_profile;
}
static bool is_somebody_elses(const struct item *item)
{
    return item->parties && !cpr_equal(&item->parties->cpr, &subject) && !item->parties->next;
}

static void test_payments(void)
{
#define ONE      BENEFIT("<bi:Id>1</bi:Id>")
#define OWN      PART(HOLDER, PERSON(SELF))
#define OF(what) ANSWER(GRANT(ONE, OWN) PAYMENT(what, COVERING(GRANT_ID, "1")))
    static const struct variation variations[] = {
        {"a payment to come", OF(DAY("2026-11-21") TAXED("900.50")), 1, is_due},
        {"a payment that should have been", OF(DAY("2026-11-20") TAXED("900.50") SENT("1.00")), 1,
         is_neither_due_nor_paid},
        {"a payment of nothing", OF(""), 1, is_of_unknown_amount},
        {"a payment back", OF(GROSS("-600") PAID("-500.50")), 1, goes_back},
        {"a payment before its grant",
         ANSWER(PAYMENT(DAY("2026-11-21") TAXED("900.50"), COVERING(GRANT_ID, "1"))
                    GRANT(ONE, OWN)),
         1, is_due},
        {"a payment whose grant is not here",
         ANSWER(GRANT(ONE, OWN) PAYMENT("", COVERING(GRANT_2_ID, "1"))), 1, has_nobody},
        {"a payment of no grant", ANSWER(GRANT(ONE, OWN) PAYMENT("", "")), 1, has_no_grant},
        {"a payment of several benefits",
         ANSWER(GRANT(SENSITIVITY("IKKE_FORTROLIGE_DATA") ONE, OWN) OBJECT(
             GRANT_2_ID, REGISTRATION(REGISTERED("2026-01-01T00:00:00Z"),
                                      SENSITIVITY("VIP_SAGER") ONE, OWN "<bi:Sikkerhedsprofil/>"))
                    PAYMENT("", COVERING(GRANT_ID, "1") COVERING(GRANT_2_ID, "1"))),
         2, has_the_highest_sensitivity},
        {"a payment that names somebody else",
         ANSWER(GRANT(ONE, OWN) PAYMENT(
             "", COVERING(GRANT_ID, "1") "<oei:OekonomiskEffektueringPart>" RELATION(
                     PAYMENT_PART, PERSON(OTHER)) "</oei:OekonomiskEffektueringPart>")),
         1, is_somebody_elses},
    };

    for (size_t i = 0; i < sizeof variations / sizeof variations[0]; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct parsed parsed;
        enum outcome outcome = parse(adapter, arena, variations[i].sample, &parsed, &fault);
        const struct item *item =
            outcome == OUTCOME_ANSWERED ? item_at(&parsed, variations[i].index) : NULL;

        ok(item && item->kind == ITEM_PAYMENT && variations[i].holds(item), "%s",
           variations[i].name);
        arena_free(&arena);
    }
}

static void test_left_out(void)
{
#define GONE                                                                                       \
    "<sd:Tidspunkt>2026-10-01T10:00:00Z</sd:Tidspunkt>"                                            \
    "<sd:LivscyklusKode>Slettet</sd:LivscyklusKode>"
    static const struct {
        const char *name, *sample;
        enum outcome outcome;
        size_t items;
        const char *cursor;
    } answers[] = {
        {"a deleted grant; its payment has nobody",
         ANSWER(OBJECT(GRANT_ID, REGISTRATION(GONE, ONE, OWN))
                    PAYMENT("", COVERING(GRANT_ID, "1"))),
         OUTCOME_ANSWERED, 1, NULL},
        {"a grant of no benefit", ANSWER(GRANT("", OWN)), OUTCOME_EMPTY, 0, NULL},
        {"not found", OUTPUT(RETURN("44")), OUTCOME_EMPTY, 0, NULL},
        {"more grants behind it", ANSWER(COUNT("bevillinger", "101") GRANT(ONE, OWN)),
         OUTCOME_ANSWERED, 1, "100"},
        {"many payments make no page",
         ANSWER(COUNT("effektueringer", "900") COUNT("bevillinger", "1") GRANT(ONE, OWN)),
         OUTCOME_ANSWERED, 1, NULL},
    };

    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct parsed parsed;

        is_int(parse(adapter, arena, answers[i].sample, &parsed, &fault), answers[i].outcome, "%s",
               answers[i].name);
        ok(parsed.items.count == answers[i].items && is(parsed.cursor, answers[i].cursor),
           "%s: items and cursor", answers[i].name);
        arena_free(&arena);
    }
}

int main(void)
{
    municipal_setup();
    test_request();
    test_detail();
    test_whole();
    test_benefits();
    test_payments();
    test_left_out();
    return done_testing();
}
