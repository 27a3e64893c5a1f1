/* SPDX-License-Identifier: MIT */
#include "net/http_message.h"

#include <assert.h>
#include <stdio.h>
#include <time.h>

#include "net/http.h"
#include "net/http_chars.h"

/* X(status, reason): RFC 9110, 15; RFC 6585 for 428, 429 and 431. */
#define REASONS(X)                                                                                 \
    X(100, "Continue")                                                                             \
    X(200, "OK")                                                                                   \
    X(201, "Created")                                                                              \
    X(202, "Accepted")                                                                             \
    X(204, "No Content")                                                                           \
    X(301, "Moved Permanently")                                                                    \
    X(302, "Found")                                                                                \
    X(303, "See Other")                                                                            \
    X(304, "Not Modified")                                                                         \
    X(307, "Temporary Redirect")                                                                   \
    X(308, "Permanent Redirect")                                                                   \
    X(400, "Bad Request")                                                                          \
    X(401, "Unauthorized")                                                                         \
    X(403, "Forbidden")                                                                            \
    X(404, "Not Found")                                                                            \
    X(405, "Method Not Allowed")                                                                   \
    X(406, "Not Acceptable")                                                                       \
    X(408, "Request Timeout")                                                                      \
    X(409, "Conflict")                                                                             \
    X(410, "Gone")                                                                                 \
    X(411, "Length Required")                                                                      \
    X(412, "Precondition Failed")                                                                  \
    X(413, "Content Too Large")                                                                    \
    X(414, "URI Too Long")                                                                         \
    X(415, "Unsupported Media Type")                                                               \
    X(417, "Expectation Failed")                                                                   \
    X(421, "Misdirected Request")                                                                  \
    X(422, "Unprocessable Content")                                                                \
    X(428, "Precondition Required")                                                                \
    X(429, "Too Many Requests")                                                                    \
    X(431, "Request Header Fields Too Large")                                                      \
    X(500, "Internal Server Error")                                                                \
    X(501, "Not Implemented")                                                                      \
    X(502, "Bad Gateway")                                                                          \
    X(503, "Service Unavailable")                                                                  \
    X(504, "Gateway Timeout")                                                                      \
    X(505, "HTTP Version Not Supported")

struct str http_reason(int status)
{
    switch (status) {
#define X(code, reason)                                                                            \
    case code:                                                                                     \
        return STR(reason);
        REASONS(X)
#undef X
    default:
        return STR("Unknown");
    }
}

void http_date_format(int64_t unix_s, char text[HTTP_DATE_TEXT])
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t time = (time_t)unix_s;
    struct tm tm;
    gmtime_r(&time, &tm);
    snprintf(text, HTTP_DATE_TEXT, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT", days + 3 * tm.tm_wday,
             (unsigned)tm.tm_mday % 100, months + 3 * tm.tm_mon,
             (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)tm.tm_hour % 100,
             (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
}

static void add_number(struct buf *out, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    buf_add(out, digits + at, sizeof digits - at);
}

static void add_value(struct buf *out, struct str value)
{
    char *to = buf_reserve(out, value.len);
    if (!to)
        return;
    for (size_t i = 0; i < value.len; i++)
        to[i] = is_class(value.at[i], VALUE) ? value.at[i] : ' ';
    buf_commit(out, value.len);
}

void http_head_write(const struct http_reply_head *head, struct buf *out)
{
    assert(head->status >= 200 && head->status <= 599);
    buf_add_str(out, STR("HTTP/1.1 "));
    add_number(out, (uint64_t)head->status);
    buf_add_byte(out, ' ');
    buf_add_str(out, http_reason(head->status));
    buf_add_str(out, STR("\r\nDate: "));
    buf_add_str(out, str_of(head->date));
    for (size_t i = 0; i < head->field_count; i++) {
        buf_add_str(out, STR("\r\n"));
        buf_add_str(out, head->fields[i].name);
        buf_add_str(out, STR(": "));
        add_value(out, head->fields[i].value);
    }
    if (head->framing == HTTP_FRAMED_LENGTH) {
        buf_add_str(out, STR("\r\nContent-Length: "));
        add_number(out, head->length);
    } else if (head->framing == HTTP_FRAMED_CHUNKED) {
        buf_add_str(out, STR("\r\nTransfer-Encoding: chunked"));
    }
    if (head->close)
        buf_add_str(out, STR("\r\nConnection: close"));
    else if (head->keep_alive_told)
        buf_add_str(out, STR("\r\nConnection: keep-alive"));
    buf_add_str(out, STR("\r\n\r\n"));
}
