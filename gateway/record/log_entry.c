/* SPDX-License-Identifier: MIT */
#include "record/log_entry.h"

#include "base/hex.h"
#include "base/reader.h"
#include "base/writer.h"

#include <inttypes.h>

enum field { FIELD_RECEIPT, FIELD_TIME, FIELD_SUBJECT, FIELD_ACTOR, FIELD_COUNT };
static const struct str fields[] = {
    [FIELD_RECEIPT] = STR_INIT("receipt"),
    [FIELD_TIME] = STR_INIT("time"),
    [FIELD_SUBJECT] = STR_INIT("subject"),
    [FIELD_ACTOR] = STR_INIT("actor"),
};

bool log_entry_read(struct str body, struct arena *arena, struct log_row *row)
{
    struct reader r;
    struct str name;
    uint64_t seen = 0;
    reader_init(&r, body, arena);
    if (reader_object(&r))
        while (reader_member(&r, &name))
            switch (reader_field(&r, name, fields, FIELD_COUNT, &seen)) {
            case FIELD_RECEIPT:
                row->receipt = reader_string_or_null(&r);
                break;
            case FIELD_TIME:
                row->time_ms = reader_wall(&r).unix_ms;
                break;
            case FIELD_SUBJECT:
                row->subject = reader_string_or_null(&r);
                break;
            case FIELD_ACTOR:
                row->actor = reader_string_or_null(&r);
                break;
            default:
                reader_skip(&r);
            }
    if (str_equal(row->actor, row->subject))
        row->actor = STR_NONE;
    return reader_end(&r);
}

bool log_entry_make(struct str line, struct str node, uint64_t seq,
                    const struct chain_hash *previous, struct arena *arena, struct buf *out,
                    struct log_row *row)
{
    char hex[2 * CHAIN_HASH + 1];
    struct writer w;

    *row = (struct log_row){.seq = seq, .node = node};
    if (str_ends_with(line, STR("\n")))
        line.len--;
    if (!log_entry_read(line, arena, row) || line.at[0] != '{')
        return false;
    hex_encode(previous->bytes, CHAIN_HASH, hex);
    buf_reset(out);
    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "node", node);
    writer_member_int(&w, "seq", (int64_t)seq);
    writer_member_str(&w, "previous", str_of(hex));
    if (line.len > 2)
        buf_add_byte(out, ',');
    buf_add_str(out, str_skip(line, 1));
    row->body = buf_str(out);
    row->leaf = chain_leaf(row->body);
    return !out->failed;
}

bool log_entry_place(struct str body, struct log_place *place)
{
    struct reader r;
    struct str name, hex = STR_NONE;
    size_t len = 0;
    reader_init(&r, body, NULL);
    bool is_read = reader_object(&r) && reader_member(&r, &name) && str_equal(name, STR("node"));
    if (is_read)
        place->node = reader_string(&r);
    is_read = is_read && reader_member(&r, &name) && str_equal(name, STR("seq"));
    if (is_read)
        place->seq = (uint64_t)reader_int(&r, 0, INT64_MAX);
    is_read = is_read && reader_member(&r, &name) && str_equal(name, STR("previous"));
    if (is_read)
        hex = reader_string(&r);
    return is_read && hex.len == 2 * CHAIN_HASH &&
           hex_decode(hex, place->previous.bytes, CHAIN_HASH, &len);
}
