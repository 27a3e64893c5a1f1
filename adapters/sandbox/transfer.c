/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/transfer.h"

#include <assert.h>

#include "net/http.h"

void sandbox_answer_problem(struct sandbox_answer *answer, int status, const char *fields,
                            const char *type, const char *title)
{
    answer->status = status;
    answer->content_type = "application/problem+json";
    answer->fields = fields;
    buf_reset(&answer->body);
    buf_format(&answer->body, "{\"type\":\"%s\",\"title\":\"%s\",\"status\":%d}", type, title,
               status);
}

static bool has_body(int status)
{
    return status != 204 && status != 304;
}

void sandbox_transfer_make(const struct sandbox_answer *answer, struct sandbox_transfer *transfer)
{
    *transfer = (struct sandbox_transfer){.end = END_KEEP};
    struct buf *bytes = &transfer->bytes;
    buf_init(bytes, TRANSFER_BYTES_MAX);
    struct str reason = http_reason(answer->status);
    buf_format(bytes, "HTTP/1.1 %d %.*s\r\n", answer->status, STR_ARG(reason));
    if (answer->content_type)
        buf_format(bytes, "Content-Type: %s\r\n", answer->content_type);
    if (has_body(answer->status))
        buf_format(bytes, "Content-Length: %zu\r\n", answer->body.len);
    buf_format(bytes, "%s\r\n", answer->fields ? answer->fields : "");
    transfer->head_len = bytes->len;
    if (has_body(answer->status))
        buf_add_str(bytes, buf_str(&answer->body));
    sandbox_transfer_pace(transfer, bytes->len, 0, 0);
}

void sandbox_transfer_pace(struct sandbox_transfer *transfer, size_t until, size_t burst,
                           unsigned pause_ms)
{
    transfer->paces[0] = (struct sandbox_pace){until, until, 0};
    transfer->paces[1] = (struct sandbox_pace){transfer->bytes.len, burst, pause_ms};
}

void sandbox_transfer_cut(struct sandbox_transfer *transfer, size_t len, enum sandbox_end end)
{
    assert(len <= transfer->bytes.len);
    transfer->bytes.len = len;
    transfer->end = end;
    sandbox_transfer_pace(transfer, len, 0, 0);
}

const struct sandbox_pace *sandbox_transfer_pace_at(const struct sandbox_transfer *transfer,
                                                    size_t sent)
{
    assert(sent < transfer->bytes.len);
    const struct sandbox_pace *pace = transfer->paces;
    while (sent >= pace->upto)
        pace++;
    return pace;
}
