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
    for (size_t i = 0; i < list->count; i++) {
        if (one->code.at && str_equal(one->code, list->at[i].code))
            node_fault(code, faults, "is also that of %.*s", STR_ARG(list->at[i].name));
        if (one->cvr.at && str_equal(one->cvr, list->at[i].cvr))
            node_fault(cvr, faults, "is also that of %.*s", STR_ARG(list->at[i].name));
    }
    list->count++;
}

void municipalities_parse(struct node root, struct municipalities *list, struct arena *arena,
                          struct faults *faults)
{
    static const char *const known[] = {"municipalities"};
    struct node node = node_member(root, known[0], faults);
    size_t count = node_count(node);

    *list = (struct municipalities){0};
    node_only(root, known, 1, faults);
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
}

const struct municipality *municipality_find(const struct municipalities *list, struct str code)
{
    const struct municipality key = {.code = code};

    return list->count > 0 ? bsearch(&key, list->at, list->count, sizeof *list->at, compare_codes)
                           : NULL;
}

const struct municipality *municipality_find_cvr(const struct municipalities *list, struct str cvr)
{
    for (size_t i = 0; cvr.len > 0 && i < list->count; i++)
        if (str_equal(list->at[i].cvr, cvr))
            return &list->at[i];
    return NULL;
}
