/* SPDX-License-Identifier: MIT */
#include "joining/source_preview.h"

#include <stdlib.h>
#include <string.h>

#include "base/plain.h"

static bool is_within(const json_t *expected, const json_t *value)
{
    const char *name;
    const json_t *member;
    size_t i;

    if (json_is_object(expected) && json_is_object(value)) {
        json_object_foreach(
            (json_t *)expected, name,
            member) if (!is_within(member, json_object_get(value, name))) return false;
        return true;
    }
    if (json_is_array(expected) && json_is_array(value)) {
        json_array_foreach(expected, i,
                           member) if (!is_within(member, json_array_get(value, i))) return false;
        return json_array_size(expected) == json_array_size(value);
    }
    return value && json_equal(expected, value);
}

static void add_value(struct buf *out, const json_t *value)
{
    char *text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;

    plain_add(out, text ? str_of(text) : STR("nothing"));
    free(text);
}

static size_t compare_item(size_t at, const json_t *item, const json_t *expected, struct buf *out)
{
    const char *name;
    const json_t *member;
    size_t count = 0;

    json_object_foreach((json_t *)expected, name, member)
    {
        const json_t *value = json_object_get(json_object_get(item, "item"), name);
        if (!value)
            value = json_object_get(item, name);
        if (strcmp(name, "comment") == 0 || is_within(member, value))
            continue;
        buf_format(out, "item %zu: ", at + 1);
        plain_add(out, str_of(name));
        buf_add_str(out, STR(" is "));
        add_value(out, value);
        buf_add_str(out, STR(", expected "));
        add_value(out, member);
        buf_add_byte(out, '\n');
        count++;
    }
    return count;
}

size_t source_preview_differences(const json_t *preview, const json_t *expected, struct buf *out)
{
    const json_t *items = json_object_get(preview, "items"), *one;
    const json_t *list = json_object_get(expected, "items");
    size_t i, count = 0;

    if (!json_is_array(list)) {
        buf_add_str(out, STR("expected a file of the form {\"items\": […]}\n"));
        return 1;
    }
    if (json_array_size(items) != json_array_size(list)) {
        buf_format(out, "%zu items, expected %zu\n", json_array_size(items), json_array_size(list));
        count++;
    }
    json_array_foreach(list, i, one)
    {
        if (i < json_array_size(items))
            count += compare_item(i, json_array_get(items, i), one, out);
    }
    return count;
}
