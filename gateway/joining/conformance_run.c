/* SPDX-License-Identifier: MIT */
#include "joining/conformance_run.h"

#include <stdlib.h>

#include "base/die.h"
#include "joining/conformance_ask.h"
#include "joining/planned.h"

enum {
    PASSING_MAX = 64 * 1024 * 1024, /* of answers that are judged at once */
    PAGES_KEPT = 400                /* of all citizens together */
};

struct run {
    const struct conformance_spec *spec;
    struct conformance *c;
    struct conformance_asker *asker;
    struct conformance_limits limits;
    struct arena *kept, *passing;
    struct conformance_pair pairs[CONFORMANCE_PAIRS_MAX];
    size_t pair_count;
    struct observed *all;   /* the first page of each pair */
    struct observed *pages; /* all pages of all pairs */
    size_t page_count;
};

/* In the memory of what is kept, or of what passes. */
static struct observed ask(const struct run *run, struct arena *arena, struct conformance_wish wish)
{
    return conformance_ask(run->asker, arena, wish);
}

/* ---- the groups of cases ---- */

static void try_refusals(struct run *run)
{
    static const struct {
        enum conformance_id id;
        enum conformance_bearer token;
        bool is_anonymous;
    } tries[] = {
        {CASE_CERTIFICATE, BEARER_RIGHT, true},  {CASE_NO_TOKEN, BEARER_NONE, false},
        {CASE_FORGED, BEARER_FORGED, false},     {CASE_EXPIRED, BEARER_EXPIRED, false},
        {CASE_AUDIENCE, BEARER_AUDIENCE, false}, {CASE_BINDING, BEARER_STOLEN, false},
        {CASE_LEVEL, BEARER_LEVEL, false},
    };
    const struct route *route = run->spec->route;

    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        enum conformance_id id = tries[i].id;

        if ((id == CASE_CERTIFICATE || id == CASE_BINDING) && !route->target.cert_file.at) {
            conformance_leave(run->c, id, CONFORMANCE_NOT_TESTED,
                              "we have no client certificate ourselves");
        } else if (id == CASE_LEVEL && route->level <= LEVEL_LOW) {
            conformance_leave(run->c, id, CONFORMANCE_NOT_RELEVANT, "every level is enough");
        } else {
            struct observed o =
                ask(run, run->passing,
                    (struct conformance_wish){.pair = &run->pairs[0],
                                              .token = tries[i].token,
                                              .is_anonymous = tries[i].is_anonymous});
            conformance_judge_refusal(run->c, id, &o);
            arena_reset(run->passing);
        }
    }
}

static void ask_for_everybody(struct run *run)
{
    static const struct conformance_pair stranger = {.name = STR_INIT("a number that nobody has"),
                                                     .cpr = &planned_nobody};
    struct conformance_pair nobody = stranger;
    struct observed nobodys;
    bool is_any_empty = false;

    for (size_t i = 1; i < run->pair_count; i++)
        run->all[i] = ask(run, run->kept, (struct conformance_wish){.pair = &run->pairs[i]});
    for (size_t i = 0; i < run->pair_count; i++)
        is_any_empty |= observed_is_good(&run->all[i]) && !observed_has_items(&run->all[i]);
    nobody.municipality = run->pairs[0].municipality;
    if (!is_any_empty)
        nobodys = ask(run, run->kept, (struct conformance_wish){.pair = &nobody});
    conformance_judge_empty(run->c, run->all, run->pair_count, is_any_empty ? NULL : &nobodys);
    conformance_judge_items(run->c, run->all, run->pair_count);
}

/* All pages of one pair, within one row's time; how many they are. */
static size_t turn_pages(struct run *run, size_t i, struct observed *pages, size_t room)
{
    instant done_by = instant_after_ms(clock_instant(), run->spec->route->rules.total_ms);
    size_t count = 0;

    pages[count++] = run->all[i];
    while (count < room && count < run->limits.pages_max && observed_is_good(&pages[count - 1]) &&
           pages[count - 1].parsed.cursor.at) {
        pages[count] = ask(run, run->kept,
                           (struct conformance_wish){.pair = &run->pairs[i],
                                                     .cursor = pages[count - 1].parsed.cursor,
                                                     .done_by = done_by});
        count++;
    }
    return count;
}

static void try_pages(struct run *run)
{
    size_t longest = 0, longest_at = 0;

    for (size_t i = 0; i < run->pair_count && run->page_count < PAGES_KEPT; i++) {
        size_t count =
            turn_pages(run, i, run->pages + run->page_count, PAGES_KEPT - run->page_count);

        if (count > longest) {
            longest = count;
            longest_at = run->page_count;
        }
        run->page_count += count;
    }
    conformance_judge_pages(run->c, run->pages + longest_at, longest, &run->limits);
}

static const struct item *find_own_item(const struct observed *o)
{
    return observed_has_items(o) ? o->parsed.items.first : NULL;
}

/* Somebody else's, which the first does not have too. */
static const struct item *find_others_item(const struct run *run, size_t own)
{
    for (size_t i = 0; i < run->pair_count; i++) {
        const struct item *item = find_own_item(&run->all[i]);
        bool is_shared = run->pairs[i].cpr == run->pairs[own].cpr ||
                         run->pairs[i].municipality != run->pairs[own].municipality;

        for (const struct item *mine = run->all[own].parsed.items.first; item && mine;
             mine = mine->next)
            is_shared |= str_equal(mine->id, item->id);
        if (item && !is_shared)
            return item;
    }
    return NULL;
}

static void try_details(struct run *run, size_t own)
{
    const struct item *mine = find_own_item(&run->all[own]);
    const struct item *others = mine ? find_others_item(run, own) : NULL;
    struct conformance_wish wish = {.pair = &run->pairs[own], .kind = QUESTION_DETAIL};

    if (!run->spec->route->source.detail_path.at && !run->c->is_index) {
        conformance_leave(run->c, CASE_DETAIL, CONFORMANCE_NOT_RELEVANT, "no \"detail_path\"");
        conformance_leave(run->c, CASE_OTHERS_ITEM, CONFORMANCE_NOT_RELEVANT, "no \"detail_path\"");
        return;
    }
    if (!mine)
        return; /* not tested, for want of data */
    wish.item_id = mine->id;
    struct observed o = ask(run, run->passing, wish);
    conformance_judge_detail(run->c, &o);
    arena_reset(run->passing);
    if (!others) {
        conformance_leave(run->c, CASE_OTHERS_ITEM, CONFORMANCE_NOT_TESTED,
                          "it takes two test citizens with data of their own");
        return;
    }
    wish.item_id = others->id;
    o = ask(run, run->passing, wish);
    conformance_judge_others_item(run->c, &o);
    arena_reset(run->passing);
}

/* Questions for all in turn whose first answer was good. */
static void make_wishes(const struct run *run, struct conformance_wish wishes[CONFORMANCE_SERIES])
{
    for (size_t i = 0, at = 0; i < CONFORMANCE_SERIES; at++)
        if (observed_is_good(&run->all[at % run->pair_count]))
            wishes[i++] = (struct conformance_wish){.pair = &run->pairs[at % run->pair_count]};
}

static void try_load(struct run *run)
{
    const struct route *route = run->spec->route;
    struct observed series[CONFORMANCE_SERIES];
    struct conformance_wish wishes[CONFORMANCE_SERIES];
    size_t most = route->in_flight_max > 0 && route->in_flight_max < CONFORMANCE_SERIES
                      ? (size_t)route->in_flight_max
                      : CONFORMANCE_SERIES;

    make_wishes(run, wishes);
    for (size_t i = 0; i < CONFORMANCE_SERIES; i++) {
        series[i] = ask(run, run->passing, wishes[i]);
        arena_reset(run->passing);
    }
    conformance_judge_series(run->c, series, CONFORMANCE_SERIES, !route->target.no_reuse,
                             &run->limits);
    conformance_ask_all(run->asker, run->passing, wishes, most, series);
    conformance_judge_parallel(run->c, series, most);
    arena_reset(run->passing);
}

/* ---- the whole ---- */

static bool is_named(const struct run *run, struct str adapter)
{
    return str_equal(run->spec->route->source.adapter->name, adapter);
}

/* Each test citizen in each municipality; nobody where there is none. */
static void make_pairs(struct run *run)
{
    static const struct test_citizen nobody = {.id = STR_INIT("nobody")};
    const struct conformance_spec *spec = run->spec;
    bool is_anybody = spec->citizens->count > 0;
    size_t citizens = is_anybody ? spec->citizens->count : 1;
    size_t places = spec->route->source.per_municipality ? spec->municipality_count : 1;

    for (size_t i = 0; i < citizens; i++) {
        const struct test_citizen *citizen = is_anybody ? &spec->citizens->at[i] : &nobody;

        for (size_t m = 0; m < places && run->pair_count < CONFORMANCE_PAIRS_MAX; m++)
            run->pairs[run->pair_count++] = (struct conformance_pair){
                .name = citizen->id,
                .cpr = is_anybody ? &citizen->cpr : &planned_nobody,
                .municipality =
                    spec->route->source.per_municipality ? spec->municipalities[m] : NULL};
    }
}

struct conformance_limits conformance_limits_of(const struct conformance_spec *spec)
{
    const struct settings *settings = spec->settings;
    const struct rules *rules = &spec->route->rules;

    return (struct conformance_limits){
        .connect_ms = rules->connect_ms,
        .first_byte_ms = rules->first_byte_ms,
        .silence_ms = rules->silence_ms,
        .total_ms = rules->total_ms,
        .p95_ms = spec->p95_ms > 0 ? spec->p95_ms : rules->first_byte_ms,
        .answer_max = (size_t)settings->limits_answer_max,
        .pages_max = (size_t)settings->limits_pages_max,
        .items_max = (size_t)settings->limits_items_max,
        .now = clock_wall(),
    };
}

static void run_init(struct run *run)
{
    run->limits = conformance_limits_of(run->spec);
    make_pairs(run);
    run->asker = conformance_asker_new(run->spec, &run->limits);
    run->passing = arena_new(PASSING_MAX);
    run->all = die_calloc(CONFORMANCE_PAIRS_MAX, sizeof *run->all);
    run->pages = die_calloc(PAGES_KEPT, sizeof *run->pages);
}

static void run_clear(struct run *run)
{
    conformance_asker_free(&run->asker);
    arena_free(&run->passing);
    free(run->all);
    free(run->pages);
}

/* The rest, once one question was answered and its answer is proven. */
static void try_the_rest(struct run *run)
{
    size_t own = 0;

    try_refusals(run);
    ask_for_everybody(run);
    while (own + 1 < run->pair_count && !observed_has_items(&run->all[own]))
        own++;
    if (!observed_has_items(&run->all[own]))
        own = 0;
    try_pages(run);
    struct observed again =
        ask(run, run->kept, (struct conformance_wish){.pair = &run->pairs[own]});
    conformance_judge_same(run->c, &run->all[own], &again);
    try_details(run, own);
    try_load(run);
    conformance_judge_index(run->c, run->pages, run->page_count);
}

void conformance_run(const struct conformance_spec *spec, struct arena *arena,
                     struct conformance *c)
{
    struct run *run = die_calloc(1, sizeof *run);
    struct dial_report report;

    run->spec = spec;
    run->c = c;
    run->kept = arena;
    run_init(run);
    c->has_cases = is_named(run, STR("sagdokumentindeks"));
    c->is_index = c->has_cases || is_named(run, STR("ydelsesindeks"));
    dial(&spec->route->target, (unsigned)spec->route->rules.connect_ms, &report);
    conformance_judge_dial(c, &report);
    if (dial_is_well(&report) && run->pair_count > 0) {
        conformance_asker_resolve(run->asker, report.resolved);
        run->all[0] = ask(run, run->kept, (struct conformance_wish){.pair = &run->pairs[0]});
        conformance_judge_answer(c, &run->all[0], &run->limits);
        if (c->results[CASE_PROOF].state == CONFORMANCE_PASSED)
            try_the_rest(run);
    }
    conformance_end(c, run->pair_count == 0 ? "there is no municipality to ask for"
                                            : "no test citizen has any data here");
    run_clear(run);
    free(run);
}
