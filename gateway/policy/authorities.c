/* SPDX-License-Identifier: MIT */
#include "policy/authorities.h"

#include <stdlib.h>

#include "policy/url.h"

enum { CARDS_MAX = 2000, CVR_DIGITS = 8, CODE_DIGITS = 4 };

static struct str parse_digits(struct node node, size_t digits, struct faults *faults)
{
    struct str text = node_str(node, faults);

    if (text.at && (text.len != digits || !str_is_digits(text)))
        node_fault(node, faults, "expected %s digits", digits == CVR_DIGITS ? "eight" : "four");
    return text;
}

/* What every card says. */
static void parse_words(struct node node, struct authority_card *card, struct arena *arena,
                        struct faults *faults)
{
    struct node contacts = node_member(node, "contacts", faults);
    struct node breach = node_member(node, "breach", faults);
    struct url url;

    card->contacts = contacts_parse(contacts, arena, faults);
    card->data_protection = node_text(node_member(node, "data_protection", faults), faults);
    card->breach = node_str_needed(breach, faults);
    if (!card->contacts)
        node_fault(contacts, faults, "is needed: at least one way to reach it");
    if (card->breach.at && (!url_parse(card->breach, &url) || url.is_plain))
        node_fault(breach, faults, "expected \"https://host/path\"");
}

static int compare_keys(const void *a, const void *b)
{
    const struct authority_card *x = a, *y = b;

    return str_compare(x->key, y->key);
}

static const struct authority_card *find(const struct authorities *list, struct str key)
{
    const struct authority_card wanted = {.key = key};

    return key.at && list->count > 0
               ? bsearch(&wanted, list->at, list->count, sizeof *list->at, compare_keys)
               : NULL;
}

static bool stands_before(const struct authorities *list, struct str key)
{
    for (size_t i = 0; key.at && i < list->count; i++)
        if (str_equal(list->at[i].key, key))
            return true;
    return false;
}

static void parse_card(struct node node, struct authorities *list, struct arena *arena,
                       struct faults *faults)
{
    static const char *const known[] = {"cvr", "municipality", "contacts", "data_protection",
                                        "breach"};
    struct str cvr = parse_digits(node_member(node, "cvr", faults), CVR_DIGITS, faults);
    struct str code = parse_digits(node_member(node, "municipality", faults), CODE_DIGITS, faults);
    struct authority_card *card = &list->at[list->count];

    node_only(node, known, sizeof known / sizeof *known, faults);
    card->key = cvr.at ? cvr : code;
    if (!cvr.at == !code.at)
        node_fault(node, faults, "expected either \"cvr\" or \"municipality\"");
    else if (stands_before(list, card->key))
        node_fault(node, faults, "there is another card of this authority");
    parse_words(node, card, arena, faults);
    list->count++;
}

void authorities_parse(struct node root, struct authorities *list, struct arena *arena,
                       struct faults *faults)
{
    static const char *const known[] = {"authorities", "municipalities"};
    static const char *const words[] = {"contacts", "data_protection", "breach"};
    struct node node = node_member(root, "authorities", faults);
    struct node municipalities = node_member(root, "municipalities", faults);
    size_t count = node_count(node);

    *list = (struct authorities){0};
    node_only(root, known, 2, faults);
    if (count > CARDS_MAX || (node_is_present(node) && !json_is_array(node.value))) {
        node_fault(node, faults, "expected a list of at most %d", CARDS_MAX);
        return;
    }
    list->at = arena_calloc(arena, count + 1, sizeof *list->at);
    for (size_t i = 0; list->at && i < count; i++)
        parse_card(node_element(node, i, faults), list, arena, faults);
    if (list->at)
        qsort(list->at, list->count, sizeof *list->at, compare_keys);
    node_only(municipalities, words, sizeof words / sizeof *words, faults);
    parse_words(municipalities, &list->municipalities, arena, faults);
}

void authorities_check(const struct authorities *list, struct node root,
                       const struct authority *authority, struct faults *faults)
{
    if (authority->cvr.at && !find(list, authority->cvr))
        node_fault(node_member(root, "authorities", faults), faults,
                   "%.*s (CVR %.*s) answers here and has no card: its contacts, "
                   "\"data_protection\" and \"breach\"",
                   STR_ARG(authority->name), STR_ARG(authority->cvr));
}

const struct authority_card *authorities_find(const struct authorities *list,
                                              const struct authority *authority)
{
    const struct authority_card *card = find(list, authority->cvr);

    if (!card)
        card = find(list, authority->code);
    return card || !authority->code.at ? card : &list->municipalities;
}
