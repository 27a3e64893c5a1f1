/* SPDX-License-Identifier: MIT */
/* exposure_case: one example of an item that an authority holds, and whether it is shown, and by
 * which rule. */
#include "joining/cases.h"

/* Nobody's: the day is 61, so it is a replacement number. */
static const struct cpr subject = {"6101700000"};

enum { STRANGER, PRIMARY, SECONDARY, OWNER, OTHER, UNNAMED, PARTIES };
static const struct str party_names[PARTIES] = {
    [STRANGER] = STR_INIT("none"),       [PRIMARY] = STR_INIT("primary"),
    [SECONDARY] = STR_INIT("secondary"), [OWNER] = STR_INIT("property_owner"),
    [OTHER] = STR_INIT("other"),         [UNNAMED] = STR_INIT("not_named"),
};

/* ---- the item ---- */

static struct str *kind_names(struct str names[ITEM_KIND_COUNT])
{
    for (int kind = 0; kind < ITEM_KIND_COUNT; kind++)
        names[kind] = item_kind_name((enum item_kind)kind);
    return names;
}

static enum item_kind parse_kind(struct node node, struct faults *faults)
{
    struct str names[ITEM_KIND_COUNT];
    size_t at = case_choice(node, kind_names(names), ITEM_KIND_COUNT, "is no kind of item", faults);

    if (!node_is_present(node))
        node_fault(node, faults, "is needed");
    return at < ITEM_KIND_COUNT ? (enum item_kind)at : ITEM_CASE;
}

static enum item_status parse_status(struct node node, struct faults *faults)
{
    struct str names[ITEM_STATUS_COUNT];

    for (int status = 0; status < ITEM_STATUS_COUNT; status++)
        names[status] = item_status_code((enum item_status)status);
    size_t at = case_choice(node, names, ITEM_STATUS_COUNT, "is no status of an item", faults);
    return at < ITEM_STATUS_COUNT ? (enum item_status)at : STATUS_UNKNOWN;
}

static enum sensitivity parse_sensitivity(struct node node, struct faults *faults)
{
    static const struct str names[] = {[SENSITIVITY_UNKNOWN] = STR_INIT("unknown"),
                                       [SENSITIVITY_ORDINARY] = STR_INIT("ordinary"),
                                       [SENSITIVITY_CONFIDENTIAL] = STR_INIT("confidential"),
                                       [SENSITIVITY_SENSITIVE] = STR_INIT("sensitive"),
                                       [SENSITIVITY_VIP] = STR_INIT("vip")};
    size_t count = sizeof names / sizeof *names;
    size_t at = case_choice(node, names, count,
                            "expected unknown, ordinary, confidential, sensitive or vip", faults);
    return at < count ? (enum sensitivity)at : SENSITIVITY_ORDINARY;
}

static enum direction parse_direction(struct node node, struct faults *faults)
{
    static const struct str names[] = {[DIRECTION_UNKNOWN] = STR_INIT("unknown"),
                                       [DIRECTION_TO_CITIZEN] = STR_INIT("to_citizen"),
                                       [DIRECTION_FROM_CITIZEN] = STR_INIT("from_citizen"),
                                       [DIRECTION_OTHER] = STR_INIT("other")};
    size_t count = sizeof names / sizeof *names;
    size_t at = case_choice(node, names, count,
                            "expected to_citizen, from_citizen, other or unknown", faults);
    return at < count ? (enum direction)at : DIRECTION_UNKNOWN;
}

/* Who the citizen is in it. Nobody said: the primary party. */
static size_t parse_party(struct node node, struct item *item, struct arena *arena,
                          struct faults *faults)
{
    static const enum party_role roles[PARTIES] = {[PRIMARY] = PARTY_PRIMARY,
                                                   [SECONDARY] = PARTY_SECONDARY,
                                                   [OWNER] = PARTY_PROPERTY_OWNER,
                                                   [OTHER] = PARTY_OTHER};
    size_t at = case_choice(node, party_names, PARTIES,
                            "expected primary, secondary, property_owner, other, none or not_named",
                            faults);
    if (at >= PARTIES)
        at = PRIMARY;
    if (at == STRANGER || at == UNNAMED)
        return at;
    struct party *party = ARENA_NEW(arena, struct party);
    if (party) {
        *party = (struct party){.role = roles[at], .cpr = subject};
        item->parties = party;
    }
    return at;
}

/* A letter and a payment have the subject of what they belong to. */
static void own(struct item *item, struct arena *arena)
{
    bool is_owned = item->kind == ITEM_DOCUMENT || item->kind == ITEM_PAYMENT;
    struct item *owner = is_owned && item->kle.at ? ARENA_NEW(arena, struct item) : NULL;

    if (!owner)
        return;
    *owner = *item;
    owner->kind = item->kind == ITEM_DOCUMENT ? ITEM_CASE : ITEM_BENEFIT;
    owner->owners = NULL;
    item->kle = item->facet = STR_NONE;
    if (!item_own(item, owner, arena))
        item->owners = NULL; /* the arena's being full is told elsewhere */
}

static size_t parse_item(struct node node, struct item *item, const struct case_context *context,
                         struct faults *faults)
{
    static const char *const known[] = {
        "kind",           "kle",          "facet",         "created",          "status",
        "sending_system", "sensitivity",  "display_class", "security_profile", "direction",
        "type",           "journal_note", "citizen_is"};

    node_only(node, known, sizeof known / sizeof *known, faults);
    *item = (struct item){
        .kind = parse_kind(node_member(node, "kind", faults), faults),
        .id = STR("case"),
        .title = STR("a title"),
        .kle = node_str(node_member(node, "kle", faults), faults),
        .facet = node_str(node_member(node, "facet", faults), faults),
        .created = case_time(node_member(node, "created", faults), WALL_NONE, faults),
        .status = parse_status(node_member(node, "status", faults), faults),
        .sending_system = node_str(node_member(node, "sending_system", faults), faults),
        .sensitivity = parse_sensitivity(node_member(node, "sensitivity", faults), faults),
        .display_class = node_str(node_member(node, "display_class", faults), faults),
        .has_security_profile =
            node_bool(node_member(node, "security_profile", faults), false, faults),
        .direction = parse_direction(node_member(node, "direction", faults), faults),
        .type = node_str(node_member(node, "type", faults), faults),
        .is_journal_note = node_bool(node_member(node, "journal_note", faults), false, faults)};
    size_t party =
        parse_party(node_member(node, "citizen_is", faults), item, context->arena, faults);
    own(item, context->arena);
    return party;
}

/* A municipality by its code, or anybody by CVR number. */
static struct authority parse_authority(struct node node, const struct case_context *context,
                                        struct faults *faults)
{
    struct str text = node_str_needed(node, faults);
    const struct municipality *municipality = NULL;

    if (text.len == 8 && str_is_digits(text)) {
        municipality = municipality_find_cvr(&context->snapshot->municipalities, text);
        if (!municipality)
            return (struct authority){.cvr = text, .name = text};
    } else if (text.at) {
        municipality = case_municipality(node, context->snapshot, faults);
    }
    return municipality
               ? (struct authority){municipality->cvr, municipality->code, municipality->name}
               : (struct authority){0};
}

/* ---- the verdict ---- */

static enum exposure_verdict parse_verdict(struct node node, struct faults *faults)
{
    struct str codes[EXPOSURE_VERDICT_COUNT];

    for (size_t i = 0; i < EXPOSURE_VERDICT_COUNT; i++)
        codes[i] = exposure_code((enum exposure_verdict)i);
    if (!node_is_present(node))
        node_fault(node, faults, "is needed: \"shown\", or why it is withheld");
    size_t at = case_choice(node, codes, EXPOSURE_VERDICT_COUNT,
                            "is neither \"shown\" nor a reason to withhold", faults);
    return at < EXPOSURE_VERDICT_COUNT ? (enum exposure_verdict)at : EXPOSURE_VERDICT_COUNT;
}

static struct str rule_name(const struct exposure_rule *rule)
{
    return rule ? exposure_rule_name(rule) : STR("a built-in rule");
}

static bool is_rule(struct str wanted, const struct exposure_rule *rule)
{
    return rule ? str_equal(wanted, exposure_rule_name(rule)) || str_equal(wanted, rule->pattern)
                : str_equal(wanted, STR("built-in"));
}

struct str exposure_case_run(struct node node, const struct case_context *context,
                             struct faults *faults)
{
    static const char *const known[] = {"name", "authority", "time", "item", "expect", "rule"};
    struct node item_node = node_member(node, "item", faults);
    struct str wanted_rule = node_str(node_member(node, "rule", faults), faults);
    size_t before = faults->count;
    struct item item;

    node_only(node, known, sizeof known / sizeof *known, faults);
    if (!node_is_present(item_node))
        node_fault(item_node, faults, "is needed");
    size_t party = parse_item(item_node, &item, context, faults);
    item.authority = parse_authority(node_member(node, "authority", faults), context, faults);
    enum exposure_verdict wanted = parse_verdict(node_member(node, "expect", faults), faults);
    const struct exposure_view view = {
        .subject = &subject,
        .parties_needed = party != UNNAMED,
        .now = case_time(node_member(node, "time", faults), context->now, faults)};
    if (faults->count > before)
        return STR_NONE;

    struct exposure_finding finding = exposure_judge(&context->snapshot->exposure, &view, &item);
    if (finding.verdict != wanted)
        return arena_format(context->arena, "%.*s by %.*s, not %.*s\n",
                            STR_ARG(exposure_code(finding.verdict)),
                            STR_ARG(rule_name(finding.rule)), STR_ARG(exposure_code(wanted)));
    if (wanted_rule.at && !is_rule(wanted_rule, finding.rule))
        return arena_format(context->arena, "%.*s, but by %.*s\n",
                            STR_ARG(exposure_code(finding.verdict)),
                            STR_ARG(rule_name(finding.rule)));
    return STR_NONE;
}
