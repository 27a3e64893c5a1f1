/* SPDX-License-Identifier: MIT */
/* query: what a caller may ask of an overview beside the token: the query string and Prefer. Pure.
 * An unknown or repeated parameter is an error that names it: a misspelt one must not be ignored.
 */
#ifndef SERVE_QUERY_H
#define SERVE_QUERY_H

#include "base/arena.h"
#include "net/http_parse.h"
#include "policy/snapshot.h"

struct query {
    struct str *municipalities; /* known codes, in the order given, each once */
    size_t municipality_count;
    struct str source; /* ask this one alone; STR_NONE: all */
    struct str format; /* of an export; STR_NONE: not said */
    int64_t wait_ms;   /* Prefer: wait=n, clipped by policy; 0: not asked for */
};

/* False: *problem says which parameter is wrong and what was expected. `format` is one of an
 * export's only. */
bool query_parse(const struct http_head *head, const struct snapshot *snapshot, bool is_export,
                 struct arena *arena, struct query *query, struct problem *problem)
    __attribute__((warn_unused_result));

/* All fields of this name as one list, as RFC 9110, 5.3 lets a caller split it; STR_NONE: there is
 * none, or the arena is full. */
struct str query_list(const struct http_head *head, struct str name, struct arena *arena);

/* The W3C trace context to hand on: the caller's trace with a parent id of ours, or STR_NONE when
 * the header is absent or malformed. `random`: 8 bytes. */
struct str query_traceparent(const struct http_head *head, const unsigned char random[8],
                             struct arena *arena);

#endif
