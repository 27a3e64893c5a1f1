/* SPDX-License-Identifier: MIT */
/* The question that the tests of the source contract ask, and how they write answers to it. */
#ifndef TESTS_UNIT_BORGERVENDT_H
#define TESTS_UNIT_BORGERVENDT_H

#include "adapters/adapters.h"
#include "tests/tap.h"

enum { ITEMS_MAX = 5, ARENA_MAX = 1 << 20, ALL_KINDS = (1 << ITEM_KIND_COUNT) - 1 };

static struct cpr subject;
static const struct str authorities[] = {STR_INIT("33236072"), STR_INIT("0710")};
static struct source source = {
    .id = STR_INIT("udk.ydelser"),
    .authority = {.cvr = STR_INIT("33236072"), .name = STR_INIT("Udbetaling Danmark")},
    .adapter = &adapter_borgervendt,
    .path = STR_INIT("/hentydelsesliste/v2.1.0"),
    .detail_path = STR_INIT("/hentydelse/v2.1.0"),
    .kinds = ALL_KINDS,
};
static struct question question = {
    .kind = QUESTION_LIST,
    .source = &source,
    .subject = &subject,
    .authorities = authorities,
    .authority_count = 2,
};

static inline enum outcome parse_bytes(struct arena *arena, int status, struct str content_type,
                                       struct str body, struct parsed *parsed,
                                       struct answer_fault *fault)
{
    struct answer answer = {
        .http_status = status, .content_type = content_type, .body = body, .items_max = ITEMS_MAX};

    return source.adapter->parse(arena, &question, &answer, parsed, fault);
}

static inline enum outcome parse(struct arena *arena, const char *body, struct parsed *parsed,
                                 struct answer_fault *fault)
{
    return parse_bytes(arena, 200, STR("application/json"), str_of(body), parsed, fault);
}

#define HEAD                                                                                       \
    "\"CPR-nr\":\"6101709995\",\"anmodningsID\":\"r-1\",\"datoTid\":\"2026-11-21T10:42:00\""
#define ANSWER(list)       "{" HEAD "," list "}"
#define CASES(items)       ANSWER("\"BorgervendtSag\":[" items "]")
#define BENEFITS(items)    ANSWER("\"BorgervendtOekonomiskYdelse\":[" items "]")
#define CREDENTIALS(items) ANSWER("\"BorgervendtAkkreditiv\":[" items "]")
#define PAYMENTS(items)    ANSWER("\"BorgervendtGaeldogBetaling\":[" items "]")
#define BENEFIT(members)   BENEFITS("{\"id\":\"y-1\"," members "}")
#define CASE(members)      CASES("{\"id\":\"s-1\"," members "}")

#endif
