/* SPDX-License-Identifier: MIT */
#include "serve/switches.h"

static void switch_off(void *ctx, const struct store_switch *row)
{
    struct health *health = ctx;
    (void)health_switch_off(health_entry(health, row->source),
                            row->authority.len > 0 ? row->authority : STR_NONE);
}

static void pass_over(void *ctx, const struct store_switch *row)
{
    (void)ctx, (void)row;
}

bool switches_load(struct store *store, struct health *health)
{
    if (!store_switches_each(store, pass_over, NULL))
        return false;
    health_rearm_all(health);
    return store_switches_each(store, switch_off, health);
}

bool switches_keep_foreign(struct store *store, struct str source, struct str cvr, struct wall now)
{
    const struct store_switch row = {.source = source,
                                     .authority = cvr,
                                     .cause = SWITCH_FOREIGN,
                                     .who = STR("the gateway"),
                                     .why = STR("it answered with another citizen's data"),
                                     .since = now};
    return store_switch_put(store, &row);
}
