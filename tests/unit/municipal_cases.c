/* SPDX-License-Identifier: MIT */
/* What we ask the Sags- og Dokumentindeks, and what we understand of its answer. */
#include "tests/unit/municipal_cases.h"

/* ---- asking ---- */

static bool builds(const struct question *asked, struct buf *body)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct ask ask = {.body = body};
    bool built = adapter->build(arena, asked, &ask);

    if (built) {
        ok(is(ask.path, "/index/6"), "to the source's path");
        ok(ask.header_count == 3 && is(ask.headers[0], "Content-Type: text/xml; charset=utf-8") &&
               is(ask.headers[1],
                  "SOAPAction: \"http://kombit.dk/sts/sagdokumentindeks/fremsoeg\""),
           "as SOAP 1.1");
    }
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
    ok(holds(buf_str(&body), "urn:oio:cpr-nr:" SELF), "about the citizen");
    ok(holds(buf_str(&body), PRIMARY) && holds(buf_str(&body), PROPERTY_OWNER),
       "as the primary party and as a property's owner");
    ok(holds(buf_str(&body), OWNER) &&
           holds(buf_str(&body), "<si:CVR-Nummer>29189714</si:CVR-Nummer>"),
       "at one owner");
    ok(holds(buf_str(&body), "<sdi:SagVis><sdi:Vis>sagspart</sdi:Vis></sdi:SagVis>") &&
           holds(buf_str(&body), "<sdi:DokumentVis><sdi:Vis>part</sdi:Vis></sdi:DokumentVis>"),
       "naming the parts that are wanted");
    ok(!holds(buf_str(&body), "journalnote"), "but no journal notes");
    ok(holds(buf_str(&body), "<sd:FoersteResultatReference>0</sd:FoersteResultatReference>"),
       "from the first one on");
    ok(!holds(buf_str(&body), "SagUuid"), "and no single case");

    buf_reset(&body);
    asked.journal_notes = true;
    asked.cursor = STR("200");
    asked.municipality_cvr = STR_NONE;
    ok(builds(&asked, &body), "a later page of any owner, with notes");
    ok(holds(buf_str(&body), "<sdi:Vis>journalpost-journalnote</sdi:Vis>"), "asks for notes");
    ok(holds(buf_str(&body), "<sd:FoersteResultatReference>200</sd:FoersteResultatReference>"),
       "from where the last page ended");
    ok(!holds(buf_str(&body), "Sagsaktoer"), "and names no owner");

    static const char *const ids[] = {CASE_ID, CASE_ID "/" DOCUMENT_ID, CASE_ID "/note/2"};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        buf_reset(&body);
        asked = question;
        asked.kind = QUESTION_DETAIL;
        asked.item_id = str_of(ids[i]);
        ok(builds(&asked, &body), "a detail is asked for: %s", ids[i]);
        ok(holds(buf_str(&body), "<sdi:SagUuid>" CASE_ID "</sdi:SagUuid><sdi:SoegUdtryk>"),
           "by its case's UUID, and still as the citizen's");
    }

    asked.item_id = STR("no-uuid");
    buf_reset(&body);
    ok(!builds(&asked, &body), "an id that is none of ours is not asked for");
    asked = question;
    asked.cursor = STR("12<a/>");
    buf_reset(&body);
    ok(!builds(&asked, &body), "nor a cursor that is none of ours");
    buf_clear(&body);
    buf_init(&body, 512);
    ok(!builds(&question, &body), "a body that does not fit is told");
    buf_clear(&body);
}

/* ---- understanding ---- */

static void test_case(void)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct answer_fault fault;
    struct parsed parsed;
    const struct item *item, *document;
    const struct status_step *step;
    const struct party *party;

    if (!is_int(parse(adapter, arena, WHOLE, &parsed, &fault), OUTCOME_ANSWERED,
                "a whole answer") ||
        !is_int((long long)parsed.items.count, 2, "a case and its document")) {
        printf("# %s\n", fault.why);
        arena_free(&arena);
        return;
    }
    ok(is(parsed.request_id, REQUEST_ID), "our id comes back");
    ok(!cpr_is_known(&parsed.subject), "the answer as a whole names nobody");
    ok(!parsed.cursor.at, "this was the only page");

    item = item_at(&parsed, 0);
    ok(item->kind == ITEM_CASE && is(item->id, CASE_ID) && is(item->uuid, CASE_ID),
       "a case by its UUID");
    ok(is(item->title, "En & sag"), "its title");
    ok(item->is_exempt, "which has a secret twin");
    ok(is(item->number, "2026-1"), "its number");
    ok(is(item->status_text, "Afventer borger"), "the sender's words");
    ok(item->awaiting == AWAITING_UNKNOWN, "whose meaning is the configuration's to know");
    ok(item->sensitivity == SENSITIVITY_CONFIDENTIAL, "its sensitivity");
    ok(is_time(item->created, "2026-02-01T08:00:00+01:00"), "when it began");
    ok(is_time(item->changed, "2026-10-01T10:00:00Z"), "when it changed");
    ok(item->status == STATUS_IN_PROGRESS, "the status in force now");
    step = item->history;
    ok(step && step->status == STATUS_OPENED && is_time(step->from, "2026-02-01T00:00:00Z") &&
           is_time(step->to, "2026-05-01T00:00:00Z"),
       "the oldest step first");
    ok(step && step->next && step->next->status == STATUS_IN_PROGRESS &&
           is_time(step->next->to, NULL) && !step->next->next,
       "what is to come is no history");
    ok(is(item->authority.cvr, "29189714") && is(item->authority.code, "0710") &&
           is(item->authority.name, "Prøve Kommune"),
       "the owner is the municipality that was asked");
    ok(is(item->kle, "32.24.04") && is(item->facet, "Ø30"), "subject and facet");
    party = item->parties;
    ok(party && party->role == PARTY_PRIMARY && cpr_equal(&party->cpr, &subject) &&
           is_time(party->from, "2026-01-01T00:00:00Z") && !party->to.known,
       "the citizen is the primary party");
    ok(party && party->next && party->next->role == PARTY_SECONDARY &&
           cpr_is_known(&party->next->cpr),
       "another person a secondary one");
    ok(party && party->next && party->next->next && !cpr_is_known(&party->next->next->cpr) &&
           !party->next->next->next,
       "an organisation is a party without number");
    ok(item->relations && item->relations->type == 1 && is(item->relations->id, CASE_2_ID) &&
           !item->relations->next,
       "the case above it");
    ok(is(item->sending_system, FAG), "the sender goes before the master");
    ok(!item->display_class.at && !item->has_security_profile, "nothing hides it");

    document = item_at(&parsed, 1);
    ok(document->kind == ITEM_DOCUMENT && is(document->id, CASE_ID "/" DOCUMENT_ID) &&
           is(document->owner_id, CASE_ID),
       "the document knows its case");
    ok(is(document->title, "Et brev") && is(document->type, "Brev, udgaaende") &&
           is_day(document->date, 2026, 6, 1) && !document->is_exempt,
       "title, type and day");
    ok(document->direction == DIRECTION_TO_CITIZEN, "a letter to the citizen");
    ok(document->sensitivity == SENSITIVITY_ORDINARY, "its own sensitivity");
    ok(document->parties && cpr_equal(&document->parties->cpr, &subject) &&
           !document->parties->next,
       "its own parties");
    ok(is(document->authority.cvr, "29189714") && is(document->sending_system, FAG) &&
           is(document->kle, "32.24.04"),
       "owner, sender and subject from its case");
    arena_free(&arena);
}

/* Nothing of these may be in what we keep, wherever it stands in the answer. */
static void test_never_taken(void)
{
    static const char *const words[] = {"HEMMELIG", "Syntetisk Behandler", "aGVtbWVsaWd0"};
    struct arena *arena = arena_new(ARENA_MAX);
    struct answer_fault fault;
    struct parsed parsed;

    is_int(parse(adapter, arena, WHOLE, &parsed, &fault), OUTCOME_ANSWERED, "a whole answer");
    for (const struct item *item = parsed.items.first; item; item = item->next) {
        const struct str texts[] = {item->title,          item->status_text, item->number,
                                    item->authority.name, item->type,        item->display_class,
                                    item->sending_system, item->payer};

        for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++)
            for (size_t w = 0; w < sizeof words / sizeof words[0]; w++)
                if (texts[t].at && holds(texts[t], words[w]))
                    ok(false, "%s was taken", words[w]);
    }
    for (const struct item *item = parsed.items.first; item; item = item->next)
        ok(!is(item->type, "Journalnotat"), "a note that nobody asked for is not taken");
    arena_free(&arena);
}

/* Nor does it enter our memory: what we use does not depend on it. */
static void test_never_copied(void)
{
#define WORKED_ON(name) ANSWER(CASE("", "", ACTOR(WORKER, "<si:FuldtNavn>" name "</si:FuldtNavn>")))
    static const char *const samples[] = {
        WORKED_ON("A"),
        WORKED_ON(
            "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")};
    size_t used[2];

    for (size_t i = 0; i < 2; i++) {
        struct arena *own = arena_new(ARENA_MAX), *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct parsed parsed;

        is_int(parse_bytes(adapter, own, 200, STR("text/xml"), expand(arena, str_of(samples[i])),
                           &parsed, &fault),
               OUTCOME_ANSWERED, "a case that somebody works on");
        used[i] = arena_used(own);
        arena_free(&own);
        arena_free(&arena);
    }
    is_int((long long)used[0], (long long)used[1], "however long the name is");
}

static void test_notes(void)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct answer_fault fault;
    struct parsed parsed;
    const struct item *note;

    question.journal_notes = true;
    is_int(parse(adapter, arena, WHOLE, &parsed, &fault), OUTCOME_ANSWERED, "with notes");
    is_int((long long)parsed.items.count, 3, "one item more");
    note = item_at(&parsed, 1);
    ok(note && is(note->title, "Et notat") && is(note->type, "Journalnotat") &&
           is(note->id, CASE_ID "/note/1") && is(note->owner_id, CASE_ID) &&
           note->direction == DIRECTION_OTHER && note->parties,
       "the note, with its case's parties");
    is_int(parse(adapter, arena, ANSWER(CASE("", "", JOURNAL(NOTE, UUID(DOCUMENT_ID), ""))),
                 &parsed, &fault),
           OUTCOME_ANSWERED, "a note by its role alone");
    note = item_at(&parsed, 1);
    ok(note && is(note->type, "Journalnotat") && !note->title.at, "is a note too");
    question.journal_notes = false;
    arena_free(&arena);
}

static bool has_no_title(const struct item *item)
{
    return !item->title.at && !item->number.at && item->status == STATUS_UNKNOWN &&
           !item->history && item->awaiting == AWAITING_UNKNOWN && !item->created.known;
}
static bool is_latest_title(const struct item *item)
{
    return is(item->title, "Nu") && !item->is_exempt;
}
static bool is_known_by_key(const struct item *item)
{
    return is(item->number, "K-1");
}
static bool is_new(const struct item *item)
{
    return is(item->title, "Ny");
}
static bool has_no_subject(const struct item *item)
{
    return !item->kle.at;
}
static bool has_no_subject_nor_facet(const struct item *item)
{
    return !item->kle.at && !item->facet.at;
}
static bool is_typed_by_hand(const struct item *item)
{
    return !item->authority.cvr.at && !item->authority.code.at &&
           is(item->authority.name, "Kommunen");
}
static bool is_of_another(const struct item *item)
{
    return is(item->authority.cvr, "33236072") && !item->authority.code.at;
}
static bool is_of_unit(const struct item *item)
{
    return is(item->unit, CASE_2_ID);
}
static bool is_of_no_unit(const struct item *item)
{
    return !item->unit.at;
}
static bool is_closed(const struct item *item)
{
    return item->status == STATUS_CLOSED && item->awaiting == AWAITING_NOBODY;
}
static bool was_last(const struct item *item)
{
    return item->status == STATUS_DECIDED;
}
static bool began_with_its_first_step(const struct item *item)
{
    return is_time(item->created, "2026-03-01T00:00:00Z");
}
static bool waits_for_unknown(const struct item *item)
{
    return is(item->status_text, "Afventer borger") && item->awaiting == AWAITING_UNKNOWN;
}
static bool is_hidden_by_class(const struct item *item)
{
    return is(item->display_class, "Skjult");
}
static bool has_profile(const struct item *item)
{
    return item->has_security_profile;
}
static bool has_owner_party(const struct item *item)
{
    return item->parties && item->parties->role == PARTY_PROPERTY_OWNER;
}
static bool has_left(const struct item *item)
{
    return item->parties && item->parties->role == PARTY_PRIMARY &&
           is_time(item->parties->to, "2026-11-21T11:00:00Z");
}
static bool is_party_without_number(const struct item *item)
{
    return item->parties && !cpr_is_known(&item->parties->cpr);
}
static bool is_other_party(const struct item *item)
{
    return item->parties && item->parties->role == PARTY_OTHER;
}
static bool has_lower_id(const struct item *item)
{
    return is(item->id, "0a000000-0000-4000-8000-00000000abcd");
}
static bool has_no_relation(const struct item *item)
{
    return !item->relations;
}

static void test_variations(void)
{
    static const struct variation variations[] = {
        {"a case of nothing", ANSWER(CASE("", "", "")), has_no_title},
        {"titles over time, one to come",
         ANSWER(CASE(
             "<sag:Egenskaber>" EFFECT("sag", OPEN, TIME("2026-06-01T00:00:00Z")) "<sag:OffentlighedUndtaget/><sag:Titel>Før</sag:Titel></sag:Egenskaber>" PROPERTIES(
                 "2026-06-01T00:00:00Z", "<sag:Titel>Nu</sag:Titel>")
                 PROPERTIES("2027-01-01T00:00:00Z", "<sag:Titel>Snart</sag:Titel>"),
             "", "")),
         is_latest_title},
        {"a number as key only",
         ANSWER(CASE(PROPERTIES("2026-01-01T00:00:00Z",
                                "<sag:BrugervendtNoegle>K-1</sag:BrugervendtNoegle>"),
                     "", "")),
         is_known_by_key},
        {"registrations, the newest in the middle",
         ANSWER(OBJECT(
             CASE_ID,
             REGISTRATION(REGISTERED("2026-01-01T00:00:00Z"), TITLE("Gammel"), "", "")
                 REGISTRATION(REGISTERED("2026-03-01T00:00:00Z"), TITLE("Ny"), "", "")
                     REGISTRATION(REGISTERED("2026-02-01T00:00:00Z"), TITLE("Mellem"), "", ""))),
         is_new},
        {"the index's own time when the sender's is missing",
         ANSWER(
             OBJECT(CASE_ID,
                    REGISTRATION("<gd:StsTidspunkt>2026-03-01T00:00:00Z</gd:StsTidspunkt>",
                                 TITLE("Ny"), "", "")
                        REGISTRATION(REGISTERED("2026-02-01T00:00:00Z"), TITLE("Gammel"), "", ""))),
         is_new},
        {"KLE in the facet's role", ANSWER(CASE("", "", CLASS(ACTION, "32.24.04"))),
         has_no_subject_nor_facet},
        {"a facet in KLE's role", ANSWER(CASE("", "", CLASS(SUBJECT, "G01"))), has_no_subject},
        {"KLE of too many parts", ANSWER(CASE("", "", CLASS(SUBJECT, "32.24.04.1"))),
         has_no_subject},
        {"an owner typed by hand",
         ANSWER(CASE("", "",
                     ACTOR(OWNER, "<si:FuldtNavn>Kommunen</si:FuldtNavn>"
                                  "<si:CVR-Nummer>DK29189714</si:CVR-Nummer>"))),
         is_typed_by_hand},
        {"another owner", ANSWER(CASE("", "", OWNED("33236072"))), is_of_another},
        {"a unit that is responsible",
         ANSWER(CASE("", "", ACTOR_OF(RESPONSIBLE, TYPED(ORG_UNIT), UUID(CASE_2_ID)))), is_of_unit},
        {"a unit in capitals",
         ANSWER(CASE("", "",
                     ACTOR_OF(RESPONSIBLE, TYPED("C5FC3B3B-5197-49EE-92E6-AE6BA1957174"),
                              UUID("0A000000-0000-4000-8000-000000000002")))),
         is_of_unit},
        {"a person who is responsible",
         ANSWER(CASE("", "", ACTOR_OF(RESPONSIBLE, TYPED(USER), UUID(CASE_2_ID)))), is_of_no_unit},
        {"somebody of no type who is responsible",
         ANSWER(CASE("", "", ACTOR_OF(RESPONSIBLE, "", UUID(CASE_2_ID)))), is_of_no_unit},
        {"a person after a unit",
         ANSWER(CASE("", "",
                     ACTOR_OF(RESPONSIBLE, TYPED(ORG_UNIT), UUID(CASE_2_ID))
                         ACTOR_OF(RESPONSIBLE, TYPED(USER), UUID(CASE_ID)))),
         is_of_unit},
        {"a unit known by a URN",
         ANSWER(CASE("", "", ACTOR_OF(RESPONSIBLE, TYPED(ORG_UNIT), URN("urn:oio:enhed:7")))),
         is_of_no_unit},
        {"a unit that works on it",
         ANSWER(CASE("", "", ACTOR_OF(WORKER, TYPED(ORG_UNIT), UUID(CASE_2_ID)))), is_of_no_unit},
        {"closed", ANSWER(CASE("", STEP(SINCE("sag", "2026-01-01T00:00:00Z"), "Afsluttet"), "")),
         is_closed},
        {"a gap after the last step",
         ANSWER(CASE("",
                     STEP(EFFECT("sag", TIME("2026-01-01T00:00:00Z"), TIME("2026-02-01T00:00:00Z")),
                          "Opstaaet") STEP(EFFECT("sag", TIME("2026-02-01T00:00:00Z"),
                                                  TIME("2026-03-01T00:00:00Z")),
                                           "Afgjort"),
                     "")),
         was_last},
        {"the end is exclusive, the beginning is not",
         ANSWER(CASE("",
                     STEP(EFFECT("sag", TIME("2026-01-01T00:00:00Z"), TIME("2026-11-21T11:00:00Z")),
                          "Opstaaet")
                         STEP(EFFECT("sag", TIME("2026-11-21T11:00:00Z"), OPEN), "Afgjort"),
                     "")),
         was_last},
        {"steps that overlap",
         ANSWER(CASE("",
                     STEP(SINCE("sag", "2026-02-01T00:00:00Z"), "Afgjort")
                         STEP(SINCE("sag", "2026-01-01T00:00:00Z"), "Opstaaet"),
                     "")),
         was_last},
        {"no creation time",
         ANSWER(CASE("", STEP(SINCE("sag", "2026-03-01T00:00:00Z"), "Opstaaet"), "")),
         began_with_its_first_step},
        {"a status text of a system without table",
         ANSWER(CASE(INDEX("<si:Sagsstatus>Afventer borger</si:Sagsstatus>"), "",
                     EXTRA(SYSTEM(SENDER, CASE_2_ID)))),
         waits_for_unknown},
        {"a display class", ANSWER(CASE("", "", CLASS(DISPLAY, "Skjult"))), is_hidden_by_class},
        {"a security profile", ANSWER(CASE("", "", EXTRA("<si:Sikkerhedsprofil/>"))), has_profile},
        {"the owner of the property", ANSWER(CASE("", "", PART(PROPERTY_OWNER, PERSON(SELF)))),
         has_owner_party},
        {"a role that has ended",
         ANSWER(CASE(
             "", "",
             "<sag:Sagspart>" EFFECT("gd", OPEN, TIME("2026-11-21T12:00:00+01:00")) "<gd:Rolle>" UUID(
                 PRIMARY) "</gd:Rolle><gd:ReferenceID>" PERSON(SELF) "</gd:ReferenceID></sag:Sagspart>")),
         has_left},
        {"a number that is none", ANSWER(CASE("", "", PART(PRIMARY, PERSON("6101709")))),
         is_party_without_number},
        {"a role in capitals, without type",
         ANSWER(CASE(
             "", "",
             "<sag:Sagspart><gd:Rolle>" UUID("8CE974B6-9ACA-4648-BC6E-D55419FA430E") "</gd:Rolle><gd:ReferenceID>" PERSON(
                 SELF) "</gd:ReferenceID></sag:Sagspart>")),
         has_owner_party},
        {"an unknown role", ANSWER(CASE("", "", PART(CASE_ID, PERSON(SELF)))), is_other_party},
        {"a UUID in capitals",
         ANSWER(OBJECT("0A000000-0000-4000-8000-00000000ABCD",
                       REGISTRATION(REGISTERED("2026-01-01T00:00:00Z"), "", "", ""))),
         has_lower_id},
        {"a relation that has ended",
         ANSWER(CASE(
             "", "",
             "<sag:Sagsrelation>" EFFECT("gd", OPEN, TIME("2026-01-01T00:00:00Z")) "<gd:Rolle>" UUID(
                 ABOVE) "</gd:Rolle><gd:ReferenceID>" UUID(CASE_2_ID) "</gd:ReferenceID></sag:Sagsrelation>")),
         has_no_relation},
    };

    for (size_t i = 0; i < sizeof variations / sizeof variations[0]; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct parsed parsed;
        enum outcome outcome = parse(adapter, arena, variations[i].sample, &parsed, &fault);

        ok(outcome == OUTCOME_ANSWERED && parsed.items.count == 1 &&
               variations[i].holds(parsed.items.first),
           "%s", variations[i].name);
        arena_free(&arena);
    }
}

static void test_pages(void)
{
    static const struct {
        const char *name, *cursor, *sample, *next;
    } pages[] = {
        {"all on one page", NULL, ANSWER(COUNT("sager", "100") CASE("", "", "")), NULL},
        {"more behind it", NULL, ANSWER(COUNT("sager", "101") CASE("", "", "")), "100"},
        {"more behind the second", "100", ANSWER(COUNT("sager", "300") CASE("", "", "")), "200"},
        {"the last one", "200", ANSWER(COUNT("sager", "300") CASE("", "", "")), NULL},
        {"many documents make no page", NULL,
         ANSWER(COUNT("dokumenter", "900") COUNT("sager", "1") CASE("", "", "")), NULL},
        {"nothing on it: no further", NULL, ANSWER(COUNT("sager", "900")), NULL},
        {"no count and not full", NULL, ANSWER(CASE("", "", "")), NULL},
    };

    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct parsed parsed;

        question.cursor = pages[i].cursor ? str_of(pages[i].cursor) : STR_NONE;
        ok(outcome_is_positive(parse(adapter, arena, pages[i].sample, &parsed, &fault)) &&
               is(parsed.cursor, pages[i].next),
           "pages: %s", pages[i].name);
        arena_free(&arena);
    }
    question.cursor = STR_NONE;
}

/* A page without count that is full is followed by one more question. */
static void test_full_page(void)
{
    for (int cases = 99; cases <= 100; cases++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct parsed parsed;
        struct buf body;

        buf_init(&body, 1 << 20);
        buf_add_str(&body,
                    expand(arena, STR("<soap:Envelope@><soap:Body>"
                                      "<sdi:FremsoegSagDokumentIndeksOutput>" RETURN("20"))));
        for (int i = 0; i < cases; i++)
            buf_add_str(&body, STR(OBJECT(CASE_ID, "")));
        buf_add_str(&body,
                    STR("</sdi:FremsoegSagDokumentIndeksOutput></soap:Body></soap:Envelope>"));
        ok(outcome_is_positive(parse_bytes(adapter, arena, 200, STR("text/xml"), buf_str(&body),
                                           &parsed, &fault)) &&
               is(parsed.cursor, cases == 100 ? "100" : NULL),
           "pages: %d cases without count", cases);
        buf_clear(&body);
        arena_free(&arena);
    }
}

/* Whose answer it is the guard decides: the adapter tells whom it names, and nothing else. */
static void test_another_citizen(void)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct answer_fault fault;
    struct parsed parsed;

    is_int(
        parse(adapter, arena, ANSWER(CASE("", "", PART(PRIMARY, PERSON(OTHER)))), &parsed, &fault),
        OUTCOME_ANSWERED, "another citizen's case is read");
    ok(parsed.items.first && parsed.items.first->parties &&
           str_equal(cpr_str(&parsed.items.first->parties->cpr), STR(OTHER)) &&
           !parsed.items.first->parties->next,
       "and names that citizen");
    arena_free(&arena);
}

int main(void)
{
    municipal_setup();
    test_request();
    test_case();
    test_never_taken();
    test_never_copied();
    test_notes();
    test_variations();
    test_pages();
    test_full_page();
    test_another_citizen();
    return done_testing();
}
