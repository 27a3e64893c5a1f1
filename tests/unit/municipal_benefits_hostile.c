/* SPDX-License-Identifier: MIT */
/* Answers of the Ydelsesindeks that no index should give: none of them is believed. */
#include "tests/unit/municipal_benefits.h"

static void test_refused(void)
{
#define AMOUNT(amount) ANSWER(PAYMENT(GROSS(amount), ""))
    static const struct ugly uglies[] = {
        {"nothing", "", OUTCOME_INVALID, "no element found"},
        {"the other index's answer", BODY("<sdi:FremsoegSagDokumentIndeksOutput/>"),
         OUTCOME_INVALID, "an unknown element in the envelope or its Body"},
        {"a SOAP fault", BODY("<soap:Fault/>"), OUTCOME_FAILED, "a SOAP fault"},
        {"no StandardRetur", OUTPUT(""), OUTCOME_INVALID, "no StatusKode"},
        {"StatusKode 40", OUTPUT(RETURN("40")), OUTCOME_FAILED,
         "StatusKode 40: it does not understand us"},
        {"not found, and yet", OUTPUT(RETURN("44") GRANT("", "")), OUTCOME_INVALID,
         "StatusKode 44 with objects"},
        {"a grant without UUID", ANSWER("<yi:BevillingFiltreretOejebliksbillede/>"),
         OUTCOME_INVALID, "a grant without UUID"},
        {"a payment without UUID", ANSWER("<yi:OekonomiskEffektueringFiltreretOejebliksbillede/>"),
         OUTCOME_INVALID, "a payment without UUID"},
        {"an Id without end",
         ANSWER(GRANT(BENEFIT("<bi:Id>0123456789012345678901234567890123456</bi:Id>"), "")),
         OUTCOME_INVALID, "an Id is too long"},
        {"two Ids", ANSWER(GRANT(BENEFIT("<bi:Id>1</bi:Id><bi:Id>2</bi:Id>"), "")), OUTCOME_INVALID,
         "an element comes twice"},
        {"an unknown Foelsomhed", ANSWER(GRANT(SENSITIVITY("HEMMELIG"), "")), OUTCOME_INVALID,
         "an unknown Foelsomhed"},
        {"an amount in Danish", AMOUNT("12.326,00"), OUTCOME_INVALID, "an amount is malformed"},
        {"an amount with an exponent", AMOUNT("1e9"), OUTCOME_INVALID, "an amount is malformed"},
        {"an amount of nothing", AMOUNT(""), OUTCOME_INVALID, "an amount is malformed"},
        {"an amount beyond all money", AMOUNT("9999999999999999.00"), OUTCOME_INVALID,
         "an amount is malformed"},
        {"an amount of words", AMOUNT("NaN"), OUTCOME_INVALID, "an amount is malformed"},
        {"two amounts", ANSWER(PAYMENT(GROSS("1") GROSS("2"), "")), OUTCOME_INVALID,
         "an element comes twice"},
        {"a day that does not exist", ANSWER(PAYMENT(DAY("2026-02-30"), "")), OUTCOME_INVALID,
         "a date is malformed"},
        {"a beginning that is none", ANSWER(GRANT(BENEFIT(FROM("i morgen")), "")), OUTCOME_INVALID,
         "a date is malformed"},
        {"a plan's amount that is none",
         ANSWER(GRANT(BENEFIT(PLAN("2026-01-01", "", "Månedlig", "mange penge")), "")),
         OUTCOME_INVALID, "an amount is malformed"},
        {"a benefit of no UUID", ANSWER(PAYMENT("", COVERING("grant-1", "1"))), OUTCOME_INVALID,
         "a UUID is malformed"},
        {"an element in an amount", AMOUNT("<bi:Id>1</bi:Id>"), OUTCOME_INVALID,
         "an element inside a text"},
        {"a DOCTYPE", "<!DOCTYPE x>" OUTPUT(RETURN("20")), OUTCOME_INVALID,
         "a DOCTYPE is not allowed"},
    };

    test_ugly(adapter, uglies, sizeof uglies / sizeof uglies[0]);
}

static void test_large(void)
{
    static const struct {
        const char *name, *before, *repeated, *why;
        size_t times;
    } answers[] = {
        {"benefits without end",
         "<soap:Envelope@><soap:Body><yi:FremsoegYdelseIndeksOutput>"
         "<yi:BevillingFiltreretOejebliksbillede><bi:Registrering><bi:AttributListe>",
         "<bi:BevilgetYdelse/>", "a grant of too many benefits", 101},
        {"parties without end",
         "<soap:Envelope@><soap:Body><yi:FremsoegYdelseIndeksOutput>"
         "<yi:BevillingFiltreretOejebliksbillede><bi:Registrering><bi:RelationListe>",
         "<bi:Bevillingspart/>", "too many parties", 300},
        {"more grants than allowed", "<soap:Envelope@><soap:Body><yi:FremsoegYdelseIndeksOutput>",
         GRANT("<bi:BevilgetYdelse/>", ""), "too many items", ITEMS_MAX + 1},
    };

    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct answer_fault fault;
        struct parsed parsed;
        struct buf body;

        buf_init(&body, 1 << 20);
        buf_add_str(&body, expand(arena, str_of(answers[i].before)));
        for (size_t n = 0; n < answers[i].times; n++)
            buf_add_str(&body, str_of(answers[i].repeated));
        is_int(parse_bytes(adapter, arena, 200, STR("text/xml"), buf_str(&body), &parsed, &fault),
               OUTCOME_INVALID, "%s: outcome", answers[i].name);
        is_str(fault.why, answers[i].why, "%s: why", answers[i].name);
        buf_clear(&body);
        arena_free(&arena);
    }
}

int main(void)
{
    municipal_setup();
    test_refused();
    test_large();
    test_http(adapter);
    test_cuts(adapter, WHOLE);
    test_small_arenas(adapter, WHOLE);
    return done_testing();
}
