/* SPDX-License-Identifier: MIT */
/* plan_case: one example of a plan: who asks through which portal, and whom that asks. */
#include "joining/cases.h"

#include "base/buf.h"
#include "joining/planned.h"

enum { COMPLAINT_MAX = 64 * 1024 };

/* ---- health ---- */

static void set_off(struct node node, struct health_values *values, struct faults *faults)
{
    size_t count;
    const struct str *numbers = node_strs(node, &count, faults);

    for (size_t i = 0; i < count && values->off_count < HEALTH_AUTHORITIES_MAX; i++) {
        if (numbers[i].len != 8)
            node_fault(node_element(node, i, faults), faults, "expected a CVR number");
        else
            memcpy(values->off[values->off_count++], numbers[i].at, 8);
    }
}

static void set_word(struct node node, struct health_values *values, struct faults *faults)
{
    enum { OPEN, OFF, FULL, DISABLED, DRAINING, MAINTENANCE, WORDS };
    static const struct str words[WORDS] = {STR_INIT("open"),     STR_INIT("off"),
                                            STR_INIT("full"),     STR_INIT("disabled"),
                                            STR_INIT("draining"), STR_INIT("maintenance")};
    static const char what[] =
        "expected open, off, full, disabled, draining, maintenance, or a list of CVR numbers";
    size_t word = case_choice(node, words, WORDS, what, faults);

    values->is_open |= word == OPEN;
    values->is_off |= word == OFF;
    values->is_full |= word == FULL;
    if (word == DISABLED)
        values->mode = MODE_DISABLED;
    else if (word == DRAINING)
        values->mode = MODE_DRAINING;
    else if (word == MAINTENANCE)
        values->mode = MODE_MAINTENANCE;
}

/* {"atp.pension": "open", "kommuner.sager": ["29189714"]}; NULL: all are well. */
static struct health_values *parse_health(struct node node, const struct case_context *context,
                                          struct faults *faults)
{
    const struct snapshot *snapshot = context->snapshot;
    size_t count = snapshot->route_count;
    struct health_values *health = arena_calloc(context->arena, count + 1, sizeof *health);
    const char **known = arena_calloc(context->arena, count + 1, sizeof *known);

    if (!node_is_present(node) || !health || !known)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        known[i] = snapshot->routes[i].source.id.at;
        struct node one = node_member(node, known[i], faults);

        if (json_is_array(one.value))
            set_off(one, &health[i], faults);
        else
            set_word(one, &health[i], faults);
    }
    node_only(node, known, count, faults);
    return health;
}

/* ---- what is expected ---- */

/* The names of all rows that could be: sources, and with their municipalities. */
struct names {
    struct str *at;
    size_t count;
};

static struct names names_of(const struct case_context *context, const struct plan *plan)
{
    const struct snapshot *snapshot = context->snapshot;
    struct names names = {
        arena_calloc(context->arena, snapshot->route_count + plan->count + 1, sizeof *names.at), 0};

    for (size_t i = 0; names.at && i < plan->count; i++)
        names.at[names.count++] = planned_name(context->arena, &plan->rows[i]);
    for (size_t i = 0; names.at && i < snapshot->route_count; i++)
        names.at[names.count++] = snapshot->routes[i].source.id;
    return names;
}

static bool contains(struct node list, struct str name)
{
    for (size_t i = 0; i < node_count(list); i++)
        if (str_equal(str_of(json_string_value(json_array_get(list.value, i))), name))
            return true;
    return false;
}

/* "asked" names exactly those that are. */
static void judge_asked(struct node node, const struct names *names, const struct plan *plan,
                        struct buf *complaint, struct faults *faults)
{
    for (size_t i = 0; i < node_count(node); i++) {
        struct node one = node_element(node, i, faults);
        size_t at = case_choice(one, names->at, names->count, "is no row of this plan", faults);

        if (at < names->count && (at >= plan->count || plan->rows[at].skip != OUTCOME_PENDING))
            buf_format(complaint, "%.*s is not asked: %.*s\n", STR_ARG(names->at[at]),
                       STR_ARG(at < plan->count ? planned_state(&plan->rows[at])
                                                : STR("it is not in the plan")));
    }
    for (size_t i = 0; i < plan->count; i++)
        if (plan->rows[i].skip == OUTCOME_PENDING && !contains(node, names->at[i]))
            buf_format(complaint, "%.*s is asked as well\n", STR_ARG(names->at[i]));
}

static bool is_state(struct str state)
{
    if (str_equal(state, STR("asked")))
        return true;
    for (enum outcome outcome = OUTCOME_PENDING + 1; outcome < OUTCOME_COUNT; outcome++)
        if (str_equal(state, outcome_name(outcome)))
            return true;
    return false;
}

/* "rows" says of some rows why they are not asked, or that they are. */
static void judge_rows(struct node node, const struct names *names, const struct plan *plan,
                       struct buf *complaint, struct faults *faults)
{
    const char *name;
    json_t *value;

    json_object_foreach(node.value, name, value)
    {
        struct node one = node_member(node, name, faults);
        struct str wanted = node_str_needed(one, faults), got = STR("not in the plan");
        bool is_known = false;

        for (size_t i = 0; i < names->count; i++)
            is_known |= str_equal(names->at[i], str_of(name));
        if (!is_known)
            node_fault(one, faults, "is no row of this plan");
        else if (wanted.at && !is_state(wanted))
            node_fault(one, faults, "is no state, such as \"level\", \"not_agreed\" or \"asked\"");
        for (size_t i = 0; i < plan->count; i++)
            if (str_equal(names->at[i], str_of(name)))
                got = planned_state(&plan->rows[i]);
        if (is_known && wanted.at && !str_equal(got, wanted))
            buf_format(complaint, "%s: %.*s, not %.*s\n", name, STR_ARG(got), STR_ARG(wanted));
    }
}

/* ---- the case ---- */

static const struct str *parse_municipalities(struct node node, const struct case_context *context,
                                              size_t *count, struct faults *faults)
{
    const struct str *codes = node_strs(node, count, faults);

    for (size_t i = 0; i < *count; i++)
        case_municipality(node_element(node, i, faults), context->snapshot, faults);
    if ((int64_t)*count > context->snapshot->settings.limits_municipalities_max) {
        node_fault(node, faults, "is more than limits.municipalities_max");
        *count = 0;
    }
    return codes;
}

static enum level parse_level(struct node node, struct faults *faults)
{
    static const struct str names[] = {STR_INIT("low"), STR_INIT("substantial"), STR_INIT("high")};
    size_t at = case_choice(node, names, 3, "expected low, substantial or high", faults);

    return at < 3 ? (enum level)(LEVEL_LOW + at) : LEVEL_SUBSTANTIAL;
}

/* {"privileges": [], "kle": []}: acting under a mandate that says so. NULL: acting for nobody. */
static const struct coverage *parse_mandate(struct node node, const struct case_context *context,
                                            struct faults *faults)
{
    static const char *const known[] = {"privileges", "kle"};
    struct node list = node_member(node, "privileges", faults);
    struct node subjects = node_member(node, "kle", faults);
    size_t count, kle_count;

    if (!node_is_present(node))
        return NULL;
    node_only(node, known, 2, faults);
    const struct str *privileges = node_strs(list, &count, faults);
    const struct str *kle = node_strs(subjects, &kle_count, faults);
    if (count == 0)
        node_fault(list, faults, "expected a list of privileges (URNs)");
    for (size_t i = 0; i < kle_count; i++)
        if (!kle_pattern_is_valid(kle[i]))
            node_fault(node_element(subjects, i, faults), faults,
                       "expected a subject number, or the beginning of one, \"27.*\"");
    return planned_coverage(context->arena, context->snapshot, privileges, count, kle, kle_count);
}

struct str plan_case_run(struct node node, const struct case_context *context,
                         struct faults *faults)
{
    static const char *const known[] = {
        "name", "portal", "level", "municipalities", "time", "health", "mandate", "asked", "rows"};
    struct node asked = node_member(node, "asked", faults);
    struct node rows = node_member(node, "rows", faults);
    struct planned_for planned = {
        .snapshot = context->snapshot,
        .portal = node_str_needed(node_member(node, "portal", faults), faults),
        .level = parse_level(node_member(node, "level", faults), faults),
        .health = parse_health(node_member(node, "health", faults), context, faults),
        .coverage = parse_mandate(node_member(node, "mandate", faults), context, faults),
        .now = case_time(node_member(node, "time", faults), context->now, faults)};
    struct buf complaint;
    struct plan plan;

    node_only(node, known, sizeof known / sizeof *known, faults);
    planned.municipalities = parse_municipalities(node_member(node, "municipalities", faults),
                                                  context, &planned.municipality_count, faults);
    if (node_is_present(asked) && !json_is_array(asked.value))
        node_fault(asked, faults, "expected a list of rows");
    if (node_is_present(rows) && !json_is_object(rows.value))
        node_fault(rows, faults, "expected an object of rows and states");
    if (!node_is_present(asked) && !node_is_present(rows))
        node_fault(node, faults, "expects nothing: \"asked\" or \"rows\" is needed");
    if (!planned.portal.at || !planned_make(context->arena, &planned, &plan))
        return STR_NONE; /* a fault, or the arena's being full, is told elsewhere */
    struct names names = names_of(context, &plan);
    if (!names.at)
        return STR_NONE;
    buf_init(&complaint, COMPLAINT_MAX);
    if (node_is_present(asked))
        judge_asked(asked, &names, &plan, &complaint, faults);
    judge_rows(rows, &names, &plan, &complaint, faults);
    struct str text =
        complaint.len > 0 ? arena_copy(context->arena, buf_str(&complaint)) : STR_NONE;
    buf_clear(&complaint);
    return text;
}
