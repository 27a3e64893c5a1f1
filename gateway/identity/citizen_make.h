/* SPDX-License-Identifier: MIT */
/* citizen_make: the makers of `struct citizen`. Only identity/token*.c, identity/mandate.c,
 * identity/consent.c, serve/probe.c, joining/preview*.c, joining/planned.c,
 * joining/conformance_ask.c, joining/source_preview.c, serve/admin*.c, adapters/sandbox and tests
 * may include this (tests/unit/layers checks it). */
#ifndef IDENTITY_CITIZEN_MAKE_H
#define IDENTITY_CITIZEN_MAKE_H

#include "base/arena.h"
#include "identity/citizen.h"

struct citizen_facts {
    struct cpr subject, actor; /* actor absent: the subject logged in, or nobody (service) */
    struct str name, portal, issuer;
    struct str mandate, privileges; /* STR_NONE: none */
    struct str service, consent;    /* which service reads by which consent; STR_NONE: none */
    enum level level;
    struct wall expires, logged_in;
};

/* Copies everything into the arena; NULL: arena full, or no subject. */
const struct citizen *citizen_make(struct arena *arena, const struct citizen_facts *facts);

/* A configured test citizen: for probes (portal "probe") and previews (the portal it looks from).
 * NULL also when the number is no replacement number. */
const struct citizen *citizen_make_test(struct arena *arena, const struct cpr *cpr, struct str name,
                                        struct str portal, enum level level);

#endif
