/* SPDX-License-Identifier: MIT */
/* showing: from one page of a proven answer to shown items: exposure judges each, what may be seen
 * gets its handle and is written as JSON at once; beside the bytes only what sorting, merging and
 * the list of things to do need is kept. */
#ifndef OVERVIEW_SHOWING_H
#define OVERVIEW_SHOWING_H

#include "adapters/adapter.h"
#include "overview/classification_misses.h"
#include "overview/handle.h"
#include "overview/output_item.h"

/* Told of each item that is judged, before what follows from it: for previews. */
struct observer {
    void (*judged)(void *ctx, const struct part *part, const struct item *item,
                   const struct exposure_finding *finding);
    void *ctx;
};

struct showing {
    const struct output_context *output;
    const struct observer *observer; /* NULL: nobody */
    struct handle_maker *handles;
    struct classification_misses *misses; /* NULL: nobody counts */
    struct arena_pool *arenas;            /* the part's comes from here */
    size_t memory_max, json_max;          /* of the part: working memory, and the items' bytes */
    struct wall now;
};

/* Adds the page's items to the part. `handle_source` is what their handles name. False: a ceiling
 * was reached. */
bool showing_add(const struct showing *showing, struct part *part, struct str handle_source,
                 struct parsed *parsed) __attribute__((warn_unused_result));

/* The part's order, whatever pages it came in: kind, changed (newest first), the source's own id.
 */
void showing_sort(struct part *part);

#endif
