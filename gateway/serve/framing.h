/* SPDX-License-Identifier: MIT */
/* framing: the four forms in which an overview leaves, chosen by Accept, and how a stream's records
 * are set apart in each. Pure. */
#ifndef SERVE_FRAMING_H
#define SERVE_FRAMING_H

#include "base/buf.h"

/* X(enumerator, media type) in order of our preference when the client has none. */
#define FORMATS(X)                                                                                 \
    X(FORMAT_JSON, "application/json")         /* the whole document */                            \
    X(FORMAT_NDJSON, "application/x-ndjson")   /* one record a line */                             \
    X(FORMAT_JSON_SEQ, "application/json-seq") /* RFC 7464: RS, record, LF */                      \
    X(FORMAT_SSE, "text/event-stream")         /* server-sent events (WHATWG HTML 9.2) */

enum format {
#define X(name, type) name,
    FORMATS(X)
#undef X
        FORMATS_COUNT
};
struct str format_media_type(enum format format);
static inline bool format_is_stream(enum format format)
{
    return format != FORMAT_JSON;
}

/* Which of `types`, the one we prefer first, by Accept (RFC 9110, 12.5.1: ranges, q). Absent: the
 * first. False: none of them is acceptable. */
bool accept_choose(struct str accept, const struct str *types, size_t count, size_t *chosen)
    __attribute__((warn_unused_result));
/* The same of our forms. */
bool format_choose(struct str accept, enum format *format) __attribute__((warn_unused_result));

/* Adds one record to a stream. `name` is the record's ("plan"), `number` counts from 1. */
void framing_add(enum format format, struct str name, unsigned number, struct str json,
                 struct buf *out);

#endif
