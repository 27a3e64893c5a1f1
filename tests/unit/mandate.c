/* SPDX-License-Identifier: MIT */
/* When a mandate is in force, to the second, and whom it makes of whom. */
#include "identity/citizen_make.h"
#include "identity/mandate_citizen.h"
#include "tests/tap.h"

/* 2026-11-28T12:00:00+01:00 */
#define NOON INT64_C(1795863600)
#define AT(offset)                                                                                 \
    {                                                                                              \
        (NOON + (offset)) * 1000, true                                                             \
    }

static const struct mandate_ages power = {.giver_at_least = 15}, custody = {.giver_below = 18};

static struct mandate base(void)
{
    return (struct mandate){.id = STR("m"),
                            .giver = {"7205399984"},
                            .receiver = {"8708669982"},
                            .giver_name = STR("Else Hansen")};
}

static void knows_its_state(void)
{
    static const struct {
        const char *name;
        struct mandate_ages ages;
        const char *giver;
        struct wall from, to, revoked, closed;
        enum mandate_state want;
    } cases[] = {
#define NEVER {0, false}
        {"open at both ends", {15, 0}, "7205399984", NEVER, NEVER, NEVER, NEVER, MANDATE_IN_FORCE},
        {"its first second", {15, 0}, "7205399984", AT(0), NEVER, NEVER, NEVER, MANDATE_IN_FORCE},
        {"a second before", {15, 0}, "7205399984", AT(1), NEVER, NEVER, NEVER, MANDATE_NOT_YET},
        {"its last second", {15, 0}, "7205399984", NEVER, AT(1), NEVER, NEVER, MANDATE_IN_FORCE},
        {"its end", {15, 0}, "7205399984", NEVER, AT(0), NEVER, NEVER, MANDATE_EXPIRED},
        {"a second after", {15, 0}, "7205399984", AT(-9), AT(-1), NEVER, NEVER, MANDATE_EXPIRED},
        {"revoked now", {15, 0}, "7205399984", AT(-9), AT(9), AT(0), NEVER, MANDATE_REVOKED},
        {"to be revoked", {15, 0}, "7205399984", AT(-9), AT(9), AT(1), NEVER, MANDATE_IN_FORCE},
        {"revoked counts before all",
         {15, 0},
         "7205399984",
         AT(9),
         AT(-9),
         AT(-1),
         AT(-1),
         MANDATE_REVOKED},
        {"its case closed",
         {15, 0},
         "7205399984",
         AT(-9),
         AT(9),
         NEVER,
         AT(0),
         MANDATE_CASE_CLOSED},
        {"its case closes later",
         {15, 0},
         "7205399984",
         AT(-9),
         NEVER,
         NEVER,
         AT(1),
         MANDATE_IN_FORCE},
        {"fifteen today", {15, 0}, "8811114991", NEVER, NEVER, NEVER, NEVER, MANDATE_IN_FORCE},
        {"fifteen tomorrow", {15, 0}, "8911114991", NEVER, NEVER, NEVER, NEVER, MANDATE_AGE},
        /* given at fourteen: it does not grow valid */
        {"fifteen since", {15, 0}, "8811114991", AT(-86400), NEVER, NEVER, NEVER, MANDATE_AGE},
        {"seventeen", {0, 18}, "8911084991", NEVER, NEVER, NEVER, NEVER, MANDATE_IN_FORCE},
        {"eighteen today", {0, 18}, "8811084991", NEVER, NEVER, NEVER, NEVER, MANDATE_AGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mandate mandate = base();
        snprintf(mandate.giver.digits, sizeof mandate.giver.digits, "%s", cases[i].giver);
        mandate.from = cases[i].from;
        mandate.to = cases[i].to;
        mandate.revoked = cases[i].revoked;
        mandate.case_closed = cases[i].closed;
        enum mandate_state state = mandate_state(&mandate, &cases[i].ages, (struct wall)AT(0));
        is_str(mandate_state_name(state).at, mandate_state_name(cases[i].want).at, "%s",
               cases[i].name);
    }
}

static const struct citizen *login(struct arena *arena, const char *subject, const char *actor)
{
    struct citizen_facts facts = {.name = STR("Karen Hansen"),
                                  .portal = STR("demo-portal"),
                                  .issuer = STR("https://issuer"),
                                  .privileges = STR("cHJpdg=="),
                                  .level = LEVEL_HIGH,
                                  .expires = AT(600)};
    snprintf(facts.subject.digits, sizeof facts.subject.digits, "%s", subject);
    snprintf(facts.actor.digits, sizeof facts.actor.digits, "%s", actor);
    return citizen_make(arena, &facts);
}

static void makes_a_citizen(void)
{
    struct arena *arena = arena_new(1 << 16);
    const struct citizen *karen = login(arena, "8708669982", "");
    struct mandate mandate = base();
    const struct citizen *acting =
        mandate_citizen(arena, &mandate, &power, karen, STR("ref"), (struct wall)AT(0));
    if (ok(acting, "made")) {
        is_str(citizen_subject(acting)->digits, "7205399984", "the giver's data");
        is_str(citizen_actor(acting)->digits, "8708669982", "the receiver logged in");
        ok(citizen_is_on_behalf(acting), "on behalf");
        ok(str_equal(citizen_name(acting), STR("Else Hansen")), "the giver's name");
        ok(str_equal(citizen_mandate(acting), STR("ref")), "under this mandate");
        ok(str_equal(citizen_portal(acting), STR("demo-portal")), "by the same portal");
        ok(str_equal(citizen_issuer(acting), STR("https://issuer")), "and issuer");
        is_int(citizen_level(acting), LEVEL_HIGH, "at the receiver's level");
        is_int(citizen_expires(acting).unix_ms, (NOON + 600) * 1000, "as long as the token");
        ok(!citizen_privileges(acting).at, "the receiver's privileges are not the giver's");
    }
    mandate.to = (struct wall)AT(5);
    acting = mandate_citizen(arena, &mandate, &power, karen, STR("ref"), (struct wall)AT(0));
    ok(acting && citizen_expires(acting).unix_ms == (NOON + 5) * 1000, "or as the mandate");
    arena_free(&arena);
}

static void makes_none(void)
{
    struct arena *arena = arena_new(1 << 16);
    struct mandate good = base(), own = base(), over = base(), child = base();
    own.giver = own.receiver;
    over.to = (struct wall)AT(0);
    child.kind = MANDATE_CUSTODY;
    const struct {
        const char *name;
        const struct mandate *mandate;
        const struct mandate_ages *ages;
        const struct citizen *actor;
    } cases[] = {
        {"another's mandate", &good, &power, login(arena, "6507819980", "")},
        {"the giver herself", &good, &power, login(arena, "7205399984", "")},
        {"one's own", &own, &power, login(arena, "8708669982", "")},
        {"over", &over, &power, login(arena, "8708669982", "")},
        {"a grown child", &child, &custody, login(arena, "8708669982", "")},
        {"who acts already", &good, &power, login(arena, "6507819980", "8708669982")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ok(!mandate_citizen(arena, cases[i].mandate, cases[i].ages, cases[i].actor, STR("ref"),
                            (struct wall)AT(0)),
           "nobody: %s", cases[i].name);
    arena_free(&arena);
}

static void names_its_kinds(void)
{
    enum mandate_kind kind;
    for (int i = 0; i < MANDATE_KIND_COUNT; i++)
        ok(mandate_kind_parse(mandate_kind_name((enum mandate_kind)i), &kind) && (int)kind == i,
           "%s", mandate_kind_name((enum mandate_kind)i).at);
    ok(!mandate_kind_parse(STR("friendship"), &kind) && !mandate_kind_parse(STR_NONE, &kind),
       "no other");
}

int main(void)
{
    knows_its_state();
    makes_a_citizen();
    makes_none();
    names_its_kinds();
    return done_testing();
}
