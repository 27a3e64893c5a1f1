/* SPDX-License-Identifier: MIT */
/* How the tests of the Sags- og Dokumentindeks write its answers. */
#ifndef TESTS_UNIT_MUNICIPAL_CASES_H
#define TESTS_UNIT_MUNICIPAL_CASES_H

#include "adapters/municipal_cases.h"
#include "tests/unit/municipal.h"

#define OWNER          "9e979b84-b846-4472-8622-58007dc63c7e"
#define RESPONSIBLE    "a1263342-d348-44ba-a566-233f37c4cb67"
#define WORKER         "bf1f93ed-9441-4af4-835b-baeb201f3076"
#define PRIMARY        "d839f26a-d4d1-4441-b2d6-3dbbb12a9404"
#define SUBJECT        "a86c6581-ec85-412d-a655-31a1f1d5b14f"
#define ACTION         "05ef7011-11a7-4e4c-a46b-3de6aa457fc3"
#define MASTER         "251c24fd-57b0-4afc-9d73-b063d1957eb3"
#define SENDER         "1b3c6a6d-e977-4491-9bf8-b41ee6999f39"
#define ABOVE          "d29c49f0-931e-4d42-8db4-a8fc67c8af58"
#define FILED          "69a0a697-0a77-4916-bea3-226594fa6627"
#define NOTE           "1281739d-93ea-486c-8950-607a4263bef0"
#define PARTY          "808a219f-fb0d-4a54-9519-929f7841bbb6"
#define COPY           "ffe7ec2b-4928-47a8-9a73-d7a9931b5621"
#define PROPERTY_OWNER "8ce974b6-9aca-4648-bc6e-d55419fa430e"
#define DISPLAY        "b038f7f5-263f-4ea9-8bd0-eb96a738f6c9"
#define FAG            "7b0f723e-84a4-4c3a-8fff-954dc4174223"

#define CASE_ID        "0a000000-0000-4000-8000-000000000001"
#define CASE_2_ID      "0a000000-0000-4000-8000-000000000002"
#define DOCUMENT_ID    "0d000000-0000-4000-8000-000000000001"

#define OUTPUT(content)                                                                            \
    BODY("<sdi:FremsoegSagDokumentIndeksOutput>" content "</sdi:FremsoegSagDokumentIndeksOutput>")
#define ANSWER(content) OUTPUT(RETURN("20") content)
#define COUNT(what, count)                                                                         \
    "<sdi:Antal><sdi:Element>" what "</sdi:Element><sdi:Antal>" count "</sdi:Antal></sdi:Antal>"

#define REGISTRATION(head, attributes, states, relations)                                          \
    "<sag:Registrering>" head "<sag:AttributListe>" attributes                                     \
    "</sag:AttributListe><sag:TilstandListe>" states                                               \
    "</sag:TilstandListe><sag:RelationListe>" relations "</sag:RelationListe></sag:Registrering>"
#define OBJECT(uuid, content)                                                                      \
    "<sdi:SagFiltreretOejebliksbillede><sag:ObjektType>" UUID(                                     \
        uuid) "</sag:ObjektType>" content "</sdi:SagFiltreretOejebliksbillede>"
#define CASE(attributes, states, relations)                                                        \
    OBJECT(CASE_ID, REGISTRATION(REGISTERED("2026-10-01T10:00:00Z"), attributes, states, relations))

#define PROPERTIES(since, content)                                                                 \
    "<sag:Egenskaber>" SINCE("sag", since) content "</sag:Egenskaber>"
#define TITLE(title) PROPERTIES("2026-01-01T00:00:00Z", "<sag:Titel>" title "</sag:Titel>")
#define INDEX(content)                                                                             \
    EXTRA("<si:SagIndeksEgenskaber>" SINCE("gd", "2026-01-01T00:00:00Z") content                   \
          "</si:SagIndeksEgenskaber>")
#define STEP(effect, code)                                                                         \
    "<sag:Fremdrift>" effect "<sag:FremdriftStatusKode>" code                                      \
    "</sag:FremdriftStatusKode></sag:Fremdrift>"
#define ACTOR(role, content)                                                                       \
    "<sag:Sagsaktoer>" RELATION(role, UUID(CASE_2_ID))                                             \
        EXTRA("<si:SagsaktoerLokalUdvidelse>" content                                              \
              "</si:SagsaktoerLokalUdvidelse>") "</sag:Sagsaktoer>"
#define ORG_UNIT "c5fc3b3b-5197-49ee-92e6-ae6ba1957174"
#define USER     "85d65133-4b00-460d-992e-3984857b5768"
/* Who is this to the case: a relation of a role to something of a type. */
#define ACTOR_OF(role, type, reference)                                                            \
    "<sag:Sagsaktoer>" SINCE("gd", "2026-01-01T00:00:00Z") "<gd:Rolle>" UUID(                      \
        role) "</gd:Rolle>" type "<gd:ReferenceID>" reference "</gd:ReferenceID></sag:Sagsaktoer>"
#define TYPED(type) "<gd:Type>" UUID(type) "</gd:Type>"
#define OWNED(cvr)                                                                                 \
    ACTOR(OWNER, "<si:FuldtNavn>Prøve Kommune</si:FuldtNavn><si:CVR-Nummer>" cvr "</si:CVR-Nummer>")
#define CLASS(role, key)                                                                           \
    "<sag:Sagsklasse>" RELATION(role, UUID(CASE_2_ID))                                             \
        EXTRA("<si:SagsklasseLokalUdvidelse><si:BrugervendtNoegle>" key                            \
              "</si:BrugervendtNoegle></si:SagsklasseLokalUdvidelse>") "</sag:Sagsklasse>"
#define PART(role, who) "<sag:Sagspart>" RELATION(role, who) "</sag:Sagspart>"
#define JOURNAL(role, reference, content)                                                          \
    "<sag:Journalpost>" RELATION(role, reference) content "</sag:Journalpost>"
#define JOURNAL_NOTE                                                                               \
    JOURNAL(NOTE, URN("URN:Empty"),                                                                \
            "<sag:JournalpostEgenskaber><sag:JournalnotatEgenskaber><sag:Titel>Et notat"           \
            "</sag:Titel><sag:Notat>aGVtbWVsaWd0</sag:Notat></sag:JournalnotatEgenskaber>"         \
            "</sag:JournalpostEgenskaber>")
#define SYSTEM(role, uuid)                                                                         \
    "<si:SagsitsystemRelation>" RELATION(                                                          \
        role, UUID(uuid)) "<si:SystemNavn>Et system</si:SystemNavn></si:SagsitsystemRelation>"

#define DOCUMENT(uuid, properties, step, relations)                                                                           \
    "<sdi:DokumentFiltreretOejebliksbillede><di:ObjektType>" UUID(uuid) "</di:ObjektType><di:Registrering>" REGISTERED(       \
        "2026-09-01T10:00:00Z") "<di:AttributListe><di:Egenskaber>" SINCE("di",                                               \
                                                                          "2026-01-01T00:00:00Z")                             \
        properties "</di:Egenskaber></di:AttributListe><di:TilstandListe><di:Fremdrift>" SINCE(                               \
            "di",                                                                                                             \
            "2026-01-01T00:00:00Z") "<di:FremdriftStatusKode>" step                                                           \
                                    "</di:FremdriftStatusKode></di:Fremdrift></di:TilstandListe><di:RelationListe>" relations \
                                    "</di:RelationListe></di:Registrering></sdi:DokumentFiltreretOejebliksbillede>"
#define DOCUMENT_PART(role, who) "<di:Dokumentpart>" RELATION(role, who) "</di:Dokumentpart>"
#define LETTER                   "<di:Titel>Et brev</di:Titel><di:Type>Brev, udgaaende</di:Type>"

#define GONE(code)                                                                                 \
    "<sd:Tidspunkt>2026-10-01T10:00:00Z</sd:Tidspunkt><sd:LivscyklusKode>" code                    \
    "</sd:LivscyklusKode>"

/* A case with all there can be, and its document. */
#define WHOLE                                                                                      \
    ANSWER(COUNT("sager", "1") COUNT("dokumenter", "900") CASE(                                    \
        PROPERTIES(                                                                                \
            "2026-01-01T00:00:00Z",                                                                \
            "<sag:BrugervendtNoegle>K-1</sag:BrugervendtNoegle><sag:OffentlighedUndtaget>"         \
            "<sd:TitelAlternativTekst>HEMMELIG</sd:TitelAlternativTekst>"                          \
            "<sd:OffentlighedUndtagetHjemmelTekst>paragraf</sd:OffentlighedUndtagetHjemmelTekst>"  \
            "</sag:OffentlighedUndtaget><sag:Sagsnummer>2026-1</sag:Sagsnummer>"                   \
            "<sag:Titel> En &amp; sag </sag:Titel>")                                               \
            INDEX("<si:Sagsstatus>Afventer borger</si:Sagsstatus>"                                 \
                  "<si:Foelsomhed>FORTROLIGE_PERSONOPLYSNINGER</si:Foelsomhed>"                    \
                  "<si:OprettetTidspunkt>2026-02-01T08:00:00+01:00</si:OprettetTidspunkt>"),       \
        STEP(EFFECT("sag", TIME("2026-05-01T00:00:00Z"), OPEN), "Oplyst")                          \
            STEP(EFFECT("sag", TIME("2026-02-01T00:00:00Z"), TIME("2026-05-01T00:00:00Z")),        \
                 "Opstaaet") STEP(SINCE("sag", "2027-01-01T00:00:00Z"), "Afsluttet"),              \
        OWNED("29189714") ACTOR(WORKER, "<si:FuldtNavn>Syntetisk Behandler</si:FuldtNavn>")        \
            CLASS(SUBJECT, "32.24.04") CLASS(ACTION, "Ø30") PART(PRIMARY, PERSON(SELF)) PART(      \
                "abf692c5-462b-46e5-a1fd-e1e4867a7745", PERSON(OTHER))                             \
                PART(PRIMARY, URN("urn:oio:cvr-nr:29189714")) "<sag:Sagsrelation>" RELATION(       \
                    ABOVE, UUID(CASE_2_ID)) "</sag:Sagsrelation>" JOURNAL(FILED,                   \
                                                                          UUID(DOCUMENT_ID), "")   \
                    JOURNAL_NOTE EXTRA(SYSTEM(MASTER, CASE_2_ID) SYSTEM(SENDER, FAG)))             \
               DOCUMENT(DOCUMENT_ID,                                                               \
                        LETTER "<di:BrevDato>2026-06-01</di:BrevDato>"                             \
                               "<di:Foelsomhed>IKKE_FORTROLIGE_DATA</di:Foelsomhed>",              \
                        "Endeligt", DOCUMENT_PART(PARTY, PERSON(SELF))))

static const struct adapter *const adapter = &adapter_municipal_cases;

/* One case or document each: what a variation of it gives. */
struct variation {
    const char *name, *sample;
    bool (*holds)(const struct item *item);
};

#endif
