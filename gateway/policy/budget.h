/* SPDX-License-Identifier: MIT */
/* budget: how many extra calls a source may be burdened with: a share of its calls, and a few each
 * second besides, over a sliding window. What is spent is spent; pure, by time values. */
#ifndef POLICY_BUDGET_H
#define POLICY_BUDGET_H

#include "policy/breaker.h"

struct budget_rule {
    enum rule_mode mode;
    int64_t percent;  /* of the calls in the window */
    int64_t per_s;    /* besides, for each second of it */
    int64_t window_s; /* 10 */
};

enum { BUDGET_BUCKETS = 10 };

/* Zeroed memory has seen nothing. */
struct budget {
    struct budget_bucket {
        int64_t number;
        int32_t calls, spent;
    } buckets[BUDGET_BUCKETS];
};

/* An ordinary call. */
void budget_note(struct budget *budget, const struct budget_rule *rule, instant now);
/* May an extra call be made? It is spent at once. */
bool budget_take(struct budget *budget, const struct budget_rule *rule, instant now)
    __attribute__((warn_unused_result));

#endif
