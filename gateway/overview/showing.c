/* SPDX-License-Identifier: MIT */
#include "overview/showing.h"

#include "policy/presentation.h"

#include <stdlib.h>

enum { JSON_FIRST = 4096, SHOWN_FIRST = 16 };

/* False: a text found no room. */
static bool keep_text(struct arena *arena, struct str *text)
{
    bool is_absent = !text->at;
    *text = arena_copy(arena, *text);
    return is_absent || text->at;
}

/* A key that the same case has at every source: kind, owner's CVR, UUID or else case number. */
static bool keep_duplicate_key(struct arena *arena, const struct item *item, struct shown *shown)
{
    struct str name = item->uuid.len > 0 ? item->uuid : item->number;
    if (item->kind != ITEM_CASE || item->authority.cvr.len == 0 || name.len == 0)
        return true;
    shown->duplicate = arena_format(arena, "%d/%.*s/%.*s", (int)item->kind,
                                    STR_ARG(item->authority.cvr), STR_ARG(name));
    return shown->duplicate.at;
}

static bool keep_attention(const struct showing *showing, const struct part *part,
                           const struct item *item, struct shown *shown)
{
    struct arena *arena = part->arena;
    struct attention attention;
    if (!attention_find(item, &showing->output->snapshot->settings, wall_date(showing->now),
                        &attention))
        return true;
    shown->attention = ARENA_NEW(arena, struct attention);
    if (!shown->attention)
        return false;
    *shown->attention = attention;
    shown->attention->handle = shown->handle;
    shown->attention->row = part->position;
    return keep_text(arena, &shown->attention->title) &&
           keep_text(arena, &shown->attention->authority) &&
           keep_text(arena, &shown->attention->link);
}

static bool show_item(const struct showing *showing, struct part *part, struct str handle_source,
                      struct item *item, struct wall as_of, struct shown *shown)
{
    struct arena *arena = part->arena;
    const struct cpr *subject = citizen_subject(showing->output->citizen);
    struct handle_maker *handles = showing->handles;

    *shown = (struct shown){.kind = item->kind,
                            .changed = item->changed,
                            .id = item->id,
                            .handle = handle_make(handles, arena, subject, handle_source, item->id),
                            .is_open_case = item_is_open_case(item),
                            .awaiting = item->awaiting};
    if (showing->misses)
        classification_misses_note(showing->misses, showing->output->snapshot, item);
    if (!shown->handle.at || !keep_text(arena, &shown->id) ||
        !keep_duplicate_key(arena, item, shown) || !keep_attention(showing, part, item, shown))
        return false;
    for (struct relation *relation = item->relations; relation; relation = relation->next)
        relation->handle = handle_make(handles, arena, subject, handle_source, relation->id);

    struct writer w;
    writer_init(&w, &part->json);
    shown->at = part->json.len;
    output_item(&w, showing->output, part->row, item, shown->handle, as_of);
    shown->len = part->json.len - shown->at;
    return !part->json.failed && !arena_is_full(arena);
}

/* Room for `more` items behind those of the pages before. */
static bool grow(const struct showing *showing, struct part *part, size_t more)
{
    size_t most = part->shown_count + more;
    if (most > (size_t)showing->output->snapshot->settings.limits_items_max)
        return false;
    if (!part->arena) {
        part->arena = arena_new(showing->memory_max);
        buf_init(&part->json, showing->json_max);
        buf_reserve(&part->json, JSON_FIRST);
    }
    if (most <= part->shown_cap)
        return true;
    size_t cap = part->shown_cap ? 2 * part->shown_cap : SHOWN_FIRST;
    if (cap < most)
        cap = most;
    struct shown *shown = arena_calloc(part->arena, cap, sizeof *shown);
    if (!shown)
        return false;
    if (part->shown_count > 0)
        memcpy(shown, part->shown, part->shown_count * sizeof *shown);
    part->shown = shown;
    part->shown_cap = cap;
    return true;
}

/* Does the operator's approval open the subjects of the item, or of all that it belongs to? */
static bool is_approved(const struct route *route, const struct item *item)
{
    if (!item->owners)
        return route_opens(route, item->kle, item->facet);
    for (const struct item_owner *owner = item->owners; owner; owner = owner->next)
        if (!route_opens(route, owner->item->kle, owner->item->facet))
            return false;
    return true;
}

/* Judges one item and shows it when it may be seen. */
static bool add_item(const struct showing *showing, struct part *part, struct str handle_source,
                     const struct exposure_view *view, struct item *item, struct wall as_of)
{
    const struct output_context *output = showing->output;
    const struct snapshot *snapshot = output->snapshot;

    if (!item->authority.name.len)
        item->authority = plan_row_authority(part->row);
    presentation_prepare(snapshot, item);
    struct exposure_finding finding = {.verdict = EXPOSURE_NOT_AGREED,
                                       .would_be = EXPOSURE_NOT_AGREED};
    if (plan_row_agrees(part->row, item->kind, &item->authority))
        finding = exposure_judge(&snapshot->exposure, view, item);
    if (finding.verdict == EXPOSURE_SHOWN && part->row->route->registration &&
        !is_approved(part->row->route, item))
        finding.verdict = finding.would_be = EXPOSURE_NOT_OPEN;
    if (finding.verdict == EXPOSURE_SHOWN &&
        !plan_row_covers(part->row, item->kind, &item->authority, item->kle))
        finding.verdict = EXPOSURE_NOT_COVERED;
    if (showing->observer)
        showing->observer->judged(showing->observer->ctx, part, item, &finding);
    if (finding.verdict == EXPOSURE_SHOWN && finding.would_be != EXPOSURE_SHOWN)
        part->would_withhold[finding.would_be]++;
    if (finding.verdict != EXPOSURE_SHOWN) {
        part->withheld[finding.verdict]++;
        return true;
    }
    return presentation_complete(snapshot, finding.rule, showing->now, output->language, item,
                                 part->arena) &&
           show_item(showing, part, handle_source, item, as_of, &part->shown[part->shown_count++]);
}

bool showing_add(const struct showing *showing, struct part *part, struct str handle_source,
                 struct parsed *parsed)
{
    const struct citizen *citizen = showing->output->citizen;
    /* An answer that named the citizen as a whole speaks of nobody else; one that is proven by its
     * request id alone must name the citizen in each case and grant. */
    const struct exposure_view view = {.subject = citizen_subject(citizen),
                                       .parties_needed = !cpr_is_known(&parsed->subject),
                                       .now = showing->now,
                                       .is_on_behalf = citizen_is_on_behalf(citizen),
                                       /* Only a login tells, and here nobody logged in. */
                                       .is_address_protected =
                                           citizen_service(citizen).at ||
                                           exposure_is_protected_name(citizen_name(citizen))};

    if (parsed->items.count == 0)
        return true;
    if (!grow(showing, part, parsed->items.count))
        return false;
    unsigned kinds = plan_row_rules(part->row)->kinds;
    for (struct item *item = parsed->items.first; item; item = item->next) {
        if (kinds != 0 && !(kinds & ITEM_KIND_BIT(item->kind)))
            continue; /* not asked for through this portal */
        if (!add_item(showing, part, handle_source, &view, item, parsed->as_of))
            return false;
    }
    return true;
}

static int compare_shown(const void *a, const void *b)
{
    const struct shown *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->changed.unix_ms != y->changed.unix_ms)
        return x->changed.unix_ms > y->changed.unix_ms ? -1 : 1;
    return str_compare(x->id, y->id);
}

void showing_sort(struct part *part)
{
    if (part->shown_count > 1)
        qsort(part->shown, part->shown_count, sizeof *part->shown, compare_shown);
}
