/* SPDX-License-Identifier: MIT */
/* fetch_head: the head of an answer, line by line, whoever brings them. A pure function that
 * refuses what libcurl 7.88 forgives: two Content-Lengths (it takes the later), Content-Length
 * beside Transfer-Encoding, any other coding, bare line feeds, folded lines, control characters. A
 * body that lasts until the connection ends may have been cut, also over TLS (libcurl takes an end
 * without close_notify): data that come so are refused, other answers lose their body. */
#ifndef NET_FETCH_HEAD_H
#define NET_FETCH_HEAD_H

#include "base/clock.h"
#include "net/fetch.h"

enum { FETCH_FIELD_MAX = 128, FETCH_RETRY_AFTER_MAX_S = 86400 };

struct fetch_head_limits {
    size_t bytes_max;
    unsigned lines_max;
    size_t length_max; /* of the body, as Content-Length announces it */
};

/* A field that is kept. One that stands twice, or is longer than this, says nothing: it is "". */
struct fetch_field {
    char at[FETCH_FIELD_MAX];
    size_t len;
    bool seen;
};

/* Zeroed memory is the start. Interim answers (1xx) are passed over; their lines count. */
struct fetch_head {
    int status;      /* 0: none yet */
    bool has_status; /* its line has come; a field is next, or the empty line */
    bool ended;      /* the final head is complete; what follows are trailers, which say nothing */
    bool has_length, is_chunked;
    bool is_framed; /* the end of the body can be told from a cut */
    uint64_t length;
    struct fetch_field content_type, request_id, retry_after;
    size_t bytes;
    unsigned lines;
};

/* Takes one line, its CRLF included. FETCH_OK: go on; else *why is a constant text. */
enum fetch_status fetch_head_line(struct fetch_head *head, struct str line,
                                  const struct fetch_head_limits *limits, const char **why)
    __attribute__((warn_unused_result));

/* The seconds a Retry-After asks for (RFC 9110, 10.2.3: seconds or a date), at most a day; 0 when
 * it is absent, wrong or past. */
unsigned fetch_retry_after_s(const struct fetch_field *field, struct wall now);

static inline struct str fetch_field_str(const struct fetch_field *field)
{
    return (struct str){field->at, field->len};
}

#endif
