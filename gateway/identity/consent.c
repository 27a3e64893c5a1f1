/* SPDX-License-Identifier: MIT */
#include "identity/consent.h"

#include "identity/citizen_make.h"
#include "identity/consent_citizen.h"

struct str consent_state_name(enum consent_state state)
{
    static const struct str names[] = {
#define X(name, text) [name] = STR_INIT(text),
        CONSENT_STATES(X)
#undef X
    };
    return names[state];
}

enum consent_state consent_state(const struct consent *consent, struct wall now)
{
    if (consent->withdrawn.known)
        return CONSENT_WITHDRAWN;
    return now.unix_ms < consent->until.unix_ms ? CONSENT_ACTIVE : CONSENT_EXPIRED;
}

const struct citizen *consent_citizen(struct arena *arena, const struct consent *consent,
                                      const struct cpr *subject, struct str client, struct wall now)
{
    struct citizen_facts facts = {
        .subject = *subject,
        .portal = client,
        .issuer = STR("consent"),
        .service = consent->service,
        .consent = consent->id,
        .level = consent->level,
        .expires = consent->until,
    };
    const struct citizen *citizen = NULL;

    if (consent_state(consent, now) == CONSENT_ACTIVE && consent->service.len > 0)
        citizen = citizen_make(arena, &facts);
    explicit_bzero(&facts, sizeof facts);
    return citizen;
}
