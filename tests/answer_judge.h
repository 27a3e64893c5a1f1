/* SPDX-License-Identifier: MIT */
/* What becomes of an HTTP/1.1 answer whose bytes arrive some at a time, and whose connection then
 * ends; shared by the table of unit/fetch_answer and the fuzz driver. */
#ifndef TESTS_ANSWER_JUDGE_H
#define TESTS_ANSWER_JUDGE_H

#include <assert.h>

#include "net/fetch_answer.h"

enum { ANSWER_MAX = 4096, HEAD_MAX = 1024, LINES_MAX = 20 };

struct answer_verdict {
    enum fetch_status status;
    bool is_whole; /* before the connection ended */
    bool may_keep;
    int http_status;
    bool has_length;
    uint64_t length;
    size_t used; /* bytes that belong to it; what follows is somebody else's */
    struct buf body;
};

static struct answer_verdict answer_judge(struct str bytes, size_t step)
{
    static const struct fetch_pool_settings settings = {.header_bytes_max = HEAD_MAX,
                                                        .header_lines_max = LINES_MAX};
    static const struct fetch_server server = {.settings = &settings};
    struct fetch_transfer transfer;
    struct fetch_answer answer;
    struct answer_verdict verdict = {.status = FETCH_OK};
    size_t fed = 0;
    fetch_transfer_init(&transfer, &server, NULL);
    transfer.answer_max = ANSWER_MAX;
    buf_init(&transfer.body, ANSWER_MAX);
    fetch_answer_init(&answer);
    while (verdict.status == FETCH_OK && answer.state != ANSWER_WHOLE && fed < bytes.len) {
        size_t room, some = step < bytes.len - fed ? step : bytes.len - fed;
        char *at = fetch_answer_room(&answer, &room);
        assert(at);
        some = some < room ? some : room;
        memcpy(at, bytes.at + fed, some);
        buf_commit(&answer.in, some);
        fed += some;
        verdict.status = fetch_answer_take(&answer, &transfer);
    }
    verdict.is_whole = verdict.status == FETCH_OK && answer.state == ANSWER_WHOLE;
    verdict.may_keep = verdict.is_whole && answer.may_keep;
    verdict.used = fed - answer.in.len;
    if (verdict.status == FETCH_OK && !verdict.is_whole)
        verdict.status = fetch_answer_end(&answer, &transfer);
    verdict.http_status = transfer.head.status;
    verdict.has_length = transfer.head.has_length;
    verdict.length = transfer.head.length;
    buf_move(&verdict.body, &transfer.body);
    fetch_answer_clear(&answer);
    fetch_transfer_clear(&transfer);
    return verdict;
}

#endif
