/* SPDX-License-Identifier: MIT */
/* Random configurations and items: whatever is widened in one authority's rules, nothing more of
 * another authority is shown; and no configuration shows what the built-in rules withhold. */
#include "policy/exposure.h"

#include "tests/config.h"

enum { SEEDS = 400, ITEMS = 60, RULES = 5, TOWNS = 3, TEXT_MAX = 16384, NOW_S = 1800000000 };

static struct municipality towns[TOWNS] = {{STR_INIT("0101"), STR_INIT("64942212"), STR_INIT("A")},
                                           {STR_INIT("0710"), STR_INIT("29189714"), STR_INIT("B")},
                                           {STR_INIT("0751"), STR_INIT("55133018"), STR_INIT("C")}};
static const struct municipalities municipalities = {.at = towns, .count = TOWNS};
static const struct cpr subject = {"6101709995"}, other = {"7502889996"};

/* xorshift: the same schedule for the same seed on every machine. */
static uint64_t chance;

static unsigned draw(unsigned below)
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return (unsigned)((chance >> 33) % below);
}

static const char *const patterns[] = {"*",        "32.*",  "32.24.*",      "32.24.04", "33.*",
                                       "33.01.01", "*/G01", "32.24.04/G01", "32.24.05", "02.34.*"};
static const char *const numbers[] = {"32.24.04", "32.24.05", "32.25.01",
                                      "33.01.01", "02.34.02", NULL};
enum { PATTERNS = sizeof patterns / sizeof *patterns, NUMBERS = sizeof numbers / sizeof *numbers };

/* A rule, as its members: what can be widened is widened by leaving members out. */
struct rule {
    unsigned pattern;
    bool is_closed, has_from, is_active_regardless, has_systems, is_ordinary, has_notes, has_to,
        has_from_citizen;
};
struct set {
    struct rule rules[RULES];
    unsigned count;
};

static void draw_set(struct set *set)
{
    *set = (struct set){0};
    for (unsigned i = 0; i < RULES; i++) {
        struct rule *rule = &set->rules[set->count];
        bool is_new = true;

        *rule = (struct rule){draw(PATTERNS), draw(3) == 0, draw(2),      draw(2), draw(2),
                              draw(2),        draw(2),      draw(2) == 0, draw(2)};
        for (unsigned j = 0; j < set->count; j++)
            is_new &= set->rules[j].pattern != rule->pattern;
        set->count += is_new;
    }
}

static void write_rule(struct buf *out, const struct rule *rule)
{
    buf_format(out, "{'kle': '%s'", patterns[rule->pattern]);
    if (rule->is_closed) {
        buf_format(out, ", 'open': false}");
        return;
    }
    if (rule->has_from)
        buf_format(out, ", 'from': '2024-03-01', 'active_regardless': %s",
                   rule->is_active_regardless ? "true" : "false");
    if (rule->has_systems)
        buf_format(out, ", 'systems': ['a']");
    if (rule->is_ordinary)
        buf_format(out, ", 'sensitivity': 'ordinary'");
    if (rule->has_notes)
        buf_format(out, ", 'journal_notes': true");
    if (rule->has_to || rule->has_from_citizen)
        buf_format(out, ", 'documents': [%s%s%s]",
                   rule->has_to ? "{'direction': 'to_citizen'}" : "",
                   rule->has_to && rule->has_from_citizen ? ", " : "",
                   rule->has_from_citizen ? "{'direction': 'from_citizen'}" : "");
    buf_format(out, "}");
}

static void write_set(struct buf *out, const struct set *set)
{
    buf_format(out, "'rules': [");
    for (unsigned i = 0; i < set->count; i++) {
        buf_format(out, "%s", i ? ", " : "");
        write_rule(out, &set->rules[i]);
    }
    buf_format(out, "]}");
}

/* sets[TOWNS] is the default; towns without rules are left out. */
static void parse(struct config *config, const struct set *sets, struct exposure *exposure)
{
    struct buf text;
    bool is_first = true;

    buf_init(&text, TEXT_MAX);
    buf_format(&text, "{'building_cases': {'kle': ['02.34.'], 'owner_role_is_set': true}, "
                      "'default': {");
    write_set(&text, &sets[TOWNS]);
    buf_format(&text, ", 'authorities': [");
    for (unsigned i = 0; i < TOWNS; i++) {
        if (sets[i].count == 0)
            continue;
        buf_format(&text, "%s{'municipality': '%s', ", is_first ? "" : ", ", towns[i].code.at);
        write_set(&text, &sets[i]);
        is_first = false;
    }
    buf_format(&text, "]}");
    buf_add_byte(&text, '\0');
    struct node root = config_parse(config, text.at);
    *exposure = (struct exposure){0};
    exposure_parse(root, &municipalities, exposure, config->arena, &config->faults);
    if (config->faults.count > 0)
        ok(false, "a drawn configuration has a fault: %s\n%s", config_faults(config), text.at);
    buf_clear(&text);
}

/* ---- items ---- */

struct drawn {
    struct item item, owner;
    struct item_owner owners;
    struct party party;
};

static void draw_item(struct drawn *drawn)
{
    static const enum item_status statuses[] = {STATUS_UNKNOWN, STATUS_IN_PROGRESS, STATUS_CLOSED,
                                                STATUS_ACTIVE};
    static const enum item_kind kinds[] = {ITEM_CASE,       ITEM_CASE,     ITEM_BENEFIT,
                                           ITEM_PAYMENT,    ITEM_DOCUMENT, ITEM_DOCUMENT,
                                           ITEM_APPOINTMENT};
    const char *number = numbers[draw(NUMBERS)];
    bool is_new = draw(2);

    *drawn = (struct drawn){0};
    drawn->party = (struct party){.role = (enum party_role)(draw(3) == 0 ? draw(4) : PARTY_PRIMARY),
                                  .cpr = draw(8) == 0 ? other : subject};
    struct item *item = &drawn->item;
    *item = (struct item){.kind = kinds[draw(sizeof kinds / sizeof *kinds)],
                          .title = STR("t"),
                          .kle = str_of(number),
                          .facet = draw(2) ? STR("G01") : STR_NONE,
                          .status = statuses[draw(4)],
                          .created = wall_of_unix(is_new ? 1790000000 : 1500000000),
                          .sending_system = draw(2) ? STR("a") : STR("b"),
                          .sensitivity = (enum sensitivity)draw(5),
                          .direction = (enum direction)draw(4),
                          .has_security_profile = draw(10) == 0,
                          .parties = &drawn->party};
    if (draw(10) == 0)
        item->display_class = STR("x");
    if (item->kind == ITEM_DOCUMENT)
        item->is_journal_note = draw(4) == 0;
    item->authority.cvr = towns[draw(TOWNS)].cvr;
    if ((item->kind == ITEM_DOCUMENT || item->kind == ITEM_PAYMENT) && draw(4) > 0) {
        drawn->owner = *item;
        drawn->owner.kind = item->kind == ITEM_DOCUMENT ? ITEM_CASE : ITEM_BENEFIT;
        drawn->owner.is_journal_note = false;
        drawn->owner.sensitivity = (enum sensitivity)draw(5);
    }
}

static bool shows(const struct exposure *exposure, const struct drawn *drawn)
{
    const struct exposure_view view = {
        .subject = &subject, .parties_needed = true, .now = wall_of_unix(NOW_S)};
    struct item item = drawn->item;
    struct item_owner owners = {&drawn->owner, NULL};

    if (drawn->owner.title.at)
        item.owners = &owners;
    item.parties = &(struct party){.role = drawn->party.role, .cpr = drawn->party.cpr};
    return exposure_judge(exposure, &view, &item).verdict == EXPOSURE_SHOWN;
}

/* ---- the properties ---- */

static void widen(struct rule *rule)
{
    *rule = (struct rule){
        .pattern = rule->pattern, .has_notes = true, .has_to = true, .has_from_citizen = true};
}

struct tally {
    size_t shown, withheld, gained, lost, strangers, lifted;
};

/* `changed`: whose rules were; TOWNS: the default, which counts for those without any. */
static void compare(const struct exposure *before, const struct exposure *after,
                    const struct set *sets, unsigned changed, struct tally *tally)
{
    static const struct exposure built_in = {0};
    static const struct str building[] = {STR_INIT("02.34.")};
    struct exposure floor = built_in;
    floor.building_kle = building;
    floor.building_kle_count = 1;
    floor.owner_role_is_set = true;

    for (unsigned i = 0; i < ITEMS; i++) {
        struct drawn drawn;
        draw_item(&drawn);
        bool was = shows(before, &drawn), is = shows(after, &drawn);
        unsigned town = 0;
        while (!str_equal(drawn.item.authority.cvr, towns[town].cvr))
            town++;
        bool is_own = changed == TOWNS ? sets[town].count == 0 : town == changed;
        tally->shown += was;
        tally->withheld += !was;
        tally->gained += is_own && is && !was;
        tally->lost += is_own && was && !is;
        tally->strangers += !is_own && is != was;
        if (!drawn.item.is_journal_note)
            tally->lifted += (was || is) && !shows(&floor, &drawn);
    }
}

/* One authority's rule is widened, or it gets rules of its own, or its rules are taken away. */
static void play(uint64_t seed, struct tally *tally)
{
    struct set sets[TOWNS + 1], changed[TOWNS + 1];
    struct config before_config, after_config;
    struct exposure before, after;
    unsigned town;

    chance = seed * 0x9e3779b97f4a7c15ull + 1;
    for (unsigned i = 0; i <= TOWNS; i++)
        draw_set(&sets[i]);
    if (draw(2))
        sets[draw(TOWNS)].count = 0;
    memcpy(changed, sets, sizeof sets);
    town = draw(TOWNS + 1);
    if (changed[town].count == 0)
        draw_set(&changed[town]);
    else
        widen(&changed[town].rules[draw(changed[town].count)]);
    parse(&before_config, sets, &before);
    parse(&after_config, changed, &after);
    compare(&before, &after, sets, town, tally);
    config_clear(&before_config);
    config_clear(&after_config);
}

int main(void)
{
    struct tally tally = {0};

    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        play(seed, &tally);
    is_int((long long)tally.strangers, 0, "nothing more or less of another authority");
    is_int((long long)tally.lifted, 0, "nothing that the built-in rules withhold");
    ok(tally.shown > 1000 && tally.withheld > 1000, "%zu are shown, %zu are not", tally.shown,
       tally.withheld);
    ok(tally.gained > 20, "what is widened shows more of its own: %zu", tally.gained);
    return done_testing();
}
