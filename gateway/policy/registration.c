/* SPDX-License-Identifier: MIT */
#include "policy/registration.h"

#define BIT(state) REGISTRATION_BIT(REGISTRATION_##state)

/* Every step there is; any other cannot be taken. */
static const struct {
    enum registration_kind kind;
    enum registration_step step;
    unsigned from;   /* REGISTRATION_BITs */
    unsigned actors; /* enum registration_actor */
    enum registration_state to;
} steps[] = {
    {REGISTRATION_SOURCE, STEP_SUBMIT, BIT(NONE), ACTOR_OWNER, REGISTRATION_SUBMITTED},
    {REGISTRATION_SOURCE, STEP_CHECK, BIT(SUBMITTED), ACTOR_GATEWAY, REGISTRATION_CHECKED},
    {REGISTRATION_SOURCE, STEP_CONFORM, BIT(CHECKED), ACTOR_GATEWAY, REGISTRATION_OBSERVE},
    {REGISTRATION_SOURCE, STEP_FAIL, BIT(SUBMITTED) | BIT(CHECKED), ACTOR_GATEWAY,
     REGISTRATION_FAILED},
    {REGISTRATION_SOURCE, STEP_RETRY, BIT(FAILED), ACTOR_OWNER | ACTOR_OPERATOR,
     REGISTRATION_SUBMITTED},
    {REGISTRATION_SOURCE, STEP_APPROVE, BIT(OBSERVE), ACTOR_OPERATOR, REGISTRATION_APPROVED},
    {REGISTRATION_SOURCE, STEP_SUPERSEDE, BIT(APPROVED), ACTOR_GATEWAY, REGISTRATION_SUPERSEDED},
    {REGISTRATION_SOURCE, STEP_REJECT, BIT(SUBMITTED) | BIT(CHECKED) | BIT(FAILED) | BIT(OBSERVE),
     ACTOR_OPERATOR, REGISTRATION_REJECTED},
    {REGISTRATION_SOURCE, STEP_WITHDRAW,
     BIT(SUBMITTED) | BIT(CHECKED) | BIT(FAILED) | BIT(OBSERVE) | BIT(APPROVED),
     ACTOR_OWNER | ACTOR_OPERATOR, REGISTRATION_WITHDRAWN},

    {REGISTRATION_RULES, STEP_SUBMIT, BIT(NONE), ACTOR_OWNER, REGISTRATION_DRAFT},
    {REGISTRATION_RULES, STEP_ACTIVATE, BIT(DRAFT) | BIT(RETIRED), ACTOR_OWNER,
     REGISTRATION_ACTIVE},
    {REGISTRATION_RULES, STEP_RETIRE, BIT(ACTIVE), ACTOR_OWNER | ACTOR_OPERATOR | ACTOR_GATEWAY,
     REGISTRATION_RETIRED},
};

enum registration_state registration_after(enum registration_kind kind,
                                           enum registration_state state,
                                           enum registration_step step,
                                           enum registration_actor actor)
{
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (steps[i].kind == kind && steps[i].step == step &&
            (steps[i].from & REGISTRATION_BIT(state)) && (steps[i].actors & actor))
            return steps[i].to;
    return REGISTRATION_NONE;
}

bool registration_counts(enum registration_state state)
{
    return state == REGISTRATION_CHECKED || state == REGISTRATION_OBSERVE ||
           state == REGISTRATION_APPROVED || state == REGISTRATION_ACTIVE;
}

/* ---- names ---- */

static const struct str state_names[] = {
#define X(name, text) [name] = STR_INIT(text),
    REGISTRATION_STATES_(X)
#undef X
};
static const struct str kind_names[] = {
    [REGISTRATION_SOURCE] = STR_INIT("source"), [REGISTRATION_RULES] = STR_INIT("rules")};

struct str registration_state_name(enum registration_state state)
{
    return state_names[state];
}

bool registration_state_parse(struct str name, enum registration_state *state)
{
    for (*state = 0; *state < REGISTRATION_STATES; (*state)++)
        if (str_equal(name, state_names[*state]))
            return true;
    return false;
}

struct str registration_kind_name(enum registration_kind kind)
{
    return kind_names[kind];
}

bool registration_kind_parse(struct str name, enum registration_kind *kind)
{
    for (*kind = 0; *kind < REGISTRATION_KINDS; (*kind)++)
        if (str_equal(name, kind_names[*kind]))
            return true;
    return false;
}

/* ---- terms ---- */

static const struct str *parse_list(struct node node, size_t most, size_t *count,
                                    struct faults *faults)
{
    const struct str *list = node_strs(node, count, faults);

    if (*count > most)
        node_fault(node, faults, "expected at most %zu", most);
    if (json_is_array(node.value) && node_count(node) == 0)
        node_fault(node, faults, "is an empty list, which means nothing; leave it out for all");
    return list;
}

static void parse_kle(struct node node, struct registration_terms *terms, struct faults *faults)
{
    size_t count = 0;
    const struct str *list = parse_list(node, REGISTRATION_KLE_MAX, &count, faults);
    struct kle *patterns = arena_calloc(faults->arena, count + 1, sizeof *patterns);

    for (size_t i = 0; patterns && i < count; i++)
        if (!kle_pattern_parse(list[i], &patterns[i]))
            node_fault(node_element(node, i, faults), faults, KLE_PATTERN_EXPECTED);
    terms->kle = patterns;
    terms->kle_count = patterns ? count : 0;
}

static bool is_hash(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!((text.at[i] >= '0' && text.at[i] <= '9') || (text.at[i] >= 'a' && text.at[i] <= 'f')))
            return false;
    return text.len == REGISTRATION_REPORT;
}

void registration_terms_parse(struct node root, struct registration_terms *terms,
                              struct faults *faults)
{
    static const char *const known[] = {"report", "from", "municipalities", "kle", "reason"};
    struct node report = node_member(root, "report", faults);
    struct node from = node_member(root, "from", faults);

    *terms = (struct registration_terms){0};
    node_only(root, known, sizeof known / sizeof *known, faults);
    terms->report = node_str_needed(report, faults);
    if (terms->report.at && !is_hash(terms->report))
        node_fault(report, faults,
                   "expected the report's SHA-256 as 64 hexadecimal digits, small letters");
    if (!node_is_present(from))
        node_fault(from, faults, "is needed: the first day on which it is shown");
    terms->from = node_date(from, faults);
    terms->codes = parse_list(node_member(root, "municipalities", faults),
                              REGISTRATION_MUNICIPALITIES_MAX, &terms->code_count, faults);
    parse_kle(node_member(root, "kle", faults), terms, faults);
}
