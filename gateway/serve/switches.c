/* SPDX-License-Identifier: MIT */
#include "serve/switches.h"

#include "base/log.h"

static void switch_off(void *ctx, const struct store_switch *row)
{
    struct health *health = ctx;
    enum source_mode mode;
    if (row->cause == SWITCH_OPERATOR) {
        bool has_message = row->message.in[LANGUAGE_DA].at != NULL;
        if (source_mode_parse(row->mode, &mode) &&
            !health_set_mode(health_entry(health, row->source), mode, row->until,
                             has_message ? &row->message : NULL))
            log_error(STR_NONE, "event=switch-not-restored source=%.*s mode=%.*s",
                      STR_ARG(row->source), STR_ARG(row->mode));
        return;
    }
    (void)health_switch_off(health_entry(health, row->source),
                            row->authority.len > 0 ? row->authority : STR_NONE);
}

bool switches_load(struct store *store, struct health *health)
{
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

bool switches_keep_decision(struct store *store, const struct switches_decision *decision)
{
    struct store_switch row = {.source = decision->source,
                               .authority = STR(""),
                               .cause = SWITCH_OPERATOR,
                               .mode = source_mode_name(decision->mode),
                               .until = decision->until,
                               .who = decision->who,
                               .why = decision->why,
                               .since = decision->now};
    if (decision->message)
        row.message = *decision->message;
    return decision->mode == MODE_ON
               ? store_switch_remove(store, decision->source, STR_NONE, SWITCH_OPERATOR)
               : store_switch_put(store, &row);
}

bool switches_forget_foreign(struct store *store, struct str source, struct str cvr)
{
    return store_switch_remove(store, source, cvr, SWITCH_FOREIGN);
}
