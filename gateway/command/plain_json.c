/* SPDX-License-Identifier: MIT */
#include "command/plain_json.h"

#include "base/plain.h"

enum { TEXT_MAX = 64 * 1024 * 1024 };

static void make_plain(json_t *value, struct buf *room)
{
    const char *name;
    json_t *member;
    size_t i;

    if (json_is_string(value)) {
        buf_reset(room);
        plain_add(room, str_make(json_string_value(value), json_string_length(value)));
        json_string_setn(value, room->at ? room->at : "", room->len);
    }
    json_object_foreach(value, name, member) make_plain(member, room);
    json_array_foreach(value, i, member) make_plain(member, room);
}

json_t *plain_json_parse(struct str bytes)
{
    json_t *value = json_loadb(bytes.at ? bytes.at : "", bytes.len, 0, NULL);
    struct buf room;

    buf_init(&room, TEXT_MAX);
    make_plain(value, &room);
    buf_clear(&room);
    return value;
}
