/* SPDX-License-Identifier: MIT */
/* The documents of the Sags- og Dokumentindeks: whose they are, where they go, what is left out. */
#include "tests/unit/municipal_cases.h"

/* Documents that come with a case in which the citizen is the primary party. */
#define FILED_IN(relations)                                                                        \
    CASE("", "", PART(PRIMARY, PERSON(SELF)) JOURNAL(FILED, UUID(DOCUMENT_ID), "") relations)

static bool is_to_citizen(const struct item *item)
{
    return item->direction == DIRECTION_TO_CITIZEN && item->parties &&
           cpr_equal(&item->parties->cpr, &subject);
}
static bool is_from_citizen(const struct item *item)
{
    return item->direction == DIRECTION_FROM_CITIZEN;
}
static bool is_to_another(const struct item *item)
{
    return item->direction == DIRECTION_OTHER && item->parties &&
           !cpr_is_known(&item->parties->cpr);
}
static bool is_internal(const struct item *item)
{
    return item->direction == DIRECTION_OTHER;
}
static bool goes_nobody_knows_where(const struct item *item)
{
    return item->direction == DIRECTION_UNKNOWN;
}
static bool is_exempt(const struct item *item)
{
    return item->is_exempt && is(item->title, "Et brev");
}
static bool is_confidential(const struct item *item)
{
    return item->sensitivity == SENSITIVITY_CONFIDENTIAL;
}
static bool is_hidden_with_its_case(const struct item *item)
{
    return is(item->display_class, "Skjult") && item->has_security_profile;
}
static bool keeps_property_owner(const struct item *item)
{
    return item->parties && item->parties->role == PARTY_PRIMARY && item->parties->next &&
           item->parties->next->role == PARTY_PROPERTY_OWNER &&
           cpr_equal(&item->parties->next->cpr, &subject);
}

static void test_documents(void)
{
    static const struct variation variations[] = {
        {"a letter that names no parties has its case's",
         ANSWER(FILED_IN("") DOCUMENT(DOCUMENT_ID, LETTER, "Endeligt", "")), is_to_citizen},
        {"documents before cases",
         ANSWER(DOCUMENT(DOCUMENT_ID, LETTER, "Endeligt", "") FILED_IN("")), is_to_citizen},
        {"a letter from the citizen",
         ANSWER(FILED_IN("") DOCUMENT(DOCUMENT_ID, "<di:Type>Brev, indgaaende</di:Type>",
                                      "Modtaget", DOCUMENT_PART(COPY, PERSON(SELF)))),
         is_from_citizen},
        {"a letter to another authority",
         ANSWER(FILED_IN("") DOCUMENT(DOCUMENT_ID, LETTER, "Endeligt",
                                      DOCUMENT_PART(PARTY, URN("urn:oio:cvr-nr:17143611")))),
         is_to_another},
        {"a letter to another person",
         ANSWER(FILED_IN("")
                    DOCUMENT(DOCUMENT_ID, LETTER, "Endeligt", DOCUMENT_PART(PARTY, PERSON(OTHER)))),
         is_internal},
        {"an internal note",
         ANSWER(FILED_IN("") DOCUMENT(DOCUMENT_ID, "<di:Type>Internt Notat</di:Type>", "Endeligt",
                                      DOCUMENT_PART(PARTY, PERSON(SELF)))),
         is_internal},
        {"a type without direction",
         ANSWER(FILED_IN("") DOCUMENT(DOCUMENT_ID, "<di:Type>Brev</di:Type>", "Endeligt", "")),
         goes_nobody_knows_where},
        {"a type of tomorrow",
         ANSWER(FILED_IN("") DOCUMENT(DOCUMENT_ID, "<di:Type>Hologram</di:Type>", "Endeligt", "")),
         goes_nobody_knows_where},
        {"an exempt title",
         ANSWER(FILED_IN("") DOCUMENT(DOCUMENT_ID,
                                      LETTER "<di:OffentlighedUndtaget><sd:TitelAlternativTekst>x"
                                             "</sd:TitelAlternativTekst></di:OffentlighedUndtaget>",
                                      "Endeligt", "")),
         is_exempt},
        {"its case's sensitivity when it has none",
         ANSWER(CASE(INDEX("<si:Foelsomhed>FORTROLIGE_PERSONOPLYSNINGER</si:Foelsomhed>"), "",
                     JOURNAL(FILED, UUID(DOCUMENT_ID), ""))
                    DOCUMENT(DOCUMENT_ID, LETTER, "Endeligt", "")),
         is_confidential},
        {"what hides its case hides it",
         ANSWER(FILED_IN(EXTRA("<si:Sikkerhedsprofil/>"))
                    DOCUMENT(DOCUMENT_ID, LETTER, "Endeligt", "")),
         NULL},
        {"a display class of its case",
         ANSWER(CASE("", "",
                     CLASS(DISPLAY, "Skjult") JOURNAL(FILED, UUID(DOCUMENT_ID), "") EXTRA(
                         "<si:Sikkerhedsprofil/>")) DOCUMENT(DOCUMENT_ID, LETTER, "Endeligt", "")),
         is_hidden_with_its_case},
        {"the property's owner is the owner in its documents",
         ANSWER(
             CASE("", "",
                  PART(PRIMARY, PERSON(OTHER)) PART(PROPERTY_OWNER, PERSON(SELF))
                      JOURNAL(FILED, UUID(DOCUMENT_ID), ""))
                 DOCUMENT(DOCUMENT_ID, LETTER, "Endeligt",
                          DOCUMENT_PART(PARTY, PERSON(OTHER)) DOCUMENT_PART(COPY, PERSON(SELF)))),
         keeps_property_owner},
    };

    for (size_t i = 0; i < sizeof variations / sizeof variations[0]; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct parsed parsed;
        enum outcome outcome = parse(adapter, arena, variations[i].sample, &parsed, &fault);
        const struct item *document = outcome == OUTCOME_ANSWERED ? item_at(&parsed, 1) : NULL;

        ok(document && document->kind == ITEM_DOCUMENT && is(document->owner_id, CASE_ID) &&
               (variations[i].holds ? variations[i].holds(document)
                                    : document->has_security_profile),
           "%s", variations[i].name);
        arena_free(&arena);
    }
}

/* How many items an answer gives. */
static void test_what_is_left_out(void)
{
    static const struct {
        const char *name, *sample;
        enum outcome outcome;
        size_t items;
    } answers[] = {
        {"a passive case, and its document with it",
         ANSWER(OBJECT(CASE_ID, REGISTRATION(GONE("Passiveret"), TITLE("x"), "",
                                             JOURNAL(FILED, UUID(DOCUMENT_ID), "")))
                    DOCUMENT(DOCUMENT_ID, LETTER, "Endeligt", "")),
         OUTCOME_EMPTY, 0},
        {"a deleted case", ANSWER(OBJECT(CASE_ID, REGISTRATION(GONE("Slettet"), "", "", ""))),
         OUTCOME_EMPTY, 0},
        {"a case of which nothing is told", ANSWER(OBJECT(CASE_ID, "")), OUTCOME_EMPTY, 0},
        {"a document that is also in a living case",
         ANSWER(OBJECT(CASE_2_ID, REGISTRATION(GONE("Passiveret"), "", "",
                                               JOURNAL(FILED, UUID(DOCUMENT_ID), ""))) FILED_IN("")
                    DOCUMENT(DOCUMENT_ID, LETTER, "Endeligt", "")),
         OUTCOME_ANSWERED, 2},
        {"a draft", ANSWER(FILED_IN("") DOCUMENT(DOCUMENT_ID, LETTER, "Underudarbejdelse", "")),
         OUTCOME_ANSWERED, 1},
        {"a document taken out of its case stands alone",
         ANSWER(CASE(
             "", "",
             "<sag:Journalpost>" EFFECT("gd", OPEN, TIME("2026-01-01T00:00:00Z")) "<gd:ReferenceID>" UUID(
                 DOCUMENT_ID) "</gd:ReferenceID></sag:Journalpost>")
                    DOCUMENT(DOCUMENT_ID, LETTER, "Endeligt", "")),
         OUTCOME_ANSWERED, 2},
        {"a document twice",
         ANSWER(FILED_IN("") DOCUMENT(DOCUMENT_ID, LETTER, "Endeligt", "")
                    DOCUMENT(DOCUMENT_ID, LETTER, "Endeligt", "")),
         OUTCOME_ANSWERED, 3},
        {"not found", OUTPUT(RETURN("44")), OUTCOME_EMPTY, 0},
        {"found nothing", ANSWER(COUNT("sager", "0")), OUTCOME_EMPTY, 0},
    };

    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct parsed parsed;

        is_int(parse(adapter, arena, answers[i].sample, &parsed, &fault), answers[i].outcome, "%s",
               answers[i].name);
        is_int((long long)parsed.items.count, (long long)answers[i].items, "%s: items",
               answers[i].name);
        arena_free(&arena);
    }
}

int main(void)
{
    municipal_setup();
    test_documents();
    test_what_is_left_out();
    return done_testing();
}
