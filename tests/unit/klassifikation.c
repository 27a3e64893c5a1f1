/* SPDX-License-Identifier: MIT */
/* What we ask of Klassifikation, and what we make of its answers, right and wrong. */
#include "adapters/klassifikation.h"

#include "tests/unit/municipal.h"

#define A "0c000000-0000-4000-8000-00000000000a"
#define B "0c000000-0000-4000-8000-00000000000b"

enum { CLASSES_MAX = 8 };

static const struct klassifikation_id asked[] = {{A}, {B}};

#define SOEG(content)   BODY("<klasse:SoegOutput>" content "</klasse:SoegOutput>")
#define IDS(content)    "<sd:IdListe>" content "</sd:IdListe>"
#define LIST(content)   BODY("<klasse:ListOutput>" content "</klasse:ListOutput>")
#define ANSWER(content) LIST(RETURN("20") content)
#define OBJECT(id, rest)                                                                           \
    "<klasse:FiltreretOejebliksbillede><klasse:ObjektID>" UUID(                                    \
        id) "</klasse:ObjektID>" rest "</klasse:FiltreretOejebliksbillede>"
#define REGISTRATION(head, properties, published)                                                  \
    "<klasse:Registrering>" head "<klasse:AttributListe>" properties "</klasse:AttributListe>"     \
    "<klasse:TilstandListe>" published "</klasse:TilstandListe><klasse:RelationListe/>"            \
    "</klasse:Registrering>"
#define CLASS(id, properties, published)                                                           \
    OBJECT(id, REGISTRATION(REGISTERED("2026-01-01T00:00:00Z"), properties, published))
#define PROPERTY(effect, key, title)                                                               \
    "<klasse:Egenskab>" effect "<sd:BrugervendtNoegleTekst>" key "</sd:BrugervendtNoegleTekst>"    \
    "<sd:BeskrivelseTekst>x</sd:BeskrivelseTekst><sd:TitelTekst>" title "</sd:TitelTekst>"         \
    "</klasse:Egenskab>"
#define PUBLISHED(effect, flag)                                                                    \
    "<klasse:PubliceretStatus>" effect "<sd:ErPubliceretIndikator>" flag                           \
    "</sd:ErPubliceretIndikator></klasse:PubliceretStatus>"
#define ALWAYS            EFFECT("sd", OPEN, OPEN)
#define FROM(from)        EFFECT("sd", TIME(from), OPEN)
#define UNTIL(to)         EFFECT("sd", OPEN, TIME(to))
#define BETWEEN(from, to) EFFECT("sd", TIME(from), TIME(to))
#define KLE               PROPERTY(ALWAYS, "32.24.04", "Kontanthjælp")

/* ---- asking ---- */

static void asks(void)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct buf body;
    struct ask ask = {.body = &body};
    struct str text;

    buf_init(&body, 1 << 16);
    ok(klassifikation_build_soeg(arena, STR(REQUEST_ID), STR(A), 500, &ask), "a search is written");
    text = buf_str(&body);
    ok(holds(text, "<rh:TransactionUUID>" REQUEST_ID "</rh:TransactionUUID>"), "with its id");
    ok(holds(text, "<sd:FoersteResultatReference>500</sd:FoersteResultatReference>"
                   "<sd:MaksimalAntalKvantitet>500</sd:MaksimalAntalKvantitet>"),
       "its page");
    ok(holds(text, "<sd:Facet><sd:ReferenceID>" UUID(A) "</sd:ReferenceID></sd:Facet>"),
       "and its facet");
    ok(is(ask.headers[1], "SOAPAction: \"http://kombit.dk/sts/klassifikation/klasse/soeg\""),
       "its action");

    buf_reset(&body);
    ok(klassifikation_build_list(arena, STR(REQUEST_ID), asked, 2, &ask), "a list is written");
    text = buf_str(&body);
    ok(holds(text, "<klasse:ListInput>" UUID(A)
                       UUID(B) "<sd:VirkningFraFilter>" OPEN
                               "</sd:VirkningFraFilter><sd:VirkningTilFilter>" OPEN),
       "of these classes, of all time");
    ok(is(ask.headers[1], "SOAPAction: \"http://kombit.dk/sts/klassifikation/klasse/list\""),
       "its action");
    buf_clear(&body);
    buf_init(&body, 100);
    ok(!klassifikation_build_soeg(arena, STR(REQUEST_ID), STR(A), 0, &ask), "no room: none");
    ok(!klassifikation_build_list(arena, STR(REQUEST_ID), asked, 2, &ask), "no room: no list");
    buf_clear(&body);
    arena_free(&arena);
}

/* ---- answers ---- */

static enum outcome parse_soeg(struct arena *arena, int status, struct str body,
                               struct klassifikation_ids *ids, struct answer_fault *fault)
{
    struct answer answer = {.http_status = status, .content_type = STR("text/xml"), .body = body};

    return klassifikation_parse_soeg(arena, STR(REQUEST_ID), &answer, ids, fault);
}

static struct klassifikation_class room[CLASSES_MAX];

static enum outcome parse_list(struct arena *arena, int status, struct str body,
                               struct klassifikation_classes *classes, struct answer_fault *fault)
{
    struct answer answer = {.http_status = status, .content_type = STR("text/xml"), .body = body};

    *classes = (struct klassifikation_classes){.at = room, .max = CLASSES_MAX};
    return klassifikation_parse_list(arena, STR(REQUEST_ID), &answer, asked, 2, classes, fault);
}

static void reads_ids(void)
{
    static const struct {
        const char *name, *sample;
        enum outcome outcome;
        int count;
        const char *why;
    } cases[] = {
        {"two ids", SOEG(RETURN("20") IDS(UUID(A) UUID(B))), OUTCOME_ANSWERED, 2, NULL},
        {"in capitals", SOEG(RETURN("20") IDS(UUID("0C000000-0000-4000-8000-00000000000A"))),
         OUTCOME_ANSWERED, 1, NULL},
        {"an empty list", SOEG(RETURN("20") IDS("")), OUTCOME_ANSWERED, 0, NULL},
        {"no list", SOEG(RETURN("20")), OUTCOME_ANSWERED, 0, NULL},
        {"not found", SOEG(RETURN("44")), OUTCOME_EMPTY, 0, NULL},
        {"not found, and yet", SOEG(RETURN("44") IDS(UUID(A))), OUTCOME_INVALID, -1,
         "StatusKode 44 with objects"},
        {"not understood", SOEG(RETURN("40")), OUTCOME_FAILED, -1,
         "StatusKode 40: it does not understand us"},
        {"a malformed id", SOEG(RETURN("20") IDS(UUID("0c"))), OUTCOME_INVALID, -1,
         "a UUID is malformed"},
        {"no StatusKode", SOEG(IDS(UUID(A))), OUTCOME_INVALID, -1, "no StatusKode"},
        {"the other answer", ANSWER(""), OUTCOME_INVALID, -1,
         "an unknown element in the envelope or its Body"},
        {"another request",
         ENVELOPE("<soap:Header><rh:RequestHeader><rh:TransactionUUID>" B "</rh:TransactionUUID>"
                  "</rh:RequestHeader></soap:Header><soap:Body><klasse:SoegOutput>" RETURN(
                      "20") "</klasse:SoegOutput></soap:Body>"),
         OUTCOME_INVALID, -1, "it does not name our request"},
        {"no request",
         ENVELOPE("<soap:Body><klasse:SoegOutput>" RETURN("20") "</klasse:SoegOutput></soap:Body>"),
         OUTCOME_INVALID, -1, "it does not name our request"},
    };
    struct klassifikation_ids *ids = malloc(sizeof *ids);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        enum outcome outcome =
            parse_soeg(arena, 200, expand(arena, str_of(cases[i].sample)), ids, &fault);
        is_int(outcome, cases[i].outcome, "%s: outcome", cases[i].name);
        is_str(fault.why, cases[i].why, "%s: why", cases[i].name);
        if (cases[i].count >= 0)
            is_int((long long)ids->count, cases[i].count, "%s: ids", cases[i].name);
        arena_free(&arena);
    }
    for (int more = 0; more < 2; more++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct buf body;
        buf_init(&body, 1 << 20);
        buf_add_str(
            &body,
            expand(arena, STR("<soap:Envelope@>" HEADER
                              "<soap:Body><klasse:SoegOutput>" RETURN("20") "<sd:IdListe>")));
        for (int i = 0; i < KLASSIFIKATION_PAGE + more; i++)
            buf_add_str(&body, STR(UUID(A)));
        buf_add_str(&body, STR("</sd:IdListe></klasse:SoegOutput></soap:Body></soap:Envelope>"));
        is_int(parse_soeg(arena, 200, buf_str(&body), ids, &fault),
               more ? OUTCOME_INVALID : OUTCOME_ANSWERED, "a full page and %d", more);
        is_str(fault.why, more ? "more ids than were asked for" : NULL, "why");
        buf_clear(&body);
        arena_free(&arena);
    }
    free(ids);
}

/* "number|title|from|to" of each, and how many are missing. */
static void describe(const struct klassifikation_classes *classes, struct buf *out)
{
    buf_reset(out);
    for (size_t i = 0; i < classes->count; i++) {
        char from[DATE_TEXT], to[DATE_TEXT];
        buf_format(out, "%.*s|%.*s|%.*s|%.*s\n", STR_ARG(classes->at[i].number),
                   STR_ARG(classes->at[i].title), STR_ARG(date_format(classes->at[i].from, from)),
                   STR_ARG(date_format(classes->at[i].to, to)));
    }
    buf_format(out, "missing %zu", classes->missing);
    buf_add_byte(out, '\0');
}

static void reads_classes(void)
{
    static const struct {
        const char *name, *sample, *classes;
    } cases[] = {
        {"two classes",
         ANSWER(CLASS(A, KLE, "") CLASS(B, PROPERTY(ALWAYS, " Ø30 ", "\n Økonomi "), "")),
         "32.24.04|Kontanthjælp||\nØ30|Økonomi||\nmissing 0"},
        {"an id in capitals", ANSWER(CLASS("0C000000-0000-4000-8000-00000000000A", KLE, "")),
         "32.24.04|Kontanthjælp||\nmissing 1"},
        {"not found", LIST(RETURN("44")), "missing 2"},
        {"a class that nothing is known of", ANSWER(OBJECT(A, "")), "missing 1"},
        {"days begin at midnight in Denmark",
         ANSWER(CLASS(
             A, PROPERTY(BETWEEN("2025-06-30T22:00:00Z", "2025-12-31T23:00:00Z"), "G01", "T"), "")),
         "G01|T|2025-07-01|2026-01-01\nmissing 1"},
        {"the day's last second is its end",
         ANSWER(CLASS(A, PROPERTY(UNTIL("2025-12-31T23:59:59+01:00"), "G01", "T"), "")),
         "G01|T||2026-01-01\nmissing 1"},
        {"a change in the middle of a day",
         ANSWER(CLASS(A,
                      PROPERTY(UNTIL("2025-12-31T12:00:00+01:00"), "G01", "old")
                          PROPERTY(FROM("2025-12-31T12:00:00+01:00"), "G01", "new"),
                      "")),
         "G01|old||2025-12-31\nG01|new|2025-12-31|\nmissing 1"},
        {"published until a day",
         ANSWER(CLASS(A, KLE,
                      PUBLISHED(UNTIL("2025-07-01T00:00:00+02:00"), "true")
                          PUBLISHED(FROM("2025-07-01T00:00:00+02:00"), "false"))),
         "32.24.04|Kontanthjælp||2025-07-01\nmissing 1"},
        {"published twice, renamed in the first",
         ANSWER(CLASS(A,
                      PROPERTY(UNTIL("2020-01-01T00:00:00+01:00"), "G01", "old")
                          PROPERTY(FROM("2020-01-01T00:00:00+01:00"), "G01", "new"),
                      PUBLISHED(BETWEEN("2019-01-01T00:00:00+01:00", "2021-01-01T00:00:00+01:00"),
                                "1") PUBLISHED(FROM("2022-01-01T00:00:00+01:00"), "true"))),
         "G01|old|2019-01-01|2020-01-01\nG01|new|2020-01-01|2021-01-01\nG01|new|2022-01-01|\n"
         "missing 1"},
        {"never published", ANSWER(CLASS(A, KLE, PUBLISHED(ALWAYS, "false"))), "missing 1"},
        {"whether it is published is not said",
         ANSWER(CLASS(A, KLE, "<klasse:PubliceretStatus>" ALWAYS "</klasse:PubliceretStatus>")),
         "32.24.04|Kontanthjælp||\nmissing 1"},
        {"the newest registration counts",
         ANSWER(OBJECT(
             A, REGISTRATION(REGISTERED("2026-02-01T00:00:00Z"), PROPERTY(ALWAYS, "G01", "new"), "")
                    REGISTRATION(REGISTERED("2026-01-01T00:00:00Z"), PROPERTY(ALWAYS, "G01", "old"),
                                 ""))),
         "G01|new||\nmissing 1"},
        {"a deleted class",
         ANSWER(OBJECT(A, REGISTRATION("<sd:Tidspunkt>2026-02-01T00:00:00Z</sd:Tidspunkt>"
                                       "<sd:LivscyklusKode>Slettet</sd:LivscyklusKode>",
                                       KLE, ""))),
         "missing 1"},
        {"neither number nor title",
         ANSWER(CLASS(A, "<klasse:Egenskab>" ALWAYS "</klasse:Egenskab>", "")), "|||\nmissing 1"},
        {"what we do not know is passed over",
         ANSWER(CLASS(A, KLE "<klasse:Nyt><klasse:Egenskab/></klasse:Nyt>", "")),
         "32.24.04|Kontanthjælp||\nmissing 1"},
    };
    struct buf text;

    buf_init(&text, 4096);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct klassifikation_classes classes;
        enum outcome outcome =
            parse_list(arena, 200, expand(arena, str_of(cases[i].sample)), &classes, &fault);
        ok(outcome_is_positive(outcome) && !fault.why, "%s: read", cases[i].name);
        describe(&classes, &text);
        is_str(text.at, cases[i].classes, "%s", cases[i].name);
        arena_free(&arena);
    }
    buf_clear(&text);
}

static void refuses(void)
{
#define TIMES(what) what what what what what what what what
#define NINE(what)  TIMES(what) what
    static const struct ugly cases[] = {
        {"nothing", "", OUTCOME_INVALID, "no element found"},
        {"HTML", "<html/>", OUTCOME_INVALID, "not a SOAP 1.1 envelope"},
        {"a SOAP fault", BODY("<soap:Fault/>"), OUTCOME_FAILED, "a SOAP fault"},
        {"no StatusKode", LIST(""), OUTCOME_INVALID, "no StatusKode"},
        {"StatusKode 40", LIST(RETURN("40")), OUTCOME_FAILED,
         "StatusKode 40: it does not understand us"},
        {"StatusKode 50", LIST(RETURN("50")), OUTCOME_FAILED, "another StatusKode than 20 and 44"},
        {"a word as StatusKode", LIST(RETURN("tyve")), OUTCOME_INVALID,
         "a StatusKode is no number"},
        {"two StandardRetur", LIST(RETURN("20") RETURN("20")), OUTCOME_INVALID,
         "an element comes twice"},
        {"not found, and yet", LIST(RETURN("44") CLASS(A, KLE, "")), OUTCOME_INVALID,
         "StatusKode 44 with objects"},
        {"a class that was not asked for",
         ANSWER(CLASS("0c000000-0000-4000-8000-00000000000c", KLE, "")), OUTCOME_INVALID,
         "a class that was not asked for"},
        {"a class twice", ANSWER(CLASS(A, KLE, "") CLASS(A, KLE, "")), OUTCOME_INVALID,
         "a class comes twice"},
        {"a class without UUID", ANSWER("<klasse:FiltreretOejebliksbillede/>"), OUTCOME_INVALID,
         "a class without UUID"},
        {"a malformed UUID", ANSWER(CLASS("x", KLE, "")), OUTCOME_INVALID, "a UUID is malformed"},
        {"two titles",
         ANSWER(CLASS(A, PROPERTY(ALWAYS, "G01", "a</sd:TitelTekst><sd:TitelTekst>b"), "")),
         OUTCOME_INVALID, "an element comes twice"},
        {"a title of elements", ANSWER(CLASS(A, PROPERTY(ALWAYS, "G01", "<sd:x/>"), "")),
         OUTCOME_INVALID, "an element inside a text"},
        {"a date that does not exist",
         ANSWER(CLASS(A, PROPERTY(FROM("2026-02-30T00:00:00Z"), "G01", "T"), "")), OUTCOME_INVALID,
         "a date and time is malformed"},
        {"a boundary that is none",
         ANSWER(CLASS(A,
                      PROPERTY(EFFECT("sd", "<sd:GraenseIndikator>nej</sd:GraenseIndikator>", OPEN),
                               "G01", "T"),
                      "")),
         OUTCOME_INVALID, "a GraenseIndikator is not true"},
        {"an indicator that is none", ANSWER(CLASS(A, KLE, PUBLISHED(ALWAYS, "måske"))),
         OUTCOME_INVALID, "an indicator is neither true nor false"},
        {"an unknown LivscyklusKode",
         ANSWER(OBJECT(A, REGISTRATION("<sd:LivscyklusKode>Ny</sd:LivscyklusKode>", "", ""))),
         OUTCOME_INVALID, "an unknown LivscyklusKode"},
        {"more classes than there is room for", ANSWER(CLASS(A, NINE(KLE), "")), OUTCOME_INVALID,
         "too many classes"},
        {"a class with too many names",
         ANSWER(CLASS(A, NINE(KLE) TIMES(KLE) TIMES(KLE) TIMES(KLE), "")), OUTCOME_INVALID,
         "a class with too many names"},
        {"a class that is published too often",
         ANSWER(CLASS(A, "",
                      NINE(PUBLISHED(ALWAYS, "true")) TIMES(PUBLISHED(ALWAYS, "true"))
                          TIMES(PUBLISHED(ALWAYS, "true")) TIMES(PUBLISHED(ALWAYS, "true")))),
         OUTCOME_INVALID, "a class that is published too often"},
        {"a DOCTYPE", "<!DOCTYPE x [<!ENTITY a \"a\">]>" ANSWER(""), OUTCOME_INVALID,
         "a DOCTYPE is not allowed"},
        {"Latin-1",
         ANSWER(CLASS(A,
                      PROPERTY(ALWAYS,
                               "\xd8"
                               "30",
                               "T"),
                      "")),
         OUTCOME_INVALID, "not well-formed (invalid token)"},
        {"something behind", ANSWER("") "<x/>", OUTCOME_INVALID, "junk after document element"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct klassifikation_classes classes;
        enum outcome outcome =
            parse_list(arena, 200, expand(arena, str_of(cases[i].sample)), &classes, &fault);
        is_int(outcome, cases[i].outcome, "%s: outcome", cases[i].name);
        is_str(fault.why, cases[i].why, "%s: why", cases[i].name);
        ok(classes.count == 0 && classes.missing == 0, "%s: nothing of it is taken", cases[i].name);
        arena_free(&arena);
    }

    static const struct {
        int status;
        enum outcome outcome;
    } statuses[] = {{401, OUTCOME_REFUSED}, {403, OUTCOME_REFUSED}, {429, OUTCOME_BUSY},
                    {503, OUTCOME_BUSY},    {404, OUTCOME_FAILED},  {500, OUTCOME_FAILED},
                    {204, OUTCOME_INVALID}, {307, OUTCOME_INVALID}};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct klassifikation_classes classes;
        is_int(
            parse_list(arena, statuses[i].status, expand(arena, STR(ANSWER(""))), &classes, &fault),
            statuses[i].outcome, "HTTP %d", statuses[i].status);
        arena_free(&arena);
    }
}

/* Cut anywhere, and with too little memory, an answer is never half believed. */
static void is_whole_or_nothing(void)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct str whole = expand(arena, STR(ANSWER(CLASS(A, KLE, "") CLASS(B, KLE, ""))));
    size_t believed = 0, small = 0;

    for (size_t len = 0; len < whole.len; len++) {
        struct arena *own = arena_new(ARENA_MAX);
        struct klassifikation_classes classes;
        struct answer_fault fault;
        enum outcome outcome = parse_list(own, 200, str_head(whole, len), &classes, &fault);
        believed += outcome != OUTCOME_INVALID || classes.count > 0;
        arena_free(&own);
    }
    is_int((long long)believed, 0, "no answer that is cut is believed");
    for (size_t limit = 1; limit < 16384; limit += 97) {
        struct arena *own = arena_new(limit);
        struct klassifikation_classes classes;
        struct answer_fault fault;
        enum outcome outcome = parse_list(own, 200, whole, &classes, &fault);
        ok(outcome == OUTCOME_ANSWERED ? classes.count == 2 && !fault.why
                                       : classes.count == 0 && fault.why,
           "all or nothing with %zu bytes", limit);
        small += outcome != OUTCOME_ANSWERED;
        arena_free(&own);
    }
    ok(small > 0, "some of these were too little");
    arena_free(&arena);
}

int main(void)
{
    municipal_setup();
    asks();
    reads_ids();
    reads_classes();
    refuses();
    is_whole_or_nothing();
    return done_testing();
}
