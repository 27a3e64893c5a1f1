/* SPDX-License-Identifier: MIT */
#include "model.h"

#include "fake_adapter.h"
#include "virtual_loop.h"

#include <stdlib.h>

/* ---- one page ---- */

/* What the page's answer is by itself; ANSWERED: fine. */
static enum outcome judge_page(const struct script *script, const struct script_page *page)
{
    if (page->manner == MANNER_HTTP)
        switch (page->http_status) {
        case 401:
        case 403:
            return OUTCOME_REFUSED;
        case 429:
        case 503:
            return OUTCOME_BUSY;
        default:
            return OUTCOME_FAILED;
        }
    if (page->manner == MANNER_GARBAGE || page->item_count > script->items_max)
        return OUTCOME_INVALID;
    bool is_foreign = page->manner == MANNER_OTHER;
    for (unsigned i = 0; i < page->item_count; i++)
        is_foreign = is_foreign || page->items[i].parties == PARTIES_OTHERS;
    if (is_foreign)
        return OUTCOME_FOREIGN;
    bool is_proven = page->manner == MANNER_PROPER || page->manner == MANNER_NAMES ||
                     page->manner == MANNER_ECHOES || page->manner == MANNER_ECHOES_HEAD;
    return is_proven ? OUTCOME_ANSWERED : OUTCOME_INVALID;
}

bool model_must_distrust(const struct script *script, const struct model_row *row, unsigned page)
{
    enum outcome outcome = judge_page(script, &row->script->pages[page]);
    return outcome == OUTCOME_FOREIGN || outcome == OUTCOME_INVALID;
}

bool model_switches_off(const struct script *script, const struct model_row *row,
                        unsigned page_number, struct model_off *off)
{
    const struct script_page *page = &row->script->pages[page_number];
    const struct script_item *culprit = NULL;

    if (judge_page(script, page) != OUTCOME_FOREIGN)
        return false;
    for (unsigned i = 0; i < page->item_count && page->manner != MANNER_OTHER; i++)
        if (page->items[i].parties == PARTIES_OTHERS && !culprit)
            culprit = &page->items[i];
    /* The owner's authority at this source; who that is must be one that a plan can leave out. */
    if (culprit ? culprit->of_stranger : !row->has_municipality)
        off->whole = true;
    else if (row->has_municipality)
        off->municipality[row->municipality] = true;
    else
        off->own = true;
    return true;
}

static enum outcome outcome_of_transfer(enum fetch_status status)
{
    switch (status) {
    case FETCH_CONNECT_LATE:
    case FETCH_FIRST_BYTE_LATE:
    case FETCH_SILENT:
    case FETCH_LATE:
        return OUTCOME_LATE;
    case FETCH_TOO_LARGE:
    case FETCH_PROTOCOL:
        return OUTCOME_INVALID;
    default:
        return OUTCOME_FAILED;
    }
}

/* ---- one row ---- */

static int compare_items(const void *a, const void *b)
{
    const struct script_item *x = *(const struct script_item *const *)a;
    const struct script_item *y = *(const struct script_item *const *)b;
    if (x->sample->kind != y->sample->kind)
        return x->sample->kind < y->sample->kind ? -1 : 1;
    if (x->changed_ms != y->changed_ms)
        return x->changed_ms > y->changed_ms ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* All pages are in. */
static enum outcome conclude(struct model_row *row, const struct script *script, unsigned subject,
                             struct wall now, int64_t midnight_ms)
{
    bool is_stale = false;
    size_t held = 0;
    (void)script;

    for (unsigned i = 0; i < row->script->page_count; i++) {
        const struct script_page *page = &row->script->pages[i];
        int64_t as_of_ms = midnight_ms - page->age_s * 1000;
        is_stale = is_stale || page->is_stale;
        held += page->item_count;
        if (page->age_s >= 0 && (row->as_of_ms == 0 || as_of_ms < row->as_of_ms))
            row->as_of_ms = as_of_ms;
        for (unsigned j = 0; j < page->item_count; j++)
            if (item_owner(&page->items[j], page, subject) == subject)
                row->items[row->item_count++] = &page->items[j];
    }
    qsort(row->items, row->item_count, sizeof *row->items, compare_items);
    if (is_stale || (row->as_of_ms != 0 && row->as_of_ms < now.unix_ms - 86400 * 1000))
        return OUTCOME_STALE;
    return held > 0 ? OUTCOME_ANSWERED : OUTCOME_EMPTY;
}

struct walk {
    const struct script *script;
    const struct script_source *source;
    struct model_row *row;
    instant starts, deadline, done_by;
    unsigned subject;
    struct wall now;
    size_t shown;
};

/* When a page asked for at `from` comes, or what comes instead. */
static instant find_arrival(const struct walk *walk, const struct script_page *page, instant from,
                            enum fetch_status *status)
{
    instant connected_by = instant_min(from + walk->source->connect_ms * 1000, walk->done_by);
    instant begun_by = instant_min(from + walk->source->first_byte_ms * 1000, walk->done_by);
    instant comes = from + page->done_us;
    *status = page->end;
    if (page->is_deaf)
        return comes;
    if (from + page->connect_us > connected_by)
        comes = instant_min(comes, connected_by);
    if (from + page->first_byte_us > begun_by)
        comes = instant_min(comes, begun_by);
    comes = instant_min(comes, walk->done_by);
    *status = comes == from + page->done_us ? page->end : FETCH_LATE;
    return comes > from ? comes : from;
}

/* How the row stands after this page; PENDING: the next page is asked for. */
static enum outcome take_page(struct walk *walk, unsigned number)
{
    const struct script_page *page = &walk->row->script->pages[number];
    enum outcome outcome = judge_page(walk->script, page);

    if (outcome != OUTCOME_ANSWERED) {
        walk->row->retry_after_s = page->manner == MANNER_HTTP ? page->retry_after_s : 0;
        return outcome;
    }
    if (page->item_count > 0 && walk->shown + page->item_count > (size_t)walk->script->items_max)
        return OUTCOME_INVALID;
    for (unsigned i = 0; i < page->item_count; i++)
        walk->shown += item_owner(&page->items[i], page, walk->subject) == walk->subject;
    if (number + 1 == walk->row->script->page_count)
        return OUTCOME_ANSWERED;
    return number + 1 >= walk->script->pages_max ? OUTCOME_INVALID : OUTCOME_PENDING;
}

static void walk_row(struct walk *walk)
{
    struct model_row *row = walk->row;
    int64_t tick_us = walk->script->tick_us;
    instant last = virtual_tick(tick_us, walk->deadline), now = walk->starts;
    int64_t midnight_ms = date_to_days(wall_date(walk->now)) * 86400000;

    for (unsigned i = 0;; i++) {
        enum fetch_status status;
        instant comes =
            virtual_tick(tick_us, find_arrival(walk, &row->script->pages[i], now, &status));
        row->settles = instant_min(comes, last);
        if (comes > last) { /* nothing but our own deadline ended the call */
            row->allowed |= 1u << OUTCOME_LATE;
            return;
        }
        enum outcome outcome =
            status == FETCH_OK ? take_page(walk, i) : outcome_of_transfer(status);
        if (comes == last)
            row->allowed |= 1u << OUTCOME_LATE; /* the deadline may have been first */
        if (outcome == OUTCOME_ANSWERED)
            outcome = row->positive =
                conclude(row, walk->script, walk->subject, walk->now, midnight_ms);
        if (outcome != OUTCOME_PENDING) {
            row->allowed |= 1u << outcome;
            return;
        }
        now = comes;
    }
}

/* ---- the plan ---- */

static enum outcome find_skip(const struct script *script, const struct script_request *request,
                              const struct model_off *off, const struct model_row *row,
                              unsigned in_flight)
{
    const struct script_source *source = &script->sources[row->source];
    bool is_known =
        !row->has_municipality || municipality_authority(row->municipality).cvr.at != NULL;

    if (!source->is_agreed)
        return OUTCOME_NOT_AGREED;
    if (request->level < source->level)
        return OUTCOME_LEVEL;
    if ((source->is_municipal && !row->has_municipality) || !is_known)
        return OUTCOME_MUNICIPALITY;
    if (off->whole || (row->has_municipality ? off->municipality[row->municipality] : off->own))
        return OUTCOME_OPEN;
    if (source->in_flight_max > 0 && in_flight >= source->in_flight_max)
        return OUTCOME_BUSY;
    return OUTCOME_PENDING;
}

static void add_rows(const struct script *script, unsigned request_number, unsigned source,
                     const struct model_off *off, unsigned in_flight, struct model *model)
{
    const struct script_request *request = &script->requests[request_number];
    bool is_split = false;
    unsigned asked = in_flight;

    for (unsigned i = 0; i <= MUNICIPALITIES; i++) {
        bool is_whole = i == MUNICIPALITIES;
        if (is_whole ? is_split : !request->has_municipality[i])
            continue;
        bool may_split = script->sources[source].is_municipal &&
                         script->sources[source].is_agreed &&
                         request->level >= script->sources[source].level;
        if (!is_whole && !may_split)
            continue;
        is_split = true;
        struct model_row *row = &model->rows[model->count++];
        *row = (struct model_row){.source = source,
                                  .municipality = is_whole ? 0 : i,
                                  .has_municipality = !is_whole,
                                  .script = &request->rows[source][is_whole ? 0 : i]};
        row->skip = find_skip(script, request, off, row, asked);
        asked += row->skip == OUTCOME_PENDING;
    }
}

void model_make(const struct script *script, unsigned request_number, const struct model_off *off,
                const unsigned *in_flight, instant starts, struct wall now, struct model *model)
{
    const struct script_request *request = &script->requests[request_number];
    bool is_stream = format_is_stream(request->format);
    int64_t soft_ms = request->wait_ms > 0 ? request->wait_ms : script->soft_ms;

    *model = (struct model){.subject = request->citizen, .starts = starts, .settled = starts};
    model->hard = instant_after_ms(starts, script->hard_ms);
    model->deadline = is_stream ? model->hard : instant_after_ms(starts, soft_ms);
    model->recorded = request->record == RECORD_NEVER
                          ? INSTANT_NEVER
                          : virtual_tick(script->tick_us, starts + request->record_us);
    for (unsigned i = 0; i < script->source_count; i++)
        if (script->sources[i].is_enabled &&
            (request->kind != QUESTION_DETAIL || request->detail_source == i))
            add_rows(script, request_number, i, &off[i], in_flight[i], model);

    for (size_t i = 0; i < model->count; i++) {
        struct model_row *row = &model->rows[i];
        const struct script_source *source = &script->sources[row->source];
        if (row->skip != OUTCOME_PENDING) {
            row->allowed = 1u << row->skip;
            row->settles = starts;
            continue;
        }
        struct walk walk = {script, source,           row, starts, model->deadline,
                            0,      request->citizen, now, 0};
        walk.done_by = instant_min(instant_after_ms(starts, source->total_ms), model->deadline);
        walk_row(&walk);
        if (row->script->is_bulky || script->is_tight) {
            row->is_loose = model->is_loose = true;
            row->allowed |= 1u << OUTCOME_INVALID;
        }
        if (row->settles > model->settled)
            model->settled = row->settles;
    }
}

const struct model_row *model_find_row(const struct model *model, unsigned source,
                                       unsigned municipality)
{
    for (size_t i = 0; i < model->count; i++)
        if (model->rows[i].source == source && model->rows[i].municipality == municipality)
            return &model->rows[i];
    return NULL;
}

/* ---- the whole ---- */

static bool is_positive(enum outcome outcome)
{
    return outcome == OUTCOME_ANSWERED || outcome == OUTCOME_EMPTY || outcome == OUTCOME_STALE;
}

static bool was_asked(enum outcome outcome)
{
    return is_positive(outcome) || outcome == OUTCOME_LATE || outcome == OUTCOME_FAILED ||
           outcome == OUTCOME_INVALID || outcome == OUTCOME_FOREIGN || outcome == OUTCOME_REFUSED ||
           outcome == OUTCOME_BUSY;
}

/* The same case: an earlier one with the same twin; twins have one authority. */
static size_t find_double(const struct model_sum *sum, const struct script_item *item)
{
    for (size_t i = 0; item->twin > 0 && i < sum->shown_count; i++)
        if (sum->shown[i].kept_by == SIZE_MAX && sum->shown[i].item->twin == item->twin)
            return i;
    return SIZE_MAX;
}

void model_add_up(const struct model *model, const enum outcome *outcomes, struct model_sum *sum)
{
    size_t late = 0;
    int64_t waiting = 0;
    bool is_known = true;

    *sum = (struct model_sum){.is_complete = true};
    for (size_t i = 0; i < model->count; i++) {
        enum outcome outcome = outcomes[i];
        sum->asked += was_asked(outcome);
        sum->answered += is_positive(outcome);
        late += outcome == OUTCOME_LATE;
        if (!is_positive(outcome) && outcome != OUTCOME_NOT_NEEDED &&
            outcome != OUTCOME_NOT_AGREED && outcome != OUTCOME_NOT_SHOWN)
            sum->is_complete = false;
        for (size_t j = 0; is_positive(outcome) && j < model->rows[i].item_count; j++) {
            const struct script_item *item = model->rows[i].items[j];
            size_t kept_by = find_double(sum, item);
            sum->shown[sum->shown_count++] = (struct model_shown){i, item, kept_by};
            if (kept_by != SIZE_MAX) {
                sum->dropped++;
                continue;
            }
            sum->things_to_do += item->sample->attention >= 0;
            sum->open_cases += item->sample->is_open;
            waiting += item->sample->is_open && item->sample->awaiting == AWAITING_CITIZEN;
            if (item->sample->is_open && item->sample->awaiting == AWAITING_UNKNOWN)
                is_known = false;
        }
    }
    sum->awaiting_you = sum->is_complete && is_known ? waiting : -1;
    sum->status = sum->asked == 0 || sum->answered > 0 ? 200 : late == sum->asked ? 504 : 502;
}

int model_detail_status(const struct model *model, const enum outcome *outcomes, unsigned number)
{
    if (model->count == 0)
        return 404;
    if (is_positive(outcomes[0])) {
        for (size_t i = 0; i < model->rows[0].item_count; i++)
            if (model->rows[0].items[i]->number == number)
                return 200;
        return 404;
    }
    if (outcomes[0] == OUTCOME_LATE)
        return 504;
    if (outcomes[0] == OUTCOME_NOT_AGREED)
        return 403;
    return was_asked(outcomes[0]) && outcomes[0] != OUTCOME_BUSY ? 502 : 503;
}
