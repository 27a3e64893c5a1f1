/* SPDX-License-Identifier: MIT */
/* Requests that no server may misread, by RFC 9112 and RFC 9110, and how to judge them. The same
 * table is judged on the pure grammar (unit/http_parse) and over sockets (unit/http); the fuzz
 * driver shares the judge. */
#ifndef TESTS_HTTP_CASES_H
#define TESTS_HTTP_CASES_H

#include <stdlib.h>

#include "net/http_parse.h"

static const struct http_limits case_limits = {
    .request_line_max = 8192,
    .header_max = 24576,
    .fields_max = 100,
    .body_max = 65536,
};

/* What a connection makes of a stream's first request. `used` is where the next one would begin. */
struct verdict {
    enum http_progress progress;
    enum problem_kind kind;
    size_t used;
    char *body; /* as large as the stream, to be freed */
    size_t body_len;
};

/* Judges as a connection does, `step` bytes arriving at a time, each view of them copied to memory
 * of exactly its size, so that a sanitizer sees any look beyond. */
__attribute__((unused)) static struct verdict judge(struct str stream, size_t step,
                                                    struct http_head *head)
{
    struct verdict verdict = {.progress = HTTP_MORE, .body = malloc(stream.len + 1)};
    struct http_chunks chunks = {0};
    struct problem problem = {.kind = PROBLEM_NONE};
    size_t begin = 0, seen = 0;
    bool in_body = false;
    if (!verdict.body)
        abort();
    while (verdict.progress == HTTP_MORE && seen < stream.len) {
        seen = step < stream.len - seen ? seen + step : stream.len;
        char *copy = malloc(seen - begin + 1) ?: (abort(), NULL);
        memcpy(copy, stream.at + begin, seen - begin);
        struct str view = {copy, seen - begin};
        if (!in_body) {
            verdict.progress = http_head_parse(view, &case_limits, head, &verdict.used, &problem);
            in_body = verdict.progress == HTTP_DONE;
            begin += in_body ? verdict.used : 0;
            view = in_body ? str_skip(view, verdict.used) : STR_NONE;
        }
        if (in_body && head->is_chunked) {
            size_t used, got;
            verdict.progress =
                http_chunks_parse(&chunks, view, &case_limits, verdict.body + verdict.body_len,
                                  &used, &got, &problem);
            begin += used;
            verdict.body_len += got;
        } else if (in_body) {
            bool whole = view.len >= head->length;
            verdict.progress = whole ? HTTP_DONE : HTTP_MORE;
            if (whole && head->length)
                memcpy(verdict.body, view.at, (size_t)head->length);
            verdict.body_len = whole ? (size_t)head->length : 0;
            begin += verdict.body_len;
        }
        free(copy);
    }
    verdict.used = begin;
    verdict.kind = problem.kind;
    return verdict;
}

struct malformed {
    const char *name;
    int status; /* that of the one answer; then the connection ends */
    struct str bytes;
};

#define BAD(status, name, bytes)                                                                   \
    {                                                                                              \
        name, status, STR_INIT(bytes)                                                              \
    }
#define LINE(status, name, line)   BAD(status, name, line "\r\nHost: a\r\n\r\n")
#define PATH(status, name, target) LINE(status, name, "GET " target " HTTP/1.1")
#define FIELD(status, name, field)                                                                 \
    BAD(status, name, "GET / HTTP/1.1\r\nHost: a\r\n" field "\r\n\r\n")
#define HOSTS(name, field) BAD(400, name, "GET / HTTP/1.1\r\n" field "\r\n\r\n")
#define BODY(status, name, fields, body)                                                           \
    BAD(status, name, "POST / HTTP/1.1\r\nHost: a\r\n" fields "\r\n\r\n" body)
#define CHUNKS(status, name, body) BODY(status, name, "Transfer-Encoding: chunked", body)

__attribute__((unused)) static const struct malformed malformed[] = {
    /* The request line */
    LINE(400, "a bare LF before it", "\nGET / HTTP/1.1"),
    LINE(400, "two empty lines before it", "\r\n\r\nGET / HTTP/1.1"),
    LINE(400, "a CR before it", "\rGET / HTTP/1.1"),
    LINE(400, "a space before it", " GET / HTTP/1.1"),
    LINE(400, "a tab before it", "\tGET / HTTP/1.1"),
    LINE(400, "a NUL before it", "\0GET / HTTP/1.1"),
    BAD(400, "a TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    LINE(505, "the preface of HTTP/2", "PRI * HTTP/2.0"),
    LINE(400, "nothing but a method", "GET"),
    LINE(400, "HTTP/0.9", "GET /"),
    LINE(400, "no version, but its space", "GET / "),
    LINE(400, "no target", "GET HTTP/1.1"),
    LINE(400, "no target, both spaces", "GET  HTTP/1.1"),
    LINE(400, "no method", "/ HTTP/1.1"),
    LINE(400, "two spaces after the method", "GET  / HTTP/1.1"),
    LINE(400, "two spaces after the target", "GET /  HTTP/1.1"),
    LINE(400, "a tab after the method", "GET\t/ HTTP/1.1"),
    LINE(400, "a tab after the target", "GET /\tHTTP/1.1"),
    LINE(400, "a space at its end", "GET / HTTP/1.1 "),
    LINE(400, "a tab at its end", "GET / HTTP/1.1\t"),
    LINE(400, "a CR at its end", "GET / HTTP/1.1\r"),
    LINE(400, "a CR inside", "GET /\r HTTP/1.1"),
    LINE(400, "a fourth word", "GET / HTTP/1.1 HTTP/1.1"),
    BAD(400, "a bare LF at its end", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
    BAD(400, "bare LFs all over", "GET / HTTP/1.1\nHost: a\n\n"),
    LINE(505, "HTTP/0.9 in words", "GET / HTTP/0.9"),
    LINE(505, "HTTP/1.2", "GET / HTTP/1.2"),
    LINE(505, "HTTP/2.0", "GET / HTTP/2.0"),
    LINE(505, "HTTP/9.9", "GET / HTTP/9.9"),
    LINE(400, "a minor version of two digits", "GET / HTTP/1.10"),
    LINE(400, "a major version of two digits", "GET / HTTP/01.1"),
    LINE(400, "no minor version", "GET / HTTP/1"),
    LINE(400, "an empty minor version", "GET / HTTP/1."),
    LINE(400, "an empty major version", "GET / HTTP/.1"),
    LINE(400, "a version in small letters", "GET / http/1.1"),
    LINE(400, "a version in mixed letters", "GET / Http/1.1"),
    LINE(400, "a space inside the version", "GET / HTTP /1.1"),
    LINE(400, "a comma in the version", "GET / HTTP/1,1"),
    LINE(400, "a sign in the version", "GET / HTTP/+1.1"),
    LINE(400, "a letter for a major version", "GET / HTTP/a.1"),
    LINE(400, "a letter for a minor version", "GET / HTTP/1.x"),
    LINE(400, "another protocol", "GET / ICAP/1.1"),
    LINE(400, "a protocol that begins as ours", "GET / HTTPS/1.1"),
    LINE(400, "a letter after the version", "GET / HTTP/1.1x"),
    LINE(400, "a NUL after the version", "GET / HTTP/1.1\0"),
    LINE(400, "a NUL in the method", "G\0T / HTTP/1.1"),
    LINE(400, "an @ in the method", "G@T / HTTP/1.1"),
    LINE(400, "a colon in the method", "GET: / HTTP/1.1"),
    LINE(400, "a method in parentheses", "(GET) / HTTP/1.1"),
    LINE(400, "a method in quotation marks", "\"GET\" / HTTP/1.1"),
    LINE(400, "a method beyond ASCII", "G\xc3\x89T / HTTP/1.1"),
    LINE(400, "a field for a request line", "Host: b"),
    /* The target */
    PATH(400, "a target without its slash", "index.html"),
    PATH(400, "a target that is only a query", "?a=b"),
    PATH(400, "an asterisk, but not OPTIONS", "*"),
    PATH(400, "an authority, but not CONNECT", "a:443"),
    LINE(501, "CONNECT", "CONNECT a:443 HTTP/1.1"),
    LINE(501, "CONNECT with a path", "CONNECT / HTTP/1.1"),
    PATH(400, "a space in a target", "/a b"),
    PATH(400, "a NUL in a target", "/a\0b"),
    PATH(400, "a control character in a target", "/a\x01"),
    PATH(400, "a vertical tab in a target", "/a\x0b"),
    PATH(400, "a form feed in a target", "/a\x0c"),
    PATH(400, "an escape character in a target", "/\x1b[2J"),
    PATH(400, "a DEL in a target", "/a\x7f"),
    PATH(400, "raw UTF-8 in a target", "/\xc3\xa6"),
    PATH(400, "raw Latin-1 in a target", "/\xe6"),
    PATH(400, "a fragment", "/a#b"),
    PATH(400, "a < in a target", "/<a"),
    PATH(400, "a > in a target", "/a>"),
    PATH(400, "a quotation mark in a target", "/\"a\""),
    PATH(400, "a backslash in a target", "/a\\b"),
    PATH(400, "a ^ in a target", "/a^"),
    PATH(400, "a ` in a target", "/a`"),
    PATH(400, "a { in a target", "/{a"),
    PATH(400, "a } in a target", "/a}"),
    PATH(400, "a | in a target", "/a|b"),
    PATH(400, "a [ in a query", "/?a[=1"),
    PATH(400, "a ] in a query", "/?a]=1"),
    PATH(400, "a lone %", "/%"),
    PATH(400, "an escape cut short", "/%2"),
    PATH(400, "an escape that is not hexadecimal", "/%zz"),
    PATH(400, "an escape half hexadecimal", "/%2g"),
    PATH(400, "an escape in an escape", "/%%41"),
    PATH(400, "an escape cut by the query", "/%2?a"),
    PATH(400, "a URL of another host", "http://b/"),
    PATH(400, "a URL of another port", "http://a:81/"),
    PATH(400, "a URL with a user", "http://u@a/"),
    PATH(400, "a URL without a host", "http:///x"),
    PATH(400, "a URL with nothing else", "http://"),
    PATH(400, "a URL with one slash", "http:/a"),
    PATH(400, "a URL of another scheme", "ftp://a/"),
    PATH(400, "a URL of a file", "file:///etc/passwd"),
    PATH(400, "a path with a scheme behind", "a/http://a/"),
    BAD(400, "a URL without a valid host, in HTTP/1.0", "GET http://u@a/ HTTP/1.0\r\n\r\n"),
    LINE(400, "OPTIONS of something else than *", "OPTIONS ** HTTP/1.1"),
    LINE(400, "OPTIONS of a word", "OPTIONS x HTTP/1.1"),
    /* Fields */
    FIELD(400, "a space before the colon", "X : y"),
    FIELD(400, "a tab before the colon", "X\t: y"),
    FIELD(400, "a field without a colon", "X"),
    FIELD(400, "a field of a space", " "),
    FIELD(400, "a field without a name", ": y"),
    FIELD(400, "a folded line", "X: y\r\n z"),
    FIELD(400, "a line folded by a tab", "X: y\r\n\tz"),
    FIELD(400, "a line folded after an empty value", "X:\r\n z"),
    BAD(400, "a fold right after the request line",
        "GET / HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n"),
    FIELD(400, "a NUL in a name", "X\0Y: z"),
    FIELD(400, "a NUL in a value", "X: y\0z"),
    FIELD(400, "a NUL at a value's end", "X: y\0"),
    FIELD(400, "a CR in a value", "X: y\rz"),
    FIELD(400, "a CR at a value's end", "X: y\r"),
    FIELD(400, "a CR at a line's begin", "\rX: y"),
    FIELD(400, "a bare LF at a line's end", "X: y\nZ: z"),
    FIELD(400, "a line of a bare LF", "X: y\r\n\nZ: z"),
    BAD(400, "a bare LF ends the head", "GET / HTTP/1.1\r\nHost: a\r\n\n"),
    BAD(400, "CR CR LF ends the head", "GET / HTTP/1.1\r\nHost: a\r\n\r\r\n"),
    FIELD(400, "a control character in a value", "X: y\x01"),
    FIELD(400, "a vertical tab in a value", "X: y\x0bz"),
    FIELD(400, "a form feed in a value", "X: y\x0cz"),
    FIELD(400, "an escape character in a value", "X: \x1b[2J"),
    FIELD(400, "a DEL in a value", "X: y\x7f"),
    FIELD(400, "UTF-8 in a name", "X\xc3\xa6: y"),
    FIELD(400, "a name in parentheses", "(X): y"),
    FIELD(400, "an @ in a name", "X@: y"),
    FIELD(400, "a [ in a name", "X[0]: y"),
    FIELD(400, "a name in quotation marks", "\"X\": y"),
    FIELD(400, "a slash in a name", "X/Y: z"),
    FIELD(400, "a semicolon in a name", "X;Y: z"),
    FIELD(400, "an = in a name", "X=Y: z"),
    FIELD(400, "a comma in a name", "X,Y: z"),
    FIELD(400, "a { in a name", "{X}: y"),
    FIELD(400, "a DEL in a name", "X\x7f: y"),
    FIELD(400, "a space in a name", "X Y: z"),
    FIELD(400, "a request line for a field", "GET / HTTP/1.1"),
    /* Host */
    BAD(400, "no Host", "GET / HTTP/1.1\r\n\r\n"),
    HOSTS("no Host, but other fields", "X: y"),
    HOSTS("Host twice, equal", "Host: a\r\nHost: a"),
    HOSTS("Host twice, different", "Host: a\r\nHost: b"),
    HOSTS("Host twice in different letters", "Host: a\r\nhOST: a"),
    HOSTS("an empty Host", "Host:"),
    HOSTS("a Host of spaces", "Host:   "),
    HOSTS("a space in Host", "Host: a b"),
    HOSTS("a list in Host", "Host: a, b"),
    HOSTS("a comma in Host", "Host: a,b"),
    HOSTS("a user in Host", "Host: u@a"),
    HOSTS("a path in Host", "Host: a/b"),
    HOSTS("a query in Host", "Host: a?b"),
    HOSTS("a URL in Host", "Host: http://a"),
    HOSTS("a name for a port", "Host: a:http"),
    HOSTS("a port too large", "Host: a:65536"),
    HOSTS("a port far too large", "Host: a:99999999999999999999999"),
    HOSTS("a negative port", "Host: a:-1"),
    HOSTS("two ports", "Host: a:80:80"),
    HOSTS("a port alone", "Host: :80"),
    HOSTS("an IPv6 address without brackets", "Host: ::1"),
    HOSTS("an IPv6 address with one bracket", "Host: [::1"),
    HOSTS("empty brackets", "Host: []"),
    HOSTS("a name in brackets", "Host: [host]"),
    HOSTS("something before the bracket ends", "Host: [::1x]"),
    HOSTS("something after the bracket", "Host: [::1]x"),
    HOSTS("an escape in Host", "Host: %61"),
    HOSTS("UTF-8 in Host", "Host: \xc3\xa6"),
    HOSTS("a NUL in Host", "Host: a\0"),
    HOSTS("a < in Host", "Host: <a>"),
    HOSTS("a backslash in Host", "Host: a\\b"),
    HOSTS("a space before Host's colon", "Host : a"),
    BAD(400, "Host twice in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
    /* Content-Length */
    BODY(400, "an empty length", "Content-Length:", ""),
    BODY(400, "a length with a plus", "Content-Length: +5", "hello"),
    BODY(400, "a negative length", "Content-Length: -5", "hello"),
    BODY(400, "a length of minus nothing", "Content-Length: -0", ""),
    BODY(400, "a hexadecimal length", "Content-Length: 0x5", "hello"),
    BODY(400, "a length in words", "Content-Length: five", "hello"),
    BODY(400, "a decimal fraction", "Content-Length: 5.0", "hello"),
    BODY(400, "an exponent", "Content-Length: 5e0", "hello"),
    BODY(400, "an underscore in a length", "Content-Length: 0_5", "hello"),
    BODY(400, "two lengths in one value", "Content-Length: 5 5", "hello"),
    BODY(400, "a list of equal lengths", "Content-Length: 5, 5", "hello"),
    BODY(400, "a list of different lengths", "Content-Length: 5,6", "hello"),
    BODY(400, "a list with an empty part", "Content-Length: 5,", "hello"),
    BODY(400, "a semicolon after a length", "Content-Length: 5;", "hello"),
    BODY(400, "a length in quotation marks", "Content-Length: \"5\"", "hello"),
    BODY(400, "Arabic digits", "Content-Length: \xd9\xa5", "hello"),
    BODY(400, "a NUL after a length", "Content-Length: 5\0", "hello"),
    BODY(400, "a vertical tab before a length",
         "Content-Length: \x0b"
         "5",
         "hello"),
    BODY(400, "equal lengths twice", "Content-Length: 5\r\nContent-Length: 5", "hello"),
    BODY(400, "different lengths twice", "Content-Length: 5\r\nContent-Length: 6", "hello"),
    BODY(400, "lengths twice, apart", "Content-Length: 5\r\nX: y\r\ncontent-length: 0", "hello"),
    BODY(400, "a space before the length's colon", "Content-Length : 5", "hello"),
    BODY(400, "a folded length", "Content-Length:\r\n 5", "hello"),
    BODY(413, "a length over the limit", "Content-Length: 65537", ""),
    BODY(413, "a length of ten digits", "Content-Length: 9999999999", ""),
    BODY(413, "a length of eleven digits", "Content-Length: 00000000005", "hello"),
    BODY(413, "a length of 2^32 + 5", "Content-Length: 4294967301", "hello"),
    BODY(413, "a length of 2^64 + 5", "Content-Length: 18446744073709551621", "hello"),
    BODY(413, "a length of 40 digits", "Content-Length: 9999999999999999999999999999999999999999",
         ""),
    /* Transfer-Encoding */
    BODY(400, "a length, then chunked", "Content-Length: 5\r\nTransfer-Encoding: chunked",
         "0\r\n\r\n"),
    BODY(400, "chunked, then a length", "Transfer-Encoding: chunked\r\nContent-Length: 5",
         "0\r\n\r\n"),
    BODY(400, "chunked, and a length of nothing", "Transfer-Encoding: chunked\r\nContent-Length: 0",
         "0\r\n\r\n"),
    BODY(400, "xchunked", "Transfer-Encoding: xchunked", "0\r\n\r\n"),
    BODY(400, "chunkedx", "Transfer-Encoding: chunkedx", "0\r\n\r\n"),
    BODY(400, "chunk", "Transfer-Encoding: chunk", "0\r\n\r\n"),
    BODY(400, "identity", "Transfer-Encoding: identity", ""),
    BODY(400, "gzip alone", "Transfer-Encoding: gzip", ""),
    BODY(501, "gzip, then chunked", "Transfer-Encoding: gzip, chunked", "0\r\n\r\n"),
    BODY(400, "chunked, then gzip", "Transfer-Encoding: chunked, gzip", "0\r\n\r\n"),
    BODY(400, "chunked, then identity", "Transfer-Encoding: chunked, identity", "0\r\n\r\n"),
    BODY(400, "chunked twice in a list", "Transfer-Encoding: chunked, chunked", "0\r\n\r\n"),
    BODY(400, "chunked in two fields", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
         "0\r\n\r\n"),
    BODY(400, "chunked, then identity in a field",
         "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n"),
    BODY(400, "identity, then chunked in a field",
         "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
    BODY(400, "an empty coding", "Transfer-Encoding:", ""),
    BODY(400, "chunked with a parameter", "Transfer-Encoding: chunked;q=1", "0\r\n\r\n"),
    BODY(400, "chunked in quotation marks", "Transfer-Encoding: \"chunked\"", "0\r\n\r\n"),
    BODY(400, "chunked after a comma", "Transfer-Encoding: , chunked", "0\r\n\r\n"),
    BODY(400, "chunked before a comma", "Transfer-Encoding: chunked,", "0\r\n\r\n"),
    BODY(400, "codings with a space between", "Transfer-Encoding: gzip chunked", "0\r\n\r\n"),
    BODY(400, "chunked after a vertical tab",
         "Transfer-Encoding: \x0b"
         "chunked",
         "0\r\n\r\n"),
    BODY(400, "chunked before a NUL", "Transfer-Encoding: chunked\0", "0\r\n\r\n"),
    BODY(400, "a space before the coding's colon", "Transfer-Encoding : chunked", "0\r\n\r\n"),
    BODY(400, "a folded coding", "Transfer-Encoding:\r\n chunked", "0\r\n\r\n"),
    BAD(400, "chunked in HTTP/1.0",
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    /* Bodies where there are none */
    BAD(400, "GET with a body", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"),
    BAD(400, "HEAD with a body", "HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"),
    BAD(400, "DELETE with a body",
        "DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"),
    BAD(400, "GET with chunks",
        "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    /* Expect */
    BODY(417, "an unknown expectation", "Content-Length: 5\r\nExpect: 200-ok", "hello"),
    BODY(417, "an expectation too many", "Content-Length: 5\r\nExpect: 100-continue, x", "hello"),
    BODY(417, "the expectation twice",
         "Content-Length: 5\r\nExpect: 100-continue\r\nExpect: 100-continue", "hello"),
    BODY(417, "an empty expectation", "Content-Length: 5\r\nExpect:", "hello"),
    /* Chunks */
    CHUNKS(400, "no chunk size", "\r\nhello\r\n0\r\n\r\n"),
    CHUNKS(400, "a chunk size of 0x0", "0x0\r\n\r\n"),
    CHUNKS(400, "a negative chunk size", "-1\r\n"),
    CHUNKS(400, "a chunk size with a plus", "+5\r\nhello\r\n0\r\n\r\n"),
    CHUNKS(400, "a space before a chunk size", " 5\r\nhello\r\n0\r\n\r\n"),
    CHUNKS(400, "a space after a chunk size", "5 \r\nhello\r\n0\r\n\r\n"),
    CHUNKS(400, "a tab after a chunk size", "5\t\r\nhello\r\n0\r\n\r\n"),
    CHUNKS(400, "a space inside a chunk size", "1 0\r\n"),
    CHUNKS(400, "a chunk size of nine digits", "000000005\r\nhello\r\n0\r\n\r\n"),
    CHUNKS(400, "a chunk size that wraps at 64 bits", "10000000000000005\r\nhello\r\n0\r\n\r\n"),
    CHUNKS(400, "a chunk size that is not hexadecimal", "g\r\n"),
    CHUNKS(400, "a chunk size with an underscore", "1_0\r\n"),
    CHUNKS(400, "a chunk size in quotation marks", "\"5\"\r\n"),
    CHUNKS(400, "a comma after a chunk size", "5,\r\nhello\r\n0\r\n\r\n"),
    CHUNKS(400, "a NUL after a chunk size", "5\0\r\nhello\r\n0\r\n\r\n"),
    CHUNKS(400, "a bare LF after a chunk size", "5\nhello\r\n0\r\n\r\n"),
    CHUNKS(400, "a CR too many after a chunk size", "5\r\r\nhello\r\n0\r\n\r\n"),
    CHUNKS(400, "a CR without LF after a chunk size", "5\rhello\r\n0\r\n\r\n"),
    CHUNKS(400, "no line end after data", "5\r\nhello0\r\n\r\n"),
    CHUNKS(400, "a bare LF after data", "5\r\nhello\n0\r\n\r\n"),
    CHUNKS(400, "a CR without LF after data", "5\r\nhello\r0\r\n\r\n"),
    CHUNKS(400, "more data than the size says", "5\r\nhello!\r\n0\r\n\r\n"),
    CHUNKS(400, "less data than the size says", "6\r\nhello\r\n0\r\n\r\n"),
    CHUNKS(400, "two line ends after data", "5\r\nhello\r\n\r\n0\r\n\r\n"),
    CHUNKS(400, "a NUL in an extension", "5;a\0\r\nhello\r\n0\r\n\r\n"),
    CHUNKS(400, "a bare LF in an extension", "5;a\nhello\r\n0\r\n\r\n"),
    CHUNKS(400, "a CR in an extension", "5;a\rb\r\nhello\r\n0\r\n\r\n"),
    CHUNKS(400, "a control character in an extension", "5;a\x01\r\nhello\r\n0\r\n\r\n"),
    CHUNKS(400, "an extension without its semicolon", "5 a=b\r\nhello\r\n0\r\n\r\n"),
    CHUNKS(400, "a bare LF after the last size", "0\n\r\n"),
    CHUNKS(400, "a bare LF at the end", "0\r\n\n"),
    CHUNKS(400, "CR CR LF at the end", "0\r\n\r\r\n"),
    CHUNKS(400, "a trailer without a colon", "0\r\nX\r\n\r\n"),
    CHUNKS(400, "a trailer without a name", "0\r\n: y\r\n\r\n"),
    CHUNKS(400, "a space before a trailer's colon", "0\r\nX : y\r\n\r\n"),
    CHUNKS(400, "a folded trailer", "0\r\nX: y\r\n z\r\n\r\n"),
    CHUNKS(400, "a NUL in a trailer", "0\r\nX: y\0\r\n\r\n"),
    CHUNKS(400, "a bare LF after a trailer", "0\r\nX: y\n\r\n"),
    CHUNKS(400, "a CR in a trailer", "0\r\nX: y\rz\r\n\r\n"),
    CHUNKS(400, "a request where trailers stand", "0\r\nGET / HTTP/1.1\r\nHost: b\r\n\r\n"),
    CHUNKS(413, "a chunk over the limit", "10001\r\n"),
    CHUNKS(413, "a chunk of 4 GB", "FFFFFFFF\r\n"),
    CHUNKS(413, "chunks over the limit together", "1\r\na\r\n10000\r\n"),
};

enum { MALFORMED = sizeof malformed / sizeof *malformed };

#undef BAD
#undef LINE
#undef PATH
#undef FIELD
#undef HOSTS
#undef BODY
#undef CHUNKS

#endif
