/* SPDX-License-Identifier: MIT */
#include "overview/preview.h"

#include <assert.h>

#include "base/die.h"

enum { MEMORY_MAX = 64 * 1024 * 1024, TEXT_MAX = 300 };

struct preview {
    struct fanout_env env;
    struct preview_spec spec;
    struct preview **slot;
    preview_done_fn *done;
    void *ctx;

    struct arena *arena;   /* of the report; the preview itself lies in it */
    struct arena *request; /* of the citizen under way */
    struct fanout *fanout; /* slot */
    struct plan plan;
    struct observer observer;
    size_t citizen; /* whom it is about now */
    size_t row_room;
    struct deferred next; /* a citizen of whom nobody could be asked ends from the loop too */
    char receipt[UUID_TEXT];
    struct preview_report report;
};

/* ---- what is noted ---- */

static struct str keep(struct preview *preview, struct str text)
{
    return arena_copy(preview->arena, text.at ? str_head(text, TEXT_MAX) : STR_NONE);
}

static struct str municipality_of(const struct plan_row *row)
{
    return row->municipality ? row->municipality->code : STR_NONE;
}

static void on_judged(void *ctx, const struct part *part, const struct item *item,
                      const struct exposure_finding *finding)
{
    struct preview *preview = ctx;
    struct preview_report *report = &preview->report;

    quality_count(&report->quality, item, finding);
    if (report->item_count == PREVIEW_ITEMS_MAX || arena_is_full(preview->arena)) {
        report->left_out++;
        return;
    }
    report->items[report->item_count++] = (struct preview_item){
        .citizen = preview->spec.citizens[preview->citizen].name,
        .source = part->row->route->source.id,
        .municipality = municipality_of(part->row),
        .kind = item->kind,
        .title = keep(preview, item->title),
        .kle = keep(preview, item->kle),
        .facet = keep(preview, item->facet),
        .system = keep(preview, item->sending_system),
        .status = item->status,
        .created = item->created,
        .verdict = finding->verdict,
        .would_be = finding->would_be,
        .rule = finding->rule,
        .observed = finding->observed,
    };
}

static void note_rows(struct preview *preview)
{
    struct preview_report *report = &preview->report;
    const struct part *parts = fanout_parts(preview->fanout);

    for (size_t i = 0; i < fanout_part_count(preview->fanout); i++)
        if (report->row_count < preview->row_room)
            report->rows[report->row_count++] =
                (struct preview_row){.citizen = preview->spec.citizens[preview->citizen].name,
                                     .source = parts[i].row->route->source.id,
                                     .municipality = municipality_of(parts[i].row),
                                     .outcome = parts[i].outcome,
                                     .held = parts[i].held,
                                     .shown = parts[i].shown_count};
}

/* ---- one citizen after another ---- */

static void on_part(void *ctx, const struct part *part)
{
    (void)ctx, (void)part; /* all of them are noted at the end */
}

static void free_preview(struct preview *preview)
{
    struct arena *arena = preview->arena;

    fanout_cancel(&preview->fanout);
    loop_defer_cancel(preview->env.loop, &preview->next);
    arena_free(&preview->request);
    *preview->slot = NULL;
    arena_free(&arena); /* the preview lies in it */
}

static void finish(struct preview *preview)
{
    *preview->slot = NULL;
    struct preview *own = preview; /* from here on nobody can cancel it */
    preview->slot = &own;
    preview->done(preview->ctx, &preview->report);
    free_preview(preview);
}

static bool start_citizen(struct preview *preview);

static void on_next(void *ctx)
{
    struct preview *preview = ctx;

    if (preview->fanout) {
        note_rows(preview);
        fanout_clear(&preview->fanout);
    }
    while (++preview->citizen < preview->spec.citizen_count)
        if (start_citizen(preview))
            return;
    finish(preview);
}

/* Not from inside the fan-out's own callback. */
static void on_end(void *ctx)
{
    struct preview *preview = ctx;

    loop_defer(preview->env.loop, &preview->next, on_next, preview);
}

/* The municipal rows alone, as they will be when all is rolled out and no canary sings. */
static void keep_municipal(struct plan *plan)
{
    size_t kept = 0;

    for (size_t i = 0; i < plan->count; i++) {
        struct plan_row row = plan->rows[i];
        if (!row.route->source.per_municipality)
            continue;
        if (row.skip == OUTCOME_NOT_SHOWN || row.skip == OUTCOME_NOT_NEEDED) {
            row.skip = OUTCOME_PENDING;
            row.rule = NULL;
        }
        plan->rows[kept++] = row;
    }
    plan->count = kept;
}

static bool start_citizen(struct preview *preview)
{
    const struct preview_spec *spec = &preview->spec;
    struct wall now = loop_wall(preview->env.loop);
    uuid_make(preview->env.uuids, now, preview->receipt);
    const struct plan_request request = {.snapshot = spec->snapshot,
                                         .citizen = spec->citizens[preview->citizen].citizen,
                                         .portal = spec->portal,
                                         .municipalities = spec->municipalities,
                                         .municipality_count = spec->municipality_count,
                                         .receipt = str_make(preview->receipt, UUID_TEXT - 1),
                                         .now = now};

    arena_reset(preview->request);
    if (!plan_make(preview->request, &request, &preview->plan))
        return false;
    keep_municipal(&preview->plan);
    const struct fanout_spec fanout = {
        .snapshot = spec->snapshot,
        .plan = &preview->plan,
        .citizen = spec->citizens[preview->citizen].citizen,
        .language = spec->language,
        .receipt = str_make(preview->receipt, UUID_TEXT - 1),
        .kind = QUESTION_LIST,
        .observer = &preview->observer,
        .deadline = instant_after_ms(loop_now(preview->env.loop), spec->wait_ms),
        .arena = preview->request};
    return fanout_start(&preview->env, &fanout, &preview->fanout, on_part, on_end, preview);
}

/* ---- start and cancel ---- */

static bool may_look(const struct preview_spec *spec)
{
    if (spec->citizen_count == 0 || spec->citizen_count > PREVIEW_CITIZENS_MAX ||
        spec->municipality_count == 0 || spec->municipality_count > PREVIEW_MUNICIPALITIES_MAX)
        return false;
    for (size_t i = 0; i < spec->citizen_count; i++)
        if (!cpr_is_replacement(citizen_subject(spec->citizens[i].citizen)))
            return false;
    return true;
}

static bool make_report(struct preview *preview)
{
    struct preview_report *report = &preview->report;
    const struct preview_spec *spec = &preview->spec;

    report->snapshot = spec->snapshot;
    preview->row_room =
        spec->citizen_count * spec->municipality_count * (spec->snapshot->route_count + 1);
    report->rows = arena_calloc(preview->arena, preview->row_room + 1, sizeof *report->rows);
    report->items = arena_calloc(preview->arena, PREVIEW_ITEMS_MAX, sizeof *report->items);
    return report->rows && report->items && quality_init(&report->quality, preview->arena);
}

bool preview_start(const struct fanout_env *env, const struct preview_spec *spec,
                   struct preview **slot, preview_done_fn *done, void *ctx)
{
    assert(!*slot);
    if (!may_look(spec))
        return false;
    struct arena *arena = arena_new(MEMORY_MAX);
    struct preview *preview = ARENA_NEW(arena, struct preview);
    if (!preview)
        die("no memory for a preview");
    *preview = (struct preview){.env = *env,
                                .spec = *spec,
                                .slot = slot,
                                .done = done,
                                .ctx = ctx,
                                .arena = arena,
                                .request = arena_new(MEMORY_MAX)};
    preview->observer = (struct observer){on_judged, preview};
    *slot = preview;
    if (make_report(preview) && start_citizen(preview))
        return true;
    free_preview(preview);
    return false;
}

void preview_cancel(struct preview **slot)
{
    if (*slot)
        free_preview(*slot);
}

/* ---- writing ---- */

static void write_rule(struct writer *w, const struct exposure_rule *rule)
{
    if (!rule) {
        writer_null(w);
        return;
    }
    writer_object(w);
    writer_member_str(w, "id", rule->id);
    writer_member_str(w, "at", rule->where);
    writer_member_str(w, "kle", rule->pattern);
    writer_object_end(w);
}

static void write_item(struct writer *w, const struct preview_item *item)
{
    writer_object(w);
    writer_member_str(w, "citizen", item->citizen);
    writer_member_str(w, "source", item->source);
    writer_member_str(w, "municipality", item->municipality);
    writer_member_str(w, "kind", item_kind_name(item->kind));
    writer_member_str(w, "title", item->title);
    writer_member_str(w, "kle", item->kle);
    writer_member_str(w, "facet", item->facet);
    writer_member_str(w, "system", item->system);
    writer_member_str(w, "status", item_status_code(item->status));
    writer_name(w, "created");
    writer_wall(w, item->created);
    writer_member_bool(w, "shown", item->verdict == EXPOSURE_SHOWN);
    writer_member_str(w, "verdict", exposure_code(item->verdict));
    writer_name(w, "rule");
    write_rule(w, item->rule);
    writer_member_str(w, "would_be", exposure_code(item->would_be));
    writer_name(w, "observed");
    write_rule(w, item->observed);
    writer_object_end(w);
}

static void write_rows(struct writer *w, const struct preview_report *report)
{
    writer_name(w, "sources");
    writer_array(w);
    for (size_t i = 0; i < report->row_count; i++) {
        const struct preview_row *row = &report->rows[i];
        writer_object(w);
        writer_member_str(w, "citizen", row->citizen);
        writer_member_str(w, "id", row->source);
        writer_member_str(w, "municipality", row->municipality);
        writer_member_str(w, "state", outcome_name(row->outcome));
        writer_name(w, "held");
        if (outcome_is_positive(row->outcome))
            writer_int(w, (int64_t)row->held);
        else
            writer_null(w); /* nobody knows */
        writer_name(w, "shown");
        if (outcome_is_positive(row->outcome))
            writer_int(w, (int64_t)row->shown);
        else
            writer_null(w);
        writer_object_end(w);
    }
    writer_array_end(w);
}

void preview_write(struct preview_report *report, bool quality_only, struct buf *out)
{
    struct writer w;

    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "revision", str_of(report->snapshot->revision));
    write_rows(&w, report);
    if (!quality_only) {
        writer_name(&w, "items");
        writer_array(&w);
        for (size_t i = 0; i < report->item_count; i++)
            write_item(&w, &report->items[i]);
        writer_array_end(&w);
        writer_member_int(&w, "left_out", (int64_t)report->left_out);
    }
    writer_name(&w, "quality");
    quality_write(&report->quality, &w);
    writer_object_end(&w);
}
