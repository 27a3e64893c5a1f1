/* SPDX-License-Identifier: MIT */
#include "overview/shadow.h"

static int compare_order(const struct shown *a, const struct shown *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->changed.unix_ms != b->changed.unix_ms)
        return a->changed.unix_ms > b->changed.unix_ms ? -1 : 1;
    return str_compare(a->id, b->id);
}

struct shadow_finding shadow_compare(const struct part *shadow, const struct part *twin)
{
    struct shadow_finding finding = {0};
    if (!twin || !outcome_is_positive(shadow->outcome) || !outcome_is_positive(twin->outcome))
        return finding;
    finding.is_comparable = true;
    size_t i = 0, j = 0;
    while (i < shadow->shown_count && j < twin->shown_count) {
        const struct shown *a = &shadow->shown[i], *b = &twin->shown[j];
        int order = compare_order(a, b);
        bool is_same =
            order == 0 && a->is_open_case == b->is_open_case && a->awaiting == b->awaiting;
        finding.equal += is_same;
        finding.different += !is_same;
        i += order <= 0;
        j += order >= 0;
    }
    finding.different += shadow->shown_count - i + twin->shown_count - j;
    return finding;
}
