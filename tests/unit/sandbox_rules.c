/* SPDX-License-Identifier: MIT */
/* The sandbox's rules: which wishes are taken, and which fault strikes which call. */
#include "adapters/sandbox/rules.h"

#include "tests/tap.h"

static const char citizens_text[] =
    "[{\"id\":\"anna\",\"faults\":{\"atp\":\"error-html\",\"star\":\"delay=8000\"}},"
    "{\"id\":\"bo\"}]";

static json_t *citizens;

static const struct sandbox_authority *authority(const char *name)
{
    const struct sandbox_authority *found = NULL;
    for (size_t i = 0; (found = sandbox_authority_at(i)); i++)
        if (str_equal(found->name, str_of(name)))
            break;
    return found;
}

static bool add(struct sandbox_rules *rules, const char *wish)
{
    char why[RULE_WHY_MAX] = "";
    json_t *json = json_loads(wish, JSON_DECODE_ANY, NULL);
    bool added = sandbox_rules_add(rules, json, citizens, why);
    json_decref(json);
    if (!added && !why[0])
        tap_ok(false, "why", TAP_HERE, "a refusal has a reason");
    return added;
}

/* The name of the fault that strikes a call; "" none. */
static const char *take(struct sandbox_rules *rules, const char *where, const char *path,
                        size_t citizen)
{
    struct sandbox_effect effect = sandbox_rules_take(rules, authority(where), str_of(path),
                                                      json_array_get(citizens, citizen));
    return effect.fault ? effect.fault->name : "";
}

enum { ANNA, BO, NOBODY };

static void test_wishes(void)
{
    static const char *const good[] = {
        "{\"fault\":\"drip\"}",
        "{\"fault\":\"drip\",\"authority\":\"municipal\"}",
        "{\"fault\":\"delay\",\"ms\":0,\"times\":3,\"citizen\":\"bo\",\"path\":\"/x\"}",
        "{\"fault\":\"refuse\",\"authority\":\"atp\"}",
    };
    static const char *const bad[] = {
        "[]",
        "\"drip\"",
        "{}",
        "{\"fault\":1}",
        "{\"fault\":\"drips\"}",
        "{\"fault\":\"drip\",\"authority\":\"skat\"}",
        "{\"fault\":\"drip\",\"citizen\":\"nobody\"}",
        "{\"fault\":\"drip\",\"ms\":-1}",
        "{\"fault\":\"drip\",\"ms\":\"5\"}",
        "{\"fault\":\"drip\",\"ms\":600001}",
        "{\"fault\":\"drip\",\"times\":-1}",
        "{\"fault\":\"drip\",\"tiems\":1}",
        "{\"fault\":\"cut\",\"ms\":5}",
        "{\"fault\":\"refuse\",\"times\":1}",
        "{\"fault\":\"refuse\",\"citizen\":\"bo\"}",
        "{\"fault\":\"expired-certificate\",\"path\":\"/x\"}",
    };
    struct sandbox_rules rules = {.count = 0};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        ok(add(&rules, good[i]), "%s is taken", good[i]);
    is_int((long long)rules.count, 4, "all of them are in force");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ok(!add(&rules, bad[i]), "%s is refused", bad[i]);
    is_int((long long)rules.count, 4, "and changes nothing");
    while (rules.count < RULES_MAX && add(&rules, "{\"fault\":\"drip\"}"))
        ;
    is_int((long long)rules.count, RULES_MAX, "the list can be filled");
    ok(!add(&rules, "{\"fault\":\"drip\"}"), "and takes no more then");
}

static void test_who_is_struck(void)
{
    struct sandbox_rules rules = {.count = 0};
    is_str(take(&rules, "star", "/a", BO), "", "without rules nothing happens");
    is_str(take(&rules, "star", "/a", ANNA), "delay", "but for the citizen's own fault");
    is_str(take(&rules, "municipal", "/a", ANNA), "", "which is at its authority only");

    bool added = add(&rules, "{\"fault\":\"drip\",\"authority\":\"star\"}") &&
                 add(&rules, "{\"fault\":\"cut\",\"authority\":\"atp\",\"citizen\":\"bo\"}") &&
                 add(&rules, "{\"fault\":\"never\",\"authority\":\"municipal\",\"path\":\"/a\"}");
    ok(added, "three rules are taken");
    is_str(take(&rules, "star", "/a", ANNA), "drip", "a rule counts before the citizen's own");
    is_str(take(&rules, "star", "/a", NOBODY), "drip", "and for unknown citizens");
    is_str(take(&rules, "atp", "/a", BO), "cut", "a citizen's rule strikes the citizen");
    is_str(take(&rules, "atp", "/a", ANNA), "error-html", "and nobody else");
    is_str(take(&rules, "atp", "/a", NOBODY), "", "also not an unknown one");
    is_str(take(&rules, "municipal", "/a", BO), "never", "a path's rule strikes the path");
    is_str(take(&rules, "municipal", "/b", BO), "", "and no other");
    is_str(take(&rules, "rigspolitiet", "/a", BO), "", "other authorities are spared");
    ok(add(&rules, "{\"fault\":\"reset\"}"), "a rule for all is taken");
    is_str(take(&rules, "star", "/a", BO), "reset", "the newest rule counts");
}

static void test_times(void)
{
    struct sandbox_rules rules = {.count = 0};
    ok(add(&rules, "{\"fault\":\"drip\"}") && add(&rules, "{\"fault\":\"cut\",\"times\":2}"),
       "two rules are taken");
    is_str(take(&rules, "star", "/a", BO), "cut", "the first call");
    is_str(take(&rules, "atp", "/a", BO), "cut", "the second call");
    is_str(take(&rules, "star", "/a", BO), "drip", "then the older rule");
    is_int((long long)rules.count, 1, "the rule is gone");
}

static void test_doors(void)
{
    struct sandbox_rules rules = {.count = 0};
    is_int(sandbox_rules_door(&rules, authority("atp")), DOOR_OPEN, "doors are open");
    ok(add(&rules, "{\"fault\":\"refuse\",\"authority\":\"atp\"}") &&
           add(&rules, "{\"fault\":\"drip\"}"),
       "a door and a call's fault are taken");
    is_int(sandbox_rules_door(&rules, authority("atp")), DOOR_REFUSING, "a door is shut");
    is_int(sandbox_rules_door(&rules, authority("star")), DOOR_OPEN, "the others stay open");
    is_str(take(&rules, "atp", "/a", BO), "drip", "a door is no call's fault");
}

static void test_pardons(void)
{
    struct sandbox_rules rules = {.count = 0};
    is_int(sandbox_rules_pardons(&rules, authority("atp")), 0, "nothing is overlooked");
    ok(add(&rules, "{\"fault\":\"takes-no-token\",\"authority\":\"atp\"}") &&
           add(&rules, "{\"fault\":\"takes-low-level\"}"),
       "two pardons are taken");
    is_int(sandbox_rules_pardons(&rules, authority("atp")), PARDON_ABSENCE | PARDON_LEVEL,
           "they add up");
    is_int(sandbox_rules_pardons(&rules, authority("star")), PARDON_LEVEL, "each where it is");
    is_str(take(&rules, "atp", "/a", BO), "", "a pardon is no call's fault");
}

static void test_json(void)
{
    struct sandbox_rules rules = {.count = 0};
    ok(add(&rules, "{\"fault\":\"delay\",\"authority\":\"atp\",\"citizen\":\"bo\",\"ms\":5,"
                   "\"times\":2,\"path\":\"/x\"}"),
       "a full wish is taken");
    json_t *json = sandbox_rules_json(&rules);
    json_t *want = json_loads("{\"faults\":[{\"fault\":\"delay\",\"authority\":\"atp\","
                              "\"citizen\":\"bo\",\"ms\":5,\"times\":2,\"path\":\"/x\"}]}",
                              0, NULL);
    ok(json_equal(json, want), "and told as it was wished");
    json_decref(json);
    json_decref(want);
}

static void test_citizens_faults(void)
{
    static const struct {
        const char *text;
        bool good;
    } table[] = {
        {"[{\"faults\":{\"atp\":\"drip\"}}]", true},
        {"[{}]", true},
        {"[{\"faults\":{\"skat\":\"drip\"}}]", false},
        {"[{\"faults\":{\"atp\":\"drips\"}}]", false},
        {"[{\"faults\":{\"atp\":5}}]", false},
        {"[{\"faults\":{\"atp\":\"refuse\"}}]", false},
        {"[{\"faults\":{\"atp\":\"takes-no-token\"}}]", false},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char why[RULE_WHY_MAX] = "";
        json_t *json = json_loads(table[i].text, 0, NULL);
        is_int(sandbox_rules_check_citizens(json, why), table[i].good, "%s", table[i].text);
        json_decref(json);
    }
}

int main(void)
{
    citizens = json_loads(citizens_text, 0, NULL);
    test_wishes();
    test_who_is_struck();
    test_times();
    test_doors();
    test_pardons();
    test_json();
    test_citizens_faults();
    json_decref(citizens);
    return done_testing();
}
