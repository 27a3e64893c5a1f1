/* SPDX-License-Identifier: MIT */
/* mapped: any authority whose manifest says how its JSON or XML is to be read (docs/mapping.md).
 * The answer is read once, without a tree; an answer that breaks what the mapping says gives no
 * items at all. The question's source holds the mapping. */
#ifndef ADAPTERS_MAPPED_H
#define ADAPTERS_MAPPED_H

#include "adapters/adapter.h"

/* How one field came about, for whoever writes a mapping. */
struct mapped_origin {
    struct str field; /* "title", "contacts.value" */
    struct str rule;  /* where it stands in the file: JSON Pointer */
    struct str path;  /* where the value stood, as the rule says it; STR_NONE: not in one place */
    struct str text;  /* the value before it was understood */
};

/* Told while an answer is read. All strings are borrowed: those of origins until the arena's end,
 * the path of what nobody mapped during the call. */
struct mapped_trace {
    void *ctx;
    void (*on_field)(void *ctx, const struct item *item, const struct mapped_origin *origin);
    /* A value, or all that an object or list holds; "*" stands for each element of a list. */
    void (*on_unmapped)(void *ctx, struct str path);
};

/* As the adapter's parse; trace NULL: nobody is told. */
enum outcome mapped_parse(struct arena *arena, const struct question *question,
                          const struct answer *answer, const struct mapped_trace *trace,
                          struct parsed *parsed, struct answer_fault *fault);

extern const struct adapter adapter_mapped;

#endif
