/* SPDX-License-Identifier: MIT */
#include "net/fetch_transfer.h"

void fetch_transfer_init(struct fetch_transfer *transfer, const struct fetch_server *server,
                         void *owner)
{
    *transfer = (struct fetch_transfer){.server = server, .owner = owner};
    buf_init(&transfer->lines, FETCH_HEADER_BYTES_MAX);
    buf_init(&transfer->body, 0);
}

void fetch_transfer_clear(struct fetch_transfer *transfer)
{
    buf_clear(&transfer->lines);
    buf_clear(&transfer->body);
}

/* ---- the question ---- */

/* Without a way out of the loop, so that the compiler takes many bytes at a time. */
static bool is_printable(struct str s, char least)
{
    unsigned char wrong = 0;
    for (size_t i = 0; i < s.len; i++)
        wrong |= (unsigned char)((s.at[i] >= 0 && s.at[i] < least) | (s.at[i] == 127));
    return wrong == 0;
}

/* A line break in a header line or a target would be a second header line, or request. */
static bool spec_is_sayable(const struct fetch_spec *spec)
{
    if (!str_starts_with(spec->path, STR("/")) || !is_printable(spec->path, '!') ||
        spec->header_count > FETCH_HEADERS_MAX)
        return false;
    for (size_t i = 0; i < spec->header_count; i++)
        if (!is_printable(spec->headers[i], ' ') || str_find_byte(spec->headers[i], ':') == 0)
            return false;
    return true;
}

static struct str keep(struct buf *lines, struct str line)
{
    size_t at = lines->len;
    buf_add_str(lines, line);
    buf_add_byte(lines, '\0');
    return str_make(lines->at + at, line.len);
}

static bool lines_keep(struct fetch_transfer *transfer, const struct fetch_spec *spec)
{
    size_t total = spec->path.len + 1;
    for (size_t i = 0; i < spec->header_count; i++)
        total += spec->headers[i].len + 1;
    if (!buf_reserve(&transfer->lines, total)) /* at once, since texts in it are pointed at */
        return false;
    transfer->path = keep(&transfer->lines, spec->path);
    for (size_t i = 0; i < spec->header_count; i++)
        transfer->headers[i] = keep(&transfer->lines, spec->headers[i]);
    transfer->header_count = spec->header_count;
    return true;
}

bool fetch_transfer_ask(struct fetch_transfer *transfer, const struct fetch_spec *spec)
{
    transfer->answer_max = spec->answer_max;
    transfer->is_delete = spec->is_delete;
    transfer->opened = transfer->connected = transfer->began = transfer->is_outside = false;
    transfer->connected_at = transfer->first_byte_at = INSTANT_NEVER;
    transfer->bytes = 0;
    transfer->refusal = FETCH_OK;
    transfer->why = "";
    transfer->head = (struct fetch_head){0};
    transfer->question = spec->body;
    buf_init(&transfer->body, spec->answer_max);
    return transfer->server->host && spec_is_sayable(spec) && lines_keep(transfer, spec);
}

void fetch_transfer_wipe(struct fetch_transfer *transfer)
{
    transfer->question = STR_NONE;
    transfer->came = NULL;
    buf_reset(&transfer->lines);
    buf_clear(&transfer->body);
    transfer->head = (struct fetch_head){0};
}

/* ---- the answer ---- */

void fetch_transfer_connect(struct fetch_transfer *transfer)
{
    transfer->connected = true;
    transfer->connected_at = loop_now(transfer->server->loop);
}

void fetch_transfer_note(struct fetch_transfer *transfer, size_t bytes)
{
    transfer->last_byte = loop_now(transfer->server->loop);
    if (!transfer->began)
        transfer->first_byte_at = transfer->last_byte;
    transfer->began = true;
    transfer->bytes += bytes;
}

enum fetch_status fetch_transfer_line(struct fetch_transfer *transfer, struct str line)
{
    const struct fetch_pool_settings *settings = transfer->server->settings;
    const struct fetch_head_limits limits = {settings->header_bytes_max, settings->header_lines_max,
                                             transfer->answer_max};
    return transfer->refusal = fetch_head_line(&transfer->head, line, &limits, &transfer->why);
}

enum fetch_status fetch_transfer_data(struct fetch_transfer *transfer, struct str data)
{
    if (transfer->body.len == 0 && transfer->head.has_length)
        buf_reserve(&transfer->body, (size_t)transfer->head.length);
    if (buf_add_str(&transfer->body, data)) {
        if (transfer->came && data.len > 0)
            transfer->came(transfer->owner);
        return FETCH_OK;
    }
    transfer->why = "body above the ceiling";
    return transfer->refusal = FETCH_TOO_LARGE;
}
