/* SPDX-License-Identifier: MIT */
/* The sandbox's state authorities, asked by the adapters of the gateway. */
#include "adapters/sandbox/state_services.h"

#include "adapters/adapters.h"
#include "adapters/borgervendt.h"
#include "adapters/sandbox/data.h"
#include "tests/tap.h"

enum { ARENA_MAX = 64 << 20, BODY_MAX = 64 << 20, ITEMS_MAX = 2000 };

struct office {
    struct borgervendt_rules rules; /* as its manifests say */
    const char *name, *cvr;
    const struct sandbox_service *services;
    size_t service_count;
};
static const struct str police_types[] = {STR_INIT("pas")};
static const struct str agency_types[] = {STR_INIT("mitid"), STR_INIT("nemid"),
                                          STR_INIT("digital-fuldmagt"), STR_INIT("nemsms"),
                                          STR_INIT("nemkonto")};
static const struct office offices[] = {
    {{.payer = STR_INIT("Udbetaling Danmark")},
     "udbetaling-danmark",
     "33236072",
     state_udbetaling_danmark_services,
     STATE_UDBETALING_DANMARK_SERVICES},
    {{.must_name_payer = true}, "star", "55568510", state_star_services, STATE_STAR_SERVICES},
    {{.payer = STR_INIT("ATP")}, "atp", "43405810", state_atp_services, STATE_ATP_SERVICES},
    {{.credential_types = police_types, .credential_type_count = 1},
     "rigspolitiet",
     "17143611",
     state_rigspolitiet_services,
     STATE_RIGSPOLITIET_SERVICES},
    {{.credential_types = agency_types, .credential_type_count = 5},
     "digitaliseringsstyrelsen",
     "34051178",
     state_digitaliseringsstyrelsen_services,
     STATE_DIGITALISERINGSSTYRELSEN_SERVICES},
};
enum { OFFICE_COUNT = sizeof offices / sizeof *offices, UDK = 0, STAR = 1, ATP = 2, POLICE = 3 };

static json_t *citizens, *holdings[OFFICE_COUNT];
/* A Saturday in winter, a quarter to eleven in Denmark. */
static const struct wall now = {INT64_C(1795254300000), true};

static struct cpr number_of(const char *id)
{
    struct cpr cpr = CPR_NONE;
    const json_t *citizen = sandbox_citizen_by_id(citizens, str_of(id));

    if (!citizen || !cpr_parse(str_of(json_string_value(json_object_get(citizen, "cpr"))), &cpr))
        abort();
    return cpr;
}

/* One question put to one service. */
struct talk {
    size_t office, service;
    const char *citizen;
    enum sandbox_bend bend;
    struct str id, cursor, authority; /* authority: instead of the office's own */
    /* and what became of it */
    struct arena *arena;
    struct buf request, body;
    struct sandbox_reply reply;
    struct cpr subject;
    struct parsed parsed;
    struct answer_fault fault;
    enum outcome outcome;
};

static void talk_start(struct talk *talk)
{
    const struct office *office = &offices[talk->office];
    struct str cvr = talk->authority.at ? talk->authority : str_of(office->cvr);
    struct str path = office->services[talk->service].path;
    struct source source = {.authority = {.cvr = str_of(office->cvr)},
                            .adapter = &adapter_borgervendt,
                            .borgervendt = &office->rules,
                            .path = path,
                            .detail_path = path,
                            .kinds = (1u << ITEM_KIND_COUNT) - 1};
    struct question question = {.kind = talk->id.at ? QUESTION_DETAIL : QUESTION_LIST,
                                .source = &source,
                                .subject = &talk->subject,
                                .item_id = talk->id,
                                .cursor = talk->cursor,
                                .authorities = &cvr,
                                .authority_count = 1,
                                .request_id = STR("0199-request"),
                                .now = now};
    struct sandbox_data data = {.citizens = citizens, .holdings = holdings[talk->office]};
    struct ask ask = {.body = &talk->request};

    talk->subject = number_of(talk->citizen);
    talk->arena = arena_new(ARENA_MAX);
    buf_init(&talk->request, 4096);
    buf_init(&talk->body, BODY_MAX);
    talk->reply = (struct sandbox_reply){.body = &talk->body};
    if (!adapter_borgervendt.build(talk->arena, &question, &ask))
        abort();
    struct sandbox_request request = {.path = ask.path,
                                      .request_id = question.request_id,
                                      .body = buf_str(&talk->request),
                                      .now = now};
    office->services[talk->service].answer(&data, &request, talk->bend, talk->arena, &talk->reply);
    struct answer answer = {.http_status = talk->reply.status,
                            .content_type = str_of(talk->reply.content_type),
                            .body = buf_str(&talk->body),
                            .items_max = ITEMS_MAX};
    talk->outcome =
        adapter_borgervendt.parse(talk->arena, &question, &answer, &talk->parsed, &talk->fault);
}

static void talk_end(struct talk *talk)
{
    buf_clear(&talk->request);
    buf_clear(&talk->body);
    arena_free(&talk->arena);
}

static bool is_list(const struct office *office, size_t service)
{
    return str_find(office->services[service].path, STR("liste/")) <
           office->services[service].path.len;
}

/* Every citizen at every list service: understood, named, echoed; nothing of nikolaj anywhere. */
static void test_everybody(void)
{
    const json_t *citizen;
    size_t i;

    json_array_foreach(citizens, i, citizen)
    {
        const char *id = json_string_value(json_object_get(citizen, "id"));
        size_t items = 0, wrong = 0;

        for (size_t o = 0; o < OFFICE_COUNT; o++)
            for (size_t s = 0; s < offices[o].service_count; s++) {
                struct talk talk = {.office = o, .service = s, .citizen = id};

                if (!is_list(&offices[o], s))
                    continue;
                talk_start(&talk);
                wrong += !outcome_is_positive(talk.outcome) || talk.fault.why ||
                         !cpr_equal(&talk.parsed.subject, &talk.subject) ||
                         !str_equal(talk.parsed.request_id, STR("0199-request")) ||
                         talk.parsed.as_of.unix_ms / 1000 != now.unix_ms / 1000 ||
                         !str_equal(talk.reply.citizen, str_of(id));
                if (talk.fault.why)
                    printf("# %s at %s: %s at %zu\n", id, offices[o].name, talk.fault.why,
                           talk.fault.offset);
                items += talk.parsed.items.count;
                talk_end(&talk);
            }
        is_int((long long)wrong, 0, "%s: every answer is whole and about them", id);
        is_int(items > 0, strcmp(id, "nikolaj") != 0, "%s: %zu items", id, items);
    }
}

static const struct item *find(const struct talk *talk, const char *title)
{
    for (const struct item *item = talk->parsed.items.first; item; item = item->next)
        if (str_equal(item->title, str_of(title)))
            return item;
    return NULL;
}

/* Whether `citizen` has an item of this title at that service. */
static bool has(size_t office, size_t service, const char *citizen, const char *title,
                enum item_status status)
{
    struct talk talk = {.office = office, .service = service, .citizen = citizen};

    talk_start(&talk);
    const struct item *item = find(&talk, title);
    bool found = item && item->status == status;
    talk_end(&talk);
    return found;
}

static void test_stories(void)
{
    enum { DIGST = 4, CASES = 0, BENEFITS_UDK = 2, PAYMENTS = 4, APPOINTMENTS = 2 };

    ok(has(UDK, BENEFITS_UDK, "jens", "Familieydelse", STATUS_ACTIVE), "jens: Familieydelse");
    ok(has(STAR, 0, "jens", "Dagpenge", STATUS_ACTIVE), "jens: Dagpenge");
    ok(has(STAR, 0, "jens", "Feriedagpenge", STATUS_INACTIVE), "jens: Feriedagpenge");
    ok(has(STAR, 0, "soeren", "Efterløn", STATUS_ACTIVE), "soeren: Efterløn");
    ok(has(ATP, 0, "else", "Livslang Pension", STATUS_ACTIVE), "else: Livslang Pension");
    ok(has(POLICE, 0, "jens", "Pas", STATUS_VALID), "jens: Pas");
    ok(has(POLICE, 0, "birthe", "Pas", STATUS_EXPIRED), "birthe: an expired passport");
    ok(has(DIGST, 0, "jens", "MitID", STATUS_VALID), "jens: MitID");
    ok(has(DIGST, 0, "birthe", "NemID", STATUS_ENDED), "birthe: NemID, closed");
    ok(has(DIGST, 0, "jens", "NemSMS", STATUS_VALID), "jens: NemSMS");
    ok(has(DIGST, 0, "jens", "NemKonto", STATUS_VALID), "jens: NemKonto");
    ok(has(DIGST, 0, "karen", "Digital Fuldmagt til at handle for Else Hansen", STATUS_VALID),
       "karen: Digital Fuldmagt over her mother");
    ok(has(UDK, CASES, "ida", "Ansøgning om familieydelse", STATUS_IN_PROGRESS),
       "ida: the case that is in the municipal index too");

    struct talk talk = {.office = STAR, .service = 0, .citizen = "jens"};
    talk_start(&talk);
    ok(str_equal(find(&talk, "Dagpenge")->payer, STR("Eksempel A-kasse")),
       "it is the a-kasse that pays dagpenge");
    talk_end(&talk);

    talk = (struct talk){.office = POLICE, .citizen = "lone"};
    talk_start(&talk);
    const struct item *pas = find(&talk, "Pas");
    is_int(date_to_days(pas->valid_to) - date_to_days(wall_date(now)), 20,
           "lone: her passport expires in 20 days, whichever day it is");
    talk_end(&talk);

    talk = (struct talk){.office = UDK, .service = PAYMENTS, .citizen = "lone"};
    talk_start(&talk);
    unsigned seen = 0;
    for (const struct item *item = talk.parsed.items.first; item; item = item->next)
        seen |= 1u << item->status;
    ok(seen & 1u << STATUS_DUE && seen & 1u << STATUS_OVERDUE &&
           seen & 1u << STATUS_SENT_TO_COLLECTION,
       "lone: due, overdue and sent to collection");
    talk_end(&talk);

    talk = (struct talk){.office = UDK, .service = CASES, .citizen = "lone"};
    talk_start(&talk);
    is_int(talk.parsed.items.first->awaiting, AWAITING_CITIZEN, "lone: a case waits for her");
    talk_end(&talk);

    talk = (struct talk){.office = STAR, .service = APPOINTMENTS, .citizen = "lone"};
    talk_start(&talk);
    ok(date_is_known(talk.parsed.items.first->deadline), "lone: an appointment with a deadline");
    talk_end(&talk);

    talk = (struct talk){.office = UDK, .service = CASES, .citizen = "peter"};
    talk_start(&talk);
    const struct party *party = talk.parsed.items.first->parties;
    ok(party->role == PARTY_PRIMARY && !cpr_equal(&party->cpr, &talk.subject) &&
           party->next->role == PARTY_SECONDARY && cpr_equal(&party->next->cpr, &talk.subject),
       "peter: only secondary party of a case");
    talk_end(&talk);

    talk = (struct talk){.office = UDK, .service = CASES, .citizen = "vera"};
    talk_start(&talk);
    size_t steps = 0;
    for (const struct status_step *step = talk.parsed.items.first->history; step; step = step->next)
        steps++;
    is_int((long long)steps, 5, "vera: a history of many steps");
    talk_end(&talk);
}

static void test_pages(void)
{
    struct str cursor = STR_NONE;
    char last[16];
    size_t items = 0, pages = 0;

    do {
        struct talk talk = {.office = UDK, .service = 4, .citizen = "mette", .cursor = cursor};

        talk_start(&talk);
        is_int(talk.outcome, OUTCOME_ANSWERED, "mette: page %zu", pages);
        items += talk.parsed.items.count;
        snprintf(last, sizeof last, "%.*s", STR_ARG(talk.parsed.cursor));
        cursor = talk.parsed.cursor.at ? str_of(last) : STR_NONE;
        talk_end(&talk);
    } while (cursor.at && ++pages < 5);
    is_int((long long)pages, 1, "one page follows the first");
    is_int((long long)items, 131, "131 payments on both");

    struct talk talk = {
        .office = UDK, .service = 5, .citizen = "mette", .id = STR("bet-mette-129")};
    talk_start(&talk);
    ok(talk.outcome == OUTCOME_ANSWERED && talk.parsed.items.count == 1, "one of them by its id");
    talk_end(&talk);
    talk.citizen = "jens";
    talk_start(&talk);
    is_int(talk.outcome, OUTCOME_EMPTY, "but not for another citizen");
    talk_end(&talk);
    talk = (struct talk){
        .office = UDK, .service = 4, .citizen = "mette", .authority = STR("43405810")};
    talk_start(&talk);
    is_int(talk.outcome, OUTCOME_EMPTY, "nothing of an authority that is not in myndighedsliste");
    talk_end(&talk);
}

static void test_bends(void)
{
    static const struct {
        enum sandbox_bend bend;
        enum outcome outcome;
        bool names_subject, echoes;
    } cases[] = {
        {BEND_NONE, OUTCOME_ANSWERED, true, true},
        {BEND_FOREIGN, OUTCOME_ANSWERED, false, true},
        {BEND_UNNAMED, OUTCOME_ANSWERED, false, false},
        {BEND_WRONG_ECHO, OUTCOME_ANSWERED, false, false},
        {BEND_WRONG_TYPE, OUTCOME_INVALID, false, false},
        {BEND_DUPLICATE, OUTCOME_INVALID, false, false},
        {BEND_HUGE, OUTCOME_INVALID, false, false},
        {BEND_MANY, OUTCOME_INVALID, false, false},
        {BEND_DEEP, OUTCOME_INVALID, false, false},
        {BEND_LOOPING_PAGES, OUTCOME_ANSWERED, true, true},
        {BEND_STALE, OUTCOME_ANSWERED, true, true},
        {BEND_ERROR, OUTCOME_FAILED, false, false},
    };

    for (size_t o = 0; o < OFFICE_COUNT; o++)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            struct talk talk = {.office = o, .citizen = "jens", .bend = cases[i].bend};

            talk_start(&talk);
            if (is_int(talk.outcome, cases[i].outcome, "%s, bend %d", offices[o].name,
                       cases[i].bend) &&
                talk.outcome == OUTCOME_ANSWERED) {
                is_int(cpr_equal(&talk.parsed.subject, &talk.subject), cases[i].names_subject,
                       "names the citizen or not");
                is_int(str_equal(talk.parsed.request_id, STR("0199-request")), cases[i].echoes,
                       "echoes the request or not");
            }
            is_int(talk.parsed.is_stale, cases[i].bend == BEND_STALE, "is old or not");
            if (cases[i].bend == BEND_LOOPING_PAGES)
                ok(talk.parsed.cursor.at, "more is to come");
            if (cases[i].bend == BEND_FOREIGN)
                ok(cpr_is_known(&talk.parsed.subject), "somebody else is named");
            if (cases[i].bend == BEND_HUGE)
                ok(talk.body.len >= 20 << 20, "it is huge");
            talk_end(&talk);
        }
}

static void test_bad_requests(void)
{
    static const struct {
        const char *path, *body;
        int status;
    } cases[] = {
        {"/hentydelsesliste/v2.1.0", "{\"CPR-nr\":\"6101709995\",\"myndighedsliste\":[]}", 200},
        {"/hentydelsesliste/v2.1.0", "{\"CPR-nr\":\"610170-9995\",\"myndighedsliste\":[],\"x\":1}",
         200},
        {"/hentydelsesliste/v2.1.0",
         "{\"CPR-nr\":\"6101709995\",\"myndighedsliste\":[],"
         "\"kommunenr\":\"0710\",\"sidestoerrelse\":1000}",
         200},
        {"/hentydelsesliste/v9.9.9", "{\"CPR-nr\":\"6101709995\",\"myndighedsliste\":[]}", 404},
        {"/hentydelsesliste/v2.1.0", "", 400},
        {"/hentydelsesliste/v2.1.0", "[]", 400},
        {"/hentydelsesliste/v2.1.0", "{\"myndighedsliste\":[]}", 400},
        {"/hentydelsesliste/v2.1.0", "{\"CPR-nr\":\"1\",\"myndighedsliste\":[]}", 400},
        {"/hentydelsesliste/v2.1.0", "{\"CPR-nr\":6101709995,\"myndighedsliste\":[]}", 400},
        {"/hentydelsesliste/v2.1.0", "{\"CPR-nr\":\"6101709995\"}", 400},
        {"/hentydelsesliste/v2.1.0", "{\"CPR-nr\":\"6101709995\",\"myndighedsliste\":\"x\"}", 400},
        {"/hentydelsesliste/v2.1.0", "{\"CPR-nr\":\"6101709995\",\"myndighedsliste\":[1]}", 400},
        {"/hentydelsesliste/v2.1.0",
         "{\"CPR-nr\":\"6101709995\",\"myndighedsliste\":[],"
         "\"CPR-nr\":\"6101709995\"}",
         400},
        {"/hentydelsesliste/v2.1.0",
         "{\"CPR-nr\":\"6101709995\",\"myndighedsliste\":[],"
         "\"kommunenr\":\"710\"}",
         400},
        {"/hentydelsesliste/v2.1.0",
         "{\"CPR-nr\":\"6101709995\",\"myndighedsliste\":[],"
         "\"sidestoerrelse\":0}",
         400},
        {"/hentydelsesliste/v2.1.0",
         "{\"CPR-nr\":\"6101709995\",\"myndighedsliste\":[],"
         "\"sidemarkoer\":\"x\"}",
         400},
        {"/hentydelsesliste/v2.1.0",
         "{\"CPR-nr\":\"6101709995\",\"myndighedsliste\":[],"
         "\"id\":\"1\"}",
         400},
        {"/hentydelse/v2.1.0", "{\"CPR-nr\":\"6101709995\",\"myndighedsliste\":[]}", 400},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sandbox_data data = {.citizens = citizens, .holdings = holdings[ATP]};
        struct sandbox_request request = {
            .path = str_of(cases[i].path), .body = str_of(cases[i].body), .now = now};
        struct arena *arena = arena_new(ARENA_MAX);
        struct buf body;
        struct sandbox_reply reply = {.body = &body};

        buf_init(&body, BODY_MAX);
        state_atp_services[0].answer(&data, &request, BEND_NONE, arena, &reply);
        is_int(reply.status, cases[i].status, "%s %s", cases[i].path, cases[i].body);
        is_str(reply.content_type,
               cases[i].status == 200 ? "application/json" : "application/problem+json",
               "of its type");
        ok(str_find(buf_str(&body), STR("6101709995")) == body.len || reply.status == 200,
           "an error does not repeat the number");
        buf_clear(&body);
        arena_free(&arena);
    }
}

int main(void)
{
    const char *root = getenv("OVERBLIK_ROOT");
    char folder[4096], why[DATA_WHY_MAX];

    snprintf(folder, sizeof folder, "%s/adapters/sandbox", root ? root : ".");
    citizens = sandbox_citizens_load(folder, why);
    for (size_t o = 0; o < OFFICE_COUNT; o++)
        holdings[o] = sandbox_holdings_load(folder, str_of(offices[o].name), why);
    for (size_t o = 0; o < OFFICE_COUNT; o++)
        if (!citizens || !holdings[o]) {
            fprintf(stderr, "%s\n", why);
            return EXIT_FAILURE;
        }
    test_everybody();
    test_stories();
    test_pages();
    test_bends();
    test_bad_requests();
    for (size_t o = 0; o < OFFICE_COUNT; o++)
        json_decref(holdings[o]);
    json_decref(citizens);
    return done_testing();
}
