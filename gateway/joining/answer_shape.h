/* SPDX-License-Identifier: MIT */
/* answer_shape: which paths an answer has, JSON or XML, and what stands at each: never the values.
 * For whoever begins a mapping of it. Pure. */
#ifndef JOINING_ANSWER_SHAPE_H
#define JOINING_ANSWER_SHAPE_H

#include "base/arena.h"
#include "identity/cpr.h"

enum { SHAPE_STEPS_MAX = 2000, SHAPE_DEPTH_MAX = 24, SHAPE_NAMESPACES_MAX = 32 };

enum shape_holds {
    SHAPE_GROUP = 1, /* an object, an element with elements or attributes */
    SHAPE_TEXT = 2,
    SHAPE_NUMBER = 4,
    SHAPE_TRUTH = 8,
    SHAPE_PERSON = 16,   /* a personal number */
    SHAPE_ISO = 32,      /* 2026-11-21, with or without a time */
    SHAPE_DAY_FIRST = 64 /* 21.11.2026, 21-11-2026, 21/11/2026 */
};

/* One step of a path, and all that stands under it. */
struct shape {
    struct str step;      /* as a mapping writes it: "name", "*", "@ref", "n1:name" */
    struct str uri, name; /* XML */
    struct shape *parent; /* NULL: the whole answer */
    struct shape *first, **end, *next;
    unsigned holds;  /* SHAPE_… */
    char separator;  /* with SHAPE_DAY_FIRST */
    bool is_element; /* of a list: it comes several times */
    uint64_t seen;   /* while it is read: in which element around it stood last */
};

struct answer_shape {
    bool is_xml;
    struct shape *root;
    size_t steps, left_out;                      /* beyond the ceilings */
    struct str namespaces[SHAPE_NAMESPACES_MAX]; /* "n1", "n2", … */
    size_t namespace_count;
    struct cpr person; /* the first personal number; CPR_NONE: none */
};

/* False: it is neither JSON nor XML, and *why says what is wrong. */
bool answer_shape_read(struct str answer, struct arena *arena, struct answer_shape *shape,
                       const char **why) __attribute__((warn_unused_result));

/* Where the first number stands that may be a living person's; answer.len: nowhere. */
size_t answer_shape_living(struct str answer);

/* Its path, seen from `from`, which is it or around it (NULL: the whole answer). STR_NONE: the
 * arena is full. */
struct str shape_path(const struct shape *shape, const struct shape *from, struct arena *arena);
/* The nearest element of a list with members that it stands in; NULL: in none. */
const struct shape *shape_list(const struct shape *shape);
/* The one behind it, depth first; NULL: it was the last. */
const struct shape *shape_next(const struct shape *shape);
/* "a date: %d.%m.%Y" */
struct str shape_words(const struct shape *shape, struct arena *arena);

#endif
