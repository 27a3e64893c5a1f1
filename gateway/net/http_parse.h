/* SPDX-License-Identifier: MIT */
/* http_parse: the grammar of HTTP/1.1 requests (RFC 9112, RFC 9110), strict, as pure functions: no
 * sockets, no clocks, no libevent. What other servers forgive is refused here, since every
 * difference between two readers of one stream is a smuggled request. The rules stand in
 * docs/decisions and are tested case by case. */
#ifndef NET_HTTP_PARSE_H
#define NET_HTTP_PARSE_H

#include "base/problem.h"

enum { HTTP_FIELDS_MAX = 100 };

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_PATCH,
    HTTP_OTHER_METHOD /* well-formed, not ours: the route answers 405 or 501 */
};

struct http_field {
    struct str name, value; /* value without white space at its ends */
};

struct http_limits {
    size_t request_line_max; /* bytes, 8 kB */
    size_t header_max;       /* bytes of all fields, 24 kB */
    size_t fields_max;       /* <= HTTP_FIELDS_MAX */
    size_t body_max;         /* bytes a route may take */
};

/* A request's head, pointing into the bytes it was parsed from. */
struct http_head {
    enum http_method method;
    struct str method_text;
    struct str target;      /* as sent */
    struct str path, query; /* of the target, still percent-encoded; query STR_NONE without "?" */
    int minor;              /* HTTP/1.minor: 0 or 1 */
    struct http_field fields[HTTP_FIELDS_MAX];
    size_t field_count;
    struct str host;
    bool has_length, is_chunked; /* at most one of them */
    uint64_t length;
    bool expects_continue;
    bool keep_alive; /* after this request, as far as the client is concerned */
};

enum http_progress { HTTP_MORE, HTTP_DONE, HTTP_WRONG };

/* Parses one head from the start of `bytes` (a single empty line before it is skipped, RFC 9112
 * 2.2). MORE: not complete yet (and within the limits). DONE: *used bytes were the head. WRONG:
 * *problem says which status and why; the connection cannot go on. More bytes never change what is
 * DONE or WRONG. The texts in *problem are constants: nothing of the request is repeated.
 *
 * Stricter than the RFCs: a repeated Content-Length is refused even when both agree, GET, HEAD and
 * DELETE carry no body, an absolute-form target names the same authority as Host, CONNECT is 501.
 */
enum http_progress http_head_parse(struct str bytes, const struct http_limits *limits,
                                   struct http_head *head, size_t *used, struct problem *problem);

/* The value of the only field of this name; STR_NONE when absent. A second one sets *twice. */
struct str http_field_find(const struct http_head *head, struct str name, bool *twice);

/* A chunked body being read. Zeroed memory is the start. */
struct http_chunks {
    int state;
    unsigned digits; /* of the current chunk's size */
    uint64_t left;   /* data bytes left of this chunk */
    uint64_t total;  /* data bytes so far */
    size_t extra;    /* bytes of extensions and trailers so far */
};

/* Reads from `bytes`, copying data to `out`, which has room for bytes.len and may be the place
 * where `bytes` lie or one before it. *used and *got say how much was read and copied. More than
 * limits->body_max data bytes is WRONG (413). Extensions and trailers are checked and dropped. */
enum http_progress http_chunks_parse(struct http_chunks *chunks, struct str bytes,
                                     const struct http_limits *limits, char *out, size_t *used,
                                     size_t *got, struct problem *problem);

/* Percent-decodes into out (room for s.len bytes); false on a wrong escape or a NUL. */
bool http_percent_decode(struct str s, bool plus_is_space, char *out, size_t *len)
    __attribute__((warn_unused_result));

/* Does a request target hold a date-valid CPR shape (ten digits, also "DDMMYY-NNNN", also
 * percent-encoded) without letters or digits beside it? Such a target is refused unread. */
bool http_target_has_cpr(struct str target);

#endif
