/* SPDX-License-Identifier: MIT */
#include "overview/quality.h"

#include <stdlib.h>

enum { SLOTS = 4096 }; /* twice the rows, a power of two */

bool quality_init(struct quality *quality, struct arena *arena)
{
    *quality = (struct quality){.arena = arena};
    quality->rows = arena_calloc(arena, QUALITY_ROWS_MAX, sizeof *quality->rows);
    quality->slots = arena_calloc(arena, SLOTS, sizeof *quality->slots);
    return quality->rows && quality->slots;
}

static struct str shortened(struct str text)
{
    return text.at ? str_head(text, QUALITY_TEXT_MAX) : STR_NONE;
}

/* The row of a number and system, made when it is new; the row of the others at the ceiling. */
static struct quality_row *row_of(struct quality *quality, struct str kle, struct str system)
{
    size_t at = (size_t)(str_hash(kle) * 31 + str_hash(system)) & (SLOTS - 1);

    for (; quality->slots[at]; at = (at + 1) & (SLOTS - 1)) {
        struct quality_row *row = &quality->rows[quality->slots[at] - 1];
        if (str_equal(row->kle, kle) && str_equal(row->system, system))
            return row;
    }
    if (quality->count == QUALITY_ROWS_MAX)
        return &quality->others;
    struct quality_row *row = &quality->rows[quality->count];
    *row = (struct quality_row){.kle = arena_copy(quality->arena, kle),
                                .system = arena_copy(quality->arena, system)};
    if (row->kle.len != kle.len || row->system.len != system.len)
        return &quality->others; /* no room for its name */
    quality->slots[at] = (uint16_t)++quality->count;
    return row;
}

void quality_count(struct quality *quality, const struct item *item,
                   const struct exposure_finding *finding)
{
    if (item->kind != ITEM_CASE && item->kind != ITEM_BENEFIT)
        return;
    struct quality_row *row =
        row_of(quality, shortened(item->kle), shortened(item->sending_system));
    bool is_case = item->kind == ITEM_CASE;

    row->items++;
    row->cases += is_case;
    row->shown += finding->verdict == EXPOSURE_SHOWN;
    if (finding->verdict != EXPOSURE_SHOWN)
        row->withheld[finding->verdict]++;
    row->without_kle += item->kle.len == 0;
    row->without_title += item->title.len == 0;
    row->without_status += item->status == STATUS_UNKNOWN;
    row->without_history += is_case && !item->history;
}

/* ---- writing ---- */

static int compare_rows(const void *a, const void *b)
{
    const struct quality_row *x = a, *y = b;
    int order = str_compare(x->kle, y->kle);

    return order ? order : str_compare(x->system, y->system);
}

static void write_row(struct writer *w, const struct quality_row *row, bool is_others)
{
    writer_object(w);
    writer_member_str(w, "kle", row->kle);
    writer_member_str(w, "system", row->system);
    writer_member_bool(w, "others", is_others);
    writer_member_int(w, "items", (int64_t)row->items);
    writer_member_int(w, "cases", (int64_t)row->cases);
    writer_member_int(w, "shown", (int64_t)row->shown);
    writer_name(w, "withheld");
    writer_object(w);
    for (size_t i = 0; i < EXPOSURE_VERDICT_COUNT; i++)
        if (row->withheld[i] > 0) {
            writer_name_text(w, exposure_code((enum exposure_verdict)i));
            writer_int(w, (int64_t)row->withheld[i]);
        }
    writer_object_end(w);
    writer_member_int(w, "without_kle", (int64_t)row->without_kle);
    writer_member_int(w, "without_title", (int64_t)row->without_title);
    writer_member_int(w, "without_status", (int64_t)row->without_status);
    writer_member_int(w, "without_history", (int64_t)row->without_history);
    writer_object_end(w);
}

void quality_write(struct quality *quality, struct writer *w)
{
    /* A copy is sorted: positions in the rows stay what they are. */
    struct quality_row *rows =
        arena_calloc(quality->arena, quality->count + 1, sizeof *quality->rows);
    size_t count = rows ? quality->count : 0;

    if (count > 0) {
        memcpy(rows, quality->rows, count * sizeof *rows);
        qsort(rows, count, sizeof *rows, compare_rows);
    }
    writer_array(w);
    for (size_t i = 0; i < count; i++)
        write_row(w, &rows[i], false);
    if (quality->others.items > 0)
        write_row(w, &quality->others, true);
    writer_array_end(w);
}
