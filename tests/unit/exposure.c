/* SPDX-License-Identifier: MIT */
#include "policy/exposure.h"

#include "tests/config.h"

#define SUBJECT "6101709995"
#define OTHER   "7502889996"
enum { NOW_S = 1800000000, DAY = 86400, PARTIES = 2 };

static const struct str building[] = {STR_INIT("02.34."), STR_INIT("99.")};
static const struct exposure rules = {
    .building_kle = building, .building_kle_count = 2, .owner_role_is_set = true};
static const struct exposure no_owner_role = {.building_kle = building, .building_kle_count = 2};
static const struct exposure no_building = {.owner_role_is_set = true};

/* A party: who ("": known by no CPR number; NULL: no party) and in which role, since and until. */
struct who {
    const char *cpr;
    enum party_role role;
    int64_t from_s, to_s; /* 0: open; else seconds from now */
};

#define IS(who, as)                                                                                \
    {                                                                                              \
        .cpr = who, .role = as                                                                     \
    }
#define WAS(who, as, since, till)                                                                  \
    {                                                                                              \
        .cpr = who, .role = as, .from_s = since, .to_s = till                                      \
    }

static struct wall seconds_from_now(int64_t s)
{
    return s ? wall_of_unix(NOW_S + s) : WALL_NONE;
}

static const struct example {
    const char *name;
    struct item item;
    struct who who[PARTIES];
    bool parties_needed;
    const struct exposure *exposure; /* NULL: rules */
    enum exposure_verdict verdict;
    bool loses_title;
} examples[] = {
    /* who may see */
    {.name = "the primary party",
     .item = {.kind = ITEM_CASE},
     .who = {IS(SUBJECT, PARTY_PRIMARY)},
     .parties_needed = true},
    {.name = "the primary party, named by the answer as well",
     .item = {.kind = ITEM_CASE},
     .who = {IS(SUBJECT, PARTY_PRIMARY)}},
    {.name = "a secondary party",
     .item = {.kind = ITEM_CASE},
     .who = {IS(OTHER, PARTY_PRIMARY), IS(SUBJECT, PARTY_SECONDARY)},
     .parties_needed = true,
     .verdict = EXPOSURE_NOT_PRIMARY},
    {.name = "a secondary party, though the answer names the citizen",
     .item = {.kind = ITEM_CASE},
     .who = {IS(OTHER, PARTY_PRIMARY), IS(SUBJECT, PARTY_SECONDARY)},
     .verdict = EXPOSURE_NOT_PRIMARY},
    {.name = "a party of another kind",
     .item = {.kind = ITEM_BENEFIT},
     .who = {IS(SUBJECT, PARTY_OTHER)},
     .parties_needed = true,
     .verdict = EXPOSURE_NOT_PRIMARY},
    {.name = "one of two primary parties",
     .item = {.kind = ITEM_CASE},
     .who = {IS(OTHER, PARTY_PRIMARY), IS(SUBJECT, PARTY_PRIMARY)},
     .parties_needed = true},
    {.name = "primary and secondary at once",
     .item = {.kind = ITEM_CASE},
     .who = {IS(SUBJECT, PARTY_SECONDARY), IS(SUBJECT, PARTY_PRIMARY)},
     .parties_needed = true},
    {.name = "nobody, where parties are the proof",
     .item = {.kind = ITEM_CASE},
     .parties_needed = true,
     .verdict = EXPOSURE_NO_PROOF},
    {.name = "nobody, where the answer is the proof", .item = {.kind = ITEM_CREDENTIAL}},
    {.name = "somebody else only",
     .item = {.kind = ITEM_BENEFIT},
     .who = {IS(OTHER, PARTY_PRIMARY)},
     .verdict = EXPOSURE_NO_PROOF},
    {.name = "an organisation only, where the answer is the proof",
     .item = {.kind = ITEM_BENEFIT},
     .who = {IS("", PARTY_PRIMARY)}},
    {.name = "an organisation only, where parties are the proof",
     .item = {.kind = ITEM_BENEFIT},
     .who = {IS("", PARTY_PRIMARY)},
     .parties_needed = true,
     .verdict = EXPOSURE_NO_PROOF},
    {.name = "a payment of the primary party",
     .item = {.kind = ITEM_PAYMENT},
     .who = {IS(SUBJECT, PARTY_PRIMARY)},
     .parties_needed = true},
    {.name = "a payment of another role",
     .item = {.kind = ITEM_PAYMENT},
     .who = {IS(SUBJECT, PARTY_SECONDARY)},
     .parties_needed = true,
     .verdict = EXPOSURE_NOT_PRIMARY},
    /* when */
    {.name = "primary since yesterday",
     .item = {.kind = ITEM_CASE},
     .who = {WAS(SUBJECT, PARTY_PRIMARY, -DAY, 0)},
     .parties_needed = true},
    {.name = "primary from tomorrow",
     .item = {.kind = ITEM_CASE},
     .who = {WAS(SUBJECT, PARTY_PRIMARY, DAY, 0)},
     .parties_needed = true,
     .verdict = EXPOSURE_NOT_PRIMARY},
    {.name = "primary until tomorrow",
     .item = {.kind = ITEM_CASE},
     .who = {WAS(SUBJECT, PARTY_PRIMARY, -DAY, DAY)},
     .parties_needed = true},
    {.name = "primary until yesterday",
     .item = {.kind = ITEM_CASE},
     .who = {WAS(SUBJECT, PARTY_PRIMARY, 0, -DAY)},
     .parties_needed = true,
     .verdict = EXPOSURE_NOT_PRIMARY},
    {.name = "primary in the last second",
     .item = {.kind = ITEM_CASE},
     .who = {WAS(SUBJECT, PARTY_PRIMARY, 0, 1)},
     .parties_needed = true},
    {.name = "no longer primary, and primary again",
     .item = {.kind = ITEM_CASE},
     .who = {WAS(SUBJECT, PARTY_PRIMARY, 0, -DAY), WAS(SUBJECT, PARTY_PRIMARY, -1, 0)},
     .parties_needed = true},
    /* building cases */
    {.name = "a building case's owner",
     .item = {.kind = ITEM_CASE, .kle = STR_INIT("02.34.02")},
     .who = {IS(OTHER, PARTY_PRIMARY), IS(SUBJECT, PARTY_PROPERTY_OWNER)},
     .parties_needed = true},
    {.name = "a building case's primary party",
     .item = {.kind = ITEM_CASE, .kle = STR_INIT("02.34.02")},
     .who = {IS(SUBJECT, PARTY_PRIMARY), IS(OTHER, PARTY_PROPERTY_OWNER)},
     .parties_needed = true,
     .verdict = EXPOSURE_NOT_OWNER},
    {.name = "a building case's former owner",
     .item = {.kind = ITEM_CASE, .kle = STR_INIT("02.34.02")},
     .who = {WAS(SUBJECT, PARTY_PROPERTY_OWNER, 0, -DAY)},
     .parties_needed = true,
     .verdict = EXPOSURE_NOT_OWNER},
    {.name = "a building case that names nobody",
     .item = {.kind = ITEM_CASE, .kle = STR_INIT("02.34.02")},
     .verdict = EXPOSURE_NOT_OWNER},
    {.name = "a building case where the owner's role is not known",
     .item = {.kind = ITEM_CASE, .kle = STR_INIT("99.01.01")},
     .who = {IS(SUBJECT, PARTY_PROPERTY_OWNER)},
     .parties_needed = true,
     .exposure = &no_owner_role,
     .verdict = EXPOSURE_BUILDING_UNSET},
    {.name = "an owner where no subject is a building case",
     .item = {.kind = ITEM_CASE, .kle = STR_INIT("02.34.02")},
     .who = {IS(SUBJECT, PARTY_PROPERTY_OWNER)},
     .parties_needed = true,
     .exposure = &no_building,
     .verdict = EXPOSURE_NOT_PRIMARY},
    {.name = "the neighbour of a prefix",
     .item = {.kind = ITEM_CASE, .kle = STR_INIT("02.35.02")},
     .who = {IS(SUBJECT, PARTY_PRIMARY)},
     .parties_needed = true},
    {.name = "a benefit is no building case",
     .item = {.kind = ITEM_BENEFIT, .kle = STR_INIT("02.34.02")},
     .who = {IS(SUBJECT, PARTY_PRIMARY)},
     .parties_needed = true},
    {.name = "a building case's letter, to its owner",
     .item = {.kind = ITEM_DOCUMENT, .direction = DIRECTION_TO_CITIZEN},
     .who = {IS(OTHER, PARTY_PRIMARY), IS(SUBJECT, PARTY_PROPERTY_OWNER)},
     .parties_needed = true},
    {.name = "a building case's letter, to its primary party",
     .item = {.kind = ITEM_DOCUMENT, .direction = DIRECTION_TO_CITIZEN},
     .who = {IS(SUBJECT, PARTY_PRIMARY), IS(OTHER, PARTY_PROPERTY_OWNER)},
     .parties_needed = true,
     .verdict = EXPOSURE_NOT_OWNER},
    /* what is never shown */
    {.name = "a security profile",
     .item = {.kind = ITEM_CASE, .has_security_profile = true},
     .who = {IS(SUBJECT, PARTY_PRIMARY)},
     .parties_needed = true,
     .verdict = EXPOSURE_SECURITY_PROFILE},
    {.name = "a display class",
     .item = {.kind = ITEM_CASE, .display_class = STR_INIT("intern")},
     .who = {IS(SUBJECT, PARTY_PRIMARY)},
     .parties_needed = true,
     .verdict = EXPOSURE_DISPLAY_CLASS},
    {.name = "a VIP case",
     .item = {.kind = ITEM_CASE, .sensitivity = SENSITIVITY_VIP},
     .who = {IS(SUBJECT, PARTY_PRIMARY)},
     .parties_needed = true,
     .verdict = EXPOSURE_SENSITIVITY},
    {.name = "a VIP benefit, though the answer names the citizen",
     .item = {.kind = ITEM_BENEFIT, .sensitivity = SENSITIVITY_VIP},
     .verdict = EXPOSURE_SENSITIVITY},
    {.name = "a sensitive case is the citizen's own",
     .item = {.kind = ITEM_CASE, .sensitivity = SENSITIVITY_SENSITIVE},
     .who = {IS(SUBJECT, PARTY_PRIMARY)},
     .parties_needed = true},
    {.name = "an exempt case has a public title",
     .item = {.kind = ITEM_CASE, .is_exempt = true},
     .who = {IS(SUBJECT, PARTY_PRIMARY)},
     .parties_needed = true},
    /* documents */
    {.name = "a letter to the citizen",
     .item = {.kind = ITEM_DOCUMENT, .direction = DIRECTION_TO_CITIZEN},
     .who = {IS(SUBJECT, PARTY_PRIMARY)},
     .parties_needed = true},
    {.name = "a letter from the citizen",
     .item = {.kind = ITEM_DOCUMENT, .direction = DIRECTION_FROM_CITIZEN},
     .who = {IS(SUBJECT, PARTY_PRIMARY)},
     .parties_needed = true},
    {.name = "a letter to another authority, an internal note",
     .item = {.kind = ITEM_DOCUMENT, .direction = DIRECTION_OTHER},
     .who = {IS(SUBJECT, PARTY_PRIMARY)},
     .parties_needed = true,
     .verdict = EXPOSURE_DIRECTION},
    {.name = "a document of unknown direction",
     .item = {.kind = ITEM_DOCUMENT},
     .who = {IS(SUBJECT, PARTY_PRIMARY)},
     .parties_needed = true,
     .verdict = EXPOSURE_DIRECTION},
    {.name = "a secondary party's letter",
     .item = {.kind = ITEM_DOCUMENT, .direction = DIRECTION_TO_CITIZEN},
     .who = {IS(SUBJECT, PARTY_SECONDARY)},
     .parties_needed = true,
     .verdict = EXPOSURE_NOT_PRIMARY},
    {.name = "an ordinary letter",
     .item = {.kind = ITEM_DOCUMENT,
              .direction = DIRECTION_TO_CITIZEN,
              .sensitivity = SENSITIVITY_ORDINARY},
     .who = {IS(SUBJECT, PARTY_PRIMARY)},
     .parties_needed = true},
    {.name = "a confidential letter",
     .item = {.kind = ITEM_DOCUMENT,
              .direction = DIRECTION_TO_CITIZEN,
              .sensitivity = SENSITIVITY_CONFIDENTIAL},
     .who = {IS(SUBJECT, PARTY_PRIMARY)},
     .parties_needed = true,
     .loses_title = true},
    {.name = "a sensitive letter",
     .item = {.kind = ITEM_DOCUMENT,
              .direction = DIRECTION_TO_CITIZEN,
              .sensitivity = SENSITIVITY_SENSITIVE},
     .loses_title = true},
    {.name = "a VIP letter",
     .item = {.kind = ITEM_DOCUMENT,
              .direction = DIRECTION_TO_CITIZEN,
              .sensitivity = SENSITIVITY_VIP},
     .who = {IS(SUBJECT, PARTY_PRIMARY)},
     .parties_needed = true,
     .verdict = EXPOSURE_SENSITIVITY},
};
static void judge(const struct example *example)
{
    const struct cpr subject = {SUBJECT};
    struct item item = example->item;
    struct party parties[PARTIES] = {0};
    for (size_t i = 0; i < PARTIES && example->who[i].cpr; i++) {
        const struct who *who = &example->who[i];
        snprintf(parties[i].cpr.digits, sizeof parties[i].cpr.digits, "%s", who->cpr);
        parties[i].role = who->role;
        parties[i].from = seconds_from_now(who->from_s);
        parties[i].to = seconds_from_now(who->to_s);
        if (i > 0)
            parties[i - 1].next = &parties[i];
    }
    item.parties = example->who[0].cpr ? parties : NULL;
    item.title = STR("Titel");

    const struct exposure_view view = {
        .subject = &subject, .parties_needed = example->parties_needed, .now = wall_of_unix(NOW_S)};
    enum exposure_verdict verdict =
        exposure_judge(example->exposure ? example->exposure : &rules, &view, &item).verdict;
    is_str(exposure_code(verdict).at, exposure_code(example->verdict).at, "%s", example->name);
    if (verdict == EXPOSURE_SHOWN)
        is_int(!item.title.at, example->loses_title, "%s: the title", example->name);
}

static void has_distinct_codes(void)
{
    for (int i = 0; i < EXPOSURE_VERDICT_COUNT; i++)
        for (int j = 0; j < i; j++)
            ok(!str_equal(exposure_code((enum exposure_verdict)i),
                          exposure_code((enum exposure_verdict)j)),
               "codes %d and %d differ", j, i);
}

static void parses_the_file(void)
{
#define ALL "'default': {'rules': [{'kle': '*'}]}"
    static const struct {
        const char *text, *faults;
        size_t kle;
        bool role;
    } cases[] = {
        {"{" ALL "}", "", 0, false},
        {"{'building_cases': {'kle': ['02.34.'], 'owner_role_is_set': true}, " ALL "}", "", 1,
         true},
        {"{'building_cases': {'kle': []}, " ALL "}", "", 0, false},
        {"{'building_cases': [], " ALL "}", "t.json:1:20: /building_cases: expected an object\n", 0,
         false},
        {"{'building_cases': {'kle': '02.34.'}, " ALL "}",
         "t.json:1:28: /building_cases/kle: expected a list of texts\n", 0, false},
        {"{'building': {}, " ALL "}", "t.json:1:14: /building: is unknown\n", 0, false},
        {"{'building_cases': {'owner_role_is_set': 1}, " ALL "}",
         "t.json:1:42: /building_cases/owner_role_is_set: expected true or false\n", 0, false},
        {"{}",
         "t.json:1:1: /default: is needed: what is shown of an authority that has no rules of its "
         "own\n",
         0, false},
        {"[]", "t.json:1:1: expected an object\n", 0, false},
        {"{'address_protection': 'never', " ALL "}",
         "t.json:1:24: /address_protection: expected known, on_behalf or always\n", 0, false},
    };
    static const struct municipalities none = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct exposure exposure = {0};
        struct node root = config_parse(&config, cases[i].text);
        exposure_parse(root, &none, &exposure, config.arena, &config.faults);
        is_str(config_faults(&config), cases[i].faults, "%s", cases[i].text);
        is_int((long long)exposure.building_kle_count, (long long)cases[i].kle, "prefixes");
        is_int(exposure.owner_role_is_set, cases[i].role, "the role");
        config_clear(&config);
    }
}

int main(void)
{
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        judge(&examples[i]);
    has_distinct_codes();
    parses_the_file();
    return done_testing();
}
