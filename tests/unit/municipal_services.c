/* SPDX-License-Identifier: MIT */
/* The sandbox's municipal indexes, asked by our adapters: the stories, the pages, what a request
 * may be like, and how an answer can be bent. */
#include "adapters/sandbox/municipal_services.h"
#include "adapters/municipal_benefits.h"
#include "adapters/municipal_cases.h"
#include "adapters/sandbox/data.h"
#include "tests/tap.h"

#define REQUEST_ID "019a0000-0000-7000-8000-00000000abcd"

enum { CASES, BENEFITS, ALL_ITEMS = 1000, ROOM = 64 << 20 };

static const struct index {
    const struct adapter *adapter;
    const char *action;
} indexes[] = {
    [CASES] = {&adapter_municipal_cases, "http://kombit.dk/sts/sagdokumentindeks/fremsoeg"},
    [BENEFITS] = {&adapter_municipal_benefits, "http://kombit.dk/sts/ydelseindeks/fremsoeg"},
};

static struct sandbox_data data;
static struct source source = {.path = STR_INIT("/")};

static bool load(void)
{
    char folder[4096], why[DATA_WHY_MAX];
    const char *root = getenv("OVERBLIK_ROOT");

    snprintf(folder, sizeof folder, "%s/adapters/sandbox", root ? root : ".");
    data.citizens = sandbox_citizens_load(folder, why);
    data.holdings = data.citizens ? sandbox_holdings_load(folder, STR("municipal"), why) : NULL;
    return ok(data.holdings != NULL, "the sandbox's data are there");
}

static struct cpr number_of(const char *id)
{
    const json_t *citizen = sandbox_citizen_by_id(data.citizens, str_of(id));
    struct cpr cpr = CPR_NONE;

    ok(citizen && cpr_parse(str_of(json_string_value(json_object_get(citizen, "cpr"))), &cpr),
       "%s is a citizen", id);
    return cpr;
}

/* ---- a conversation ---- */

struct conversation {
    struct arena *arena;
    struct cpr subject;
    struct question question;
    struct buf request, reply;
    struct sandbox_reply answered;
    enum outcome outcome;
    struct parsed parsed;
    struct answer_fault fault;
};

static void begin(struct conversation *c, const char *citizen, const char *municipality)
{
    bool is_favrskov = strcmp(municipality, "0710") == 0;

    *c = (struct conversation){.arena = arena_new(ROOM), .subject = number_of(citizen)};
    c->question = (struct question){
        .source = &source,
        .subject = &c->subject,
        .municipality = str_of(municipality),
        .municipality_cvr = is_favrskov ? STR("29189714") : STR("64942212"),
        .request_id = STR(REQUEST_ID),
        .now = clock_wall(),
    };
    buf_init(&c->request, 1 << 20);
    buf_init(&c->reply, 40 << 20);
}

static void end(struct conversation *c)
{
    buf_clear(&c->request);
    buf_clear(&c->reply);
    arena_free(&c->arena);
}

static void answer(struct conversation *c, int index, const char *action, enum sandbox_bend bend)
{
    struct sandbox_request request = {
        .soap_action = str_of(action), .body = buf_str(&c->request), .now = c->question.now};
    struct answer answer = {.items_max = ALL_ITEMS};

    buf_reset(&c->reply);
    c->answered = (struct sandbox_reply){.body = &c->reply};
    municipal_services[index].answer(&data, &request, bend, c->arena, &c->answered);
    answer.http_status = c->answered.status;
    answer.content_type = str_of(c->answered.content_type);
    answer.body = buf_str(&c->reply);
    c->outcome =
        indexes[index].adapter->parse(c->arena, &c->question, &answer, &c->parsed, &c->fault);
}

static enum outcome converse(struct conversation *c, int index, enum sandbox_bend bend)
{
    struct ask ask = {.body = &c->request};

    buf_reset(&c->request);
    if (!ok(indexes[index].adapter->build(c->arena, &c->question, &ask), "a request is built"))
        exit(EXIT_FAILURE);
    answer(c, index, indexes[index].action, bend);
    return c->outcome;
}

static size_t count(const struct conversation *c, enum item_kind kind)
{
    size_t n = 0;

    for (const struct item *item = c->parsed.items.first; item; item = item->next)
        n += item->kind == kind;
    return n;
}

static const struct item *find(const struct conversation *c, const char *title)
{
    for (const struct item *item = c->parsed.items.first; item; item = item->next)
        if (str_equal(item->title, str_of(title)))
            return item;
    return NULL;
}

/* ---- stories ---- */

static void test_nothing(void)
{
    for (int index = CASES; index <= BENEFITS; index++) {
        struct conversation c;

        begin(&c, "nikolaj", "0710");
        is_int(converse(&c, index, BEND_NONE), OUTCOME_EMPTY, "nothing is a positive answer");
        ok(str_equal(c.parsed.request_id, STR(REQUEST_ID)), "under our id");
        ok(str_equal(c.answered.citizen, STR("nikolaj")), "the server learns who was asked about");
        end(&c);
    }
}

static void test_pages(void)
{
    static char seen[ALL_ITEMS][37];
    size_t cases = 0, pages = 0, twice = 0;
    struct conversation c;

    begin(&c, "mette", "0101");
    do {
        is_int(converse(&c, CASES, BEND_NONE), OUTCOME_ANSWERED, "page %zu", pages);
        for (const struct item *item = c.parsed.items.first; item; item = item->next) {
            if (item->kind != ITEM_CASE)
                continue;
            for (size_t i = 0; i < cases; i++)
                twice += str_equal(item->uuid, str_of(seen[i]));
            snprintf(seen[cases++], sizeof seen[0], "%.*s", STR_ARG(item->uuid));
        }
        c.question.cursor = c.parsed.cursor;
    } while (++pages < 10 && c.parsed.cursor.at);
    is_int((long long)pages, 3, "three pages");
    is_int((long long)cases, 300, "of 300 cases");
    is_int((long long)twice, 0, "each once");
    end(&c);
}

static void test_two_municipalities(void)
{
    static const struct {
        const char *municipality, *case_title, *benefit;
    } homes[] = {{"0710", "Indskrivning i skole", "Flekslønstilskud"},
                 {"0101", "Plads i daginstitution", "Kontanthjælp"}};

    for (size_t i = 0; i < 2; i++) {
        struct conversation c;

        begin(&c, "mads", homes[i].municipality);
        converse(&c, CASES, BEND_NONE);
        ok(count(&c, ITEM_CASE) == 1 && find(&c, homes[i].case_title),
           "%s answers for its own cases", homes[i].municipality);
        ok(c.parsed.items.first &&
               str_equal(c.parsed.items.first->authority.code, str_of(homes[i].municipality)),
           "and is their authority");
        converse(&c, BENEFITS, BEND_NONE);
        ok(count(&c, ITEM_BENEFIT) == 1 && find(&c, homes[i].benefit), "and for its own benefits");
        end(&c);
    }
}

static void test_faults_of_vendors(void)
{
    const struct item *item;
    struct conversation c;
    size_t twice = 0;

    begin(&c, "omar", "0101");
    converse(&c, CASES, BEND_NONE);
    item = find(&c, "Sag uden emne");
    ok(item && !item->kle.at, "KLE is missing");
    item = find(&c, "Sag uden status");
    ok(item && item->status == STATUS_UNKNOWN && !item->history, "there is no status");
    item = find(&c, "Sag med emnet på forkert plads");
    ok(item && !item->kle.at, "KLE is in another role");
    item = find(&c, "Sag med håndskrevet myndighed");
    ok(item && !item->authority.cvr.at && item->authority.name.at, "the owner is typed by hand");
    for (item = c.parsed.items.first; item; item = item->next)
        twice += str_equal(item->number, STR("2012-00004"));
    is_int((long long)twice, 2, "a case is there twice");
    end(&c);
}

static void test_parties(void)
{
    const struct item *item;
    struct conversation c;

    begin(&c, "peter", "0710");
    converse(&c, CASES, BEND_NONE);
    item = find(&c, "Tilbygning til enfamiliehus");
    ok(item && item->parties->role == PARTY_PRIMARY &&
           !cpr_equal(&item->parties->cpr, &c.subject) && item->parties->next &&
           item->parties->next->role == PARTY_PROPERTY_OWNER &&
           cpr_equal(&item->parties->next->cpr, &c.subject),
       "somebody else builds on his property");
    item = find(&c, "Bevilling af rollator");
    ok(item && item->parties->next && item->parties->next->role == PARTY_SECONDARY &&
           cpr_equal(&item->parties->next->cpr, &c.subject),
       "he is a secondary party in somebody else's case, which the index gives away");
    end(&c);

    begin(&c, "ida", "0710");
    converse(&c, CASES, BEND_NONE);
    item = find(&c, "Ansøgning om familieydelse");
    ok(item && str_equal(item->authority.cvr, STR("33236072")) && !item->authority.code.at &&
           str_equal(item->uuid, STR("1da0d0bb-0013-4a11-8e55-33236072da01")),
       "a case of Udbetaling Danmark's, by the UUID it has there");
    end(&c);

    begin(&c, "lone", "0710");
    converse(&c, CASES, BEND_NONE);
    item = find(&c, "Ansøgning om økonomisk hjælp");
    ok(item && str_equal(item->status_text, STR("Afventer borger")), "a case that waits for her");
    end(&c);
}

static void test_vera(void)
{
    const struct item *item;
    struct conversation c;
    size_t directions[4] = {0}, steps = 0;

    begin(&c, "vera", "0710");
    c.question.journal_notes = true;
    converse(&c, CASES, BEND_NONE);
    for (item = c.parsed.items.first; item; item = item->next)
        directions[item->direction] += item->kind == ITEM_DOCUMENT;
    ok(directions[DIRECTION_TO_CITIZEN] > 1 && directions[DIRECTION_FROM_CITIZEN] == 1 &&
           directions[DIRECTION_OTHER] > 1 && directions[DIRECTION_UNKNOWN] == 1,
       "documents in all directions");
    item = find(&c, "Støtte til dit barn");
    for (const struct status_step *step = item ? item->history : NULL; step; step = step->next)
        steps++;
    is_int((long long)steps, 6, "many steps, none to come");
    ok(item && item->relations, "a case above");
    ok(find(&c, "Internt notat om samtale"), "a note, for who asks for notes");
    ok(!find(&c, "Kladde, som ikke er sendt"), "no draft");
    item = find(&c, "Underretning");
    ok(item && item->is_exempt, "an exempt title");
    ok(str_find(buf_str(&c.reply), STR("navngiven nabo")) < c.reply.len &&
           str_find(buf_str(&c.reply), STR("Syntetisk Sagsbehandler")) < c.reply.len,
       "the answer does hold what may not be taken");
    item = find(&c, "Sag om en kendt person");
    ok(item && item->sensitivity == SENSITIVITY_VIP, "a VIP case");
    item = find(&c, "Sag med visningsklasse");
    ok(item && item->display_class.at, "a display class");
    item = find(&c, "Sag med sikkerhedsprofil");
    ok(item && item->has_security_profile, "a security profile");
    end(&c);
}

/* Every municipal row of the table of sources has somebody. */
static void test_rows(void)
{
    static const char *const names[] = {
        "Sygedagpenge",           "Kontanthjælp",    "Uddannelseshjælp", "Revalidering",
        "Ressourceforløbsydelse", "Ledighedsydelse", "Flekslønstilskud", "Enkeltydelser"};
    bool found[sizeof names / sizeof names[0]] = {false};
    const json_t *citizen;
    size_t i;

    json_array_foreach(data.citizens, i, citizen)
    {
        static const char *const municipalities[] = {"0710", "0101"};

        for (size_t m = 0; m < 2; m++) {
            struct conversation c;

            begin(&c, json_string_value(json_object_get(citizen, "id")), municipalities[m]);
            converse(&c, BENEFITS, BEND_NONE);
            for (size_t n = 0; n < sizeof names / sizeof names[0]; n++)
                found[n] |= find(&c, names[n]) != NULL;
            end(&c);
        }
    }
    for (i = 0; i < sizeof names / sizeof names[0]; i++)
        ok(found[i], "somebody has %s", names[i]);
}

/* An item asked for by its id is given, and no other of its kind. */
static void test_detail(void)
{
    for (int index = CASES; index <= BENEFITS; index++) {
        struct conversation list;

        begin(&list, "jens", "0710");
        converse(&list, index, BEND_NONE);
        for (const struct item *item = list.parsed.items.first; item; item = item->next) {
            struct conversation c;
            const struct item *given;

            begin(&c, "jens", "0710");
            c.question.kind = QUESTION_DETAIL;
            c.question.item_id = item->id;
            converse(&c, index, BEND_NONE);
            for (given = c.parsed.items.first; given; given = given->next)
                if (str_equal(given->id, item->id))
                    break;
            ok(given && str_equal(given->title, item->title) && given->parties,
               "%.*s is given by its id, with parties", STR_ARG(item->title));
            ok(c.parsed.items.count < list.parsed.items.count, "and not all others");
            end(&c);

            begin(&c, "clara", "0710");
            c.question.kind = QUESTION_DETAIL;
            c.question.item_id = item->id;
            is_int(converse(&c, index, BEND_NONE), OUTCOME_EMPTY, "but not to somebody else");
            end(&c);
        }
        end(&list);
    }
}

/* ---- requests ---- */

static void test_requests(void)
{
    static const struct {
        const char *name, *cut_from, *cut_to; /* what is taken out of a good request */
        enum outcome outcome;
        const char *holds; /* in the answer */
    } requests[] = {
        {"a good one", NULL, NULL, OUTCOME_ANSWERED, "<sd:StatusKode>20<"},
        {"an absent filter", "<sdi:Filter>", "</sdi:Filter>", OUTCOME_EMPTY,
         "<sdi:Element>sager</sdi:Element><sdi:Antal>2<"},
        {"no search", "<sdi:SoegUdtryk>", "</sdi:SoegUdtryk>", OUTCOME_FAILED, "no search"},
        {"nobody", "<sag:Sagspart>", "</sag:Sagspart>", OUTCOME_FAILED, "nobody"},
        {"searches that must all hold", "<sdi:operation>", "</sdi:operation>", OUTCOME_FAILED,
         "must all hold"},
        {"an owner without number", "<gd:LokalUdvidelseListe>", "</gd:LokalUdvidelseListe>",
         OUTCOME_FAILED, "no CVR number"},
        {"no id", "<rh:TransactionUUID>", "</rh:TransactionUUID>", OUTCOME_FAILED,
         "no TransactionUUID"},
        {"half a request", "</sdi:FremsoegSagDokumentIndeksInput>", "</soap:Envelope>",
         OUTCOME_FAILED, "soap:Client"},
    };

    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        struct conversation c;

        begin(&c, "jens", "0710");
        converse(&c, CASES, BEND_NONE);
        if (requests[i].cut_from) {
            struct str whole = buf_str(&c.request);
            size_t from = str_find(whole, str_of(requests[i].cut_from));
            size_t len = str_find(str_skip(whole, from), str_of(requests[i].cut_to)) +
                         strlen(requests[i].cut_to);

            ok(from + len <= whole.len, "%s: can be made", requests[i].name);
            memmove(c.request.at + from, c.request.at + from + len, whole.len - from - len);
            c.request.len -= len;
            answer(&c, CASES, indexes[CASES].action, BEND_NONE);
        }
        is_int(c.outcome, requests[i].outcome, "%s: outcome", requests[i].name);
        ok(str_find(buf_str(&c.reply), str_of(requests[i].holds)) < c.reply.len, "%s: answer",
           requests[i].name);
        if (i == 0) {
            answer(&c, CASES, "http://kombit.dk/sts/sagdokumentindeks/importer", BEND_NONE);
            ok(c.outcome == OUTCOME_FAILED && c.answered.status == 500, "another action");
            answer(&c, BENEFITS, indexes[BENEFITS].action, BEND_NONE);
            ok(c.outcome == OUTCOME_FAILED && c.answered.status == 500,
               "the other index's request");
        }
        end(&c);
    }
}

/* ---- bends ---- */

static bool names_subject(const struct conversation *c)
{
    for (const struct item *item = c->parsed.items.first; item; item = item->next)
        for (const struct party *party = item->parties; party; party = party->next)
            if (cpr_equal(&party->cpr, &c->subject))
                return true;
    return false;
}

static bool names_somebody(const struct conversation *c)
{
    for (const struct item *item = c->parsed.items.first; item; item = item->next)
        for (const struct party *party = item->parties; party; party = party->next)
            if (cpr_is_known(&party->cpr))
                return true;
    return false;
}

static void test_bends(void)
{
    static const struct {
        enum sandbox_bend bend;
        const char *name;
        enum outcome outcome;
        bool subject, somebody, echo;
    } bends[] = {
        {BEND_NONE, "none", OUTCOME_ANSWERED, true, true, true},
        {BEND_FOREIGN, "foreign", OUTCOME_ANSWERED, false, true, true},
        {BEND_UNNAMED, "unnamed", OUTCOME_ANSWERED, false, false, false},
        {BEND_WRONG_ECHO, "wrong echo", OUTCOME_ANSWERED, false, false, false},
        {BEND_STALE, "stale", OUTCOME_ANSWERED, true, true, true},
        {BEND_LOOPING_PAGES, "looping pages", OUTCOME_ANSWERED, true, true, true},
        {BEND_WRONG_TYPE, "wrong type", OUTCOME_INVALID, false, false, false},
        {BEND_DUPLICATE, "duplicate", OUTCOME_INVALID, false, false, false},
        {BEND_HUGE, "huge", OUTCOME_INVALID, false, false, false},
        {BEND_MANY, "many", OUTCOME_INVALID, false, false, false},
        {BEND_DEEP, "deep", OUTCOME_INVALID, false, false, false},
        {BEND_ERROR, "error", OUTCOME_FAILED, false, false, false},
    };

    for (int index = CASES; index <= BENEFITS; index++)
        for (size_t i = 0; i < sizeof bends / sizeof bends[0]; i++) {
            struct conversation c;

            begin(&c, "jens", "0710");
            if (is_int(converse(&c, index, bends[i].bend), bends[i].outcome, "%s", bends[i].name) &&
                c.outcome == OUTCOME_ANSWERED) {
                is_int(names_subject(&c), bends[i].subject, "%s: names the citizen", bends[i].name);
                is_int(names_somebody(&c), bends[i].somebody, "%s: names somebody", bends[i].name);
                is_int(str_equal(c.parsed.request_id, STR(REQUEST_ID)), bends[i].echo,
                       "%s: echoes our id", bends[i].name);
                is_int(c.parsed.cursor.at != NULL, bends[i].bend == BEND_LOOPING_PAGES,
                       "%s: names a further page", bends[i].name);
            }
            if (bends[i].bend == BEND_HUGE)
                ok(c.reply.len > 20u << 20, "huge is more than 20 MB");
            end(&c);
        }
}

static void test_looping(void)
{
    struct conversation c;
    size_t first, pages = 0;

    begin(&c, "jens", "0710");
    converse(&c, CASES, BEND_LOOPING_PAGES);
    first = c.parsed.items.count;
    while (pages < 20 && c.parsed.cursor.at && c.parsed.items.count == first) {
        c.question.cursor = c.parsed.cursor;
        converse(&c, CASES, BEND_LOOPING_PAGES);
        pages++;
    }
    is_int((long long)pages, 20, "looping pages never end by themselves");
    end(&c);
}

int main(void)
{
    if (load()) {
        test_nothing();
        test_pages();
        test_two_municipalities();
        test_faults_of_vendors();
        test_parties();
        test_vera();
        test_rows();
        test_detail();
        test_requests();
        test_bends();
        test_looping();
        json_decref((json_t *)data.citizens);
        json_decref((json_t *)data.holdings);
    }
    return done_testing();
}
