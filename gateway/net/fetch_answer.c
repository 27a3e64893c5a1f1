/* SPDX-License-Identifier: MIT */
#include "net/fetch_answer.h"

enum { READ_FIRST = 4096, READ_MORE = 65536, IN_MAX = 16 * 1024 * 1024 };

void fetch_answer_init(struct fetch_answer *answer)
{
    *answer = (struct fetch_answer){0};
    buf_init(&answer->in, IN_MAX);
    fetch_answer_begin(answer);
}

void fetch_answer_clear(struct fetch_answer *answer)
{
    buf_clear(&answer->in);
}

void fetch_answer_begin(struct fetch_answer *answer)
{
    answer->state = ANSWER_HEAD;
    answer->may_keep = true;
    if (answer->in.cap > (size_t)2 * READ_FIRST) /* a spare connection keeps little */
        buf_clear(&answer->in);
    buf_reset(&answer->in);
}

char *fetch_answer_room(struct fetch_answer *answer, size_t *room)
{
    *room = answer->state == ANSWER_BODY && answer->left > READ_FIRST ? READ_MORE : READ_FIRST;
    return buf_reserve(&answer->in, *room);
}

static enum fetch_status refuse(struct fetch_transfer *transfer, enum fetch_status status,
                                const char *why)
{
    transfer->why = why;
    return transfer->refusal = status;
}

/* ---- the head ---- */

static bool says_close(struct str line)
{
    static const struct str name = STR_INIT("Connection:");
    struct str rest = str_skip(line, name.len);
    if (!str_equal_nocase(str_head(line, name.len), name))
        return false;
    while (rest.at)
        if (str_equal_nocase(str_trim(str_split(&rest, ',')), STR("close")))
            return true;
    return false;
}

/* `line` with its line feed. Other versions and HTTP/2's status lines are no status lines here. */
static enum fetch_status take_line(struct fetch_answer *answer, struct fetch_transfer *transfer,
                                   struct str line)
{
    bool is_status = !transfer->head.has_status;
    enum fetch_status status = fetch_transfer_line(transfer, line);
    if (status == FETCH_OK && is_status && !str_starts_with(line, STR("HTTP/1.")))
        return refuse(transfer, FETCH_PROTOCOL, "not HTTP/1");
    if ((is_status && str_starts_with(line, STR("HTTP/1.0"))) ||
        says_close(str_head(line, line.len - (line.len > 1 ? 2 : 1))))
        answer->may_keep = false;
    return status;
}

static enum fetch_status take_head(struct fetch_answer *answer, struct fetch_transfer *transfer)
{
    size_t most = transfer->server->settings->header_bytes_max, at = 0;
    enum fetch_status status = FETCH_OK;
    while (status == FETCH_OK && !transfer->head.ended) {
        struct str rest = str_skip(buf_str(&answer->in), at);
        size_t end = str_find_byte(rest, '\n');
        if (end < rest.len) {
            status = take_line(answer, transfer, str_head(rest, end + 1));
            at += end + 1;
        } else if (rest.len > most) {
            status = refuse(transfer, FETCH_TOO_LARGE, "a header line above the ceiling");
        } else {
            break;
        }
    }
    buf_drop(&answer->in, at);
    return status;
}

/* How much of a body there is: RFC 9112, 6.3. */
static uint64_t body_length(const struct fetch_head *head)
{
    if (head->status == 204 || head->status == 304)
        return 0;
    return head->has_length ? head->length : UINT64_MAX;
}

/* ---- the body ---- */

static enum fetch_status take_chunks(struct fetch_answer *answer, struct fetch_transfer *transfer)
{
    const struct http_limits limits = {.body_max = transfer->answer_max};
    struct buf *in = &answer->in;
    struct problem problem;
    size_t used = 0, got = 0;
    enum http_progress progress =
        http_chunks_parse(&answer->chunks, buf_str(in), &limits, in->at, &used, &got, &problem);
    if (progress == HTTP_WRONG) {
        bool is_large =
            problem.kind == PROBLEM_TOO_LARGE || problem.kind == PROBLEM_HEADERS_TOO_LARGE;
        return is_large ? refuse(transfer, FETCH_TOO_LARGE, "body above the ceiling")
                        : refuse(transfer, FETCH_PROTOCOL, "a chunk that is none");
    }
    if (progress == HTTP_DONE)
        answer->state = ANSWER_WHOLE;
    enum fetch_status status = fetch_transfer_data(transfer, str_make(in->at, got));
    buf_drop(in, used);
    return status;
}

static enum fetch_status take_body(struct fetch_answer *answer, struct fetch_transfer *transfer)
{
    bool has_end = answer->left != UINT64_MAX;
    struct str data = buf_str(&answer->in);
    if (!has_end && transfer->head.is_chunked)
        return data.len > 0 ? take_chunks(answer, transfer) : FETCH_OK;
    if (data.len > answer->left)
        data = str_head(data, (size_t)answer->left);
    enum fetch_status status = fetch_transfer_data(transfer, data);
    answer->left -= has_end ? data.len : 0;
    buf_drop(&answer->in, data.len);
    if (answer->left == 0)
        answer->state = ANSWER_WHOLE;
    return status;
}

enum fetch_status fetch_answer_take(struct fetch_answer *answer, struct fetch_transfer *transfer)
{
    enum fetch_status status = FETCH_OK;
    if (answer->state == ANSWER_HEAD) {
        status = take_head(answer, transfer);
        if (status == FETCH_OK && transfer->head.ended) {
            answer->state = ANSWER_BODY;
            answer->left = body_length(&transfer->head);
            answer->chunks = (struct http_chunks){0};
        }
    }
    if (status == FETCH_OK && answer->state == ANSWER_BODY)
        status = take_body(answer, transfer);
    if (answer->state == ANSWER_WHOLE && answer->in.len > 0)
        answer->may_keep = false; /* it has said more than the answer */
    return status;
}

enum fetch_status fetch_answer_end(struct fetch_answer *answer, struct fetch_transfer *transfer)
{
    const struct fetch_head *head = &transfer->head;
    answer->may_keep = false;
    if (answer->state == ANSWER_BODY && !head->is_framed)
        answer->state = ANSWER_WHOLE;
    if (answer->state == ANSWER_WHOLE)
        return FETCH_OK;
    return head->status ? refuse(transfer, FETCH_CUT, "the answer was cut")
                        : refuse(transfer, FETCH_PROTOCOL, "no whole head");
}
