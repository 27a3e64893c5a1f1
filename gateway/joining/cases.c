/* SPDX-License-Identifier: MIT */
#include "joining/cases.h"

/* ---- what both kinds read ---- */

/* A moment as RFC 3339, or a day, which is its noon: no case is about the turn of a day. */
struct wall case_time(struct node node, struct wall standard, struct faults *faults)
{
    struct str text = node_str(node, faults);
    struct wall time = WALL_NONE;
    struct date day;

    if (!text.at)
        return standard;
    if (date_parse(text, &day)) {
        struct str noon = arena_format(faults->arena, "%.*sT12:00:00", STR_ARG(text));
        if (noon.at && wall_parse(noon, &time))
            return time;
    } else if (wall_parse(text, &time)) {
        return time;
    }
    node_fault(node, faults, "expected \"2026-11-21T10:42:00+01:00\", or a day");
    return standard;
}

size_t case_choice(struct node node, const struct str *names, size_t count, const char *what,
                   struct faults *faults)
{
    struct str name = node_str(node, faults);

    for (size_t i = 0; i < count; i++)
        if (name.at && str_equal(name, names[i]))
            return i;
    if (name.at)
        node_fault_name(node, faults, names, count, what);
    return SIZE_MAX;
}

const struct municipality *case_municipality(struct node node, const struct snapshot *snapshot,
                                             struct faults *faults)
{
    const struct municipalities *list = &snapshot->municipalities;
    struct str *codes = arena_calloc(faults->arena, list->count + 1, sizeof *codes);

    for (size_t i = 0; codes && i < list->count; i++)
        codes[i] = list->at[i].code;
    size_t at =
        codes ? case_choice(node, codes, list->count, "is no municipality's code", faults) : 0;
    return at < list->count ? &list->at[at] : NULL;
}

/* ---- the file ---- */

static size_t run_list(struct node list,
                       struct str (*run)(struct node, const struct case_context *, struct faults *),
                       const struct case_context *context, struct case_result *at,
                       struct faults *faults)
{
    size_t count = node_count(list);

    for (size_t i = 0; i < count; i++) {
        struct node node = node_element(list, i, faults);

        at[i].name = node_str_needed(node_member(node, "name", faults), faults);
        at[i].where = node_where(node, faults);
        at[i].complaint = run(node, context, faults);
    }
    return count;
}

void cases_run(struct node root, const struct case_context *context, struct case_results *results,
               struct faults *faults)
{
    static const char *const known[] = {"plan", "exposure"};
    struct node plan = node_member(root, known[0], faults);
    struct node exposure = node_member(root, known[1], faults);
    size_t most = node_count(plan) + node_count(exposure);

    *results = (struct case_results){0};
    node_only(root, known, 2, faults);
    if (node_is_present(plan) && !json_is_array(plan.value))
        node_fault(plan, faults, "expected a list");
    if (node_is_present(exposure) && !json_is_array(exposure.value))
        node_fault(exposure, faults, "expected a list");
    if (most == 0 || most > CASES_MAX) {
        node_fault(root, faults, "expected \"plan\" or \"exposure\" with cases, at most %d in all",
                   CASES_MAX);
        return;
    }
    if (!(results->at = arena_calloc(context->arena, most, sizeof *results->at)))
        return;
    results->count = run_list(plan, plan_case_run, context, results->at, faults);
    results->count +=
        run_list(exposure, exposure_case_run, context, results->at + results->count, faults);
    for (size_t i = 0; i < results->count; i++)
        results->failed += results->at[i].complaint.at != NULL;
}
