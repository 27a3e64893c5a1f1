/* SPDX-License-Identifier: MIT */
/* Digital Fuldmagt: what is asked, and what of an answer counts. */
#include "adapters/digital_fuldmagt.h"

#include "tests/tap.h"

#define ELSE    "7205399984"
#define KAREN   "8708669982"
#define LONE    "6507819980"
#define REQUEST "01890000-0000-7000-8000-000000000001"
/* <PrivilegeList xmlns="http://itst…"><PrivilegeGroup xmlns="" Scope="…:7205399984">
 * <Privilege>urn:a</Privilege></PrivilegeGroup></PrivilegeList> */
#define PRIVILEGES                                                                                 \
    "PFByaXZpbGVnZUxpc3QgeG1sbnM9Imh0dHA6Ly9pdHN0LmRrL29pb3NhbWwvYmFzaWNfcHJpdmlsZWdlX3Byb2ZpbGUi" \
    "PjxQcml2aWxlZ2VHcm91cCB4bWxucz0iIiBTY29wZT0idXJuOmRrOmdvdjpzYW1sOmNwck51bWJlcklkZW50aWZpZXI6" \
    "NzIwNTM5OTk4NCI+PFByaXZpbGVnZT51cm46YTwvUHJpdmlsZWdlPjwvUHJpdmlsZWdlR3JvdXA+PC9Qcml2aWxlZ2VM" \
    "aXN0Pg=="
#define ENVELOPE(transaction, body)                                                                \
    "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">"                           \
    "<s:Header><h:RequestHeader xmlns:h=\"http://kombit.dk/xml/schemas/RequestHeader/1/\">"        \
    "<h:TransactionUUID>" transaction "</h:TransactionUUID></h:RequestHeader></s:Header>"          \
    "<s:Body>" body "</s:Body></s:Envelope>"
#define OUTPUT(in)                                                                                 \
    "<HentFuldmagterOutput xmlns=\"urn:dk:digst:digitalfuldmagt:1\">" in "</HentFuldmagterOutput>"
#define ANSWER(in)        ENVELOPE(REQUEST, OUTPUT(in))
#define PERSON(role, cpr) "<" role "><PersonNummer>" cpr "</PersonNummer></" role ">"
#define GIVER(cpr)        PERSON("Fuldmagtsgiver", cpr)
#define RECEIVER(cpr)     PERSON("Fuldmagtsmodtager", cpr)
#define ID(id)            "<FuldmagtId>" id "</FuldmagtId>"
#define RIGHTS            "<Privilegier>" PRIVILEGES "</Privilegier>"
#define MANDATE(in)       "<Fuldmagt>" in "</Fuldmagt>"
#define PLAIN(more)       MANDATE(ID("m1") GIVER(ELSE) RECEIVER(KAREN) RIGHTS more)

static struct arena *arena;

static struct mandate_question question_of(const char *giver, const char *receiver)
{
    struct mandate_question question = {
        .kind = MANDATE_POWER_OF_ATTORNEY, .path = STR("/fuldmagt/1"), .request_id = STR(REQUEST)};
    snprintf(question.giver.digits, sizeof question.giver.digits, "%s", giver);
    snprintf(question.receiver.digits, sizeof question.receiver.digits, "%s", receiver);
    return question;
}

static void asks(void)
{
    static const struct {
        const char *giver, *want, *never;
    } cases[] = {
        {ELSE,
         "<df:Fuldmagtsgiver>" ELSE "</df:Fuldmagtsgiver><df:Fuldmagtsmodtager>" KAREN
         "</df:Fuldmagtsmodtager>",
         "df:Part"},
        {"", "<df:Part>" KAREN "</df:Part>", "df:Fuldmagtsgiver"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct mandate_question question = question_of(cases[i].giver, KAREN);
        struct buf body;
        struct ask ask = {.body = &body};
        buf_init(&body, 65536);
        ok(digital_fuldmagt_build(arena, &question, &ask), "built");
        struct str text = buf_str(&body);
        ok(str_find(text, str_of(cases[i].want)) < text.len, "asks for %s", cases[i].want);
        ok(str_find(text, str_of(cases[i].never)) == text.len, "and not %s", cases[i].never);
        ok(str_find(text, STR(REQUEST)) < text.len, "under the request's id");
        ok(str_equal(ask.path, STR("/fuldmagt/1")), "the path, without a number");
        buf_clear(&body);
        buf_init(&body, 100);
        ok(!digital_fuldmagt_build(arena, &question, &ask), "a full buffer asks nothing");
        buf_clear(&body);
    }
}

static enum outcome parse(const struct mandate_question *question, int status, const char *type,
                          const char *body, struct mandate_list *list, const char **why)
{
    struct answer answer = {.http_status = status,
                            .content_type = str_of(type),
                            .body = str_of(body),
                            .items_max = 100};
    struct answer_fault fault = {0};
    enum outcome outcome = digital_fuldmagt_parse(arena, question, &answer, list, &fault);
    *why = fault.why;
    return outcome;
}

static void judges_answers(void)
{
    static const struct {
        const char *name, *body;
        enum outcome outcome;
        size_t count;
    } cases[] = {
        {"a mandate", ANSWER(PLAIN("")), OUTCOME_ANSWERED, 1},
        {"no mandate", ANSWER(""), OUTCOME_EMPTY, 0},
        {"two", ANSWER(PLAIN("") MANDATE(ID("m2") GIVER(ELSE) RECEIVER(KAREN) RIGHTS)),
         OUTCOME_ANSWERED, 2},
        {"two of one id", ANSWER(PLAIN("") PLAIN("")), OUTCOME_INVALID, 0},
        {"another receiver", ANSWER(MANDATE(ID("m") GIVER(ELSE) RECEIVER(LONE) RIGHTS)),
         OUTCOME_FOREIGN, 0},
        {"another giver", ANSWER(MANDATE(ID("m") GIVER(KAREN) RECEIVER(ELSE) RIGHTS)),
         OUTCOME_INVALID, 0}, /* the privileges are Else's */
        {"a good and a foreign one",
         ANSWER(PLAIN("") MANDATE(ID("m2") GIVER(ELSE) RECEIVER(LONE) RIGHTS)), OUTCOME_FOREIGN, 0},
        {"from oneself", ANSWER(MANDATE(ID("m") GIVER(ELSE) RECEIVER(ELSE) RIGHTS)),
         OUTCOME_INVALID, 0},
        {"no id", ANSWER(MANDATE(GIVER(ELSE) RECEIVER(KAREN) RIGHTS)), OUTCOME_INVALID, 0},
        {"an empty id", ANSWER(MANDATE(ID("") GIVER(ELSE) RECEIVER(KAREN) RIGHTS)), OUTCOME_INVALID,
         0},
        {"no giver", ANSWER(MANDATE(ID("m") RECEIVER(KAREN) RIGHTS)), OUTCOME_INVALID, 0},
        {"no receiver", ANSWER(MANDATE(ID("m") GIVER(ELSE) RIGHTS)), OUTCOME_INVALID, 0},
        {"no privileges", ANSWER(MANDATE(ID("m") GIVER(ELSE) RECEIVER(KAREN))), OUTCOME_INVALID, 0},
        {"privileges that are none",
         ANSWER(MANDATE(ID("m") GIVER(ELSE) RECEIVER(KAREN) "<Privilegier>20</Privilegier>")),
         OUTCOME_INVALID, 0},
        {"a giver twice", ANSWER(MANDATE(ID("m") GIVER(ELSE) GIVER(ELSE) RECEIVER(KAREN) RIGHTS)),
         OUTCOME_INVALID, 0},
        {"a wrong time", ANSWER(PLAIN("<GyldigTil>never</GyldigTil>")), OUTCOME_INVALID, 0},
        {"an empty revocation", ANSWER(PLAIN("<Tilbagekaldt/>")), OUTCOME_INVALID, 0},
        {"a case without an id", ANSWER(PLAIN("<OphoererMedSag/>")), OUTCOME_INVALID, 0},
        {"a wrong number", ANSWER(MANDATE(ID("m") GIVER("x") RECEIVER(KAREN) RIGHTS)),
         OUTCOME_INVALID, 0},
        {"another's request", ENVELOPE("01890000-0000-7000-8000-000000000002", OUTPUT(PLAIN(""))),
         OUTCOME_INVALID, 0},
        {"nobody's request", ENVELOPE("", OUTPUT(PLAIN(""))), OUTCOME_INVALID, 0},
        {"another's empty answer", ENVELOPE("01890000-0000-7000-8000-000000000002", OUTPUT("")),
         OUTCOME_INVALID, 0},
        {"a fault", ENVELOPE(REQUEST, "<s:Fault><faultcode>x</faultcode></s:Fault>"),
         OUTCOME_FAILED, 0},
        {"a fault and an answer", ENVELOPE(REQUEST, "<s:Fault/>" OUTPUT(PLAIN(""))),
         OUTCOME_INVALID, 0},
        {"an answer elsewhere", ENVELOPE(REQUEST, "<x>" OUTPUT(PLAIN("")) "</x>"), OUTCOME_INVALID,
         0},
        {"an unknown namespace",
         ENVELOPE(REQUEST, "<HentFuldmagterOutput xmlns=\"urn:x\"></HentFuldmagterOutput>"),
         OUTCOME_INVALID, 0},
        {"cut short", "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">",
         OUTCOME_INVALID, 0},
        {"more behind the end", ANSWER(PLAIN("")) "<a/>", OUTCOME_INVALID, 0},
        {"a DOCTYPE", "<!DOCTYPE a []>" ANSWER(PLAIN("")), OUTCOME_INVALID, 0},
        {"nothing", "", OUTCOME_INVALID, 0},
        {"JSON", "{}", OUTCOME_INVALID, 0},
    };
    struct mandate_question question = question_of(ELSE, KAREN);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mandate_list list;
        const char *why;
        enum outcome outcome = parse(&question, 200, "text/xml", cases[i].body, &list, &why);
        is_str(outcome_name(outcome).at, outcome_name(cases[i].outcome).at, "%s (%s)",
               cases[i].name, why ? why : "");
        is_int((long long)list.count, (long long)cases[i].count, "%s: mandates", cases[i].name);
        ok(outcome_is_positive(outcome) == !why, "%s: a reason, or none", cases[i].name);
        arena_reset(arena);
    }
}

static void judges_statuses(void)
{
    static const struct {
        int status;
        const char *type;
        enum outcome outcome;
    } cases[] = {
        {200, "text/xml; charset=utf-8", OUTCOME_ANSWERED},
        {200, "text/html", OUTCOME_INVALID},
        {204, "text/xml", OUTCOME_INVALID},
        {307, "text/xml", OUTCOME_INVALID},
        {401, "text/xml", OUTCOME_REFUSED},
        {403, "text/xml", OUTCOME_REFUSED},
        {404, "text/xml", OUTCOME_FAILED},
        {429, "text/xml", OUTCOME_BUSY},
        {500, "text/xml", OUTCOME_FAILED},
        {503, "text/html", OUTCOME_BUSY},
    };
    struct mandate_question question = question_of(ELSE, KAREN);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mandate_list list;
        const char *why;
        enum outcome outcome =
            parse(&question, cases[i].status, cases[i].type, ANSWER(PLAIN("")), &list, &why);
        is_str(outcome_name(outcome).at, outcome_name(cases[i].outcome).at, "%d %s",
               cases[i].status, cases[i].type);
        arena_reset(arena);
    }
}

static void reads_everything(void)
{
    struct mandate_question question = question_of("", KAREN);
    struct mandate_list list;
    const char *why;
    question.kind = MANDATE_CUSTODY;
    enum outcome outcome = parse(
        &question, 200, "text/xml",
        ANSWER(MANDATE(ID(
            "m1") "<Fuldmagtsgiver><PersonNummer>" ELSE
                  "</PersonNummer><Navn>Else &amp; Hansen</Navn></Fuldmagtsgiver>" RECEIVER(KAREN)
                           RIGHTS "<GyldigFra>2026-11-01T09:00:00+01:00</GyldigFra>"
                                  "<GyldigTil>2027-01-01T00:00:00Z</GyldigTil>"
                                  "<Tilbagekaldt>2026-12-01T00:00:00Z</Tilbagekaldt>"
                                  "<OphoererMedSag><SagUuid>c1</SagUuid>"
                                  "<Afsluttet>2026-12-02T00:00:00Z</Afsluttet></OphoererMedSag>")),
        &list, &why);
    is_int(outcome, OUTCOME_ANSWERED, "read (%s)", why ? why : "");
    if (list.count == 1) {
        const struct mandate *one = &list.at[0];
        is_int(one->kind, MANDATE_CUSTODY, "of the service's kind");
        ok(str_equal(one->id, STR("m1")), "its id");
        is_str(one->giver.digits, ELSE, "the giver");
        is_str(one->receiver.digits, KAREN, "the receiver");
        ok(str_equal(one->giver_name, STR("Else & Hansen")), "a name");
        ok(!one->receiver_name.at, "a name that is not told");
        is_int(one->from.unix_ms / 1000, 1793520000, "from");
        is_int(one->to.unix_ms / 1000, 1798761600, "to");
        is_int(one->revoked.unix_ms / 1000, 1796083200, "revoked");
        ok(str_equal(one->case_id, STR("c1")), "its case");
        is_int(one->case_closed.unix_ms / 1000, 1796169600, "which closed");
        is_int((long long)one->group_count, 1, "its privileges");
    }
    question = question_of("", ELSE);
    is_int(parse(&question, 200, "text/xml", ANSWER(PLAIN("")), &list, &why), OUTCOME_ANSWERED,
           "both parties may ask");
    question = question_of("", LONE);
    is_int(parse(&question, 200, "text/xml", ANSWER(PLAIN("")), &list, &why), OUTCOME_FOREIGN,
           "and nobody else");
    arena_reset(arena);
}

static void has_a_ceiling(void)
{
    struct mandate_question question = question_of(ELSE, KAREN);
    for (size_t count = MANDATES_MAX; count <= MANDATES_MAX + 1; count++) {
        struct buf body;
        struct mandate_list list;
        const char *why;
        static const char whole[] = ANSWER("@");
        size_t at = str_find_byte(str_of(whole), '@');
        buf_init(&body, 1 << 20);
        buf_add_str(&body, str_make(whole, at));
        for (size_t i = 0; i < count; i++)
            buf_format(&body, "<Fuldmagt><FuldmagtId>m%zu</FuldmagtId>%s</Fuldmagt>", i,
                       GIVER(ELSE) RECEIVER(KAREN) RIGHTS);
        buf_add_str(&body, str_of(whole + at + 1));
        buf_add_byte(&body, '\0');
        is_int(parse(&question, 200, "text/xml", body.at, &list, &why),
               count > MANDATES_MAX ? OUTCOME_INVALID : OUTCOME_ANSWERED, "%zu mandates", count);
        buf_clear(&body);
        arena_reset(arena);
    }
}

int main(void)
{
    arena = arena_new(1 << 24);
    asks();
    judges_answers();
    judges_statuses();
    reads_everything();
    has_a_ceiling();
    arena_free(&arena);
    return done_testing();
}
