/* SPDX-License-Identifier: MIT */
/* document: a configuration file as a JSON tree that knows where each value stands, and the faults
 * found in it: all of them at once, each as `file:line:column: what is wrong, what was expected`.
 * Reads bytes, never files. */
#ifndef POLICY_DOCUMENT_H
#define POLICY_DOCUMENT_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/text.h"

#include <jansson.h>

/* Faults, in the order found. Zeroed memory is the empty list. */
struct faults {
    struct arena *arena;
    struct fault *first, **end;
    size_t count;
};
struct fault {
    struct str where; /* "conf/overblikd.json:12:7" */
    struct str what;
    struct fault *next;
};
void faults_init(struct faults *faults, struct arena *arena);
void faults_add(struct faults *faults, struct str where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

struct document;
/* Parses; NULL with a fault added when the text is not JSON (duplicate members are faults). The
 * tree lives until document_free. */
struct document *document_parse(struct str file, struct str bytes, struct faults *faults);
void document_free(struct document **document);
json_t *document_root(const struct document *document);

/* A place in a document: the value itself (NULL: absent) and how it was reached, for messages. */
struct node {
    const struct document *document;
    json_t *value;
    struct str pointer; /* JSON Pointer (RFC 6901) */
};
struct node document_node(const struct document *document);
struct node node_member(struct node node, const char *name, struct faults *faults);
struct node node_element(struct node node, size_t index, struct faults *faults);
size_t node_count(struct node node); /* of an array; 0 else */
bool node_is_present(struct node node);
struct str node_where(struct node node, struct faults *faults); /* "file:line:column" */

/* Adds a fault at the node. */
void node_fault(struct node node, struct faults *faults, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same for a text that must be one of `names`: adds the nearest, "; did you mean \"x\"?". */
void node_fault_name(struct node node, struct faults *faults, const struct str *names, size_t count,
                     const char *what);

/* Values, checked. Absent: the standard (or STR_NONE, false); wrong: a fault and the standard. The
 * `_needed` form also complains of absence. Strings are copied into the faults' arena. */
int64_t node_int(struct node node, int64_t standard, int64_t least, int64_t most,
                 struct faults *faults);
bool node_bool(struct node node, bool standard, struct faults *faults);
struct str node_str(struct node node, struct faults *faults);
struct str node_str_needed(struct node node, struct faults *faults);
struct str *node_strs(struct node node, size_t *count, struct faults *faults);
struct text node_text(struct node node,
                      struct faults *faults); /* {"da": …, "en": …}, both needed */
struct date node_date(struct node node, struct faults *faults);
/* Complains of every member that is not in `known` ("$schema" and "comment" always are). */
void node_only(struct node node, const char *const *known, size_t count, struct faults *faults);

#endif
