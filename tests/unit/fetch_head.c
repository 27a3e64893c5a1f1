/* SPDX-License-Identifier: MIT */
/* The head of an answer, line by line: what is refused, what is kept, and the two ceilings. The
 * suite of fetch has the cases that reach us through libcurl; these are the ones it may hide. */
#include "net/fetch_head.h"

#include "tests/tap.h"

static const struct fetch_head_limits limits = {
    .bytes_max = 400,
    .lines_max = 6,
    .length_max = 100,
};

/* Feeds lines, each ended by its line feed, until one is refused. */
static enum fetch_status feed(struct fetch_head *head, struct str lines, const char **why)
{
    enum fetch_status status = FETCH_OK;
    while (lines.len > 0 && status == FETCH_OK) {
        size_t len = str_find_byte(lines, '\n') + 1;
        status = fetch_head_line(head, str_head(lines, len), &limits, why);
        lines = str_skip(lines, len);
    }
    return status;
}

#define START "HTTP/1.1 200 OK\r\n"

static void test_lines(void)
{
    static const struct {
        struct str lines;
        enum fetch_status want;
        bool ended;
    } rows[] = {
        {STR_INIT(START), FETCH_OK, false},
        {STR_INIT(START "Content-Length: 0\r\n\r\n"), FETCH_OK, true},
        {STR_INIT(START "Content-Length: 100\r\n\r\n"), FETCH_OK, true},
        {STR_INIT(START "Content-Length: 101\r\n\r\n"), FETCH_TOO_LARGE, false},
        {STR_INIT(START "Content-Length: 99999999999999999999\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START "Content-Length:\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START "Content-Length: +1\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START "Content-Length: 0x1\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START "Content-Length: 1\r\ncontent-length: 1\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START "Transfer-Encoding: CHUNKED\r\n\r\n"), FETCH_OK, true},
        {STR_INIT(START "Transfer-Encoding: xchunked\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START "Transfer-Encoding: gzip, chunked\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START "Transfer-Encoding: identity\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START "Transfer-Encoding:\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"), FETCH_PROTOCOL,
         false},
        {STR_INIT(START "Content-Encoding: identity\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START "\r\n"), FETCH_PROTOCOL, true},
        {STR_INIT("HTTP/1.1 204 No Content\r\n\r\n"), FETCH_OK, true},
        {STR_INIT("HTTP/1.1 500\r\n\r\n"), FETCH_OK, true},
        {STR_INIT("HTTP/2 200 \r\n\r\n"), FETCH_OK, true},
        {STR_INIT("HTTP/1.1 100 Continue\r\n\r\n"), FETCH_OK, false},
        {STR_INIT("HTTP/1.1 102 Wait\r\nContent-Length: 9\r\n\r\n" START
                  "Content-Length: 1\r\n\r\n"),
         FETCH_OK, true},
        {STR_INIT("HTTP/1.1 101 Switching\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT("HTTP/1.1 99 Low\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT("HTTP/1.1 600 High\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT("HTTP/1.1 20 Short\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT("HTTP/1.1 2000 Long\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT("HTTP/1.1  200 OK\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT("HTTP/1.1\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT("HTTP/1.2 200 OK\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT("http/1.1 200 OK\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT("X-A: a\r\n" START), FETCH_PROTOCOL, false},
        {STR_INIT(START START "Content-Length: 0\r\n\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT("HTTP/1.1 100 Continue\r\n" START), FETCH_PROTOCOL, false},
        {STR_INIT("HTTP/1.1 100 Continue\r\n\r\nX-A: a\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START "X-A: a\0b\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START "X-A: a\rb\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START "X-A: a\x7f\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START "X-A: a\tb\r\n"), FETCH_OK, false},
        {STR_INIT(START "X-A: \xc3\xa6\r\n"), FETCH_OK, false},
        {STR_INIT(START "X-A: a\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START " X-A: a\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START "X A: a\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START "X-A\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START ": a\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START "X\xc3\xa6: a\r\n"), FETCH_PROTOCOL, false},
        {STR_INIT(START "A:\r\nA:\r\nA:\r\nA:\r\nA:\r\n"), FETCH_OK, false},
        {STR_INIT(START "A:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\n"), FETCH_TOO_LARGE, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fetch_head head = {0};
        const char *why = NULL;
        enum fetch_status status = feed(&head, rows[i].lines, &why);
        is_str(fetch_status_code(status).at, fetch_status_code(rows[i].want).at, "row %zu: %s", i,
               why ? why : "taken");
        ok(!why == (status == FETCH_OK), "row %zu: a reason when refused", i);
        is_int(head.ended, rows[i].ended, "row %zu: whether it ended", i);
    }
}

static void test_bytes(void)
{
    char line[512];
    for (size_t len = 399; len <= 402; len++) {
        memset(line, 'a', sizeof line);
        memcpy(line, "X: ", 3);
        memcpy(line + len - 2, "\r\n", 2);
        struct fetch_head head = {.has_status = true};
        const char *why = NULL;
        enum fetch_status status = fetch_head_line(&head, str_make(line, len), &limits, &why);
        is_int(status == FETCH_OK, len <= limits.bytes_max, "%zu bytes of header", len);
    }
}

static void test_kept(void)
{
    struct fetch_head head = {.has_status = true};
    const char *why;
    char line[256] = "X-Request-Id: ";
    memset(line + strlen(line), 'a', FETCH_FIELD_MAX);
    strcat(line, "\r\n");
    ok(feed(&head, str_of(line), &why) == FETCH_OK, "an id as long as may be");
    is_int((long long)head.request_id.len, FETCH_FIELD_MAX, "is kept");
    head = (struct fetch_head){.has_status = true};
    strcpy(strchr(line, '\r'), "a\r\n");
    ok(feed(&head, str_of(line), &why) == FETCH_OK, "a longer one");
    is_int((long long)head.request_id.len, 0, "says nothing");

    head = (struct fetch_head){0};
    ok(feed(&head, STR(START "Content-Length: 0\r\n\r\nX-Request-Id: late\r\n"), &why) == FETCH_OK,
       "a trailer");
    is_int((long long)head.request_id.len, 0, "says nothing");

    head = (struct fetch_head){0};
    ok(feed(&head, STR("HTTP/1.1 103 Early\r\nX-Request-Id: early\r\n\r\n" START), &why) ==
           FETCH_OK,
       "an interim answer's field");
    is_int((long long)head.request_id.len, 0, "is not the answer's");
}

static void test_retry_after(void)
{
    static const struct wall now = {1445412480000, true}; /* Wed, 21 Oct 2015 07:28:00 GMT */
    static const struct {
        const char *text;
        unsigned want;
    } rows[] = {
        {"", 0},
        {"0", 0},
        {"120", 120},
        {"86401", 86400},
        {"99999999999999999999", 86400},
        {"-1", 0},
        {"1.5", 0},
        {"Wed, 21 Oct 2015 07:28:00 GMT", 0},
        {"Wed, 21 Oct 2015 07:27:59 GMT", 0},
        {"Wed, 21 Oct 2015 07:28:01 GMT", 1},
        {"Wed, 21 Oct 2015 08:29:01 GMT", 3661},
        {"Thu, 22 Oct 2015 07:28:00 GMT", 86400},
        {"Fri, 31 Dec 9999 23:59:59 GMT", 86400},
        {"Sun, 30 Feb 2016 00:00:00 GMT", 0},
        {"Thu, 22 anF 2015 07:28:00 GMT", 0},
        {"Thu, 22 Oct 2015 07:28:00 CET", 0},
        {"Thu, 22 Oct 2015 25:28:00 GMT", 0},
        {"Thursday, 22-Oct-15 07:28:00 GMT", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fetch_field field = {.len = strlen(rows[i].text)};
        memcpy(field.at, rows[i].text, field.len);
        is_int(fetch_retry_after_s(&field, now), rows[i].want, "Retry-After: %s", rows[i].text);
    }
}

int main(void)
{
    test_lines();
    test_bytes();
    test_kept();
    test_retry_after();
    return done_testing();
}
