/* SPDX-License-Identifier: MIT */
#include "policy/rules.h"

#include "policy/kinds.h"

const char *const rules_members[RULES_MEMBERS] = {"level",   "kinds",   "timers",      "required",
                                                  "breaker", "retry",   "limit",       "hedge",
                                                  "canary",  "windows", "maintenance", "shadow"};

const char *rule_kind_name(enum rule_kind kind)
{
    static const char *const names[] = {
#define X(name, text) [name] = text,
        RULE_KINDS(X)
#undef X
    };
    return names[kind];
}

/* ---- the tables of the header as rows ---- */

static const struct number {
    const char *rule, *name;
    int64_t standard, least, most;
    size_t offset; /* of an int64_t in struct rules */
} numbers[] = {
#define X(name, standard, least, most, help)                                                       \
    {"timers", #name, standard, least, most, offsetof(struct rules, name)},
    ROUTE_TIMERS(X)
#undef X
#define X(rule, name, standard, least, most, help)                                                 \
    {#rule, #name, standard, least, most, offsetof(struct rules, rule.name)},
        RULE_NUMBERS(X)
#undef X
};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

static const struct mode {
    const char *rule;
    enum rule_mode standard;
    bool is_for_portals;
    size_t offset; /* of an enum rule_mode */
} modes[] = {
#define X(rule, standard, portal) {#rule, standard, portal, offsetof(struct rules, rule.mode)},
    RULE_MODES(X)
#undef X
};
enum { MODES = sizeof modes / sizeof *modes };

static int64_t *number_at(struct rules *rules, const struct number *row)
{
    return (int64_t *)(void *)((char *)rules + row->offset);
}

static enum rule_mode *mode_at(struct rules *rules, const struct mode *row)
{
    return (enum rule_mode *)(void *)((char *)rules + row->offset);
}

struct rules rules_standard(void)
{
    struct rules rules = {0};
    for (size_t i = 0; i < NUMBERS; i++)
        *number_at(&rules, &numbers[i]) = numbers[i].standard;
    for (size_t i = 0; i < MODES; i++)
        *mode_at(&rules, &modes[i]) = modes[i].standard;
    return rules;
}

/* ---- reading ---- */

static void parse_mode(struct node node, enum rule_mode *mode, struct faults *faults)
{
    static const struct str names[] = {[RULE_OFF] = STR_INIT("off"),
                                       [RULE_OBSERVE] = STR_INIT("observe"),
                                       [RULE_ENFORCE] = STR_INIT("enforce")};
    size_t count = sizeof names / sizeof *names;
    struct str name = node_str(node, faults);
    for (size_t i = 0; name.at && i < count; i++)
        if (str_equal(name, names[i])) {
            *mode = (enum rule_mode)i;
            return;
        }
    if (name.at)
        node_fault_name(node, faults, names, count, "expected off, observe or enforce");
}

/* Numbers, mode and the members in `more` of one rule. */
static void parse_rule(struct node node, const char *name, const char *more, struct rules *rules,
                       struct faults *faults)
{
    const char *known[NUMBERS + 2];
    size_t count = 0;
    for (size_t i = 0; i < NUMBERS; i++)
        if (strcmp(numbers[i].rule, name) == 0) {
            int64_t *number = number_at(rules, &numbers[i]);
            *number = node_int(node_member(node, numbers[i].name, faults), *number,
                               numbers[i].least, numbers[i].most, faults);
            known[count++] = numbers[i].name;
        }
    for (size_t i = 0; i < MODES; i++)
        if (strcmp(modes[i].rule, name) == 0) {
            parse_mode(node_member(node, "mode", faults), mode_at(rules, &modes[i]), faults);
            known[count++] = "mode";
        }
    if (more)
        known[count++] = more;
    node_only(node, known, count, faults);
}

static void parse_kinds(struct node node, struct rules *rules, struct faults *faults)
{
    unsigned kinds = kinds_parse(node, faults);
    if (kinds != 0)
        rules->kinds = kinds;
    else
        node_fault(node, faults, "expected a list of kinds of items, such as [\"case\"]");
}

static void parse_level(struct node node, struct rules *rules, struct faults *faults)
{
    static const struct str names[] = {STR_INIT("low"), STR_INIT("substantial"), STR_INIT("high")};
    enum level level = level_parse(node_str(node, faults));
    if (level == LEVEL_NONE)
        node_fault_name(node, faults, names, sizeof names / sizeof *names,
                        "expected low, substantial or high");
    else
        rules->level = level;
}

static struct wall parse_time(struct node node, struct faults *faults)
{
    struct str text = node_str(node, faults);
    struct wall wall = WALL_NONE;
    if (text.at && !wall_parse(text, &wall))
        node_fault(node, faults, "expected a time such as \"2026-12-01T22:00:00+01:00\"");
    return wall;
}

static void parse_maintenance(struct node node, struct maintenance *maintenance,
                              struct faults *faults)
{
    static const char *const known[] = {"from", "until", "message"};
    struct node until = node_member(node, "until", faults);
    node_only(node, known, sizeof known / sizeof *known, faults);
    *maintenance =
        (struct maintenance){.from = parse_time(node_member(node, "from", faults), faults),
                             .until = parse_time(until, faults),
                             .message = node_text(node_member(node, "message", faults), faults),
                             .is_set = true};
    if (maintenance->from.known && maintenance->until.known &&
        maintenance->until.unix_ms <= maintenance->from.unix_ms)
        node_fault(until, faults, "expected a time after \"from\"");
}

static void parse_windows(struct node node, struct rules *rules, struct faults *faults)
{
    struct node closed = node_member(node, "closed", faults);
    parse_rule(node, "windows", "closed", rules, faults);
    if (node_is_present(closed))
        rules->windows.closed = windows_parse(closed, faults);
}

static void parse_shadow(struct node node, struct rules *rules, struct faults *faults)
{
    static const char *const known[] = {"of"};
    node_only(node, known, 1, faults);
    rules->shadow_of = node_str_needed(node_member(node, "of", faults), faults);
}

/* What is true of a source for all portals. */
static bool may_set(struct node node, bool is_allowed, const char *why, struct faults *faults)
{
    if (node_is_present(node) && !is_allowed)
        node_fault(node, faults, "%s", why);
    return node_is_present(node) && is_allowed;
}

#define FOR_ALL_PORTALS "is set for a source, not for a portal: there is one for all portals"

static void parse_named_rules(struct node root, enum rules_layer layer, struct rules *rules,
                              struct faults *faults)
{
    for (size_t i = 0; i < MODES; i++) {
        struct node node = node_member(root, modes[i].rule, faults);
        bool is_allowed = layer != RULES_PORTAL || modes[i].is_for_portals;
        if (!may_set(node, is_allowed, FOR_ALL_PORTALS, faults))
            continue;
        if (strcmp(modes[i].rule, "windows") == 0)
            parse_windows(node, rules, faults);
        else
            parse_rule(node, modes[i].rule, strcmp(modes[i].rule, "hedge") == 0 ? "allowed" : NULL,
                       rules, faults);
    }
    struct node allowed = node_member(node_member(root, "hedge", faults), "allowed", faults);
    if (may_set(allowed, layer == RULES_SOURCE_FILE,
                "is the source's to say, in its own file: it doubles a disclosure", faults))
        rules->hedge.is_allowed = node_bool(allowed, false, faults);
}

void rules_parse(struct node root, enum rules_layer layer, struct rules *rules,
                 struct faults *faults)
{
    bool is_portal = layer == RULES_PORTAL, is_one = layer != RULES_ALL;
    struct node node = node_member(root, "timers", faults);

    if (node_is_present(node))
        parse_rule(node, "timers", NULL, rules, faults);
    if (layer != RULES_SOURCE_FILE) { /* there they say what the source is */
        if (node_is_present(node = node_member(root, "level", faults)))
            parse_level(node, rules, faults);
        if (node_is_present(node = node_member(root, "kinds", faults)))
            parse_kinds(node, rules, faults);
    }
    rules->is_optional =
        !node_bool(node_member(root, "required", faults), !rules->is_optional, faults);
    parse_named_rules(root, layer, rules, faults);
    node = node_member(root, "maintenance", faults);
    if (may_set(node, is_one && !is_portal, FOR_ALL_PORTALS, faults))
        parse_maintenance(node, &rules->maintenance, faults);
    node = node_member(root, "shadow", faults);
    if (may_set(node, is_one && !is_portal, FOR_ALL_PORTALS, faults))
        parse_shadow(node, rules, faults);
    if (rules->breaker.open_ms > rules->breaker.open_max_ms)
        node_fault(node_member(node_member(root, "breaker", faults), "open_ms", faults), faults,
                   "is more than open_max_ms");
}

/* ---- asking ---- */

bool rules_close(const struct rules *rules, struct wall now, struct wall *until,
                 const struct text **message, const char **rule)
{
    const struct maintenance *maintenance = &rules->maintenance;
    *message = NULL;
    if (maintenance->is_set && now.unix_ms >= maintenance->from.unix_ms &&
        (!maintenance->until.known || now.unix_ms < maintenance->until.unix_ms)) {
        *until = maintenance->until;
        *message = &maintenance->message;
        *rule = "maintenance";
        return true;
    }
    *rule = "window";
    return rules->windows.closed.count > 0 &&
           windows_are_closed(&rules->windows.closed, now, until);
}

bool rules_choose(const struct rules *rules, struct str receipt, struct str source)
{
    return rules->canary.percent >= 100 ||
           (int64_t)((str_hash(receipt) ^ str_hash(source) * 31) % 100) < rules->canary.percent;
}
