/* SPDX-License-Identifier: MIT */
/* mapped_reading: an answer while it is read by a mapping. What the mapping speaks of is taken into
 * slots; nothing is understood before all is read, so that rules do not depend on the order in
 * which a source writes. */
#ifndef ADAPTERS_MAPPED_READING_H
#define ADAPTERS_MAPPED_READING_H

#include "adapters/mapped.h"
#include "adapters/mapping.h"

enum taken_type {
    TAKEN_NOTHING, /* not there, or null */
    TAKEN_TEXT,
    TAKEN_NUMBER,
    TAKEN_TRUTH, /* "true" or "false" */
    TAKEN_GROUP  /* an object, a list, an element with elements: it is there, no more */
};

/* A value as it stands in the answer; its bytes lie in the answer or in the arena. */
struct taken {
    const char *at;
    uint32_t len;
    enum taken_type type;
};

/* One element that a scope of the mapping stands for. */
struct instance {
    uint16_t scope;
    struct instance *parent; /* NULL: the answer as a whole */
    struct instance *first, **end, *next;
    struct taken slots[];
};

struct mapped_reading {
    const struct mapping *mapping;
    struct arena *arena;
    const struct mapped_trace *trace; /* NULL: nobody is told */
    struct str body;
    struct instance *root;
    uint64_t lists_seen;
    struct answer_fault fault;
};

/* The answer as a whole; false: arena full. */
bool mapped_reading_init(struct mapped_reading *in) __attribute__((warn_unused_result));

/* A new element within `parent`; NULL: arena full. */
struct instance *mapped_enter(struct mapped_reading *in, uint16_t scope, struct instance *parent);

/* Puts a value into every slot of the step. NULL, or why it may not be taken: a value that the
 * mapping reads once came twice. */
const char *mapped_take(const struct mapped_reading *in, const struct mapping_step *step,
                        struct instance *instance, struct taken value)
    __attribute__((warn_unused_result));

/* Reads the body into in->root. False: in->fault says why. */
bool mapped_read_json(struct mapped_reading *in) __attribute__((warn_unused_result));
bool mapped_read_xml(struct mapped_reading *in) __attribute__((warn_unused_result));

#endif
