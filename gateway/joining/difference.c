/* SPDX-License-Identifier: MIT */
#include "joining/difference.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/writer.h"
#include "joining/planned.h"

enum { CODES_PRINTED = 4, STATE_MAX = 4096 };

/* ---- one plan as states by name ---- */

struct state {
    struct str source, code; /* code STR_NONE: not asked for a municipality */
    struct str text;
    bool is_asked;
};
struct states {
    struct state *at;
    size_t count;
};

static int compare_text(struct str a, struct str b)
{
    return str_compare(a.at ? a : STR(""), b.at ? b : STR(""));
}

static int compare_states(const void *a, const void *b)
{
    const struct state *x = a, *y = b;
    int order = compare_text(x->source, y->source);

    return order ? order : compare_text(x->code, y->code);
}

/* All of a row that an asker would notice: whether and why not, how long, about whom. */
static struct str state_text(struct arena *arena, const struct plan_row *row)
{
    struct buf text;

    if (row->skip != OUTCOME_PENDING)
        return planned_state(row);
    buf_init(&text, STATE_MAX);
    buf_format(&text, "asked; waits at most %" PRId64 " ms", plan_row_rules(row)->total_ms);
    /* A municipality is asked for itself: said once, so that equal changes of many are one. */
    for (size_t i = 0; !row->municipality && i < row->authority_count; i++)
        buf_format(&text, "%s %.*s", i ? "," : "; for", STR_ARG(row->authorities[i]));
    struct str copy = text.failed ? STR("asked, for many") : arena_copy(arena, buf_str(&text));
    buf_clear(&text);
    return copy;
}

/* With the municipalities of the grid, and once with none, since a source that is asked for each
 * is a row of its own then. */
static bool add_states(struct arena *arena, const struct planned_for *planned,
                       struct states *states)
{
    struct plan plan;

    if (!planned_make(arena, planned, &plan))
        return false;
    struct state *grown = arena_calloc(arena, states->count + plan.count + 1, sizeof *grown);
    if (!grown)
        return false;
    if (states->count > 0)
        memcpy(grown, states->at, states->count * sizeof *grown);
    states->at = grown;
    for (size_t i = 0; i < plan.count; i++) {
        const struct plan_row *row = &plan.rows[i];
        bool is_general = planned->municipality_count == 0;

        if (is_general != !row->municipality)
            continue; /* the other plan has it */
        states->at[states->count++] = (struct state){
            row->route->source.id, row->municipality ? row->municipality->code : STR_NONE,
            state_text(arena, row), row->skip == OUTCOME_PENDING};
    }
    return true;
}

static bool states_make(struct arena *arena, struct planned_for planned, struct states *states)
{
    *states = (struct states){0};
    if (planned.municipality_count > 0 && !add_states(arena, &planned, states))
        return false;
    planned.municipality_count = 0;
    if (!add_states(arena, &planned, states))
        return false;
    if (states->count > 0)
        qsort(states->at, states->count, sizeof *states->at, compare_states);
    return true;
}

/* ---- what differs ---- */

/* One thing that differs for one asker, before equal ones are put together. */
struct atom {
    struct str portal, source, before, after, code;
    unsigned levels;
    struct atom *next;
};
struct atoms {
    struct arena *arena;
    struct atom *first, **end;
    size_t count;
    bool is_full;
};

static void add_atom(struct atoms *atoms, struct str portal, enum level level,
                     const struct state *before, const struct state *after)
{
    const struct state *any = before ? before : after;
    struct str was = before ? before->text : STR("absent");
    struct str is = after ? after->text : STR("absent");
    struct atom *atom;

    /* A source that is not asked and then is none, or the other way round, is no news. */
    if (str_equal(was, is) ||
        (!(before && before->is_asked) && !(after && after->is_asked) && (!before || !after)))
        return;
    if (!(atom = ARENA_NEW(atoms->arena, struct atom))) {
        atoms->is_full = true;
        return;
    }
    *atom = (struct atom){portal, any->source, was, is, any->code, 1u << level, NULL};
    *atoms->end = atom;
    atoms->end = &atom->next;
    atoms->count++;
}

/* Both are sorted: a walk along the two. */
static void compare_plans(struct atoms *atoms, struct str portal, enum level level,
                          const struct states *before, const struct states *after)
{
    size_t i = 0, j = 0;

    while (i < before->count || j < after->count) {
        int order = i == before->count  ? 1
                    : j == after->count ? -1
                                        : compare_states(&before->at[i], &after->at[j]);
        const struct state *was = order <= 0 ? &before->at[i++] : NULL;
        const struct state *is = order >= 0 ? &after->at[j++] : NULL;

        add_atom(atoms, portal, level, was, is);
    }
}

static int compare_atoms(const struct atom *a, const struct atom *b)
{
    int order = compare_text(a->portal, b->portal);

    if (!order)
        order = compare_text(a->source, b->source);
    if (!order)
        order = compare_text(a->before, b->before);
    return order ? order : compare_text(a->after, b->after);
}

static int by_code(const void *a, const void *b)
{
    const struct atom *x = a, *y = b;
    int order = compare_atoms(x, y);

    return order ? order : compare_text(x->code, y->code);
}

static int by_levels(const void *a, const void *b)
{
    const struct atom *x = a, *y = b;
    int order = compare_atoms(x, y);

    if (!order)
        order = (x->levels > y->levels) - (x->levels < y->levels);
    return order ? order : compare_text(x->code, y->code);
}

/* Puts the levels of equal ones together, then the municipalities of those of equal levels. */
static bool gather(struct atoms *atoms, struct difference *difference)
{
    struct arena *arena = atoms->arena;
    struct atom *list = arena_calloc(arena, atoms->count + 1, sizeof *list);
    struct str *codes = arena_calloc(arena, atoms->count + 1, sizeof *codes);
    size_t count = 0, kept = 0;

    difference->at = arena_calloc(arena, atoms->count + 1, sizeof *difference->at);
    if (!list || !codes || !difference->at)
        return false;
    for (const struct atom *atom = atoms->first; atom; atom = atom->next)
        list[count++] = *atom;
    qsort(list, count, sizeof *list, by_code);
    for (size_t i = 0; i < count; i++)
        if (kept > 0 && by_code(&list[kept - 1], &list[i]) == 0)
            list[kept - 1].levels |= list[i].levels;
        else
            list[kept++] = list[i];
    qsort(list, kept, sizeof *list, by_levels);
    for (size_t i = 0; i < kept; i++) {
        const struct atom *atom = &list[i];
        struct plan_change *last =
            difference->count > 0 ? &difference->at[difference->count - 1] : NULL;

        if (!last || compare_atoms(&list[i - 1], atom) != 0 || last->levels != atom->levels) {
            last = &difference->at[difference->count++];
            *last = (struct plan_change){.portal = atom->portal,
                                         .source = atom->source,
                                         .before = atom->before,
                                         .after = atom->after,
                                         .levels = atom->levels,
                                         .codes = codes};
        }
        if (atom->code.at) {
            *codes++ = atom->code;
            last->code_count++;
        }
    }
    return true;
}

/* ---- the grid ---- */

static int compare_strs(const void *a, const void *b)
{
    const struct str *x = a, *y = b;
    return compare_text(*x, *y);
}

static size_t unique(struct str *list, size_t count)
{
    size_t kept = 0;

    if (count > 0)
        qsort(list, count, sizeof *list, compare_strs);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || !str_equal(list[kept - 1], list[i]))
            list[kept++] = list[i];
    return kept;
}

static size_t portals_of(const struct snapshot *snapshot, struct str *out)
{
    for (size_t i = 0; i < snapshot->agreements.portal_count; i++)
        out[i] = snapshot->agreements.portals[i].id;
    return snapshot->agreements.portal_count;
}

static size_t codes_of(const struct snapshot *snapshot, struct str *out)
{
    for (size_t i = 0; i < snapshot->municipalities.count; i++)
        out[i] = snapshot->municipalities.at[i].code;
    return snapshot->municipalities.count;
}

bool difference_make(struct arena *arena, const struct snapshot *before,
                     const struct snapshot *after, struct wall now, struct difference *difference)
{
    size_t portals_max = before->agreements.portal_count + after->agreements.portal_count;
    size_t codes_max = before->municipalities.count + after->municipalities.count;
    struct str *portals = arena_calloc(arena, portals_max + 1, sizeof *portals);
    struct str *codes = arena_calloc(arena, codes_max + 1, sizeof *codes);
    struct atoms atoms = {.arena = arena, .end = &atoms.first};

    *difference = (struct difference){.before = before, .after = after};
    if (!portals || !codes)
        return false;
    size_t portal_count = portals_of(before, portals);
    portal_count = unique(portals, portal_count + portals_of(after, portals + portal_count));
    size_t code_count = codes_of(before, codes);
    code_count = unique(codes, code_count + codes_of(after, codes + code_count));
    for (size_t i = 0; i < portal_count; i++)
        for (enum level level = LEVEL_LOW; level <= LEVEL_HIGH; level++) {
            struct planned_for planned = {.snapshot = before,
                                          .portal = portals[i],
                                          .level = level,
                                          .municipalities = codes,
                                          .municipality_count = code_count,
                                          .now = now};
            struct states was, is;

            if (!states_make(arena, planned, &was))
                return false;
            planned.snapshot = after;
            if (!states_make(arena, planned, &is))
                return false;
            compare_plans(&atoms, portals[i], level, &was, &is);
        }
    return !atoms.is_full && gather(&atoms, difference);
}

/* ---- telling ---- */

void difference_write(const struct difference *difference, struct str shown, struct buf *out)
{
    struct writer w;

    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "from", str_of(difference->before->revision));
    writer_member_str(&w, "to", str_of(difference->after->revision));
    writer_name(&w, "asked");
    writer_array(&w);
    for (size_t i = 0; i < difference->count; i++) {
        const struct plan_change *change = &difference->at[i];

        writer_object(&w);
        writer_member_str(&w, "portal", change->portal);
        writer_member_str(&w, "source", change->source);
        writer_name(&w, "levels");
        writer_array(&w);
        for (enum level level = LEVEL_LOW; level <= LEVEL_HIGH; level++)
            if (change->levels & 1u << level)
                writer_str(&w, level_name(level));
        writer_array_end(&w);
        writer_name(&w, "municipalities");
        writer_array(&w);
        for (size_t j = 0; j < change->code_count; j++)
            writer_str(&w, change->codes[j]);
        writer_array_end(&w);
        writer_member_str(&w, "before", change->before);
        writer_member_str(&w, "after", change->after);
        writer_object_end(&w);
    }
    writer_array_end(&w);
    writer_name(&w, "shown");
    if (shown.at)
        writer_raw(&w, shown);
    else
        writer_null(&w);
    writer_object_end(&w);
}

static void print_change(const struct plan_change *change, struct buf *out)
{
    static const unsigned all = 1u << LEVEL_LOW | 1u << LEVEL_SUBSTANTIAL | 1u << LEVEL_HIGH;
    const char *before = " at ";

    buf_format(out, "  %.*s", STR_ARG(change->source));
    for (size_t i = 0; i < change->code_count && i < CODES_PRINTED; i++)
        buf_format(out, "%s%.*s", i ? ", " : "/", STR_ARG(change->codes[i]));
    if (change->code_count > CODES_PRINTED)
        buf_format(out, " and %zu more", change->code_count - CODES_PRINTED);
    for (enum level level = LEVEL_LOW; change->levels != all && level <= LEVEL_HIGH; level++)
        if (change->levels & 1u << level) {
            buf_format(out, "%s%.*s", before, STR_ARG(level_name(level)));
            before = ", ";
        }
    buf_format(out, "\n    was: %.*s\n    is:  %.*s\n", STR_ARG(change->before),
               STR_ARG(change->after));
}

void difference_print(const struct difference *difference, struct buf *out)
{
    struct str portal = STR_NONE;

    buf_format(out, "revision %s -> %s\n", difference->before->revision,
               difference->after->revision);
    if (difference->count == 0)
        buf_format(out, "whom it asks: as before, for every portal, level and municipality\n");
    for (size_t i = 0; i < difference->count; i++) {
        const struct plan_change *change = &difference->at[i];

        if (!str_equal(portal, change->portal))
            buf_format(out, "portal %.*s\n", STR_ARG(change->portal));
        portal = change->portal;
        print_change(change, out);
    }
}
