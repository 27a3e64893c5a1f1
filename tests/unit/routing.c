/* SPDX-License-Identifier: MIT */
#include "policy/routing.h"

#include "tests/config.h"

/* A source that has all it needs, each on a line of its own: a case replaces lines by number. */
static const char *const whole[] = {
    "'id': 'atp.pension'",
    "'name': {'da': 'ATP', 'en': 'ATP'}",
    "'asked_for': {'da': 'din pension', 'en': 'your pension'}",
    "'authority': {'cvr': '43405810', 'name': 'ATP'}",
    "'adapter': 'atp'",
    "'url': 'https://atp.example:8443'",
    "'path': '/hentydelsesliste/v2.1.0'",
    "'kinds': ['benefit']",
    "'tls': {'ca': 'ca.pem', 'certificate': 'c.pem', 'key': '/k.pem'}",
};
enum { LINES = sizeof whole / sizeof *whole };
enum { ID = 1, NAME, ASKED_FOR, AUTHORITY, ADAPTER, URL, PATH, KINDS, TLS, MORE };

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
    parsed->is_whole = route_parse(root, &parsed->settings, STR("conf"), &standard,
                                   parsed->config.arena, &parsed->route, faults);
}

static void complains(void)
{
#define BEHIND  "expected \"https://host:port\" and nothing behind it\n"
#define SLASH   "expected a path that begins with \"/\", without a query\n"
#define LETTERS "expected at most 64 of a-z, 0-9, \".\", \"-\", \"_\"\n"
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
        {AUTHORITY, "'comment': ''",
         "t.json:1:1: /authority: is needed: who answers, by \"cvr\" and \"name\"\n", false},
        {AUTHORITY, "'per_municipality': true", "", false},
        {AUTHORITY, "'authority': {'cvr': '4340581', 'name': 'ATP'}",
         "t.json:4:23: /authority/cvr: expected eight digits\n", false},
        {ADAPTER, "'adapter': 'atpp'",
         "t.json:5:13: /adapter: there is no adapter \"atpp\"; did you mean \"atp\"?\n", false},
        {URL, "'url': 'https://atp.example/'", "t.json:6:9: /url: " BEHIND, false},
        {URL, "'url': 'https://atp.example/x?y'", "t.json:6:9: /url: " BEHIND, false},
        {URL, "'url': 'atp.example'", "t.json:6:9: /url: " BEHIND, false},
        {URL, "'url': 'http://127.0.0.1:80'",
         "t.json:6:9: /url: expected https (http only with --insecure-sources)\n", false},
        {URL, "'url': 'http://127.0.0.1:80'", "", true},
        {URL, "'url': 'http://atp.example:80'",
         "t.json:6:9: /url: plain http goes to loopback only\n", true},
        {PATH, "'path': 'x'", "t.json:7:10: /path: " SLASH, false},
        {PATH, "'path': '/x?y=1'", "t.json:7:10: /path: " SLASH, false},
        {KINDS, "'kinds': []",
         "t.json:8:11: /kinds: expected a list of kinds of items, such as [\"case\"]\n", false},
        {KINDS, "'kinds': ['benefit', 'sag']", "t.json:8:23: /kinds/1: is no kind of item\n",
         false},
        {TLS, "'tls': {}",
         "t.json:9:9: /tls/ca: is needed: the only roots that are trusted for "
         "this source\n",
         false},
        {TLS, "'tls': {'ca': 'a', 'key': 'k'}",
         "t.json:9:9: /tls: \"certificate\" and \"key\" come together\n", false},
        {TLS, "'tls': {'ca': 'a', 'certificate': 'c'}",
         "t.json:9:9: /tls: \"certificate\" and \"key\" come together\n", false},
        {TLS, "'tls': {'ca': 'a'}", "", false},
        {MORE, "'addresses': '127.0.0.0/8,::1/128'", "", false},
        {MORE, "'addresses': '127.0.0.0/99'",
         "t.json:10:15: /addresses: expected ranges as \"10.1.0.0/16,2001:db8::/32\"\n", false},
        {MORE, "'level': 'sky-high'", "t.json:10:11: /level: expected low, substantial or high\n",
         false},
        {MORE, "'timers': {'total_ms': 7950}", "", false},
        {MORE, "'timers': {'total_ms': 7951}",
         "t.json:10:25: /timers/total_ms: 7951 and time.margin_ms 50 must fit into time.hard_ms "
         "8000\n",
         false},
        {MORE, "'timers': {'first_byte_ms': 1951, 'total_ms': 3000}",
         "t.json:10:30: /timers/first_byte_ms: 1951 and time.margin_ms 50 must fit into "
         "time.soft_ms 2000\n",
         false},
        {MORE, "'timers': {'connect_ms': 1401}",
         "t.json:10:27: /timers/connect_ms: 1401 is more than first_byte_ms 1400\n", false},
        {MORE, "'timers': {'total_ms': 1300}",
         "t.json:10:12: /timers/first_byte_ms: 1400 is more than total_ms 1300\n", false},
        {MORE, "'timers': {'silence': 100}",
         "t.json:10:24: /timers/silence: is unknown; did you mean \"silence_ms\"?\n", false},
        {MORE, "'contacts': [{'type': 'pigeon', 'value': 'x'}]",
         "t.json:10:24: /contacts/0/type: expected digital_post, phone, fax, email, website or "
         "name\n",
         false},
        {MORE, "'contacts': [{'type': 'phone'}]", "t.json:10:15: /contacts/0/value: is needed\n",
         false},
        {MORE, "'contacts': {}", "t.json:10:14: /contacts: expected a list\n", false},
        {MORE, "'in_flight_max': -1",
         "t.json:10:19: /in_flight_max: expected a whole number from 0 to 100000\n", false},
        {MORE, "'enabled': 'yes'", "t.json:10:13: /enabled: expected true or false\n", false},
        {MORE, "'adress': 1", "t.json:10:12: /adress: is unknown; did you mean \"addresses\"?\n",
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
          " 'timers': {'silence_ms': 250}, 'addresses': '10.0.0.0/8', 'no_reuse': true,"
          " 'enabled': false, 'contacts': [{'type': 'phone', 'value': '70111213'},"
          " {'type': 'website', 'value': 'https://atp.example'}]",
          false);
    const struct route *route = &parsed.route;
    const struct fetch_target *target = &route->target;
    is_str(config_faults(&parsed.config), "", "no fault");
    ok(str_equal(route->source.id, STR("atp.pension")), "id");
    ok(str_equal(route->source.name.in[LANGUAGE_EN], STR("ATP")), "name");
    ok(str_equal(route->source.asked_for.in[LANGUAGE_DA], STR("din pension")), "asked for");
    ok(str_equal(route->source.authority.cvr, STR("43405810")), "authority");
    ok(route->source.adapter == adapter_find(STR("atp")) && route->source.adapter, "adapter");
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
    ok(target->no_reuse && !target->insecure, "how connections are used");
    ok(target->identity == fetch_target_identity(target), "the identity is that of all fields");
    const struct contact *contact = route->contacts;
    ok(contact && contact->type == CONTACT_PHONE && contact->next &&
           contact->next->type == CONTACT_WEBSITE && !contact->next->next,
       "contacts in order");
    config_clear(&parsed.config);

    parse(&parsed, 0, "", false);
    is_int(parsed.route.level, LEVEL_SUBSTANTIAL, "a citizen's own data want Substantial");
    ok(parsed.route.enabled, "a source is enabled unless it says otherwise");
    is_int(parsed.route.target.connections_max, 1000, "the general setting counts");
    config_clear(&parsed.config);
}

int main(void)
{
    complains();
    reads_a_route();
    return done_testing();
}
