/* SPDX-License-Identifier: MIT */
#include "policy/exposure_rules.h"

#include <stdlib.h>

/* One file being read. */
struct parsing {
    struct arena *arena;
    struct faults *faults;
    const struct municipalities *municipalities;
    size_t rules, rules_max; /* of all sets so far */
};

/* ---- one rule ---- */

/* The position of a member's text in a list; 0 and a fault when it is another one. */
static size_t node_choice(struct node node, const char *const *names, size_t count, size_t standard,
                          struct faults *faults)
{
    struct str text = node_str(node, faults);

    if (!text.at)
        return standard;
    for (size_t i = 0; i < count; i++)
        if (str_equal(text, str_of(names[i])))
            return i;
    struct str known = str_of(names[0]);
    for (size_t i = 1; i < count; i++)
        known = arena_format(faults->arena, "%.*s%s%s", STR_ARG(known),
                             i + 1 < count ? ", " : " or ", names[i]);
    node_fault(node, faults, "expected %.*s", STR_ARG(known));
    return standard;
}

static const struct str *parse_names(struct node node, size_t *count, struct faults *faults)
{
    const struct str *names = node_strs(node, count, faults);

    if (*count > EXPOSURE_NAMES_MAX)
        node_fault(node, faults, "expected at most %d", EXPOSURE_NAMES_MAX);
    if (json_is_array(node.value) && node_count(node) == 0)
        node_fault(node, faults, "is an empty list, which means nothing; leave it out for all");
    return names;
}

static void parse_letters(struct node node, struct exposure_rule *rule, struct faults *faults)
{
    static const char *const known[] = {"direction", "types"};
    static const char *const directions[] = {"to_citizen", "from_citizen"};
    struct node direction = node_member(node, known[0], faults);

    node_only(node, known, sizeof known / sizeof *known, faults);
    if (!node_is_present(direction)) {
        node_fault(direction, faults, "is needed");
        return;
    }
    struct exposure_letters *letters = node_choice(direction, directions, 2, 0, faults) == 0
                                           ? &rule->to_citizen
                                           : &rule->from_citizen;
    if (letters->is_open)
        node_fault(direction, faults, "this direction comes twice");
    letters->is_open = true;
    letters->types = parse_names(node_member(node, "types", faults), &letters->type_count, faults);
}

static void parse_documents(struct node node, struct exposure_rule *rule, struct faults *faults)
{
    enum { DIRECTIONS = 2 };

    if (!node_is_present(node))
        return;
    if (!json_is_array(node.value) || node_count(node) > DIRECTIONS) {
        node_fault(node, faults, "expected a list of letters, one for each direction");
        return;
    }
    for (size_t i = 0; i < node_count(node); i++)
        parse_letters(node_element(node, i, faults), rule, faults);
}

static void parse_dates(struct node node, struct exposure_rule *rule, struct faults *faults)
{
    struct node to = node_member(node, "valid_to", faults);

    rule->from = node_date(node_member(node, "from", faults), faults);
    rule->valid_from = node_date(node_member(node, "valid_from", faults), faults);
    rule->valid_to = node_date(to, faults);
    if (date_is_known(rule->valid_to) && date_compare(rule->valid_to, rule->valid_from) < 0)
        node_fault(to, faults, "ends before it begins");
}

static void check_meaning(struct node node, const struct exposure_rule *rule, struct faults *faults)
{
    static const char *const narrowing[] = {"from",       "active_regardless", "title",
                                            "systems",    "documents",         "journal_notes",
                                            "sensitivity"};

    if (rule->active_regardless && !date_is_known(rule->from))
        node_fault(node_member(node, "active_regardless", faults), faults,
                   "means something only beside \"from\"");
    for (size_t i = 0; !rule->is_open && i < sizeof narrowing / sizeof *narrowing; i++) {
        struct node member = node_member(node, narrowing[i], faults);
        if (node_is_present(member))
            node_fault(member, faults, "means nothing in a rule that is closed");
    }
}

static bool parse_rule(struct node node, struct exposure_rule *rule, struct faults *faults)
{
    static const char *const known[] = {
        "id",        "kle",           "mode",        "open",
        "from",      "title",         "systems",     "active_regardless",
        "documents", "journal_notes", "sensitivity", "valid_from",
        "valid_to"};
    static const char *const modes[] = {"off", "observe", "enforce"};
    static const char *const titles[] = {"source", "kle"};
    static const char *const sensitivities[] = {"ordinary", "confidential", "sensitive"};
    struct node kle = node_member(node, "kle", faults);

    node_only(node, known, sizeof known / sizeof *known, faults);
    *rule = (struct exposure_rule){
        .id = node_str(node_member(node, "id", faults), faults),
        .where = node_where(node, faults),
        .pattern = node_str_needed(kle, faults),
        .mode = (enum exposure_mode)node_choice(node_member(node, "mode", faults), modes, 3,
                                                EXPOSURE_ENFORCE, faults),
        .is_open = node_bool(node_member(node, "open", faults), true, faults),
        .active_regardless =
            node_bool(node_member(node, "active_regardless", faults), false, faults),
        .title_from_kle = node_choice(node_member(node, "title", faults), titles, 2, 0, faults),
        .sensitivity = (enum sensitivity)(
            SENSITIVITY_ORDINARY +
            node_choice(node_member(node, "sensitivity", faults), sensitivities, 3, 2, faults)),
        .journal_notes = node_bool(node_member(node, "journal_notes", faults), false, faults)};
    rule->systems = parse_names(node_member(node, "systems", faults), &rule->system_count, faults);
    parse_dates(node, rule, faults);
    parse_documents(node_member(node, "documents", faults), rule, faults);
    check_meaning(node, rule, faults);
    if (!rule->pattern.at)
        return false;
    if (!kle_pattern_parse(rule->pattern, &rule->kle))
        node_fault(kle, faults, KLE_PATTERN_EXPECTED);
    return true;
}

/* ---- a set of rules ---- */

static bool covers(const struct exposure_rule *rule, struct date day)
{
    return (!date_is_known(rule->valid_from) || date_compare(rule->valid_from, day) <= 0) &&
           (!date_is_known(rule->valid_to) || date_compare(day, rule->valid_to) <= 0);
}

static bool overlap(const struct exposure_rule *a, const struct exposure_rule *b)
{
    bool a_ends_first = date_is_known(a->valid_to) && date_compare(a->valid_to, b->valid_from) < 0;
    bool b_ends_first = date_is_known(b->valid_to) && date_compare(b->valid_to, a->valid_from) < 0;

    return !a_ends_first && !b_ends_first;
}

/* Rules that are only observed stand before those that are followed. */
static void add_rule(struct exposure_set *set, struct exposure_rule *rule, struct node node,
                     struct faults *faults)
{
    struct exposure_rule **at = (struct exposure_rule **)kle_table_at(&set->table, rule->kle);

    for (const struct exposure_rule *other = *at; other; other = other->next)
        if (other->mode == rule->mode && overlap(other, rule)) {
            node_fault(node_member(node, "kle", faults), faults,
                       "ties with the rule at %.*s: both name %.*s, and neither is longer",
                       STR_ARG(other->where), STR_ARG(rule->pattern));
            return;
        }
    while (*at && (*at)->mode < rule->mode)
        at = &(*at)->next;
    rule->next = *at;
    *at = rule;
    set->is_enforced |= rule->mode == EXPOSURE_ENFORCE;
    set->is_observing |= rule->mode == EXPOSURE_OBSERVE;
    set->opens_notes |= rule->mode == EXPOSURE_ENFORCE && rule->journal_notes;
}

static void parse_rules(struct parsing *parsing, struct node node, struct exposure_set *set)
{
    struct faults *faults = parsing->faults;
    size_t count = node_count(node);

    if (!json_is_array(node.value)) {
        node_fault(node, faults, "expected a list of rules; an empty one shows nothing");
        return;
    }
    parsing->rules += count;
    if (parsing->rules > parsing->rules_max) {
        node_fault(node, faults, "expected at most %zu rules in all", parsing->rules_max);
        return;
    }
    set->is_enforced = count == 0;
    set->rules = arena_calloc(parsing->arena, count + 1, sizeof *set->rules);
    if (!set->rules || !kle_table_init(&set->table, parsing->arena, count))
        return;
    for (size_t i = 0; i < count; i++) {
        struct exposure_rule *rule = &set->rules[set->rule_count];
        struct node element = node_element(node, i, faults);

        if (!parse_rule(element, rule, faults) || rule->mode == EXPOSURE_OFF)
            continue;
        set->rule_count++;
        add_rule(set, rule, element, faults);
    }
}

/* ---- whose set it is ---- */

static void name_municipality(const struct parsing *parsing, struct node node,
                              struct exposure_set *set)
{
    struct str code = node_str(node, parsing->faults);
    const struct municipality *municipality = municipality_find(parsing->municipalities, code);

    set->code = code;
    if (municipality)
        set->cvr = municipality->cvr;
    else if (code.at && parsing->municipalities->count > 0)
        node_fault(node, parsing->faults, "there is no municipality \"%.*s\"", STR_ARG(code));
}

static void name_authority(const struct parsing *parsing, struct node node,
                           struct exposure_set *set)
{
    enum { CVR_DIGITS = 8 };
    struct faults *faults = parsing->faults;
    struct node code = node_member(node, "municipality", faults);
    struct node cvr = node_member(node, "cvr", faults);

    if (node_is_present(code) == node_is_present(cvr)) {
        node_fault(node, faults, "expected \"municipality\" (its code) or \"cvr\", and not both");
        return;
    }
    if (node_is_present(code)) {
        name_municipality(parsing, code, set);
        return;
    }
    set->cvr = node_str(cvr, faults);
    if (set->cvr.at && (set->cvr.len != CVR_DIGITS || !str_is_digits(set->cvr)))
        node_fault(cvr, faults, "expected eight digits");
    const struct municipality *municipality =
        municipality_find_cvr(parsing->municipalities, set->cvr);
    if (municipality)
        set->code = municipality->code;
}

static int compare_cvrs(const void *a, const void *b)
{
    return str_compare((*(const struct exposure_set *const *)a)->cvr,
                       (*(const struct exposure_set *const *)b)->cvr);
}

static int compare_codes(const void *a, const void *b)
{
    return str_compare((*(const struct exposure_set *const *)a)->code,
                       (*(const struct exposure_set *const *)b)->code);
}

static void check_twice(struct node node, const struct exposure_set *set,
                        const struct exposure_sets *sets, struct faults *faults)
{
    for (const struct exposure_set *other = sets->at; other < set; other++)
        if ((set->cvr.at && str_equal(other->cvr, set->cvr)) ||
            (set->code.at && str_equal(other->code, set->code))) {
            node_fault(node, faults,
                       "is the second entry of this authority; the first is at "
                       "/authorities/%zu",
                       (size_t)(other - sets->at));
            return;
        }
}

static void index_sets(struct exposure_sets *sets)
{
    sets->cvr_count = sets->code_count = 0;
    for (struct exposure_set *set = sets->at; set < sets->at + sets->count; set++) {
        if (set->cvr.at)
            sets->by_cvr[sets->cvr_count++] = set;
        if (set->code.at)
            sets->by_code[sets->code_count++] = set;
    }
    qsort(sets->by_cvr, sets->cvr_count, sizeof *sets->by_cvr, compare_cvrs);
    qsort(sets->by_code, sets->code_count, sizeof *sets->by_code, compare_codes);
}

/* Room for `count` sets. False: arena full. */
static bool make_room(struct exposure_sets *sets, size_t count, struct arena *arena)
{
    sets->at = arena_calloc(arena, count + 1, sizeof *sets->at);
    sets->by_cvr = arena_calloc(arena, count + 1, sizeof *sets->by_cvr);
    sets->by_code = arena_calloc(arena, count + 1, sizeof *sets->by_code);
    return sets->at && sets->by_cvr && sets->by_code;
}

static void parse_authorities(struct parsing *parsing, struct node node, struct exposure_sets *sets)
{
    static const char *const known[] = {"municipality", "cvr", "rules", "links"};
    struct faults *faults = parsing->faults;
    size_t count = node_count(node);

    if (!node_is_present(node))
        return;
    if (!json_is_array(node.value) || count > EXPOSURE_SETS_MAX) {
        node_fault(node, faults, "expected a list of at most %d authorities", EXPOSURE_SETS_MAX);
        return;
    }
    if (!make_room(sets, count, parsing->arena))
        return;
    for (size_t i = 0; i < count; i++) {
        struct exposure_set *set = &sets->at[sets->count++];
        struct node element = node_element(node, i, faults);

        node_only(element, known, sizeof known / sizeof *known, faults);
        name_authority(parsing, element, set);
        check_twice(element, set, sets, faults);
        parse_rules(parsing, node_member(element, "rules", faults), set);
        exposure_links_parse(node_member(element, "links", faults), &set->links, parsing->arena,
                             faults);
    }
    index_sets(sets);
}

void exposure_sets_parse(struct node root, const struct municipalities *municipalities,
                         struct exposure_sets *sets, struct arena *arena, struct faults *faults)
{
    static const char *const known[] = {"rules", "links"};
    struct parsing parsing = {arena, faults, municipalities, 0, EXPOSURE_RULES_MAX};
    struct node standard = node_member(root, "default", faults);

    *sets = (struct exposure_sets){0};
    if (node_is_present(standard)) {
        node_only(standard, known, sizeof known / sizeof *known, faults);
        sets->standard = ARENA_NEW(arena, struct exposure_set);
    } else {
        node_fault(standard, faults,
                   "is needed: what is shown of an authority that has no rules of its own");
    }
    if (sets->standard) {
        parse_rules(&parsing, node_member(standard, "rules", faults), sets->standard);
        exposure_links_parse(node_member(standard, "links", faults), &sets->standard->links, arena,
                             faults);
    }
    parse_authorities(&parsing, node_member(root, "authorities", faults), sets);
}

/* ---- what municipalities hand in themselves ---- */

static void parse_own(const struct exposure_own *own, struct exposure_set *set, struct arena *arena,
                      struct faults *faults)
{
    static const char *const known[] = {"municipality", "rules", "links"};
    struct parsing parsing = {arena, faults, NULL, 0, EXPOSURE_OWN_RULES_MAX};
    struct node code = node_member(own->root, known[0], faults);
    struct str named = node_str(code, faults);

    node_only(own->root, known, sizeof known / sizeof *known, faults);
    if (named.at && !str_equal(named, own->municipality->code))
        node_fault(code, faults, "is not yours: these are the rules of %.*s",
                   STR_ARG(own->municipality->code));
    set->code = own->municipality->code;
    set->cvr = own->municipality->cvr;
    parse_rules(&parsing, node_member(own->root, known[1], faults), set);
    exposure_links_parse(node_member(own->root, known[2], faults), &set->links, arena, faults);
}

static bool is_own(const struct exposure_set *set, const struct exposure_own *own, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if ((set->code.at && str_equal(set->code, own[i].municipality->code)) ||
            (set->cvr.at && str_equal(set->cvr, own[i].municipality->cvr)))
            return true;
    return false;
}

void exposure_sets_own(struct exposure_sets *sets, const struct exposure_own *own, size_t count,
                       struct arena *arena, struct faults *faults)
{
    struct exposure_sets all = {.standard = sets->standard};

    if (!make_room(&all, sets->count + count, arena))
        return;
    for (size_t i = 0; i < sets->count; i++)
        if (!is_own(&sets->at[i], own, count))
            all.at[all.count++] = sets->at[i];
    for (size_t i = 0; i < count; i++)
        parse_own(&own[i], &all.at[all.count++], arena, faults);
    index_sets(&all);
    *sets = all;
}

/* ---- finding ---- */

static const struct exposure_set *find(const struct exposure_set *const *sets, size_t count,
                                       const struct exposure_set *key,
                                       int (*compare)(const void *, const void *))
{
    const struct exposure_set *const *found =
        count > 0 ? bsearch(&key, sets, count, sizeof(struct exposure_set *), compare) : NULL;

    return found ? *found : NULL;
}

const struct exposure_set *exposure_set_find(const struct exposure_sets *sets, struct str cvr,
                                             struct str code)
{
    const struct exposure_set key = {.cvr = cvr, .code = code};
    const struct exposure_set *set = NULL;

    if (cvr.len > 0)
        set = find((const struct exposure_set *const *)sets->by_cvr, sets->cvr_count, &key,
                   compare_cvrs);
    if (!set && code.len > 0)
        set = find((const struct exposure_set *const *)sets->by_code, sets->code_count, &key,
                   compare_codes);
    return set;
}

const struct exposure_rule *exposure_rule_find(const struct exposure_set *set, struct kle kle,
                                               struct date day, bool observing)
{
    struct kle_walk walk = kle_walk_start(&set->table, kle);

    for (const struct exposure_rule *rule; (rule = kle_walk_next(&walk));)
        for (; rule; rule = rule->next)
            if ((observing || rule->mode == EXPOSURE_ENFORCE) && covers(rule, day))
                return rule;
    return NULL;
}

struct str exposure_rule_name(const struct exposure_rule *rule)
{
    return rule->id.at ? rule->id : rule->where;
}
