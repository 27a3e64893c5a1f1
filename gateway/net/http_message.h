/* SPDX-License-Identifier: MIT */
/* http_message: the head of a reply as bytes; pure. */
#ifndef NET_HTTP_MESSAGE_H
#define NET_HTTP_MESSAGE_H

#include "base/buf.h"
#include "net/http_parse.h"

enum { HTTP_DATE_TEXT = 30 }; /* with NUL */

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7). */
void http_date_format(int64_t unix_s, char text[HTTP_DATE_TEXT]);

enum http_framing {
    HTTP_FRAMED_LENGTH,  /* Content-Length */
    HTTP_FRAMED_CHUNKED, /* Transfer-Encoding: chunked */
    HTTP_FRAMED_CLOSE,   /* the end of the connection is the end of the body */
    HTTP_FRAMED_NONE,    /* no body, and nothing said about one: 204 */
};

struct http_reply_head {
    int status; /* 200 to 599 */
    const char *date;
    const struct http_field *fields;
    size_t field_count;
    enum http_framing framing;
    size_t length;        /* with HTTP_FRAMED_LENGTH */
    bool close;           /* say that the connection ends */
    bool keep_alive_told; /* an HTTP/1.0 client is told that it does not */
};

/* Adds the head with its empty line. Bytes that a field value may not hold become spaces, so that
 * nothing that came from outside can split a reply. */
void http_head_write(const struct http_reply_head *head, struct buf *out);

#endif
