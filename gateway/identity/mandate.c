/* SPDX-License-Identifier: MIT */
#include "identity/mandate.h"

#include "identity/citizen_make.h"
#include "identity/mandate_citizen.h"

#include <strings.h>

struct str mandate_kind_name(enum mandate_kind kind)
{
    static const struct str names[] = {
#define X(name, text) [name] = STR_INIT(text),
        MANDATE_KINDS(X)
#undef X
    };
    return names[kind];
}

bool mandate_kind_parse(struct str name, enum mandate_kind *kind)
{
    for (int i = 0; i < MANDATE_KIND_COUNT; i++)
        if (str_equal(mandate_kind_name((enum mandate_kind)i), name)) {
            *kind = (enum mandate_kind)i;
            return true;
        }
    return false;
}

struct str mandate_state_name(enum mandate_state state)
{
    static const struct str names[] = {
#define X(name, text) [name] = STR_INIT(text),
        MANDATE_STATES(X)
#undef X
    };
    return names[state];
}

static bool has_come(struct wall moment, struct wall now)
{
    return moment.known && moment.unix_ms <= now.unix_ms;
}

static bool is_of_age(const struct mandate *mandate, const struct mandate_ages *ages,
                      struct wall now)
{
    struct wall given = mandate->from.known ? mandate->from : now;

    return cpr_age(&mandate->giver, wall_date(given)) >= ages->giver_at_least &&
           (!ages->giver_below || cpr_age(&mandate->giver, wall_date(now)) < ages->giver_below);
}

enum mandate_state mandate_state(const struct mandate *mandate, const struct mandate_ages *ages,
                                 struct wall now)
{
    if (has_come(mandate->revoked, now))
        return MANDATE_REVOKED;
    if (has_come(mandate->case_closed, now))
        return MANDATE_CASE_CLOSED;
    if (has_come(mandate->to, now))
        return MANDATE_EXPIRED;
    if (mandate->from.known && !has_come(mandate->from, now))
        return MANDATE_NOT_YET;
    return is_of_age(mandate, ages, now) ? MANDATE_IN_FORCE : MANDATE_AGE;
}

const struct citizen *mandate_citizen(struct arena *arena, const struct mandate *mandate,
                                      const struct mandate_ages *ages, const struct citizen *actor,
                                      struct str reference, struct wall now)
{
    const struct cpr *self = citizen_actor(actor);
    struct wall expires = citizen_expires(actor);

    if (citizen_is_on_behalf(actor) || !cpr_equal(&mandate->receiver, self) ||
        cpr_equal(&mandate->giver, self) || mandate_state(mandate, ages, now) != MANDATE_IN_FORCE)
        return NULL;
    if (mandate->to.known && (!expires.known || mandate->to.unix_ms < expires.unix_ms))
        expires = mandate->to;
    struct citizen_facts facts = {
        .subject = mandate->giver,
        .actor = *self,
        .name = mandate->giver_name,
        .portal = citizen_portal(actor),
        .issuer = citizen_issuer(actor),
        .mandate = reference,
        .level = citizen_level(actor),
        .expires = expires,
        .logged_in = citizen_logged_in(actor),
    };
    const struct citizen *citizen = citizen_make(arena, &facts);
    explicit_bzero(&facts, sizeof facts);
    return citizen;
}
