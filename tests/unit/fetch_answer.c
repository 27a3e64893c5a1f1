/* SPDX-License-Identifier: MIT */
/* One HTTP/1.1 answer told from the next, however its bytes are cut. What a head may hold is
 * unit/fetch_head's. */
#include "tests/answer_judge.h"

#include "tests/tap.h"

#define OK        "HTTP/1.1 200 OK\r\n"
#define LENGTH(n) "Content-Length: " n "\r\n"
#define CHUNKS    "Transfer-Encoding: chunked\r\n\r\n"

struct row {
    struct str bytes;
    enum fetch_status status;
    bool is_whole, may_keep;
    const char *body;
    const char *rest; /* what is not its own */
};

static const struct row rows[] = {
    {STR_INIT(OK LENGTH("2") "\r\nab"), FETCH_OK, true, true, "ab", ""},
    {STR_INIT(OK LENGTH("0") "\r\n"), FETCH_OK, true, true, "", ""},
    {STR_INIT(OK CHUNKS "1\r\na\r\n2;x=y\r\nbc\r\n0\r\n\r\n"), FETCH_OK, true, true, "abc", ""},
    {STR_INIT(OK CHUNKS "0\r\nX-A: b\r\n\r\n"), FETCH_OK, true, true, "", ""},
    {STR_INIT("HTTP/1.1 204 No Content\r\n\r\n"), FETCH_OK, true, true, "", ""},
    {STR_INIT("HTTP/1.1 304 Not Modified\r\n" LENGTH("9") "\r\n"), FETCH_OK, true, true, "", ""},
    {STR_INIT("HTTP/1.1 103 Early\r\nLink: a\r\n\r\n" OK LENGTH("1") "\r\na"), FETCH_OK, true, true,
     "a", ""},
    /* What follows an answer is nobody's. */
    {STR_INIT(OK LENGTH("1") "\r\nab"), FETCH_OK, true, false, "a", "b"},
    {STR_INIT(OK LENGTH("0") "\r\n\r\n"), FETCH_OK, true, false, "", "\r\n"},
    {STR_INIT(OK CHUNKS "0\r\n\r\n" OK), FETCH_OK, true, false, "", OK},
    {STR_INIT("HTTP/1.1 204 No Content\r\n\r\nx"), FETCH_OK, true, false, "", "x"},
    /* Connections that are not to be used again. */
    {STR_INIT("HTTP/1.0 200 OK\r\n" LENGTH("1") "\r\na"), FETCH_OK, true, false, "a", ""},
    {STR_INIT(OK "Connection: close\r\n" LENGTH("1") "\r\na"), FETCH_OK, true, false, "a", ""},
    {STR_INIT(OK "connection: a, CLOSE ,b\r\n" LENGTH("1") "\r\na"), FETCH_OK, true, false, "a",
     ""},
    {STR_INIT(OK "Connection: closed\r\n" LENGTH("1") "\r\na"), FETCH_OK, true, true, "a", ""},
    {STR_INIT(OK "X-Connection: close\r\n" LENGTH("1") "\r\na"), FETCH_OK, true, true, "a", ""},
    /* The end of the connection is the end of nothing that has a better one. */
    {STR_INIT("HTTP/1.1 500 Oh\r\n\r\nabc"), FETCH_OK, false, false, "abc", ""},
    {STR_INIT(OK "\r\nabc"), FETCH_PROTOCOL, false, false, NULL, "abc"},
    {STR_INIT(OK LENGTH("3") "\r\nab"), FETCH_CUT, false, false, NULL, ""},
    {STR_INIT(OK CHUNKS "2\r\nab\r\n"), FETCH_CUT, false, false, NULL, ""},
    {STR_INIT(OK CHUNKS "0\r\n"), FETCH_CUT, false, false, NULL, ""},
    {STR_INIT(OK LENGTH("3")), FETCH_CUT, false, false, NULL, ""},
    {STR_INIT("HTTP/1.1 2"), FETCH_PROTOCOL, false, false, NULL, "HTTP/1.1 2"},
    {STR_INIT(""), FETCH_PROTOCOL, false, false, NULL, ""},
    /* What is no answer. */
    {STR_INIT("HTTP/2 200 \r\n\r\n"), FETCH_PROTOCOL, false, false, NULL, NULL},
    {STR_INIT("\r\n" OK LENGTH("0") "\r\n"), FETCH_PROTOCOL, false, false, NULL, NULL},
    {STR_INIT("ICY 200 OK\r\n\r\n"), FETCH_PROTOCOL, false, false, NULL, NULL},
    {STR_INIT(OK CHUNKS "x\r\n"), FETCH_PROTOCOL, false, false, NULL, NULL},
    {STR_INIT(OK CHUNKS "1\r\nab\r\n"), FETCH_PROTOCOL, false, false, NULL, NULL},
    {STR_INIT(OK CHUNKS "2000\r\n"), FETCH_TOO_LARGE, false, false, NULL, NULL},
    {STR_INIT(OK CHUNKS "fffffffffffffffff\r\n"), FETCH_PROTOCOL, false, false, NULL, NULL},
};

static void judge_row(const struct row *row, size_t step, const char *name)
{
    struct answer_verdict verdict = answer_judge(row->bytes, step);
    bool is_as_told = verdict.status == row->status && verdict.is_whole == row->is_whole;
    if (row->rest && !(verdict.is_whole && step < row->bytes.len)) /* the rest may be yet to come */
        is_as_told = is_as_told && verdict.may_keep == row->may_keep;
    if (row->rest)
        is_as_told = is_as_told && verdict.used == row->bytes.len - strlen(row->rest);
    if (row->body)
        is_as_told = is_as_told && str_equal(buf_str(&verdict.body), str_of(row->body));
    ok(is_as_told, "%s, %zu at a time: %s", name, step, fetch_status_code(verdict.status).at);
    buf_clear(&verdict.body);
}

/* A head as long as may be, and one byte longer, arriving line by line or not at all. */
static void test_ceilings(void)
{
    char bytes[HEAD_MAX + 3];
    for (size_t len = HEAD_MAX; len <= HEAD_MAX + 1; len++) {
        memset(bytes, 'a', sizeof bytes);
        memcpy(bytes, OK "X: ", sizeof OK "X: " - 1);
        memcpy(bytes + len - 4, "\r\n\r\n", 4);
        memcpy(bytes + 9, "404", 3); /* which needs no length */
        for (size_t step = 1; step <= len; step += 100) {
            struct answer_verdict verdict = answer_judge(str_make(bytes, len), step);
            is_int(verdict.status, len > HEAD_MAX ? FETCH_TOO_LARGE : FETCH_OK,
                   "%zu bytes of head, %zu at a time", len, step);
            buf_clear(&verdict.body);
        }
    }
    memset(bytes, 'a', sizeof bytes);
    struct answer_verdict endless = answer_judge(str_make(bytes, sizeof bytes), 1);
    is_int(endless.status, FETCH_TOO_LARGE, "a line that does not end");
    buf_clear(&endless.body);
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[16];
        snprintf(name, sizeof name, "row %zu", i);
        for (size_t step = 1; step <= rows[i].bytes.len; step++)
            judge_row(&rows[i], step, name);
    }
    test_ceilings();
    return done_testing();
}
