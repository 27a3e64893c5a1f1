/* SPDX-License-Identifier: MIT */
/* source_preview: what becomes of one answer of a source: by its manifest into items, by the guard
 * and the rules into what a citizen sees, each step told: for whoever writes a manifest. Nobody is
 * asked; the same adapter, guard, exposure and output as in an overview. Pure.
 *
 *     {"source", "name", "manifest", "citizen",
 *      "answer": {"file", "status", "bytes", "text"},
 *      "outcome": "answered", "is_good": true,
 *      "fault": null | {"why", "answer_at", "rule", "rule_at"},
 *      "proof": {"verdict": "proven", "how", "why"} | null,
 *      "items": [{"kind", "id", "shown", "verdict", "rule_at",
 *                 "fields": [{"field", "text", "path", "rule", "rule_at"}],
 *                 "item": {…as an overview has it, in English…} | null,
 *                 "card": {"da": {…}, "en": {…}} | null}],
 *      "unmapped": [{"path", "count"}] | null, "unmapped_left_out": 0}
 *
 * A card is {"kind", "title", "status", "authority", "rows": [[label, value], …]}.
 * "unmapped" is null where the answer is no good, and where the dialect is an adapter in C, which
 * reads what it knows. */
#ifndef JOINING_SOURCE_PREVIEW_H
#define JOINING_SOURCE_PREVIEW_H

#include "policy/snapshot.h"

#include <jansson.h>

enum { PREVIEW_UNMAPPED_MAX = 500 };

struct source_preview_spec {
    const struct snapshot *snapshot; /* words and rules */
    const struct route *route;       /* the source, whether the snapshot has it or not */
    const struct document *manifest; /* that it was read from; NULL: rules have no lines */
    struct str manifest_file;
    const struct test_citizens *citizens; /* the answer is the first's whom it is proven to be of */
    const struct municipality *municipality; /* of a source that is asked for each; NULL */
    struct answer answer;
    struct str answer_file; /* STR_NONE: it came from the source */
    struct str request_id;  /* it was asked with; STR_NONE: the answer is a stored one */
    struct wall now;
};

/* A new reference; NULL: no test citizen at all, or the arena is full. */
json_t *source_preview_make(const struct source_preview_spec *spec, struct arena *arena);

/* ---- for people ---- */

struct preview_look {
    size_t width; /* columns */
    bool has_colour;
    bool is_brief; /* without their answer */
};
/* For a terminal. Whatever the answer holds, no control character of it is written. */
void source_preview_text(const json_t *preview, const struct preview_look *look, struct buf *out);
/* As a page by itself, without script. */
void source_preview_html(const json_t *preview, struct buf *out);

/* Compares the items with {"items": […]}: as many, in this order, each with at least these members
 * of these values: those of the item as an overview has it, or "id", "shown" and "verdict". Each
 * difference is a line for people. Returns how many there are. */
size_t source_preview_differences(const json_t *preview, const json_t *expected, struct buf *out);

#endif
