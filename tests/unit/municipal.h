/* SPDX-License-Identifier: MIT */
/* The question that the tests of the municipal indexes ask, and how they write answers to it. The
 * UUIDs are written out here, not taken from the product's table, which could be wrong. */
#ifndef TESTS_UNIT_MUNICIPAL_H
#define TESTS_UNIT_MUNICIPAL_H

#include "adapters/soap.h"
#include "tests/tap.h"

enum { ITEMS_MAX = 20, ARENA_MAX = 1 << 20 };

#define REQUEST_ID "019a0000-0000-7000-8000-00000000abcd"
#define SELF       "6101709995"
#define OTHER      "7502889996"

static struct cpr subject;
static struct source source = {.path = STR_INIT("/index/6")};
static struct question question = {
    .kind = QUESTION_LIST,
    .source = &source,
    .subject = &subject,
    .municipality = STR_INIT("0710"),
    .municipality_cvr = STR_INIT("29189714"),
    .request_id = STR_INIT(REQUEST_ID),
};

static inline void municipal_setup(void)
{
    ok(cpr_parse(STR(SELF), &subject) && wall_parse(STR("2026-11-21T12:00:00"), &question.now),
       "a citizen and a time to ask at");
}

static inline bool is(struct str got, const char *want)
{
    return want ? str_equal(got, str_of(want)) : !got.at;
}

static inline bool is_day(struct date date, int year, int month, int day)
{
    return date.year == year && date.month == month && date.day == day;
}

static inline bool is_time(struct wall wall, const char *want)
{
    struct wall then;

    return want ? wall.known && wall_parse(str_of(want), &then) && wall.unix_ms == then.unix_ms
                : !wall.known;
}

static inline bool holds(struct str text, const char *part)
{
    return str_find(text, str_of(part)) < text.len;
}

static inline const struct item *item_at(const struct parsed *parsed, size_t index)
{
    const struct item *item = parsed->items.first;

    while (item && index-- > 0)
        item = item->next;
    return item;
}

/* ---- answers ---- */

#define X(name, prefix, uri) " xmlns:" prefix "=\"" uri "\""
static const char namespaces[] = SOAP_NAMESPACES(X);
#undef X

/* "@" stands for the namespaces, so that samples can be literals. */
static inline struct str expand(struct arena *arena, struct str sample)
{
    size_t at = str_find_byte(sample, '@');

    if (at == sample.len)
        return sample;
    return arena_format(arena, "%.*s%s%.*s", STR_ARG(str_head(sample, at)), namespaces,
                        STR_ARG(str_skip(sample, at + 1)));
}

#define HEADER                                                                                     \
    "<soap:Header><rh:RequestHeader><rh:TransactionUUID>" REQUEST_ID                               \
    "</rh:TransactionUUID></rh:RequestHeader></soap:Header>"
#define ENVELOPE(content) "<soap:Envelope@>" content "</soap:Envelope>"
#define BODY(content)     ENVELOPE(HEADER "<soap:Body>" content "</soap:Body>")
#define RETURN(code)      "<sd:StandardRetur><sd:StatusKode>" code "</sd:StatusKode></sd:StandardRetur>"

#define UUID(uuid)        "<sd:UUIDIdentifikator>" uuid "</sd:UUIDIdentifikator>"
#define URN(urn)          "<sd:URNIdentifikator>" urn "</sd:URNIdentifikator>"
#define TIME(time)        "<sd:TidsstempelDatoTid>" time "</sd:TidsstempelDatoTid>"
#define OPEN              "<sd:GraenseIndikator>true</sd:GraenseIndikator>"
#define EFFECT(ns, from, to)                                                                       \
    "<" ns ":Virkning><sd:FraTidspunkt>" from "</sd:FraTidspunkt><sd:TilTidspunkt>" to             \
    "</sd:TilTidspunkt></" ns ":Virkning>"
#define SINCE(ns, from) EFFECT(ns, TIME(from), OPEN)
#define RELATION(role, reference)                                                                  \
    SINCE("gd", "2026-01-01T00:00:00Z")                                                            \
    "<gd:Rolle>" UUID(role) "</gd:Rolle><gd:ReferenceID>" reference "</gd:ReferenceID>"
#define PERSON(cpr)    URN("urn:oio:cpr-nr:" cpr)
#define EXTRA(content) "<gd:LokalUdvidelseListe>" content "</gd:LokalUdvidelseListe>"
#define REGISTERED(time)                                                                           \
    "<sd:Tidspunkt>" time "</sd:Tidspunkt><sd:LivscyklusKode>Importeret</sd:LivscyklusKode>"

/* ---- tests that both indexes have ---- */

static inline enum outcome parse_bytes(const struct adapter *adapter, struct arena *arena,
                                       int status, struct str content_type, struct str body,
                                       struct parsed *parsed, struct answer_fault *fault)
{
    struct answer answer = {
        .http_status = status, .content_type = content_type, .body = body, .items_max = ITEMS_MAX};

    return adapter->parse(arena, &question, &answer, parsed, fault);
}

static inline enum outcome parse(const struct adapter *adapter, struct arena *arena,
                                 const char *sample, struct parsed *parsed,
                                 struct answer_fault *fault)
{
    return parse_bytes(adapter, arena, 200, STR("text/xml; charset=utf-8"),
                       expand(arena, str_of(sample)), parsed, fault);
}

struct ugly {
    const char *name;
    const char *sample;
    enum outcome outcome;
    const char *why; /* NULL: none */
};

static inline void test_ugly(const struct adapter *adapter, const struct ugly *uglies, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct parsed parsed;
        enum outcome outcome = parse(adapter, arena, uglies[i].sample, &parsed, &fault);

        is_int(outcome, uglies[i].outcome, "%s: outcome", uglies[i].name);
        is_str(fault.why, uglies[i].why, "%s: why", uglies[i].name);
        arena_free(&arena);
    }
}

/* However much of an answer comes, only the whole of it is believed. */
static inline void test_cuts(const struct adapter *adapter, const char *sample)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct str whole = expand(arena, str_of(sample));
    struct arena *own = arena_new(ARENA_MAX);
    size_t believed = 0;

    for (size_t len = 0; len < whole.len; len++) {
        char *bytes = malloc(len + 1); /* as large as the answer, so that reading on is seen */
        struct answer_fault fault;
        struct parsed parsed;

        memcpy(bytes, whole.at, len);
        if (parse_bytes(adapter, own, 200, STR("text/xml"), str_make(bytes, len), &parsed,
                        &fault) != OUTCOME_INVALID)
            believed++;
        free(bytes);
        arena_reset(own);
    }
    is_int((long long)believed, 0, "cut at any of %zu bytes it is not believed", whole.len);
    arena_free(&own);
    arena_free(&arena);
}

/* In an arena of any size an answer is read whole or not at all. */
static inline void test_small_arenas(const struct adapter *adapter, const char *sample)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct str whole = expand(arena, str_of(sample));
    size_t refused = 0, wrong = 0, full = 0;

    for (size_t room = 0; room < 200 && !full; room++) {
        struct arena *small = arena_new(room * 128);
        struct answer_fault fault;
        struct parsed parsed;
        enum outcome outcome =
            parse_bytes(adapter, small, 200, STR("text/xml"), whole, &parsed, &fault);

        refused += outcome == OUTCOME_INVALID;
        wrong += outcome == OUTCOME_INVALID ? !fault.why : arena_is_full(small);
        full = outcome == OUTCOME_ANSWERED;
        arena_free(&small);
    }
    ok(refused > 10 && full && wrong == 0, "no arena is too small to say so (%zu were)", refused);
    arena_free(&arena);
}

static inline void test_http(const struct adapter *adapter)
{
    static const struct {
        int status;
        const char *type;
        enum outcome outcome;
    } answers[] = {
        {200, "text/html", OUTCOME_INVALID},        {200, "", OUTCOME_INVALID},
        {200, "application/json", OUTCOME_INVALID}, {204, "text/xml", OUTCOME_INVALID},
        {301, "text/html", OUTCOME_INVALID},        {400, "text/xml", OUTCOME_FAILED},
        {401, "text/html", OUTCOME_REFUSED},        {403, "text/html", OUTCOME_REFUSED},
        {404, "text/html", OUTCOME_FAILED},         {429, "text/plain", OUTCOME_BUSY},
        {500, "text/xml", OUTCOME_FAILED},          {502, "text/html", OUTCOME_FAILED},
        {503, "text/html", OUTCOME_BUSY},
    };

    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct parsed parsed;

        is_int(parse_bytes(adapter, arena, answers[i].status, str_of(answers[i].type),
                           STR("<html><body>Beklager</body></html>"), &parsed, &fault),
               answers[i].outcome, "HTTP %d, %s", answers[i].status, answers[i].type);
        ok(fault.why != NULL, "HTTP %d: a reason", answers[i].status);
        arena_free(&arena);
    }
}

#endif
