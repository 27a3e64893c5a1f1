/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/bend.h"

#include <stdio.h>

enum { NAMES_MAX = 8 };

/* Members that a fault takes away, or replaces where they are. */
static const struct {
    enum sandbox_bend bend;
    const char *names[NAMES_MAX];
    const char *instead; /* NULL: they go */
} changes[] = {
    {BEND_UNTITLED, {"titel", "title"}, NULL},
    {BEND_ODD_STATUS,
     {"sagstatus", "ydelsesstatus", "betalingsstatus", "akkreditivstatus", "aftalestatus"},
     "Uden for listen"},
    {BEND_ODD_STATUS, {"steps"}, NULL},
    {BEND_OTHER_AUTHORITY, {"owner"}, "udk"},
    {BEND_BARE, {"number", "created"}, NULL},
    {BEND_NO_NOTES, {"notes"}, NULL},
    {BEND_NO_DOCUMENTS, {"documents"}, NULL},
    {BEND_NO_ORGANISATION, {"unit"}, NULL},
    {BEND_NO_CLASSIFICATION, {"kle"}, NULL},
};
enum { CHANGES = sizeof changes / sizeof changes[0] };

static void change(json_t *item, const char *name, const char *instead)
{
    if (!json_object_get(item, name))
        return;
    if (instead)
        json_object_set_new(item, name, json_string(instead));
    else
        json_object_del(item, name);
}

/* The last digits of our request id: never the same twice. */
static void add_words(json_t *item, const char *name, struct str request_id)
{
    const char *text = json_string_value(json_object_get(item, name));
    char longer[512];

    if (!text)
        return;
    snprintf(longer, sizeof longer, "%s (%.*s)", text,
             STR_ARG(str_skip(request_id, request_id.len > 6 ? request_id.len - 6 : 0)));
    json_object_set_new(item, name, json_string(longer));
}

static void bend_benefits(json_t *item)
{
    json_t *benefit;
    size_t i;

    json_array_foreach(json_object_get(item, "benefits"), i, benefit)
        json_object_del(benefit, "kle");
}

json_t *sandbox_bend_item(const json_t *item, enum sandbox_bend bend, struct str request_id)
{
    json_t *copy;

    if (bend < BEND_UNTITLED || bend > BEND_ODD_PROGRESS || bend == BEND_LEFT_BEHIND ||
        !(copy = json_deep_copy(item)))
        return NULL;
    for (size_t i = 0; i < CHANGES; i++)
        for (size_t n = 0; n < NAMES_MAX && changes[i].names[n]; n++)
            if (changes[i].bend == bend)
                change(copy, changes[i].names[n], changes[i].instead);
    if (bend == BEND_UNSTABLE) {
        add_words(copy, "titel", request_id);
        add_words(copy, "title", request_id);
    }
    if (bend == BEND_NO_CLASSIFICATION)
        bend_benefits(copy);
    if (bend == BEND_ODD_PROGRESS)
        json_object_set_new(copy, "status_text", json_string("Under behandling"));
    return copy;
}
