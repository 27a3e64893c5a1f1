/* SPDX-License-Identifier: MIT */
/* mapping_field: what a mapping may set, one table: every field of every kind of item and of the
 * parts that items have, with its type and ceiling. Parser, reader, schema and documentation come
 * from it. */
#ifndef ADAPTERS_MAPPING_FIELD_H
#define ADAPTERS_MAPPING_FIELD_H

#include "adapters/item.h"

/* X(enumerator, name in docs/mapping.md) */
#define FIELD_FORMS(X)                                                                             \
    X(FIELD_TEXT, "text")     /* what programs use: not empty */                                   \
    X(FIELD_WORDS, "words")   /* what people read: empty is absent */                              \
    X(FIELD_DIGITS, "digits") /* exactly so many */                                                \
    X(FIELD_UUID, "uuid")                                                                          \
    X(FIELD_MASKED, "masked number") /* shows at most its last four characters */                  \
    X(FIELD_WORD, "word")            /* a-z, 0-9 and hyphens */                                    \
    X(FIELD_CODE, "code")            /* one of the field's own */                                  \
    X(FIELD_NAMED, "named")          /* a text, one of the field's own */                          \
    X(FIELD_DATE, "date")                                                                          \
    X(FIELD_TIME, "time")                                                                          \
    X(FIELD_FLAG, "flag")                                                                          \
    X(FIELD_MONEY, "amount")                                                                       \
    X(FIELD_CPR, "personal number")                                                                \
    X(FIELD_LINK, "link") /* a safe https address */

enum field_form {
#define X(name, text) name,
    FIELD_FORMS(X)
#undef X
        FIELD_FORM_COUNT
};
struct str field_form_name(enum field_form form);

/* The codes of a field. A list ends with an empty text. */
struct field_code {
    struct str name;
    unsigned value;
};

struct field_type {
    struct str name;
    unsigned kinds; /* mask of ITEM_KIND_BIT; of a part: all */
    enum field_form form;
    size_t offset; /* in struct item, or in the part */
    size_t max;    /* bytes of a text, or how many digits */
    const struct field_code *codes;
    bool is_closed; /* decides who may see: an unknown code breaks the contract */
};

/* Lists of parts: X(enumerator, name, struct). */
#define PART_LISTS(X)                                                                              \
    X(PART_CONTACTS, "contacts", struct contact)                                                   \
    X(PART_LINKS, "links", struct item_link)                                                       \
    X(PART_PARTIES, "parties", struct party)                                                       \
    X(PART_HISTORY, "history", struct status_step)                                                 \
    X(PART_RELATIONS, "relations", struct relation)
enum part_list {
#define X(name, text, type) name,
    PART_LISTS(X)
#undef X
        PART_LIST_COUNT
};
struct str part_list_name(enum part_list list);
bool part_list_fits(enum part_list list, enum item_kind kind);

/* NULL behind the last. */
const struct field_type *field_at(size_t index);
const struct field_type *part_field_at(enum part_list list, size_t index);
/* NULL: items of this kind (parts of this list) have no such field. */
const struct field_type *field_find(struct str name, enum item_kind kind);
const struct field_type *part_field_find(enum part_list list, struct str name);

/* The code of that name; false: the field has none. */
bool field_code_find(const struct field_type *type, struct str name, unsigned *value);

/* What is no field of an item but read like one. */
extern const struct field_type field_subject, field_request_id, field_as_of, field_cursor;

#endif
