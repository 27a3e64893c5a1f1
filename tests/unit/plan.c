/* SPDX-License-Identifier: MIT */
#include "policy/plan.h"

#include "identity/citizen_make.h"
#include "tests/tap.h"

/* A snapshot made by hand: two sources of the state, an index, one that is switched off. */
enum { ATP, INDEX, POLICE, RESTING, ROUTES };
static struct route routes[ROUTES] = {
    [ATP] = {.source = {.id = STR_INIT("atp"),
                        .authority = {STR_INIT("43405810"), {NULL, 0}, STR_INIT("ATP")},
                        .kinds = ITEM_KIND_BIT(ITEM_BENEFIT)},
             .level = LEVEL_SUBSTANTIAL,
             .enabled = true},
    [INDEX] = {.source = {.id = STR_INIT("index"),
                          .per_municipality = true,
                          .kinds = ITEM_KIND_BIT(ITEM_CASE) | ITEM_KIND_BIT(ITEM_DOCUMENT)},
               .level = LEVEL_SUBSTANTIAL,
               .enabled = true},
    [POLICE] = {.source = {.id = STR_INIT("police"),
                           .authority = {STR_INIT("17143611"), {NULL, 0}, STR_INIT("Politi")},
                           .kinds = ITEM_KIND_BIT(ITEM_CREDENTIAL)},
                .level = LEVEL_HIGH,
                .enabled = true},
    [RESTING] = {.source = {.id = STR_INIT("resting")}, .level = LEVEL_LOW, .enabled = false},
};
static struct municipality municipalities[] = {
    {STR_INIT("0101"), STR_INIT("64942212"), STR_INIT("Københavns Kommune")},
    {STR_INIT("0147"), {NULL, 0}, STR_INIT("Frederiksberg Kommune")},
    {STR_INIT("0710"), STR_INIT("29189714"), STR_INIT("Favrskov Kommune")},
};
static const struct str only_index[] = {STR_INIT("index")}, pilots[] = {STR_INIT("0710")};
static struct rollout rollouts[] = {
    {.source = STR_INIT("index"), .from = {2020, 1, 1}, .codes = pilots, .code_count = 1},
    {.source = STR_INIT("index"), .from = {2030, 1, 1}},
};
static const struct str all[] = {STR_INIT("*")}, only_atp[] = {STR_INIT("atp")};
static const struct str two_authorities[] = {STR_INIT("11111111"), STR_INIT("22222222")};
static const struct str by_code[] = {STR_INIT("0101")}, by_cvr[] = {STR_INIT("29189714")};

#define ALL_KINDS (ITEM_KIND_BIT(ITEM_KIND_COUNT) - 1)
static const struct agreement everything[] = {
    {.sources = all, .source_count = 1, .kinds = ALL_KINDS}};
static const struct agreement pension[] = {
    {.sources = only_atp, .source_count = 1, .kinds = ALL_KINDS}};
static const struct agreement for_others[] = {{.sources = all,
                                               .source_count = 1,
                                               .kinds = ALL_KINDS,
                                               .authorities = two_authorities,
                                               .authority_count = 2}};
static const struct agreement two_cities[] = {
    {.sources = only_index,
     .source_count = 1,
     .kinds = ITEM_KIND_BIT(ITEM_CASE),
     .authorities = by_code,
     .authority_count = 1},
    {.sources = only_index,
     .source_count = 1,
     .kinds = ITEM_KIND_BIT(ITEM_DOCUMENT),
     .authorities = by_cvr,
     .authority_count = 1,
     .to = {2027, 1, 14}},
};
static const struct agreement other_kinds[] = {
    {.sources = all, .source_count = 1, .kinds = ITEM_KIND_BIT(ITEM_CREDENTIAL)}};
static const struct agreement not_yet[] = {
    {.sources = all, .source_count = 1, .kinds = ALL_KINDS, .from = {2027, 1, 16}}};
static const struct agreement today_only[] = {{.sources = all,
                                               .source_count = 1,
                                               .kinds = ALL_KINDS,
                                               .from = {2027, 1, 15},
                                               .to = {2027, 1, 15}}};
static const struct portal portals[] = {
    {.id = STR_INIT("everything"), .agreements = everything, .agreement_count = 1},
    {.id = STR_INIT("pension"), .agreements = pension, .agreement_count = 1},
    {.id = STR_INIT("for-others"), .agreements = for_others, .agreement_count = 1},
    {.id = STR_INIT("two-cities"), .agreements = two_cities, .agreement_count = 2},
    {.id = STR_INIT("other-kinds"), .agreements = other_kinds, .agreement_count = 1},
    {.id = STR_INIT("not-yet"), .agreements = not_yet, .agreement_count = 1},
    {.id = STR_INIT("today"), .agreements = today_only, .agreement_count = 1},
    {.id = STR_INIT("stranger")},
};
static struct snapshot snapshot = {
    .routes = routes, .route_count = ROUTES, .municipalities = {.at = municipalities, .count = 3}};

static const struct portal *portal_named(const char *id)
{
    for (size_t i = 0; i < sizeof portals / sizeof *portals; i++)
        if (str_equal(portals[i].id, str_of(id)))
            return &portals[i];
    return NULL;
}

static const struct example {
    const char *name, *portal;
    enum level level;
    const char *municipalities; /* "0710 0101" */
    const char *only;
    const char *ill;  /* "atp:off", "index:0101", "police:full": one of them */
    const char *rows; /* "atp=ask index/0710=ask police=level" */
} examples[] = {
    {"all is well", "everything", LEVEL_HIGH, "0710", NULL, NULL,
     "atp=ask index/0710=ask police=ask"},
    {"two municipalities, in the order given", "everything", LEVEL_HIGH, "0710 0101", NULL, NULL,
     "atp=ask index/0710=ask index/0101=ask police=ask"},
    {"a municipality given twice", "everything", LEVEL_HIGH, "0101 0710 0101", NULL, NULL,
     "atp=ask index/0101=ask index/0710=ask police=ask"},
    {"no municipality", "everything", LEVEL_HIGH, "", NULL, NULL,
     "atp=ask index=municipality police=ask"},
    {"a municipality without a CVR number", "everything", LEVEL_HIGH, "0147 0710", NULL, NULL,
     "atp=ask index/0147=municipality index/0710=ask police=ask"},
    {"a municipality that does not exist", "everything", LEVEL_HIGH, "9999", NULL, NULL,
     "atp=ask index=municipality police=ask"},
    {"agreements by authority and day", "two-cities", LEVEL_HIGH, "0101 0710 0147", NULL, NULL,
     "atp=not_agreed index/0101=ask index/0710=not_agreed index/0147=not_agreed "
     "police=not_agreed"},
    {"an agreement on what nobody here holds", "other-kinds", LEVEL_HIGH, "0710", NULL, NULL,
     "atp=not_agreed index=not_agreed police=ask"},
    {"an agreement that begins tomorrow", "not-yet", LEVEL_HIGH, "0710", NULL, NULL,
     "atp=not_agreed index=not_agreed police=not_agreed"},
    {"an agreement for today alone", "today", LEVEL_HIGH, "0710", NULL, NULL,
     "atp=ask index/0710=ask police=ask"},
    {"too low a level for one", "everything", LEVEL_SUBSTANTIAL, "0710", NULL, NULL,
     "atp=ask index/0710=ask police=level"},
    {"too low a level for all", "everything", LEVEL_LOW, "0710", NULL, NULL,
     "atp=level index=level police=level"},
    {"no level at all", "everything", LEVEL_NONE, "", NULL, NULL,
     "atp=level index=level police=level"},
    {"an agreement with one source", "pension", LEVEL_HIGH, "0710", NULL, NULL,
     "atp=ask index=not_agreed police=not_agreed"},
    {"no agreement comes before too low a level", "pension", LEVEL_LOW, "", NULL, NULL,
     "atp=level index=not_agreed police=not_agreed"},
    {"a portal nobody knows", "stranger", LEVEL_HIGH, "0710", NULL, NULL,
     "atp=not_agreed index=not_agreed police=not_agreed"},
    {"one source only", "everything", LEVEL_HIGH, "0710", "atp", NULL, "atp=ask"},
    {"the index only, with one municipality", "everything", LEVEL_HIGH, "0101", "index", NULL,
     "index/0101=ask"},
    {"one source only, of two municipalities", "everything", LEVEL_HIGH, "0101 0710", "index", NULL,
     "index/0101=ask index/0710=ask"},
    {"one that is switched off", "everything", LEVEL_HIGH, "0710", "resting", NULL, ""},
    {"one that does not exist", "everything", LEVEL_HIGH, "0710", "nothing", NULL, ""},
    {"a source that is off", "everything", LEVEL_HIGH, "0710", NULL, "atp:off",
     "atp=open index/0710=ask police=ask"},
    {"its only authority is off", "everything", LEVEL_HIGH, "0710", NULL, "atp:43405810",
     "atp=open index/0710=ask police=ask"},
    {"another authority is off", "everything", LEVEL_HIGH, "0710", NULL, "atp:17143611",
     "atp=ask index/0710=ask police=ask"},
    {"one municipality is off", "everything", LEVEL_HIGH, "0101 0710", NULL, "index:64942212",
     "atp=ask index/0101=open index/0710=ask police=ask"},
    {"the whole index is off", "everything", LEVEL_HIGH, "0101 0710", NULL, "index:off",
     "atp=ask index/0101=open index/0710=open police=ask"},
    {"the index is off, no municipality", "everything", LEVEL_HIGH, "", NULL, "index:off",
     "atp=ask index=municipality police=ask"},
    {"a source is full", "everything", LEVEL_HIGH, "0710", NULL, "police:full",
     "atp=ask index/0710=ask police=busy"},
    {"an operator has disabled one", "everything", LEVEL_HIGH, "0710", NULL, "atp:disabled",
     "atp=open index/0710=ask police=ask"},
    {"one is draining", "everything", LEVEL_HIGH, "0710", NULL, "atp:draining",
     "atp=open index/0710=ask police=ask"},
    {"one is maintained", "everything", LEVEL_HIGH, "0101 0710", NULL, "index:maintenance",
     "atp=ask index/0101=closed index/0710=closed police=ask"},
    {"one was maintained", "everything", LEVEL_HIGH, "0710", NULL, "atp:maintained",
     "atp=ask index/0710=ask police=ask"},
    {"no agreement comes before maintenance", "pension", LEVEL_HIGH, "0710", NULL,
     "index:maintenance", "atp=ask index=not_agreed police=not_agreed"},
    {"full and too low a level", "everything", LEVEL_LOW, "0710", NULL, "police:full",
     "atp=level index=level police=level"},
};

static size_t split(const char *words, struct str *into)
{
    struct str rest = *words ? str_of(words) : STR_NONE;
    size_t count = 0;
    while (rest.at)
        into[count++] = str_split(&rest, ' ');
    return count;
}

static void fall_ill(struct health_values *health, const char *ill)
{
    struct str rest = str_of(ill), id = STR_NONE;
    if (rest.at)
        id = str_split(&rest, ':');
    for (size_t i = 0; i < ROUTES; i++) {
        if (!str_equal(routes[i].source.id, id))
            continue;
        if (str_equal(rest, STR("off"))) {
            health[i].is_off = true;
        } else if (str_equal(rest, STR("full"))) {
            health[i].is_full = true;
        } else if (source_mode_parse(rest, &health[i].mode)) {
            ;
        } else if (str_equal(rest, STR("maintained"))) {
            health[i].mode = MODE_MAINTENANCE;
            health[i].mode_until = wall_of_unix(1800000000);
        } else {
            health[i].off_count = 1;
            memcpy(health[i].off[0], rest.at, rest.len);
        }
    }
}

static const struct citizen *citizen_of(struct arena *arena, const char *portal, enum level level)
{
    struct citizen_facts facts = {
        .subject = {"6101709995"}, .portal = str_of(portal), .level = level};
    return citizen_make(arena, &facts);
}

static void describe(const struct plan *plan, struct buf *out)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_row *row = &plan->rows[i];
        buf_format(out, "%s%.*s", i ? " " : "", STR_ARG(row->route->source.id));
        if (row->municipality)
            buf_format(out, "/%.*s", STR_ARG(row->municipality->code));
        buf_format(out, "=%.*s",
                   STR_ARG(row->skip == OUTCOME_PENDING ? STR("ask") : outcome_name(row->skip)));
    }
}

static void plans(const struct example *example)
{
    struct arena *arena = arena_new(65536);
    struct health_values health[ROUTES] = {0};
    struct str codes[8];
    fall_ill(health, example->ill);
    struct plan_request request = {
        .snapshot = &snapshot,
        .citizen = citizen_of(arena, example->portal, example->level),
        .portal = portal_named(example->portal),
        .municipalities = codes,
        .municipality_count = split(example->municipalities, codes),
        .health = example->ill ? health : NULL,
        .only_source = str_of(example->only),
        .now = wall_of_unix(1800000000),
    };
    struct plan plan;
    struct buf out;
    buf_init(&out, 4096);
    if (ok(plan_make(arena, &request, &plan), "%s: made", example->name))
        describe(&plan, &out);
    is_bytes(buf_str(&out).at, out.len, example->rows, strlen(example->rows), "%s", example->name);
    buf_clear(&out);
    arena_free(&arena);
}

static void names_authorities(void)
{
    struct arena *arena = arena_new(65536);
    struct str codes[] = {STR("0101")};
    struct plan_request request = {.snapshot = &snapshot,
                                   .citizen = citizen_of(arena, "everything", LEVEL_HIGH),
                                   .portal = portal_named("everything"),
                                   .municipalities = codes,
                                   .municipality_count = 1};
    struct plan plan;
    if (ok(plan_make(arena, &request, &plan) && plan.count == 3, "a plan")) {
        struct authority atp = plan_row_authority(&plan.rows[0]);
        struct authority city = plan_row_authority(&plan.rows[1]);
        ok(str_equal(atp.name, STR("ATP")) && !atp.code.at, "a row speaks of the source's own");
        ok(str_equal(city.cvr, STR("64942212")) && str_equal(city.code, STR("0101")),
           "or of the municipality");
        ok(plan.rows[0].authority_count == 1 &&
               str_equal(plan.rows[0].authorities[0], STR("43405810")),
           "the source answers for itself");
        ok(plan.rows[1].authority_count == 1 &&
               str_equal(plan.rows[1].authorities[0], STR("64942212")),
           "the index for the municipality");
    }
    request.portal = portal_named("for-others");
    ok(plan_make(arena, &request, &plan) && plan.rows[0].authority_count == 2 &&
           str_equal(plan.rows[0].authorities[1], STR("22222222")),
       "or for those the agreement names");
    is_int(plan.rows[1].skip, OUTCOME_NOT_AGREED, "which the municipality is not among");
    struct authority own = {STR("43405810"), STR_NONE, STR("ATP")}, named = own;
    named.cvr = STR("11111111");
    ok(plan_row_agrees(&plan.rows[0], ITEM_BENEFIT, &named), "an item of an authority named");
    ok(!plan_row_agrees(&plan.rows[0], ITEM_BENEFIT, &own), "and of one that is not");
    arena_free(&arena);
}

/* A portal may see of each authority what its agreements name, and no more. */
static void tells_kinds_apart(void)
{
    static const struct {
        const char *code, *cvr;
        enum item_kind kind;
        struct date day;
        bool agrees;
    } rows[] = {
        {"0101", "64942212", ITEM_CASE, {2027, 1, 15}, true},
        {"0101", "64942212", ITEM_DOCUMENT, {2027, 1, 14}, false},
        {"0710", "29189714", ITEM_DOCUMENT, {2027, 1, 14}, true},
        {"0710", "29189714", ITEM_DOCUMENT, {2027, 1, 15}, false},
        {"0710", "29189714", ITEM_CASE, {2027, 1, 14}, false},
        {NULL, "29189714", ITEM_DOCUMENT, {2027, 1, 14}, true},
        {NULL, NULL, ITEM_CASE, {2027, 1, 14}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct plan_row row = {
            .route = &routes[INDEX], .portal = portal_named("two-cities"), .day = rows[i].day};
        struct authority authority = {.cvr = str_of(rows[i].cvr), .code = str_of(rows[i].code)};
        is_int(plan_row_agrees(&row, rows[i].kind, &authority), rows[i].agrees,
               "kinds by authority and day, row %zu", i);
    }
}

/* Pilots first, then the rest. */
static void rolls_out(void)
{
    static const struct {
        struct date day;
        size_t rollouts;
        const char *rows;
    } rows[] = {
        {{2027, 1, 15}, 0, "index/0101=ask index/0710=ask"},
        {{2027, 1, 15}, 1, "index/0101=not_shown index/0710=ask"},
        {{2027, 1, 15}, 2, "index/0101=not_shown index/0710=ask"},
        {{2019, 12, 31}, 2, "index/0101=not_shown index/0710=not_shown"},
        {{2020, 1, 1}, 2, "index/0101=not_shown index/0710=ask"},
        {{2030, 1, 1}, 2, "index/0101=ask index/0710=ask"},
    };
    struct arena *arena = arena_new(65536);
    struct str codes[] = {STR("0101"), STR("0710")};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct plan_request request = {
            .snapshot = &snapshot,
            .citizen = citizen_of(arena, "everything", LEVEL_HIGH),
            .portal = portal_named("everything"),
            .municipalities = codes,
            .municipality_count = 2,
            .only_source = STR("index"),
            .now = wall_of_unix((int64_t)date_to_days(rows[i].day) * 86400 + 43200)};
        struct plan plan;
        struct buf out;
        buf_init(&out, 4096);
        snapshot.municipalities.rollouts = rollouts;
        snapshot.municipalities.rollout_count = rows[i].rollouts;
        if (ok(plan_make(arena, &request, &plan), "rollout %zu: made", i))
            describe(&plan, &out);
        is_bytes(buf_str(&out).at, out.len, rows[i].rows, strlen(rows[i].rows), "rollout %zu", i);
        buf_clear(&out);
    }
    snapshot.municipalities.rollout_count = 0;
    arena_free(&arena);
}

/* Under a mandate, what it opens and nothing else. */
static void keeps_to_the_mandate(void)
{
    static const struct str favrskov[] = {STR_INIT("0710")}, atp_cvr[] = {STR_INIT("43405810")},
                            kle[] = {STR_INIT("25.*")};
    static const struct {
        const char *name;
        struct mandate_rule rule;
        const char *rows;
        bool shows; /* a credential of ATP, of subject 99.1 */
    } cases[] = {
#define RULE(list, kinds, ...) {{"urn:a", 5}, list, 1, kinds, __VA_ARGS__}
        {"all", RULE(all, ALL_KINDS, NULL, 0, NULL, 0),
         "atp=ask index/0710=ask index/0101=ask police=level", true},
        {"a source", RULE(only_atp, ALL_KINDS, NULL, 0, NULL, 0),
         "atp=ask index=not_covered police=not_covered", true},
        {"kinds", RULE(all, ITEM_KIND_BIT(ITEM_CASE), NULL, 0, NULL, 0),
         "atp=not_covered index/0710=ask index/0101=ask police=not_covered", false},
        {"subjects", RULE(all, ALL_KINDS, NULL, 0, kle, 1),
         "atp=ask index/0710=ask index/0101=ask police=not_covered", false},
        {"a municipality", RULE(all, ALL_KINDS, favrskov, 1, NULL, 0),
         "atp=not_covered index/0710=ask index/0101=not_covered police=level", false},
        {"an authority", RULE(all, ALL_KINDS, atp_cvr, 1, NULL, 0),
         "atp=ask index/0710=not_covered index/0101=not_covered police=level", true},
    };
    struct str codes[] = {STR("0710"), STR("0101")};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new(65536);
        struct coverage_grant grant = {.rule = &cases[i].rule};
        struct coverage coverage = {.grants = &grant, .count = 1};
        struct plan_request request = {
            .snapshot = &snapshot,
            .citizen = citizen_of(arena, "everything", LEVEL_SUBSTANTIAL),
            .portal = portal_named("everything"),
            .municipalities = codes,
            .municipality_count = 2,
            .coverage = &coverage,
            .now = wall_of_unix(1800000000),
        };
        struct plan plan;
        struct buf out;
        buf_init(&out, 4096);
        if (ok(plan_make(arena, &request, &plan), "mandate for %s: made", cases[i].name))
            describe(&plan, &out);
        is_bytes(buf_str(&out).at, out.len, cases[i].rows, strlen(cases[i].rows), "mandate for %s",
                 cases[i].name);
        is_int(plan_row_covers(&plan.rows[0], ITEM_CREDENTIAL, &routes[ATP].source.authority,
                               STR("99.1")),
               cases[i].shows, "mandate for %s: what is shown of a row", cases[i].name);
        buf_clear(&out);
        arena_free(&arena);
    }
}

/* What rules make of a source, one at a time; health says that its breaker is open. */
static void minds_rules(void)
{
    static const struct window always[] = {{.days = 0x7f, .from = 0, .to = 24 * 60}};
    static const struct row {
        const char *name;
        struct rules rules;
        bool is_open;
        enum outcome skip;
        const char *rule;
        unsigned would;
    } rows[] = {
        {"nothing", {0}, false, OUTCOME_PENDING, NULL, 0},
        {"a breaker that is off", {0}, true, OUTCOME_PENDING, NULL, 0},
        {"one that is observed",
         {.breaker = {.mode = RULE_OBSERVE}},
         true,
         OUTCOME_PENDING,
         NULL,
         RULE_BIT(RULE_BREAKER)},
        {"one in force", {.breaker = {.mode = RULE_ENFORCE}}, true, OUTCOME_OPEN, "breaker", 0},
        {"a window", {.windows = {RULE_ENFORCE, {always, 1}}}, false, OUTCOME_CLOSED, "window", 0},
        {"one that is observed",
         {.windows = {RULE_OBSERVE, {always, 1}}},
         false,
         OUTCOME_PENDING,
         NULL,
         RULE_BIT(RULE_WINDOW)},
        {"maintenance", {.maintenance = {.is_set = true}}, false, OUTCOME_CLOSED, "maintenance", 0},
        {"a canary", {.canary = {.mode = RULE_ENFORCE}}, false, OUTCOME_NOT_NEEDED, "canary", 0},
        {"a canary of all",
         {.canary = {.mode = RULE_ENFORCE, .percent = 100}},
         false,
         OUTCOME_PENDING,
         NULL,
         0},
        {"another kind", {.kinds = ITEM_KIND_BIT(ITEM_CASE)}, false, OUTCOME_NOT_NEEDED, NULL, 0},
        {"a higher level", {.level = LEVEL_HIGH}, false, OUTCOME_LEVEL, NULL, 0},
        {"a lower level lowers nothing", {.level = LEVEL_LOW}, false, OUTCOME_PENDING, NULL, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_new(65536);
        struct route route = routes[ATP];
        route.source.kinds = ITEM_KIND_BIT(ITEM_BENEFIT);
        route.rules = rows[i].rules;
        struct snapshot own = snapshot;
        own.routes = &route;
        own.route_count = 1;
        struct health_values health = {.is_open = rows[i].is_open, .open_s = 7};
        struct plan_request request = {.snapshot = &own,
                                       .citizen =
                                           citizen_of(arena, "everything", LEVEL_SUBSTANTIAL),
                                       .portal = portal_named("everything"),
                                       .health = &health,
                                       .receipt = STR("a receipt"),
                                       .now = wall_of_unix(1800000000)};
        struct plan plan;
        if (ok(plan_make(arena, &request, &plan) && plan.count == 1, "%s", rows[i].name)) {
            const struct plan_row *row = &plan.rows[0];
            is_str(outcome_name(row->skip).at, outcome_name(rows[i].skip).at, "%s", rows[i].name);
            is_str(row->rule, rows[i].rule, "%s: by its rule", rows[i].name);
            is_int(row->would_skip, rows[i].would, "%s: observed", rows[i].name);
            is_int(row->retry_after_s, row->skip == OUTCOME_OPEN ? 7 : 0, "again after");
            ok(row->until.known ==
                   (row->skip == OUTCOME_CLOSED && rows[i].rules.windows.closed.count),
               "until");
        }
        request.only_source = STR("atp");
        ok(plan_make(arena, &request, &plan) &&
               (plan.rows[0].skip == OUTCOME_NOT_NEEDED) ==
                   (rows[i].skip == OUTCOME_NOT_NEEDED && rows[i].rules.kinds != 0),
           "%s: a canary is asked where it is named", rows[i].name);
        request.only_source = STR_NONE;
        route.rules.shadow_of = STR("police");
        ok(plan_make(arena, &request, &plan) && plan.count + plan.shadow_count == 0,
           "%s: a shadow is not asked where nobody compares", rows[i].name);
        request.has_shadows = true;
        ok(plan_make(arena, &request, &plan) && plan.count == 0 &&
               plan.shadow_count == (rows[i].skip == OUTCOME_PENDING),
           "%s: and never shown", rows[i].name);
        arena_free(&arena);
    }
}

/* One request with is_narrow; health is that of the routes of its scope. */
static void plan_narrow(struct arena *arena, const struct portal *portal, const char *only,
                        const struct health_values *health, const char *rows)
{
    struct plan_request request = {.snapshot = &snapshot,
                                   .citizen = citizen_of(arena, "pension", LEVEL_HIGH),
                                   .portal = portal,
                                   .only_source = str_of(only),
                                   .is_narrow = true,
                                   .health = health};
    struct plan plan;
    struct buf out;

    buf_init(&out, 4096);
    if (ok(plan_make(arena, &request, &plan), "%s: made", rows))
        describe(&plan, &out);
    is_bytes(out.at ? out.at : "", out.len, rows, strlen(rows), "%s: only %s", rows,
             only ? only : "its own");
    buf_clear(&out);
}

/* Of thousands of sources, those that the portal has anything to do with. */
static void leaves_out_strangers(void)
{
    static const uint32_t places[] = {ATP, POLICE};
    struct arena *arena = arena_new(65536);
    struct portal portal = *portal_named("pension");
    struct health_values health[2] = {0};

    plan_narrow(arena, &portal, NULL, NULL, "atp=ask index=not_agreed police=not_agreed");
    portal.routes = places;
    portal.route_count = 1;
    plan_narrow(arena, &portal, NULL, NULL, "atp=ask");
    portal.route_count = 2;
    plan_narrow(arena, &portal, NULL, NULL, "atp=ask police=not_agreed");
    health[1].is_full = true;
    plan_narrow(arena, portal_named("everything"), "atp", health, "atp=ask");
    portal.agreements = everything;
    plan_narrow(arena, &portal, NULL, health, "atp=ask police=busy");
    health[0].is_full = true;
    plan_narrow(arena, &portal, "index", health, "index=municipality");
    portal.agreements = pension;
    plan_narrow(arena, &portal, "police", NULL, "police=not_agreed");
    plan_narrow(arena, &portal, "nobody", NULL, "");
    portal.route_count = 0;
    plan_narrow(arena, &portal, NULL, NULL, "");
    arena_free(&arena);
}

static void fits_or_says_so(void)
{
    struct arena *arena = arena_new(65536), *small = arena_new(64);
    struct plan_request request = {.snapshot = &snapshot,
                                   .citizen = citizen_of(arena, "everything", LEVEL_HIGH),
                                   .portal = portal_named("everything")};
    struct plan plan;
    ok(!plan_make(small, &request, &plan), "a full arena is told");
    is_int((long long)plan.count, 0, "with an empty plan");
    arena_free(&small);
    arena_free(&arena);
}

int main(void)
{
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        plans(&examples[i]);
    names_authorities();
    tells_kinds_apart();
    rolls_out();
    keeps_to_the_mandate();
    minds_rules();
    leaves_out_strangers();
    fits_or_says_so();
    return done_testing();
}
