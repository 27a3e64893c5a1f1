/* SPDX-License-Identifier: MIT */
#include "policy/schema.h"

#include "base/die.h"
#include "policy/settings.h"

#include <stdlib.h>

/* What overblikd.json holds beside settings; each has a schema of its own. */
static const struct {
    const char *name, *schema;
} others[] = {
    {"issuers", "issuers.json"},
    {"classification", "classification.json"},
    {"test_citizens", "test_citizens.json"},
};

static json_t *made(json_t *value)
{
    if (!value)
        die("no memory for a schema");
    return value;
}

/* Takes the value over. */
static void put(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, made(value)) != 0)
        die("no memory for a schema");
}

/* An object that allows the members put into its "properties" later, and no others. */
static json_t *object_schema(void)
{
    json_t *schema = made(json_object()), *properties = made(json_object());

    put(properties, "$schema", json_true());
    put(properties, "comment", json_true());
    put(schema, "type", json_pack("[ss]", "object", "null"));
    put(schema, "properties", properties);
    put(schema, "additionalProperties", json_false());
    return schema;
}

/* The properties of a section, "" being the file itself; made when it is first named. */
static json_t *properties_of(json_t *root, const char *section)
{
    json_t *properties = json_object_get(root, "properties");

    if (!section[0])
        return properties;
    if (!json_object_get(properties, section))
        put(properties, section, object_schema());
    return json_object_get(json_object_get(properties, section), "properties");
}

static void put_number(json_t *root, const char *section, const char *name, int64_t standard,
                       int64_t least, int64_t most, const char *help)
{
    put(properties_of(root, section), name,
        json_pack("{s:[ss], s:I, s:I, s:I, s:s}", "type", "integer", "null", "minimum",
                  (json_int_t)least, "maximum", (json_int_t)most, "default", (json_int_t)standard,
                  "description", help));
}

static void put_text(json_t *root, const char *section, const char *name, const char *standard,
                     const char *help)
{
    json_t *schema = made(json_pack("{s:[ss], s:i}", "type", "string", "null", "minLength", 1));

    if (standard)
        put(schema, "default", json_string(standard));
    put(schema, "description", json_string(help));
    put(properties_of(root, section), name, schema);
}

void schema_settings(struct buf *out)
{
    json_t *root = object_schema(), *schema = made(json_object());

    put(schema, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
    put(schema, "title", json_string("conf/overblikd.json: settings"));
    put(schema, "$comment",
        json_string("Made by `overblik schema settings` from gateway/policy/settings.h."));
#define X(section, name, field, standard, help) put_text(root, #section, #name, standard, help);
    TEXT_SETTINGS(X)
#undef X
#define X(name, field, standard, least, most, help)                                                \
    put_number(root, "listen", #name, standard, least, most, help);
    LISTEN_SETTINGS(X)
#undef X
#define X(section, name, standard, least, most, help)                                              \
    put_number(root, #section, #name, standard, least, most, help);
    SETTINGS(X)
#undef X
#define X(name, standard, least, most, help)                                                       \
    put_number(root, "door", #name, standard, least, most, help);
    HTTP_SETTINGS(X)
#undef X
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        put(properties_of(root, ""), others[i].name, json_pack("{s:s}", "$ref", others[i].schema));
    put(root, "type", json_string("object")); /* the file itself cannot be absent */
    json_object_update(schema, root);
    char *text = json_dumps(schema, JSON_INDENT(2));
    if (!text)
        die("no memory for a schema");
    buf_add_str(out, str_of(text));
    buf_add_byte(out, '\n');
    free(text);
    json_decref(schema);
    json_decref(root);
}
