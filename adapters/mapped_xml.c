/* SPDX-License-Identifier: MIT */
/* The XML half of mapped_reading: the mapping's steps are walked beside the elements. */
#include "adapters/mapped_reading.h"

#include "base/xml.h"

enum { PATH_MAX_BYTES = 1024 };

/* One open element that the mapping knows. */
struct frame {
    const struct mapping_step *step;
    struct instance *instance;
    bool has_elements, is_nil;
};

struct walk {
    struct mapped_reading *in;
    struct frame frames[XML_DEPTH_MAX + 1]; /* the first is the document itself */
    size_t open, depth;                     /* deeper than `open`: inside an unknown one */
    char path[PATH_MAX_BYTES];              /* for the trace */
    size_t path_len, path_from[XML_DEPTH_MAX + 1];
};

static const struct mapping_step *find_child(const struct walk *walk,
                                             const struct mapping_step *step, struct str uri,
                                             struct str name, bool is_attribute)
{
    const struct mapping_step *child = &walk->in->mapping->steps[step->first_child];

    for (const struct mapping_step *end = child + step->child_count; child < end; child++)
        if (child->is_attribute == is_attribute && str_equal(child->name, name) &&
            str_equal(child->uri, uri))
            return child;
    return NULL;
}

/* Kept: a copy, since the reader's strings are gone with the call. */
static const char *take(struct walk *walk, const struct mapping_step *step,
                        struct instance *instance, struct str text, enum taken_type type)
{
    if (step->slot_count == 0)
        return NULL;
    if (type == TAKEN_TEXT && !(text = arena_copy(walk->in->arena, text)).at)
        return "the answer needs more room than it may have";
    return mapped_take(walk->in, step, instance, (struct taken){text.at, (uint32_t)text.len, type});
}

static struct str trim(struct str text)
{
    while (text.len > 0 && (unsigned char)text.at[0] <= ' ')
        text = str_skip(text, 1);
    while (text.len > 0 && (unsigned char)text.at[text.len - 1] <= ' ')
        text.len--;
    return text;
}

/* ---- the trace ---- */

static void path_enter(struct walk *walk, struct str name)
{
    walk->path_from[walk->depth] = walk->path_len;
    if (!walk->in->trace || name.len + 1 > sizeof walk->path - walk->path_len)
        return;
    walk->path[walk->path_len++] = '/';
    memcpy(walk->path + walk->path_len, name.at, name.len);
    walk->path_len += name.len;
}

static void tell_unmapped(struct walk *walk)
{
    const struct mapped_trace *trace = walk->in->trace;

    if (trace && trace->on_unmapped)
        trace->on_unmapped(trace->ctx, str_make(walk->path, walk->path_len));
}

/* ---- elements ---- */

static const char *take_attributes(struct walk *walk, struct frame *frame,
                                   const struct xml_attribute *attributes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct xml_attribute *one = &attributes[i];
        const struct mapping_step *step = find_child(walk, frame->step, one->uri, one->name, true);
        struct str value = trim(one->value);
        const char *why;

        if (str_equal(one->uri, STR("http://www.w3.org/2001/XMLSchema-instance")) &&
            str_equal(one->name, STR("nil")))
            frame->is_nil = str_equal(value, STR("true")) || str_equal(value, STR("1"));
        if (step && value.len > 0 && (why = take(walk, step, frame->instance, value, TAKEN_TEXT)))
            return why;
    }
    return NULL;
}

static const char *enter(struct walk *walk, const struct mapping_step *step,
                         const struct xml_attribute *attributes, size_t count)
{
    struct frame *frame = &walk->frames[walk->open];

    *frame = (struct frame){step, walk->frames[walk->open - 1].instance, false, false};
    walk->open++;
    if (step->list)
        walk->in->lists_seen |= UINT64_C(1) << (step->list - 1);
    if (step->scope != MAPPING_NONE) {
        frame->instance = mapped_enter(walk->in, step->scope, frame->instance);
        if (!frame->instance)
            return "the answer needs more room than it may have";
    }
    return take_attributes(walk, frame, attributes, count);
}

static const char *on_start(void *ctx, struct str uri, struct str name,
                            const struct xml_attribute *attributes, size_t count)
{
    struct walk *walk = ctx;
    struct frame *outer = &walk->frames[walk->open - 1];
    const struct mapping_step *step;

    walk->depth++;
    path_enter(walk, name);
    if (walk->depth != walk->open)
        return NULL; /* inside an unknown element */
    outer->has_elements = true;
    step = find_child(walk, outer->step, uri, name, false);
    if (!step && outer->step->every != MAPPING_NONE)
        step = &walk->in->mapping->steps[outer->step->every];
    if (step)
        return enter(walk, step, attributes, count);
    tell_unmapped(walk);
    return NULL;
}

/* Is the step there for the elements within? */
static bool holds_elements(const struct walk *walk, const struct mapping_step *step)
{
    const struct mapping_step *children = &walk->in->mapping->steps[step->first_child];

    for (size_t i = 0; i < step->child_count; i++)
        if (!children[i].is_attribute)
            return true;
    return step->every != MAPPING_NONE;
}

static const char *leave(struct walk *walk, const struct frame *frame, struct str text)
{
    const struct mapping_step *step = frame->step;

    text = trim(text);
    if (frame->has_elements)
        return take(walk, step, frame->instance, STR(""), TAKEN_GROUP);
    if (frame->is_nil || text.len == 0)
        return NULL;
    if (step->slot_count == 0)
        return holds_elements(walk, step) ? "a text where elements are meant" : NULL;
    return take(walk, step, frame->instance, text, TAKEN_TEXT);
}

static const char *on_end(void *ctx, struct str uri, struct str name, struct str text)
{
    struct walk *walk = ctx;
    const char *why = NULL;

    (void)uri, (void)name;
    if (walk->depth + 1 == walk->open)
        why = leave(walk, &walk->frames[--walk->open], text);
    walk->path_len = walk->path_from[walk->depth];
    walk->depth--;
    return why;
}

bool mapped_read_xml(struct mapped_reading *in)
{
    static const struct xml_handler handler = {on_start, on_end};
    struct walk *walk = ARENA_NEW(in->arena, struct walk);
    struct xml_fault fault;

    if (!walk) {
        in->fault.why = "the answer needs more room than it may have";
        return false;
    }
    walk->in = in;
    walk->frames[0] = (struct frame){&in->mapping->steps[0], in->root, false, false};
    walk->open = 1;
    if (xml_read(in->body, &handler, walk, &fault))
        return true;
    in->fault.why = fault.why;
    in->fault.offset = xml_fault_offset(in->body, &fault);
    return false;
}
