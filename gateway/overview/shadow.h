/* SPDX-License-Identifier: MIT */
/* shadow: a source that is asked beside another, compared with it, and never shown: how many items
 * are the same at both. Counts only; pure. */
#ifndef OVERVIEW_SHADOW_H
#define OVERVIEW_SHADOW_H

#include "overview/part.h"

struct shadow_finding {
    bool is_comparable;      /* both have answered */
    size_t equal, different; /* items; one that only one of them has is different */
};

/* `twin` NULL: it is not part of the overview. Both are in the order of showing_sort. */
struct shadow_finding shadow_compare(const struct part *shadow, const struct part *twin);

#endif
