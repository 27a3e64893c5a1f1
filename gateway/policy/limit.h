/* SPDX-License-Identifier: MIT */
/* limit: how many calls a source bears at once, found out from how long its answers take (Gradient2
 * of Netflix's concurrency-limits): as long as answers take as long as ever the limit grows; when
 * they take more than half as long again it shrinks. Below the owner's declared maximum only. Pure.
 *
 * It starts at the maximum: only evidence takes room away, and never because a process is new. */
#ifndef POLICY_LIMIT_H
#define POLICY_LIMIT_H

#include "policy/breaker.h"

struct limit_rule {
    enum rule_mode mode;
    int64_t least;             /* 2 */
    int64_t tolerance_percent; /* 150: so much longer than usual is as usual */
    int64_t growth;            /* 4 */
    int64_t smoothing_percent; /* 20: the weight of what is new */
};

/* Zeroed memory is one that has seen nothing. */
struct limit {
    double value;        /* 0: the maximum */
    double usual_us;     /* how long an answer takes, over minutes */
    instant window_ends; /* samples are taken together until then */
    int64_t samples, total_us;
};

/* Calls at once, least <= limit <= most. */
int64_t limit_value(const struct limit *limit, const struct limit_rule *rule, int64_t most);
/* An answer came, or did not come, after so long. */
void limit_note(struct limit *limit, const struct limit_rule *rule, int64_t most, int64_t took_us,
                instant now);

#endif
