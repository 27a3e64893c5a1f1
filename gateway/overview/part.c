/* SPDX-License-Identifier: MIT */
#include "overview/part.h"

int64_t part_elapsed_ms(const struct part *part)
{
    return (part->settled - part->started) / INSTANT_PER_MS;
}

struct str part_item(const struct part *part, const struct shown *shown)
{
    return str_make(part->json.at + shown->at, shown->len);
}

void part_clear(struct part *part)
{
    part->shown = NULL;
    part->shown_count = part->shown_cap = 0;
    buf_clear(&part->json);
    arena_free(&part->arena);
}
