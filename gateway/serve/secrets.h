/* SPDX-License-Identifier: MIT */
/* secrets: the keys and certificates that a configuration names, read and tried, so that a check
 * finds the same faults as a start. */
#ifndef SERVE_SECRETS_H
#define SERVE_SECRETS_H

#include "identity/assertion.h"
#include "net/tls.h"
#include "policy/snapshot.h"
#include "record/pseudonym.h"

struct secrets {
    struct str handle_key;   /* hex; lies in the arena */
    struct str consent_keys; /* hex, a line each; in the arena; STR_NONE: none are configured */
    struct pseudonym_key pseudonym_key;
    struct assertion_signer *signer;
    struct assertion_signer *checkpoint_signer; /* of the access record */
    char certificate[44];                       /* x5t#S256 of our client certificate; "": none */
    SSL_CTX *tls;                               /* NULL: no TLS door */
    SSL_CTX *operators_tls;                     /* NULL: operators come by the socket only */
};

/* Reads all of them; what cannot be used is a fault. secrets_clear is due in any case. */
void secrets_load(const struct snapshot *snapshot, struct arena *arena, struct secrets *secrets,
                  struct faults *faults);
void secrets_clear(struct secrets *secrets);

#endif
