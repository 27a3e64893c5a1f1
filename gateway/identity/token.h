/* SPDX-License-Identifier: MIT */
/* token: a bearer JWT becomes a citizen, or a reason why not. The algorithm comes from the key and
 * the profile, never from the token; times have a leeway; nothing is taken from jwk, jku, x5u, x5c.
 * Which claims hold the number, the level and the audience differs between brokers: a profile is
 * data (conf/overblikd.json "issuers"), read tolerantly and decided strictly. */
#ifndef IDENTITY_TOKEN_H
#define IDENTITY_TOKEN_H

#include "base/arena.h"
#include "identity/citizen.h"
#include "identity/keys.h"

enum {
    TOKEN_BYTES_MAX = 8192,
    TOKEN_LEEWAY_S = 30,
    TOKEN_FUTURE_S = 60,         /* iat and nbf may lie ahead by this */
    TOKEN_LIFE_MAX_S = 24 * 3600 /* exp may lie ahead by this */
};

/* One broker's tokens; an issuer has one profile. Strings are borrowed from the configuration. */
struct token_profile {
    struct str name;             /* "nets-eid", "idura", "demo" */
    struct str issuer;           /* `iss`, exact */
    struct str jwks_uri;         /* where its keys are; STR_NONE: from `discovery` */
    struct str discovery;        /* "<iss>/.well-known/openid-configuration" unless set */
    struct str ca_file;          /* trusted roots for fetching keys */
    unsigned algorithms;         /* mask of enum signature_algorithm */
    const struct str *audiences; /* `aud` must name one of them … */
    size_t audience_count;
    bool audience_is_client;        /* … and the one it names is the portal's client id */
    struct str client_claim;        /* else: claim that holds the client id ("client_id", "azp") */
    struct str cpr_claim;           /* "dk.cpr", "cprNumberIdentifier" */
    struct str name_claim;          /* "mitid.identity_name", "name" */
    struct str privileges_claim;    /* OIO Basic Privilege Profile, base64; STR_NONE: none [D] */
    const struct str *level_claims; /* the lowest of those present counts: "loa", "ial", "aal" */
    size_t level_claim_count;
    struct str scheme_claim;     /* "idp", "identityscheme": "mitid" / "dkmitid" / "dknemid" */
    struct str protected_suffix; /* suffix of the name that tells address protection, dropped */
    struct wall nemid_until;     /* archived NemID logins are taken up to here; unknown: never */
    struct wall only_until;      /* the profile as a whole ends here; unknown: no end */
};

/* Why a token is refused; logged, never told to the caller.  X(enumerator, code for the log) */
#define TOKEN_FAULTS(X)                                                                            \
    X(TOKEN_OK, "ok")                                                                              \
    X(TOKEN_MISSING, "missing")                                                                    \
    X(TOKEN_TOO_LONG, "too-long")                                                                  \
    X(TOKEN_SHAPE, "shape") /* not three canonical base64url parts */                              \
    X(TOKEN_JSON, "json")   /* header or claims are not strict JSON objects */                     \
    X(TOKEN_TYPE, "typ")                                                                           \
    X(TOKEN_CRITICAL, "crit")             /* crit, b64, zip, enc, nested */                        \
    X(TOKEN_KEY_IN_TOKEN, "key-in-token") /* jwk, jku, x5u, x5c */                                 \
    X(TOKEN_ISSUER, "iss")                                                                         \
    X(TOKEN_ALGORITHM, "alg")                                                                      \
    X(TOKEN_KEY, "kid")         /* no such key (now) */                                            \
    X(TOKEN_NO_KEYS, "no-keys") /* none was ever loaded, or they are too old: fail closed */       \
    X(TOKEN_SIGNATURE, "signature")                                                                \
    X(TOKEN_AUDIENCE, "aud")                                                                       \
    X(TOKEN_EXPIRED, "exp")                                                                        \
    X(TOKEN_NOT_YET, "nbf")                                                                        \
    X(TOKEN_SUBJECT, "sub")                                                                        \
    X(TOKEN_NO_CPR, "no-cpr") /* a token without the citizen's number */                           \
    X(TOKEN_CPR, "cpr")       /* the number is not one */                                          \
    X(TOKEN_CLAIM_TYPE, "claim-type")                                                              \
    X(TOKEN_SCHEME, "scheme") /* neither MitID nor NemID, though the profile says it tells */      \
    X(TOKEN_NEMID, "nemid")   /* NemID after its end */                                            \
    X(TOKEN_PROFILE_ENDED, "profile-ended")                                                        \
    X(TOKEN_FULL, "arena")

enum token_fault {
#define X(name, code) name,
    TOKEN_FAULTS(X)
#undef X
        TOKEN_FAULT_COUNT
};
struct str token_fault_code(enum token_fault fault);

/* A profile with the keys known for it now; `keys` NULL: none. */
struct token_issuer {
    const struct token_profile *profile;
    struct key_set *keys;
};

/* Verifies `token` at time `now`. TOKEN_OK: *citizen is set, in the arena. Pure but for OpenSSL.
 * `issuer_index` (may be NULL) is set as soon as the issuer is known, so also for TOKEN_KEY. */
enum token_fault token_verify(struct str token, const struct token_issuer *issuers,
                              size_t issuer_count, struct wall now, struct arena *arena,
                              const struct citizen **citizen, size_t *issuer_index)
    __attribute__((warn_unused_result));

/* The bearer token of an Authorization field's value (RFC 6750 2.1), or STR_NONE. */
struct str token_of_authorization(struct str value);

#endif
