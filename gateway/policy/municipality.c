/* SPDX-License-Identifier: MIT */
#include "policy/municipality.h"

#include <stdlib.h>

enum { CODE_DIGITS = 4, CVR_DIGITS = 8 };

static bool has_digits(struct str text, size_t count)
{
    return text.len == count && str_is_digits(text);
}

static int compare_codes(const void *a, const void *b)
{
    const struct municipality *x = a, *y = b;
    return str_compare(x->code, y->code);
}

/* The eighth digit checks the others, by modulus 11 (Danmarks Statistik, variable CVRNR). A
 * mistyped number would ask for somebody else's citizens. */
static bool is_cvr(struct str cvr)
{
    static const int weights[CVR_DIGITS] = {2, 7, 6, 5, 4, 3, 2, 1};
    int sum = 0;

    for (size_t i = 0; i < CVR_DIGITS; i++)
        sum += weights[i] * (cvr.at[i] - '0');
    return sum % 11 == 0;
}

static void parse_one(struct node node, struct municipalities *list, struct faults *faults)
{
    static const char *const known[] = {"code", "name", "cvr"};
    struct municipality *one = &list->at[list->count];

    node_only(node, known, sizeof known / sizeof *known, faults);
    struct node code = node_member(node, "code", faults), cvr = node_member(node, "cvr", faults);
    *one =
        (struct municipality){.code = node_str_needed(code, faults),
                              .cvr = node_str(cvr, faults),
                              .name = node_str_needed(node_member(node, "name", faults), faults)};
    if (one->code.at && !has_digits(one->code, CODE_DIGITS))
        node_fault(code, faults, "expected four digits");
    if (one->cvr.at && !has_digits(one->cvr, CVR_DIGITS))
        node_fault(cvr, faults, "expected eight digits");
    else if (one->cvr.at && !is_cvr(one->cvr))
        node_fault(cvr, faults, "is no CVR number: its last digit does not fit the others");
    for (size_t i = 0; i < list->count; i++) {
        if (one->code.at && str_equal(one->code, list->at[i].code))
            node_fault(code, faults, "is also that of %.*s", STR_ARG(list->at[i].name));
        if (one->cvr.at && str_equal(one->cvr, list->at[i].cvr))
            node_fault(cvr, faults, "is also that of %.*s", STR_ARG(list->at[i].name));
    }
    list->count++;
}

static bool is_named(const struct rollout *rollout, struct str code)
{
    for (size_t i = 0; i < rollout->code_count; i++)
        if (str_equal(rollout->codes[i], code))
            return true;
    return false;
}

/* The row that decides about this municipality: one that names it, else the source's row for the
 * rest. `code` NULL asks for that row alone. */
static const struct rollout *find_rollout(const struct municipalities *list, struct str source,
                                          struct str code)
{
    const struct rollout *rest = NULL;

    for (size_t i = 0; i < list->rollout_count; i++) {
        const struct rollout *rollout = &list->rollouts[i];

        if (!str_equal(rollout->source, source))
            continue;
        if (code.at && is_named(rollout, code))
            return rollout;
        if (rollout->code_count == 0)
            rest = rollout;
    }
    return rest;
}

static void parse_rollout(struct node node, struct municipalities *list, struct faults *faults)
{
    static const char *const known[] = {"source", "from", "municipalities"};
    struct node source = node_member(node, "source", faults);
    struct node from = node_member(node, "from", faults);
    struct node codes = node_member(node, "municipalities", faults);
    struct rollout rollout = {.source = node_str_needed(source, faults),
                              .from = node_date(from, faults)};

    node_only(node, known, sizeof known / sizeof *known, faults);
    rollout.codes = node_strs(codes, &rollout.code_count, faults);
    if (!node_is_present(from))
        node_fault(from, faults, "is needed: the date from which it is shown");
    if (node_is_present(codes) && rollout.code_count == 0)
        node_fault(codes, faults, "expected municipalities' codes; leave it out for all others");
    for (size_t i = 0; i < rollout.code_count; i++) {
        const struct rollout *other = find_rollout(list, rollout.source, rollout.codes[i]);

        if (!municipality_find(list, rollout.codes[i]))
            node_fault(node_element(codes, i, faults), faults, "is no municipality's code");
        else if (other && other->code_count > 0)
            node_fault(node_element(codes, i, faults), faults, "stands in another row as well");
    }
    if (rollout.code_count == 0 && rollout.source.at &&
        find_rollout(list, rollout.source, STR_NONE))
        node_fault(node, faults, "there is another row for the rest of this source");
    list->rollouts[list->rollout_count++] = rollout;
}

static void parse_rollouts(struct node node, struct municipalities *list, struct arena *arena,
                           struct faults *faults)
{
    size_t count = node_count(node);

    if (node_is_present(node) && !json_is_array(node.value))
        node_fault(node, faults, "expected a list");
    if (count > MUNICIPALITIES_MAX) {
        node_fault(node, faults, "expected at most %d", MUNICIPALITIES_MAX);
        return;
    }
    list->rollouts = arena_calloc(arena, count + 1, sizeof *list->rollouts);
    for (size_t i = 0; list->rollouts && i < count; i++)
        parse_rollout(node_element(node, i, faults), list, faults);
}

void municipalities_parse(struct node root, struct municipalities *list, struct arena *arena,
                          struct faults *faults)
{
    static const char *const known[] = {"municipalities", "rollout"};
    struct node node = node_member(root, known[0], faults);
    size_t count = node_count(node);

    *list = (struct municipalities){0};
    node_only(root, known, 2, faults);
    if (count > MUNICIPALITIES_MAX) {
        node_fault(node, faults, "expected at most %d", MUNICIPALITIES_MAX);
        return;
    }
    list->at = arena_calloc(arena, count + 1, sizeof *list->at);
    for (size_t i = 0; list->at && i < count; i++)
        parse_one(node_element(node, i, faults), list, faults);
    if (!list->at || list->count == 0)
        node_fault(node, faults, "expected a list of municipalities");
    else
        qsort(list->at, list->count, sizeof *list->at, compare_codes);
    parse_rollouts(node_member(root, "rollout", faults), list, arena, faults);
}

const struct municipality *municipality_find(const struct municipalities *list, struct str code)
{
    const struct municipality key = {.code = code};

    return list->at ? bsearch(&key, list->at, list->count, sizeof *list->at, compare_codes) : NULL;
}

const struct municipality *municipality_find_cvr(const struct municipalities *list, struct str cvr)
{
    for (size_t i = 0; cvr.len > 0 && i < list->count; i++)
        if (str_equal(list->at[i].cvr, cvr))
            return &list->at[i];
    return NULL;
}

bool municipality_shows(const struct municipalities *list, const struct municipality *municipality,
                        struct str source, struct date day)
{
    const struct rollout *rollout = find_rollout(list, source, municipality->code);

    if (rollout)
        return date_compare(rollout->from, day) <= 0;
    for (size_t i = 0; i < list->rollout_count; i++)
        if (str_equal(list->rollouts[i].source, source))
            return false; /* pilots only */
    return true;
}
