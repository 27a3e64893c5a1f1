/* SPDX-License-Identifier: MIT */
/* What sources of the contract may do wrong: no answer that breaks it gives anything but a reason.
 */
#include "tests/unit/borgervendt.h"

#define NESTED_31                                                                                  \
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["                                                              \
    "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"

static void test_hostile(void)
{
    static const struct {
        const char *name, *body, *why;
    } cases[] = {
        {"empty", "", "unexpected end"},
        {"white space only", " \n", "unexpected end"},
        {"HTML", "<!DOCTYPE html><html><body>500</body></html>", NULL},
        {"a word", "OK", NULL},
        {"null", "null", "expected an object"},
        {"a list", "[]", "expected an object"},
        {"a text", "\"BorgervendtSag\"", "expected an object"},
        {"a number", "42", "expected an object"},
        {"a byte order mark", "\xef\xbb\xbf" CASES(""), NULL},
        {"cut in a name", "{\"BorgervendtS", "unexpected end"},
        {"cut in a list", "{\"BorgervendtSag\":[", "unexpected end"},
        {"trailing bytes", CASES("") "x", NULL},
        {"two answers", CASES("") CASES(""), NULL},
        {"a trailing comma", "{\"BorgervendtSag\":[],}", NULL},
        {"a missing comma", "{\"foraeldet\":true \"BorgervendtSag\":[]}", NULL},
        {"single quotes", "{'BorgervendtSag':[]}", NULL},
        {"a comment", "{/* */\"BorgervendtSag\":[]}", NULL},
        {"NaN", "{\"BorgervendtSag\":[],\"x\":NaN}", NULL},
        {"an unknown number out of form", "{\"BorgervendtSag\":[],\"x\":01}", NULL},
        {"no list", "{" HEAD "}", "no list of any model"},
        {"no members", "{}", "no list of any model"},
        {"an unknown model only", ANSWER("\"BorgervendtNyt\":[]"), "no list of any model"},
        {"documents at the top", ANSWER("\"document\":[]"), "no list of any model"},
        {"an error with 200", "{\"type\":\"Data-source-internal-error\",\"status\":500}",
         "no list of any model"},
        {"null for a list", ANSWER("\"BorgervendtSag\":null"), "expected an array"},
        {"an object for a list", ANSWER("\"BorgervendtSag\":{}"), "expected an array"},
        {"a list twice", ANSWER("\"BorgervendtSag\":[],\"BorgervendtSag\":[]"), "duplicate member"},
        {"CPR-nr twice", "{\"CPR-nr\":\"6101709995\"," HEAD ",\"BorgervendtSag\":[]}",
         "duplicate member"},
        {"CPR-nr as number", "{\"CPR-nr\":6101709995,\"BorgervendtSag\":[]}", "expected a string"},
        {"CPR-nr too short", "{\"CPR-nr\":\"610170999\",\"BorgervendtSag\":[]}",
         "a personal number is none"},
        {"CPR-nr without a date", "{\"CPR-nr\":\"9913709995\",\"BorgervendtSag\":[]}",
         "a personal number is none"},
        {"request id as number", "{\"anmodningsID\":1,\"BorgervendtSag\":[]}", "expected a string"},
        {"empty request id", "{\"anmodningsID\":\"\",\"BorgervendtSag\":[]}",
         "an empty text where null is meant"},
        {"datoTid as number", "{\"datoTid\":20261121,\"BorgervendtSag\":[]}", NULL},
        {"datoTid a date", "{\"datoTid\":\"2026-11-21\",\"BorgervendtSag\":[]}", NULL},
        {"foraeldet as text", "{\"foraeldet\":\"nej\",\"BorgervendtSag\":[]}",
         "expected true or false"},
        {"naesteSide as number", "{\"naesteSide\":2,\"BorgervendtSag\":[]}", "expected a string"},
        {"empty naesteSide", "{\"naesteSide\":\"\",\"BorgervendtSag\":[]}",
         "an empty text where null is meant"},
        {"a null item", CASES("null"), "expected an object"},
        {"a text as item", CASES("\"s-1\""), "expected an object"},
        {"a nested list", CASES("[]"), "expected an object"},
        {"an item without id", CASES("{}"), "an item without an id"},
        {"null for an id", CASES("{\"id\":null}"), "an item without an id"},
        {"an empty id", CASES("{\"id\":\"\"}"), "an empty text where null is meant"},
        {"an id as number", CASES("{\"id\":17}"), "expected a string"},
        {"an id twice", CASES("{\"id\":\"a\",\"id\":\"b\"}"), "duplicate member"},
        {"an id twice, escaped", CASES("{\"id\":\"a\",\"\\u0069d\":\"b\"}"), "duplicate member"},
        {"a title as number", CASE("\"titel\":5"), "expected a string"},
        {"a title as object", CASE("\"titel\":{\"da\":\"x\"}"), "expected a string"},
        {"a NUL", CASE("\"titel\":\"a\\u0000b\""), "NUL in a string"},
        {"a control character", CASE("\"titel\":\"a\nb\""), "control character in a string"},
        {"bad UTF-8", CASE("\"titel\":\"S\xf8ren\""), "invalid UTF-8"},
        {"overlong UTF-8", CASE("\"titel\":\"\xc0\xaf\""), "invalid UTF-8"},
        {"a surrogate in UTF-8", CASE("\"titel\":\"\xed\xa0\x80\""), "invalid UTF-8"},
        {"a lone high surrogate", CASE("\"titel\":\"\\ud83d\""), "lone surrogate"},
        {"a lone low surrogate", CASE("\"titel\":\"\\ude00x\""), "lone surrogate"},
        {"an unknown escape", CASE("\"titel\":\"\\x41\""), "unknown escape"},
        {"bad UTF-8 in an unknown member", CASE("\"x\":\"\xff\""), "invalid UTF-8"},
        {"too deep", CASE("\"x\":" NESTED_31), "nested too deeply"},
        {"a status as object", CASE("\"sagstatus\":{}"), "expected a string"},
        {"a status as bool", CASE("\"sagstatus\":true"), "expected a string"},
        {"an unknown role", CASE("\"parter\":[{\"rolle\":\"Ven\"}]"),
         "an unknown code decides who may see"},
        {"a role as number", CASE("\"parter\":[{\"rolle\":1}]"),
         "an unknown code decides who may see"},
        {"an unknown sensitivity", CASE("\"foelsomhed\":\"HEMMELIG\""),
         "an unknown code decides who may see"},
        {"an unknown direction", PAYMENTS("{\"id\":\"1\",\"retning\":\"Op\"}"),
         "an unknown code decides who may see"},
        {"a party's bad number", CASE("\"parter\":[{\"CPR-nr\":\"0000000000\"}]"),
         "a personal number is none"},
        {"parties as object", CASE("\"parter\":{\"rolle\":\"Primaer\"}"), "expected an array"},
        {"a flag as number", CASE("\"harSikkerhedsprofil\":1"), "expected true or false"},
        {"a date that is none", BENEFIT("\"periodeFra\":\"2026-02-29\""), NULL},
        {"a Danish date", BENEFIT("\"periodeFra\":\"21-11-2026\""), NULL},
        {"a date with time", BENEFIT("\"periodeFra\":\"2026-11-21T00:00:00\""), NULL},
        {"an empty date", BENEFIT("\"periodeFra\":\"\""), NULL},
        {"a time that is none", CASE("\"oprettet\":\"2026-11-21T25:00:00\""), NULL},
        {"an amount as number", BENEFIT("\"nettobeloeb\":1234.5"), "expected a string"},
        {"an amount with a comma", BENEFIT("\"nettobeloeb\":\"1234,50\""),
         "an amount is no decimal text"},
        {"a huge amount", BENEFIT("\"nettobeloeb\":\"9999999999999999\""),
         "an amount is no decimal text"},
        {"an amount with exponent", BENEFIT("\"nettobeloeb\":\"1e9\""),
         "an amount is no decimal text"},
        {"an http link", CASE("\"henvisninger\":[{\"url\":\"http://www.borger.dk\"}]"),
         "a link is no safe https address"},
        {"a script link", CASE("\"henvisninger\":[{\"url\":\"javascript:alert(1)\"}]"),
         "a link is no safe https address"},
        {"a relative link", CASE("\"henvisninger\":[{\"url\":\"/selvbetjening\"}]"),
         "a link is no safe https address"},
        {"a link without host", CASE("\"henvisninger\":[{\"url\":\"https:///x\"}]"),
         "a link is no safe https address"},
        {"a link with a user", CASE("\"henvisninger\":[{\"url\":\"https://borger.dk@x.dk/\"}]"),
         "a link is no safe https address"},
        {"a link with a quote", CASE("\"henvisninger\":[{\"url\":\"https://x.dk/\\\"\"}]"),
         "a link is no safe https address"},
        {"a link with a line break", CASE("\"henvisninger\":[{\"url\":\"https://x.dk/\\n\"}]"),
         "a link is no safe https address"},
        {"a link with the number", CASE("\"henvisninger\":[{\"url\":\"https://x.dk/6101709995\"}]"),
         "a link is no safe https address"},
        {"a link without an address", CASE("\"henvisninger\":[{\"type\":\"Andet\"}]"),
         "a link is no safe https address"},
        {"an http website",
         CASE("\"kontaktinformation\":[{\"kontaktpunktNavn\":5,"
              "\"kontaktpunktVaerdi\":\"http://x.dk\"}]"),
         "a link is no safe https address"},
        {"a contact without value", CASE("\"kontaktinformation\":[{\"kontaktpunktNavn\":2}]"),
         "a contact without a value"},
        {"contacts in two spellings",
         CASE("\"Kontaktinformation\":[{\"kontaktpunktNavn\":2,\"kontaktpunktVaerdi\":\"1\"}],"
              "\"kontaktinformation\":[]"),
         "duplicate member in another spelling"},
        {"an authority's name in two spellings",
         CASE("\"OffentligOrganisation\":{\"CVR-nr\":\"33236072\",\"myndighedsnavn\":\"A\","
              "\"myndighedsnavnbeskrivelse\":\"B\"}"),
         "duplicate member in another spelling"},
        {"an authority without CVR", CASE("\"OffentligOrganisation\":{\"myndighedsnavn\":\"A\"}"),
         "an authority without its CVR number"},
        {"a CVR of nine digits", CASE("\"OffentligOrganisation\":{\"CVR-nr\":\"332360721\"}"),
         "a number of an authority has the wrong form"},
        {"an authority without agreement",
         CASE("\"OffentligOrganisation\":{\"CVR-nr\":\"43405810\",\"myndighedskode\":\"0101\"}"),
         "an item of an authority that was not asked for"},
        {"a UUID cut short", CASE("\"sagsUUID\":\"1da0d0bb-0013-4a11-8e55-33236072da0\""),
         "a UUID has the wrong form"},
        {"a UUID with a letter", CASE("\"sagsUUID\":\"1da0d0bb-0013-4a11-8e55-33236072da0g\""),
         "a UUID has the wrong form"},
        {"a relation without id", CASE("\"sagsrelationer\":[{\"Sagsrelationstype\":1}]"),
         "a relation without an id"},
        {"a document without id", CASE("\"dokumenter\":[{\"titel\":\"x\"}]"),
         "an item without an id"},
        {"a credential without type", CREDENTIALS("{\"id\":\"1\"}"), "a credential without a type"},
        {"a credential type in capitals", CREDENTIALS("{\"id\":\"1\",\"akkreditivtype\":\"Pas\"}"),
         "a credential without a type"},
        {"a number that is not masked",
         CREDENTIALS("{\"id\":\"1\",\"akkreditivtype\":\"pas\",\"nummer\":\"201234711\"}"),
         "a number is not masked"},
        {"a number masked in its middle",
         CREDENTIALS("{\"id\":\"1\",\"akkreditivtype\":\"pas\",\"nummer\":\"20**11\"}"),
         "a number is not masked"},
        {"more items than allowed",
         CASES(
             "{\"id\":\"1\"},{\"id\":\"2\"},{\"id\":\"3\"},{\"id\":\"4\"},{\"id\":\"5\"},{\"id\":\"6\"}"),
         "more items than an answer may have"},
        {"more documents than allowed",
         CASE(
             "\"dokumenter\":[{\"id\":\"1\"},{\"id\":\"2\"},{\"id\":\"3\"},{\"id\":\"4\"},{\"id\":\"5\"}]"),
         "more items than an answer may have"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct parsed parsed;

        is_int(parse(arena, cases[i].body, &parsed, &fault), OUTCOME_INVALID, "refused: %s",
               cases[i].name);
        if (cases[i].why)
            is_str(fault.why, cases[i].why, "and why");
        else
            ok(fault.why, "with a reason: %s", fault.why);
        ok(fault.offset <= strlen(cases[i].body), "at a place in the body");
        arena_free(&arena);
    }
}

/* Ceilings, each by one step too far. */
static void test_ceilings(void)
{
    static const struct {
        const char *before, *part, *after;
        size_t count; /* of parts that are allowed */
        const char *why;
    } cases[] = {
        {"{\"BorgervendtSag\":[{\"id\":\"", "i", "\"}]}", 800, "a text is too long"},
        {"{\"BorgervendtSag\":[{\"id\":\"1\",\"titel\":\"", "t", "\"}]}", 1020,
         "a text is too long"},
        {"{\"BorgervendtSag\":[{\"id\":\"1\",\"statustekst\":\"", "t", "\"}]}", 4000,
         "a text is too long"},
        {"{\"BorgervendtSag\":[],\"anmodningsID\":\"", "r", "\"}", 200, "a text is too long"},
        {"{\"BorgervendtSag\":[],\"naesteSide\":\"", "c", "\"}", 800, "a text is too long"},
        {"{\"BorgervendtSag\":[{\"id\":\"1\",\"parter\":[{}", ",{}", "]}]}", 99,
         "too many parts in one item"},
        {"{\"BorgervendtSag\":[{\"id\":\"1\",\"statushistorik\":[{}", ",{}", "]}]}", 99,
         "too many parts in one item"},
        {"{\"BorgervendtSag\":[{\"id\":\"1\",\"x\":", "[", "1", 29, NULL},
        {"{\"BorgervendtAkkreditiv\":[{\"id\":\"1\",\"akkreditivtype\":\"", "a", "\"}]}", 40,
         "a text is too long"},
        {"{\"BorgervendtAkkreditiv\":[{\"id\":\"1\",\"akkreditivtype\":\"pas\",\"nummer\":\"", "*",
         "\"}]}", 44, "a number is not masked"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t extra = 0; extra < 2; extra++) {
            struct arena *arena = arena_new(ARENA_MAX);
            struct answer_fault fault;
            struct parsed parsed;
            struct buf body;

            buf_init(&body, 1 << 16);
            buf_add_str(&body, str_of(cases[i].before));
            for (size_t n = 0; n < cases[i].count + extra; n++)
                buf_add_str(&body, str_of(cases[i].part));
            buf_add_str(&body, str_of(cases[i].after));
            for (size_t n = 0; cases[i].part[0] == '[' && n < cases[i].count + extra; n++)
                buf_add_byte(&body, ']');
            if (cases[i].part[0] == '[')
                buf_add_str(&body, STR("}]}"));
            enum outcome outcome =
                parse_bytes(arena, 200, STR("application/json"), buf_str(&body), &parsed, &fault);
            if (extra)
                is_str(fault.why, cases[i].why ? cases[i].why : "nested too deeply",
                       "%zu times '%s' are too many", cases[i].count + 1, cases[i].part);
            else
                ok(outcome_is_positive(outcome), "%zu times '%s' are allowed", cases[i].count,
                   cases[i].part);
            buf_clear(&body);
            arena_free(&arena);
        }
    }

    struct arena *arena = arena_new(64);
    struct answer_fault fault;
    struct parsed parsed;
    is_int(parse(arena, CASES("{\"id\":\"1\"}"), &parsed, &fault), OUTCOME_INVALID,
           "an arena without room is a refusal, not a crash");
    arena_free(&arena);
}

/* No answer that breaks off, and none with a NUL put in, is taken for a whole one. */
static void test_cuts(void)
{
    static const char body[] =
        CASES("{\"id\":\"s-1\",\"titel\":\"B\\u00f8rn\",\"sagstatus\":2,"
              "\"parter\":[{\"rolle\":\"Primaer\",\"CPR-nr\":\"6101709995\"}],"
              "\"dokumenter\":[{\"id\":\"d\",\"dato\":\"2026-01-01\"}]}");
    size_t taken = 0, survived = 0;

    for (size_t len = 0; len < sizeof body - 1; len++) {
        struct arena *arena = arena_new(ARENA_MAX);
        char *exact = malloc(len ? len : 1), *spoilt = malloc(sizeof body - 1);
        struct answer_fault fault;
        struct parsed parsed;

        if (!exact || !spoilt)
            abort();
        memcpy(exact, body, len);
        memcpy(spoilt, body, sizeof body - 1);
        spoilt[len] = '\0';
        taken += parse_bytes(arena, 200, STR("application/json"), str_make(exact, len), &parsed,
                             &fault) != OUTCOME_INVALID ||
                 !fault.why || fault.offset > len;
        survived +=
            parse_bytes(arena, 200, STR("application/json"), str_make(spoilt, sizeof body - 1),
                        &parsed, &fault) != OUTCOME_INVALID;
        free(exact);
        free(spoilt);
        arena_free(&arena);
    }
    is_int((long long)taken, 0, "an answer cut at any byte is invalid");
    is_int((long long)survived, 0, "a NUL at any byte is invalid");
}

static void test_statuses(void)
{
    static const struct {
        int status;
        enum outcome outcome;
    } cases[] = {
        {100, OUTCOME_INVALID}, {201, OUTCOME_INVALID}, {204, OUTCOME_INVALID},
        {206, OUTCOME_INVALID}, {301, OUTCOME_INVALID}, {304, OUTCOME_INVALID},
        {400, OUTCOME_FAILED},  {401, OUTCOME_REFUSED}, {403, OUTCOME_REFUSED},
        {404, OUTCOME_FAILED},  {408, OUTCOME_FAILED},  {422, OUTCOME_FAILED},
        {429, OUTCOME_BUSY},    {500, OUTCOME_FAILED},  {502, OUTCOME_FAILED},
        {503, OUTCOME_BUSY},    {504, OUTCOME_FAILED},  {599, OUTCOME_FAILED},
        {600, OUTCOME_INVALID}, {0, OUTCOME_INVALID},   {-1, OUTCOME_INVALID},
    };
    static const struct {
        const char *type;
        bool is_taken;
    } types[] = {
        {"application/json", true},
        {"application/json; charset=utf-8", true},
        {"Application/JSON;charset=UTF-8", true},
        {"application/json ; x=y", true},
        {NULL, true}, /* absent: the grammar decides */
        {"", false},
        {"text/html", false},
        {"text/html; application/json", false},
        {"application/problem+json", false},
        {"application/jsonp", false},
        {"text/json", false},
    };
    struct arena *arena = arena_new(ARENA_MAX);
    struct answer_fault fault;
    struct parsed parsed;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        is_int(
            parse_bytes(arena, cases[i].status, STR("text/html"), STR("<html>"), &parsed, &fault),
            cases[i].outcome, "status %d with HTML", cases[i].status);
        ok(fault.why, "has a reason: %s", fault.why);
        is_int(parse_bytes(arena, cases[i].status, STR("application/json"),
                           STR(CASES("{\"id\":\"1\"}")), &parsed, &fault),
               cases[i].outcome, "status %d with an answer", cases[i].status);
        is_int((long long)parsed.items.count, 0, "gives no items");
    }
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        is_int(parse_bytes(arena, 200, str_of(types[i].type), STR(CASES("")), &parsed, &fault),
               types[i].is_taken ? OUTCOME_EMPTY : OUTCOME_INVALID, "content type %s",
               types[i].type ? types[i].type : "absent");
    arena_free(&arena);
}

int main(void)
{
    if (!cpr_parse(STR("6101709995"), &subject))
        return EXIT_FAILURE;
    test_hostile();
    test_ceilings();
    test_cuts();
    test_statuses();
    return done_testing();
}
