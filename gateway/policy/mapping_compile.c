/* SPDX-License-Identifier: MIT */
#include "policy/mapping_compile.h"

#include "base/buf.h"

void compile_full(struct compiling *c, struct node node)
{
    node_fault(node, c->faults, "there is no room for more");
}

void *compile_keep(struct compiling *c, const void *at, size_t count, size_t size)
{
    void *kept = arena_calloc(c->arena, count + 1, size);

    if (kept)
        memcpy(kept, at, count * size);
    return kept;
}

struct str compile_str(struct compiling *c, struct node node)
{
    return arena_copy(c->arena, node_str(node, c->faults));
}

struct str compile_scalar(struct compiling *c, struct node node)
{
    if (json_is_integer(node.value))
        return arena_format(c->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(node.value));
    if (json_is_boolean(node.value))
        return json_is_true(node.value) ? STR("true") : STR("false");
    if (json_is_string(node.value)) /* here the empty text is one */
        return arena_copy(c->arena,
                          str_make(json_string_value(node.value), json_string_length(node.value)));
    node_fault(node, c->faults, "expected a text, a whole number, true or false");
    return STR_NONE;
}

struct node compile_member(struct compiling *c, struct node node, const char *name, json_t *value)
{
    struct buf pointer;
    struct node member = {node.document, value, STR_NONE};

    buf_init(&pointer, MAPPING_TEXT_MAX);
    buf_add_str(&pointer, node.pointer);
    buf_add_byte(&pointer, '/');
    for (; *name; name++)
        if (*name == '~' || *name == '/')
            buf_add_str(&pointer, *name == '~' ? STR("~0") : STR("~1"));
        else
            buf_add_byte(&pointer, *name);
    member.pointer = arena_copy(c->arena, buf_str(&pointer));
    buf_clear(&pointer);
    return member;
}
