/* SPDX-License-Identifier: MIT */
/* How the tests of the Ydelsesindeks write its answers. */
#ifndef TESTS_UNIT_MUNICIPAL_BENEFITS_H
#define TESTS_UNIT_MUNICIPAL_BENEFITS_H

#include "adapters/municipal_benefits.h"
#include "tests/unit/municipal.h"

#define OWNER         "abdf4d3e-f113-4282-b13e-6cd32a82621c"
#define HOLDER        "3102fa7e-f56e-4510-b0d4-1650c590dc3b"
#define RECEIVER      "93af57a7-7658-4fac-98da-9e5ac7a7d9a5"
#define PAYMENT_OWNER "a91824c4-da1d-47f9-bce2-5d6597879415"
#define PAYMENT_PART  "68d4b903-acae-4f2f-aafc-45bd999ed81f"
#define COVERS        "ccc9d91b-9a4c-4ada-9be4-795ca068e89d"
#define MASTER        "251c24fd-57b0-4afc-9d73-b063d1957eb3"
#define SENDER        "1b3c6a6d-e977-4491-9bf8-b41ee6999f39"

#define GRANT_ID      "0b000000-0000-4000-8000-000000000001"
#define GRANT_2_ID    "0b000000-0000-4000-8000-000000000002"
#define PAYMENT_ID    "0e000000-0000-4000-8000-000000000001"
#define SYSTEM_ID     "0c000000-0000-4000-8000-000000000001"

#define OUTPUT(content)                                                                            \
    BODY("<yi:FremsoegYdelseIndeksOutput>" content "</yi:FremsoegYdelseIndeksOutput>")
#define ANSWER(content) OUTPUT(RETURN("20") content)
#define COUNT(what, count)                                                                         \
    "<yi:Antal><yi:Element>" what "</yi:Element><yi:Antal>" count "</yi:Antal></yi:Antal>"

#define REGISTRATION(head, attributes, relations)                                                  \
    "<bi:Registrering>" head "<bi:AttributListe>" attributes                                       \
    "</bi:AttributListe><bi:TilstandListe/><bi:RelationListe>" relations                           \
    "</bi:RelationListe></bi:Registrering>"
#define OBJECT(uuid, content)                                                                      \
    "<yi:BevillingFiltreretOejebliksbillede><bi:ObjektType>" UUID(                                 \
        uuid) "</bi:ObjektType>" content "</yi:BevillingFiltreretOejebliksbillede>"
#define GRANT(attributes, relations)                                                               \
    OBJECT(GRANT_ID, REGISTRATION(REGISTERED("2026-10-01T10:00:00Z"), attributes, relations))
#define PROPERTIES(content)                                                                        \
    "<bi:Egenskaber>" SINCE("bi", "2026-01-01T00:00:00Z") content "</bi:Egenskaber>"
#define SENSITIVITY(word) PROPERTIES("<bi:Foelsomhed>" word "</bi:Foelsomhed>")
#define BENEFIT(content)                                                                           \
    "<bi:BevilgetYdelse>" SINCE("bi", "2026-01-01T00:00:00Z") content "</bi:BevilgetYdelse>"
#define FROM(day) "<bi:BevilgetYdelseStartdato>" day "T00:00:00</bi:BevilgetYdelseStartdato>"
#define TO(day)   "<bi:BevilgetYdelseSlutdato>" day "T00:00:00</bi:BevilgetYdelseSlutdato>"
#define KLE(key)                                                                                   \
    "<bi:Ydelse><bi:Klassifikation><bi:BrugervendtNoegle>" key                                     \
    "</bi:BrugervendtNoegle></bi:Klassifikation></bi:Ydelse>"
#define PLAN(from, to, frequency, amount)                                                          \
    "<bi:OekonomiskEffektueringsplan><bi:EffektueringsplanStartdato>" from                         \
    "T00:00:00</bi:EffektueringsplanStartdato>" to "<bi:Beregningsfrekvens>" frequency             \
    "</bi:Beregningsfrekvens><bi:Ydelsesbeloeb>" amount                                            \
    "</bi:Ydelsesbeloeb></bi:OekonomiskEffektueringsplan>"
#define PLAN_TO(day)    "<bi:EffektueringsplanSlutdato>" day "T00:00:00</bi:EffektueringsplanSlutdato>"
#define PART(role, who) "<bi:Bevillingspart>" RELATION(role, who) "</bi:Bevillingspart>"
#define OWNED(cvr)                                                                                 \
    "<bi:Bevillingsaktoer>" RELATION(                                                              \
        OWNER, UUID(GRANT_2_ID)) "<bi:FuldtNavn>Prøve Kommune</bi:FuldtNavn><bi:CVR-nr>" cvr       \
                                 "</bi:CVR-nr></bi:Bevillingsaktoer>"
#define SYSTEM(role)                                                                               \
    "<bi:ItSystem><bi:Rolle>" UUID(role) "</bi:Rolle><bi:ReferenceID>" UUID(                       \
        SYSTEM_ID) "</bi:ReferenceID><bi:SystemNavn>Et system</bi:SystemNavn></bi:ItSystem>"

#define PAYMENT(properties, relations)                                                                                                        \
    "<yi:OekonomiskEffektueringFiltreretOejebliksbillede><oei:ObjektType>" UUID(PAYMENT_ID) "</oei:ObjektType><oei:Registrering>" REGISTERED( \
        "2026-10-02T10:00:00Z") "<oei:AttributListe><oei:Egenskaber>" properties                                                              \
                                "</oei:Egenskaber></oei:AttributListe><oei:RelationListe>" relations                                          \
                                "</oei:RelationListe></oei:Registrering></yi:OekonomiskEffektueringFiltreretOejebliksbillede>"
#define COVERING(grant, id)                                                                                         \
    "<oei:OekonomiskYdelseEffektueringRelation>" RELATION(COVERS, UUID(GRANT_2_ID)) "<oei:BevilgetYdelseRef>" UUID( \
        grant) "<oei:BevilgetYdelseId>" id                                                                          \
               "</oei:BevilgetYdelseId></oei:BevilgetYdelseRef></oei:OekonomiskYdelseEffektueringRelation>"
#define DAY(day)      "<oei:Dispositionsdato>" day "T00:00:00</oei:Dispositionsdato>"
#define GROSS(amount) "<oei:SamletBruttobeloeb>" amount "</oei:SamletBruttobeloeb>"
#define TAXED(amount) "<oei:BeloebEfterSkatATP>" amount "</oei:BeloebEfterSkatATP>"
#define SENT(amount)  "<oei:BeloebSendtTilUdbetaling>" amount "</oei:BeloebSendtTilUdbetaling>"
#define PAID(amount)  "<oei:BeloebUdbetalt>" amount "</oei:BeloebUdbetalt>"

/* A grant with all there can be, and a payment of it. */
#define WHOLE                                                                                      \
    ANSWER(COUNT("bevillinger", "1") COUNT("effektueringer", "900") GRANT(                         \
        SENSITIVITY("FORTROLIGE_PERSONOPLYSNINGER") BENEFIT(                                       \
            "<bi:Id>1</bi:Id><bi:Navn>Kontanthjælp</bi:Navn>" FROM("2026-02-01")                   \
                SYSTEM(MASTER) "<bi:Ydelse><bi:Ydelsesnavn>Grundbeløb</bi:Ydelsesnavn>"           \
                               "<bi:Klassifikation><bi:BrugervendtNoegle>32.24.04"                 \
                               "</bi:BrugervendtNoegle></bi:Klassifikation></bi:Ydelse>" PLAN(     \
                                   "2026-02-01", PLAN_TO("2026-06-30"), "Månedlig", "11000")       \
                                   PLAN("2026-07-01", "", "Månedlig", "12326.00"))                 \
            BENEFIT("<bi:Id>2</bi:Id>" FROM("2026-02-01") TO("2026-03-31") KLE("99.32.07")),       \
        PART(RECEIVER, PERSON(OTHER)) PART(HOLDER, PERSON(SELF)) OWNED("29189714"))                \
               PAYMENT(GROSS("12326.00") DAY("2026-11-01") TAXED("9000.5") SENT("8999")            \
                           PAID("8998.999"),                                                       \
                       COVERING(GRANT_ID, "1") "<oei:Aktoer>" RELATION(                            \
                           PAYMENT_OWNER,                                                          \
                           UUID(GRANT_2_ID)) "<oei:FuldtNavn>Prøve Kommune</oei:FuldtNavn>"       \
                                             "<oei:CVR-nr>29189714</oei:CVR-nr></oei:Aktoer>"))

static const struct adapter *const adapter = &adapter_municipal_benefits;

#endif
