/* SPDX-License-Identifier: MIT */
#include "policy/coverage.h"

#include "policy/hint.h"

enum { RULES_MAX = 1000, CVR_DIGITS = 8, CODE_DIGITS = 4, AGE_MAX = 150 };

/* The kinds whose items carry a subject number. */
enum {
    KLE_KINDS = ITEM_KIND_BIT(ITEM_CASE) | ITEM_KIND_BIT(ITEM_DOCUMENT) |
                ITEM_KIND_BIT(ITEM_BENEFIT) | ITEM_KIND_BIT(ITEM_SERVICE)
};

static bool contains(const struct str *list, size_t count, struct str text)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(list[i], text))
            return true;
    return false;
}

/* ---- the file ---- */

static unsigned parse_kinds(struct node node, struct faults *faults)
{
    unsigned kinds = 0;

    if (node_is_present(node) && !json_is_array(node.value))
        node_fault(node, faults, "expected a list of kinds of items");
    for (size_t i = 0; i < node_count(node); i++) {
        struct node element = node_element(node, i, faults);
        enum item_kind kind;

        if (item_kind_parse(node_str_needed(element, faults), &kind))
            kinds |= ITEM_KIND_BIT(kind);
        else
            node_fault(element, faults, "is no kind of item");
    }
    return kinds ? kinds : ITEM_KIND_BIT(ITEM_KIND_COUNT) - 1; /* none named: all */
}

static const struct str *parse_authorities(struct node node, size_t *count, struct faults *faults)
{
    const struct str *list = node_strs(node, count, faults);

    for (size_t i = 0; i < *count; i++)
        if (!str_is_digits(list[i]) || (list[i].len != CVR_DIGITS && list[i].len != CODE_DIGITS))
            node_fault(node_element(node, i, faults), faults,
                       "expected a CVR number of eight digits or a municipality's code of four");
    return list;
}

static const struct str *parse_kle(struct node node, size_t *count, struct faults *faults)
{
    const struct str *list = node_strs(node, count, faults);

    for (size_t i = 0; i < *count; i++)
        if (!kle_pattern_is_valid(list[i]))
            node_fault(node_element(node, i, faults), faults,
                       "expected a subject number, \"27.35.16\", or the beginning of one, "
                       "\"27.*\"");
    return list;
}

static void parse_rule(struct node node, struct mandate_rule *rule, struct faults *faults)
{
    static const char *const known[] = {"privilege", "sources", "kinds", "authorities", "kle"};
    struct node privilege = node_member(node, "privilege", faults);
    struct node sources = node_member(node, "sources", faults);

    node_only(node, known, sizeof known / sizeof *known, faults);
    rule->privilege = node_str_needed(privilege, faults);
    rule->sources = node_strs(sources, &rule->source_count, faults);
    rule->kinds = parse_kinds(node_member(node, "kinds", faults), faults);
    rule->authorities =
        parse_authorities(node_member(node, "authorities", faults), &rule->authority_count, faults);
    rule->kle = parse_kle(node_member(node, "kle", faults), &rule->kle_count, faults);
    if (rule->privilege.at && !str_starts_with(rule->privilege, STR("urn:")) &&
        !str_starts_with(rule->privilege, STR("http")))
        node_fault(privilege, faults, "expected the privilege's URN");
    if (rule->source_count == 0)
        node_fault(sources, faults, "expected a list of source ids, or [\"*\"] for all");
}

static void parse_ages(struct node node, struct mandate_ages *ages, struct faults *faults)
{
    for (int kind = 0; kind < MANDATE_KIND_COUNT; kind++) {
        static const char *const known[] = {"giver_at_least", "giver_below"};
        struct node one = node_member(node, mandate_kind_name((enum mandate_kind)kind).at, faults);
        struct node below = node_member(one, known[1], faults);

        node_only(one, known, 2, faults);
        ages[kind] = (struct mandate_ages){
            .giver_at_least =
                (int)node_int(node_member(one, known[0], faults),
                              kind == MANDATE_POWER_OF_ATTORNEY ? 15 : 0, 0, AGE_MAX, faults),
            .giver_below =
                (int)node_int(below, kind == MANDATE_CUSTODY ? 18 : 0, 0, AGE_MAX, faults),
        };
        if (ages[kind].giver_below && ages[kind].giver_below <= ages[kind].giver_at_least)
            node_fault(below, faults, "is not above \"giver_at_least\", so nobody is of that age");
    }
}

void mandate_rules_parse(struct node root, struct mandate_rules *rules, struct arena *arena,
                         struct faults *faults)
{
    static const char *const known[] = {"ages", "privileges"};
    const char *kinds[MANDATE_KIND_COUNT];
    struct node ages = node_member(root, "ages", faults);
    struct node list = node_member(root, "privileges", faults);
    size_t count = node_count(list);

    *rules = (struct mandate_rules){0};
    for (int kind = 0; kind < MANDATE_KIND_COUNT; kind++)
        kinds[kind] = mandate_kind_name((enum mandate_kind)kind).at;
    node_only(root, known, 2, faults);
    node_only(ages, kinds, MANDATE_KIND_COUNT, faults);
    parse_ages(ages, rules->ages, faults);
    if (node_is_present(list) ? !json_is_array(list.value) : node_is_present(root))
        node_fault(list, faults, "expected a list; an empty one opens nothing by mandate");
    if (count > RULES_MAX) {
        node_fault(list, faults, "expected at most %d", RULES_MAX);
        return;
    }
    rules->at = arena_calloc(arena, count + 1, sizeof *rules->at);
    for (size_t i = 0; rules->at && i < count; i++)
        parse_rule(node_element(list, i, faults), &rules->at[rules->count++], faults);
}

void mandate_rules_check(struct node root, const struct str *ids, size_t id_count,
                         struct faults *faults)
{
    struct node list = node_member(root, "privileges", faults);

    for (size_t i = 0; i < node_count(list); i++) {
        struct node sources = node_member(node_element(list, i, faults), "sources", faults);

        for (size_t j = 0; j < node_count(sources); j++) {
            struct node source = node_element(sources, j, faults);
            struct str id = str_of(json_string_value(source.value));

            if (id.len > 0 && !str_equal(id, STR("*")) && !contains(ids, id_count, id))
                node_fault(source, faults, "there is no source \"%.*s\"%.*s", STR_ARG(id),
                           STR_ARG(hint_text(faults->arena, id, ids, id_count)));
        }
    }
}

/* ---- what is open ---- */

bool coverage_make(struct arena *arena, const struct mandate_rules *rules,
                   const struct privilege_group *groups, size_t group_count,
                   struct coverage *coverage)
{
    *coverage = (struct coverage){0};
    coverage->grants = arena_calloc(arena, COVERAGE_GRANTS_MAX, sizeof *coverage->grants);
    if (!coverage->grants)
        return false;
    for (size_t i = 0; i < group_count; i++)
        for (size_t j = 0; j < rules->count; j++) {
            if (!contains(groups[i].privileges, groups[i].privilege_count, rules->at[j].privilege))
                continue;
            if (coverage->count == COVERAGE_GRANTS_MAX)
                return false;
            coverage->grants[coverage->count++] =
                (struct coverage_grant){&rules->at[j], groups[i].kle, groups[i].kle_count};
        }
    return true;
}

bool coverage_of_kinds(struct arena *arena, unsigned kinds, const struct str *sources,
                       size_t source_count, struct coverage *coverage)
{
    static const struct str all[] = {STR_INIT("*")};
    struct mandate_rule *rule = ARENA_NEW(arena, struct mandate_rule);

    *coverage = (struct coverage){.grants = ARENA_NEW(arena, struct coverage_grant)};
    if (!rule || !coverage->grants)
        return false;
    *rule = (struct mandate_rule){.kinds = kinds,
                                  .sources = source_count > 0 ? sources : all,
                                  .source_count = source_count > 0 ? source_count : 1};
    coverage->grants[coverage->count++].rule = rule;
    return true;
}

static bool concerns(const struct mandate_rule *rule, struct str source,
                     const struct authority *authority)
{
    if (!contains(rule->sources, rule->source_count, source) &&
        !contains(rule->sources, rule->source_count, STR("*")))
        return false;
    return !authority || rule->authority_count == 0 ||
           (authority->cvr.at &&
            contains(rule->authorities, rule->authority_count, authority->cvr)) ||
           (authority->code.at &&
            contains(rule->authorities, rule->authority_count, authority->code));
}

unsigned coverage_kinds(const struct coverage *coverage, struct str source,
                        const struct authority *authority)
{
    unsigned kinds = 0;

    for (size_t i = 0; i < coverage->count; i++) {
        const struct coverage_grant *grant = &coverage->grants[i];
        bool names_subjects = grant->kle_count > 0 || grant->rule->kle_count > 0;

        if (concerns(grant->rule, source, authority))
            kinds |= names_subjects ? grant->rule->kinds & KLE_KINDS : grant->rule->kinds;
    }
    return coverage->within ? kinds & coverage_kinds(coverage->within, source, authority) : kinds;
}

static bool is_subject(const struct str *patterns, size_t count, struct str kle)
{
    for (size_t i = 0; i < count; i++)
        if (kle_matches(patterns[i], kle))
            return true;
    return count == 0;
}

bool coverage_has(const struct coverage *coverage, struct str source, enum item_kind kind,
                  const struct authority *authority, struct str kle)
{
    bool has = false;

    for (size_t i = 0; !has && i < coverage->count; i++) {
        const struct coverage_grant *grant = &coverage->grants[i];

        has = grant->rule->kinds & ITEM_KIND_BIT(kind) &&
              concerns(grant->rule, source, authority) &&
              is_subject(grant->kle, grant->kle_count, kle) &&
              is_subject(grant->rule->kle, grant->rule->kle_count, kle);
    }
    return has &&
           (!coverage->within || coverage_has(coverage->within, source, kind, authority, kle));
}
