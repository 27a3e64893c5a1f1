/* SPDX-License-Identifier: MIT */
/* explain: the newest look-ups of the process, so that each can be explained by its receipt: per
 * source why it was asked or not, every call with its times, what came, what was shown and what was
 * withheld, which rule decided, under which configuration. Holds no personal data: no number, name,
 * title, handle or pseudonym ever comes in; a mandate only by the reference that records use.
 *
 * A ring with two ceilings, entries and bytes: the oldest give way. Safe from any thread; who adds
 * holds the lock for a few stores. */
#ifndef RECORD_EXPLAIN_H
#define RECORD_EXPLAIN_H

#include "overview/part.h"

struct explain;

struct explain_note {
    struct str receipt;   /* a UUID */
    struct str operation; /* "overview", "item" */
    struct str portal, revision;
    struct str mandate; /* its reference, as records have it; STR_NONE: for oneself */
    int status;         /* 0: the client left */
    instant started, ended;
    struct wall at; /* when it ended, for people */
};

struct explain *explain_new(size_t entries_max, size_t bytes_max); /* 0 entries: keeps nothing */
void explain_free(struct explain **explain);

/* Remembers one look-up that has ended; `parts` NULL: nobody was asked. All is copied but the
 * parts' constant texts. */
void explain_add(struct explain *explain, const struct explain_note *note, const struct part *parts,
                 size_t count);

/* Writes the explanation as one JSON object; false: the receipt is not (or no longer) known.
 * Times are microseconds since the look-up began; what did not happen is null. */
bool explain_write(struct explain *explain, struct str receipt, struct buf *out)
    __attribute__((warn_unused_result));

size_t explain_count(struct explain *explain);
size_t explain_bytes(struct explain *explain);

#endif
