/* SPDX-License-Identifier: MIT */
/* What we send to a source of the contract, and what we understand of its answer. */
#include "tests/unit/borgervendt.h"

#include "adapters/borgervendt.h"

static bool is(struct str got, const char *want)
{
    return want ? str_equal(got, str_of(want)) : !got.at;
}

static bool is_day(struct date date, int year, int month, int day)
{
    return date.year == year && date.month == month && date.day == day;
}

/* ---- what we send ---- */

static void test_request(void)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct question asked = question;
    struct buf body;
    struct ask ask = {.body = &body};

    buf_init(&body, 4096);
    ok(source.adapter->build(arena, &asked, &ask), "a list question is built");
    is_bytes(body.at, body.len,
             "{\"CPR-nr\":\"6101709995\",\"myndighedsliste\":[\"33236072\",\"0710\"],"
             "\"sidestoerrelse\":100}",
             strlen("{\"CPR-nr\":\"6101709995\",\"myndighedsliste\":["
                    "\"33236072\",\"0710\"],\"sidestoerrelse\":100}"),
             "its body");
    ok(is(ask.path, "/hentydelsesliste/v2.1.0"), "to the list service");
    ok(str_find(ask.path, cpr_str(&subject)) == ask.path.len, "without the number in its path");
    ok(ask.header_count == 2 && is(ask.headers[0], "Content-Type: application/json"), "as JSON");

    buf_reset(&body);
    asked.municipality = STR("0710");
    asked.cursor = STR("a\"b");
    asked.authority_count = 0;
    ok(source.adapter->build(arena, &asked, &ask), "a later page is asked for");
    static const char page[] = "{\"CPR-nr\":\"6101709995\",\"kommunenr\":\"0710\","
                               "\"myndighedsliste\":[],\"sidestoerrelse\":100,"
                               "\"sidemarkoer\":\"a\\\"b\"}";
    is_bytes(body.at, body.len, page, sizeof page - 1, "municipality and cursor, escaped");

    buf_reset(&body);
    asked = question;
    asked.kind = QUESTION_DETAIL;
    asked.item_id = STR("y-1");
    ok(source.adapter->build(arena, &asked, &ask), "a detail question is built");
    ok(is(ask.path, "/hentydelse/v2.1.0") &&
           str_find(buf_str(&body), STR("\"id\":\"y-1\"")) < body.len,
       "with the item's id to the detail service");
    buf_clear(&body);

    buf_init(&body, 16);
    ok(!source.adapter->build(arena, &question, &ask), "a body that does not fit is told");
    buf_clear(&body);
    arena_free(&arena);
}

/* ---- what is understood ---- */

static void test_case(void)
{
    static const char body[] = CASES(
        "{\"dokumenter\":[{\"id\":\"d-1\",\"titel\":\"Brev\",\"retning\":\"TilBorger\","
        "\"dato\":\"2026-10-01\",\"dokumenttype\":\"brev\"},"
        "{\"id\":\"d-2\",\"retning\":\"Anden\",\"foelsomhed\":\"VIP_SAGER\","
        "\"parter\":[{\"rolle\":\"Anden\"}]}],"
        "\"id\":\"s-1\",\"titel\":\"S\\u00e6rligt b\xc3\xb8rnetilskud\",\"sagstatus\":2,"
        "\"statustekst\":\"\",\"OffentligOrganisation\":{\"CVR-nr\":\"29189714\","
        "\"myndighedskode\":\"0710\",\"myndighedsnavnbeskrivelse\":\"Favrskov Kommune\"},"
        "\"oprettet\":\"2026-08-01T08:00:00\",\"aendret\":\"2026-08-02T08:00:00+02:00\","
        "\"datoTid\":\"2026-11-20T00:00:00Z\",\"Kontaktinformation\":["
        "{\"kontaktpunktNavn\":2,\"kontaktpunktVaerdi\":\"70128062\"},"
        "{\"kontaktpunktNavn\":9,\"kontaktpunktVaerdi\":\"due\"},"
        "{\"kontaktpunktNavn\":\"5\",\"kontaktpunktVaerdi\":\"https://www.borger.dk\"}],"
        "\"henvisninger\":[{\"type\":\"Selvbetjening\",\"url\":\"https://www.borger.dk/a?b=c#d\"},"
        "{\"type\":\"Nyt\",\"url\":\"https://example.dk\"}],"
        "\"parter\":[{\"rolle\":\"Primaer\",\"CPR-nr\":\"610170-9995\","
        "\"fra\":\"2026-01-01T00:00:00\"},{\"rolle\":\"Ejer\"}],"
        "\"itSystemID\":\"x\",\"foelsomhed\":\"FOELSOMME_PERSONOPLYSNINGER\","
        "\"visningsklasse\":\"v\",\"harSikkerhedsprofil\":true,\"undtagetOffentlighed\":true,"
        "\"statushistorik\":[{\"sagstatus\":2,\"fra\":\"2026-09-01T00:00:00\"},"
        "{\"sagstatus\":1,\"fra\":\"2026-08-01T00:00:00\",\"til\":\"2026-09-01T00:00:00\"}],"
        "\"afventer\":\"Borger\",\"forventetAfgoerelse\":\"2026-12-24\","
        "\"sagsnummer\":\"FY-1\",\"sagsUUID\":\"1DA0D0BB-0013-4a11-8e55-33236072da01\","
        "\"kleNummer\":\"32.24.04\",\"handlingsfacet\":\"\xc3\x98"
        "30\","
        "\"sagsrelationer\":[{\"Sagsrelationstype\":3,\"id\":\"s-2\"},"
        "{\"sagsrelationstype\":\"4\",\"id\":\"s-3\"},{\"Sagsrelationstype\":8,\"id\":\"s-4\"}],"
        "\"ukendt\":{\"id\":[1,{\"id\":2}]}}");
    struct arena *arena = arena_new(ARENA_MAX);
    struct answer_fault fault;
    struct parsed parsed;

    is_int(parse(arena, body, &parsed, &fault), OUTCOME_ANSWERED, "a full case is read");
    is_str(fault.why, NULL, "nothing is wrong with it");
    ok(cpr_equal(&parsed.subject, &subject) && is(parsed.request_id, "r-1"), "it names whom");
    ok(parsed.as_of.known && parsed.as_of.unix_ms == INT64_C(1795254120000), "and as of when");
    ok(!parsed.is_stale && !parsed.cursor.at, "neither old nor with more to come");
    is_int((long long)parsed.items.count, 3, "the case and its documents");

    const struct item *item = parsed.items.first;
    ok(item->kind == ITEM_CASE && is(item->id, "s-1") && is(item->title, "Særligt børnetilskud") &&
           item->status == STATUS_IN_PROGRESS && is(item->status_text, NULL),
       "what it is");
    ok(is(item->authority.cvr, "29189714") && is(item->authority.code, "0710") &&
           is(item->authority.name, "Favrskov Kommune"),
       "whose it is");
    ok(item->created.unix_ms == INT64_C(1785564000000) &&
           item->changed.unix_ms == item->created.unix_ms + 86400000 &&
           item->as_of.unix_ms == INT64_C(1795132800000),
       "its times");
    ok(item->contacts->type == CONTACT_PHONE && is(item->contacts->value, "70128062") &&
           item->contacts->next->type == CONTACT_WEBSITE && !item->contacts->next->next,
       "contacts, without the kind that nobody knows");
    ok(item->links->type == LINK_SELF_SERVICE &&
           is(item->links->url, "https://www.borger.dk/a?b=c#d") &&
           item->links->next->type == LINK_OTHER && !item->links->next->next,
       "links, one of an unknown type");
    ok(item->parties->role == PARTY_PRIMARY && cpr_equal(&item->parties->cpr, &subject) &&
           item->parties->from.known && !item->parties->to.known &&
           item->parties->next->role == PARTY_PROPERTY_OWNER &&
           !cpr_is_known(&item->parties->next->cpr),
       "parties, one without a number");
    ok(is(item->sending_system, "x") && item->sensitivity == SENSITIVITY_SENSITIVE &&
           is(item->display_class, "v") && item->has_security_profile && item->is_exempt,
       "what decides who may see it");
    ok(item->history->status == STATUS_CREATED && item->history->to.known &&
           item->history->next->status == STATUS_IN_PROGRESS && !item->history->next->next,
       "its history, oldest first");
    ok(item->awaiting == AWAITING_CITIZEN && is_day(item->decision_expected, 2026, 12, 24) &&
           is(item->number, "FY-1") && is(item->uuid, "1da0d0bb-0013-4a11-8e55-33236072da01") &&
           is(item->kle, "32.24.04") && is(item->facet, "Ø30"),
       "the fields of a case");
    ok(item->relations->type == 3 && is(item->relations->id, "s-2") &&
           item->relations->next->type == 4 && !item->relations->next->next,
       "relations in both spellings");

    const struct item *document = item->next;
    ok(document->kind == ITEM_DOCUMENT && is(document->id, "s-1\037d-1") &&
           is(document->owner_id, "s-1") && document->direction == DIRECTION_TO_CITIZEN &&
           is(document->type, "brev") && is_day(document->date, 2026, 10, 1),
       "a document of the case, though it stands before the case's own members");
    ok(document->parties == item->parties && document->sensitivity == SENSITIVITY_SENSITIVE &&
           document->has_security_profile && is(document->display_class, "v") &&
           is(document->authority.cvr, "29189714") && is(document->sending_system, "x"),
       "inherits what it does not say");
    ok(!document->is_exempt, "but is not exempt because its case is");
    document = document->next;
    ok(document->sensitivity == SENSITIVITY_VIP && document->parties->role == PARTY_OTHER &&
           document->direction == DIRECTION_OTHER && !document->next,
       "and keeps what it says");
    arena_free(&arena);
}

static void test_other_kinds(void)
{
    static const char body[] = ANSWER(
        "\"BorgervendtOekonomiskYdelse\":[{\"id\":\"1\",\"titel\":\"Familieydelse\","
        "\"ydelsesstatus\":\"Aktiv\",\"udbetaler\":\"Udbetaling Danmark\","
        "\"hyppighed\":\"Kvartalsvis\",\"bruttobeloeb\":\"1234.5\",\"nettobeloeb\":\"-0.01\","
        "\"periodeFra\":\"2026-01-01\",\"periodeTil\":null,\"kleNummer\":\"\"}],"
        "\"BorgervendtGaeldogBetaling\":[{\"id\":\"2\",\"betalingsstatus\":7,\"beloeb\":\"10\","
        "\"bruttobeloeb\":\"20.00\",\"retning\":\"FraBorger\",\"betalingsdato\":\"2028-02-29\","
        "\"udbetaler\":\"X\",\"vedroererID\":\"1\"}],"
        "\"BorgervendtAkkreditiv\":[{\"id\":\"3\",\"akkreditivtype\":\"pas\","
        "\"akkreditivstatus\":\"Udloebet\",\"nummer\":\"***** 4711\",\"gyldigFra\":\"2016-01-01\","
        "\"gyldigTil\":\"2026-01-01\"}],"
        "\"BorgervendtServiceydelse\":[{\"id\":\"4\",\"ydelsestype\":\"Hjemmehj\xc3\xa6lp\","
        "\"ydelsesstatus\":\"Helt ny\",\"periodeFra\":\"2026-01-01\"}],"
        "\"BorgervendtAftaleFrister\":[{\"id\":\"5\",\"aftalestatus\":\"Planlagt\","
        "\"starter\":\"2026-12-01T10:00:00\",\"slutter\":\"2026-12-01T10:45:00\","
        "\"sted\":\"Jobcenter\",\"frist\":\"2026-11-28\"}],"
        "\"foraeldet\":true,\"naesteSide\":\"2\"");
    struct arena *arena = arena_new(ARENA_MAX);
    struct answer_fault fault;
    struct parsed parsed;

    is_int(parse(arena, body, &parsed, &fault), OUTCOME_ANSWERED, "the other models are read");
    ok(parsed.is_stale && is(parsed.cursor, "2"), "an old page with a next one");
    const struct item *item = parsed.items.first;
    ok(item->kind == ITEM_BENEFIT && item->status == STATUS_ACTIVE &&
           is(item->payer, "Udbetaling Danmark") && is(item->frequency, "quarterly") &&
           item->gross.oere == 123450 && item->net.known && item->net.oere == -1 &&
           is_day(item->valid_from, 2026, 1, 1) && !date_is_known(item->valid_to) &&
           is(item->kle, NULL) && is(item->authority.name, "Udbetaling Danmark"),
       "a benefit");
    item = item->next;
    ok(item->kind == ITEM_PAYMENT && item->status == STATUS_PARTLY_OVERDUE_AND_SENT &&
           item->net.oere == 1000 && item->gross.oere == 2000 &&
           item->direction == DIRECTION_FROM_CITIZEN && is_day(item->date, 2028, 2, 29) &&
           is(item->owner_id, "1") && is(item->payer, "X"),
       "a payment");
    item = item->next;
    ok(item->kind == ITEM_CREDENTIAL && is(item->type, "pas") && item->status == STATUS_EXPIRED &&
           is(item->number, "***** 4711") && is_day(item->valid_to, 2026, 1, 1),
       "a credential");
    item = item->next;
    ok(item->kind == ITEM_SERVICE && is(item->type, "Hjemmehjælp") &&
           item->status == STATUS_UNKNOWN,
       "a service, of a status that nobody knows");
    item = item->next;
    ok(item->kind == ITEM_APPOINTMENT && item->status == STATUS_PLANNED &&
           item->ends.unix_ms - item->starts.unix_ms == 45 * 60000 &&
           is(item->place, "Jobcenter") && is_day(item->deadline, 2026, 11, 28) && !item->next,
       "an appointment");
    arena_free(&arena);
}

static void test_codes(void)
{
    static const struct {
        const char *body;
        enum item_status status;
    } cases[] = {
        {CASE("\"sagstatus\":1"), STATUS_CREATED},
        {CASE("\"sagstatus\":\"2\""), STATUS_IN_PROGRESS},
        {CASE("\"sagstatus\":3"), STATUS_DECIDED},
        {CASE("\"sagstatus\":4"), STATUS_CLOSED},
        {CASE("\"sagstatus\":5"), STATUS_REJECTED},
        {CASE("\"sagstatus\":6"), STATUS_UNKNOWN},
        {CASE("\"sagstatus\":-1"), STATUS_UNKNOWN},
        {CASE("\"sagstatus\":1e999"), STATUS_UNKNOWN},
        {CASE("\"sagstatus\":null"), STATUS_UNKNOWN},
        {CASE("\"titel\":\"x\""), STATUS_UNKNOWN},
        {BENEFIT("\"ydelsesstatus\":\"Aktiv\""), STATUS_ACTIVE},
        {BENEFIT("\"ydelsesstatus\":\"Inaktiv\""), STATUS_INACTIVE},
        {BENEFIT("\"ydelsesstatus\":\"Passiv\""), STATUS_PASSIVE},
        {BENEFIT("\"ydelsesstatus\":\"aktiv\""), STATUS_UNKNOWN},
        {BENEFIT("\"ydelsesstatus\":\"\""), STATUS_UNKNOWN},
        {PAYMENTS("{\"id\":\"p\",\"betalingsstatus\":1}"), STATUS_DUE},
        {PAYMENTS("{\"id\":\"p\",\"betalingsstatus\":2}"), STATUS_PAID},
        {PAYMENTS("{\"id\":\"p\",\"betalingsstatus\":3}"), STATUS_OVERDUE},
        {PAYMENTS("{\"id\":\"p\",\"betalingsstatus\":4}"), STATUS_SENT_TO_COLLECTION},
        {PAYMENTS("{\"id\":\"p\",\"betalingsstatus\":5}"), STATUS_PARTLY_OVERDUE},
        {PAYMENTS("{\"id\":\"p\",\"betalingsstatus\":6}"), STATUS_PARTLY_SENT},
        {PAYMENTS("{\"id\":\"p\",\"betalingsstatus\":0}"), STATUS_UNKNOWN},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct parsed parsed;

        if (is_int(parse(arena, cases[i].body, &parsed, &fault), OUTCOME_ANSWERED, "read: %s",
                   strrchr(cases[i].body, '[')))
            is_int(parsed.items.first->status, cases[i].status, "its status");
        arena_free(&arena);
    }
}

static void test_empty(void)
{
    static const struct {
        const char *body;
        enum outcome outcome;
    } cases[] = {
        {CASES(""), OUTCOME_EMPTY},
        {" \r\n\t" BENEFITS("") "\n", OUTCOME_EMPTY},
        {"{\"BorgervendtSag\":[],\"BorgervendtAkkreditiv\":[]}", OUTCOME_EMPTY},
        {"{\"BorgervendtSag\":[],\"naesteSide\":null,\"CPR-nr\":null,\"foraeldet\":null,"
         "\"datoTid\":null,\"anmodningsID\":null}",
         OUTCOME_EMPTY},
        {"{\"BorgervendtSag\":[],\"naesteSide\":\"2\"}", OUTCOME_ANSWERED},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct parsed parsed;

        is_int(parse(arena, cases[i].body, &parsed, &fault), cases[i].outcome, "nothing, form %zu",
               i);
        is_int((long long)parsed.items.count, 0, "no items");
        arena_free(&arena);
    }
}

/* ---- what depends on the question and the authority ---- */

static void test_question(void)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct answer_fault fault;
    struct parsed parsed;

    source.kinds = ITEM_KIND_BIT(ITEM_BENEFIT);
    is_int(parse(arena, CASES(""), &parsed, &fault), OUTCOME_INVALID, "another kind, though empty");
    is_str(fault.why, "a kind of item that this source may not give", "is a breach");
    source.kinds = ITEM_KIND_BIT(ITEM_CASE);
    is_int(parse(arena, CASE("\"dokumenter\":null"), &parsed, &fault), OUTCOME_ANSWERED,
           "a case without documents");
    is_int(parse(arena, CASE("\"dokumenter\":[]"), &parsed, &fault), OUTCOME_INVALID,
           "documents of a source that has none to give");
    source.kinds = ALL_KINDS;

    question.cursor = STR("2");
    is_int(parse(arena, "{\"BorgervendtSag\":[],\"naesteSide\":\"2\"}", &parsed, &fault),
           OUTCOME_INVALID, "a page that names itself as the next one");
    is_int(parse(arena, "{\"BorgervendtSag\":[],\"naesteSide\":\"3\"}", &parsed, &fault),
           OUTCOME_ANSWERED, "a page that names another");
    question.cursor = STR_NONE;

    question.kind = QUESTION_DETAIL;
    question.item_id = STR("s-1");
    is_int(parse(arena, CASE("\"dokumenter\":[{\"id\":\"d\"}]"), &parsed, &fault), OUTCOME_ANSWERED,
           "the item asked for, with its documents");
    struct str document = parsed.items.first->next->id;
    question.item_id = document;
    is_int(parse(arena, CASE("\"dokumenter\":[{\"id\":\"d\"}]"), &parsed, &fault), OUTCOME_ANSWERED,
           "a document asked for, in its case");
    ok(str_equal(parsed.items.first->next->id, document), "has the id that was asked for");
    struct buf body;
    struct ask ask = {.body = &body};
    buf_init(&body, 4096);
    ok(source.adapter->build(arena, &question, &ask) &&
           str_find(buf_str(&body), STR("\"id\":\"s-1\"")) < body.len,
       "the source is asked for the case");
    buf_clear(&body);
    question.item_id = STR("s-1");
    is_int(parse(arena, CASES(""), &parsed, &fault), OUTCOME_EMPTY, "no such item");
    is_int(parse(arena, CASES("{\"id\":\"s-1\"},{\"id\":\"s-2\"}"), &parsed, &fault),
           OUTCOME_INVALID, "an item not asked for");
    question.kind = QUESTION_LIST;
    question.item_id = STR_NONE;

    question.authority_count = 0;
    is_int(
        parse(arena, CASE("\"OffentligOrganisation\":{\"CVR-nr\":\"43405810\"}"), &parsed, &fault),
        OUTCOME_ANSWERED, "no list of authorities, no judgement by it");
    ok(is(parsed.items.first->authority.cvr, "43405810") &&
           is(parsed.items.first->authority.name, NULL),
       "another authority does not get the source's name");
    question.authority_count = 2;
    is_int(
        parse(arena, CASE("\"OffentligOrganisation\":{\"CVR-nr\":\"33236072\"}"), &parsed, &fault),
        OUTCOME_ANSWERED, "the authority by its number alone");
    ok(is(parsed.items.first->authority.name, "Udbetaling Danmark"), "gets the name we know");
    arena_free(&arena);
}

/* What sources say of their answers in their manifests. */
static void test_rules(void)
{
    static const struct str police_types[] = {STR_INIT("pas")};
    static const struct str agency_types[] = {STR_INIT("mitid"), STR_INIT("nemkonto")};
    static const struct borgervendt_rules none = {0}, atp = {.payer = STR_INIT("ATP")};
    static const struct borgervendt_rules star = {.must_name_payer = true};
    static const struct borgervendt_rules police = {.credential_types = police_types,
                                                    .credential_type_count = 1};
    static const struct borgervendt_rules agency = {.credential_types = agency_types,
                                                    .credential_type_count = 2};
    static const char bare[] = BENEFIT("\"titel\":\"x\"");
    static const char named[] = BENEFIT("\"udbetaler\":\"A-kasse\"");
    static const char passport[] = CREDENTIALS("{\"id\":\"1\",\"akkreditivtype\":\"pas\"}");
    static const char account[] = CREDENTIALS("{\"id\":\"1\",\"akkreditivtype\":\"nemkonto\"}");
    static const struct {
        const struct borgervendt_rules *rules;
        const char *body;
        enum outcome outcome;
        const char *payer;
    } cases[] = {
        {NULL, bare, OUTCOME_ANSWERED, NULL},        {NULL, account, OUTCOME_ANSWERED, NULL},
        {&none, bare, OUTCOME_ANSWERED, NULL},       {&none, account, OUTCOME_ANSWERED, NULL},
        {&atp, bare, OUTCOME_ANSWERED, "ATP"},       {&atp, named, OUTCOME_ANSWERED, "A-kasse"},
        {&star, bare, OUTCOME_INVALID, NULL},        {&star, named, OUTCOME_ANSWERED, "A-kasse"},
        {&police, passport, OUTCOME_ANSWERED, NULL}, {&police, account, OUTCOME_INVALID, NULL},
        {&agency, account, OUTCOME_ANSWERED, NULL},  {&agency, passport, OUTCOME_INVALID, NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct parsed parsed;

        source.borgervendt = cases[i].rules;
        if (is_int(parse(arena, cases[i].body, &parsed, &fault), cases[i].outcome, "case %zu", i) &&
            cases[i].outcome == OUTCOME_ANSWERED)
            ok(is(parsed.items.first->payer, cases[i].payer), "who pays");
        arena_free(&arena);
    }
    source.borgervendt = NULL;
}

static void test_list_of_adapters(void)
{
    size_t count = 0;

    for (const struct adapter *adapter; (adapter = adapter_at(count)); count++) {
        ok(adapter_find(adapter->name) == adapter, "adapter %.*s is found by its name",
           STR_ARG(adapter->name));
        ok(adapter->build && adapter->parse, "and is whole");
    }
    ok(count >= 3 && !adapter_at(count + 1), "the list ends");
    ok(!adapter_find(STR("ATP")) && !adapter_find(STR("")) && !adapter_find(STR_NONE),
       "no adapter of another name");
}

int main(void)
{
    if (!cpr_parse(STR("6101709995"), &subject))
        return EXIT_FAILURE;
    test_request();
    test_case();
    test_other_kinds();
    test_codes();
    test_empty();
    test_question();
    test_rules();
    test_list_of_adapters();
    return done_testing();
}
