/* SPDX-License-Identifier: MIT */
/* The judgement of what is held (group 4) and of load (group 5). */
#include "joining/conformance.h"

#include <inttypes.h>
#include <stdlib.h>

/* How often something was wrong in a list of items, and of whose the first one was. */
struct complaint {
    size_t count, of;
    const char *what; /* constant text */
    enum item_kind kind;
    struct str citizen;
};

static void complain(struct complaint *complaint, const struct observed *o, const struct item *item,
                     const char *what)
{
    if (complaint->count++ > 0)
        return;
    complaint->what = what;
    complaint->kind = item->kind;
    complaint->citizen = o->citizen;
}

static void settle_complaint(struct conformance *c, enum conformance_id id,
                             const struct complaint *complaint)
{
    if (complaint->of == 0)
        conformance_leave(c, id, CONFORMANCE_NOT_TESTED, "no test citizen has any data here");
    else if (complaint->count > 0)
        conformance_settle(c, id, false, "%zu of %zu items; first of %.*s, a %.*s: %s",
                           complaint->count, complaint->of, STR_ARG(complaint->citizen),
                           STR_ARG(item_kind_name(complaint->kind)), complaint->what);
    else
        conformance_settle(c, id, true, "%zu items", complaint->of);
}

/* ---- emptiness ---- */

void conformance_judge_empty(struct conformance *c, const struct observed *all, size_t count,
                             const struct observed *nobody)
{
    char seen[CONFORMANCE_SEEN_MAX];
    size_t empty = 0;

    if (!conformance_may(c, CASE_EMPTY))
        return;
    for (size_t i = 0; i <= count; i++) {
        const struct observed *o = i < count ? &all[i] : nobody;
        bool is_empty = o && observed_is_good(o) && !observed_has_items(o);

        if (o && (!observed_is_good(o) || (o == nobody && !is_empty))) {
            observed_print(o, seen, sizeof seen);
            conformance_settle(c, CASE_EMPTY, false, "%s", seen);
            return;
        }
        empty += is_empty;
    }
    conformance_settle(c, CASE_EMPTY, empty > 0, "%zu times nothing, and it is said so", empty);
}

/* ---- items ---- */

/* What a card cannot do without. NULL: it is whole. */
static const char *missing_of(const struct item *item)
{
    if (!item->title.at && item->kind != ITEM_PAYMENT && !item->is_exempt && !item->type.at)
        return "no title";
    switch (item->kind) {
    case ITEM_PAYMENT:
        return !item->net.known && !item->gross.known ? "no amount"
               : !date_is_known(item->date)           ? "no date"
                                                      : NULL;
    case ITEM_APPOINTMENT:
        return item->starts.known || date_is_known(item->deadline) ? NULL
                                                                   : "neither time nor deadline";
    case ITEM_BENEFIT:
        return item->payer.at || item->authority.cvr.at ? NULL : "nobody pays it";
    default:
        return NULL;
    }
}

static bool has_state(enum item_kind kind)
{
    return kind != ITEM_DOCUMENT;
}

static bool is_asked_for(const struct question *question, const struct item *item)
{
    const struct authority *named = &item->authority;

    if (question->municipality_cvr.at)
        return !named->cvr.at || str_equal(named->cvr, question->municipality_cvr);
    for (size_t i = 0; i < question->authority_count; i++)
        if (str_equal(question->authorities[i], named->cvr) ||
            (named->code.at && str_equal(question->authorities[i], named->code)))
            return true;
    return question->authority_count == 0;
}

static bool is_twice(const struct item *first, const struct item *item)
{
    for (const struct item *before = first; before != item; before = before->next)
        if (before->kind == item->kind && str_equal(before->id, item->id))
            return true;
    return false;
}

void conformance_judge_items(struct conformance *c, const struct observed *all, size_t count)
{
    struct complaint mapping = {0}, states = {0}, authority = {0};

    for (size_t i = 0; i < count; i++) {
        const struct item *first = all[i].parsed.items.first;

        if (!observed_has_items(&all[i]))
            continue;
        for (const struct item *item = first; item; item = item->next) {
            const char *missing = is_twice(first, item) ? "its id stands twice" : missing_of(item);

            mapping.of++;
            authority.of++;
            if (missing)
                complain(&mapping, &all[i], item, missing);
            if (!is_asked_for(&all[i].question, item))
                complain(&authority, &all[i], item, "another authority's");
            if (!has_state(item->kind))
                continue;
            states.of++;
            if (item->status == STATUS_UNKNOWN)
                complain(&states, &all[i], item, "its state is none of the contract's");
        }
    }
    if (conformance_may(c, CASE_MAPPING))
        settle_complaint(c, CASE_MAPPING, &mapping);
    if (conformance_may(c, CASE_STATES))
        settle_complaint(c, CASE_STATES, &states);
    if (conformance_may(c, CASE_AUTHORITY))
        settle_complaint(c, CASE_AUTHORITY, &authority);
}

/* ---- pages ---- */

static const struct item *find_item(const struct observed *o, const struct item *wanted)
{
    for (const struct item *item = o->parsed.items.first; item; item = item->next)
        if (item->kind == wanted->kind && str_equal(item->id, wanted->id))
            return item;
    return NULL;
}

static bool is_on_an_earlier_page(const struct observed *pages, size_t page,
                                  const struct item *item)
{
    for (size_t i = 0; i < page; i++)
        if (find_item(&pages[i], item))
            return true;
    return false;
}

void conformance_judge_pages(struct conformance *c, const struct observed *pages, size_t count,
                             const struct conformance_limits *limits)
{
    char seen[CONFORMANCE_SEEN_MAX];
    size_t items = 0;

    if (!conformance_may(c, CASE_PAGING))
        return;
    if (count < 2) {
        conformance_leave(c, CASE_PAGING, CONFORMANCE_NOT_RELEVANT,
                          "no test citizen has more than one page");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (!observed_is_good(&pages[i])) {
            observed_print(&pages[i], seen, sizeof seen);
            conformance_settle(c, CASE_PAGING, false, "page %zu: %s", i + 1, seen);
            return;
        }
        for (const struct item *item = pages[i].parsed.items.first; item; item = item->next) {
            items++;
            if (!is_on_an_earlier_page(pages, i, item))
                continue;
            conformance_settle(c, CASE_PAGING, false, "page %zu: an item of an earlier page",
                               i + 1);
            return;
        }
    }
    if (pages[count - 1].parsed.cursor.at)
        conformance_settle(c, CASE_PAGING, false, "more than %zu pages, the most that are read",
                           limits->pages_max);
    else
        conformance_settle(c, CASE_PAGING, true, "%zu items on %zu pages", items, count);
}

/* ---- the same again ---- */

static bool is_same(const struct item *a, const struct item *b)
{
    return a->kind == b->kind && str_equal(a->id, b->id) && str_equal(a->title, b->title) &&
           a->status == b->status && str_equal(a->status_text, b->status_text) &&
           str_equal(a->authority.cvr, b->authority.cvr) &&
           a->created.unix_ms == b->created.unix_ms && a->changed.unix_ms == b->changed.unix_ms &&
           str_equal(a->kle, b->kle) && str_equal(a->number, b->number) &&
           a->gross.oere == b->gross.oere && a->net.oere == b->net.oere &&
           date_compare(a->date, b->date) == 0 && date_compare(a->valid_from, b->valid_from) == 0 &&
           date_compare(a->valid_to, b->valid_to) == 0 && a->starts.unix_ms == b->starts.unix_ms &&
           date_compare(a->deadline, b->deadline) == 0;
}

void conformance_judge_same(struct conformance *c, const struct observed *first,
                            const struct observed *again)
{
    const struct item *a = first->parsed.items.first, *b = again->parsed.items.first;
    char seen[CONFORMANCE_SEEN_MAX];

    if (!conformance_may(c, CASE_SAME))
        return;
    if (!observed_is_good(again)) {
        observed_print(again, seen, sizeof seen);
        conformance_settle(c, CASE_SAME, false, "the second time: %s", seen);
        return;
    }
    while (a && b && is_same(a, b)) {
        a = a->next;
        b = b->next;
    }
    conformance_settle(c, CASE_SAME, !a && !b,
                       a || b ? "of %zu items some differ the second time" : "%zu items, the same",
                       first->parsed.items.count);
}

/* ---- single items ---- */

void conformance_judge_detail(struct conformance *c, const struct observed *o)
{
    char seen[CONFORMANCE_SEEN_MAX];
    bool is_there = false;

    if (!conformance_may(c, CASE_DETAIL))
        return;
    if (observed_is_good(o))
        for (const struct item *item = o->parsed.items.first; item; item = item->next)
            is_there |= str_equal(item->id, o->question.item_id);
    observed_print(o, seen, sizeof seen);
    conformance_settle(c, CASE_DETAIL, is_there, is_there ? "the item itself" : "not the item: %s",
                       seen);
}

void conformance_judge_others_item(struct conformance *c, const struct observed *o)
{
    char seen[CONFORMANCE_SEEN_MAX];
    bool is_given = o->guard.verdict == GUARD_FOREIGN || o->parsed.items.count > 0;
    bool is_kept = o->status == FETCH_OK && !is_given &&
                   (observed_is_good(o) || o->http_status == 401 || o->http_status == 403 ||
                    o->http_status == 404);

    if (!conformance_may(c, CASE_OTHERS_ITEM))
        return;
    observed_print(o, seen, sizeof seen);
    if (is_given || is_kept)
        conformance_settle(c, CASE_OTHERS_ITEM, is_kept, "%s", seen);
    else
        conformance_remark(c, CASE_OTHERS_ITEM, "not given, but not refused either: %s", seen);
}

/* ---- load ---- */

static int compare_times(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* Of all: how many were good, and the first that was not. */
static size_t count_good(const struct observed *all, size_t count, const struct observed **bad)
{
    size_t good = 0;
    *bad = NULL;
    for (size_t i = 0; i < count; i++)
        if (observed_is_good(&all[i]))
            good++;
        else if (!*bad)
            *bad = &all[i];
    return good;
}

/* The smallest time that at least 95 of 100 do not exceed. */
static int64_t p95_us(const struct observed *all, size_t count)
{
    enum { SERIES_MAX = 100 };
    int64_t times[SERIES_MAX];
    size_t n = count < SERIES_MAX ? count : SERIES_MAX;

    for (size_t i = 0; i < n; i++)
        times[i] = observed_took_us(&all[i]);
    qsort(times, n, sizeof times[0], compare_times);
    return n == 0 ? 0 : times[(n * 95 + 99) / 100 - 1];
}

void conformance_judge_series(struct conformance *c, const struct observed *all, size_t count,
                              bool keeps_connections, const struct conformance_limits *limits)
{
    const struct observed *bad;
    size_t good = count_good(all, count, &bad), reused = 0;
    int64_t p95 = p95_us(all, count);
    char seen[CONFORMANCE_SEEN_MAX] = "";

    for (size_t i = 0; i < count; i++)
        reused += all[i].reused;
    if (bad)
        observed_print(bad, seen, sizeof seen);
    if (conformance_may(c, CASE_REUSE)) {
        if (!keeps_connections)
            conformance_leave(c, CASE_REUSE, CONFORMANCE_NOT_RELEVANT, "\"no_reuse\" is set");
        else
            conformance_settle(c, CASE_REUSE, reused > 0, "%zu of %zu", reused, count);
    }
    if (conformance_may(c, CASE_P95)) {
        c->results[CASE_P95].took_us = p95;
        if (bad)
            conformance_settle(c, CASE_P95, false, "%zu of %zu answered; %s", good, count, seen);
        else
            conformance_settle(c, CASE_P95, p95 <= limits->p95_ms * 1000,
                               "95 of 100 within %.1f ms; declared are %" PRId64 " ms",
                               (double)p95 / 1000, limits->p95_ms);
    }
}

void conformance_judge_parallel(struct conformance *c, const struct observed *all, size_t count)
{
    const struct observed *bad;
    size_t good = count_good(all, count, &bad);
    int64_t longest = 0;
    char seen[CONFORMANCE_SEEN_MAX] = "";

    if (!conformance_may(c, CASE_PARALLEL))
        return;
    for (size_t i = 0; i < count; i++)
        longest = observed_took_us(&all[i]) > longest ? observed_took_us(&all[i]) : longest;
    c->results[CASE_PARALLEL].took_us = longest;
    if (bad)
        observed_print(bad, seen, sizeof seen);
    conformance_settle(c, CASE_PARALLEL, good == count, bad ? "%zu of %zu; %s" : "%zu of %zu%s",
                       good, count, seen);
}
