/* SPDX-License-Identifier: MIT */
/* mapping_compile: a mapping while it is compiled; shared by the files policy/mapping*.c only. */
#ifndef POLICY_MAPPING_COMPILE_H
#define POLICY_MAPPING_COMPILE_H

#include "policy/mapping.h"

/* The trie of paths while it grows. */
struct branch;
struct scope {
    struct scope *outer; /* NULL: the answer as a whole */
    struct branch *branch;
    uint16_t index, slot_count;
    unsigned depth;
};

struct compiling {
    struct arena *arena;
    struct faults *faults;
    enum mapping_format format;
    struct node namespaces, tables;
    struct branch *root;
    struct scope *scopes[MAPPING_SCOPES_MAX];
    size_t scope_count, branch_count, use_count, list_count;
};

/* ---- paths ---- */

void paths_init(struct compiling *c);
/* Where a value stands, as seen from a scope. False: a fault was added. */
bool paths_value(struct compiling *c, struct node node, struct str text, struct scope *scope,
                 struct mapping_path *path);
/* The scope that a path opens within another (".": the other itself); NULL: a fault was added.
 * `list`, unless NULL, becomes the number of the list (from 1) whose presence says that there are,
 * or are not, such elements. */
struct scope *paths_scope(struct compiling *c, struct node node, struct scope *outer,
                          uint8_t *list);
/* The trie as arrays. */
bool paths_finish(struct compiling *c, struct mapping *mapping);

/* ---- rules; NULL: absent, or a fault was added ---- */

const struct mapping_condition *rules_condition(struct compiling *c, struct node node,
                                                struct scope *scope);
const struct mapping_value *rules_value(struct compiling *c, struct node node, struct scope *scope,
                                        const struct field_type *type);

/* ---- forms of values, for a field of that type; of a rule's members ---- */

void forms_check_tables(struct compiling *c);
/* A word of ours. False: a fault was added. */
bool forms_code(struct compiling *c, struct node node, const struct field_type *type,
                struct mapping_code *code);
const struct mapping_table *forms_table(struct compiling *c, struct node rule,
                                        const struct field_type *type);
const struct mapping_moment *forms_moment(struct compiling *c, struct node rule,
                                          const struct field_type *type);
const struct mapping_amount *forms_amount(struct compiling *c, struct node rule,
                                          const struct field_type *type);

/* ---- requests ---- */

const struct mapping_request *requests_parse(struct compiling *c, struct node node, bool is_detail);

/* ---- all of them ---- */

/* A member's text as configuration writes texts, numbers and truth: "1", "true". STR_NONE: it is
 * none of these, and a fault was added. */
struct str compile_scalar(struct compiling *c, struct node node);
struct str compile_str(struct compiling *c, struct node node); /* in the arena */
/* The member of that name, whatever its name holds. */
struct node compile_member(struct compiling *c, struct node node, const char *name, json_t *value);
/* As many values as there came to be, out of a place for the most. */
void *compile_keep(struct compiling *c, const void *at, size_t count, size_t size);
void compile_full(struct compiling *c, struct node node); /* the arena's fault */

#endif
