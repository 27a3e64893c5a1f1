/* SPDX-License-Identifier: MIT */
#include "identity/citizen_make.h"
#include "tests/tap.h"

static const struct citizen_facts anna = {
    .subject = {"6101709995"},
    .name = STR_INIT("Anna Andersen"),
    .portal = STR_INIT("demo-portal"),
    .issuer = STR_INIT("https://broker.example"),
    .level = LEVEL_SUBSTANTIAL,
    .expires = {1800000000000, true},
};

static void copies_the_facts(void)
{
    struct arena *arena = arena_new(4096);
    char name[] = "Anna Andersen";
    struct citizen_facts facts = anna;
    facts.name = str_of(name);
    const struct citizen *citizen = citizen_make(arena, &facts);
    memset(name, 'x', sizeof name);
    memset(&facts, 'x', sizeof facts);

    if (ok(citizen, "made")) {
        is_str(citizen_subject(citizen)->digits, "6101709995", "the subject");
        is_str(citizen_actor(citizen)->digits, "6101709995", "who logged in, by default");
        ok(!citizen_is_on_behalf(citizen), "not on behalf of another");
        ok(str_equal(citizen_name(citizen), anna.name), "the name was copied");
        ok(str_equal(citizen_portal(citizen), anna.portal), "the portal");
        ok(str_equal(citizen_issuer(citizen), anna.issuer), "the issuer");
        is_int(citizen_level(citizen), LEVEL_SUBSTANTIAL, "the level");
        is_int(citizen_expires(citizen).unix_ms, 1800000000000, "the end");
    }
    arena_free(&arena);
}

static void tells_the_actor_apart(void)
{
    struct arena *arena = arena_new(4096);
    struct citizen_facts facts = anna;
    facts.actor = (struct cpr){"6202909996"};
    facts.name = STR_NONE;
    const struct citizen *citizen = citizen_make(arena, &facts);
    if (ok(citizen, "made with an actor")) {
        ok(citizen_is_on_behalf(citizen), "on behalf of another");
        is_str(citizen_subject(citizen)->digits, "6101709995", "whose data");
        is_str(citizen_actor(citizen)->digits, "6202909996", "who logged in");
        ok(!citizen_name(citizen).at, "an unknown name stays unknown");
    }
    facts.subject = CPR_NONE;
    ok(!citizen_make(arena, &facts), "no citizen without a subject");
    arena_free(&arena);
}

static void makes_test_citizens(void)
{
    struct arena *arena = arena_new(4096);
    const struct cpr test = {"6101709995"}, real = {"010170"
                                                    "9995"};
    const struct citizen *citizen =
        citizen_make_test(arena, &test, STR("Jens"), STR("probe"), LEVEL_HIGH);
    if (ok(citizen, "a replacement number"))
        ok(str_equal(citizen_portal(citizen), STR("probe")) && !citizen_is_on_behalf(citizen) &&
               citizen_level(citizen) == LEVEL_HIGH,
           "with the portal and level given");
    ok(!citizen_make_test(arena, &real, STR("Jens"), STR("probe"), LEVEL_HIGH),
       "a number that may be somebody's");
    ok(!citizen_make_test(arena, &CPR_NONE, STR("Jens"), STR("probe"), LEVEL_HIGH), "no number");
    arena_free(&arena);
}

static void is_whole_or_not_at_all(void)
{
    struct arena *probe = arena_new(4096);
    ok(citizen_make(probe, &anna), "made");
    size_t needed = arena_used(probe);
    arena_free(&probe);

    size_t made = 0;
    for (size_t limit = 1; limit < needed; limit++) {
        struct arena *arena = arena_new(limit);
        made += citizen_make(arena, &anna) != NULL;
        arena_free(&arena);
    }
    is_int((long long)made, 0, "no half citizen in a full arena, for each of %zu limits", needed);
}

int main(void)
{
    copies_the_facts();
    tells_the_actor_apart();
    makes_test_citizens();
    is_whole_or_not_at_all();
    return done_testing();
}
