/* SPDX-License-Identifier: MIT */
#include "policy/case_status.h"

#include <stdlib.h>

/* ---- order: by system, then by text, ASCII letters alike ---- */

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : (unsigned char)c;
}

static int compare_nocase(struct str a, struct str b)
{
    size_t len = a.len < b.len ? a.len : b.len;

    for (size_t i = 0; i < len; i++)
        if (lower(a.at[i]) != lower(b.at[i]))
            return lower(a.at[i]) - lower(b.at[i]);
    return (a.len > b.len) - (a.len < b.len);
}

static int compare(const void *left, const void *right)
{
    const struct case_meaning *a = left, *b = right;
    int order = compare_nocase(a->system, b->system);

    return order ? order : compare_nocase(a->text, b->text);
}

/* ---- the file ---- */

static void parse_awaiting(struct node node, struct case_meaning *meaning, struct faults *faults)
{
    static const struct str names[] = {[AWAITING_CITIZEN] = STR_INIT("citizen"),
                                       [AWAITING_AUTHORITY] = STR_INIT("authority"),
                                       [AWAITING_NOBODY] = STR_INIT("nobody")};
    struct str name = node_str(node, faults);

    for (enum awaiting a = AWAITING_CITIZEN; a <= AWAITING_NOBODY; a++)
        if (str_equal(name, names[a]))
            meaning->awaiting = a;
    if (name.at && meaning->awaiting == AWAITING_UNKNOWN)
        node_fault(node, faults, "expected citizen, authority or nobody");
}

static void parse_status(struct node node, struct case_meaning *meaning, struct faults *faults)
{
    struct str name = node_str(node, faults);

    for (enum item_status s = STATUS_CREATED; s <= STATUS_REJECTED; s++)
        if (str_equal(name, item_status_code(s)))
            meaning->status = s;
    if (name.at && meaning->status == STATUS_UNKNOWN)
        node_fault(node, faults,
                   "expected created, opened, in_progress, decided, closed or rejected");
}

static void parse_meaning(struct node node, struct str system, struct case_status *table,
                          struct faults *faults)
{
    static const char *const known[] = {"text", "awaiting", "status"};
    struct case_meaning *meaning = &table->at[table->count];
    struct node text = node_member(node, "text", faults);

    node_only(node, known, sizeof known / sizeof *known, faults);
    *meaning = (struct case_meaning){.system = system, .text = node_str_needed(text, faults)};
    parse_awaiting(node_member(node, "awaiting", faults), meaning, faults);
    parse_status(node_member(node, "status", faults), meaning, faults);
    if (!meaning->text.at || !system.at)
        return;
    if (meaning->awaiting == AWAITING_UNKNOWN && meaning->status == STATUS_UNKNOWN)
        node_fault(node, faults, "says nothing: expected \"awaiting\", \"status\" or both");
    table->count++;
}

static void parse_system(struct node node, struct case_status *table, struct faults *faults)
{
    static const char *const known[] = {"system", "texts"};
    struct str system = node_str_needed(node_member(node, "system", faults), faults);
    struct node texts = node_member(node, "texts", faults);

    node_only(node, known, sizeof known / sizeof *known, faults);
    if (!json_is_array(texts.value))
        node_fault(texts, faults, "expected a list of texts and what they mean");
    for (size_t i = 0; i < node_count(texts); i++)
        parse_meaning(node_element(texts, i, faults), system, table, faults);
}

static size_t count_texts(struct node systems, struct faults *faults)
{
    size_t count = 0;

    for (size_t i = 0; i < node_count(systems); i++)
        count += node_count(node_member(node_element(systems, i, faults), "texts", faults));
    return count;
}

void case_status_parse(struct node root, struct case_status *table, struct arena *arena,
                       struct faults *faults)
{
    static const char *const known[] = {"systems"};
    struct node systems = node_member(root, known[0], faults);
    size_t most;

    *table = (struct case_status){0};
    node_only(root, known, 1, faults);
    if (!json_is_array(systems.value) || node_count(systems) > CASE_STATUS_SYSTEMS_MAX) {
        node_fault(systems, faults, "expected a list of at most %d systems",
                   CASE_STATUS_SYSTEMS_MAX);
        return;
    }
    if ((most = count_texts(systems, faults)) > CASE_STATUS_TEXTS_MAX) {
        node_fault(systems, faults, "expected at most %d texts in all", CASE_STATUS_TEXTS_MAX);
        return;
    }
    if (!(table->at = arena_calloc(arena, most + 1, sizeof *table->at)))
        return;
    for (size_t i = 0; i < node_count(systems); i++)
        parse_system(node_element(systems, i, faults), table, faults);
    qsort(table->at, table->count, sizeof *table->at, compare);
    for (size_t i = 1; i < table->count; i++)
        if (compare(&table->at[i - 1], &table->at[i]) == 0)
            node_fault(systems, faults, "the text \"%.*s\" of system %.*s comes twice",
                       STR_ARG(table->at[i].text), STR_ARG(table->at[i].system));
}

/* ---- using it ---- */

const struct case_meaning *case_status_find(const struct case_status *table, struct str system,
                                            struct str text)
{
    const struct case_meaning key = {.system = system, .text = text};

    return table->count > 0 && system.len > 0 && text.len > 0
               ? bsearch(&key, table->at, table->count, sizeof *table->at, compare)
               : NULL;
}

void case_status_apply(const struct case_status *table, struct item *item)
{
    const struct case_meaning *meaning =
        item->kind == ITEM_CASE ? case_status_find(table, item->sending_system, item->status_text)
                                : NULL;

    if (!meaning)
        return;
    if (item->awaiting == AWAITING_UNKNOWN)
        item->awaiting = meaning->awaiting;
    if (meaning->status != STATUS_UNKNOWN &&
        (item->status == STATUS_UNKNOWN || item->status == STATUS_OPENED))
        item->status = meaning->status;
}
