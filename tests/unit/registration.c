/* SPDX-License-Identifier: MIT */
/* Every step of registration from every state by everybody: those that are meant, and no other. */
#include "policy/registration.h"

#include "tests/config.h"

#define OWNER    ACTOR_OWNER
#define OPERATOR ACTOR_OPERATOR
#define GATEWAY  ACTOR_GATEWAY

#define S(name)  REGISTRATION_##name
static const struct {
    enum registration_kind kind;
    enum registration_state from;
    enum registration_step step;
    unsigned actors;
    enum registration_state to;
} meant[] = {
    {S(SOURCE), S(NONE), STEP_SUBMIT, OWNER, S(SUBMITTED)},
    {S(SOURCE), S(SUBMITTED), STEP_CHECK, GATEWAY, S(CHECKED)},
    {S(SOURCE), S(SUBMITTED), STEP_FAIL, GATEWAY, S(FAILED)},
    {S(SOURCE), S(SUBMITTED), STEP_REJECT, OPERATOR, S(REJECTED)},
    {S(SOURCE), S(SUBMITTED), STEP_WITHDRAW, OWNER | OPERATOR, S(WITHDRAWN)},
    {S(SOURCE), S(CHECKED), STEP_CONFORM, GATEWAY, S(OBSERVE)},
    {S(SOURCE), S(CHECKED), STEP_FAIL, GATEWAY, S(FAILED)},
    {S(SOURCE), S(CHECKED), STEP_REJECT, OPERATOR, S(REJECTED)},
    {S(SOURCE), S(CHECKED), STEP_WITHDRAW, OWNER | OPERATOR, S(WITHDRAWN)},
    {S(SOURCE), S(FAILED), STEP_RETRY, OWNER | OPERATOR, S(SUBMITTED)},
    {S(SOURCE), S(FAILED), STEP_REJECT, OPERATOR, S(REJECTED)},
    {S(SOURCE), S(FAILED), STEP_WITHDRAW, OWNER | OPERATOR, S(WITHDRAWN)},
    {S(SOURCE), S(OBSERVE), STEP_APPROVE, OPERATOR, S(APPROVED)},
    {S(SOURCE), S(OBSERVE), STEP_REJECT, OPERATOR, S(REJECTED)},
    {S(SOURCE), S(OBSERVE), STEP_WITHDRAW, OWNER | OPERATOR, S(WITHDRAWN)},
    {S(SOURCE), S(APPROVED), STEP_SUPERSEDE, GATEWAY, S(SUPERSEDED)},
    {S(SOURCE), S(APPROVED), STEP_WITHDRAW, OWNER | OPERATOR, S(WITHDRAWN)},
    {S(RULES), S(NONE), STEP_SUBMIT, OWNER, S(DRAFT)},
    {S(RULES), S(DRAFT), STEP_ACTIVATE, OWNER, S(ACTIVE)},
    {S(RULES), S(ACTIVE), STEP_RETIRE, OWNER | OPERATOR | GATEWAY, S(RETIRED)},
    {S(RULES), S(RETIRED), STEP_ACTIVATE, OWNER, S(ACTIVE)},
};

static enum registration_state want(enum registration_kind kind, enum registration_state from,
                                    enum registration_step step, enum registration_actor actor)
{
    for (size_t i = 0; i < sizeof meant / sizeof *meant; i++)
        if (meant[i].kind == kind && meant[i].from == from && meant[i].step == step &&
            (meant[i].actors & actor))
            return meant[i].to;
    return REGISTRATION_NONE;
}

static void test_steps(void)
{
    static const enum registration_actor actors[] = {OWNER, OPERATOR, GATEWAY};
    for (enum registration_kind kind = 0; kind < REGISTRATION_KINDS; kind++)
        for (enum registration_state from = 0; from < REGISTRATION_STATES; from++)
            for (enum registration_step step = 0; step < REGISTRATION_STEPS; step++)
                for (size_t i = 0; i < 3; i++)
                    is_int(registration_after(kind, from, step, actors[i]),
                           want(kind, from, step, actors[i]), "%.*s: %.*s, step %d, actor %d",
                           STR_ARG(registration_kind_name(kind)),
                           STR_ARG(registration_state_name(from)), step, actors[i]);
}

static void test_names(void)
{
    enum registration_state state;
    enum registration_kind kind;
    for (enum registration_state i = 0; i < REGISTRATION_STATES; i++)
        ok(registration_state_parse(registration_state_name(i), &state) && state == i, "state %d",
           i);
    for (enum registration_kind i = 0; i < REGISTRATION_KINDS; i++)
        ok(registration_kind_parse(registration_kind_name(i), &kind) && kind == i, "kind %d", i);
    ok(!registration_state_parse(STR("shown"), &state) && !registration_kind_parse(STR(""), &kind),
       "other names are none");
    for (enum registration_state i = 0; i < REGISTRATION_STATES; i++)
        is_int(registration_counts(i),
               i == S(CHECKED) || i == S(OBSERVE) || i == S(APPROVED) || i == S(ACTIVE),
               "%.*s counts", STR_ARG(registration_state_name(i)));
}

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
static void test_terms(void)
{
    static const struct {
        const char *text, *faults;
    } rows[] = {
        {"{'report': '" HASH "', 'from': '2027-01-01'}", ""},
        {"{'report': '" HASH "', 'from': '2027-01-01', 'municipalities': ['0710'],"
         " 'kle': ['32.*', '27.35.16'], 'reason': 'x'}",
         ""},
        {"{'from': '2027-01-01'}", "t.json:1:1: /report: is needed\n"},
        {"{'report': 'ABC', 'from': '2027-01-01'}",
         "t.json:1:12: /report: expected the report's SHA-256 as 64 hexadecimal digits, small "
         "letters\n"},
        {"{'report': '" HASH "'}",
         "t.json:1:1: /from: is needed: the first day on which it is shown\n"},
        {"{'report': '" HASH "', 'from': '2027-01-01', 'municipalities': []}",
         "t.json:1:120: /municipalities: is an empty list, which means nothing; leave it out for "
         "all\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct config config;
        struct registration_terms terms;
        registration_terms_parse(config_parse(&config, rows[i].text), &terms, &config.faults);
        is_str(config_faults(&config), rows[i].faults, "terms %zu", i);
        config_clear(&config);
    }
    struct config config;
    struct registration_terms terms;
    registration_terms_parse(config_parse(&config, "{'report': '" HASH "', 'from': '2027-01-01',"
                                                   " 'kle': ['32']}"),
                             &terms, &config.faults);
    ok(config.faults.count == 1, "half a pattern is none");
    config_clear(&config);
}

int main(void)
{
    test_steps();
    test_names();
    test_terms();
    return done_testing();
}
