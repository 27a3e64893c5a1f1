/* SPDX-License-Identifier: MIT */
#include "policy/presentation.h"

enum { TITLE_MAX = 4096 };

void presentation_prepare(const struct snapshot *snapshot, struct item *item)
{
    if (item->kind == ITEM_CASE)
        case_status_apply(&snapshot->case_status, item);
}

/* The subject's own name, as it was when the case was created, else as it was last. Where nobody
 * knows it the item has no title: its authority chose not to show the source's. A payment is called
 * as what it pays. */
static bool title_from_kle(const struct snapshot *snapshot, struct wall now, enum language language,
                           struct item *item, struct arena *arena)
{
    const struct item *subject = item->owners ? item->owners->item : item;
    struct wall day = subject->created.known ? subject->created : now;
    const struct classification_entry *entry;

    classification_standing(&snapshot->classification, subject->kle, wall_date(day), &entry);
    item->title = STR_NONE;
    if (!entry)
        return true;
    if (item->kind != ITEM_CASE) {
        item->title = entry->title;
        return true;
    }
    struct buf title;
    buf_init(&title, TITLE_MAX);
    exposure_say(&snapshot->texts.exposure, SAYS_CASE_TITLE, language,
                 &(struct exposure_values){.title = entry->title}, &title);
    item->title = arena_copy(arena, buf_str(&title));
    buf_clear(&title);
    return item->title.at;
}

/* Code of the municipality the item is of; STR_NONE: it is another authority's. */
static struct str code_of(const struct snapshot *snapshot, const struct authority *authority)
{
    const struct municipality *municipality =
        authority->code.len == 0 ? municipality_find_cvr(&snapshot->municipalities, authority->cvr)
                                 : NULL;

    return municipality ? municipality->code : authority->code;
}

bool presentation_complete(const struct snapshot *snapshot, const struct exposure_rule *rule,
                           struct wall now, enum language language, struct item *item,
                           struct arena *arena)
{
    const struct exposure_set *set = exposure_set_of(&snapshot->exposure, &item->authority);
    bool has_links = set && set->links.count > 0;

    if (rule && rule->title_from_kle && item->kind != ITEM_DOCUMENT &&
        !title_from_kle(snapshot, now, language, item, arena))
        return false;
    if (snapshot->processing_times.count == 0 && !has_links)
        return true;
    struct str code = code_of(snapshot, &item->authority);
    processing_time_apply(&snapshot->processing_times, code, item);
    return !has_links || exposure_links_add(&set->links, code, item, arena);
}
