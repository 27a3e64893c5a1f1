/* SPDX-License-Identifier: MIT */
/* Agreements, authorities and municipalities. */
#include "policy/agreement.h"
#include "policy/authorities.h"
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
        {"{'municipalities': [{'code': '0710', 'name': 'F', 'cvr': '29189715'}]}",
         "t.json:1:58: /municipalities/0/cvr: is no CVR number: its last digit does not fit the "
         "others\n"},
        {"{'municipalities': [{'code': '0710', 'name': 'F', 'cvr': '29189714'},\n"
         "{'code': '0710', 'name': 'G', 'cvr': '29189714'}]}",
         "t.json:2:10: /municipalities/1/code: is also that of F\n"
         "t.json:2:38: /municipalities/1/cvr: is also that of F\n"},
        {"{'municipalities': [{'code': '0710', 'name': 'F', 'cvr_nr': '29189714'}]}",
         "t.json:1:61: /municipalities/0/cvr_nr: is unknown; did you mean \"cvr\"?\n"},
#define TWO "{'municipalities': [{'code': '0710', 'name': 'F'}, {'code': '0101', 'name': 'K'}],\n"
        {TWO "'rollout': [{'source': 's', 'from': '2026-01-01', 'municipalities': ['0710']},\n"
             "{'source': 's', 'from': '2026-06-01'}, {'source': 't', 'from': '2026-06-01'}]}",
         ""},
        {TWO "'rollout': {}}", "t.json:2:12: /rollout: expected a list\n"},
        {TWO "'rollout': [{'source': 's'}]}",
         "t.json:2:13: /rollout/0/from: is needed: the date from which it is shown\n"},
        {TWO "'rollout': [{'source': 's', 'from': '2026-01-01', 'municipalities': []}]}",
         "t.json:2:69: /rollout/0/municipalities: expected municipalities' codes; leave it out for "
         "all others\n"},
        {TWO "'rollout': [{'source': 's', 'from': '2026-01-01', 'municipalities': ['0711']}]}",
         "t.json:2:70: /rollout/0/municipalities/0: is no municipality's code\n"},
        {TWO "'rollout': [{'source': 's', 'from': '2026-01-01', 'municipalities': ['0710']},\n"
             "{'source': 's', 'from': '2026-02-01', 'municipalities': ['0710']}]}",
         "t.json:3:58: /rollout/1/municipalities/0: stands in another row as well\n"},
        {TWO "'rollout': [{'source': 's', 'from': '2026-01-01'},\n"
             "{'source': 's', 'from': '2026-02-01'}]}",
         "t.json:3:1: /rollout/1: there is another row for the rest of this source\n"},
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
        if (!list.at[i].cvr.at)
            ok(false, "%.*s has a CVR number", STR_ARG(list.at[i].name));
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
    ok(municipality_shows(&list, favrskov, STR("kommuner.sager"), (struct date){1990, 1, 1}),
       "without a rollout everything is shown");
    struct municipalities empty = {0};
    ok(!municipality_find(&empty, STR("0710")), "an empty list has none");
    arena_free(&arena);
}

static void complains_of_agreements(void)
{
#define SOURCES         "expected a list of source ids, or [\"*\"] for all\n"
#define AGREED(members) "{'agreements': [{'portal': 'p', " members "}]}"
#define PORTALS(list)                                                                              \
    "{'portals': [" list "],\n'agreements': [{'portal': 'p', 'sources': ['*'], 'contract': 'c'}]}"
#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ANY "expected a list; an empty one lets nobody ask\n"
    static const struct {
        const char *text, *faults;
    } cases[] = {
        {"{'agreements': []}", ""},
        {AGREED("'sources': ['*', 'atp'], 'authorities': ['0710', '29189714'], 'kinds': ['case'],"
                "'from': '2026-01-01', 'to': '2026-01-01', 'contract': 'c'"),
         ""},
        {"{}", "t.json:1:1: /agreements: " ANY},
        {"{'agreements': {}}", "t.json:1:16: /agreements: " ANY},
        {AGREED("'contract': 'c'"), "t.json:1:17: /agreements/0/sources: " SOURCES},
        {AGREED("'contract': 'c', 'sources': []"), "t.json:1:61: /agreements/0/sources: " SOURCES},
        {"{'agreements': [{'sources': ['atp'], 'contract': 'c'}]}",
         "t.json:1:17: /agreements/0/portal: is needed\n"},
        {AGREED("'sources': ['*']"), "t.json:1:17: /agreements/0/contract: is needed\n"},
        {AGREED("'contract': 'c', 'sources': ['apt', '*', 'atp']"),
         "t.json:1:62: /agreements/0/sources/0: there is no source \"apt\"; did you mean \"atp\"?\n"},
        {AGREED("'contract': 'c', 'source': ['*'], 'sources': ['*']"),
         "t.json:1:60: /agreements/0/source: is unknown; did you mean \"sources\"?\n"},
        {AGREED("'contract': 'c', 'sources': ['*'], 'kinds': ['cases']"),
         "t.json:1:78: /agreements/0/kinds/0: is no kind of item; did you mean \"case\"?\n"},
        {AGREED("'contract': 'c', 'sources': ['*'], 'authorities': ['071']"),
         "t.json:1:84: /agreements/0/authorities/0: expected a CVR number of eight digits or a "
         "municipality's code of four\n"},
        {AGREED("'contract': 'c', 'sources': ['*'], 'from': '2026-01-02', 'to': '2026-01-01'"),
         "t.json:1:96: /agreements/0/to: is before \"from\"\n"},
        {AGREED("'contract': 'c', 'sources': ['*'], 'from': '2026-13-01'"),
         "t.json:1:76: /agreements/0/from: expected a date as \"2026-11-21\"\n"},
        {PORTALS("{'id': 'p', 'clients': ['a', 'b'], 'certificates': ['" HEX "'],"
                 "'server_timing': true}, {'id': 'q'}"),
         ""},
        {PORTALS("{'id': 'p', 'clients': ['a']}, {'id': 'q', 'clients': ['a']}"),
         "t.json:1:68: /portals/1/clients: \"a\" is also a client id of another portal\n"},
        {PORTALS("{'id': 'q'}, {'id': 'q'}"),
         "t.json:1:34: /portals/1/id: there is another portal of this id\n"},
        {PORTALS("{'id': 'q', 'clients': ['p']}"),
         "t.json:2:27: /agreements/0/portal: \"p\" is a client id of another portal\n"},
        {PORTALS("{'id': 'p', 'certificates': ['ab:cd']}"),
         "t.json:1:43: /portals/0/certificates/0: expected the SHA-256 of a certificate: 64 "
         "hexadecimal digits\n"},
        {PORTALS("{'id': 'p', 'certificates': ['" HEX "']},{'id': 'q', 'certificates': ['" HEX
                 "']}"),
         "t.json:1:141: /portals/1/certificates/0: is also a certificate of another portal\n"},
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

/* Who asks is known by the token's client id, and by the certificate where one is registered. */
static void recognises_portals(void)
{
    static const struct str own = STR_INIT("43405810");
#define OTHER_HEX "ffff456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    static const struct {
        const char *client, *certificate;
        enum portal_verdict verdict;
        const char *portal;
    } rows[] = {
        {"open", "", PORTAL_KNOWN, "open"},
        {"open", OTHER_HEX, PORTAL_KNOWN, "open"},
        {"a", HEX, PORTAL_KNOWN, "shown"},
        {"b", HEX, PORTAL_KNOWN, "shown"},
        {"a", "", PORTAL_WITHOUT_CERTIFICATE, NULL},
        {"a", OTHER_HEX, PORTAL_WITHOUT_CERTIFICATE, NULL},
        {"open", HEX, PORTAL_OF_ANOTHER, NULL},
        {"stranger", HEX, PORTAL_OF_ANOTHER, NULL},
        {"shown", "", PORTAL_UNKNOWN, NULL}, /* its id is no client id */
        {"stranger", "", PORTAL_UNKNOWN, NULL},
        {"idle", "", PORTAL_UNKNOWN, NULL}, /* described, without an agreement */
        {"", "", PORTAL_UNKNOWN, NULL},
        {NULL, "", PORTAL_UNKNOWN, NULL},
        {"Open", "", PORTAL_UNKNOWN, NULL},
    };
    struct config config;
    struct agreements list;
    struct node root = config_parse(
        &config, "{'portals': [{'id': 'shown', 'clients': ['a', 'b'], 'certificates':"
                 " ['01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:"
                 "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF']}, {'id': 'idle'}],"
                 "'agreements': [{'portal': 'open', 'sources': ['atp'], 'contract': 'c'},"
                 "{'portal': 'shown', 'sources': ['*'], 'contract': 'c', 'authorities': ['0710']},"
                 "{'portal': 'open', 'sources': ['star'], 'contract': 'c'}]}");
    agreements_parse(root, &list, config.arena, &config.faults);
    is_str(config_faults(&config), "", "no fault");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct portal *portal;
        is_int(portal_find(&list, str_of(rows[i].client), str_of(rows[i].certificate), &portal),
               rows[i].verdict, "portal row %zu", i);
        ok(portal ? str_equal(portal->id, str_of(rows[i].portal)) : !rows[i].portal,
           "portal row %zu: who", i);
    }
    const struct portal *portal;
    struct date day = {2026, 1, 1};
    struct str out[4];
    ok(portal_find(&list, STR("open"), STR(""), &portal) == PORTAL_KNOWN &&
           portal->agreement_count == 2 && portal_kinds(portal, STR("star"), NULL, day) &&
           portal_kinds(portal, STR("atp"), NULL, day) &&
           !portal_kinds(portal, STR("u"), NULL, day),
       "all agreements of a portal count");
    ok(portal_authorities(portal, STR("atp"), &own, 1, day, out, 4) == 1 &&
           str_equal(out[0], STR("43405810")),
       "a source answers for itself");
    ok(portal_find(&list, STR("a"), STR(HEX), &portal) == PORTAL_KNOWN &&
           portal_authorities(portal, STR("atp"), &own, 1, day, out, 4) == 1 &&
           str_equal(out[0], STR("0710")),
       "or for those named");
    config_clear(&config);
}

static void complains_of_authorities(void)
{
#define WORDS                                                                                      \
    "'contacts': [{'type': 'phone', 'value': '70'}], 'data_protection': {'da': 'd', 'en': 'e'},"   \
    "'breach': 'https://b.example/x'"
#define CARDS(list) "{'municipalities': {" WORDS "},\n'authorities': [" list "]}"
    static const struct {
        const char *text, *faults;
    } cases[] = {
        {CARDS("{'cvr': '43405810', " WORDS "}, {'municipality': '0710', " WORDS "}"), ""},
        {CARDS("{" WORDS "}"), "t.json:2:17: /authorities/0: expected either \"cvr\" or "
                               "\"municipality\"\n"},
        {CARDS("{'cvr': '43405810', 'municipality': '0710', " WORDS "}"),
         "t.json:2:17: /authorities/0: expected either \"cvr\" or \"municipality\"\n"},
        {CARDS("{'cvr': '4340581', " WORDS "}"),
         "t.json:2:25: /authorities/0/cvr: expected eight digits\n"},
        {CARDS("{'municipality': '07x0', " WORDS "}"),
         "t.json:2:34: /authorities/0/municipality: expected four digits\n"},
        {CARDS("{'cvr': '43405810', " WORDS "},\n{'cvr': '43405810', " WORDS "}"),
         "t.json:3:1: /authorities/1: there is another card of this authority\n"},
        {CARDS(""), ""},
        {"{'municipalities': {" WORDS "}}", ""},
        {CARDS("{'cvr': '43405810', " WORDS "}, {'cvr': '17143611', " WORDS "}"),
         "t.json:2:161: /authorities/1: there is another card of this authority\n"},
        {"{'municipalities': {},\n'authorities': [{'cvr': '43405810', " WORDS "}]}",
         "t.json:1:20: /municipalities/data_protection: is needed, in \"da\" and \"en\"\n"
         "t.json:1:20: /municipalities/breach: is needed\n"
         "t.json:1:20: /municipalities/contacts: is needed: at least one way to reach it\n"},
        {"{'municipalities': {'contacts': [{'type': 'phone', 'value': '70'}], 'data_protection':"
         " {'da': 'd', 'en': 'e'}, 'breach': 'http://b'},\n"
         "'authorities': [{'cvr': '43405810', " WORDS "}]}",
         "t.json:1:122: /municipalities/breach: expected \"https://host/path\"\n"},
    };
    static const struct settings settings = {.limits_source_in_flight_max = 1};
    static const struct authority_card police = {.key = STR_INIT("17143611")};
    const struct authority_card *owners[] = {&police};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct authorities list;
        struct node root = config_parse(&config, cases[i].text);
        const struct card_reading reading = {&settings, STR(""), config.arena, &config.faults};
        authorities_parse(&reading, root, owners, 1, &list);
        is_str(config_faults(&config), cases[i].faults, "authorities %zu", i);
        config_clear(&config);
    }

    struct config config;
    struct authorities list;
    struct node root = config_parse(&config, CARDS("{'municipality': '0710', " WORDS
                                                   "}, {'cvr': '64942212', " WORDS "},"
                                                   "{'cvr': '43405810', " WORDS "}"));
    const struct card_reading reading = {&settings, STR(""), config.arena, &config.faults};
    authorities_parse(&reading, root, NULL, 0, &list);
    struct authority favrskov = {STR("29189714"), STR("0710"), STR("F")};
    struct authority city = {STR("64942212"), STR("0101"), STR("K")};
    struct authority other = {STR_NONE, STR("0147"), STR("Fr")};
    struct authority stranger = {STR("12345678"), STR_NONE, STR("S")};
    ok(str_equal(authorities_find(&list, &favrskov)->key, STR("0710")), "a municipality by code");
    ok(str_equal(authorities_find(&list, &city)->key, STR("64942212")), "or by CVR number");
    ok(authorities_find(&list, &other) == &list.municipalities, "or as one of all");
    ok(!authorities_find(&list, &stranger), "who is no municipality has a card or none");
    config_clear(&config);
}

int main(void)
{
    complains_of_authorities();
    complains_of_municipalities();
    finds_shipped_municipalities();
    complains_of_agreements();
    recognises_portals();
    return done_testing();
}
