/* SPDX-License-Identifier: MIT */
/* consent_token: what a service shows to read by consent: "obc_" and base64url of a key id and
 * AES-256-SIV over fields of fixed length: the consent's id, the citizen's number, the level of the
 * login, the SHA-256 of the service's client certificate (`cnf`, x5t#S256 of RFC 8705, 3.1), the
 * end. Sealed by the newest of our keys, opened by any of them. Whoever holds one can do nothing
 * without the certificate's private key; the store alone knows whether the consent is in force. */
#ifndef IDENTITY_CONSENT_TOKEN_H
#define IDENTITY_CONSENT_TOKEN_H

#include "base/clock.h"
#include "base/uuid.h"
#include "identity/cpr.h"
#include "identity/level.h"

enum {
    CONSENT_KEYS_MAX = 8,
    CONSENT_TOKEN_LEN = 122,
    CONSENT_TOKEN_TEXT = CONSENT_TOKEN_LEN + 1, /* terminated */
    CONSENT_THUMBPRINT = 32
};

struct consent_claims {
    char id[UUID_TEXT];
    struct cpr subject;
    enum level level;
    unsigned char certificate[CONSENT_THUMBPRINT];
    struct wall until; /* whole seconds */
};
void consent_claims_clear(struct consent_claims *claims);

/* Keys made ready; one per worker, since they hold OpenSSL contexts. */
struct consent_sealer;

/* `keys`: lines of 128 hex digits (64 random bytes), at most CONSENT_KEYS_MAX; the first one seals.
 * NULL: *why says what is wrong. */
struct consent_sealer *consent_sealer_new(struct str keys, const char **why);
void consent_sealer_free(struct consent_sealer **sealer);

/* Is it one of ours by its looks, so that nobody else needs to read it? */
bool consent_token_is(struct str token);

struct str consent_token_make(struct consent_sealer *sealer, const struct consent_claims *claims,
                              char text[CONSENT_TOKEN_TEXT]);
/* False: not ours, changed, cut; then nothing is left in *claims. Judges neither time nor
 * certificate. */
bool consent_token_open(struct consent_sealer *sealer, struct str token,
                        struct consent_claims *claims) __attribute__((warn_unused_result));

#endif
