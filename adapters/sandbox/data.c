/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/data.h"

#include <stdio.h>

static json_t *load(const char *path, json_type type, char why[DATA_WHY_MAX])
{
    json_error_t error;
    json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!json) {
        snprintf(why, DATA_WHY_MAX, "%.120s:%d:%d: %.120s", path, error.line, error.column,
                 error.text);
    } else if (json_typeof(json) != type) {
        snprintf(why, DATA_WHY_MAX, "%.120s: %s expected", path,
                 type == JSON_ARRAY ? "an array" : "an object");
        json_decref(json);
        json = NULL;
    }
    return json;
}

/* Whoever stands in citizens.json can log in and be asked about: a mistake there is found at start.
 */
static bool citizen_is_whole(const json_t *citizen)
{
    struct cpr cpr;
    const char *number = json_string_value(json_object_get(citizen, "cpr"));
    static const char *const texts[] = {"id", "name", "uuid", "birth", "level"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!json_is_string(json_object_get(citizen, texts[i])))
            return false;
    return number && cpr_parse(str_of(number), &cpr) && number[0] >= '6' &&
           json_is_array(json_object_get(citizen, "amr"));
}

json_t *sandbox_citizens_load(const char *folder, char why[DATA_WHY_MAX])
{
    char path[4096];
    snprintf(path, sizeof path, "%s/citizens.json", folder);
    json_t *citizens = load(path, JSON_ARRAY, why);
    for (size_t i = 0; i < json_array_size(citizens); i++)
        if (!citizen_is_whole(json_array_get(citizens, i))) {
            snprintf(why, DATA_WHY_MAX, "%.240s: person %zu is not whole", path, i);
            json_decref(citizens);
            return NULL;
        }
    return citizens;
}

json_t *sandbox_holdings_load(const char *folder, struct str authority, char why[DATA_WHY_MAX])
{
    char path[4096];
    snprintf(path, sizeof path, "%s/data/%.*s.json", folder, STR_ARG(authority));
    return load(path, JSON_OBJECT, why);
}

const json_t *sandbox_citizen_by_id(const json_t *citizens, struct str id)
{
    size_t i;
    const json_t *citizen;
    json_array_foreach(citizens, i, citizen)
    {
        const char *its = json_string_value(json_object_get(citizen, "id"));
        if (its && str_equal(str_of(its), id))
            return citizen;
    }
    return NULL;
}

const json_t *sandbox_citizen(const struct sandbox_data *data, struct str cpr)
{
    size_t i;
    const json_t *citizen;
    json_array_foreach(data->citizens, i, citizen)
    {
        const char *number = json_string_value(json_object_get(citizen, "cpr"));
        if (number && str_equal(str_of(number), cpr))
            return citizen;
    }
    return NULL;
}

const json_t *sandbox_holdings(const struct sandbox_data *data, const json_t *citizen)
{
    const char *id = json_string_value(json_object_get(citizen, "id"));
    return id ? json_object_get(data->holdings, id) : NULL;
}
