/* SPDX-License-Identifier: MIT */
/* Agreements and municipalities. */
#include "policy/agreement.h"
#include "policy/municipality.h"
#include "tests/config.h"

static void complains_of_municipalities(void)
{
#define LIST "expected a list of municipalities\n"
    static const struct {
        const char *text, *faults;
    } cases[] = {
        {"{'municipalities': [{'code': '0710', 'name': 'F', 'cvr': '29189714'},"
         " {'code': '0101', 'name': 'K'}]}",
         ""},
        {"{}", "t.json:1:1: /municipalities: " LIST},
        {"{'municipalities': []}", "t.json:1:20: /municipalities: " LIST},
        {"{'municipalities': {}}", "t.json:1:20: /municipalities: " LIST},
        {"{'municipalities': [{}]}", "t.json:1:21: /municipalities/0/code: is needed\n"
                                     "t.json:1:21: /municipalities/0/name: is needed\n"},
        {"{'municipalities': [7]}", "t.json:1:21: /municipalities/0: expected an object\n"
                                    "t.json:1:21: /municipalities/0/code: is needed\n"
                                    "t.json:1:21: /municipalities/0/name: is needed\n"},
        {"{'municipalities': [{'code': '710', 'name': 'F'}]}",
         "t.json:1:30: /municipalities/0/code: expected four digits\n"},
        {"{'municipalities': [{'code': '071o', 'name': 'F'}]}",
         "t.json:1:30: /municipalities/0/code: expected four digits\n"},
        {"{'municipalities': [{'code': '0710', 'name': 'F', 'cvr': '2918971'}]}",
         "t.json:1:58: /municipalities/0/cvr: expected eight digits\n"},
        {"{'municipalities': [{'code': '0710', 'name': 'F', 'cvr': '29189714'},\n"
         "{'code': '0710', 'name': 'G', 'cvr': '29189714'}]}",
         "t.json:2:10: /municipalities/1/code: is also that of F\n"
         "t.json:2:38: /municipalities/1/cvr: is also that of F\n"},
        {"{'municipalities': [{'code': '0710', 'name': 'F', 'cvr_nr': '29189714'}]}",
         "t.json:1:61: /municipalities/0/cvr_nr: is unknown; did you mean \"cvr\"?\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct municipalities list;
        struct node root = config_parse(&config, cases[i].text);
        municipalities_parse(root, &list, config.arena, &config.faults);
        is_str(config_faults(&config), cases[i].faults, "municipalities %zu", i);
        config_clear(&config);
    }
}

static void finds_shipped_municipalities(void)
{
    struct str bytes = config_read("policies/municipalities.json");
    struct arena *arena = arena_new((size_t)1024 * 1024);
    struct faults faults;
    struct municipalities list;
    faults_init(&faults, arena);
    struct document *document = document_parse(STR("m.json"), bytes, &faults);
    municipalities_parse(document_node(document), &list, arena, &faults);
    document_free(&document);
    free((void *)bytes.at);

    is_int((long long)faults.count, 0, "the shipped file has no fault");
    is_int((long long)list.count, 98, "all municipalities");
    for (size_t i = 1; i < list.count; i++)
        if (str_compare(list.at[i - 1].code, list.at[i].code) >= 0)
            ok(false, "%.*s is in its place", STR_ARG(list.at[i].code));
    for (size_t i = 0; i < list.count; i++)
        if (municipality_find(&list, list.at[i].code) != &list.at[i])
            ok(false, "%.*s is found", STR_ARG(list.at[i].code));
    const struct municipality *favrskov = municipality_find(&list, STR("0710"));
    ok(favrskov && str_equal(favrskov->cvr, STR("29189714")), "Favrskov");
    ok(favrskov && municipality_find_cvr(&list, STR("29189714")) == favrskov, "by its CVR number");
    ok(!municipality_find(&list, STR("0711")) && !municipality_find(&list, STR("710")) &&
           !municipality_find(&list, STR_NONE),
       "no other");
    ok(!municipality_find_cvr(&list, STR_NONE) && !municipality_find_cvr(&list, STR("12345678")),
       "nor by another number, or none");
    struct municipalities empty = {0};
    ok(!municipality_find(&empty, STR("0710")), "an empty list has none");
    arena_free(&arena);
}

static void complains_of_agreements(void)
{
#define SOURCES "expected a list of source ids, or [\"*\"] for all\n"
#define ANY     "expected a list; an empty one lets nobody ask\n"
    static const struct {
        const char *text, *faults;
    } cases[] = {
        {"{'agreements': []}", ""},
        {"{'agreements': [{'portal': 'p', 'sources': ['*', 'atp'], 'authorities': ['1']}]}", ""},
        {"{}", "t.json:1:1: /agreements: " ANY},
        {"{'agreements': {}}", "t.json:1:16: /agreements: " ANY},
        {"{'agreements': [{'portal': 'p'}]}", "t.json:1:17: /agreements/0/sources: " SOURCES},
        {"{'agreements': [{'portal': 'p', 'sources': []}]}",
         "t.json:1:44: /agreements/0/sources: " SOURCES},
        {"{'agreements': [{'sources': ['atp']}]}",
         "t.json:1:17: /agreements/0/portal: is needed\n"},
        {"{'agreements': [{'portal': 'p', 'sources': ['apt', '*', 'atp']}]}",
         "t.json:1:45: /agreements/0/sources/0: there is no source \"apt\"; did you mean \"atp\"?\n"},
        {"{'agreements': [{'portal': 'p', 'source': ['*'], 'sources': ['*']}]}",
         "t.json:1:43: /agreements/0/source: is unknown; did you mean \"sources\"?\n"},
    };
    static const struct str ids[] = {STR_INIT("atp"), STR_INIT("star")};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct agreements list;
        struct node root = config_parse(&config, cases[i].text);
        agreements_parse(root, &list, config.arena, &config.faults);
        agreements_check(root, ids, 2, &config.faults);
        is_str(config_faults(&config), cases[i].faults, "agreements %zu", i);
        config_clear(&config);
    }
}

static void finds_agreements(void)
{
    struct config config;
    struct agreements list;
    struct node root =
        config_parse(&config, "{'agreements': [{'portal': 'p', 'sources': ['atp']},"
                              " {'portal': 'q', 'sources': ['*'], 'authorities': ['1', '2']},"
                              " {'portal': 'p', 'sources': ['star'], 'authorities': ['3']}]}");
    agreements_parse(root, &list, config.arena, &config.faults);
    is_int((long long)list.count, 3, "three agreements");
    ok(agreement_find(&list, STR("p"), STR("atp")) == &list.at[0], "by portal and source");
    ok(agreement_find(&list, STR("p"), STR("star")) == &list.at[2], "a second one of a portal");
    ok(!agreement_find(&list, STR("p"), STR("udk")), "no agreement on this source");
    ok(agreement_find(&list, STR("q"), STR("udk")) == &list.at[1], "one on all sources");
    is_int((long long)list.at[1].authority_count, 2, "with its authorities");
    ok(!agreement_find(&list, STR("r"), STR("atp")), "an unknown portal");
    ok(!agreement_find(&list, STR_NONE, STR("atp")) && !agreement_find(&list, STR(""), STR("atp")),
       "no portal");
    ok(agreement_knows(&list, STR("p")) && agreement_knows(&list, STR("q")), "who is known");
    ok(!agreement_knows(&list, STR("r")) && !agreement_knows(&list, STR_NONE) &&
           !agreement_knows(&list, STR("P")),
       "who is not");
    config_clear(&config);
}

int main(void)
{
    complains_of_municipalities();
    finds_shipped_municipalities();
    complains_of_agreements();
    finds_agreements();
    return done_testing();
}
