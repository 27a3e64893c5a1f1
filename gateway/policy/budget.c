/* SPDX-License-Identifier: MIT */
#include "policy/budget.h"

static int64_t number_of(const struct budget_rule *rule, instant now)
{
    instant width = instant_after_ms(0, rule->window_s * 1000) / BUDGET_BUCKETS;
    return now / (width > 0 ? width : 1);
}

static struct budget_bucket *bucket_at(struct budget *budget, int64_t number)
{
    struct budget_bucket *bucket = &budget->buckets[(uint64_t)number % BUDGET_BUCKETS];
    if (bucket->number != number)
        *bucket = (struct budget_bucket){.number = number};
    return bucket;
}

void budget_note(struct budget *budget, const struct budget_rule *rule, instant now)
{
    struct budget_bucket *bucket = bucket_at(budget, number_of(rule, now));
    bucket->calls += bucket->calls < INT32_MAX;
}

bool budget_take(struct budget *budget, const struct budget_rule *rule, instant now)
{
    int64_t number = number_of(rule, now), calls = 0, spent = 0;
    for (size_t i = 0; i < BUDGET_BUCKETS; i++)
        if (budget->buckets[i].number > number - BUDGET_BUCKETS) {
            calls += budget->buckets[i].calls;
            spent += budget->buckets[i].spent;
        }
    if (spent >= calls * rule->percent / 100 + rule->per_s * rule->window_s)
        return false;
    bucket_at(budget, number)->spent++;
    return true;
}
