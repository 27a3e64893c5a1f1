/* SPDX-License-Identifier: MIT */
/* Services that read by consent: the file, its faults, and by which certificate each is known. */
#include "policy/service.h"

#include "tests/config.h"

#define HEX_A "aaaa456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEX_B "bbbb456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEX_C "cccc456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define NAMES "'name': {'da': 'n', 'en': 'n'}, 'purpose': {'da': 'p', 'en': 'p'}, 'contract': 'c'"
#define SERVICE(id, more)                                                                          \
    "{'id': '" id "', " NAMES ", 'kinds': ['benefit'], "                                           \
    "'certificates': [{'sha256': '" HEX_A "'}]" more "}"

static void reads_a_service(void)
{
    struct config config;
    struct services list;
    struct agreements agreements;
    struct config portals;
    struct node root = config_parse(
        &config, "{'services': [{'id': 'budget', 'client': 'app', " NAMES
                 ", 'kinds': ['benefit', 'payment'], 'max_days': 90, 'certificates': ["
                 "{'sha256': 'BB:BB456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF',"
                 " 'replaces': ['" HEX_A "']}, {'sha256': '" HEX_C "'}]}, {'id': 'plain', " NAMES
                 ", 'kinds': ['case'], 'certificates': [{'sha256': '" HEX_A "'}]}]}");
    services_parse(root, &list, config.arena, &config.faults);
    struct node portal_root = config_parse(
        &portals, "{'agreements': [{'portal': 'budget', 'sources': ['*'], 'contract': 'c'},"
                  "{'portal': 'portal', 'sources': ['*'], 'contract': 'c'}]}");
    agreements_parse(portal_root, &agreements, portals.arena, &portals.faults);
    services_check(root, &list, &agreements, &config.faults);
    is_str(config_faults(&config), "", "no fault");
    const struct service *budget = service_find(&list, STR("budget"));
    if (ok(budget, "found")) {
        ok(str_equal(budget->client, STR("app")), "its client id");
        is_int(budget->kinds, ITEM_KIND_BIT(ITEM_BENEFIT) | ITEM_KIND_BIT(ITEM_PAYMENT), "kinds");
        is_int(budget->max_days, 90, "days");
        ok(str_equal(budget->certificates[0].sha256, STR(HEX_B)), "small letters, no colons");
    }
    const struct service *plain = service_find(&list, STR("plain"));
    ok(plain && str_equal(plain->client, plain->id) && plain->max_days == 365, "standards");
    ok(!service_find(&list, STR("nobody")) && !service_find(&list, STR_NONE), "nobody else");

    const struct portal *portal;
    ok(portal_of_service(&agreements, STR("budget")), "its agreements");
    ok(!portal_of_service(&agreements, STR("plain")), "none without an agreement");
    ok(!portal_of_service(&agreements, STR("portal")), "a portal is no service");
    is_int(portal_find(&agreements, STR("budget"), STR(""), &portal), PORTAL_OF_SERVICE,
           "a service is no portal");
    is_int(portal_find(&agreements, STR("portal"), STR(""), &portal), PORTAL_KNOWN, "this one is");
    config_clear(&portals);

    static const struct {
        const char *sealed, *shown;
        bool want;
    } rows[] = {
        {HEX_B, HEX_B, true},  {HEX_C, HEX_C, true},  {HEX_A, HEX_B, true},  {HEX_A, HEX_C, false},
        {HEX_A, HEX_A, false}, {HEX_B, HEX_C, false}, {HEX_B, HEX_A, false}, {HEX_B, "", false},
        {"", "", false},       {"", HEX_B, false},    {HEX_B, NULL, false},
    };
    for (size_t i = 0; budget && i < sizeof rows / sizeof *rows; i++)
        is_int(service_certificate_holds(budget, str_of(rows[i].sealed), str_of(rows[i].shown)),
               rows[i].want, "certificate row %zu", i);
    config_clear(&config);
}

static void names_every_fault(void)
{
    static const struct {
        const char *text, *faults;
    } cases[] = {
        {"{}", ""},
        {"{'services': {}}", "t.json:1:14: /services: expected a list of services\n"},
        {"{'services': [" SERVICE("a", "") "," SERVICE("a", "") "]}",
         "/services/1/id: there is another service of this id\n"},
        {"{'services': [" SERVICE("a", "") "," SERVICE("b", "") "]}",
         "/services/1/certificates: number 1 is also a certificate of the service \"a\"\n"},
        {"{'services': [" SERVICE("a", ", 'client': 'web'") "]}",
         "/services/0: \"web\" is a client id of the portal \"portal\": a service is known by one "
         "of its own\n"},
        {"{'services': [" SERVICE("portal", "") "]}", ""},
        {"{'services': [" SERVICE("a", ", 'kind': 1") "]}",
         "/services/0/kind: is unknown; did you mean \"kinds\"?\n"},
        {"{'services': [" SERVICE("a b", "") "]}",
         "/services/0/id: expected at most 63 of a-z, 0-9, \".\", \"-\"\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config, portals;
        struct services list;
        struct agreements agreements;
        struct node portal_root = config_parse(
            &portals, "{'portals': [{'id': 'portal', 'clients': ['web']}], 'agreements':"
                      " [{'portal': 'portal', 'sources': ['*'], 'contract': 'c'}]}");
        agreements_parse(portal_root, &agreements, portals.arena, &portals.faults);
        struct node root = config_parse(&config, cases[i].text);
        services_parse(root, &list, config.arena, &config.faults);
        services_check(root, &list, &agreements, &config.faults);
        struct str got = str_of(config_faults(&config)), want = str_of(cases[i].faults);
        ok(want.len == 0 ? got.len == 0 : str_find(got, want) < got.len, "services %zu: %s", i,
           got.at);
        config_clear(&config);
        config_clear(&portals);
    }
}

int main(void)
{
    reads_a_service();
    names_every_fault();
    return done_testing();
}
