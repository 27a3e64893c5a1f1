/* SPDX-License-Identifier: MIT */
/* shape: what a JSON object looks like and which struct it fills, as a table: member name, how it
 * is read, into which field. The object is read in one pass, members in any order, unknown ones
 * ignored, null as absent. Whatever breaks the contract fails the reader, which says why and where.
 *
 *     #define SHAPE_OF struct party
 *     #define PARTY_MEMBERS(X) X("rolle", read_code, role, 0, party_roles) ...
 *     SHAPE(party, PARTY_MEMBERS); -> party_shape
 *     #undef SHAPE_OF */
#ifndef ADAPTERS_SHAPE_H
#define ADAPTERS_SHAPE_H

#include "adapters/adapter.h"
#include "base/reader.h"

/* One answer under way. Strings that need memory lie in the reader's arena. */
struct borgervendt_rules;
struct reading {
    struct reader reader;
    const struct question *question;
    const struct borgervendt_rules *rules;
    struct item_list *items; /* where they go */
    size_t items_max;
};

/* A code of the wire and what it means to us. A list ends with an empty text, whose value stands
 * for codes that we do not know; CODE_CLOSED there makes them a breach. */
struct code {
    struct str text;
    unsigned value;
};
#define CODE_CLOSED (~0u)

struct rule;
typedef void read_fn(struct reading *in, void *at, const struct rule *rule);
struct rule {
    read_fn *read;
    size_t offset;            /* of the field */
    size_t max;               /* of a text, in bytes */
    const struct code *codes; /* of a code */
};

struct shape {
    const struct str *names;
    const struct rule *rules; /* as many */
    size_t count;
};

/* X(name, reader, field, ceiling, codes) -> a shape's parallel tables. */
#define SHAPE_NAME(name, read, field, max, codes) STR_INIT(name),
#define SHAPE_RULE(name, read, field, max, codes) {read, offsetof(SHAPE_OF, field), max, codes},
#define SHAPE(object, MEMBERS)                                                                     \
    static const struct str object##_names[] = {MEMBERS(SHAPE_NAME)};                              \
    static const struct rule object##_rules[] = {MEMBERS(SHAPE_RULE)};                             \
    _Static_assert(sizeof object##_names / sizeof(struct str) <= 64, "one bit each");              \
    static const struct shape object##_shape = {object##_names, object##_rules,                    \
                                                sizeof object##_names / sizeof(struct str)}

/* Fills `object` (zeroed by the caller) from the object that comes next. */
void shape_read(struct reading *in, const struct shape *shape, void *object);

/* The text that comes next, null for STR_NONE; an empty or longer one fails the reader. */
struct str shape_text(struct reading *in, size_t max);

bool shape_is_uuid(struct str text); /* in either case */
/* Of a number no more may come than what helps its owner to know it again: its last characters. */
bool shape_is_masked(struct str text);

/* Readers of one member. The field's type stands behind each; null leaves it absent. */
read_fn read_text;   /* struct str: not empty; for what programs use */
read_fn read_words;  /* struct str: empty is absent; for what people read */
read_fn read_digits; /* struct str: exactly `max` digits */
read_fn read_uuid;   /* struct str: in lower case, for comparing */
read_fn read_masked; /* struct str: a number that shows at most its last four characters */
read_fn read_code;   /* an enum or int, by `codes`; the wire has a number or a text */
read_fn read_date;   /* struct date */
read_fn read_wall;   /* struct wall */
read_fn read_flag;   /* bool */
read_fn read_money;  /* struct money */
read_fn read_cpr;    /* struct cpr */

#endif
