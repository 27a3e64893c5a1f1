/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/municipal_data.h"

struct str municipal_member(const struct state_words *words, const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return json_is_string(value)
               ? state_text(words, str_make(json_string_value(value), json_string_length(value)))
               : STR_NONE;
}

bool municipal_flag(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

struct str municipal_stamp(const struct state_words *words, struct str text)
{
    enum { DATE_LEN = 10 };

    text = state_text(words, text);
    return text.len == DATE_LEN ? arena_format(words->arena, "%.*sT00:00:00", STR_ARG(text)) : text;
}

struct str municipal_day(const struct state_words *words, struct str text)
{
    return str_head(state_text(words, text), 10);
}

struct wall municipal_changed(const struct state_words *words, const json_t *object)
{
    struct wall wall = WALL_NONE;
    struct str text = municipal_member(words, object, "changed");

    return text.at && wall_parse(municipal_stamp(words, text), &wall) ? wall : WALL_NONE;
}

static const json_t *find(const json_t *table, struct str name)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)table, key, value)
    {
        if (!name.at || str_equal(str_of(key), name))
            return value;
    }
    return NULL;
}

struct str municipal_owner(const struct state_words *words, struct str owner, const char *what)
{
    const json_t *authorities = json_object_get(words->data->holdings, "authorities");

    return municipal_member(words, find(authorities, owner), what);
}

struct str municipal_system(const struct state_words *words, struct str system, const char *what)
{
    return municipal_member(words, find(json_object_get(words->data->holdings, "systems"), system),
                            what);
}

void municipal_visit_array(const struct state_words *words, const json_t *array,
                           municipal_visit_fn *visit, void *ctx)
{
    struct state_words own = *words;
    const json_t *object;
    size_t i;

    json_array_foreach(array, i, object)
    {
        const json_t *times = json_object_get(object, "gentag");
        long first = (long)json_integer_value(json_object_get(object, "fra"));
        long count = times ? (long)json_integer_value(times) : 1;

        for (own.n = times ? first : words->n; count > 0; count--, own.n++)
            visit(ctx, &own, object);
    }
}

void municipal_visit(const struct state_words *words, const char *kind, municipal_visit_fn *visit,
                     void *ctx)
{
    struct state_words own = *words;
    size_t i;

    json_array_foreach(words->data->citizens, i, own.self)
    {
        municipal_visit_array(&own, json_object_get(sandbox_holdings(words->data, own.self), kind),
                              visit, ctx);
    }
}
