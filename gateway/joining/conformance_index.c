/* SPDX-License-Identifier: MIT */
/* The judgement of the municipal indexes: the six columns of KOMBIT's report (case, journal note,
 * document, organisation, classification, removal at a change of system), and what a vendor's own
 * states become. */
#include "joining/conformance.h"

#include "adapters/municipal.h"

/* The items of all observations, one after another. */
struct walk {
    const struct observed *all;
    size_t count, at;
    const struct item *item;
};

static const struct item *walk_next(struct walk *walk)
{
    if (walk->item)
        walk->item = walk->item->next;
    while (!walk->item && walk->at < walk->count) {
        const struct observed *o = &walk->all[walk->at++];
        walk->item = observed_is_good(o) ? o->parsed.items.first : NULL;
    }
    return walk->item;
}

/* Is it one that was filed: a case or a grant? */
static bool is_main(const struct item *item)
{
    return item->kind == ITEM_CASE || item->kind == ITEM_BENEFIT;
}

static bool has_main_party(const struct item *item)
{
    for (const struct party *party = item->parties; party; party = party->next)
        if (party->role == PARTY_PRIMARY || party->role == PARTY_PROPERTY_OWNER)
            return true;
    return false;
}

static void count(struct conformance *c, enum conformance_id id, bool is_whole)
{
    c->columns[id].seen++;
    c->columns[id].whole += is_whole;
}

/* Is the number of this case also another's, that another system has sent? */
static bool is_left_behind(const struct observed *all, size_t count_all, const struct item *item)
{
    struct walk walk = {.all = all, .count = count_all};

    for (const struct item *other; (other = walk_next(&walk));)
        if (other != item && other->kind == ITEM_CASE && item->number.at &&
            str_equal(other->number, item->number) && !str_equal(other->id, item->id) &&
            !str_equal(other->sending_system, item->sending_system))
            return true;
    return false;
}

static void note_progress(struct conformance *c, const struct item *item)
{
    for (size_t i = 0; i < c->progress_count; i++) {
        struct conformance_progress *known = &c->progress[i];

        if (known->status == item->status && str_equal(known->system, item->sending_system) &&
            str_equal(known->internal, item->status_text)) {
            known->count++;
            return;
        }
    }
    if (c->progress_count < CONFORMANCE_PROGRESS_MAX)
        c->progress[c->progress_count++] =
            (struct conformance_progress){item->sending_system, item->status_text, item->status, 1};
}

static void count_item(struct conformance *c, const struct observed *all, size_t count_all,
                       const struct item *item)
{
    if (is_main(item)) {
        count(c, CASE_INDEX_ORGANISATION,
              item->authority.cvr.at && (item->kind != ITEM_CASE || item->unit.at));
        count(c, CASE_INDEX_CLASSIFICATION, item->kle.at && municipal_is_kle(item->kle));
    }
    if (item->kind == ITEM_DOCUMENT && item->is_journal_note)
        count(c, CASE_INDEX_NOTE, item->title.at);
    if (item->kind == ITEM_DOCUMENT && !item->is_journal_note)
        count(c, CASE_INDEX_DOCUMENT,
              item->owner_id.at && (item->title.at || item->is_exempt) &&
                  date_is_known(item->date));
    if (item->kind != ITEM_CASE)
        return;
    count(c, CASE_INDEX_CASE, item->number.at && item->created.known && has_main_party(item));
    count(c, CASE_INDEX_REMOVAL, !is_left_behind(all, count_all, item));
    note_progress(c, item);
}

/* ---- settling ---- */

static void settle_column(struct conformance *c, enum conformance_id id, bool is_well)
{
    const struct conformance_column *column = &c->columns[id];

    if (!conformance_may(c, id))
        return;
    if (column->seen == 0 && !conformance_cases[id].is_advice) {
        conformance_leave(c, id, CONFORMANCE_NOT_TESTED, "no test citizen has any data here");
        return;
    }
    conformance_settle(c, id, is_well, "%zu seen, %zu whole", column->seen, column->whole);
}

static bool is_whole(const struct conformance *c, enum conformance_id id)
{
    return c->columns[id].seen > 0 && c->columns[id].whole == c->columns[id].seen;
}

/* An inner state that became more than one step. Those without a name are nobody's state. */
static const struct conformance_progress *find_split(const struct conformance *c)
{
    for (size_t i = 0; i < c->progress_count; i++)
        for (size_t j = 0; j < i && c->progress[i].internal.at; j++)
            if (str_equal(c->progress[i].internal, c->progress[j].internal) &&
                str_equal(c->progress[i].system, c->progress[j].system))
                return &c->progress[i];
    return NULL;
}

static void settle_progress(struct conformance *c)
{
    const struct conformance_progress *split = find_split(c);

    if (!conformance_may(c, CASE_INDEX_PROGRESS))
        return;
    if (split)
        conformance_settle(c, CASE_INDEX_PROGRESS, false, "\"%.*s\" becomes several steps",
                           STR_ARG(split->internal));
    else
        conformance_settle(c, CASE_INDEX_PROGRESS, true, "%zu pairs of states", c->progress_count);
}

static void leave_group(struct conformance *c, enum conformance_id first, enum conformance_id last,
                        const char *why)
{
    for (unsigned id = first; id <= (unsigned)last; id++)
        if (c->results[id].state == CONFORMANCE_UNTRIED)
            conformance_leave(c, (enum conformance_id)id, CONFORMANCE_NOT_RELEVANT, "%s", why);
}

void conformance_judge_index(struct conformance *c, const struct observed *all, size_t count_all)
{
    struct walk walk = {.all = all, .count = count_all};

    if (!c->is_index) {
        leave_group(c, CASE_INDEX_CASE, CASE_INDEX_PROGRESS, "it is no municipal index");
        return;
    }
    if (!c->has_cases) {
        leave_group(c, CASE_INDEX_CASE, CASE_INDEX_DOCUMENT, "it holds no cases");
        leave_group(c, CASE_INDEX_REMOVAL, CASE_INDEX_PROGRESS, "it holds no cases");
    }
    for (const struct item *item; (item = walk_next(&walk));)
        count_item(c, all, count_all, item);
    if (c->has_cases) {
        settle_column(c, CASE_INDEX_CASE, is_whole(c, CASE_INDEX_CASE));
        settle_column(c, CASE_INDEX_NOTE, c->columns[CASE_INDEX_NOTE].whole > 0);
        settle_column(c, CASE_INDEX_DOCUMENT, is_whole(c, CASE_INDEX_DOCUMENT));
    }
    settle_column(c, CASE_INDEX_ORGANISATION, c->columns[CASE_INDEX_ORGANISATION].whole > 0);
    settle_column(c, CASE_INDEX_CLASSIFICATION, is_whole(c, CASE_INDEX_CLASSIFICATION));
    if (c->has_cases) {
        settle_column(c, CASE_INDEX_REMOVAL, is_whole(c, CASE_INDEX_REMOVAL));
        settle_progress(c);
    }
}
