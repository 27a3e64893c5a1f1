/* SPDX-License-Identifier: MIT */
#include "portal/json.h"

#include <malloc.h>
#include <stdlib.h>

static void wipe_and_free(void *memory)
{
    if (memory)
        explicit_bzero(memory, malloc_usable_size(memory));
    free(memory);
}

void json_wipe_always(void)
{
    json_set_alloc_funcs(malloc, wipe_and_free);
}

json_t *json_read(struct str bytes)
{
    json_t *read = json_loadb(bytes.at ? bytes.at : "", bytes.len, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(read))
        return read;
    json_decref(read);
    return NULL;
}

struct str json_text(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? str_make(json_string_value(value), json_string_length(value))
                                 : STR_NONE;
}

int64_t json_number(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) ? json_integer_value(value) : -1;
}

bool json_is(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

struct date json_date(const json_t *object, const char *name)
{
    struct date date;
    return date_parse(json_text(object, name), &date) ? date : DATE_NONE;
}

struct wall json_wall(const json_t *object, const char *name)
{
    struct wall wall;
    return wall_parse(json_text(object, name), &wall) ? wall : WALL_NONE;
}
