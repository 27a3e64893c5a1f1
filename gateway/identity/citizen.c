/* SPDX-License-Identifier: MIT */
#include "identity/citizen_make.h"

struct citizen {
    struct citizen_facts facts; /* the actor is known here, unless a service reads */
};

/* False only when there was a text and no room for it. */
static bool copy(struct arena *arena, struct str from, struct str *to)
{
    *to = arena_copy(arena, from);
    return to->at || !from.at;
}

const struct citizen *citizen_make(struct arena *arena, const struct citizen_facts *facts)
{
    if (!cpr_is_known(&facts->subject))
        return NULL;
    struct citizen *citizen = ARENA_NEW(arena, struct citizen);
    if (!citizen)
        return NULL;
    citizen->facts = *facts;
    if (!cpr_is_known(&facts->actor) && !facts->service.at)
        citizen->facts.actor = facts->subject;
    return copy(arena, facts->name, &citizen->facts.name) &&
                   copy(arena, facts->portal, &citizen->facts.portal) &&
                   copy(arena, facts->issuer, &citizen->facts.issuer) &&
                   copy(arena, facts->mandate, &citizen->facts.mandate) &&
                   copy(arena, facts->privileges, &citizen->facts.privileges) &&
                   copy(arena, facts->service, &citizen->facts.service) &&
                   copy(arena, facts->consent, &citizen->facts.consent)
               ? citizen
               : NULL;
}

const struct citizen *citizen_make_test(struct arena *arena, const struct cpr *cpr, struct str name,
                                        struct str portal, enum level level)
{
    const struct citizen_facts facts = {
        .subject = *cpr, .name = name, .portal = portal, .issuer = STR("test"), .level = level};
    return cpr_is_replacement(cpr) ? citizen_make(arena, &facts) : NULL;
}

const struct cpr *citizen_subject(const struct citizen *citizen)
{
    return &citizen->facts.subject;
}

const struct cpr *citizen_actor(const struct citizen *citizen)
{
    return &citizen->facts.actor;
}

bool citizen_is_on_behalf(const struct citizen *citizen)
{
    return cpr_is_known(&citizen->facts.actor) &&
           !cpr_equal(&citizen->facts.subject, &citizen->facts.actor);
}

struct str citizen_name(const struct citizen *citizen)
{
    return citizen->facts.name;
}

enum level citizen_level(const struct citizen *citizen)
{
    return citizen->facts.level;
}

struct str citizen_portal(const struct citizen *citizen)
{
    return citizen->facts.portal;
}

struct str citizen_issuer(const struct citizen *citizen)
{
    return citizen->facts.issuer;
}

struct wall citizen_expires(const struct citizen *citizen)
{
    return citizen->facts.expires;
}

struct wall citizen_logged_in(const struct citizen *citizen)
{
    return citizen->facts.logged_in;
}

struct str citizen_mandate(const struct citizen *citizen)
{
    return citizen->facts.mandate;
}

struct str citizen_privileges(const struct citizen *citizen)
{
    return citizen->facts.privileges;
}

struct str citizen_service(const struct citizen *citizen)
{
    return citizen->facts.service;
}

struct str citizen_consent(const struct citizen *citizen)
{
    return citizen->facts.consent;
}
