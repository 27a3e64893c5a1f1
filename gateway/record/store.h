/* SPDX-License-Identifier: MIT */
/* store: what must outlive the process, in one SQLite file (WAL, synchronous=FULL: what a call
 * says is kept, is on disk). Safe to use from any thread; a call may wait for the disk, so workers'
 * threads stay away.
 *
 * Gives what is switched off, by a foreign answer until a human re-arms it, or by an operator. No
 * personal data. The access record lies in the same file (record/log_store). */
#ifndef RECORD_STORE_H
#define RECORD_STORE_H

#include "base/clock.h"
#include "base/text.h"

struct store;

/* Makes the file (mode 0600) when there is none. NULL: *why tells; a file that is damaged, or made
 * by a newer version, is refused and left as it is. */
struct store *store_open(const char *path, const char **why);
void store_close(struct store **store);

enum store_switch_cause { SWITCH_FOREIGN, SWITCH_OPERATOR };

/* A source, or one authority of it, that is not asked. One row a source, authority and cause. */
struct store_switch {
    struct str source;
    struct str authority; /* CVR number; "": the whole source */
    enum store_switch_cause cause;
    struct str mode;     /* an operator's: the name of a source_mode; "": foreign */
    struct text message; /* for citizens, of an operator; STR_NONE: the usual sentence */
    struct wall until;   /* as the operator says; unknown: open */
    struct str who, why; /* who switched, and why: for other operators */
    struct wall since;
};

/* Adds or replaces; durable when it returns. False: it could not be written. */
bool store_switch_put(struct store *store, const struct store_switch *row)
    __attribute__((warn_unused_result));
/* Takes away what stands there; none is no failure. `authority` STR_NONE: of all authorities. */
bool store_switch_remove(struct store *store, struct str source, struct str authority,
                         enum store_switch_cause cause) __attribute__((warn_unused_result));
/* Every row, by source and authority. What it borrows is valid during the call. False: it could not
 * be read to its end. */
typedef void store_switch_fn(void *ctx, const struct store_switch *row);
bool store_switches_each(struct store *store, store_switch_fn *each, void *ctx)
    __attribute__((warn_unused_result));

#endif
