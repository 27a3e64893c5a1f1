/* SPDX-License-Identifier: MIT */
/* problem: what a caller is told when the request itself cannot be met (RFC 9457,
 * application/problem+json). One table names them all; parser, writer, documentation and tests are
 * made from it. What failed at a *source* is an outcome (adapters/outcome.h), not a problem. */
#ifndef BASE_PROBLEM_H
#define BASE_PROBLEM_H

#include "base/buf.h"
#include "base/text.h"

/*   enumerator                slug                   status
 *   title da / title en
 *   what to do next: da / en */
#define PROBLEMS(X)                                                                                \
    X(PROBLEM_BAD_REQUEST, "bad-request", 400, "Forespørgslen kan ikke læses",                     \
      "The request cannot be read", "Ret forespørgslen som beskrevet, og send den igen.",          \
      "Correct the request as described and send it again.")                                       \
    X(PROBLEM_BAD_PARAMETER, "bad-parameter", 400, "En parameter er forkert",                      \
      "A parameter is wrong", "Se /openapi.json for parametrenes form.",                           \
      "See /openapi.json for the form of the parameters.")                                         \
    X(PROBLEM_PERSONAL_NUMBER_IN_URL, "personal-number-in-url", 400,                               \
      "Et personnummer må ikke stå i en adresse", "A personal number must not stand in a URL",     \
      "Send aldrig et CPR-nummer i adressen; det læses af tokenet.",                               \
      "Never send a CPR number in the URL; it is read from the token.")                            \
    X(PROBLEM_UNAUTHORIZED, "unauthorized", 401, "Tokenet kan ikke bruges",                        \
      "The token cannot be used", "Log ind igen, og send et nyt token.",                           \
      "Log in again and send a fresh token.")                                                      \
    X(PROBLEM_LEVEL, "insufficient-level", 401, "Der kræves et højere sikringsniveau",             \
      "A higher assurance level is needed", "Log ind igen på det niveau, som acr_values nævner.",  \
      "Log in again at the level named in acr_values.")                                            \
    X(PROBLEM_LOGIN_TOO_OLD, "login-too-old", 401, "Du skal logge ind igen", "Log in again first", \
      "Log ind igen med max_age, som WWW-Authenticate nævner det, og send det nye token.",         \
      "Log in again with max_age as WWW-Authenticate names it, and send the new token.")           \
    X(PROBLEM_FORBIDDEN, "forbidden", 403, "Det er der ikke adgang til", "Access is not allowed",  \
      "Kontakt operatøren, hvis portalen burde have adgang.",                                      \
      "Contact the operator if the portal ought to have access.")                                  \
    X(PROBLEM_MANDATE, "mandate", 403, "Fuldmagten kan ikke bruges", "The mandate cannot be used", \
      "Hent dine fuldmagter igen fra /v1/mandates.",                                               \
      "Fetch your mandates again from /v1/mandates.")                                              \
    X(PROBLEM_NOT_FOUND, "not-found", 404, "Det findes ikke", "It does not exist",                 \
      "Kontrollér adressen; et håndtag gælder kun for den borger, det blev givet til.",            \
      "Check the URL; a handle is valid only for the citizen it was given to.")                    \
    X(PROBLEM_METHOD, "method-not-allowed", 405, "Metoden bruges ikke her",                        \
      "The method is not used here", "Brug en af metoderne i Allow.",                              \
      "Use one of the methods in Allow.")                                                          \
    X(PROBLEM_NOT_ACCEPTABLE, "not-acceptable", 406, "Formatet kan ikke leveres",                  \
      "The format cannot be served",                                                               \
      "Bed om application/json, application/x-ndjson, application/json-seq eller "                 \
      "text/event-stream.",                                                                        \
      "Ask for application/json, application/x-ndjson, application/json-seq or "                   \
      "text/event-stream.")                                                                        \
    X(PROBLEM_TOO_SLOW, "request-timeout", 408, "Forespørgslen kom for langsomt",                  \
      "The request came too slowly", "Send hele forespørgslen på én gang.",                        \
      "Send the whole request at once.")                                                           \
    X(PROBLEM_CONFLICT, "conflict", 409, "Det kan ikke lade sig gøre nu", "It cannot be done now", \
      "Ret det, som beskrivelsen nævner, og prøv igen.",                                           \
      "Change what the description names and try again.")                                          \
    X(PROBLEM_TOO_LARGE, "content-too-large", 413, "Indholdet er for stort",                       \
      "The content is too large", "Send mindre.", "Send less.")                                    \
    X(PROBLEM_URI_TOO_LONG, "uri-too-long", 414, "Adressen er for lang", "The URL is too long",    \
      "Forkort adressen.", "Shorten the URL.")                                                     \
    X(PROBLEM_EXPECTATION, "expectation-failed", 417, "Forventningen kan ikke opfyldes",           \
      "The expectation cannot be met", "Send ikke andet end 100-continue i Expect.",               \
      "Send nothing but 100-continue in Expect.")                                                  \
    X(PROBLEM_HEADERS_TOO_LARGE, "header-fields-too-large", 431, "Hovedfelterne er for store",     \
      "The header fields are too large", "Send færre eller kortere felter.",                       \
      "Send fewer or shorter fields.")                                                             \
    X(PROBLEM_INTERNAL, "internal", 500, "Der skete en fejl hos os",                               \
      "Something went wrong at our side", "Prøv igen; oplys kvitteringen, hvis fejlen bliver.",    \
      "Try again; give the receipt if the fault remains.")                                         \
    X(PROBLEM_NOT_IMPLEMENTED, "not-implemented", 501, "Det understøttes ikke",                    \
      "This is not supported", "Send en almindelig HTTP/1.1-forespørgsel.",                        \
      "Send a plain HTTP/1.1 request.")                                                            \
    X(PROBLEM_SOURCE_FAILED, "source-failed", 502, "Myndigheden svarede ikke rigtigt",             \
      "The authority did not answer properly", "Prøv igen senere.", "Try again later.")            \
    X(PROBLEM_UNAVAILABLE, "unavailable", 503, "Tjenesten kan ikke svare lige nu",                 \
      "The service cannot answer right now", "Prøv igen efter Retry-After sekunder.",              \
      "Try again after Retry-After seconds.")                                                      \
    X(PROBLEM_SOURCE_LATE, "source-late", 504, "Myndigheden svarede ikke i tide",                  \
      "The authority did not answer in time", "Prøv igen om lidt.", "Try again shortly.")          \
    X(PROBLEM_HTTP_VERSION, "http-version-not-supported", 505, "HTTP-versionen understøttes ikke", \
      "The HTTP version is not supported", "Brug HTTP/1.1.", "Use HTTP/1.1.")

enum problem_kind {
    PROBLEM_NONE,
#define X(name, ...) name,
    PROBLEMS(X)
#undef X
        PROBLEM_KINDS
};

enum { PROBLEM_DETAIL_MAX = 240 };

/* A problem as a value; `detail` says in English what was wrong, where, and what was expected. */
struct problem {
    enum problem_kind kind;
    char detail[PROBLEM_DETAIL_MAX]; /* terminated; "" = nothing to add */
    unsigned retry_after_s;          /* 0: none */
};

struct problem problem_make(enum problem_kind kind, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

int problem_status(enum problem_kind kind);      /* HTTP status code */
struct str problem_slug(enum problem_kind kind); /* the last part of its `type` */
struct str problem_title(enum problem_kind kind, enum language language);
struct str problem_next(enum problem_kind kind, enum language language); /* what to do */

/* Writes the body: {"type":"https://overblik.dk/problems/<slug>","title":…,"status":…,"detail":…,
 * "next":…,"receipt":…}; `receipt` may be STR_NONE. CPR-shaped digits in detail are masked. */
void problem_write(const struct problem *problem, enum language language, struct str receipt,
                   struct buf *out);

#endif
