/* SPDX-License-Identifier: MIT */
/* consent: a citizen lets an external service read chosen kinds of what is held about them until a
 * time. Judges; asks nobody. It is one of the makers of `struct citizen`: a consent in force makes
 * a citizen for whom nobody logged in: the subject is who gave it, and a service asks. How that is
 * done stands in identity/consent_citizen.h. */
#ifndef IDENTITY_CONSENT_H
#define IDENTITY_CONSENT_H

#include "base/uuid.h"
#include "identity/level.h"

enum { CONSENT_SOURCES_MAX = 64, CONSENT_SERVICE_MAX = 63 };

/* X(enumerator, name in answers and logs) */
#define CONSENT_STATES(X)                                                                          \
    X(CONSENT_ACTIVE, "active")                                                                    \
    X(CONSENT_EXPIRED, "expired")                                                                  \
    X(CONSENT_WITHDRAWN, "withdrawn")

enum consent_state {
#define X(name, text) name,
    CONSENT_STATES(X)
#undef X
        CONSENT_STATE_COUNT
};
struct str consent_state_name(enum consent_state state);

/* What is kept of one. */
struct consent {
    struct str id;             /* a UUID */
    struct str subject;        /* pseudonym of who gave it */
    struct str service;        /* its id */
    unsigned kinds;            /* ITEM_KIND_BITs */
    const struct str *sources; /* ids; none: whichever holds those kinds */
    size_t source_count;
    enum level level; /* of the login that gave it */
    struct wall given;
    struct wall until;     /* in force before this second */
    struct wall withdrawn; /* unknown: it is not */
    struct wall used;      /* last, to the minute; unknown: never */
};

enum consent_state consent_state(const struct consent *consent, struct wall now);

#endif
