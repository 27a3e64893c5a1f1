/* SPDX-License-Identifier: MIT */
/* mapping: the compiled form of what a manifest's "mapping" says (docs/mapping.md): how to ask a
 * source, and how its answer becomes items. Plain values, made once by policy/mapping, never
 * changed; all strings lie in the configuration's arena. Paths are one trie whose steps are walked
 * while the answer is read; what they lead to are numbered slots, which the rules then speak of. */
#ifndef ADAPTERS_MAPPING_H
#define ADAPTERS_MAPPING_H

#include "adapters/item.h"
#include "adapters/mapping_field.h"
#include "adapters/outcome.h"

enum mapping_limit {
    MAPPING_STEPS_MAX = 4096,
    MAPPING_CHILDREN_MAX = 64, /* steps side by side: one bit each */
    MAPPING_DEPTH_MAX = 24,    /* steps of a path, all scopes together */
    MAPPING_SCOPES_MAX = 200,
    MAPPING_SLOTS_MAX = 200, /* of a scope */
    MAPPING_ITEMS_MAX = 64,  /* rules for items */
    MAPPING_NESTING_MAX = 4, /* items within items */
    MAPPING_PARTS_MAX = 64,  /* rules for parts of one item */
    MAPPING_LISTS_MAX = 64,
    MAPPING_TABLES_MAX = 64,
    MAPPING_CODES_MAX = 1000, /* of a table */
    MAPPING_CHOICES_MAX = 16, /* alternatives of a value; terms of a condition */
    MAPPING_CONDITION_DEPTH_MAX = 8,
    MAPPING_PIECES_MAX = 64, /* of a text with placeholders */
    MAPPING_TEXT_MAX = 4000,
    MAPPING_OUTCOMES_MAX = 32,
    MAPPING_HEADERS_MAX = 4,
    MAPPING_OPS_MAX = 500, /* values in a request's body */
    MAPPING_XML_MAX = 64 * 1024
};
#define MAPPING_NONE UINT16_MAX

enum mapping_format { MAPPING_JSON, MAPPING_XML };

/* ---- where values stand ---- */

/* A slot of the scope that is `up` scopes outside the one that is open. */
struct mapping_slot {
    uint16_t slot;
    uint8_t up;
};

struct mapping_step {
    struct str name; /* of the member, element or attribute */
    struct str uri;  /* XML: its namespace */
    uint16_t first_child, child_count;
    uint16_t every; /* "*": the step of each element or member; MAPPING_NONE */
    uint16_t first_slot, slot_count;
    uint16_t scope;    /* opened here; MAPPING_NONE */
    uint16_t position; /* the name as an array's index; MAPPING_NONE: it is none */
    uint16_t leaf;     /* its one slot in the open scope, where nothing is within; MAPPING_NONE */
    uint8_t list;      /* 1 + the bit that says that this list of items has come; 0: none */
    bool is_attribute;
};

/* One element of the answer that rules speak of, with its slots: the answer as a whole, the place
 * of an item, the place of one of its parts. */
struct mapping_scope {
    uint16_t slot_count;
    uint16_t parent; /* MAPPING_NONE: the answer as a whole */
};

/* ---- values ---- */

struct mapping_path {
    uint16_t slot;
    uint8_t up; /* scopes outside the rule's own */
    struct str text;
};

struct mapping_piece {
    struct str text;
    struct mapping_path path;
    bool is_path; /* else it is the text */
};

struct mapping_code {
    struct str from, to;
    unsigned code; /* `to` as the field's own code */
};
struct mapping_table {
    const struct mapping_code *codes; /* sorted by length, then bytes */
    size_t count;
    const struct mapping_code *unmapped; /* for what is not in the table; NULL: then unknown */
    bool is_strict;                      /* what is not in the table breaks the contract */
};

enum mapping_moment_form { MOMENT_ISO, MOMENT_PATTERN, MOMENT_UNIX, MOMENT_UNIX_MS };
struct mapping_moment {
    enum mapping_moment_form form;
    struct str pattern;
    bool is_utc; /* what names no zone is UTC, else Danish */
};

enum mapping_sign { SIGN_BEFORE, SIGN_AFTER };
struct mapping_amount {
    char point, thousands; /* NUL: none */
    enum mapping_sign sign;
    bool is_oere, is_reversed;
};

enum mapping_source { VALUE_PATH, VALUE_TEXT, VALUE_WHETHER };
struct mapping_value {
    enum mapping_source source;
    bool is_plain;            /* what stands at the path in the rule's own scope, and no more */
    struct mapping_path path; /* PATH */
    const struct mapping_value *otherwise;   /* where this one is absent */
    const struct mapping_condition *when;    /* NULL: always */
    const struct mapping_condition *whether; /* WHETHER: "true" or "false" */
    const struct mapping_table *table;
    const struct mapping_moment *moment;
    const struct mapping_amount *amount;
    const struct mapping_piece *pieces; /* TEXT: a constant, or with paths in braces */
    size_t piece_count;
    const struct str *none; /* texts that mean: nothing */
    size_t none_count;
    struct str place; /* of the rule: JSON Pointer into the file */
};

enum mapping_test { TEST_PRESENT, TEST_ONE_OF, TEST_NOT, TEST_ALL, TEST_ANY };
struct mapping_condition {
    enum mapping_test test;
    struct mapping_path path;             /* PRESENT, ONE_OF */
    const struct str *texts;              /* ONE_OF */
    const struct mapping_condition *some; /* NOT: one */
    size_t count;                         /* of texts or some */
};

/* ---- items ---- */

struct mapping_field {
    const struct field_type *type;
    const struct mapping_value *value;
};

/* One contact, link, party …, or one for each element at its own scope. */
struct mapping_part {
    enum part_list list;
    uint16_t scope; /* MAPPING_NONE: the item's own */
    const struct mapping_condition *when;
    const struct mapping_field *fields;
    size_t field_count;
};

struct mapping_item {
    enum item_kind kind;
    uint16_t scope;
    const struct mapping_condition *when;
    const struct mapping_value *subject; /* NULL: the items of this rule name nobody */
    const struct mapping_field *fields;
    size_t field_count;
    const struct mapping_part *parts;
    size_t part_count;
    const struct mapping_item *items; /* that belong to it */
    size_t item_count;
};

/* ---- the answer as a whole ---- */

struct mapping_outcome {
    int status;
    const struct mapping_condition *when; /* NULL: by the status alone */
    enum outcome outcome;
};

/* ---- the question ---- */

#define MAPPING_PLACEHOLDERS(X)                                                                    \
    X(ASK_CPR, "cpr")                                                                              \
    X(ASK_CPR_DASHED, "cpr_dashed")                                                                \
    X(ASK_REQUEST_ID, "request_id")                                                                \
    X(ASK_CURSOR, "cursor")                                                                        \
    X(ASK_ID, "id")                                                                                \
    X(ASK_MUNICIPALITY, "municipality")                                                            \
    X(ASK_MUNICIPALITY_CVR, "municipality_cvr")                                                    \
    X(ASK_AUTHORITIES, "authorities")                                                              \
    X(ASK_NOW, "now")                                                                              \
    X(ASK_TODAY, "today") /* also "today-5y", "today+30d", "today-6m" */

enum mapping_placeholder {
    ASK_LITERAL,
#define X(name, text) name,
    MAPPING_PLACEHOLDERS(X)
#undef X
        ASK_PLACEHOLDERS
};

struct ask_piece {
    enum mapping_placeholder what;
    struct str text; /* LITERAL */
    int shift;       /* TODAY: so many of `unit` later */
    char unit;       /* 'd', 'm', 'y' */
};
struct ask_text {
    const struct ask_piece *pieces;
    size_t count;
};

/* A body of JSON, value by value. MEMBER names the next one. */
enum ask_op_type { OP_OBJECT, OP_OBJECT_END, OP_ARRAY, OP_ARRAY_END, OP_MEMBER, OP_TEXT, OP_RAW };
struct ask_op {
    enum ask_op_type type;
    struct str bytes; /* MEMBER, RAW */
    struct ask_text text;
};
struct ask_pair {
    struct str name;
    struct ask_text text;
};

enum mapping_body { BODY_JSON, BODY_FORM, BODY_XML };
struct mapping_request {
    struct ask_text path; /* empty: the source's own */
    struct ask_pair headers[MAPPING_HEADERS_MAX];
    size_t header_count;
    bool has_content_type, has_accept; /* among the headers */
    enum mapping_body body;
    const struct ask_op *ops; /* JSON */
    size_t op_count;
    const struct ask_pair *form;
    size_t form_count;
    struct ask_text xml;
};

struct mapping {
    enum mapping_format format;
    const struct mapping_step *steps; /* the first is the answer as a whole */
    const struct mapping_slot *slots;
    const struct mapping_scope *scopes; /* the first is the answer as a whole */

    const struct mapping_value *subject, *request_id; /* NULL: not named, not echoed */
    const struct mapping_value *as_of;
    const struct mapping_condition *stale;
    const struct mapping_outcome *outcomes;
    size_t outcome_count;

    const struct mapping_value *cursor;       /* NULL: by pages, or the only page */
    struct str cursor_parameter;              /* STR_NONE: the value; else of the link's query */
    const struct mapping_condition *has_more; /* NULL: while there is a cursor */
    const struct mapping_value *page, *pages;
    struct str first_cursor; /* what {cursor} is on the first page; STR_NONE: absent */

    const struct mapping_item *items;
    size_t item_count;
    uint64_t lists_needed; /* bits of mapping_step.list */

    const struct mapping_request *list, *detail; /* detail NULL: the list is asked for instead */
};

#endif
