/* SPDX-License-Identifier: MIT */
/* conformance_ask: questions to a source as overview/call asks them, and, where a case wants it, as
 * somebody who must be refused: what came is observed, by the source's adapter and the guard. It
 * blocks until all have ended. For joining/conformance_run and joining/source_simulate. */
#ifndef JOINING_CONFORMANCE_ASK_H
#define JOINING_CONFORMANCE_ASK_H

#include "joining/conformance_run.h"

/* How our token is made wrong. */
enum conformance_bearer {
    BEARER_RIGHT,
    BEARER_NONE,
    BEARER_FORGED,   /* one bit of its signature is another */
    BEARER_EXPIRED,  /* it is an hour old */
    BEARER_AUDIENCE, /* made for another source */
    BEARER_STOLEN,   /* bound to another certificate */
    BEARER_LEVEL     /* of a login one level too low */
};

/* Who is asked for, and where. */
struct conformance_pair {
    struct str name;
    const struct cpr *cpr;
    const struct municipality *municipality; /* NULL: the source is not asked for each */
};

/* What went over the wire, in the arena of what is observed. */
struct conformance_exchange {
    struct str path, body; /* of the question */
    const struct str *headers;
    size_t header_count;
    struct str content_type, answer; /* STR_NONE: none came */
};

/* One question to be asked. */
struct conformance_wish {
    const struct conformance_pair *pair;
    enum question_kind kind;
    struct str item_id, cursor;
    enum conformance_bearer token;
    bool is_anonymous; /* without our certificate */
    bool is_slow;      /* the answer is read in small sips, as by a gateway that is busy */
    instant done_by;   /* 0: its own time */
    struct conformance_exchange *exchange; /* set; NULL: nobody looks */
};

struct conformance_asker;
/* `limits` and what `spec` refers to outlive it. */
struct conformance_asker *conformance_asker_new(const struct conformance_spec *spec,
                                                const struct conformance_limits *limits);
void conformance_asker_free(struct conformance_asker **asker);
/* "host:port:addr[,addr]" */
void conformance_asker_resolve(struct conformance_asker *asker, const char *resolved);

/* Asks all of them at once (CONFORMANCE_SERIES at most) and waits for all. What is observed lies in
 * the arena. */
void conformance_ask_all(struct conformance_asker *asker, struct arena *arena,
                         const struct conformance_wish *wishes, size_t count,
                         struct observed *observed);
struct observed conformance_ask(struct conformance_asker *asker, struct arena *arena,
                                struct conformance_wish wish);

#endif
