/* SPDX-License-Identifier: MIT */
/* Answers of the Sags- og Dokumentindeks that no index should give: none of them is believed. */
#include "tests/unit/municipal_cases.h"

static void test_refused(void)
{
#define STATUS(code)        OUTPUT(RETURN(code))
#define REGISTERED_AS(code) OBJECT(CASE_ID, REGISTRATION(GONE(code), "", "", ""))
    static const struct ugly uglies[] = {
        {"nothing", "", OUTCOME_INVALID, "no element found"},
        {"HTML", "<html><body>Beklager</body></html>", OUTCOME_INVALID, "not a SOAP 1.1 envelope"},
        {"JSON", "{\"sager\":[]}", OUTCOME_INVALID, "not well-formed (invalid token)"},
        {"a SOAP fault", BODY("<soap:Fault><faultcode>soap:Server</faultcode></soap:Fault>"),
         OUTCOME_FAILED, "a SOAP fault"},
        {"the other index's answer", BODY("<yi:FremsoegYdelseIndeksOutput/>"), OUTCOME_INVALID,
         "an unknown element in the envelope or its Body"},
        {"no StandardRetur", OUTPUT(""), OUTCOME_INVALID, "no StatusKode"},
        {"no StatusKode", OUTPUT("<sd:StandardRetur/>"), OUTCOME_INVALID, "no StatusKode"},
        {"two StandardRetur", OUTPUT(RETURN("20") RETURN("20")), OUTCOME_INVALID,
         "an element comes twice"},
        {"StatusKode 40", STATUS("40"), OUTCOME_FAILED, "StatusKode 40: it does not understand us"},
        {"StatusKode 49", STATUS("49"), OUTCOME_FAILED, "StatusKode 49: a conflict at the index"},
        {"StatusKode 50", STATUS("50"), OUTCOME_FAILED, "another StatusKode than 20 and 44"},
        {"a word as StatusKode", STATUS("tyve"), OUTCOME_INVALID, "a StatusKode is no number"},
        {"a negative StatusKode", STATUS("-20"), OUTCOME_INVALID, "a StatusKode is no number"},
        {"not found, and yet", OUTPUT(RETURN("44") CASE("", "", "")), OUTCOME_INVALID,
         "StatusKode 44 with objects"},
        {"an Antal that is none", ANSWER(COUNT("sager", "mange")), OUTCOME_INVALID,
         "an Antal is no number"},
        {"an Antal beyond all numbers", ANSWER(COUNT("sager", "99999999999999999999")),
         OUTCOME_INVALID, "an Antal is no number"},
        {"a case without UUID", ANSWER("<sdi:SagFiltreretOejebliksbillede/>"), OUTCOME_INVALID,
         "a case without UUID"},
        {"a UUID too short", ANSWER(OBJECT("0a000000", "")), OUTCOME_INVALID,
         "a UUID is malformed"},
        {"a UUID of other letters", ANSWER(OBJECT("0g000000-0000-4000-8000-000000000001", "")),
         OUTCOME_INVALID, "a UUID is malformed"},
        {"an empty UUID", ANSWER(OBJECT("", "")), OUTCOME_INVALID, "a UUID is malformed"},
        {"two UUIDs",
         ANSWER(OBJECT(CASE_ID "</sd:UUIDIdentifikator><sd:UUIDIdentifikator>" CASE_ID, "")),
         OUTCOME_INVALID, "an element comes twice"},
        {"two titles",
         ANSWER(CASE(
             PROPERTIES("2026-01-01T00:00:00Z", "<sag:Titel>a</sag:Titel><sag:Titel>b</sag:Titel>"),
             "", "")),
         OUTCOME_INVALID, "an element comes twice"},
        {"a title of elements", ANSWER(CASE(TITLE("<sag:Titel>a</sag:Titel>"), "", "")),
         OUTCOME_INVALID, "an element inside a text"},
        {"an unknown Fremdrift",
         ANSWER(CASE("", STEP(SINCE("sag", "2026-01-01T00:00:00Z"), "Tildelt"), "")),
         OUTCOME_INVALID, "an unknown FremdriftStatusKode"},
        {"an empty Fremdrift", ANSWER(CASE("", STEP(SINCE("sag", "2026-01-01T00:00:00Z"), ""), "")),
         OUTCOME_INVALID, "an unknown FremdriftStatusKode"},
        {"an unknown Foelsomhed",
         ANSWER(CASE(INDEX("<si:Foelsomhed>HEMMELIG</si:Foelsomhed>"), "", "")), OUTCOME_INVALID,
         "an unknown Foelsomhed"},
        {"an unknown LivscyklusKode", ANSWER(REGISTERED_AS("Udslettet")), OUTCOME_INVALID,
         "an unknown LivscyklusKode"},
        {"a date that does not exist",
         ANSWER(CASE(INDEX("<si:OprettetTidspunkt>2026-02-30T00:00:00Z</si:OprettetTidspunkt>"), "",
                     "")),
         OUTCOME_INVALID, "a date and time is malformed"},
        {"a date in Danish",
         ANSWER(CASE(INDEX("<si:OprettetTidspunkt>1. maj 2026</si:OprettetTidspunkt>"), "", "")),
         OUTCOME_INVALID, "a date and time is malformed"},
        {"an empty date", ANSWER(CASE(INDEX("<si:OprettetTidspunkt/>"), "", "")), OUTCOME_INVALID,
         "a date and time is malformed"},
        {"a broken Virkning", ANSWER(CASE("", STEP(SINCE("sag", "i dag"), "Oplyst"), "")),
         OUTCOME_INVALID, "a date and time is malformed"},
        {"a boundary that is none",
         ANSWER(CASE("",
                     STEP(EFFECT("sag", "<sd:GraenseIndikator>false</sd:GraenseIndikator>", OPEN),
                          "Oplyst"),
                     "")),
         OUTCOME_INVALID, "a GraenseIndikator is not true"},
        {"two beginnings",
         ANSWER(CASE(
             "",
             STEP(EFFECT("sag", TIME("2026-01-01T00:00:00Z") TIME("2026-01-01T00:00:00Z"), OPEN),
                  "Oplyst"),
             "")),
         OUTCOME_INVALID, "an element comes twice"},
        {"a letter's date that is none",
         ANSWER(DOCUMENT(DOCUMENT_ID, "<di:BrevDato>i går</di:BrevDato>", "Endeligt", "")),
         OUTCOME_INVALID, "a date is malformed"},
        {"a document without UUID", ANSWER("<sdi:DokumentFiltreretOejebliksbillede/>"),
         OUTCOME_INVALID, "a document without UUID"},
        {"a DOCTYPE", "<!DOCTYPE x [<!ENTITY a \"aaaa\">]>" STATUS("20"), OUTCOME_INVALID,
         "a DOCTYPE is not allowed"},
        {"an entity bomb",
         "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
         "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><x>&c;</x>",
         OUTCOME_INVALID, "a DOCTYPE is not allowed"},
        {"a file of the server's", "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><x/>",
         OUTCOME_INVALID, "a DOCTYPE is not allowed"},
        {"an instruction", ANSWER("<?xml-stylesheet href=\"x\"?>"), OUTCOME_INVALID,
         "a processing instruction is not allowed"},
        {"two Bodies",
         ENVELOPE("<soap:Body><sdi:FremsoegSagDokumentIndeksOutput>" RETURN(
             "20") "</sdi:FremsoegSagDokumentIndeksOutput></soap:Body><soap:Body/>"),
         OUTCOME_INVALID, "an element comes twice"},
        {"a wrapped Body",
         ENVELOPE("<soap:Header><soap:Body>"
                  "</soap:Body></soap:Header><sd:Wrap/>"),
         OUTCOME_INVALID, "an unknown element in the envelope or its Body"},
        {"an undeclared prefix", BODY("<xyz:Output/>"), OUTCOME_INVALID, "unbound prefix"},
        {"mismatched tags", "<soap:Envelope@><soap:Body></soap:Envelope></soap:Body>",
         OUTCOME_INVALID, "mismatched tag"},
        {"an attribute twice", "<soap:Envelope@ a=\"1\" a=\"2\"/>", OUTCOME_INVALID,
         "duplicate attribute"},
        {"something behind", STATUS("20") "<x/>", OUTCOME_INVALID, "junk after document element"},
        {"Latin-1", ANSWER(CASE(TITLE("S\xf8gning"), "", "")), OUTCOME_INVALID,
         "not well-formed (invalid token)"},
        {"overlong UTF-8", ANSWER(CASE(TITLE("\xc0\xbc"), "", "")), OUTCOME_INVALID,
         "not well-formed (invalid token)"},
        {"a control character", ANSWER(CASE(TITLE("\x01"), "", "")), OUTCOME_INVALID,
         "not well-formed (invalid token)"},
        {"NUL as a reference", ANSWER(CASE(TITLE("&#0;"), "", "")), OUTCOME_INVALID,
         "reference to invalid character number"},
    };

    test_ugly(adapter, uglies, sizeof uglies / sizeof uglies[0]);
}

/* Answers that have to be made. */
static void test_large(void)
{
    static const struct {
        const char *name, *before, *repeated, *after;
        size_t times;
        const char *why;
    } answers[] = {
        {"100,000 attributes", "<soap:Envelope@", " a%zu=\"1\"", "/>", 100000,
         "too many attributes"},
        {"nested deeply",
         "<soap:Envelope@>" HEADER "<soap:Body><sdi:FremsoegSagDokumentIndeksOutput>", "<sd:x>", "",
         100000, "nested too deeply"},
        {"a huge title",
         "<soap:Envelope@><soap:Body><sdi:FremsoegSagDokumentIndeksOutput>"
         "<sdi:SagFiltreretOejebliksbillede><sag:Registrering><sag:AttributListe><sag:Egenskaber>"
         "<sag:Titel>",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "",
         5000, "a text is too long"},
        {"a huge document", "<soap:Envelope@><!--",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "",
         80000, "the document is too long"},
        {"a history without end",
         "<soap:Envelope@><soap:Body><sdi:FremsoegSagDokumentIndeksOutput>"
         "<sdi:SagFiltreretOejebliksbillede><sag:Registrering><sag:TilstandListe>",
         STEP("", "Oplyst"), "", 200, "a history without end"},
        {"parties without end",
         "<soap:Envelope@><soap:Body><sdi:FremsoegSagDokumentIndeksOutput>"
         "<sdi:SagFiltreretOejebliksbillede><sag:Registrering><sag:RelationListe>",
         "<sag:Sagspart/>", "", 300, "too many parties"},
        {"more cases than allowed",
         "<soap:Envelope@><soap:Body><sdi:FremsoegSagDokumentIndeksOutput>", CASE("", "", ""), "",
         ITEMS_MAX + 1, "too many items"},
        {"more elements than allowed", "<soap:Envelope@><soap:Header>", "<sd:x/>", "", 300000,
         "too many elements"},
    };

    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct parsed parsed;
        struct buf body;

        buf_init(&body, 16 << 20);
        buf_add_str(&body, expand(arena, str_of(answers[i].before)));
        for (size_t n = 0; n < answers[i].times; n++)
            if (strstr(answers[i].repeated, "%zu"))
                buf_format(&body, " a%zu=\"1\"", n);
            else
                buf_add_str(&body, str_of(answers[i].repeated));
        buf_add_str(&body, str_of(answers[i].after));
        is_int(parse_bytes(adapter, arena, 200, STR("text/xml"), buf_str(&body), &parsed, &fault),
               OUTCOME_INVALID, "%s: outcome", answers[i].name);
        is_str(fault.why, answers[i].why, "%s: why", answers[i].name);
        buf_clear(&body);
        arena_free(&arena);
    }
}

static void test_bytes(void)
{
    static const struct {
        const char *name;
        struct str bytes;
    } answers[] = {
        {"UTF-16 with a mark", STR_INIT("\xff\xfe<\0a\0/\0>\0")},
        {"UTF-16 without", STR_INIT("<\0a\0/\0>\0")},
        {"NUL", STR_INIT("<a>\0</a>")},
        {"NUL behind", STR_INIT("<a/>\0")},
        {"a lie about the encoding",
         STR_INIT("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe6</a>")},
        {"XML 1.1", STR_INIT("<?xml version=\"1.1\"?><a/>")},
        {"gzip", STR_INIT("\x1f\x8b\x08\0\0\0\0\0")},
        {"a mark alone", STR_INIT("\xef\xbb\xbf")},
    };

    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct parsed parsed;

        is_int(parse_bytes(adapter, arena, 200, STR("text/xml"), answers[i].bytes, &parsed, &fault),
               OUTCOME_INVALID, "%s", answers[i].name);
        arena_free(&arena);
    }
}

int main(void)
{
    municipal_setup();
    test_refused();
    test_large();
    test_bytes();
    test_http(adapter);
    test_cuts(adapter, WHOLE);
    test_small_arenas(adapter, WHOLE);
    return done_testing();
}
