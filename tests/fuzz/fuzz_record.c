/* SPDX-License-Identifier: MIT */
/* Lines that become records, and records that are read again: what is taken as a line has its place
 * in front and is read back at that place. */
#include <assert.h>

#include "record/access_view.h"
#include "record/checkpoint.h"
#include "record/log_entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const struct chain_hash previous = {{1, 2, 3}};
    const struct str input = {(const char *)bytes, len};
    struct arena *arena = arena_new((size_t)8 * 1024 * 1024);
    struct checkpoint_head head;
    struct access_view view;
    struct log_place place;
    struct log_row row;
    struct buf body;

    buf_init(&body, (size_t)1024 * 1024);
    if (log_entry_make(input, STR("node-1"), 7, &previous, arena, &body, &row)) {
        bool is_placed = log_entry_place(row.body, &place);
        assert(is_placed && place.seq == 7 && str_equal(place.node, STR("node-1")) &&
               chain_hash_equal(&place.previous, &previous));
    }
    if (access_view_intent(input, arena, &view) && access_view_outcome(input, arena, &view))
        assert(view.status >= ACCESS_STATUS_UNKNOWN && view.status <= 999);
    assert(!checkpoint_parse(input, &head) || head.own.node.len > 0);
    buf_clear(&body);
    arena_free(&arena);
    return 0;
}
