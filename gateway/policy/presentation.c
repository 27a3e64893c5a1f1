/* SPDX-License-Identifier: MIT */
#include "policy/presentation.h"

void presentation_prepare(const struct snapshot *snapshot, struct item *item)
{
    if (item->kind == ITEM_CASE)
        case_status_apply(&snapshot->case_status, item);
}

/* The subject's own name. Where nobody knows it the item has no title: its authority chose not to
 * show the source's. A payment is called as what it pays. */
static bool title_from_kle(const struct snapshot *snapshot, struct wall now, enum language language,
                           struct item *item, struct arena *arena)
{
    const struct item *subject = item->owners ? item->owners->item : item;
    const struct classification_entry *entry =
        classification_find(&snapshot->classification, subject->kle, wall_date(now));

    item->title = STR_NONE;
    if (!entry)
        return true;
    if (item->kind != ITEM_CASE) {
        item->title = entry->title;
        return true;
    }
    struct buf title;
    buf_init(&title, 4096);
    exposure_say(&snapshot->texts.exposure, SAYS_CASE_TITLE, language,
                 &(struct exposure_values){.title = entry->title}, &title);
    item->title = arena_copy(arena, buf_str(&title));
    buf_clear(&title);
    return item->title.at;
}

bool presentation_complete(const struct snapshot *snapshot, const struct exposure_rule *rule,
                           struct wall now, enum language language, struct item *item,
                           struct arena *arena)
{
    const struct exposure_set *set = exposure_set_of(&snapshot->exposure, &item->authority);
    struct str code = item->authority.code;

    if (!code.len && item->authority.cvr.len > 0) {
        const struct municipality *municipality =
            municipality_find_cvr(&snapshot->municipalities, item->authority.cvr);
        code = municipality ? municipality->code : STR_NONE;
    }
    if (rule && rule->title_from_kle && item->kind != ITEM_DOCUMENT &&
        !title_from_kle(snapshot, now, language, item, arena))
        return false;
    processing_time_apply(&snapshot->processing_times, code, item);
    return !set || exposure_links_add(&set->links, code, item, arena);
}
