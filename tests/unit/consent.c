/* SPDX-License-Identifier: MIT */
/* When a consent is in force, to the second, and whose data it lets a service read. */
#include "identity/consent_citizen.h"
#include "tests/tap.h"

/* 2026-11-28T12:00:00+01:00 */
#define NOON INT64_C(1795863600)
#define AT(offset)                                                                                 \
    {                                                                                              \
        (NOON + (offset)) * 1000, true                                                             \
    }
#define NEVER                                                                                      \
    {                                                                                              \
        0, false                                                                                   \
    }

static const struct cpr anna = {"6101709995"};

static struct consent base(void)
{
    return (struct consent){.id = STR("0199aaaa-0000-7000-8000-000000000001"),
                            .service = STR("budget"),
                            .level = LEVEL_SUBSTANTIAL,
                            .until = AT(60)};
}

static void knows_its_state(void)
{
    static const struct {
        const char *name;
        struct wall until, withdrawn;
        enum consent_state want;
    } cases[] = {
        {"its last second", AT(1), NEVER, CONSENT_ACTIVE},
        {"its end", AT(0), NEVER, CONSENT_EXPIRED},
        {"a second after", AT(-1), NEVER, CONSENT_EXPIRED},
        {"withdrawn", AT(60), AT(0), CONSENT_WITHDRAWN},
        {"withdrawn by a node whose clock is ahead", AT(60), AT(1), CONSENT_WITHDRAWN},
        {"withdrawn before it ended", AT(-1), AT(-60), CONSENT_WITHDRAWN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct consent consent = {.until = cases[i].until, .withdrawn = cases[i].withdrawn};
        struct arena *arena = arena_new(1 << 16);
        enum consent_state state = consent_state(&consent, (struct wall)AT(0));
        is_str(consent_state_name(state).at, consent_state_name(cases[i].want).at, "%s",
               cases[i].name);
        consent.service = STR("budget");
        const struct citizen *citizen =
            consent_citizen(arena, &consent, &anna, STR("app"), (struct wall)AT(0));
        is_int(citizen != NULL, cases[i].want == CONSENT_ACTIVE, "%s: read by", cases[i].name);
        arena_free(&arena);
    }
}

static void makes_a_citizen(void)
{
    struct arena *arena = arena_new(1 << 16);
    struct consent consent = base();
    struct wall now = AT(0);
    const struct citizen *citizen = consent_citizen(arena, &consent, &anna, STR("app"), now);
    if (ok(citizen, "made")) {
        is_str(citizen_subject(citizen)->digits, anna.digits, "whose data");
        ok(!cpr_is_known(citizen_actor(citizen)), "nobody logged in");
        ok(!citizen_is_on_behalf(citizen), "and nobody acts for another");
        ok(str_equal(citizen_service(citizen), consent.service), "the service reads");
        ok(str_equal(citizen_consent(citizen), consent.id), "by this consent");
        ok(str_equal(citizen_portal(citizen), STR("app")), "under its client id");
        is_int(citizen_level(citizen), LEVEL_SUBSTANTIAL, "at the level of who gave it");
        is_int(citizen_expires(citizen).unix_ms, (NOON + 60) * 1000, "until it ends");
        ok(!citizen_name(citizen).at && !citizen_mandate(citizen).at &&
               !citizen_privileges(citizen).at,
           "of whom no more is known");
    }
    ok(!consent_citizen(arena, &consent, &CPR_NONE, STR("app"), now), "not of nobody");
    consent.service = STR_NONE;
    ok(!consent_citizen(arena, &consent, &anna, STR("app"), now), "not for nobody");
    arena_free(&arena);
}

int main(void)
{
    knows_its_state();
    makes_a_citizen();
    return done_testing();
}
