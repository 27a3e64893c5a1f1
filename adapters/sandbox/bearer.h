/* SPDX-License-Identifier: MIT */
/* bearer: what an authority demands of the gateway's token (identity/assertion) before it answers:
 * signed by the gateway's published key, short-lived, made for this authority, and shown by the
 * holder of the client certificate it names (RFC 8705). */
#ifndef SANDBOX_BEARER_H
#define SANDBOX_BEARER_H

#include "base/clock.h"
#include "identity/keys.h"
#include "identity/level.h"

/* What an authority may fail to look at: the faults of that name. A mask. */
enum sandbox_pardon {
    PARDON_ABSENCE = 1,   /* no token at all */
    PARDON_SIGNATURE = 2, /* signed by whomever */
    PARDON_EXPIRY = 4,    /* from any time */
    PARDON_AUDIENCE = 8,  /* made for another */
    PARDON_BINDING = 16,  /* shown by another than it was given to */
    PARDON_LEVEL = 32,    /* of a login too weak */
};

struct sandbox_bearer {
    const struct key_set *keys; /* the gateway's */
    struct str issuer;          /* the gateway's id */
    struct str sources;         /* what the ids of this authority's sources begin with: "udk." */
    struct str
        certificate; /* the caller's SHA-256, 64 hex digits; STR_NONE: plain http, not bound */
    struct wall now;
    enum level level; /* least level of login; NONE: not asked for */
    unsigned pardons; /* of sandbox_pardon */
};

/* NULL: the token is good. Else why it is not, a constant text without anything of the token. */
const char *sandbox_bearer_refuse(const struct sandbox_bearer *demand, struct str authorization)
    __attribute__((warn_unused_result));

#endif
