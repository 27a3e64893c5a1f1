/* SPDX-License-Identifier: MIT */
/* access_record: what is remembered of a look-up: who asked for whose data through which portal,
 * which sources, under which configuration, and how each ended, with counts, never content. Two
 * lines of JSON: the intent, durable before the first byte of an answer, and the outcome. Pure. */
#ifndef RECORD_ACCESS_RECORD_H
#define RECORD_ACCESS_RECORD_H

#include "base/writer.h"
#include "identity/consent.h"
#include "overview/part.h"
#include "record/pseudonym.h"

struct access_subject {
    struct str receipt;
    struct str operation; /* "overview", "item", "probe" */
    struct str format;    /* of an export; STR_NONE: none */
    bool is_stream;       /* which deadline ended it: the hard one of a stream, or the soft one */
    const struct citizen *citizen;
    const struct snapshot *snapshot;
    const struct pseudonym_key *key;
    struct wall now;
    struct str purpose;            /* STR_NONE: the citizen's own overview */
    const struct consent *consent; /* given or withdrawn; NULL: none is */
};

/* {"event":"intent","receipt","time","operation","format" (of an export),"portal","issuer","level",
 *  "subject","actor","on_behalf","mandate" (its reference, when acting for another),"service",
 *  "consent" (when a service reads by one, and then it is the actor; or when one is given or
 *  withdrawn, and then "kinds","sources","until" with it),"purpose","revision",
 *  "plan":[{"source","authority","ask"|"skip"}]} and a newline */
void access_record_intent(const struct access_subject *subject, const struct plan *plan,
                          struct buf *out);
/* {"event":"outcome","receipt","time","operation","portal","stream","revision","status",
 *  "elapsed_ms","sources":[{"source","authority","state","why","items","withheld","pages",
 *  "elapsed_ms"}]} and a newline; status 0: the client left. No personal data: it may be replayed
 * under another configuration (record/replay). */
void access_record_outcome(const struct access_subject *subject, int status, int64_t elapsed_ms,
                           const struct part *parts, size_t count, struct buf *out);

#endif
