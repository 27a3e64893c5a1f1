/* SPDX-License-Identifier: MIT */
/* The JSON half of mapped_reading: the mapping's steps are walked beside the reader. */
#include "adapters/mapped_reading.h"

#include "base/reader.h"

enum { PATH_MAX_BYTES = 1024 };

/* Where the reader stands, for the trace: the names from the outermost on. */
struct place {
    const struct place *outer;
    struct str name;
};

struct walk {
    struct mapped_reading *in;
    struct reader r;
};

static void tell_unmapped(struct walk *walk, const struct place *place)
{
    char path[PATH_MAX_BYTES];
    size_t from = sizeof path;
    const struct mapped_trace *trace = walk->in->trace;

    if (!trace || !trace->on_unmapped || walk->r.fault)
        return;
    for (; place; place = place->outer) {
        if (place->name.len + 1 > from)
            break;
        from -= place->name.len;
        memcpy(path + from, place->name.at, place->name.len);
        path[--from] = '/';
    }
    trace->on_unmapped(trace->ctx, str_make(path + from, sizeof path - from));
}

static void pass(struct walk *walk, const struct place *place)
{
    if (walk->in->trace && !reader_null(&walk->r))
        tell_unmapped(walk, place);
    if (walk->r.state == READER_VALUE_DUE)
        reader_skip(&walk->r);
}

static void take(struct walk *walk, const struct mapping_step *step, struct instance *instance,
                 struct str text, enum taken_type type)
{
    const char *why;

    if (!text.at || step->slot_count == 0)
        return;
    why = mapped_take(walk->in, step, instance, (struct taken){text.at, (uint32_t)text.len, type});
    if (why)
        reader_fail(&walk->r, why);
}

static void read_value(struct walk *walk, const struct mapping_step *step,
                       struct instance *instance, const struct place *place);

/* The child of that name. Sources write their members in one order object after object, so the
 * search begins where the last one ended. */
static const struct mapping_step *find_child(struct walk *walk, const struct mapping_step *step,
                                             struct str name, size_t *next, uint64_t *seen)
{
    const struct mapping_step *children = &walk->in->mapping->steps[step->first_child];
    size_t i = *next;

    for (size_t tries = step->child_count; tries > 0; tries--, i++) {
        uint64_t bit;

        if (i >= step->child_count)
            i = 0;
        if (!str_equal(name, children[i].name))
            continue;
        *next = i + 1;
        bit = UINT64_C(1) << i;
        if (*seen & bit)
            reader_fail(&walk->r, "duplicate member");
        *seen |= bit;
        return &children[i];
    }
    return NULL;
}

/* The common case: a text that nothing else needs to know of. The name came once, so did it. */
static inline void read_leaf(struct walk *walk, const struct mapping_step *step,
                             struct instance *instance, const struct place *place)
{
    struct str text;

    if (reader_peek(&walk->r) != JSON_TYPE_STRING) {
        read_value(walk, step, instance, place);
        return;
    }
    text = reader_string(&walk->r);
    instance->slots[step->leaf] = (struct taken){text.at, (uint32_t)text.len, TAKEN_TEXT};
}

static void read_object(struct walk *walk, const struct mapping_step *step,
                        struct instance *instance, const struct place *outer)
{
    const struct mapping_step *every =
        step->every != MAPPING_NONE ? &walk->in->mapping->steps[step->every] : NULL;
    struct place place = {.outer = outer};
    uint64_t seen = 0;
    size_t next = 0;

    reader_object(&walk->r);
    while (reader_member(&walk->r, &place.name)) {
        const struct mapping_step *child =
            every ? every : find_child(walk, step, place.name, &next, &seen);

        if (!child)
            pass(walk, &place);
        else if (child->leaf != MAPPING_NONE && !every)
            read_leaf(walk, child, instance, &place);
        else
            read_value(walk, child, instance, &place);
    }
}

/* The step of the element at that place of a list; NULL: no path leads there. */
static const struct mapping_step *find_position(const struct mapping *mapping,
                                                const struct mapping_step *step, size_t position)
{
    const struct mapping_step *child = &mapping->steps[step->first_child];

    for (const struct mapping_step *end = child + step->child_count; child < end; child++)
        if (child->position != MAPPING_NONE && child->position == position)
            return child;
    return NULL;
}

static void read_array(struct walk *walk, const struct mapping_step *step,
                       struct instance *instance, const struct place *outer)
{
    const struct mapping *mapping = walk->in->mapping;
    const struct mapping_step *every =
        step->every != MAPPING_NONE ? &mapping->steps[step->every] : NULL;
    struct place place = {outer, STR("*")};
    size_t position = 0;

    reader_array(&walk->r);
    for (; reader_element(&walk->r); position++) {
        const struct mapping_step *child = every ? every : find_position(mapping, step, position);

        if (child)
            read_value(walk, child, instance, &place);
        else
            pass(walk, &place);
    }
}

static bool has_positions(const struct mapping *mapping, const struct mapping_step *step)
{
    for (size_t i = 0; i < step->child_count; i++)
        if (mapping->steps[step->first_child + i].position != MAPPING_NONE)
            return true;
    return false;
}

static void read_group(struct walk *walk, const struct mapping_step *step,
                       struct instance *instance, const struct place *place, enum json_type type)
{
    if (step->list)
        walk->in->lists_seen |= UINT64_C(1) << (step->list - 1);
    take(walk, step, instance, STR(""), TAKEN_GROUP);
    if (step->child_count == 0 && step->every == MAPPING_NONE) {
        reader_skip(&walk->r);
    } else if (type == JSON_TYPE_OBJECT) {
        read_object(walk, step, instance, place);
    } else if (step->every != MAPPING_NONE || has_positions(walk->in->mapping, step)) {
        read_array(walk, step, instance, place);
    } else {
        reader_fail(&walk->r, "a list where an object is meant");
    }
}

/* Recursion is bounded by the reader's depth. */
static void read_value(struct walk *walk, const struct mapping_step *step,
                       struct instance *instance, const struct place *place)
{
    struct reader *r = &walk->r;
    enum json_type type = reader_peek(r);

    if (step->scope != MAPPING_NONE && type != JSON_TYPE_NULL) {
        instance = mapped_enter(walk->in, step->scope, instance);
        if (!instance) {
            reader_fail(r, "the answer needs more room than it may have");
            return;
        }
    }
    if (type >= JSON_TYPE_STRING && type <= JSON_TYPE_FALSE && step->slot_count == 0)
        reader_fail(r, "a single value where an object or a list is meant");
    switch (type) {
    case JSON_TYPE_OBJECT:
    case JSON_TYPE_ARRAY:
        read_group(walk, step, instance, place, type);
        break;
    case JSON_TYPE_STRING:
        take(walk, step, instance, reader_string(r), TAKEN_TEXT);
        break;
    case JSON_TYPE_NUMBER:
        take(walk, step, instance, reader_number(r), TAKEN_NUMBER);
        break;
    case JSON_TYPE_TRUE:
    case JSON_TYPE_FALSE:
        take(walk, step, instance, reader_bool(r) ? STR("true") : STR("false"), TAKEN_TRUTH);
        break;
    case JSON_TYPE_NULL:
        if (!reader_null(r))
            reader_fail(r, "expected null");
        break;
    case JSON_TYPE_NONE:
        break;
    }
}

bool mapped_read_json(struct mapped_reading *in)
{
    struct walk walk = {.in = in};

    reader_init(&walk.r, in->body, in->arena);
    read_value(&walk, &in->mapping->steps[0], in->root, NULL);
    if (reader_end(&walk.r))
        return true;
    in->fault.why = walk.r.fault;
    in->fault.offset = walk.r.fault_offset;
    return false;
}
