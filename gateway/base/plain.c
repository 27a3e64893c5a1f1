/* SPDX-License-Identifier: MIT */
#include "base/plain.h"

#include <limits.h>

static const struct str replacement = STR_INIT("\xef\xbf\xbd");

static uint32_t code_of(struct str sequence)
{
    static const unsigned char first[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t code = (unsigned char)sequence.at[0] & first[sequence.len];

    for (size_t i = 1; i < sequence.len; i++)
        code = code << 6 | ((unsigned char)sequence.at[i] & 0x3f);
    return code;
}

static bool is_forbidden(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) ||              /* C0, DEL, C1 */
           code == 0x061c || code == 0x200e || code == 0x200f ||        /* marks of direction */
           (code >= 0x2028 && code <= 0x202e) ||                        /* lines, embeddings */
           (code >= 0x2066 && code <= 0x2069) || code == 0xfeff ||      /* isolates */
           (code >= 0xfff9 && code <= 0xfffb) || (code >> 4) == 0xe000; /* annotations, tags */
}

/* The first character as it is shown; `text` goes on behind it. */
static struct str take(struct str *text, bool *takes_room)
{
    size_t len = str_utf8_sequence(*text);
    struct str one = str_head(*text, len > 0 ? len : 1);

    *text = str_skip(*text, one.len);
    *takes_room = true;
    if (len == 0)
        return replacement;
    uint32_t code = code_of(one);
    *takes_room = code < 0x300 || code > 0x36f;
    if (code == '\t' || code == '\n' || code == '\r')
        return STR(" ");
    return is_forbidden(code) ? replacement : one;
}

size_t plain_width(struct str text)
{
    size_t width = 0;
    bool takes_room;

    while (text.len > 0) {
        (void)take(&text, &takes_room);
        width += takes_room;
    }
    return width;
}

size_t plain_add_cut(struct buf *out, struct str text, size_t width)
{
    bool is_cut = plain_width(text) > width, takes_room;
    size_t used = 0;

    if (width == 0)
        return 0;
    while (text.len > 0) {
        struct str one = take(&text, &takes_room);
        if (is_cut && used + takes_room > width - 1)
            break;
        buf_add_str(out, one);
        used += takes_room;
    }
    if (is_cut) {
        buf_add_str(out, STR("…"));
        used++;
    }
    return used;
}

void plain_add(struct buf *out, struct str text)
{
    (void)plain_add_cut(out, text, SIZE_MAX);
}
