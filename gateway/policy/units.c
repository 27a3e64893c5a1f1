/* SPDX-License-Identifier: MIT */
#include "policy/units.h"

#include <stdlib.h>

#include "adapters/municipal.h"

static int compare_units(const void *a, const void *b)
{
    const struct unit *x = a, *y = b;

    return str_compare(x->uuid, y->uuid);
}

static void parse_one(struct node node, struct unit *unit, struct faults *faults)
{
    static const char *const known[] = {"uuid", "name"};
    struct node uuid = node_member(node, known[0], faults),
                name = node_member(node, known[1], faults);
    struct str text = node_str_needed(uuid, faults);
    char lower[MUNICIPAL_UUID_TEXT];

    node_only(node, known, sizeof known / sizeof *known, faults);
    if (text.at && !municipal_uuid_parse(text, lower))
        node_fault(uuid, faults, "expected a UUID");
    else if (text.at)
        unit->uuid = arena_copy(faults->arena, str_of(lower));
    unit->name = node_str_needed(name, faults);
    if (unit->name.len > UNIT_NAME_MAX)
        node_fault(name, faults, "expected at most %d bytes", UNIT_NAME_MAX);
}

void units_parse(struct node root, struct units *units, struct arena *arena, struct faults *faults)
{
    static const char *const known[] = {"units"};
    struct node list = node_member(root, known[0], faults);
    size_t count = node_count(list);

    *units = (struct units){0};
    node_only(root, known, 1, faults);
    if (!json_is_array(list.value) || count > UNITS_MAX) {
        node_fault(list, faults, "expected a list of at most %d units", UNITS_MAX);
        return;
    }
    units->at = arena_calloc(arena, count + 1, sizeof *units->at);
    if (!units->at)
        return;
    for (size_t i = 0; i < count; i++)
        parse_one(node_element(list, i, faults), &units->at[i], faults);
    units->count = count;
    qsort(units->at, count, sizeof *units->at, compare_units);
    for (size_t i = 1; i < count; i++)
        if (units->at[i].uuid.at && str_equal(units->at[i].uuid, units->at[i - 1].uuid))
            node_fault(list, faults, "%.*s comes twice", STR_ARG(units->at[i].uuid));
}

struct str units_name(const struct units *units, struct str uuid)
{
    const struct unit key = {.uuid = uuid};
    const struct unit *found =
        units->count > 0 ? bsearch(&key, units->at, units->count, sizeof *units->at, compare_units)
                         : NULL;

    return found && uuid.len > 0 ? found->name : STR_NONE;
}
