/* SPDX-License-Identifier: MIT */
#include "identity/claims.h"

/* The names of every object that is open, outermost first; an object forgets its own at its end. */
struct names {
    struct str of[CLAIMS_MAX];
    size_t count;
};

static void read_value(struct reader *r, struct names *names);

/* Adds `name` to those of the object that began at `first`. */
static void note_name(struct reader *r, struct names *names, size_t first, struct str name)
{
    for (size_t i = first; i < names->count; i++)
        if (str_equal(names->of[i], name)) {
            reader_fail(r, "duplicate member");
            return;
        }
    if (names->count == CLAIMS_MAX)
        reader_fail(r, "too many members");
    else
        names->of[names->count++] = name;
}

static void read_object(struct reader *r, struct names *names)
{
    size_t first = names->count;
    struct str name;
    reader_object(r);
    while (reader_member(r, &name)) {
        note_name(r, names, first, name);
        read_value(r, names);
    }
    names->count = first;
}

static void read_array(struct reader *r, struct names *names)
{
    reader_array(r);
    while (reader_element(r))
        read_value(r, names);
}

/* Recursion is bounded by CLAIMS_DEPTH_MAX. */
static void read_value(struct reader *r, struct names *names)
{
    enum json_type type = reader_peek(r);
    if (type != JSON_TYPE_OBJECT && type != JSON_TYPE_ARRAY)
        reader_skip(r);
    else if (r->depth == CLAIMS_DEPTH_MAX)
        reader_fail(r, "nested too deeply");
    else if (type == JSON_TYPE_OBJECT)
        read_object(r, names);
    else
        read_array(r, names);
}

static struct claim read_claim(struct reader *r, struct str name, struct names *names)
{
    struct claim claim = {.name = name, .type = reader_peek(r)};
    if (claim.type == JSON_TYPE_STRING) {
        claim.text = reader_string(r);
    } else {
        const char *start = r->at;
        read_value(r, names);
        claim.text = str_make(start, (size_t)(r->at - start));
    }
    return claim;
}

bool claims_parse(struct claims *claims, struct str json, struct arena *arena)
{
    struct reader reader, *r = &reader;
    struct names names;
    struct str name;
    names.count = 0;
    claims->count = 0;
    reader_init(r, json, arena);
    reader_object(r);
    while (reader_member(r, &name)) {
        note_name(r, &names, 0, name);
        struct claim claim = read_claim(r, name, &names);
        if (claims->count < CLAIMS_MAX) /* else the reader has failed */
            claims->of[claims->count++] = claim;
    }
    return reader_end(r);
}

const struct claim *claims_find(const struct claims *claims, struct str name)
{
    for (size_t i = 0; name.at && i < claims->count; i++)
        if (str_equal(claims->of[i].name, name))
            return &claims->of[i];
    return NULL;
}

struct str claims_text(const struct claims *claims, struct str name)
{
    const struct claim *claim = claims_find(claims, name);
    return claim && claim->type == JSON_TYPE_STRING ? claim->text : STR_NONE;
}
