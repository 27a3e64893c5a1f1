/* SPDX-License-Identifier: MIT */
#include "identity/token_cache.h"

#include <unistd.h>

#include "identity/citizen_make.h"
#include "tests/tap.h"

enum { NOW_S = 1800000000 };
static const instant start = 5000000;

static struct citizen_facts facts_of(int i)
{
    struct citizen_facts facts = {
        .subject = {"6101709995"},
        .name = STR("Anna Andersen"),
        .portal = STR("portal-1"),
        .issuer = STR("https://broker.example"),
        .level = LEVEL_SUBSTANTIAL,
        .expires = wall_of_unix(NOW_S + 300),
        .logged_in = wall_of_unix(NOW_S - 42),
    };
    for (int digit = CPR_DIGITS - 1; i; i /= 10)
        facts.subject.digits[digit--] = (char)('0' + i % 10);
    return facts;
}

static struct str token_of(int i, char text[32])
{
    return str_make(text, (size_t)snprintf(text, 32, "header.claims.%d", i));
}

static void add(struct token_cache *cache, int i, uint64_t epoch, instant now)
{
    char text[32];
    struct arena *arena = arena_new(4096);
    struct citizen_facts facts = facts_of(i);
    token_cache_add(cache, token_of(i, text), epoch, now, citizen_make(arena, &facts));
    arena_free(&arena);
}

/* Is token i known, and as the citizen it was added as? */
static bool knows_at(struct token_cache *cache, int i, uint64_t epoch, instant now, int64_t wall_s)
{
    char text[32];
    struct arena *arena = arena_new(4096);
    struct citizen_facts facts = facts_of(i);
    const struct citizen *citizen =
        token_cache_find(cache, token_of(i, text), epoch, now, wall_of_unix(wall_s), arena);
    bool known = citizen && cpr_equal(citizen_subject(citizen), &facts.subject);
    if (citizen && !known)
        ok(false, "token %d is taken for another citizen's", i);
    arena_free(&arena);
    return known;
}

static bool knows(struct token_cache *cache, int i)
{
    return knows_at(cache, i, 1, start, NOW_S);
}

static void remembers_everything(void)
{
    struct token_cache *cache = token_cache_new(16);
    struct arena *arena = arena_new(4096), *other = arena_new(4096);
    struct citizen_facts facts = facts_of(1);
    facts.actor = (struct cpr){"6202909996"};
    ok(!knows(cache, 1), "an empty cache knows nothing");
    token_cache_add(cache, STR("a.b.c"), 1, start, citizen_make(arena, &facts));
    arena_free(&arena); /* what is found does not borrow from what was added */
    const struct citizen *found =
        token_cache_find(cache, STR("a.b.c"), 1, start, wall_of_unix(NOW_S), other);
    if (ok(found, "found")) {
        is_str(citizen_subject(found)->digits, facts.subject.digits, "subject");
        is_str(citizen_actor(found)->digits, facts.actor.digits, "actor");
        ok(str_equal(citizen_name(found), facts.name), "name");
        ok(str_equal(citizen_portal(found), facts.portal), "portal");
        ok(str_equal(citizen_issuer(found), facts.issuer), "issuer");
        is_int(citizen_level(found), facts.level, "level");
        is_int(citizen_expires(found).unix_ms, facts.expires.unix_ms, "end");
        is_int(citizen_logged_in(found).unix_ms, facts.logged_in.unix_ms, "login");
    }
    static const char *const near[] = {"a.b.C", "a.b.", "a.b.cc", "a.b", ""};
    for (size_t i = 0; i < sizeof near / sizeof near[0]; i++)
        ok(!token_cache_find(cache, str_of(near[i]), 1, start, wall_of_unix(NOW_S), other),
           "\"%s\" is another token", near[i]);
    arena_free(&other);

    struct arena *full = arena_new(8);
    ok(!token_cache_find(cache, STR("a.b.c"), 1, start, wall_of_unix(NOW_S), full),
       "nothing into a full arena");
    arena_free(&full);
    token_cache_free(&cache);
    ok(!cache, "freed");
    token_cache_free(&cache);
}

static void keeps_unknowns_unknown(void)
{
    struct token_cache *cache = token_cache_new(16);
    struct arena *arena = arena_new(4096);
    struct citizen_facts facts = facts_of(1);
    facts.name = facts.portal = STR_NONE;
    facts.logged_in = WALL_NONE;
    token_cache_add(cache, STR("a"), 1, start, citizen_make(arena, &facts));
    const struct citizen *found =
        token_cache_find(cache, STR("a"), 1, start, wall_of_unix(NOW_S), arena);
    ok(found && !citizen_name(found).at && !citizen_portal(found).at, "no name, no portal");
    ok(found && !citizen_logged_in(found).known, "no login");
    ok(found && str_equal(citizen_issuer(found), facts.issuer), "the issuer all the same");
    ok(found && !citizen_is_on_behalf(found), "and nobody else");
    arena_free(&arena);
    token_cache_free(&cache);
}

/* They may be longer than an entry, and must not be lost. */
static void leaves_privileges_alone(void)
{
    struct token_cache *cache = token_cache_new(16);
    struct arena *arena = arena_new(4096);
    struct citizen_facts facts = facts_of(1);
    facts.privileges = STR("PHgvPg==");
    token_cache_add(cache, STR("a"), 1, start, citizen_make(arena, &facts));
    ok(!token_cache_find(cache, STR("a"), 1, start, wall_of_unix(NOW_S), arena),
       "a token with privileges is verified each time");
    is_int((long long)token_cache_count(cache), 0, "and not kept");
    arena_free(&arena);
    token_cache_free(&cache);
}

static void forgets_in_time(void)
{
    struct token_cache *cache = token_cache_new(16);
    instant end = instant_after_ms(start, TOKEN_CACHE_LIFE_MS);
    add(cache, 1, 1, start);
    ok(knows_at(cache, 1, 1, end - 1, NOW_S + 60), "known to the end of its life");
    ok(!knows_at(cache, 1, 1, end, NOW_S + 60), "not after it");
    is_int((long long)token_cache_count(cache), 0, "and wiped");

    add(cache, 1, 1, start);
    ok(knows_at(cache, 1, 1, start, NOW_S + 299), "known to the token's end");
    ok(!knows_at(cache, 1, 1, start, NOW_S + 300), "not at it");
    is_int((long long)token_cache_count(cache), 0, "and wiped");

    add(cache, 1, 1, start);
    ok(knows_at(cache, 1, 1, start, NOW_S), "known in its epoch");
    ok(!knows_at(cache, 1, 2, start, NOW_S), "not in the next");
    is_int((long long)token_cache_count(cache), 0, "and wiped");
    ok(!knows_at(cache, 1, 1, start, NOW_S), "nor in the old one again");

    for (int i = 0; i < 4; i++)
        add(cache, i, 1, start + i);
    add(cache, 9, 2, start);
    is_int((long long)token_cache_count(cache), 1, "an addition of a new epoch drops all others");

    add(cache, 1, 2, start + 1);
    token_cache_sweep(cache, end);
    is_int((long long)token_cache_count(cache), 1, "a sweep wipes what has aged, and that only");
    token_cache_sweep(cache, end + 1);
    is_int((long long)token_cache_count(cache), 0, "a later one the rest");
    token_cache_free(&cache);
}

static void stays_bounded(void)
{
    static const size_t sizes[] = {1, 2, 3, 4, 5, 7, 16, 1000};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        struct token_cache *cache = token_cache_new(sizes[s]);
        bool latest_known = true;
        size_t most = 0;
        for (int i = 0; i < 5000; i++) {
            add(cache, i, 1, start + i);
            latest_known = latest_known && knows_at(cache, i, 1, start + i, NOW_S);
            most = token_cache_count(cache) > most ? token_cache_count(cache) : most;
        }
        ok(most >= 1 && most <= sizes[s], "of %zu places %zu were used", sizes[s], most);
        ok(latest_known, "the newest always has one");
        add(cache, 4999, 1, start + 5000);
        add(cache, 4999, 1, start + 5001);
        size_t known = 0;
        for (int i = 0; i < 5000; i++)
            known += knows_at(cache, i, 1, start + 5001, NOW_S);
        is_int((long long)known, (long long)token_cache_count(cache), "no token lies twice");
        token_cache_free(&cache);
    }
    struct token_cache *none = token_cache_new(0);
    add(none, 1, 1, start);
    token_cache_sweep(none, start);
    ok(!knows(none, 1) && token_cache_count(none) == 0, "a cache without places knows nothing");
    token_cache_free(&none);
}

static void gives_up_what_ends_first(void)
{
    struct token_cache *cache = token_cache_new(4);
    for (int i = 0; i < 4; i++)
        add(cache, i, 1, start + (i + 2) % 4);
    add(cache, 9, 1, start + 9);
    for (int i = 0; i < 4; i++)
        is_int(knows(cache, i), i != 2, "token %d, of age %d", i, 4 - (i + 2) % 4);
    ok(knows(cache, 9), "and the new one");
    token_cache_free(&cache);
}

static void skips_long_texts(void)
{
    char name[600];
    memset(name, 'n', sizeof name);
    for (size_t len = 300; len <= sizeof name; len += 10) {
        struct token_cache *cache = token_cache_new(4);
        struct arena *arena = arena_new(4096);
        struct citizen_facts facts = facts_of(1);
        facts.name = str_make(name, len);
        token_cache_add(cache, STR("a"), 1, start, citizen_make(arena, &facts));
        const struct citizen *found =
            token_cache_find(cache, STR("a"), 1, start, wall_of_unix(NOW_S), arena);
        if (len == 300 || len == sizeof name)
            is_int(found != NULL, len == 300, "a name of %zu bytes", len);
        if (found && !str_equal(citizen_name(found), facts.name))
            ok(false, "a name of %zu bytes came back changed", len);
        arena_free(&arena);
        token_cache_free(&cache);
    }
}

/* The kernel's own word that core dumps leave the entries out ("dd"). */
static void lies_outside_core_dumps(void)
{
    struct token_cache *cache = token_cache_new(3000);
    add(cache, 1, 1, start);
    FILE *maps = fopen("/proc/self/smaps", "r");
    char line[512];
    unsigned long from = 0, to = 0;
    bool found = false;
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long a, b;
        if (sscanf(line, "%lx-%lx ", &a, &b) == 2) {
            from = a;
            to = b;
        }
        if (strncmp(line, "VmFlags:", 8) == 0 && to - from == 3000 * 512 && strstr(line, " dd"))
            found = true;
    }
    if (maps)
        fclose(maps);
    ok(found, "a mapping of 3000 entries is left out of core dumps");
    token_cache_free(&cache);
}

int main(void)
{
    remembers_everything();
    keeps_unknowns_unknown();
    leaves_privileges_alone();
    forgets_in_time();
    stays_bounded();
    gives_up_what_ends_first();
    skips_long_texts();
    lies_outside_core_dumps();
    return done_testing();
}
