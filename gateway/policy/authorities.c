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

void authority_card_parse(const struct card_reading *reading, struct node node, struct str key,
                          bool is_owner, struct authority_card *card)
{
    struct faults *faults = reading->faults;
    struct node contacts = node_member(node, "contacts", faults);
    struct node breach = node_member(node, "breach", faults);
    struct url url;

    card->key = key;
    card->contacts = contacts_parse(contacts, reading->arena, faults);
    card->data_protection = node_text(node_member(node, "data_protection", faults), faults);
    card->breach = node_str_needed(breach, faults);
    card->corrections =
        correction_endpoint_parse(node_member(node, "corrections", faults), reading->settings,
                                  reading->base, is_owner, faults);
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

static void parse_card(const struct card_reading *reading, struct node node,
                       struct authorities *list)
{
    static const char *const known[] = {"cvr",    "municipality", "contacts", "data_protection",
                                        "breach", "corrections"};
    struct faults *faults = reading->faults;
    struct str cvr = parse_digits(node_member(node, "cvr", faults), CVR_DIGITS, faults);
    struct str code = parse_digits(node_member(node, "municipality", faults), CODE_DIGITS, faults);
    struct authority_card *card = &list->at[list->count];

    node_only(node, known, sizeof known / sizeof *known, faults);
    if (!cvr.at == !code.at)
        node_fault(node, faults, "expected either \"cvr\" or \"municipality\"");
    authority_card_parse(reading, node, cvr.at ? cvr : code, false, card);
    list->count++;
}

/* Whose card stands twice, of all that are sorted; found again in the file by its number. */
static void find_twins(struct node node, const struct authorities *list, struct faults *faults)
{
    for (size_t i = 1; list->at && i < list->count; i++) {
        struct str key = list->at[i].key;
        const char *name = key.len == CVR_DIGITS ? "cvr" : "municipality";
        size_t last = node_count(node);

        if (!key.at || !str_equal(key, list->at[i - 1].key))
            continue;
        while (last > 0 && !str_equal(key, str_of(json_string_value(json_object_get(
                                               json_array_get(node.value, last - 1), name)))))
            last--;
        node_fault(last > 0 ? node_element(node, last - 1, faults) : node, faults,
                   "there is another card of this authority");
    }
}

void authorities_parse(const struct card_reading *reading, struct node root,
                       const struct authority_card *const *owners, size_t owner_count,
                       struct authorities *list)
{
    struct faults *faults = reading->faults;
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
    list->at = arena_calloc(reading->arena, count + owner_count + 1, sizeof *list->at);
    for (size_t i = 0; list->at && i < count; i++)
        parse_card(reading, node_element(node, i, faults), list);
    for (size_t i = 0; list->at && i < owner_count; i++)
        list->at[list->count++] = *owners[i];
    if (list->at) {
        qsort(list->at, list->count, sizeof *list->at, compare_keys);
        find_twins(node, list, faults);
    }
    node_only(municipalities, words, sizeof words / sizeof *words, faults);
    authority_card_parse(reading, municipalities, STR_NONE, false, &list->municipalities);
}

const struct authority_card *authorities_find(const struct authorities *list,
                                              const struct authority *authority)
{
    const struct authority_card *card = find(list, authority->cvr);

    if (!card)
        card = find(list, authority->code);
    return card || !authority->code.at ? card : &list->municipalities;
}
