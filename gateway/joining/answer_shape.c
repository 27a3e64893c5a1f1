/* SPDX-License-Identifier: MIT */
#include "joining/answer_shape.h"

#include "base/reader.h"
#include "base/xml.h"

struct walk {
    struct answer_shape *shape;
    struct arena *arena;
    struct reader r;                       /* JSON */
    struct shape *open[XML_DEPTH_MAX + 1]; /* XML: the elements around; NULL: beyond a ceiling */
    uint64_t instance[XML_DEPTH_MAX + 1], instances;
    size_t depth;
};

/* ---- steps ---- */

static size_t depth_of(const struct shape *shape)
{
    size_t depth = 0;
    for (; shape->parent; shape = shape->parent)
        depth++;
    return depth;
}

/* NULL: beyond a ceiling, which is counted. */
static struct shape *add_step(struct walk *walk, struct shape *parent, struct str uri,
                              struct str name, struct str step)
{
    struct shape *child;

    for (child = parent->first; child; child = child->next)
        if (str_equal(child->name, name) && str_equal(child->uri, uri) &&
            str_equal(child->step, step))
            return child;
    bool is_full = walk->shape->steps >= SHAPE_STEPS_MAX || depth_of(parent) + 1 >= SHAPE_DEPTH_MAX;
    child = is_full ? NULL : ARENA_NEW(walk->arena, struct shape);
    if (!child) {
        walk->shape->left_out++;
        return NULL;
    }
    *child = (struct shape){.step = arena_copy(walk->arena, step),
                            .uri = arena_copy(walk->arena, uri),
                            .name = arena_copy(walk->arena, name),
                            .parent = parent};
    child->end = &child->first;
    *parent->end = child;
    parent->end = &child->next;
    walk->shape->steps++;
    return child;
}

static bool is_day_first(struct str text, char *separator)
{
    if (text.len != 10 || !str_is_digits(str_head(text, 2)) || text.at[2] != text.at[5] ||
        !str_is_digits(str_make(text.at + 3, 2)) || !str_is_digits(str_skip(text, 6)))
        return false;
    *separator = text.at[2];
    return *separator == '.' || *separator == '-' || *separator == '/';
}

static bool is_iso(struct str text)
{
    struct date date;
    return text.len >= 10 && date_parse(str_head(text, 10), &date) &&
           (text.len == 10 || text.at[10] == 'T');
}

static void note(struct walk *walk, struct shape *shape, struct str text, unsigned holds)
{
    struct cpr cpr;

    if (cpr_parse(text, &cpr)) {
        holds |= SHAPE_PERSON;
        if (!cpr_is_known(&walk->shape->person))
            walk->shape->person = cpr;
    } else if (is_iso(text)) {
        holds |= SHAPE_ISO;
    } else if (is_day_first(text, &shape->separator)) {
        holds |= SHAPE_DAY_FIRST;
    }
    shape->holds |= holds;
}

/* ---- JSON ---- */

/* "a/b" -> "a~1b" (RFC 6901). */
static struct str escaped(struct arena *arena, struct str name)
{
    char *at = arena_alloc(arena, 2 * name.len + 1);
    size_t len = 0;

    for (size_t i = 0; at && i < name.len; i++) {
        char c = name.at[i];
        at[len++] = c == '~' || c == '/' ? '~' : c;
        if (c == '~' || c == '/')
            at[len++] = c == '~' ? '0' : '1';
    }
    return at ? str_make(at, len) : STR_NONE;
}

static void walk_value(struct walk *walk, struct shape *shape);

static void walk_object(struct walk *walk, struct shape *shape)
{
    struct str name;

    shape->holds |= SHAPE_GROUP;
    (void)reader_object(&walk->r);
    while (reader_member(&walk->r, &name)) {
        struct shape *child = add_step(walk, shape, STR_NONE, name, escaped(walk->arena, name));
        if (child)
            walk_value(walk, child);
        else
            (void)reader_skip(&walk->r);
    }
}

static void walk_array(struct walk *walk, struct shape *shape)
{
    struct shape *child = add_step(walk, shape, STR_NONE, STR_NONE, STR("*"));

    if (!child) {
        (void)reader_skip(&walk->r);
        return;
    }
    child->is_element = true;
    (void)reader_array(&walk->r);
    while (reader_element(&walk->r))
        walk_value(walk, child);
}

/* Depth is the reader's own ceiling. */
static void walk_value(struct walk *walk, struct shape *shape)
{
    switch (reader_peek(&walk->r)) {
    case JSON_TYPE_OBJECT:
        walk_object(walk, shape);
        break;
    case JSON_TYPE_ARRAY:
        walk_array(walk, shape);
        break;
    case JSON_TYPE_STRING:
        note(walk, shape, reader_string(&walk->r), SHAPE_TEXT);
        break;
    case JSON_TYPE_NUMBER:
        note(walk, shape, reader_number(&walk->r), SHAPE_NUMBER);
        break;
    case JSON_TYPE_TRUE:
    case JSON_TYPE_FALSE:
        shape->holds |= SHAPE_TRUTH;
        (void)reader_bool(&walk->r);
        break;
    case JSON_TYPE_NULL:
    case JSON_TYPE_NONE:
        (void)reader_skip(&walk->r);
        break;
    }
}

static bool read_json(struct walk *walk, struct str answer, const char **why)
{
    reader_init(&walk->r, answer, walk->arena);
    walk_value(walk, walk->shape->root);
    if (reader_end(&walk->r))
        return true;
    *why = walk->r.fault;
    return false;
}

/* ---- XML ---- */

/* "name", "n1:name", "@n1:ref" */
static struct str step_of(struct walk *walk, const char *mark, struct str uri, struct str name)
{
    struct answer_shape *shape = walk->shape;
    size_t i = 0;

    if (uri.len == 0)
        return arena_format(walk->arena, "%s%.*s", mark, STR_ARG(name));
    while (i < shape->namespace_count && !str_equal(shape->namespaces[i], uri))
        i++;
    if (i == SHAPE_NAMESPACES_MAX)
        return arena_format(walk->arena, "%s{%.*s}%.*s", mark, STR_ARG(uri), STR_ARG(name));
    if (i == shape->namespace_count)
        shape->namespaces[shape->namespace_count++] = arena_copy(walk->arena, uri);
    return arena_format(walk->arena, "%sn%zu:%.*s", mark, i + 1, STR_ARG(name));
}

static const char *on_start(void *ctx, struct str uri, struct str name,
                            const struct xml_attribute *attributes, size_t count)
{
    struct walk *walk = ctx;
    struct shape *around = walk->open[walk->depth], *shape = NULL;

    if (around) {
        shape = add_step(walk, around, uri, name, step_of(walk, "", uri, name));
        around->holds |= SHAPE_GROUP;
    }
    if (shape) {
        shape->is_element |= shape->seen == walk->instance[walk->depth];
        shape->seen = walk->instance[walk->depth];
    }
    for (size_t i = 0; shape && i < count; i++) {
        struct str step = step_of(walk, "@", attributes[i].uri, attributes[i].name);
        struct shape *child = add_step(walk, shape, attributes[i].uri, attributes[i].name, step);
        shape->holds |= SHAPE_GROUP;
        if (child)
            note(walk, child, attributes[i].value, SHAPE_TEXT);
    }
    walk->depth++;
    walk->open[walk->depth] = shape;
    walk->instance[walk->depth] = ++walk->instances;
    return NULL;
}

static const char *on_end(void *ctx, struct str uri, struct str name, struct str text)
{
    struct walk *walk = ctx;
    struct shape *shape = walk->open[walk->depth--];

    (void)uri;
    (void)name;
    while (text.len > 0 && strchr(" \t\r\n", text.at[0]))
        text = str_skip(text, 1);
    while (text.len > 0 && strchr(" \t\r\n", text.at[text.len - 1]))
        text.len--;
    if (shape && text.len > 0)
        note(walk, shape, text, SHAPE_TEXT);
    return NULL;
}

static bool read_xml(struct walk *walk, struct str answer, const char **why)
{
    static const struct xml_handler handler = {on_start, on_end};
    struct xml_fault fault;

    walk->open[0] = walk->shape->root;
    walk->instance[0] = ++walk->instances;
    if (xml_read(answer, &handler, walk, &fault))
        return true;
    *why = fault.why;
    return false;
}

/* ---- the whole ---- */

bool answer_shape_read(struct str answer, struct arena *arena, struct answer_shape *shape,
                       const char **why)
{
    struct walk walk = {.shape = shape, .arena = arena};
    size_t at = 0;

    *shape = (struct answer_shape){.root = ARENA_NEW(arena, struct shape)};
    *why = "there is no room for it";
    if (!shape->root)
        return false;
    shape->root->end = &shape->root->first;
    while (at < answer.len && strchr(" \t\r\n\xef\xbb\xbf", answer.at[at]) && answer.at[at])
        at++;
    shape->is_xml = at < answer.len && answer.at[at] == '<';
    bool is_read = shape->is_xml ? read_xml(&walk, answer, why) : read_json(&walk, answer, why);
    return is_read && !arena_is_full(arena);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

size_t answer_shape_living(struct str answer)
{
    struct cpr cpr;

    for (size_t at = 0; at < answer.len; at++) {
        struct str rest = str_skip(answer, at);
        if (!is_digit(answer.at[at]) || (at > 0 && is_digit(answer.at[at - 1])))
            continue;
        for (size_t len = CPR_DIGITS; len <= CPR_DIGITS + 1; len++)
            if (rest.len >= len && (rest.len == len || !is_digit(rest.at[len])) &&
                cpr_parse(str_head(rest, len), &cpr) && !cpr_is_replacement(&cpr))
                return at;
    }
    return answer.len;
}

struct str shape_path(const struct shape *shape, const struct shape *from, struct arena *arena)
{
    struct str path = STR("");

    for (; shape != from && shape->parent; shape = shape->parent)
        path = arena_format(arena, "/%.*s%.*s", STR_ARG(shape->step), STR_ARG(path));
    return path.len > 0 ? path : arena_copy(arena, STR("."));
}

const struct shape *shape_list(const struct shape *shape)
{
    for (; shape; shape = shape->parent)
        if (shape->is_element && (shape->holds & SHAPE_GROUP))
            return shape;
    return NULL;
}

const struct shape *shape_next(const struct shape *shape)
{
    if (shape->first)
        return shape->first;
    while (shape && !shape->next)
        shape = shape->parent;
    return shape ? shape->next : NULL;
}

struct str shape_words(const struct shape *shape, struct arena *arena)
{
    unsigned holds = shape->holds;

    if (holds & SHAPE_PERSON)
        return STR("a personal number");
    if (holds & SHAPE_DAY_FIRST)
        return arena_format(arena, "a date: %%d%c%%m%c%%Y", shape->separator, shape->separator);
    if (holds & SHAPE_ISO)
        return STR("a date: iso");
    if (holds & SHAPE_TEXT)
        return STR("a text");
    if (holds & SHAPE_NUMBER)
        return STR("a number");
    return holds & SHAPE_TRUTH ? STR("true or false") : STR("nothing yet");
}
