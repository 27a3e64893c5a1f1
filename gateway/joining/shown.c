/* SPDX-License-Identifier: MIT */
#include "joining/shown.h"

#include <stdlib.h>
#include <string.h>

/* What makes an item the same in both previews: all that its source says of it. */
static const char *const item_key[] = {"citizen", "source", "municipality", "kind",   "title",
                                       "kle",     "facet",  "system",       "created"};
static const char *const row_key[] = {"citizen", "id", "municipality"};
static const char *const told[] = {"citizen", "source", "municipality", "kind",
                                   "title",   "kle",    "system"};

static bool is_same(const json_t *a, const json_t *b, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!json_equal(json_object_get(a, names[i]), json_object_get(b, names[i])))
            return false;
    return true;
}

/* The first of `list`, not taken yet, that is the same; it is taken then. */
static const json_t *take_same(const json_t *list, bool *taken, const json_t *one,
                               const char *const *names, size_t count)
{
    const json_t *other;
    size_t i;

    json_array_foreach(list, i, other)
    {
        if (taken[i] || !is_same(one, other, names, count))
            continue;
        taken[i] = true;
        return other;
    }
    return NULL;
}

/* How a rule is called: its id, else its pattern; "" where a built-in one decides. */
static const char *rule_name(const json_t *item)
{
    const json_t *rule = json_object_get(item, "rule");
    const char *id = json_string_value(json_object_get(rule, "id"));
    const char *kle = json_string_value(json_object_get(rule, "kle"));

    return id ? id : kle ? kle : "";
}

static json_t *verdict_of(const json_t *item)
{
    return item ? json_pack("{s:O, s:O, s:s}", "shown", json_object_get(item, "shown"), "verdict",
                            json_object_get(item, "verdict"), "rule", rule_name(item))
                : json_null();
}

static bool is_judged_alike(const json_t *a, const json_t *b)
{
    static const char *const verdict[] = {"shown", "verdict"};
    return a && b && is_same(a, b, verdict, 2) && strcmp(rule_name(a), rule_name(b)) == 0;
}

static void add_change(const json_t *before, const json_t *after, json_t *changes)
{
    const json_t *item = before ? before : after;
    json_t *change = json_object();

    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        json_object_set(change, told[i], json_object_get(item, told[i]));
    json_object_set_new(change, "before", verdict_of(before));
    json_object_set_new(change, "after", verdict_of(after));
    json_array_append_new(changes, change);
}

static void compare_items(const json_t *before, const json_t *after, json_t *changes)
{
    bool *taken = calloc(json_array_size(after) + 1, sizeof *taken);
    const json_t *item;
    size_t i;

    if (!taken)
        return;
    json_array_foreach(before, i, item)
    {
        const json_t *other =
            take_same(after, taken, item, item_key, sizeof item_key / sizeof *item_key);
        if (!is_judged_alike(item, other))
            add_change(item, other, changes);
    }
    json_array_foreach(after, i, item) if (!taken[i]) add_change(NULL, item, changes);
    free(taken);
}

static json_t *state_of(const json_t *row)
{
    return row ? json_pack("{s:O}", "state", json_object_get(row, "state")) : json_null();
}

static void compare_rows(const json_t *before, const json_t *after, json_t *changes)
{
    static const char *const state[] = {"state"};
    bool *taken = calloc(json_array_size(after) + 1, sizeof *taken);
    const json_t *row;
    size_t i;

    if (!taken)
        return;
    json_array_foreach(before, i, row)
    {
        const json_t *other = take_same(after, taken, row, row_key, 3);
        if (!other || !is_same(row, other, state, 1))
            json_array_append_new(changes,
                                  json_pack("{s:O, s:O, s:O, s:n, s:o, s:o}", "citizen",
                                            json_object_get(row, "citizen"), "source",
                                            json_object_get(row, "id"), "municipality",
                                            json_object_get(row, "municipality"), "kind", "before",
                                            state_of(row), "after", state_of(other)));
    }
    free(taken);
}

void shown_compare(const json_t *before, const json_t *after, json_t *changes)
{
    compare_rows(json_object_get(before, "sources"), json_object_get(after, "sources"), changes);
    compare_items(json_object_get(before, "items"), json_object_get(after, "items"), changes);
}

/* ---- for people ---- */

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "-";
}

/* "shown by help", "withheld (kle-not-open) by 32.*", "not there", "late" */
static void print_verdict(const json_t *verdict, struct buf *out)
{
    const char *rule = member(verdict, "rule");

    if (json_is_null(verdict))
        buf_format(out, "not there");
    else if (json_object_get(verdict, "state"))
        buf_format(out, "%s", member(verdict, "state"));
    else if (json_is_true(json_object_get(verdict, "shown")))
        buf_format(out, "shown");
    else
        buf_format(out, "withheld (%s)", member(verdict, "verdict"));
    if (*rule && strcmp(rule, "-") != 0)
        buf_format(out, " by %s", rule);
}

void shown_print(const json_t *changes, struct buf *out)
{
    const json_t *change;
    size_t i;

    if (json_array_size(changes) == 0)
        buf_format(out, "what it shows of the test citizens: as before\n");
    json_array_foreach(changes, i, change)
    {
        buf_format(out, "  %s %s/%s", member(change, "citizen"), member(change, "source"),
                   member(change, "municipality"));
        if (json_is_string(json_object_get(change, "kind")))
            buf_format(out, " %s %s \"%s\"", member(change, "kind"), member(change, "kle"),
                       member(change, "title"));
        buf_format(out, ": ");
        print_verdict(json_object_get(change, "before"), out);
        buf_format(out, " -> ");
        print_verdict(json_object_get(change, "after"), out);
        buf_add_byte(out, '\n');
    }
}
