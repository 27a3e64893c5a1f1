/* SPDX-License-Identifier: MIT */
/* policies/mandates.json and the services that are asked: faults, and what privileges open. */
#include "policy/coverage.h"
#include "policy/mandate_service.h"
#include "tests/config.h"

static void complains(void)
{
    static const struct {
        const char *text, *faults;
    } cases[] = {
        {"{'privileges': []}", ""},
        {"{'ages': {'power_of_attorney': {'giver_at_least': 15}, 'custody': {'giver_below': 18}},"
         " 'privileges': [{'privilege': 'urn:a', 'sources': ['*'], 'kinds': ['case'],"
         " 'authorities': ['0710', '29189714'], 'kle': ['25.*', '27.35.16']}]}",
         ""},
        {"{}", "t.json:1:1: /privileges: expected a list; an empty one opens nothing by mandate\n"},
        {"{'privileges': {}}",
         "t.json:1:16: /privileges: expected a list; an empty one opens nothing by mandate\n"},
        {"{'privileges': [{'sources': ['a']}]}",
         "t.json:1:17: /privileges/0/privilege: is needed\n"},
        {"{'privileges': [{'privilege': 'urn:a'}]}",
         "t.json:1:17: /privileges/0/sources: expected a list of source ids, or [\"*\"] for all\n"},
        {"{'privileges': [{'privilege': 'all', 'sources': ['a']}]}",
         "t.json:1:31: /privileges/0/privilege: expected the privilege's URN\n"},
        {"{'privileges': [{'privilege': 'urn:a', 'sources': ['a'], 'kle': ['all']}]}",
         "t.json:1:66: /privileges/0/kle/0: expected a subject number, \"27.35.16\", or the "
         "beginning of one, \"27.*\"\n"},
        {"{'privileges': [{'privilege': 'urn:a', 'sources': ['a'], 'kinds': ['car']}]}",
         "t.json:1:68: /privileges/0/kinds/0: is no kind of item\n"},
        {"{'privileges': [{'privilege': 'urn:a', 'sources': ['a'], 'authorities': ['7']}]}",
         "t.json:1:74: /privileges/0/authorities/0: expected a CVR number of eight digits or a "
         "municipality's code of four\n"},
        {"{'privileges': [{'privilege': 'urn:a', 'sources': ['b']}]}",
         "t.json:1:52: /privileges/0/sources/0: there is no source \"b\"\n"},
        {"{'privileges': [], 'ages': {'custody': {'giver_at_least': 18}}}",
         "t.json:1:40: /ages/custody/giver_below: is not above \"giver_at_least\", so nobody is of "
         "that age\n"},
        {"{'privileges': [], 'ages': {'friendship': {}}}",
         "t.json:1:43: /ages/friendship: is unknown\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct mandate_rules rules;
        static const struct str ids[] = {STR_INIT("a")};
        struct node root = config_parse(&config, cases[i].text);
        mandate_rules_parse(root, &rules, config.arena, &config.faults);
        mandate_rules_check(root, ids, 1, &config.faults);
        is_str(config_faults(&config), cases[i].faults, "%s", cases[i].text);
        config_clear(&config);
    }
}

static void knows_the_ages(void)
{
    struct config config;
    struct mandate_rules rules;
    struct node root = config_parse(&config, "{'privileges': []}");
    mandate_rules_parse(root, &rules, config.arena, &config.faults);
    is_int(rules.ages[MANDATE_POWER_OF_ATTORNEY].giver_at_least, 15, "a mandate is given from 15");
    is_int(rules.ages[MANDATE_POWER_OF_ATTORNEY].giver_below, 0, "at any later age");
    is_int(rules.ages[MANDATE_CUSTODY].giver_below, 18, "custody lasts to 18");
    config_clear(&config);
}

#define RULES                                                                                      \
    "{'privileges': ["                                                                             \
    "{'privilege': 'urn:all', 'sources': ['*']},"                                                  \
    "{'privilege': 'urn:money', 'sources': ['a', 'b'], 'kinds': ['benefit', 'payment']},"          \
    "{'privilege': 'urn:money', 'sources': ['c'], 'kinds': ['payment']},"                          \
    "{'privilege': 'urn:here', 'sources': ['a'], 'authorities': ['0710', '29189714']},"            \
    "{'privilege': 'urn:care', 'sources': ['a'], 'kle': ['27.*']}]}"

static void opens_what_it_says(void)
{
    static const struct str all[] = {STR_INIT("urn:all")}, money[] = {STR_INIT("urn:money")},
                            here[] = {STR_INIT("urn:here")}, care[] = {STR_INIT("urn:care")},
                            two[] = {STR_INIT("urn:care"), STR_INIT("urn:money")},
                            other[] = {STR_INIT("urn:al"), STR_INIT("urn:all ")},
                            kle27[] = {STR_INIT("27.35.*")}, kle32[] = {STR_INIT("32.*")};
    static const struct authority favrskov = {STR_INIT("29189714"), STR_INIT("0710"), {"F", 1}},
                                  other_town = {STR_INIT("64942212"), STR_INIT("0101"), {"K", 1}},
                                  nameless = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    static const struct {
        const char *name;
        struct privilege_group group;
        const char *source;
        enum item_kind kind;
        const struct authority *authority;
        const char *kle;
        bool plans, shows;
    } cases[] = {
#define GROUP(list, kle, count) {{"7205399984"}, list, sizeof list / sizeof *list, kle, count}
        {"all", GROUP(all, NULL, 0), "a", ITEM_CREDENTIAL, &favrskov, NULL, true, true},
        {"another privilege", GROUP(other, NULL, 0), "a", ITEM_CASE, &favrskov, NULL, false, false},
        {"its kind", GROUP(money, NULL, 0), "a", ITEM_PAYMENT, &favrskov, NULL, true, true},
        {"not its kind", GROUP(money, NULL, 0), "a", ITEM_CASE, &favrskov, NULL, false, false},
        {"its second rule", GROUP(money, NULL, 0), "c", ITEM_PAYMENT, &favrskov, NULL, true, true},
        {"a rule's kind stays with its source", GROUP(money, NULL, 0), "c", ITEM_BENEFIT, &favrskov,
         NULL, false, false},
        {"not its source", GROUP(money, NULL, 0), "d", ITEM_PAYMENT, &favrskov, NULL, false, false},
        {"its authority", GROUP(here, NULL, 0), "a", ITEM_CASE, &favrskov, NULL, true, true},
        {"not its authority", GROUP(here, NULL, 0), "a", ITEM_CASE, &other_town, NULL, false,
         false},
        {"an unknown authority", GROUP(here, NULL, 0), "a", ITEM_CASE, &nameless, NULL, false,
         false},
        {"its subject", GROUP(care, NULL, 0), "a", ITEM_CASE, &favrskov, "27.01.01", true, true},
        {"not its subject", GROUP(care, NULL, 0), "a", ITEM_CASE, &favrskov, "32.01", true, false},
        {"no subject", GROUP(care, NULL, 0), "a", ITEM_CASE, &favrskov, NULL, true, false},
        {"a kind without subjects", GROUP(care, NULL, 0), "a", ITEM_PAYMENT, &favrskov, NULL, false,
         false},
        {"the group's subject", GROUP(all, kle27, 1), "a", ITEM_CASE, &favrskov, "27.35.16", true,
         true},
        {"not the group's", GROUP(all, kle27, 1), "a", ITEM_CASE, &favrskov, "27.01", true, false},
        {"group and rule", GROUP(care, kle27, 1), "a", ITEM_CASE, &favrskov, "27.35.16", true,
         true},
        {"rule, not group", GROUP(care, kle27, 1), "a", ITEM_CASE, &favrskov, "27.01", true, false},
        {"never both", GROUP(care, kle32, 1), "a", ITEM_CASE, &favrskov, "32.01", true, false},
        {"two privileges", GROUP(two, NULL, 0), "a", ITEM_BENEFIT, &favrskov, NULL, true, true},
    };
    struct config config;
    struct mandate_rules rules;
    struct node root = config_parse(&config, RULES);
    mandate_rules_parse(root, &rules, config.arena, &config.faults);
    is_str(config_faults(&config), "", "the rules are fine");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct coverage coverage;
        struct str source = str_of(cases[i].source), kle = str_of(cases[i].kle);
        ok(coverage_make(config.arena, &rules, &cases[i].group, 1, &coverage), "%s: made",
           cases[i].name);
        unsigned kinds = coverage_kinds(&coverage, source, cases[i].authority);
        is_int((kinds & ITEM_KIND_BIT(cases[i].kind)) != 0, cases[i].plans, "%s: %s", cases[i].name,
               cases[i].plans ? "planned" : "not planned");
        is_int(coverage_has(&coverage, source, cases[i].kind, cases[i].authority, kle),
               cases[i].shows, "%s: %s", cases[i].name, cases[i].shows ? "shown" : "withheld");
    }
    config_clear(&config);
}

static void both_must_open(void)
{
    static const struct str all[] = {STR_INIT("urn:all")}, money[] = {STR_INIT("urn:money")};
    static const struct privilege_group wide = {.privileges = all, .privilege_count = 1},
                                        narrow = {.privileges = money, .privilege_count = 1};
    struct config config;
    struct mandate_rules rules;
    struct coverage own, within, nothing;
    struct node root = config_parse(&config, RULES);
    mandate_rules_parse(root, &rules, config.arena, &config.faults);
    ok(coverage_make(config.arena, &rules, &wide, 1, &own) &&
           coverage_make(config.arena, &rules, &narrow, 1, &within) &&
           coverage_make(config.arena, &rules, NULL, 0, &nothing),
       "made");
    ok(coverage_has(&own, STR("a"), ITEM_CASE, NULL, STR_NONE), "alone it opens cases");
    own.within = &within;
    ok(!coverage_has(&own, STR("a"), ITEM_CASE, NULL, STR_NONE), "within the other it does not");
    ok(coverage_has(&own, STR("a"), ITEM_BENEFIT, NULL, STR_NONE), "what both open is open");
    is_int(coverage_kinds(&own, STR("c"), NULL), ITEM_KIND_BIT(ITEM_PAYMENT), "and planned");
    own.within = &nothing;
    is_int(coverage_kinds(&own, STR("a"), NULL), 0, "within nothing there is nothing");
    config_clear(&config);
}

static void has_a_ceiling(void)
{
    static const struct str all[] = {STR_INIT("urn:all")};
    static struct privilege_group groups[COVERAGE_GRANTS_MAX + 1];
    struct config config;
    struct mandate_rules rules;
    struct coverage coverage;
    struct node root = config_parse(&config, RULES);
    mandate_rules_parse(root, &rules, config.arena, &config.faults);
    for (size_t i = 0; i <= COVERAGE_GRANTS_MAX; i++)
        groups[i] = (struct privilege_group){.privileges = all, .privilege_count = 1};
    ok(coverage_make(config.arena, &rules, groups, COVERAGE_GRANTS_MAX, &coverage), "so many");
    ok(!coverage_make(config.arena, &rules, groups, COVERAGE_GRANTS_MAX + 1, &coverage),
       "and no more");
    config_clear(&config);
}

/* ---- services ---- */

#define SERVICE(more)                                                                              \
    "{'mandates': [{'id': 'm', 'kind': 'power_of_attorney', 'name': {'da': 'M', 'en': 'M'},"       \
    " 'url': 'https://m.example', 'path': '/1', 'tls': {'ca': 'ca.pem'}" more "}]}"

static void reads_services(void)
{
    static const struct {
        const char *text, *faults;
        size_t count;
    } cases[] = {
        {"{}", "", 0},
        {SERVICE(""), "", 0},
        {SERVICE(", 'enabled': true"), "", 1},
        {SERVICE(", 'enabled': true, 'level': 'high', 'timers': {'total_ms': 500}"), "", 1},
        {"{'mandates': {}}",
         "t.json:1:14: /mandates: expected a list of services that know who may act for whom\n", 0},
        {SERVICE(", 'level': 'best'"),
         "t.json:1:164: /mandates/0/level: expected low, substantial or high\n", 0},
        {SERVICE(", 'timers': {'total_ms': 7951}"),
         "t.json:1:178: /mandates/0/timers/total_ms: 7951 and time.margin_ms 50 must fit into "
         "time.hard_ms 8000\n",
         0},
        {SERVICE(", 'adapter': 'atp'"), "t.json:1:166: /mandates/0/adapter: is unknown\n", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct settings settings;
        struct node root = config_parse(&config, cases[i].text);
        size_t count = 99;
        settings_parse((struct node){0}, STR("conf"), &settings, &config.faults);
        struct mandate_service *services =
            mandate_services_parse(root, &settings, STR("conf"), &count, &config.faults);
        is_str(config_faults(&config), cases[i].faults, "%s", cases[i].text);
        is_int((long long)count, (long long)cases[i].count, "enabled ones");
        if (count == 1) {
            ok(str_equal(services[0].target.ca_file, STR("conf/ca.pem")), "its root");
            ok(services[0].level >= LEVEL_SUBSTANTIAL && services[0].connect_ms == 300, "standard");
        }
        config_clear(&config);
    }
}

static void the_shipped_file_is_fine(void)
{
    struct arena *arena = arena_new(1 << 20);
    struct faults faults;
    struct mandate_rules rules;
    struct str bytes = config_read("policies/mandates.json");
    faults_init(&faults, arena);
    struct document *document = document_parse(STR("mandates.json"), bytes, &faults);
    if (ok(document != NULL, "it is JSON"))
        mandate_rules_parse(document_node(document), &rules, arena, &faults);
    is_int((long long)faults.count, 0, "without a fault");
    document_free(&document);
    free((char *)bytes.at);
    arena_free(&arena);
}

static void opens_kinds_at_sources(void)
{
    static const struct str some[] = {STR_INIT("a"), STR_INIT("c")};
    static const struct authority town = {.code = STR_INIT("0710")};
    struct arena *arena = arena_new(1 << 16), *full = arena_new(8);
    struct coverage all, two;
    ok(coverage_of_kinds(arena, ITEM_KIND_BIT(ITEM_BENEFIT), NULL, 0, &all) &&
           coverage_of_kinds(arena, ITEM_KIND_BIT(ITEM_CASE), some, 2, &two),
       "made");
    is_int(coverage_kinds(&all, STR("x"), &town), ITEM_KIND_BIT(ITEM_BENEFIT), "at any source");
    ok(coverage_has(&all, STR("x"), ITEM_BENEFIT, &town, STR("27.01")), "of any subject");
    ok(!coverage_has(&all, STR("x"), ITEM_PAYMENT, &town, STR_NONE), "that kind alone");
    is_int(coverage_kinds(&two, STR("c"), NULL), ITEM_KIND_BIT(ITEM_CASE), "at a named source");
    is_int(coverage_kinds(&two, STR("b"), NULL), 0, "at no other");
    ok(coverage_has(&two, STR("a"), ITEM_CASE, NULL, STR_NONE), "without a subject too");
    ok(!coverage_of_kinds(full, 1, NULL, 0, &all), "no memory, nothing open");
    arena_free(&arena);
    arena_free(&full);
}

int main(void)
{
    complains();
    knows_the_ages();
    opens_what_it_says();
    both_must_open();
    has_a_ceiling();
    reads_services();
    the_shipped_file_is_fine();
    opens_kinds_at_sources();
    return done_testing();
}
