/* SPDX-License-Identifier: MIT */
/* output: the answer's bytes: items, the whole document, and the stream's records. Words are added
 * here and only here. Nothing that the item contract says is never written out can be written. */
#ifndef OVERVIEW_OUTPUT_H
#define OVERVIEW_OUTPUT_H

#include "overview/merge.h"
#include "overview/output_item.h"

/* What people are told of a source and of a thing to do. Sentences are borrowed until the next. */
struct str output_source_name(const struct output_context *context, const struct part *part);
struct str output_source_sentence(const struct output_context *context, const struct part *part);
struct str output_attention_sentence(const struct output_context *context,
                                     const struct attention *attention);

/* The whole document (design 4). */
void output_document(const struct output_context *context, const struct part *parts, size_t count,
                     const struct merged *merged, struct buf *out);

/* One item's detail:
 * {"receipt","revision","subject","item":{…}|null,"related":[…],"source":{…},"declaration"}.
 * `related` are the items that came with it (a case's documents). Returns the HTTP status: 200, 404
 * when the source answered without it, 403, 502, 503 or 504 by the source's outcome. */
int output_item_document(const struct output_context *context, const struct part *parts,
                         size_t count, struct str id, struct buf *out);

/* The stream's records, one JSON object each, without framing:
 *   {"record":"plan","receipt":…,"revision":…,"subject":…,
 *    "sources":[{"id","name","authority","state","problem"}]}
 *   {"record":"source","source":{…as in the document…},"items":[…]}
 *   {"record":"heartbeat","elapsed_ms":…}
 *   {"record":"done","receipt":…,"revision":…,"status":…,"summary":…,"attention":…,
 *    "duplicates":…,"declaration":…} */
void output_plan_record(const struct output_context *context, const struct part *parts,
                        size_t count, struct buf *out);
void output_source_record(const struct output_context *context, const struct part *part,
                          struct buf *out);
void output_heartbeat_record(int64_t elapsed_ms, struct buf *out);
void output_done_record(const struct output_context *context, const struct part *parts,
                        size_t count, const struct merged *merged, struct buf *out);

#endif
