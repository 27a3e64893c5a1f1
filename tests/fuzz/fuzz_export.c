/* SPDX-License-Identifier: MIT */
/* Any bytes as a cell, as text of a page and as a calendar's line, and as an item that is read
 * back: no formula, no markup, no line that is too long or torn. */
#include <assert.h>

#include "base/html.h"
#include "overview/export_calendar.h"
#include "overview/export_csv.h"

static void check_cell(struct str text, struct buf *out)
{
    bool is_open = false;

    buf_reset(out);
    export_csv_cell(text, out);
    assert(out->len >= 2 && out->at[0] == '"' && !strchr("=+-@\t\r\n", out->at[1]));
    for (size_t i = 0; i < out->len; i++) {
        is_open ^= out->at[i] == '"';
        assert(is_open || out->at[i] == '"');
    }
    assert(!is_open);
}

static void check_page(struct str text, struct buf *out)
{
    buf_reset(out);
    html_text(out, text);
    assert(str_is_utf8(buf_str(out)));
    for (size_t i = 0; i < out->len; i++)
        assert(!strchr("<>\"'", out->at[i]));
}

static void check_line(struct str text, struct buf *out)
{
    buf_reset(out);
    export_calendar_line(STR("SUMMARY"), text, out);
    for (struct str rest = buf_str(out); rest.len > 0;) {
        struct str line = str_split(&rest, '\n');
        assert(line.len > 1 && line.len <= 76 && line.at[line.len - 1] == '\r');
        assert(str_is_utf8(line) && str_find_byte(line, '\r') == line.len - 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena *arena = arena_new((size_t)8 * 1024 * 1024);
    const struct str input = {(const char *)bytes, len};
    struct export_item item;
    struct buf out;

    buf_init(&out, (size_t)64 * 1024 * 1024);
    check_cell(input, &out);
    check_page(input, &out);
    check_line(input, &out);
    if (export_item_read(input, arena, &item))
        assert(item.item.kind < ITEM_KIND_COUNT);
    buf_clear(&out);
    arena_free(&arena);
    return 0;
}
