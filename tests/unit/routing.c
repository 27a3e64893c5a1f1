/* SPDX-License-Identifier: MIT */
#include "policy/routing.h"

#include "tests/config.h"

#define TLS_HERE "'tls': {'ca': 'ca.pem', 'certificate': 'c.pem', 'key': '/k.pem'}"

/* A manifest that has all it needs, each on a line of its own: a case replaces lines by number. */
static const char *const whole[] = {
    "'id': 'atp.pension'",
    "'name': {'da': 'ATP', 'en': 'ATP'}",
    "'asked_for': {'da': 'din pension', 'en': 'your pension'}",
    "'owner': {'cvr': '43405810', 'name': 'ATP'}",
    "'dialect': 'borgervendt'",
    "'endpoints': {'production': {'url': 'https://atp.example:8443', " TLS_HERE "}}",
    "'path': '/hentydelsesliste/v2.1.0'",
    "'kinds': ['benefit']",
};
enum { LINES = sizeof whole / sizeof *whole };
enum { ID = 1, NAME, ASKED_FOR, OWNER, DIALECT, ENDPOINTS, PATH, KINDS, MORE };

static void write_source(int line, const char *instead, char *text, size_t room)
{
    size_t len = 0;
    for (int i = 1; i <= LINES; i++) {
        const char *member = i == line ? instead : whole[i - 1];
        len += (size_t)snprintf(text + len, room - len, "%c%s\n", i == 1 ? '{' : ',', member);
    }
    snprintf(text + len, room - len, line == MORE ? ",%s}" : "}", instead);
}

struct parsed_route {
    struct config config;
    struct settings settings;
    struct route route;
    bool is_whole;
};

static void parse(struct parsed_route *parsed, int line, const char *instead, bool insecure)
{
    char text[4096];
    write_source(line, instead, text, sizeof text);
    const struct rules standard = rules_standard();
    struct node root = config_parse(&parsed->config, text);
    struct faults *faults = &parsed->config.faults;
    settings_parse((struct node){0}, STR(""), &parsed->settings, faults);
    parsed->settings.insecure_sources = insecure;
    struct test_citizen all[] = {{.id = STR("jens")}};
    struct test_citizens citizens = {.at = all, .count = 1};
    struct route_reading reading = {&parsed->settings, STR("conf"), &standard, &citizens, NULL};
    parsed->is_whole = route_parse(root, &reading, parsed->config.arena, &parsed->route, faults);
}

static void complains(void)
{
#define BEHIND     "expected \"https://host:port\" and nothing behind it\n"
#define HERE(rest) "'endpoints': {'production': {'url': 'https://atp.example', " rest "}}"
#define ANSWERS                                                                                    \
    "expected \"municipalities\", or a list of at most 500 CVR numbers; absent: its owner alone\n"
#define NO_ENDPOINT "is needed: where it is asked, in \"production\", \"test\" or both\n"
#define SLASH       "expected a path that begins with \"/\", without a query\n"
#define LETTERS     "expected at most 64 of a-z, 0-9, \".\", \"-\", \"_\"\n"
    static const struct {
        int line;
        const char *instead, *faults;
        bool insecure;
    } cases[] = {
        {.line = 0, .instead = "", .faults = ""},
        {ID, "'id': 'ATP'", "t.json:1:8: /id: " LETTERS, false},
        {ID, "'id': 'atp/pension'", "t.json:1:8: /id: " LETTERS, false},
        {ID, "'comment': 'no id'", "t.json:1:1: /id: is needed\n", false},
        {NAME, "'name': 'ATP'", "t.json:2:10: /name: expected an object\n", false},
        {ASKED_FOR, "'asked_for': {'da': 'x'}", "t.json:3:15: /asked_for/en: is needed\n", false},
        {OWNER, "'comment': ''",
         "t.json:1:1: /owner: is needed: who answers, by \"cvr\" and \"name\"\n", false},
        {MORE, "'answers_for': 'municipalities'", "", false},
        {MORE, "'answers_for': ['43405810', '33236072']", "", false},
        {MORE, "'answers_for': 'all'", "t.json:9:17: /answers_for: " ANSWERS, false},
        {MORE, "'answers_for': []", "t.json:9:17: /answers_for: " ANSWERS, false},
        {MORE, "'answers_for': ['0710']", "t.json:9:18: /answers_for/0: expected eight digits\n",
         false},
        {OWNER, "'owner': {'cvr': '4340581', 'name': 'ATP'}",
         "t.json:4:19: /owner/cvr: expected eight digits\n", false},
        {OWNER, "'owner': {'cvr': '43405810', 'name': 'ATP', 'breach': 'https://b.example'}",
         "t.json:4:11: /owner/data_protection: is needed, in \"da\" and \"en\"\n"
         "t.json:4:11: /owner/contacts: is needed: at least one way to reach it\n",
         false},
        {OWNER,
         "'owner': {'cvr': '43405810', 'name': 'ATP', 'contacts': [{'type': 'phone'}],"
         " 'data_protection': {'da': 'd', 'en': 'e'}, 'breach': 'http://b.example'}",
         "t.json:4:59: /owner/contacts/0/value: is needed\n"
         "t.json:4:132: /owner/breach: expected \"https://host/path\"\n",
         false},
        {OWNER, "'owner': {'cvr': '43405810', 'name': 'ATP', 'contact': []}",
         "t.json:4:57: /owner/contact: is unknown; did you mean \"contacts\"?\n", false},
        {DIALECT, "'dialect': 'borgervent'",
         "t.json:5:13: /dialect: there is no dialect \"borgervent\"; did you mean "
         "\"borgervendt\"?\n",
         false},
        {DIALECT, "'dialect': 'ydelsesindeks', 'borgervendt': {'payer': 'ATP'}",
         "t.json:5:45: /borgervendt: is of the dialect \"borgervendt\" alone\n", false},
        {MORE, "'borgervendt': {'payer': 'ATP', 'payer_needed': true}",
         "t.json:9:17: /borgervendt: expected one of \"payer\" and \"payer_needed\"\n", false},
        {MORE, "'borgervendt': {'payers': 'ATP'}",
         "t.json:9:28: /borgervendt/payers: is unknown; did you mean \"payer\"?\n", false},
        {ENDPOINTS, "'comment': ''", "t.json:1:1: /endpoints: " NO_ENDPOINT, false},
        {ENDPOINTS, "'endpoints': {}", "t.json:6:15: /endpoints: " NO_ENDPOINT, false},
        {ENDPOINTS, "'endpoints': {'prodction': {}}",
         "t.json:6:29: /endpoints/prodction: is unknown; did you mean \"production\"?\n", false},
        {ENDPOINTS, "'endpoints': {'test': {'url': 'https://t.example', 'tls': {'ca': 'a'}}}", "",
         false},
        {ENDPOINTS, "'endpoints': {'test': {'url': 't.example', 'tls': {'ca': 'a'}}}",
         "t.json:6:32: /endpoints/test/url: " BEHIND, false},
        {ENDPOINTS, "'endpoints': {'production': {'url': 'https://atp.example/', " TLS_HERE "}}",
         "t.json:6:38: /endpoints/production/url: " BEHIND, false},
        {ENDPOINTS, "'endpoints': {'production': {'url': 'https://atp.example/x?y', " TLS_HERE "}}",
         "t.json:6:38: /endpoints/production/url: " BEHIND, false},
        {ENDPOINTS, "'endpoints': {'production': {'url': 'atp.example', " TLS_HERE "}}",
         "t.json:6:38: /endpoints/production/url: " BEHIND, false},
        {ENDPOINTS, "'endpoints': {'production': {'url': 'http://127.0.0.1:80', " TLS_HERE "}}",
         "t.json:6:38: /endpoints/production/url: "
         "expected https (http only with --insecure-sources)\n",
         false},
        {ENDPOINTS, "'endpoints': {'production': {'url': 'http://atp.example:80', " TLS_HERE "}}",
         "t.json:6:38: /endpoints/production/url: "
         "plain http goes to loopback only\n",
         true},
        {ENDPOINTS, "'endpoints': {'production': {'url': 'http://127.0.0.1:80', " TLS_HERE "}}", "",
         true},
        {ENDPOINTS, HERE("'tls': {}"),
         "t.json:6:68: /endpoints/production/tls/ca: is needed: the only roots that are trusted for "
         "this source\n",
         false},
        {ENDPOINTS, HERE("'tls': {'ca': 'a', 'key': 'k'}"),
         "t.json:6:68: /endpoints/production/tls: \"certificate\" and \"key\" come together\n",
         false},
        {ENDPOINTS, HERE("'tls': {'ca': 'a', 'certificate': 'c'}"),
         "t.json:6:68: /endpoints/production/tls: \"certificate\" and \"key\" come together\n",
         false},
        {ENDPOINTS, HERE("'tls': {'ca': 'a'}"), "", false},
        {ENDPOINTS, HERE("'tls': {'ca': 'a'}, 'addresses': '127.0.0.0/8,::1/128'"), "", false},
        {ENDPOINTS, HERE("'tls': {'ca': 'a'}, 'addresses': '127.0.0.0/99'"),
         "t.json:6:94: /endpoints/production/addresses: expected ranges as "
         "\"10.1.0.0/16,2001:db8::/32\"\n",
         false},
        {ENDPOINTS, HERE("'tls': {'ca': 'a'}, 'path': '/x'"),
         "t.json:6:89: /endpoints/production/path: is unknown\n", false},
        {MORE,
         "'test_citizens': [{'id': 'a', 'cpr': '6101709995', 'name': 'A'}],"
         " 'probe': {'citizen': 'a'}",
         "", false},
        {MORE, "'probe': {'citizen': 'jens'}", "", false},
        {MORE, "'probe': {'citizen': 'eva'}",
         "t.json:9:23: /probe/citizen: there is no test citizen \"eva\" in test_citizens\n", false},
        {MORE, "'test_citizens': [{'id': 'a', 'cpr': '6001709995', 'name': 'A'}]",
         "t.json:9:39: /test_citizens/0/cpr: expected a replacement number: ten digits, of which "
         "the day is 61 to 91\n",
         false},
        {PATH, "'path': 'x'", "t.json:7:10: /path: " SLASH, false},
        {PATH, "'path': '/x?y=1'", "t.json:7:10: /path: " SLASH, false},
        {KINDS, "'kinds': []",
         "t.json:8:11: /kinds: expected a list of kinds of items, such as [\"case\"]\n", false},
        {KINDS, "'kinds': ['benefit', 'sag']", "t.json:8:23: /kinds/1: is no kind of item\n",
         false},
        {MORE, "'level': 'sky-high'", "t.json:9:11: /level: expected low, substantial or high\n",
         false},
        {MORE, "'timers': {'total_ms': 7950}", "", false},
        {MORE, "'timers': {'total_ms': 7951}",
         "t.json:9:25: /timers/total_ms: 7951 and time.margin_ms 50 must fit into time.hard_ms "
         "8000\n",
         false},
        {MORE, "'timers': {'first_byte_ms': 1951, 'total_ms': 3000}",
         "t.json:9:30: /timers/first_byte_ms: 1951 and time.margin_ms 50 must fit into "
         "time.soft_ms 2000\n",
         false},
        {MORE, "'timers': {'connect_ms': 1401}",
         "t.json:9:27: /timers/connect_ms: 1401 is more than first_byte_ms 1400\n", false},
        {MORE, "'timers': {'total_ms': 1300}",
         "t.json:9:12: /timers/first_byte_ms: 1400 is more than total_ms 1300\n", false},
        {MORE, "'timers': {'silence': 100}",
         "t.json:9:24: /timers/silence: is unknown; did you mean \"silence_ms\"?\n", false},
        {MORE, "'in_flight_max': -1",
         "t.json:9:19: /in_flight_max: expected a whole number from 0 to 100000\n", false},
        {MORE, "'enabled': 'yes'", "t.json:9:13: /enabled: expected true or false\n", false},
        {MORE, "'endpoint': 1", "t.json:9:14: /endpoint: is unknown; did you mean \"endpoints\"?\n",
         false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct parsed_route parsed;
        parse(&parsed, cases[i].line, cases[i].instead, cases[i].insecure);
        is_str(config_faults(&parsed.config), cases[i].faults, "%s", cases[i].instead);
        is_int(parsed.is_whole, cases[i].faults[0] == '\0', "a route or none");
        config_clear(&parsed.config);
    }
}

static void reads_a_route(void)
{
    struct parsed_route parsed;
    parse(&parsed, MORE,
          "'detail_path': '/hentydelse', 'position': 7, 'level': 'high', 'in_flight_max': 40,"
          " 'timers': {'silence_ms': 250}, 'enabled': false,"
          " 'borgervendt': {'payer': 'ATP', 'credential_types': ['pas']}",
          false);
    const struct route *route = &parsed.route;
    const struct fetch_target *target = &route->target;
    is_str(config_faults(&parsed.config), "", "no fault");
    ok(str_equal(route->source.id, STR("atp.pension")), "id");
    ok(str_equal(route->source.name.in[LANGUAGE_EN], STR("ATP")), "name");
    ok(str_equal(route->source.asked_for.in[LANGUAGE_DA], STR("din pension")), "asked for");
    ok(str_equal(route->source.authority.cvr, STR("43405810")), "authority");
    ok(route->source.adapter == adapter_find(STR("borgervendt")) && route->source.adapter,
       "dialect");
    const struct borgervendt_rules *rules = route->source.borgervendt;
    ok(rules && str_equal(rules->payer, STR("ATP")) && rules->credential_type_count == 1 &&
           !rules->must_name_payer,
       "what its answers may say");
    ok(route->owner.answers_for_count == 0 && !route->owner.card, "it answers for its owner");
    ok(str_equal(route->source.detail_path, STR("/hentydelse")), "detail path");
    is_int(route->source.kinds, ITEM_KIND_BIT(ITEM_BENEFIT), "kinds");
    ok(!route->source.per_municipality && !route->enabled, "switches");
    is_int(route->position, 7, "position");
    is_int(route->level, LEVEL_HIGH, "level");
    is_int(route->rules.connect_ms, 300, "a timer's standard");
    is_int(route->rules.silence_ms, 250, "a timer");
    is_int(route->in_flight_max, 40, "calls in flight");
    is_int(target->connections_max, 40, "connections");
    is_str(target->url.at, "https://atp.example:8443", "url");
    is_str(target->ca_file.at, "conf/ca.pem", "a file beside the main one");
    is_str(target->key_file.at, "/k.pem", "a file elsewhere");
    ok(!target->crl_file.at, "no list of what is revoked");
    ok(!target->no_reuse && !target->insecure, "how connections are used");
    ok(target->identity == fetch_target_identity(target), "the identity is that of all fields");
    config_clear(&parsed.config);

    parse(&parsed, 0, "", false);
    is_int(parsed.route.level, LEVEL_SUBSTANTIAL, "a citizen's own data want Substantial");
    ok(parsed.route.enabled, "a source is enabled unless it says otherwise");
    is_int(parsed.route.target.connections_max, 1000, "the general setting counts");
    config_clear(&parsed.config);

    parse(&parsed, ENDPOINTS,
          "'answers_for': 'municipalities', 'endpoints': {'test': {'url': 'https://t.example',"
          " 'tls': {'ca': 'a'}}}",
          false);
    ok(parsed.is_whole && parsed.route.is_elsewhere && !parsed.route.enabled,
       "without an endpoint here it is registered, and not asked");
    ok(parsed.route.source.per_municipality && !parsed.route.source.authority.cvr.at,
       "who answers for the municipalities is not the authority of what it holds");
    config_clear(&parsed.config);
}

int main(void)
{
    complains();
    reads_a_route();
    return done_testing();
}
