/* SPDX-License-Identifier: MIT */
#include "policy/override.h"

#include "tests/config.h"

enum { ROUTES = 2 };

struct layers {
    struct config config;
    struct settings settings;
    struct rules standard;
    struct route routes[ROUTES];
    struct overrides overrides;
};

static void parse(struct layers *parsed, const char *text)
{
    struct node root = config_parse(&parsed->config, text);
    struct faults *faults = &parsed->config.faults;
    settings_parse((struct node){0}, STR(""), &parsed->settings, faults);
    parsed->standard = override_standard(root, faults);
    for (size_t i = 0; i < ROUTES; i++)
        parsed->routes[i] =
            (struct route){.source = {.id = i ? STR("b") : STR("a")}, .rules = parsed->standard};
    overrides_parse(root, &parsed->settings, parsed->routes, ROUTES, &parsed->overrides, faults);
}

static void has_standards(void)
{
    struct rules rules = rules_standard();
    is_int(rules.connect_ms, 300, "connect");
    is_int(rules.first_byte_ms, 1400, "first byte");
    is_int(rules.silence_ms, 500, "silence");
    is_int(rules.total_ms, 1500, "total");
    ok(rules.breaker.mode == RULE_ENFORCE && rules.breaker.failures == 5 &&
           rules.breaker.calls_min == 10 && rules.breaker.failed_percent == 50 &&
           rules.breaker.window_s == 30 && rules.breaker.open_ms == 5000 &&
           rules.breaker.open_max_ms == 300000 && rules.breaker.trials == 3,
       "breaker");
    ok(rules.retry.mode == RULE_ENFORCE && rules.retry.percent == 10 && rules.retry.per_s == 1 &&
           rules.retry.window_s == 10,
       "retry");
    ok(rules.limit.mode == RULE_OBSERVE && rules.limit.least == 2, "limit");
    ok(!rules.hedge.is_allowed && rules.hedge.percent == 2, "no hedge");
    ok(!rules.is_optional && rules.canary.percent == 100 && rules.kinds == 0, "all of it, of all");
}

static void lays_rules_over_rules(void)
{
    struct layers parsed;
    parse(&parsed,
          "{'default': {'timers': {'connect_ms': 200}, 'breaker': {'failures': 4}},"
          "'sources': {'b': {'comment': 'x', 'timers': {'connect_ms': 250, 'total_ms': 900,"
          " 'first_byte_ms': 800}, 'required': false, 'breaker': {'mode': 'observe'},"
          " 'windows': {'closed': [{'days': ['sun']}]},"
          " 'maintenance': {'message': {'da': 'Lukket', 'en': 'Closed'}}}},"
          "'portals': {'p': {'soft_ms': 1500, 'hard_ms': 3000, 'priority': 'background',"
          " 'default': {'level': 'high', 'timers': {'first_byte_ms': 700, 'total_ms': 1000}},"
          " 'sources': {'a': {'required': false, 'kinds': ['case'], 'canary': "
          "{'percent': 10}}}}}}");
    is_str(config_faults(&parsed.config), "", "no fault");
    const struct rules *a = &parsed.routes[0].rules, *b = &parsed.routes[1].rules;
    is_int(a->connect_ms, 200, "for all");
    is_int(b->connect_ms, 250, "for one source");
    is_int(a->total_ms, 1500, "the standard");
    ok(a->breaker.failures == 4 && b->breaker.failures == 4 && b->breaker.mode == RULE_OBSERVE &&
           a->breaker.mode == RULE_ENFORCE,
       "a rule in two layers");
    ok(!a->is_optional && b->is_optional, "optional");
    ok(b->maintenance.is_set && b->windows.closed.count == 1 && !a->maintenance.is_set, "closed");
    const struct portal_rules *p = override_find(&parsed.overrides, STR("p"));
    if (ok(p, "a portal with rules of its own")) {
        ok(p->soft_ms == 1500 && p->hard_ms == 3000 && p->is_background, "its deadlines");
        is_int(p->rules[0].first_byte_ms, 700, "its timers");
        is_int(p->rules[1].total_ms, 1000, "over the source's");
        is_int(p->rules[1].connect_ms, 250, "and else the source's");
        ok(p->rules[0].level == LEVEL_HIGH && p->rules[1].level == LEVEL_HIGH, "its level");
        ok(p->rules[0].is_optional && p->rules[0].kinds == ITEM_KIND_BIT(ITEM_CASE) &&
               p->rules[0].canary.percent == 10,
           "one source of it");
        ok(p->rules[1].maintenance.is_set && p->rules[1].kinds == 0, "not the other");
    }
    ok(!override_find(&parsed.overrides, STR("q")) && !override_find(&parsed.overrides, STR_NONE),
       "no other");
    config_clear(&parsed.config);
}

#define PORTAL_ONLY "is set for a source, not for a portal: there is one for all portals\n"
static const struct {
    const char *text, *faults;
} cases[] = {
    {"{}", ""},
    {"{'defaults': {}}", "t.json:1:14: /defaults: is unknown; did you mean \"default\"?\n"},
    {"{'sources': {'c': {}}}", "t.json:1:19: /sources/c: there is no source \"c\"\n"},
    {"{'sources': []}", "t.json:1:13: /sources: expected an object\n"},
    {"{'default': {'braker': {}}}",
     "t.json:1:24: /default/braker: is unknown; did you mean \"breaker\"?\n"},
    {"{'default': {'breaker': {'mode': 'on'}}}",
     "t.json:1:34: /default/breaker/mode: expected off, observe or enforce\n"},
    {"{'default': {'breaker': {'failures': 0}}}",
     "t.json:1:38: /default/breaker/failures: expected a whole number from 1 to 1000\n"},
    {"{'default': {'breaker': {'open_ms': 500000}}}",
     "t.json:1:37: /default/breaker/open_ms: is more than open_max_ms\n"},
    {"{'default': {'shadow': {'of': 'a'}}}", "t.json:1:24: /default/shadow: " PORTAL_ONLY},
    {"{'default': {'hedge': {'allowed': true}}}",
     "t.json:1:35: /default/hedge/allowed: is the source's to say, in its own file: it doubles a "
     "disclosure\n"},
    {"{'sources': {'a': {'timers': {'total_ms': 7951}}}}",
     "t.json:1:43: /sources/a/timers/total_ms: 7951 and time.margin_ms 50 must fit into "
     "time.hard_ms 8000\n"},
    {"{'sources': {'a': {'level': 'highest'}}}",
     "t.json:1:29: /sources/a/level: expected low, substantial or high; did you mean \"high\"?\n"},
    {"{'sources': {'a': {'kinds': ['cases']}}}",
     "t.json:1:30: /sources/a/kinds/0: is no kind of item; did you mean \"case\"?\n"
     "t.json:1:29: /sources/a/kinds: expected a list of kinds of items, such as [\"case\"]\n"},
    {"{'sources': {'a': {'maintenance': {'from': '2026-12-02T00:00:00Z', 'until': "
     "'2026-12-01T00:00:00Z', 'message': {'da': 'x', 'en': 'x'}}}}}",
     "t.json:1:77: /sources/a/maintenance/until: expected a time after \"from\"\n"},
    {"{'sources': {'a': {'shadow': {'of': 'a'}}}}",
     "t.json:1:19: /sources/a: expected as shadow.of another source, which is no shadow\n"},
    {"{'sources': {'a': {'shadow': {'of': 'b'}}}}", ""},
    {"{'portals': {'p': {'priority': 'soon'}}}",
     "t.json:1:32: /portals/p/priority: expected interactive or background\n"},
    {"{'portals': {'p': {'soft_ms': 5000, 'hard_ms': 5000}}}",
     "t.json:1:31: /portals/p/soft_ms: soft_ms 5000 and time.margin_ms 50 must fit into hard_ms "
     "5000\n"},
    {"{'portals': {'p': {'soft_ms': 1000, 'default': {'timers': {'first_byte_ms': 900}},"
     " 'sources': {'b': {'timers': {'first_byte_ms': 951}}}}}}",
     "t.json:1:130: /portals/p/sources/b/timers/first_byte_ms: 951 and time.margin_ms 50 must fit "
     "into time.soft_ms 1000\n"},
    {"{'portals': {'p': {'hard_ms': 1549, 'soft_ms': 1450}}}",
     "t.json:1:19: /portals/p: of a: total_ms 1500 and time.margin_ms 50 must fit into "
     "time.hard_ms 1549\n"
     "t.json:1:19: /portals/p: of b: total_ms 1500 and time.margin_ms 50 must fit into "
     "time.hard_ms 1549\n"},
    {"{'portals': {'p': {'default': {'breaker': {}, 'retry': {}, 'maintenance': {}}}}}",
     "t.json:1:43: /portals/p/default/breaker: " PORTAL_ONLY
     "t.json:1:56: /portals/p/default/retry: " PORTAL_ONLY
     "t.json:1:75: /portals/p/default/maintenance: " PORTAL_ONLY},
};

static void complains(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct layers parsed;
        parse(&parsed, cases[i].text);
        is_str(config_faults(&parsed.config), cases[i].faults, "%s", cases[i].text);
        config_clear(&parsed.config);
    }
}

static void chooses_a_share(void)
{
    struct rules rules = rules_standard();
    static const int64_t shares[] = {0, 1, 10, 50, 99, 100};
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        int chosen = 0, changed = 0;
        rules.canary.percent = shares[i];
        for (int n = 0; n < 10000; n++) {
            char receipt[64];
            snprintf(receipt, sizeof receipt, "0199a3f0-0000-7000-8000-%012d", n * 7919);
            bool is_chosen = rules_choose(&rules, str_of(receipt), STR("atp.pension"));
            chosen += is_chosen;
            changed += is_chosen != rules_choose(&rules, str_of(receipt), STR("atp.pension"));
        }
        ok(chosen >= shares[i] * 90 && chosen <= shares[i] * 110, "%lld %%: %d of 10,000",
           (long long)shares[i], chosen);
        is_int(changed, 0, "always the same");
    }
}

static void closes_for_maintenance(void)
{
    struct layers parsed;
    parse(&parsed,
          "{'sources': {'a': {'maintenance': {'from': '2026-12-01T22:00:00+01:00', 'until': "
          "'2026-12-02T06:00:00+01:00', 'message': {'da': 'Lukket', 'en': 'Closed'}}}}}");
    static const struct {
        const char *now;
        bool is_closed;
    } times[] = {{"2026-12-01T21:59:59+01:00", false},
                 {"2026-12-01T22:00:00+01:00", true},
                 {"2026-12-02T05:59:59+01:00", true},
                 {"2026-12-02T06:00:00+01:00", false}};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct wall now, until = WALL_NONE;
        const struct text *message;
        const char *rule;
        if (!wall_parse(str_of(times[i].now), &now))
            abort();
        bool is_closed = rules_close(&parsed.routes[0].rules, now, &until, &message, &rule);
        ok(is_closed == times[i].is_closed, "%s", times[i].now);
        ok(is_closed == (message != NULL) && is_closed == until.known, "with a message and an end");
    }
    config_clear(&parsed.config);
}

/* What an operator says of a source as well as its manifest, before plan order is known. */
static void operates_sources(void)
{
    static const struct {
        const char *text, *faults;
    } rows[] = {
        {"{'sources': {'a': {'enabled': false, 'position': 5, 'in_flight_max': 7,"
         " 'probe': {'citizen': 'jens', 'every_s': 9}}}}",
         ""},
        {"{'sources': {'a': {'position': -1}}}",
         "t.json:1:32: /sources/a/position: expected a whole number from 0 to 1000000\n"},
        {"{'sources': {'a': {'probe': {'citizen': 'eva'}}}}",
         "t.json:1:41: /sources/a/probe/citizen: there is no test citizen \"eva\" in "
         "test_citizens\n"},
        {"{'sources': {'a': {'positions': 5}}}",
         "t.json:1:33: /sources/a/positions: is unknown; did you mean \"position\"?\n"},
        {"{'portals': {'p': {'sources': {'a': {'position': 5}}}}}",
         "t.json:1:50: /portals/p/sources/a/position: is unknown\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct layers parsed;
        struct test_citizen jens[] = {{.id = STR("jens")}};
        struct test_citizens all = {.at = jens, .count = 1};
        struct node root = config_parse(&parsed.config, rows[i].text);
        struct faults *faults = &parsed.config.faults;
        settings_parse((struct node){0}, STR(""), &parsed.settings, faults);
        parsed.standard = override_standard(root, faults);
        for (size_t j = 0; j < ROUTES; j++)
            parsed.routes[j] = (struct route){.source = {.id = j ? STR("b") : STR("a")},
                                              .rules = parsed.standard,
                                              .enabled = true,
                                              .position = 50};
        struct route_reading reading = {&parsed.settings, STR(""), &parsed.standard, &all, NULL};
        overrides_operate(root, &reading, parsed.routes, ROUTES, faults);
        overrides_parse(root, &parsed.settings, parsed.routes, ROUTES, &parsed.overrides, faults);
        is_str(config_faults(&parsed.config), rows[i].faults, "%s", rows[i].text);
        if (i == 0) {
            const struct route *a = &parsed.routes[0], *b = &parsed.routes[1];
            ok(!a->enabled && a->position == 5 && a->in_flight_max == 7 &&
                   a->target.connections_max == 7 && a->probe.every_s == 9 &&
                   a->rules.probe_grace_ms > 0,
               "all of it");
            ok(b->enabled && b->position == 50 && !b->probe.citizen.at, "of that source alone");
        }
        config_clear(&parsed.config);
    }
}

int main(void)
{
    has_standards();
    lays_rules_over_rules();
    complains();
    chooses_a_share();
    closes_for_maintenance();
    operates_sources();
    return done_testing();
}
