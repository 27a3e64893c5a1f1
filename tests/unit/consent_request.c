/* SPDX-License-Identifier: MIT */
/* The body that gives a consent: what is taken, and which member of what is not. */
#include "serve/consent_request.h"

#include "tests/tap.h"

#define KINDS(list) "{\"service\":\"budget\",\"until\":\"2027-06-30\",\"kinds\":" list "}"
#define UNTIL(text) "{\"service\":\"budget\",\"kinds\":[\"benefit\"],\"until\":\"" text "\"}"
#define SOURCES(list)                                                                              \
    "{\"service\":\"budget\",\"kinds\":[\"benefit\"],\"until\":\"2027-06-30\",\"sources\":" list "}"

/* 2026-11-28T12:00:00+01:00 */
static const struct wall now = {INT64_C(1795863600000), true};

static struct service service = {.id = STR_INIT("budget"),
                                 .kinds = ITEM_KIND_BIT(ITEM_BENEFIT) | ITEM_KIND_BIT(ITEM_PAYMENT),
                                 .max_days = 365};
static struct route routes[2];
static struct snapshot snapshot = {.services = {&service, 1}, .routes = routes, .route_count = 2};

static void takes_what_is_right(void)
{
    static const struct {
        const char *body, *until;
        unsigned kinds;
        size_t sources;
    } cases[] = {
        {KINDS("[\"benefit\"]"), "2027-07-01T00:00:00+02:00", ITEM_KIND_BIT(ITEM_BENEFIT), 0},
        {KINDS("[\"payment\",\"benefit\"]"), "2027-07-01T00:00:00+02:00",
         ITEM_KIND_BIT(ITEM_BENEFIT) | ITEM_KIND_BIT(ITEM_PAYMENT), 0},
        {SOURCES("[\"atp.pension\"]"), "2027-07-01T00:00:00+02:00", ITEM_KIND_BIT(ITEM_BENEFIT), 1},
        {SOURCES("[\"atp.pension\",\"udk.ydelser\"]"), "2027-07-01T00:00:00+02:00",
         ITEM_KIND_BIT(ITEM_BENEFIT), 2},
        {SOURCES("null"), "2027-07-01T00:00:00+02:00", ITEM_KIND_BIT(ITEM_BENEFIT), 0},
        {UNTIL("2026-11-28"), "2026-11-29T00:00:00+01:00", ITEM_KIND_BIT(ITEM_BENEFIT), 0},
        {UNTIL("2026-12-31"), "2027-01-01T00:00:00+01:00", ITEM_KIND_BIT(ITEM_BENEFIT), 0},
        {UNTIL("2026-11-28T12:00:01+01:00"), "2026-11-28T12:00:01+01:00",
         ITEM_KIND_BIT(ITEM_BENEFIT), 0},
        {UNTIL("2026-11-28T11:00:01.9Z"), "2026-11-28T12:00:01+01:00", ITEM_KIND_BIT(ITEM_BENEFIT),
         0},
        {UNTIL("2027-11-28"), "2027-11-29T00:00:00+01:00", ITEM_KIND_BIT(ITEM_BENEFIT), 0},
        {UNTIL("2027-11-29T00:00:00+01:00"), "2027-11-29T00:00:00+01:00",
         ITEM_KIND_BIT(ITEM_BENEFIT), 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new(1 << 16);
        struct consent consent;
        struct problem problem = {0};
        char until[WALL_TEXT];
        ok(consent_request_parse(str_of(cases[i].body), &snapshot, now, arena, &consent, &problem),
           "%s: %s", cases[i].body, problem.detail);
        is_str(wall_format(consent.until, until).at, cases[i].until, "until");
        is_int(consent.kinds, cases[i].kinds, "kinds");
        is_int((long long)consent.source_count, (long long)cases[i].sources, "sources");
        ok(str_equal(consent.service, STR("budget")), "service");
        arena_free(&arena);
    }
}

static void names_what_is_wrong(void)
{
    static const struct {
        const char *body, *detail;
    } cases[] = {
        {"", "the body, byte 0: "},
        {"[]", "the body, byte 0: expected an object"},
        {"{}", "service: expected the id"},
        {"{\"service\":\"other\"}", "service: there is no such service"},
        {"{\"service\":null}", "the body, byte 11: expected a string"},
        {"{\"service\":\"budget\"}", "kinds: expected a list"},
        {KINDS("[]"), "kinds: expected a list"},
        {KINDS("null"), "the body, byte "},
        {KINDS("[\"car\"]"), "kinds: expected kinds"},
        {KINDS("[\"case\"]"), "kinds: the service may never have \"case\""},
        {KINDS("[\"benefit\",\"benefit\"]"), "the body, byte "},
        {KINDS("[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\"]"), "the body, byte "},
        {SOURCES("[]"), "sources: expected at least one"},
        {SOURCES("[\"nowhere\"]"), "sources: there is no such source"},
        {SOURCES("[7]"), "the body, byte "},
        {SOURCES("null,\"more\":1"), "the body, byte "},
        {SOURCES("null,\"sources\":null"), "the body, byte "},
        {SOURCES("null} x"), "the body, byte "},
        {"{\"service\":\"budget\",\"kinds\":[\"benefit\"]}", "until: expected"},
        {UNTIL(""), "until: expected"},
        {UNTIL("2027-02-29"), "until: expected"},
        {UNTIL("9999-12-31"), "until: expected"},
        {UNTIL("2026-11-27"), "until: has passed"},
        {UNTIL("2026-11-28T12:00:00+01:00"), "until: has passed"},
        {UNTIL("2026-11-28T12:00:00.999+01:00"), "until: has passed"},
        {UNTIL("2027-11-29"), "until: the service may read for at most 365 days"},
        {UNTIL("2027-11-29T00:00:01+01:00"), "until: the service may read for at most 365 days"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new(1 << 16);
        struct consent consent;
        struct problem problem = {0};
        ok(!consent_request_parse(str_of(cases[i].body), &snapshot, now, arena, &consent, &problem),
           "refused: %s", cases[i].body);
        is_int(problem.kind, PROBLEM_BAD_REQUEST, "as a bad request");
        ok(strncmp(problem.detail, cases[i].detail, strlen(cases[i].detail)) == 0, "%s",
           problem.detail);
        arena_free(&arena);
    }
    struct arena *arena = arena_new(64);
    struct consent consent;
    struct problem problem = {0};
    while (!arena_is_full(arena))
        if (!arena_alloc(arena, 16))
            break;
    ok(!consent_request_parse(str_of(SOURCES("[\"atp.pension\"]")), &snapshot, now, arena, &consent,
                              &problem),
       "no memory");
    is_int(problem.kind, PROBLEM_INTERNAL, "is our own fault");
    arena_free(&arena);
}

int main(void)
{
    routes[0].source.id = STR("atp.pension");
    routes[1].source.id = STR("udk.ydelser");
    takes_what_is_right();
    names_what_is_wrong();
    return done_testing();
}
